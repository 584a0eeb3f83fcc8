// `rounds promise REF TEXT --due T`: writes down what a customer was promised, and by when.
//
// REF may be anything that belongs to the customer. The promise is its writer's; rules may tell his supervisor
// when it is not kept.

import CommandKit
import FollowUp
import Notation
import Replica
import SyncCore

func promiseCommand(_ outside: Outside) -> Command {
  Command(
    ["promise"], group: Group.everyDay,
    summary: Phrase(en: "Note what a customer was promised", zh: "记录对客户的承诺"),
    arguments: [
      referenceArgument, Command.Argument("TEXT", help: Phrase(en: "The promise", zh: "承诺内容")),
    ],
    options: [Command.Option("due", "T", help: Phrase(en: "By when", zh: "期限"))],
    examples: [
      Command.Example(
        "rounds promise customer:Acme 'Send the sample' --due +3d",
        Phrase(en: "It is on the list until it is done", zh: "完成前一直列在清单上"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let found = try replica.record(invocation.argument("REF"))
    let customer = try replica.customer(of: found)
    _ = try invocation.requiredOption("due")
    guard let due = try replica.moment("due", of: invocation) else { return }
    let schema = CollectionSchema.promise
    let id = try replica.store.mint(at: replica.now)
    let title = invocation.argument("TEXT")
    let writes: [FieldWrite] = [
      .put(schema.id("customer"), .reference(customer)), .put(schema.id("title"), .text(title)),
      .put(schema.id("dueAt"), .moment(due)), .put(schema.id("status"), .text("open")),
      .put(schema.id("assignee"), .text(replica.state.user)),
    ]
    try replica.store.write(
      [RecordWrite(id, in: schema, writes, isCreation: true)], at: replica.now)
    try replica.printSaved(invocation, title, id)
  }
}

extension OpenReplica {
  /// The customer that a record is, or belongs to.
  func customer(of found: FoundRecord) throws -> RecordID {
    guard let root = found.collection.rootField else { return found.id }
    guard let customer = try row(found).values[root].reference else {
      throw RepError.noCustomer(found)
    }
    return customer
  }
}
