// `rounds feedback REF TEXT`: what a customer said about us, what kind of thing it is, and by when it is answered.
//
// REF may be anything that belongs to the customer; a follow-up or a contact is linked. It is new until somebody
// says `done`, and due by its severity in working time. What was said is a fact; only what became of it changes.

import CommandKit
import FollowUp
import Notation
import Replica
import SyncCore

func feedbackCommand(_ outside: Outside) -> Command {
  Command(
    ["feedback"], group: Group.everyDay,
    summary: Phrase(en: "Note what a customer said about us", zh: "记录客户的反馈"),
    arguments: [
      referenceArgument, Command.Argument("TEXT", help: Phrase(en: "What was said", zh: "反馈内容")),
    ],
    options: [
      Command.Option(
        "kind", "KIND", help: Phrase(en: "What kind of thing it is", zh: "类型"),
        values: .oneOf(Vocabulary.feedbackKinds.everySpelling)),
      Command.Option(
        "channel", "CHANNEL", help: Phrase(en: "How it reached us", zh: "反馈渠道"),
        values: .oneOf(Vocabulary.channels.everySpelling)),
      Command.Option(
        "severity", "SEVERITY", help: Phrase(en: "How grave it is; normal", zh: "严重程度，默认普通"),
        values: .oneOf(Vocabulary.severities.everySpelling)),
      Command.Option("product", "NAME", help: Phrase(en: "Which product", zh: "产品")),
    ],
    examples: [
      Command.Example(
        "rounds feedback customer:Acme '包装破损' --kind 投诉 --severity 高 --channel 微信",
        Phrase(en: "To be answered within nine working hours", zh: "九个工作小时内需答复"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let found = try replica.record(invocation.argument("REF"))
    let text = invocation.argument("TEXT")
    guard !text.allSatisfy(\.isWhitespace) else {
      throw RepError.titleMissing(collection: "feedback", field: "text")
    }
    var values = try values(invocation, replica, found)
    values[CollectionSchema.feedback.id("text")] = .text(text)
    let id = try replica.store.mint(at: replica.now)
    let writes = values.entries.map { FieldWrite.put($0.field, $0.value) }
    try replica.store.write(
      [RecordWrite(id, in: .feedback, writes, isCreation: true)]
        + replica.endedSequences(by: id, in: .feedback, values), at: replica.now)
    let due = values[CollectionSchema.feedback.id("dueAt")]
    try replica.printSaved(
      invocation, text, id,
      with: ["dueAt": FieldText.json(due, in: replica.zone, schema: .feedback)])
  }
}

private func values(
  _ invocation: Invocation, _ replica: OpenReplica, _ found: FoundRecord
) throws -> FieldValues {
  let schema = CollectionSchema.feedback
  _ = try invocation.requiredOption("kind")
  func word(_ option: String, _ list: Vocabulary) -> Value {
    invocation.option(option).flatMap(list.word).map { .text($0) } ?? .null
  }
  let severity = word("severity", .severities).text ?? "normal"
  let almanac = try replica.store.almanac() ?? Almanac(zoneName: "", zone: replica.zone)
  let due = Vocabulary.answerIn(severity: severity)?
    .after(replica.today, in: almanac, team: try replica.store.team(of: replica.state.user))
  var values = FieldValues([
    (schema.id("customer"), .reference(try replica.customer(of: found))),
    (schema.id("kind"), word("kind", .feedbackKinds)),
    (schema.id("channel"), word("channel", .channels)),
    (schema.id("severity"), .text(severity)), (schema.id("status"), .text("open")),
    (schema.id("author"), .text(replica.state.user)),
    (schema.id("product"), invocation.option("product").map { .text($0) } ?? .null),
    (schema.id("dueAt"), due.map { .moment($0) } ?? .null),
  ])
  switch found.collection {
  case .followUp: values[schema.id("followUp")] = .reference(found.id)
  case .contact: values[schema.id("contact")] = .reference(found.id)
  default: break
  }
  return values
}
