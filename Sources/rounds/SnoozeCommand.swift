// `rounds snooze REF --until T`: puts a task or a reminder off.
//
// It is not listed until then. The time must lie ahead by the corrected clock. A strong reminder is put off with a
// reason, and with none it stays where it is.

import CommandKit
import FollowUp
import Replica
import SyncCore

func snoozeCommand(_ outside: Outside) -> Command {
  Command(
    ["snooze"], group: Group.everyDay,
    summary: Phrase(en: "Put a task or reminder off", zh: "推迟任务或提醒"),
    arguments: [referenceArgument],
    options: [
      Command.Option("until", "T", help: Phrase(en: "Until when", zh: "推迟到何时")),
      Command.Option(
        "note", "TEXT",
        help: Phrase(en: "Why (a strong reminder asks for it)", zh: "推迟的原因（强提醒必填）")),
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    _ = try invocation.requiredOption("until")
    guard let until = try replica.moment("until", of: invocation), until > replica.today else {
      throw RepError.notAhead(option: "until")
    }
    let note = try note(invocation, replica)
    try answer(invocation, replica, [.task, .reminder]) { schema in
      var writes: [FieldWrite] = [.put(schema.id("snoozedUntil"), .moment(until))]
      if schema == .reminder {
        writes.append(
          .put(schema.id("response"), .text(ReminderRow.Response.snoozed.rawValue)))
      }
      if let note { writes.append(.put(schema.id("note"), .text(note))) }
      return writes
    }
  }
}
