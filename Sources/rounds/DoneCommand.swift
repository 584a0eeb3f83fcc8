// `rounds done REF`: a task or a reminder has been dealt with.
//
// Done beats every other answer, also one that was given elsewhere at the same time.

import CommandKit
import FollowUp
import Replica
import SyncCore

func doneCommand(_ outside: Outside) -> Command {
  Command(
    ["done"], group: Group.everyDay,
    summary: Phrase(en: "Mark a task or reminder as done", zh: "完成任务或提醒"),
    arguments: [referenceArgument],
    options: [Command.Option("note", "TEXT", help: Phrase(en: "What came of it", zh: "备注"))]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    try answer(invocation, replica, [.task, .reminder]) { schema in
      var writes: [FieldWrite] = []
      if schema == .task {
        writes.append(.put(schema.id("status"), .text("done")))
        writes.append(.put(schema.id("doneAt"), .moment(replica.today)))
      } else {
        writes.append(
          .put(schema.id("response"), .text(ReminderRow.Response.done.rawValue)))
      }
      if let note = invocation.option("note") {
        writes.append(.put(schema.id("note"), .text(note)))
      }
      return writes
    }
  }
}
