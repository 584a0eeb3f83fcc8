// `rounds claim REF`: asks the hub for a customer of a pool.
//
// Somebody else may be asking for the same one, so until the hub has answered the customer is not
// his: the request waits like any edit, and what became of it comes with the sync.

import CommandKit
import FollowUp
import Replica
import SyncCore

func claimCommand(_ outside: Outside) -> Command {
  Command(
    ["claim"], group: Group.everyDay,
    summary: Phrase(en: "Ask the hub for a customer of a pool", zh: "领取公海客户（由服务器决定）"),
    arguments: [referenceArgument],
    examples: [
      Command.Example(
        "rounds claim customer:Acme",
        Phrase(
          en: "It is yours if nobody was faster; rounds sync tells", zh: "若无人抢先，同步后即归您所有"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let found = try replica.customer(invocation.argument("REF"))
    try replica.ask(
      invocation, for: found, .put(found.collection.id("claim"), .text(replica.state.user)),
      Phrase(
        en: "Asked for \(TextWidth.oneLine(found.title)) ; the hub decides at the next sync.",
        zh: "已申请领取 \(TextWidth.oneLine(found.title)) ；下次同步时由服务器决定。"))
    try ClosedWork(replica).offer(found.id, invocation)
  }
}

extension OpenReplica {
  /// The customer that a REF means.
  func customer(_ reference: String) throws -> FoundRecord {
    let found = try record(reference)
    guard found.collection == .customer else {
      throw RepError.unsuitable(found, suitable: [CollectionSchema.customer.name])
    }
    return found
  }

  /// Writes a request, and says that it waits for the hub.
  func ask(
    _ invocation: Invocation, for found: FoundRecord, _ request: FieldWrite, _ words: Phrase
  ) throws {
    try store.write([RecordWrite(found.id, in: found.collection, [request])], at: now)
    guard invocation.isJSON else { return console.print(words.text(console.language)) }
    console.print(json: ["id": .string(found.id.description), "status": "pending"])
  }
}
