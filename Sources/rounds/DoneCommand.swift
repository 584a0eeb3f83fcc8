// `rounds done REF`: a task, a reminder or a promise has been dealt with.
//
// Done beats every other answer, also one that was given elsewhere at the same time. A task that a stage
// of the sales process brought may ask for evidence, and is not done without.

import CommandKit
import FollowUp
import Replica
import SyncCore

func doneCommand(_ outside: Outside) -> Command {
  Command(
    ["done"], group: Group.everyDay,
    summary: Phrase(
      en: "Mark a task, reminder, promise, ticket or feedback as done", zh: "完成任务、提醒、承诺、工单或反馈"),
    arguments: [referenceArgument],
    options: [
      Command.Option("note", "TEXT", help: Phrase(en: "What came of it", zh: "备注")),
      Command.Option(
        "evidence", "TEXT", help: Phrase(en: "What shows it, where a task asks", zh: "完成凭据（任务要求时）")),
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let evidence = invocation.option("evidence")
    try checkEvidence(evidence, replica, invocation.argument("REF"))
    let note = try note(invocation, replica)
    try answer(invocation, replica, [.task, .reminder, .promise, .ticket, .feedback, .plan]) {
      schema in
      var writes: [FieldWrite] = []
      switch schema {
      case .task, .promise:
        writes.append(.put(schema.id("status"), .text(schema == .task ? "done" : "kept")))
        writes.append(.put(schema.id("doneAt"), .moment(replica.today)))
        if schema == .task, let evidence {
          writes.append(.put(schema.id("evidence"), .text(evidence)))
        }
      case .ticket, .feedback:
        writes.append(.put(schema.id("status"), .text("resolved")))
        writes.append(.put(schema.id("resolvedAt"), .moment(replica.today)))
      case .plan: writes.append(.put(schema.id("status"), .text("done")))
      default:
        writes.append(
          .put(schema.id("response"), .text(ReminderRow.Response.done.rawValue)))
      }
      let place = schema["note"] ?? schema["resolution"] ?? schema["answer"] ?? schema["goal"]
      if let note, let place {
        writes.append(.put(place.id, .text(note)))
      }
      return writes
    }
    try askForRecord(replica, invocation.argument("REF"))
  }
}

/// A next step that is done was, as a rule, a contact: somebody at a terminal is asked to log it.
private func askForRecord(_ replica: OpenReplica, _ reference: String) throws {
  guard case .one(let found) = try Finder(replica.store).reference(reference),
    found.collection == .task
  else { return }
  let values = try replica.row(found).values
  guard values[CollectionSchema.task.id("kind")].text == "next",
    let customer = values[CollectionSchema.task.id("customer")].reference
  else { return }
  replica.console.remark(
    Phrase(
      en: "Log what came of it: rounds follow \(customer) --channel … --text …",
      zh: "请记录结果：rounds follow \(customer) --channel … --text …"))
}

/// Whether what the process asks for is given. Who is meant by REF, `answer` says where it is unclear.
private func checkEvidence(
  _ evidence: String?, _ replica: OpenReplica, _ reference: String
) throws {
  guard case .one(let found) = try Finder(replica.store).reference(reference) else { return }
  guard found.collection == .task else {
    if evidence != nil { throw RepError.evidenceNotAsked }
    return
  }
  let row = try replica.row(found)
  guard let process = try replica.store.process(),
    let (task, deal) = try KeyTasks(replica.store).keyTask(found.id, row.values, in: process)
  else { return }
  let known = evidence ?? row.values[CollectionSchema.task.id("evidence")].text ?? ""
  switch task.evidence {
  case .none: return
  case .text:
    if known.isEmpty { throw RepError.evidenceMissing(task: found.title, field: nil) }
  case .field(let field):
    let value = deal.values[field]
    guard value.isNull || value.text == "" else { return }
    throw RepError.evidenceMissing(
      task: found.title, field: CollectionSchema.opportunity.displayName(of: field))
  }
}
