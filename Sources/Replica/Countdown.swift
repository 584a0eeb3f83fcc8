// How long a customer stays with its owner before it goes back into the pool (公海倒计时), as this laptop
// knows it.
//
// The terms came with the settings, and are those for this person; the follow-ups that count are in the
// view, also those that nobody has been sent yet. So a visit logged without a network stops the countdown
// at once. Nothing is decided here: the hub alone takes customers away, on evidence.

import FollowUp
import Notation
import Storage
import SyncCore

struct Countdown {
  /// From how many days before on it is told.
  static let daysMax = 7

  private let store: ReplicaStore
  private let user: String
  /// Nil: nothing of this person's goes anywhere, or this program does not understand the terms.
  private let terms: Recycling?

  init(_ store: ReplicaStore, state: ReplicaState) {
    self.store = store
    user = state.user
    let access = try? JSONValue(parsing: Array(state.access.utf8))
    terms = access?["recycle"].flatMap { Recycling($0) }
  }

  /// Own customers that go within a week, or whose time is up.
  func candidates(at now: Moment, title: (Titles) -> String) throws -> [TodayCandidate] {
    guard let terms else { return [] }
    let almanac = try almanac
    return try rows(terms, at: now).compactMap { row in
      guard let term = try term(of: row, terms, almanac) else { return nil }
      let days = term.daysLeft(at: now, in: almanac)
      guard days <= Countdown.daysMax else { return nil }
      let name = FieldText.display(row.values[CollectionSchema.customer.titleField], in: .utc)
      return TodayCandidate(
        .countdown, id: row.id, record: row.id,
        title: title(RecycleTerm.title(of: name, into: terms.pool, days: days)),
        due: term.deadline)
    }
  }

  /// Whether a warning of the hub's still holds here: a follow-up that the hub has not seen ends it.
  func allows(_ reminder: StandingReminder) throws -> Bool {
    guard let terms, let record = reminder.record, !reminder.isCopy else { return true }
    let anchor = try store.db.first("SELECT anchor FROM reminder WHERE id = ?", .id(reminder.id)) {
      $0.isNull(0) ? nil : $0.moment(0)
    }
    guard let row = try store.table(.customer).row(record, in: store.db) else { return false }
    return try term(of: row, terms, almanac)?.anchor == anchor ?? nil
  }

  // MARK: What is known here

  private func term(
    of row: CollectionRow, _ terms: Recycling, _ almanac: Almanac
  ) throws -> RecycleTerm? {
    let hasOpportunity =
      try terms.withoutDealDays != nil
      && store.db.first(
        "SELECT 1 FROM opportunity WHERE customer = ? LIMIT 1", .id(row.id), body: { _ in true })
        != nil
    return terms.term(
      for: Recycling.Facts(id: row.id, values: row.values, hasOpportunity: hasOpportunity),
      in: almanac)
  }

  /// Own customers that may go soon: no more are read than have been quiet, or held, for long enough.
  private func rows(_ terms: Recycling, at now: Moment) throws -> [CollectionRow] {
    let isHeld = terms.withoutDealDays != nil || terms.holdDays != nil
    let limits = terms.after.values + [terms.withoutDealDays, terms.holdDays].compactMap(\.self)
    guard let least = limits.min() else { return [] }
    // A day more than the countdown, for days begin elsewhere than the reckoning in hours does.
    let quiet = Int64(least - Countdown.daysMax - 2) * 24 * 3_600_000
    let sign =
      isHeld ? "assignedAt" : "max(coalesce(assignedAt, 0), coalesce(lastFollowAt, 0))"
    let table = store.table(.customer)
    return try store.db.all(
      table.selectSQL + " WHERE owner = ? AND coalesce(\(sign), 0) <= ? ORDER BY id",
      .text(user), .moment(now.advanced(milliseconds: -quiet))
    ) { try table.row($0) }
  }

  /// The hub's calendar; without one, this machine's zone.
  private var almanac: Almanac {
    get throws { try store.almanac() ?? Almanac(zoneName: "", zone: .process) }
  }
}
