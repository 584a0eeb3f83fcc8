// `rounds add COLLECTION field=value…`: makes a record, here and at once.
//
// What a record cannot do without is filled in: the owner of a customer is who adds it, a task is
// open and one's own, a follow-up took place now. A follow-up goes through `ContactLog`, so that the
// customer's contact times move with it.

import CommandKit
import FollowUp
import Replica
import SyncCore

func addCommand(_ outside: Outside) -> Command {
  Command(
    ["add"], group: Group.records,
    summary: Phrase(en: "Add a record", zh: "添加一条记录"),
    arguments: [
      Command.Argument(
        "COLLECTION", help: Phrase(en: "Which kind of record", zh: "记录的类别"),
        values: .oneOf(Schema.followUp.collections.map(\.name))),
      Command.Argument(
        "field=value", .oneOrMore, help: Phrase(en: "Its fields", zh: "各个字段")),
    ],
    examples: [
      Command.Example(
        "rounds add customer name=Acme phone=021-5555 tags=vip,高价值",
        Phrase(en: "A customer of your own", zh: "添加自己的客户")),
      Command.Example(
        "rounds add contact customer=customer:Acme name='Li Na' mobile=13800000000",
        Phrase(en: "A person at a customer", zh: "添加客户的联系人")),
      Command.Example(
        "rounds add task customer=customer:Acme title='Review the contract' queue=team:legal",
        Phrase(en: "For whoever of another department takes it", zh: "交给其他部门，由其成员领取")),
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    guard let collection = Schema.followUp[invocation.argument("COLLECTION")] else {
      preconditionFailure("the word reader let through an unknown collection")
    }
    if collection == .reminder || collection == .conflict {
      throw RepError.hubOnly(collection: collection.name, field: nil)
    }
    var writing = FieldWriting(replica, collection, current: nil)
    try writing.take(try invocation.assignments("field=value"))
    fillIn(&writing, replica)
    try writing.checkTitle()
    try check(writing)
    try writing.warnOfStrangers()
    let id = try replica.store.mint(at: replica.now)
    var writes = [RecordWrite(id, in: collection, writing.writes(), isCreation: true)]
    if collection == .followUp {
      writes += try ContactLog(replica).consequences(of: writing.values, followUp: id)
    }
    if collection == .feedback {
      writes += try replica.endedSequences(by: id, in: .feedback, writing.values)
    }
    if collection == .opportunity {
      writes += try StageMove(replica).consequences(of: id, from: nil, to: writing.values)
    }
    try replica.store.write(writes, at: replica.now)
    try replica.printSaved(invocation, collection.title(of: writing.values), id)
  }
}

private func fillIn(_ writing: inout FieldWriting, _ replica: OpenReplica) {
  let me = Value.text(replica.state.user)
  switch writing.collection {
  case .customer:
    writing.setDefault("owner", me)
    writing.setDefault("assignedAt", .moment(replica.today))
  case .opportunity: writing.setDefault("owner", me)
  case .task:
    // Whoever puts it into a queue leaves it to whoever takes it.
    let isQueued = writing.values[writing.collection.id("queue")].text.map { !$0.isEmpty } ?? false
    if !isQueued { writing.setDefault("assignee", me) }
    writing.setDefault("status", .text("open"))
  case .followUp:
    writing.setDefault("author", me)
    writing.setDefault("occurredAt", .moment(replica.today))
    writing.setDefault("channel", .text(Channel.other.rawValue))
  default: break
  }
}

private func check(_ writing: FieldWriting) throws {
  guard writing.collection == .followUp else { return }
  let schema = CollectionSchema.followUp
  // A fact cannot be corrected afterwards, so it must be whole from the start.
  guard writing.values[schema.id("customer")].reference != nil else {
    throw RepError.titleMissing(collection: schema.name, field: "customer")
  }
  let channel = writing.values[schema.id("channel")].text ?? ""
  guard Channel(rawValue: channel) != nil else {
    throw RepError.valueNotAllowed(
      field: "channel", text: channel, allowed: Channel.allCases.map(\.rawValue))
  }
}
