// Finds what has to be answered in time: first contacts that rules ask for, tickets and feedback with a date, and people
// who turned to us and wait.
//
// It only reads. A first contact is the task that a rule made, so its target is the rule's; for those who turn to us
// the caller says how much working time they should wait.

import FollowUp
import Notation
import Storage
import SyncCore

public struct ServiceLevels {
  private let store: ReplicaStore

  public init(_ store: ReplicaStore) { self.store = store }

  /// - Parameters:
  ///   - since: what began earlier is left out.
  ///   - within: how long those who turn to us should wait.
  public func levels(
    since: Moment, within: Delay, in almanac: Almanac, team: (String?) -> String?
  ) throws -> [ServiceLevel] {
    let zones = [almanac.zone]
    let levels =
      try firstResponses(in: zones) + dated(.ticket, .ticket, who: "assignee", in: zones)
      + dated(.feedback, .feedback, who: "author", in: zones)
      + responses(since: since, within: within, in: almanac, team: team)
    return levels.filter { $0.began >= since }.sorted { left, right in
      left.due != right.due ? left.due < right.due : left.id < right.id
    }
  }

  /// Tasks that a rule made when a customer was assigned.
  private func firstResponses(in zones: [LocalZone]) throws -> [ServiceLevel] {
    try store.db.all(
      """
      SELECT id, customer, title, assignee, anchor, dueAt, status, doneAt FROM task
      WHERE rule IS NOT NULL AND kind = '首次联系' AND anchor IS NOT NULL AND dueAt IS NOT NULL
        AND coalesce(status, '') <> 'cancelled'
      """
    ) { row in
      ServiceLevel(
        kind: .firstResponse, id: try row.id(0), customer: row.isNull(1) ? nil : try row.id(1),
        title: row.text(2), who: row.optionalText(3), began: row.moment(4), due: row.moment(5),
        deadline: DueTime(row.moment(5), in: zones).deadline,
        answeredAt: row.isNull(7) ? nil : row.moment(7))
    }
  }

  private func dated(
    _ collection: CollectionSchema, _ kind: ServiceLevel.Kind, who: String, in zones: [LocalZone]
  ) throws -> [ServiceLevel] {
    func value(_ row: CollectionRow, _ name: String) -> Value {
      collection[name].map { row.values[$0.id] } ?? .null
    }
    func text(_ value: Value) -> String? { if case .text(let text) = value { text } else { nil } }
    func moment(_ value: Value) -> Moment? { if case .moment(let at) = value { at } else { nil } }
    return try store.rows(of: collection).compactMap { row in
      guard let due = moment(value(row, "dueAt")) else { return nil }
      let customer: RecordID? =
        if case .reference(let id) = value(row, "customer") { id } else { nil }
      return ServiceLevel(
        kind: kind, id: row.id, customer: customer,
        title: text(row.values[collection.titleField]) ?? "", who: text(value(row, who)),
        began: row.id.moment, due: due, deadline: DueTime(due, in: zones).deadline,
        answeredAt: moment(value(row, "resolvedAt")))
    }
  }

  /// People who turned to us, by customer, with the first contact of ours after it.
  private func responses(
    since: Moment, within: Delay, in almanac: Almanac, team: (String?) -> String?
  ) throws -> [ServiceLevel] {
    let customers = try store.db.all(
      """
      SELECT DISTINCT f.customer, c.name, c.owner FROM followUp f
        JOIN customer c ON c.id = f.customer
      WHERE f.direction = 'in' AND f.occurredAt >= ?
      """, .moment(since)
    ) { (id: try $0.id(0), name: $0.text(1), owner: $0.optionalText(2)) }
    return try customers.flatMap { customer in
      let contacts = try ContactReading(store).contacts(of: customer.id, since: since)
      return ServiceLevel.waits(in: contacts).map { wait in
        ServiceLevel(
          kind: .response, id: customer.id, customer: customer.id, title: customer.name,
          who: customer.owner, began: wait.began,
          due: within.after(wait.began, in: almanac, team: team(customer.owner)),
          answeredAt: wait.answered)
      }
    }
  }
}
