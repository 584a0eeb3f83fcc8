// What comes round by the calendar alone: each day has its own reminder or task, and only one of them is open.
//
// The next day does not take the last one away: what was not done stays until it is. And it brings no second
// one: somebody who was away for a fortnight has one thing to do, not fourteen. A day that came while
// an earlier one was open is over with it. Days before the rule was in force are nobody's.

import FollowUp
import Notation
import Storage
import SyncCore

struct Recurring {
  let rules: RuleBook
  let facts: CustomerFacts
  let zone: LocalZone
  let now: Moment

  /// Those that take each other's place.
  private struct Series: Hashable {
    var rule: String
    var subject: RecordID
    /// Which recipient of a reminder it is, or which action of the rule.
    var place: String
  }

  /// Without the days before each rule was in force.
  func begun(_ effects: [Effect], in store: HubStore) throws -> [Effect] {
    var since: [String: Moment] = [:]
    return try effects.filter { effect in
      guard effect.rule.trigger.isRecurring else { return true }
      let id = effect.rule.id
      let from =
        try since[id]
        ?? store.db.first("SELECT since FROM rules WHERE id = ?", .text(id)) { $0.moment(0) }
        ?? Moment(milliseconds: 0)
      since[id] = from
      return effect.dueAt >= from
    }
  }

  /// Whether a rule that comes round still asks for something about this record.
  func stands(_ rule: String, _ subject: RecordID?) -> Bool {
    guard let rule = rules[rule], rule.trigger.isRecurring else { return false }
    return rule.holds(for: subject ?? facts.record, facts, at: now, in: zone)
  }

  // MARK: Tasks

  /// Of the days that have come, the last one.
  func latest(_ effects: [Effect]) -> [Effect] {
    func series(_ effect: Effect) -> Series {
      Series(
        rule: effect.rule.id, subject: effect.subject.id, place: "\(effect.step).\(effect.number)")
    }
    var latest: [Series: Moment] = [:]
    for effect in effects where effect.rule.trigger.isRecurring && effect.dueAt <= now {
      let series = series(effect)
      latest[series] = max(latest[series] ?? effect.dueAt, effect.dueAt)
    }
    return effects.filter { effect in
      guard effect.rule.trigger.isRecurring, effect.dueAt <= now else { return true }
      return latest[series(effect)] == effect.dueAt
    }
  }

  /// Whether a day that was passed over is to be looked at again: what an earlier day asked for may turn out to
  /// have been done before it came.
  func isWaiting(_ effect: Effect, _ trace: RuleRuns.Trace, in store: HubStore) throws -> Bool {
    guard effect.rule.trigger.isRecurring, trace.state == .skipped,
      case .task(let order) = effect.action, !order.isUnlessOpen
    else { return false }
    return try !store.isOver(effect)
  }

  // MARK: Reminders

  /// The reminders of earlier days that stay, and what is asked for besides.
  func open(
    _ asked: [ReminderEffect], _ standing: [RecordID: RulePlan.Standing]
  ) -> (kept: Set<RecordID>, due: [ReminderEffect]) {
    guard rules.hasRecurring else { return ([], asked) }
    let past = standing.values.filter { $0.dueAt <= now && stands($0.rule, $0.subject) }
    let undone = past.filter { $0.isActive && $0.response != "done" }
    // The occasion of the first day that is open; several reminders may stand on it.
    let open = Dictionary(undone.map { (series($0), $0.anchor) }, uniquingKeysWith: min)
    let latest = Dictionary(
      asked.filter(isPast).map { (series($0), $0.anchor) }, uniquingKeysWith: max)
    let done = Dictionary(grouping: past.filter { $0.response == "done" }, by: series)
    let due = asked.filter { effect in
      guard isPast(effect) else { return true }
      if standing[effect.identity]?.response == "done" { return false }
      let series = series(effect)
      if let first = open[series] { return first == effect.anchor }
      let isOver = (done[series] ?? []).contains {
        $0.anchor < effect.anchor && effect.dueAt <= $0.updatedAt
      }
      return !isOver && latest[series] == effect.anchor
    }
    // What is done is not touched any more: when it was written last says when it was done.
    let kept = past.filter { $0.response == "done" || open[series($0)] == $0.anchor }
    return (Set(kept.map(\.id)), due)
  }

  private func isPast(_ reminder: ReminderEffect) -> Bool {
    reminder.effect.rule.trigger.isRecurring && reminder.dueAt <= now
  }

  private func series(_ reminder: RulePlan.Standing) -> Series {
    Series(
      rule: reminder.rule, subject: reminder.subject ?? facts.record, place: reminder.step ?? "")
  }

  private func series(_ reminder: ReminderEffect) -> Series {
    Series(rule: reminder.rule, subject: reminder.subject, place: reminder.place)
  }
}

extension HubStore {
  /// Whether a task of an earlier day was open when the day of this one came: one of a kind is enough.
  func isOver(_ effect: Effect) throws -> Bool {
    guard effect.rule.trigger.isRecurring, case .task(let order) = effect.action else {
      return false
    }
    return try db.first(
      """
      SELECT 1 FROM task WHERE (root = ?1 OR about = ?1) AND rule = ?2 AND subject = ?3 AND kind = ?4
        AND anchor < ?5 AND (coalesce(status, '') NOT IN ('done', 'cancelled')
          OR coalesce(doneAt, updatedAt) >= ?6)
      """, .id(effect.root), .text(effect.rule.id), .text(effect.subject.id.description),
      .text(order.kind), .moment(effect.anchor), .moment(effect.dueAt)
    ) { _ in true } ?? false
  }
}
