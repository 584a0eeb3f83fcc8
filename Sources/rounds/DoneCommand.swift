// `rounds done REF`: a task, a reminder or a promise has been dealt with.
//
// Done beats every other answer, also one that was given elsewhere at the same time.

import CommandKit
import FollowUp
import Replica
import SyncCore

func doneCommand(_ outside: Outside) -> Command {
  Command(
    ["done"], group: Group.everyDay,
    summary: Phrase(en: "Mark a task, reminder or promise as done", zh: "完成任务、提醒或承诺"),
    arguments: [referenceArgument],
    options: [Command.Option("note", "TEXT", help: Phrase(en: "What came of it", zh: "备注"))]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    try answer(invocation, replica, [.task, .reminder, .promise, .ticket, .plan]) { schema in
      var writes: [FieldWrite] = []
      switch schema {
      case .task, .promise:
        writes.append(.put(schema.id("status"), .text(schema == .task ? "done" : "kept")))
        writes.append(.put(schema.id("doneAt"), .moment(replica.today)))
      case .ticket: writes.append(.put(schema.id("status"), .text("resolved")))
      case .plan: writes.append(.put(schema.id("status"), .text("done")))
      default:
        writes.append(
          .put(schema.id("response"), .text(ReminderRow.Response.done.rawValue)))
      }
      let place = schema["note"] ?? schema["resolution"] ?? schema["goal"]
      if let note = invocation.option("note"), let place {
        writes.append(.put(place.id, .text(note)))
      }
      return writes
    }
  }
}
