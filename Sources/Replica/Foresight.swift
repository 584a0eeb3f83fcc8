// Reminders as this laptop sees them: the hub's rows, corrected by what only this laptop knows yet.
//
// The hub evaluates the rules over committed facts. Where own edits are still pending the view holds
// facts that the hub has not, so for those customers the same rules are evaluated here: a row whose
// reason is gone (the visit was logged offline) is not asked for, and one that the rules ask for and
// the hub has not sent is foreseen, under the identity that the hub will give it (I6). Nothing is
// written; when the hub's verdict arrives there is nothing to undo.

import Digest
import FollowUp
import Notation
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
  public var strength: Strength
  /// It goes to somebody besides the one whose work it is about.
  public var isCopy: Bool
  /// Thought of here; the hub has not sent it yet, so it cannot be answered.
  public var isForeseen: Bool
  /// The record that the rule is about; nil: the customer.
  public var subject: RecordID?
  /// The occasion that it stands on.
  public var anchor: Moment?
}

public struct Foresight {
  /// Customers that are asked about one by one; more are found in one pass over the table.
  private static let questionsMax = 200

  let store: ReplicaStore
  let user: String
  /// Nil where the rules in force are of a newer language: then the hub's rows stand as they are.
  let rules: RuleBook?
  private let countdown: Countdown

  public init(_ store: ReplicaStore, state: ReplicaState) {
    self.store = store
    user = state.user
    countdown = Countdown(store, state: state)
    rules = try? RuleBook(parsing: Array(state.rules.utf8), schema: store.schema)
  }

  /// Reminders of this person that are due before `end`, without those that are done, withdrawn, or
  /// no longer asked for here. Snoozed ones are among them; of what comes round, the one that is open.
  public func reminders(
    dueBefore end: Moment, at now: Moment
  ) throws -> [StandingReminder] {
    let foreseen = try foreseen(at: now)
    var standing = try open(rows(dueBefore: end), at: now).filter { reminder in
      // It follows from the terms of a pool, and no rule of the book asks for it.
      if reminder.rule == Recycling.rule { return try countdown.allows(reminder) }
      guard let record = reminder.record, let seen = foreseen[record] else { return true }
      guard isForeseeable(reminder, seen) else { return mayStand(reminder, seen, at: now) }
      return seen.asked.contains { $0.id == reminder.id }
    }
    let known = Set(standing.map(\.id))
    for reminder in foreseen.values.map(\.asked).joined() where !known.contains(reminder.id) {
      guard reminder.row.dueAt < end, try !isAnswered(reminder.id) else { continue }
      standing.append(reminder)
    }
    return standing.sorted { ($0.row.dueAt, $0.id) < ($1.row.dueAt, $1.id) }
  }

  /// The reminder with this id, where it is only foreseen.
  public func foreseenReminder(
    within ids: ClosedRange<RecordID>, at now: Moment
  ) throws -> StandingReminder? {
    try foreseen(at: now).values.map(\.asked).joined().filter { ids.contains($0.id) }
      .min { $0.id < $1.id }
  }

  // MARK: The hub's rows

  private func rows(dueBefore end: Moment) throws -> [StandingReminder] {
    let zone = try store.almanac()?.zone ?? .process
    return try store.db.all(
      """
      SELECT id, customer, rule, title, dueAt, response, snoozedUntil, strength, step, unconfirmed,
        subject, anchor
      FROM reminder
      WHERE dueAt < ? AND "user" = ? AND status IS NOT 'withdrawn' AND response IS NOT 'done'
      ORDER BY dueAt, id
      """, .moment(end), .text(user)
    ) { row in
      StandingReminder(
        id: try row.id(0), record: row.isNull(1) ? nil : try row.id(1), rule: row.text(2),
        title: Titles(quickly: row.text(3)).doubted(
          since: row.isNull(9) ? nil : row.moment(9), in: zone),
        row: ReminderRow(
          status: .active, response: row.optionalText(5).flatMap { .init(rawValue: $0) },
          snoozedUntil: row.isNull(6) ? nil : row.moment(6), dueAt: row.moment(4)),
        strength: row.optionalText(7).flatMap { Strength(rawValue: $0) } ?? .normal,
        isCopy: !row.isNull(8), isForeseen: false,
        subject: row.optionalText(10).flatMap { ULID($0) },
        anchor: row.isNull(11) ? nil : row.moment(11))
    }
  }

  /// Whether this laptop would think of the reminder itself. What happened once, which day of many is open, and
  /// whom else a rule means, only the hub knows: its word stands.
  private func isForeseeable(_ reminder: StandingReminder, _ seen: Foreseen) -> Bool {
    guard let rules, !reminder.isCopy else { return false }
    return rules[reminder.rule].map { known(by: $0) && seen.knows($0) } ?? true
  }

  private func known(by rule: Rule) -> Bool {
    switch rule.trigger {
    case .created, .assigned, .silence, .holds, .date, .anniversary: true
    case .every, .changed, .tagged, .followedUp: false
    }
  }

  /// Whether the hub's word can stand, by what was written here: nobody is reminded of a customer that is
  /// deleted, and of each day's work only where the rule still means the record.
  private func mayStand(
    _ reminder: StandingReminder, _ seen: Foreseen, at now: Moment
  ) -> Bool {
    guard let facts = seen.facts else { return false }
    guard let rule = rules?[reminder.rule], rule.trigger.isRecurring, seen.knows(rule) else {
      return true
    }
    return rule.holds(
      for: reminder.subject ?? facts.record, facts, at: now, in: seen.zone)
  }

  /// Whether the hub's own row says that it is done, or withdrawn for a reason that stands.
  private func isAnswered(_ id: RecordID) throws -> Bool {
    try store.db.first(
      "SELECT response IS 'done' OR \"user\" IS NOT ? FROM reminder WHERE id = ?", .text(user),
      .id(id)
    ) { $0.bool(0) } ?? false
  }

  // MARK: What the rules ask for here

  /// What the rules see here in a customer with pending edits.
  private struct Foreseen {
    /// What they ask of this person.
    var asked: [StandingReminder] = []
    /// Nil: the customer was deleted here, and nothing is asked for.
    var facts: CustomerFacts?
    var zone: LocalZone
    /// Whether the records that are the customer's were looked at, too.
    var isWhole: Bool

    func knows(_ rule: Rule) -> Bool { isWhole || rule.collection == .customer }
  }

  /// For each customer with pending edits, of its own or of what is its.
  private func foreseen(at now: Moment) throws -> [RecordID: Foreseen] {
    guard let book = rules else { return [:] }
    let rules = RuleBook(rules: book.rules.filter(known), quiet: book.quiet)
    let customers = try unsettledCustomers(book)
    guard !customers.isEmpty else { return [:] }
    let isFew = customers.count <= Foresight.questionsMax
    let context = try context
    var foreseen: [RecordID: Foreseen] = [:]
    for (customer, values) in customers {
      var seen = Foreseen(zone: context.almanac.zone, isWhole: isFew)
      if let values {
        let facts = CustomerFacts(
          record: customer,
          values: isFew ? try dated(values, of: customer, in: .customer) : values,
          records: isFew ? try records(of: customer, book) : [],
          lastFollowUp: rules.readsLastFollowUp ? try lastFollowUp(of: customer) : nil)
        seen.facts = facts
        seen.asked = rules.reminders(
          for: facts, within: RuleBook.window(at: now), context, OnePerson(user)
        ).filter { seen.knows($0.effect.rule) }.map {
          StandingReminder(foreseen: $0, of: customer)
        }
      }
      foreseen[customer] = seen
    }
    return foreseen
  }

  /// Which rules apply to a customer here, and why the others do not; nil: the rules in force are of a newer
  /// language, or there is no such customer.
  public func explanations(of customer: RecordID, at now: Moment) throws -> [RuleExplanation]? {
    let table = store.table(.customer)
    guard let rules, let row = try table.row(customer, in: store.db) else { return nil }
    let facts = CustomerFacts(
      record: customer, values: row.values, records: try records(of: customer, rules),
      lastFollowUp: try lastFollowUp(of: customer))
    return rules.explanations(of: facts, at: now, knowsEvents: false, try context)
  }

  /// The hub's calendar; without one, this machine's zone.
  private var context: RuleContext {
    get throws {
      let almanac = try store.almanac() ?? Almanac(zoneName: "", zone: .process)
      let team = try store.db.first("SELECT team FROM people WHERE name = ?", .text(user)) {
        $0.text(0)
      }
      return RuleContext(almanac: almanac) { [user] in $0 == user ? team : nil }
    }
  }

  /// Customers that the hub's rules may see otherwise, with the fields they look at; nil for one deleted
  /// here.
  private func unsettledCustomers(_ rules: RuleBook) throws -> [(RecordID, FieldValues?)] {
    var sought = try store.recordsWithPendingEdits()
    guard !sought.isEmpty else { return [] }
    let collections = rules.collections.union([CollectionSchema.followUp.id]).sorted()
      .compactMap { store.schema[$0] }
    let customers = try sought.sorted().compactMap { try customer(of: $0, in: collections) }
    sought.formUnion(customers)
    let fields = Array(rules.customerFields)
    // After a large import one look at each row is far cheaper than thousands of questions.
    let shown =
      sought.count > Foresight.questionsMax
      ? try scanned(for: sought, fields) : try asked(for: sought, fields)
    let deleted = try sought.subtracting(shown.map(\.0)).filter { record in
      try store.baseImage(of: record, in: CollectionSchema.customer.id)?.collection
        == CollectionSchema.customer.id
    }
    return shown + deleted.sorted().map { ($0, nil) }
  }

  private func customer(
    of record: RecordID, in collections: [CollectionSchema]
  ) throws -> RecordID? {
    for collection in collections {
      guard let root = collection.rootField.flatMap({ collection[$0] }) else { continue }
      let found = try store.db.first(
        """
        SELECT "\(root.name)" FROM "\(collection.name)"
        WHERE id = ? AND "\(root.name)" IS NOT NULL
        """, .id(record)
      ) { try $0.id(0) }
      if let found { return found }
      // What was deleted here is gone from its table, and the hub has it still.
      let base = try store.baseImage(of: record, in: collection.id)
      if base?.collection == collection.id, case .reference(let root)? = base?.values[root.id] {
        return root
      }
    }
    return nil
  }

  private func records(of customer: RecordID, _ rules: RuleBook) throws -> [FactRecord] {
    let collections = Set(rules.rules.map(\.collection))
    return try collections.sorted { $0.id < $1.id }.flatMap { (collection) -> [FactRecord] in
      guard let root = collection.rootField.flatMap({ collection[$0] }) else { return [] }
      let table = store.table(collection)
      return try store.db.all(
        table.selectSQL + " WHERE \"\(root.name)\" = ? ORDER BY id", .id(customer)
      ) { row in
        let row = try table.row(row)
        return FactRecord(
          id: row.id, collection: collection.id,
          values: try dated(row.values, of: row.id, in: collection))
      }
    }
  }

  /// The moments that the hub will keep for values that were written here.
  private func dated(
    _ values: FieldValues, of record: RecordID, in collection: CollectionSchema
  ) throws -> FieldValues {
    let fields = collection.columns.compactMap { field in
      collection[field.name + "Since"].map { (field.id, since: $0.id) }
    }
    guard !fields.isEmpty else { return values }
    var values = values
    for entry in try store.pendingEntries(of: record) {
      let edit = try entry.edit()
      for change in edit.changes where change.record == record {
        for (field, since) in fields where change.writes.contains(where: { $0.field == field }) {
          values[since] = .moment(edit.stamp.moment)
        }
      }
    }
    return values
  }

  private func lastFollowUp(of customer: RecordID) throws -> FieldValues? {
    let table = store.table(.followUp)
    return try store.db.first(
      table.selectSQL
        + """
         WHERE customer = ?1 AND id NOT IN
          (SELECT corrects FROM followUp WHERE customer = ?1 AND corrects IS NOT NULL)
        ORDER BY occurredAt DESC, id DESC LIMIT 1
        """, .id(customer)
    ) { try table.row($0).values }
  }

  private func asked(
    for sought: Set<RecordID>, _ fields: [FieldID]
  ) throws -> [(RecordID, FieldValues?)] {
    let columns = Columns(fields)
    return try sought.sorted().compactMap { record in
      try store.db.first(
        "SELECT \(columns.names) FROM customer WHERE id = ?", .id(record)
      ) { (record, try columns.values(of: $0)) }
    }
  }

  private func scanned(
    for sought: Set<RecordID>, _ fields: [FieldID]
  ) throws -> [(RecordID, FieldValues?)] {
    let columns = Columns(fields)
    var found: [(RecordID, FieldValues?)] = []
    try store.db.each("SELECT \(columns.names), id FROM customer ORDER BY id") { row in
      let record = try row.id(columns.fields.count)
      if sought.contains(record) { found.append((record, try columns.values(of: row))) }
    }
    return found
  }

  /// The columns that rules look at, and no others: this may be asked of every customer.
  private struct Columns {
    let fields: [FieldSchema]

    init(_ fields: [FieldID]) {
      // Without a rule there is still something to select.
      let name = CollectionSchema.customer.titleField
      self.fields = Set(fields + [name]).sorted().compactMap { CollectionSchema.customer[$0] }
    }

    var names: String { fields.map { "\"\($0.name)\"" }.joined(separator: ", ") }

    func values(of row: Statement) throws -> FieldValues {
      var values = FieldValues()
      for (index, field) in fields.enumerated() where !row.isNull(index) {
        values[field.id] = try row.value(index, as: field.type)
      }
      return values
    }
  }
}

extension StandingReminder {
  fileprivate init(foreseen effect: ReminderEffect, of customer: RecordID) {
    self.init(
      id: effect.identity, record: customer, rule: effect.rule, title: effect.title,
      row: ReminderRow(status: .active, response: nil, snoozedUntil: nil, dueAt: effect.dueAt),
      strength: effect.strength, isCopy: effect.isCopy, isForeseen: true)
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
