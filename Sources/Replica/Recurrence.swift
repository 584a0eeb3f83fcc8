// Of what comes round by the calendar, the one reminder that is open – also after a fortnight offline.
//
// The hub sends each day's reminder ahead of its time, for it cannot know which will be done. Here the rule
// is the hub's own (`Hub/Recurring.swift`): the first that is not done stays, and those that came
// meanwhile are over with it. Days that are still to come are not touched.

import FollowUp
import Storage
import SyncCore

extension Foresight {
  func open(_ rows: [StandingReminder], at now: Moment) throws -> [StandingReminder] {
    guard let rules, rules.hasRecurring else { return rows }
    // They come in the order in which they fell due; several may stand on one occasion.
    var first: [[String]: Moment] = [:]
    return try rows.filter { reminder in
      guard reminder.row.dueAt <= now, rules[reminder.rule]?.trigger.isRecurring ?? false else {
        return true
      }
      guard let anchor = reminder.anchor, try !isOver(reminder, anchor) else { return false }
      let about = reminder.subject ?? reminder.record
      let series = [reminder.rule, about?.description ?? ""]
      if first[series] == nil { first[series] = anchor }
      return first[series] == anchor
    }
  }

  /// Whether an earlier one was done here after this one had come. Once the hub knows, it has said itself what
  /// is over with it; of one that was done twice it alone knows when that was first.
  private func isOver(_ reminder: StandingReminder, _ anchor: Moment) throws -> Bool {
    let done = try store.db.all(
      """
      SELECT id FROM reminder WHERE rule = ?1 AND customer IS ?2 AND subject IS ?3 AND "user" = ?4
        AND response = 'done' AND anchor < ?5 AND updatedAt >= ?6
      """, .text(reminder.rule), reminder.record.map { .id($0) } ?? .null,
      .optional(reminder.subject?.description), .text(user), .moment(anchor),
      .moment(reminder.row.dueAt)
    ) { try $0.id(0) }
    return try done.contains { try store.hasPending($0) }
  }
}
