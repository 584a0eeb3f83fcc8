// What follows from a change by itself: owners, contact times, reminders – in the same transaction.
//
// Pure rules say which reminders should exist for a customer (`RuleBook.reminders`: the fixpoint
// over committed facts, not an event); here the difference is written. A reminder's identity is the
// hash of rule, subject and anchor, so it exists once whoever thought of it first (I6). A reason
// that disappears, also through a fact that was entered offline and arrives late, withdraws it.

import Digest
import FollowUp
import Notation
import Storage
import SyncCore

public struct Automation {
  /// How long ahead of its time a reminder is on the laptops.
  public static let horizonMilliseconds: Int64 = 14 * 24 * 3_600_000

  let store: HubStore
  let rules: RuleBook
  /// Where the hub's calendar days begin and end.
  var zone = LocalZone.utc

  /// Reacts to what an edit touched, under the edit's position.
  func react(to touched: [Touched], at now: Moment) throws {
    var roots: [RecordID] = []
    for change in touched {
      try assign(change, at: now)
      try noteContact(change, at: now)
      let concernsRules =
        change.collection == CollectionSchema.customer.id
        || change.collection == CollectionSchema.followUp.id
      if concernsRules && roots.last != change.root { roots.append(change.root) }
    }
    for root in roots { try remind(root, at: now) }
  }

  /// Looks at customers whose reminders may have to change by time alone, or by other rules.
  ///
  /// - Returns: how many customers' reminders changed.
  @discardableResult
  func tick(at now: Moment) throws -> Int { try tick(at: now, after: nil, limit: .max).changed }

  /// One stretch of that, in the order of identities: a look at a hundred thousand customers takes
  /// seconds, in which nobody else would be answered.
  ///
  /// - Returns: how many changed, and where to go on; nil: the round is done.
  func tick(
    at now: Moment, after last: RecordID?, limit: Int
  ) throws -> (changed: Int, next: RecordID?) {
    let before = store.head
    let table = CollectionSchema.customer.name
    let customers = try store.db.all(
      "SELECT id FROM \"\(table)\" WHERE id > ? ORDER BY id LIMIT ?",
      .text(last?.description ?? ""), .count(limit)
    ) { try $0.id(0) }
    for customer in customers {
      guard try isStale(customer, at: now) else { continue }
      try store.transaction {
        store.head = store.head.next
        try remind(customer, at: now)
      }
    }
    let changed = Int(store.head.rawValue - before.rawValue)
    return (changed, customers.count < limit ? nil : customers.last)
  }

  // MARK: Owners

  /// A new customer or deal without an owner is its author's; one that is handed over is assigned now.
  private func assign(_ change: Touched, at now: Moment) throws {
    guard let schema = store.schema[change.collection], let owner = schema["owner"] else { return }
    let writes = OwnWrites(store: store, now: now)
    if change.isCreation && !change.fields.contains(owner.id) {
      var values: [String: Value] = ["owner": .text(change.author)]
      if let assignedAt = schema["assignedAt"], !change.fields.contains(assignedAt.id) {
        // Since it was written, not since it arrived: a late sync does not make it any younger.
        values["assignedAt"] = .moment(min(change.record.moment, now))
      }
      try writes.write(change.record, in: schema, values)
    } else if !change.isCreation && change.fields.contains(owner.id), schema["assignedAt"] != nil {
      // Whose it is now, it is in no pool any more.
      try writes.write(change.record, in: schema, ["assignedAt": .moment(now), "pool": .null])
    }
  }

  // MARK: Contact times

  /// The customer's first and last contact follow from its follow-ups, whatever else was written.
  private func noteContact(_ change: Touched, at now: Moment) throws {
    guard change.collection == CollectionSchema.followUp.id,
      let customer = try store.load(change.root, in: .customer), customer.isAlive,
      let (first, last) = try store.db.first(
        "SELECT min(occurredAt), max(occurredAt) FROM followUp WHERE root = ?", .id(change.root),
        body: { ($0.isNull(0) ? nil : $0.moment(0), $0.isNull(1) ? nil : $0.moment(1)) }),
      let first, let last
    else { return }
    let shown = customer.shown
    var values: [String: Value] = [:]
    if shown[.lastFollowAt] < .moment(last) { values["lastFollowAt"] = .moment(last) }
    if shown[.firstFollowAt].isNull || .moment(first) < shown[.firstFollowAt] {
      values["firstFollowAt"] = .moment(first)
    }
    guard !values.isEmpty else { return }
    try OwnWrites(store: store, now: now).write(change.root, in: .customer, values)
  }

  // MARK: Reminders

  private struct Existing {
    var id: RecordID
    var isActive: Bool
    var ruleVersion: Int64
    var dueAt: Moment
    var title: String
    var user: String
    var strength: String

    func says(_ effect: ReminderEffect) -> Bool {
      ruleVersion == Int64(effect.ruleVersion) && dueAt == effect.dueAt
        && title == effect.title.stored && user == effect.user
        && strength == effect.strength.rawValue
    }
  }

  /// Writes the difference between the reminders that a customer should have and those it has.
  private func remind(_ root: RecordID, at now: Moment) throws {
    let writes = OwnWrites(store: store, now: now)
    let expected = try expected(for: root, at: now)
    for (id, effect) in expected {
      try writes.write(id, in: .reminder, fields(of: effect))
    }
    let wanted = Set(expected.map(\.id))
    for reminder in try existing(for: root) where reminder.isActive && !wanted.contains(reminder.id)
    {
      try writes.write(
        reminder.id, in: .reminder, ["status": .text(ReminderRow.Status.withdrawn.rawValue)])
    }
  }

  private func isStale(_ root: RecordID, at now: Moment) throws -> Bool {
    let wanted = try expected(for: root, at: now)
    let active = try existing(for: root).filter(\.isActive)
    return wanted.count != active.count
      || !wanted.allSatisfy { id, effect in active.contains { $0.id == id && $0.says(effect) } }
  }

  private func expected(
    for root: RecordID, at now: Moment
  ) throws -> [(id: RecordID, effect: ReminderEffect)] {
    guard !rules.rules.isEmpty, let table = store.table(CollectionSchema.customer.id),
      let row = try table.row(root, in: store.db)
    else { return [] }
    let horizon = now.advanced(milliseconds: Automation.horizonMilliseconds)
    return rules.reminders(for: CustomerFacts(record: root, values: row.values))
      .filter { $0.dueAt <= horizon }
      .map { (Digest.identity(at: $0.anchor, $0.identityParts), $0) }
  }

  private func existing(for root: RecordID) throws -> [Existing] {
    try store.db.all(
      """
      SELECT id, status, ruleVersion, dueAt, title, "user", strength FROM reminder WHERE root = ?
      """, .id(root)
    ) {
      Existing(
        id: try $0.id(0), isActive: $0.text(1) == ReminderRow.Status.active.rawValue,
        ruleVersion: $0.integer(2), dueAt: $0.moment(3), title: $0.text(4), user: $0.text(5),
        strength: $0.text(6))
    }
  }

  private func fields(of effect: ReminderEffect) -> [String: Value] {
    [
      "customer": .reference(effect.subject),
      "rule": .text(effect.rule),
      "ruleVersion": .integer(Int64(effect.ruleVersion)),
      "anchor": .moment(effect.anchor),
      "title": .text(effect.title.stored),
      "dueAt": .moment(effect.dueAt),
      "user": .text(effect.user),
      "strength": .text(effect.strength.rawValue),
      "status": .text(ReminderRow.Status.active.rawValue),
    ]
  }
}

extension FieldID {
  fileprivate static let lastFollowAt = id("lastFollowAt")
  fileprivate static let firstFollowAt = id("firstFollowAt")

  private static func id(_ name: String) -> FieldID {
    guard let field = CollectionSchema.customer[name] else {
      preconditionFailure("customers have no \(name)")
    }
    return field.id
  }
}
