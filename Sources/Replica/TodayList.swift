// `rounds today`: finds in the view what may belong on the list of one person.
//
// Which of it belongs, under which heading and in which order, is decided by `FollowUp.Today`. Tasks
// without an assignee are everybody's; everything else is on the list of its own person only.

import FollowUp
import Notation
import Storage
import SyncCore

public struct TodayList {
  private let store: ReplicaStore
  private let state: ReplicaState

  public init(_ store: ReplicaStore, state: ReplicaState) {
    self.store = store
    self.state = state
  }

  /// - Parameters:
  ///   - now: by the corrected clock.
  ///   - zone: that of the reader.
  ///   - title: the text of a reminder in the reader's language.
  public func items(
    at now: Moment, within bounds: DayBounds, in zone: LocalZone, title: (Titles) -> String
  ) throws -> [TodayItem] {
    let candidates =
      try tasks(at: now, before: bounds.end) + plans(within: bounds)
      + reminders(at: now, before: bounds.end, title: title)
      + RhythmList(store, state: state).items(within: bounds)
      + Countdown(store, state: state).candidates(at: now, title: title)
    return Today.items(
      candidates, at: now, within: bounds, in: try store.dueZones(with: zone))
  }

  private func tasks(at now: Moment, before end: Moment) throws -> [TodayCandidate] {
    try store.db.all(
      """
      SELECT id, customer, title, dueAt FROM task
      WHERE dueAt < ?1 AND (assignee = ?2 OR coalesce(assignee, '') = ''
          -- What waits in a queue is nobody's day before somebody takes it.
          AND coalesce(queue, '') NOT LIKE 'team:%' AND coalesce(queue, '') NOT LIKE 'role:%')
        AND coalesce(status, '') NOT IN ('done', 'cancelled')
        AND (snoozedUntil IS NULL OR snoozedUntil <= ?3)
      """, .moment(end), .text(state.user), .moment(now)
    ) {
      TodayCandidate(
        .task, id: try $0.id(0), record: $0.isNull(1) ? nil : try $0.id(1), title: $0.text(2),
        due: $0.moment(3))
    }
  }

  /// Without those who have been contacted today, after the time of their plan.
  private func plans(within bounds: DayBounds) throws -> [TodayCandidate] {
    try store.db.all(
      """
      SELECT id, name, nextFollowAt FROM customer
      WHERE nextFollowAt IS NOT NULL AND nextFollowAt < ?1 AND owner = ?2
        AND (coalesce(lastFollowAt, 0) < ?3 OR nextFollowAt > lastFollowAt)
      """, .moment(bounds.end), .text(state.user), .moment(bounds.start)
    ) {
      let id = try $0.id(0)
      return TodayCandidate(.plan, id: id, record: id, title: $0.text(1), due: $0.moment(2))
    }
  }

  private func reminders(
    at now: Moment, before end: Moment, title: (Titles) -> String
  ) throws -> [TodayCandidate] {
    let standing = try Foresight(store, state: state).reminders(dueBefore: end, at: now)
    return standing.compactMap { reminder in
      switch reminder.row.state(at: now) {
      case .snoozed, .handled, .withdrawn: nil
      case .scheduled, .due, .acknowledged:
        TodayCandidate(
          .reminder, id: reminder.id, record: reminder.record, title: title(reminder.title),
          due: reminder.row.dueAt, isStrong: reminder.row.isStrong(reminder.strength))
      }
    }
  }
}

extension ReminderRow {
  /// A strong reminder stays on top until somebody has said that he has seen it.
  func isStrong(_ strength: Strength) -> Bool { strength == .strong && !isAnswered }
}
