// Reminders as this laptop sees them: the hub's rows, corrected by what only this laptop knows yet.
//
// The hub evaluates the rules over committed facts. Where own edits are still pending the view holds
// facts that the hub has not, so for those customers the same rules are evaluated here: a row whose
// reason is gone (the visit was logged offline) is not asked for, and one that the rules ask for and
// the hub has not sent is foreseen, under the identity that the hub will give it (I6). Nothing is
// written; when the hub's verdict arrives there is nothing to undo.

import Digest
import FollowUp
import Storage
import SyncCore

/// A reminder that concerns one person, as it stands here.
public struct StandingReminder: Hashable, Sendable {
  public var id: RecordID
  /// The customer.
  public var record: RecordID?
  public var rule: String
  public var title: Titles
  public var row: ReminderRow
  /// Thought of here; the hub has not sent it yet, so it cannot be answered.
  public var isForeseen: Bool
}

public struct Foresight {
  private let store: ReplicaStore
  private let user: String
  /// Nil where the rules in force are of a newer language: then the hub's rows stand as they are.
  private let rules: RuleBook?

  public init(_ store: ReplicaStore, state: ReplicaState) {
    self.store = store
    user = state.user
    rules = try? RuleBook(parsing: Array(state.rules.utf8), schema: store.schema)
  }

  /// Reminders of this person that are due before `end`, without those that are done, withdrawn, or
  /// no longer asked for here. Snoozed ones are among them.
  public func reminders(dueBefore end: Moment) throws -> [StandingReminder] {
    let foreseen = try foreseen()
    var standing = try rows(dueBefore: end).filter { reminder in
      guard let record = reminder.record, let asked = foreseen[record] else { return true }
      return asked.contains { $0.id == reminder.id }
    }
    let known = Set(standing.map(\.id))
    for reminder in foreseen.values.joined() where !known.contains(reminder.id) {
      guard reminder.row.dueAt < end, try !isAnswered(reminder.id) else { continue }
      standing.append(reminder)
    }
    return standing.sorted { ($0.row.dueAt, $0.id) < ($1.row.dueAt, $1.id) }
  }

  /// The reminder with this id, where it is only foreseen.
  public func foreseenReminder(within ids: ClosedRange<RecordID>) throws -> StandingReminder? {
    try foreseen().values.joined().filter { ids.contains($0.id) }.min { $0.id < $1.id }
  }

  // MARK: The hub's rows

  private func rows(dueBefore end: Moment) throws -> [StandingReminder] {
    try store.db.all(
      """
      SELECT id, customer, rule, title, dueAt, response, snoozedUntil FROM reminder
      WHERE dueAt < ? AND "user" = ? AND status IS NOT 'withdrawn' AND response IS NOT 'done'
      ORDER BY dueAt, id
      """, .moment(end), .text(user)
    ) { row in
      StandingReminder(
        id: try row.id(0), record: row.isNull(1) ? nil : try row.id(1), rule: row.text(2),
        title: Titles(quickly: row.text(3)),
        row: ReminderRow(
          status: .active, response: row.optionalText(5).flatMap { .init(rawValue: $0) },
          snoozedUntil: row.isNull(6) ? nil : row.moment(6), dueAt: row.moment(4)),
        isForeseen: false)
    }
  }

  /// Whether the hub's own row says that it is done, or withdrawn for a reason that stands.
  private func isAnswered(_ id: RecordID) throws -> Bool {
    try store.db.first(
      "SELECT response IS 'done' OR \"user\" IS NOT ? FROM reminder WHERE id = ?", .text(user),
      .id(id)
    ) { $0.bool(0) } ?? false
  }

  // MARK: What the rules ask for here

  /// For each customer with pending edits, or with pending follow-ups: what the rules ask of this
  /// person. A customer that was deleted here asks for nothing.
  private func foreseen() throws -> [RecordID: [StandingReminder]] {
    guard let rules else { return [:] }
    var foreseen: [RecordID: [StandingReminder]] = [:]
    for customer in try unsettledCustomers() {
      guard let values = try facts(of: customer, for: rules) else {
        foreseen[customer] = []
        continue
      }
      let effects = rules.reminders(for: CustomerFacts(record: customer, values: values))
      foreseen[customer] = effects.filter { $0.user == user }.map { effect in
        StandingReminder(
          id: Digest.identity(at: effect.anchor, effect.identityParts), record: customer,
          rule: effect.rule, title: effect.title,
          row: ReminderRow(
            status: .active, response: nil, snoozedUntil: nil, dueAt: effect.dueAt),
          isForeseen: true)
      }
    }
    return foreseen
  }

  private func unsettledCustomers() throws -> Set<RecordID> {
    var customers: Set<RecordID> = []
    for record in try store.recordsWithPendingEdits() {
      let isCustomer = try store.table(.customer).exists(record, in: store.db)
      if isCustomer {
        customers.insert(record)
      } else if let customer = try customer(ofFollowUp: record) {
        customers.insert(customer)
      } else if try store.baseImage(of: record, in: CollectionSchema.customer.id) != nil {
        customers.insert(record)
      }
    }
    return customers
  }

  private func customer(ofFollowUp record: RecordID) throws -> RecordID? {
    try store.db.first(
      "SELECT customer FROM followUp WHERE id = ? AND customer IS NOT NULL", .id(record)
    ) { try $0.id(0) }
  }

  /// Only the columns that rules look at: this is asked of every customer after a large import.
  private func facts(of customer: RecordID, for rules: RuleBook) throws -> FieldValues? {
    let schema = CollectionSchema.customer
    let fields = Set(rules.rules.flatMap(\.fields)).sorted().compactMap { schema[$0] }
    let names = (["id"] + fields.map { "\"\($0.name)\"" }).joined(separator: ", ")
    return try store.db.first("SELECT \(names) FROM customer WHERE id = ?", .id(customer)) { row in
      var values = FieldValues()
      for (index, field) in fields.enumerated() where !row.isNull(index + 1) {
        values[field.id] = try row.value(index + 1, as: field.type)
      }
      return values
    }
  }
}

extension Titles {
  /// As `init(stored:)`, without a JSON decoder for the form that `stored` writes where no title
  /// needs an escape: a list of thousands would otherwise spend most of its time there.
  init(quickly text: String) {
    let (head, middle, tail) = ("{\"en\":\"", "\",\"zh\":\"", "\"}")
    guard text.hasPrefix(head), text.hasSuffix(tail), !text.utf8.contains(UInt8(ascii: "\\")),
      let split = text.range(of: middle)
    else {
      self.init(stored: text)
      return
    }
    let inner = text.dropLast(tail.count)
    self.init(
      en: String(inner[..<split.lowerBound].dropFirst(head.count)),
      zh: String(inner[split.upperBound...]))
  }
}

extension String {
  /// The first place where `other` stands, found byte by byte.
  fileprivate func range(of other: String) -> Range<Index>? {
    let (bytes, sought) = (utf8, Array(other.utf8))
    var start = bytes.startIndex
    while let next = bytes[start...].firstIndex(of: sought[0]) {
      if bytes[next...].starts(with: sought) {
        return next..<bytes.index(next, offsetBy: sought.count)
      }
      start = bytes.index(after: next)
    }
    return nil
  }
}
