// `rounds snooze REF --until T`: puts a task or a reminder off.
//
// It is not listed until then. The time must lie ahead by the corrected clock.

import CommandKit
import FollowUp
import Replica
import SyncCore

func snoozeCommand(_ outside: Outside) -> Command {
  Command(
    ["snooze"], group: Group.everyDay,
    summary: Phrase(en: "Put a task or reminder off", zh: "推迟任务或提醒"),
    arguments: [referenceArgument],
    options: [Command.Option("until", "T", help: Phrase(en: "Until when", zh: "推迟到何时"))]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    _ = try invocation.requiredOption("until")
    guard let until = try replica.moment("until", of: invocation), until > replica.today else {
      throw RepError.notAhead(option: "until")
    }
    try answer(invocation, replica, [.task, .reminder]) { schema in
      var writes: [FieldWrite] = [.put(schema.id("snoozedUntil"), .moment(until))]
      if schema == .reminder {
        writes.append(
          .put(schema.id("response"), .text(ReminderRow.Response.snoozed.rawValue)))
      }
      return writes
    }
  }
}
