// Calls for reminders that have fallen due: runs the user's command, once a reminder and person.
//
// A laptop never calls twice for one reminder, and says with its next sync that it has called, so that the other laptops
// of its person stay silent; two that have not synced in between both call.
// Which reminders are due follows from the clock alone, so this works without a network. A command
// that fails is told on stderr and does not stop the sync; its reminder stays on the list.

import CommandKit
import FollowUp
import Notation
import Replica
import SyncCore

struct Notifier {
  let replica: OpenReplica
  let command: String

  /// Calls for everything that is due now and has not called yet.
  func call() throws {
    // Read anew: between two calls a sync may have moved the clock's correction, and the rules.
    let state = try replica.store.state()
    let now = Moment(milliseconds: replica.console.now())
      .advanced(milliseconds: state.clockOffsetMilliseconds)
    let standing = try Foresight(replica.store, state: state)
      .reminders(dueBefore: now.advanced(milliseconds: 1), at: now)
    for reminder in standing where reminder.row.state(at: now).isNotified {
      let isNew = try replica.store.claimCall(of: reminder.id, at: now)
      try noteShown(reminder)
      if isNew { try run(variables(for: reminder)) }
    }
    for call in try replica.store.claimTaskCalls(of: state.user, at: now, in: replica.zone) {
      try run(variables(for: call))
    }
  }

  /// What is only foreseen here has no row to write into yet: it is noted when the hub has sent it.
  private func noteShown(_ reminder: StandingReminder) throws {
    guard reminder.row.response == nil, !reminder.isForeseen else { return }
    let response = CollectionSchema.reminder.id("response")
    let shown = RecordWrite(
      reminder.id, in: .reminder, [.put(response, .text(ReminderRow.Response.shown.rawValue))])
    try replica.store.write([shown], at: Moment(milliseconds: replica.console.now()))
  }

  private func run(_ variables: [String: String]) throws {
    do {
      try replica.outside.runHook(command, variables)
    } catch let RepError.hookFailed(command, reason) {
      replica.console.warn(
        Phrase(
          en: "The command \(command) failed: \(reason)",
          zh: "命令 \(command) 失败：\(reason)"))
    }
  }

  private func variables(for call: TaskCall) -> [String: String] {
    [
      "ROUNDS_REMINDER_ID": call.task.description, "ROUNDS_REMINDER_TITLE": call.title,
      "ROUNDS_REMINDER_RECORD": call.customer?.description ?? "",
      "ROUNDS_REMINDER_DUE": ISO8601.string(milliseconds: call.due.milliseconds, in: replica.zone),
      "ROUNDS_REMINDER_KIND": "task", "ROUNDS_REMINDER_MISSED": "\(call.missed)",
    ]
  }

  private func variables(for reminder: StandingReminder) -> [String: String] {
    let due = ISO8601.string(milliseconds: reminder.row.dueAt.milliseconds, in: replica.zone)
    return [
      "ROUNDS_REMINDER_ID": reminder.id.description,
      "ROUNDS_REMINDER_TITLE": reminder.title.text(replica.console.language),
      "ROUNDS_REMINDER_RECORD": reminder.record?.description ?? "",
      "ROUNDS_REMINDER_DUE": due,
      "ROUNDS_REMINDER_KIND": reminder.rule, "ROUNDS_REMINDER_MISSED": "0",
    ]
  }
}

extension Titles {
  func text(_ language: Language) -> String {
    switch language {
    case .en: en
    case .zhHans: zh
    }
  }
}
