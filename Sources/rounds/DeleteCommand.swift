// `rounds delete REF`: takes a record away, here and at the next sync everywhere.
//
// An edit that somebody makes meanwhile brings it back for review; nobody's words disappear. A fact is not taken
// back by whoever wrote it: it is corrected, and an administrator may void it.

import CommandKit
import FollowUp
import Replica

func deleteCommand(_ outside: Outside) -> Command {
  Command(
    ["delete"], group: Group.records,
    summary: Phrase(en: "Delete a record", zh: "删除一条记录"), arguments: [referenceArgument]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let found = try replica.record(invocation.argument("REF"))
    if found.collection == .reminder || found.collection == .conflict {
      throw RepError.hubOnly(collection: found.collection.name, field: nil)
    }
    if found.collection.isImmutable, try replica.store.role(of: replica.state.user) != "admin" {
      throw ReplicaError.fixed(collection: found.collection.name, field: nil)
    }
    try replica.store.delete(found.id, in: found.collection, at: replica.now)
    try replica.printSaved(invocation, found.title, found.id)
  }
}
