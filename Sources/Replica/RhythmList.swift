// What comes round: customers with a cadence, plans to keep in touch, promises, and birthdays, as far as
// they belong on one person's list of the day.
//
// Everything is worked out here from the records and the hub's calendar, so it needs no network; a follow-up
// that was logged a minute ago moves the next one at once.

import FollowUp
import Notation
import Storage
import SyncCore

/// A class for the calendar's sake, which is read where something comes round, and once.
final class RhythmList {
  private let store: ReplicaStore
  private let user: String
  private var calendar: (almanac: Almanac, team: String?)?

  init(_ store: ReplicaStore, state: ReplicaState) {
    self.store = store
    user = state.user
  }

  private func almanac() throws -> (almanac: Almanac, team: String?) {
    if let calendar { return calendar }
    let team = try store.db.first("SELECT team FROM people WHERE name = ?", .text(user)) {
      $0.text(0)
    }
    let read = (try store.almanac() ?? Almanac(zoneName: "", zone: .process), team)
    calendar = read
    return read
  }

  func items(within bounds: DayBounds) throws -> [TodayCandidate] {
    try cadences(before: bounds.end) + plans(before: bounds.end) + promises(before: bounds.end)
      + birthdays(within: bounds)
  }

  /// Customers with a cadence of their own and no date for the next contact.
  private func cadences(before end: Moment) throws -> [TodayCandidate] {
    try store.db.all(
      """
      SELECT id, name, cadence, lastFollowAt, assignedAt FROM customer
      WHERE cadence IS NOT NULL AND cadence <> '' AND owner = ? AND nextFollowAt IS NULL
      """, .text(user)
    ) { row -> TodayCandidate? in
      let id = try row.id(0)
      let last = [3, 4].filter { !row.isNull($0) }.map(row.moment).max() ?? id.moment
      let (almanac, team) = try almanac()
      let next = Cadence.next(every: row.text(2), after: last, in: almanac, team: team)
      guard let next, next < end else { return nil }
      return TodayCandidate(.plan, id: id, record: id, title: row.text(1), due: next)
    }.compactMap(\.self)
  }

  private func plans(before end: Moment) throws -> [TodayCandidate] {
    let table = store.table(.plan)
    let rows = try store.db.all(
      table.selectSQL + " WHERE coalesce(assignee, '') IN ('', ?) ORDER BY id", .text(user)
    ) { try table.row($0) }
    return try rows.compactMap { row in
      guard let plan = ContactPlan(row.values, made: row.id.moment),
        let customer = row.values[CollectionSchema.plan.id(of: "customer")].reference
      else { return nil }
      let found = try store.db.first(
        "SELECT name, lastFollowAt FROM customer WHERE id = ?", .id(customer)
      ) { ($0.text(0), $0.isNull(1) ? nil : $0.moment(1)) }
      let (almanac, team) = try almanac()
      guard let (name, last) = found,
        let next = plan.next(lastFollowUp: last, in: almanac, team: team), next < end
      else { return nil }
      let title = row.values[CollectionSchema.plan.titleField].text ?? ""
      return TodayCandidate(
        .plan, id: row.id, record: customer, title: "\(name): \(title)", due: next)
    }
  }

  private func promises(before end: Moment) throws -> [TodayCandidate] {
    try store.db.all(
      """
      SELECT p.id, p.customer, c.name, p.title, p.dueAt FROM promise p
        LEFT JOIN customer c ON c.id = p.customer
      WHERE p.dueAt < ? AND coalesce(p.assignee, '') IN ('', ?)
        AND coalesce(p.status, 'open') NOT IN ('kept', 'cancelled', 'broken')
      """, .moment(end), .text(user)
    ) {
      TodayCandidate(
        .promise, id: try $0.id(0), record: $0.isNull(1) ? nil : try $0.id(1),
        title: "\($0.text(2)): \($0.text(3))", due: $0.moment(4))
    }
  }

  /// Contacts of own customers whose birthday is on one of these days.
  private func birthdays(within bounds: DayBounds) throws -> [TodayCandidate] {
    let rows = try store.db.all(
      """
      SELECT p.id, p.customer, p.name, p.birthday, c.name FROM contact p
        JOIN customer c ON c.id = p.customer
      WHERE p.birthday IS NOT NULL AND p.birthday <> '' AND c.owner = ?
      """, .text(user)
    ) {
      (
        id: try $0.id(0), customer: try $0.id(1), name: $0.text(2), birthday: $0.text(3),
        company: $0.text(4)
      )
    }
    return try rows.compactMap { row in
      let almanac = try almanac().almanac
      guard let date = MonthDay(row.birthday),
        let day = almanac.anniversaries(
          of: date, isLunar: date.isLunar, from: bounds.start,
          to: bounds.end.advanced(milliseconds: -1)
        ).first, let due = almanac.zone.milliseconds(of: day)
      else { return nil }
      return TodayCandidate(
        .birthday, id: row.id, record: row.customer, title: "\(row.name) (\(row.company))",
        due: max(Moment(milliseconds: due), bounds.start))
    }
  }
}

extension CollectionSchema {
  /// The number of a field that the program was built with.
  fileprivate func id(of name: String) -> FieldID {
    guard let field = self[name] else { preconditionFailure("\(self.name) has no \(name)") }
    return field.id
  }
}

extension Value {
  fileprivate var reference: RecordID? {
    if case .reference(let id) = self { id } else { nil }
  }

  fileprivate var text: String? { if case .text(let text) = self { text } else { nil } }
}
