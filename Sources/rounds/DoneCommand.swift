// `rounds done`, `rounds snooze`, `rounds ack`: the rep's answers to tasks and reminders.
//
// A reminder that is only foreseen here has no row yet to answer on; the command says so. Logging
// the follow-up itself is always possible, and takes the reason of the reminder away.

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

func ackCommand(_ outside: Outside) -> Command {
  Command(
    ["ack"], group: Group.everyDay,
    summary: Phrase(en: "Say that a reminder has been seen", zh: "确认已看到提醒"),
    arguments: [referenceArgument]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    try answer(invocation, replica, [.reminder]) { schema in
      [.put(schema.id("response"), .text(ReminderRow.Response.acknowledged.rawValue))]
    }
  }
}

/// Writes an answer to the record that REF means, if it is of one of these collections.
private func answer(
  _ invocation: Invocation, _ replica: OpenReplica, _ suitable: [CollectionSchema],
  with writes: (CollectionSchema) -> [FieldWrite]
) throws {
  let typed = invocation.argument("REF")
  let found: FoundRecord
  do {
    found = try replica.record(typed)
  } catch RepError.recordMissing {
    if let reminder = try foreseen(typed, replica) { throw RepError.onlyForeseen(reminder) }
    throw RepError.recordMissing(reference: typed)
  }
  guard suitable.contains(found.collection) else {
    throw RepError.unsuitable(found, suitable: suitable.map(\.name))
  }
  try replica.store.write(
    [
      RecordWrite(
        found.id, in: found.collection,
        writes(found.collection).sorted { $0.field < $1.field })
    ], at: replica.now)
  let title =
    found.collection == .reminder
    ? Titles(stored: found.title).text(invocation.language) : found.title
  try replica.printSaved(invocation, title, found.id)
}

private func foreseen(_ typed: String, _ replica: OpenReplica) throws -> RecordID? {
  guard let range = ULID.range(prefix: typed) else { return nil }
  return try Foresight(replica.store, state: replica.state).foreseenReminder(within: range)?.id
}
