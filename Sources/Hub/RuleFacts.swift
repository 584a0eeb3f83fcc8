// The facts about one customer that the rules in force look at, as committed.
//
// No more is read than they ask for: this happens with every edit. Of follow-ups, of which there may be
// thousands, only those that something happened to.

import FollowUp
import Storage
import SyncCore

extension HubStore {
  /// Nil: there is no such customer any more.
  func facts(about root: RecordID, for rules: RuleBook) throws -> CustomerFacts? {
    guard let values = try shown(of: root) else { return nil }
    var facts = CustomerFacts(record: root, values: values)
    if rules.hasEvents {
      facts.events = try db.all(
        "SELECT rule, subject, at FROM events WHERE root = ? ORDER BY at, rule, subject", .id(root)
      ) { RuleEvent(rule: $0.text(0), subject: try $0.id(1), at: $0.moment(2)) }
      if !facts.events.isEmpty && rules.collections.contains(CollectionSchema.followUp.id) {
        facts.corrections = try corrections(of: root)
      }
    }
    for collection in rules.collections.sorted() {
      guard let schema = schema[collection], schema.rootField != nil else { continue }
      facts.records += try records(of: root, in: schema, rules, facts)
    }
    if rules.readsLastFollowUp { facts.lastFollowUp = try lastFollowUp(of: root) }
    return facts
  }

  /// Nil: there is no such customer.
  private func shown(of customer: RecordID) throws -> FieldValues? {
    if let known = atHand?[customer, CollectionSchema.customer.id] {
      return known.record.flatMap { $0.isAlive ? $0.shown : nil }
    }
    return try table(CollectionSchema.customer.id)?.row(customer, in: db)?.values
  }

  /// Records of one collection; of facts, which only ever become more, just those that something
  /// happened to, where no rule asks for all.
  private func records(
    of root: RecordID, in schema: CollectionSchema, _ rules: RuleBook, _ facts: CustomerFacts
  ) throws -> [FactRecord] {
    let asking = rules.rules.filter { $0.collection == schema }
    guard !asking.isEmpty, let table = table(schema.id) else { return [] }
    if schema.isImmutable, asking.allSatisfy(\.trigger.isEvent) {
      let subjects = Set(facts.events.map(\.subject))
      // And what counts in their place.
      let all = subjects.union(subjects.map(facts.corrections.counted))
      return try all.sorted().compactMap { id in
        try table.row(id, in: db).map {
          FactRecord(id: id, collection: schema.id, values: $0.values)
        }
      }
    }
    return try db.all(table.selectSQL + " WHERE root = ? ORDER BY id", .id(root)) {
      let row = try table.row($0)
      return FactRecord(id: row.id, collection: schema.id, values: row.values)
    }
  }

  private func corrections(of root: RecordID) throws -> Corrections {
    var corrections = Corrections()
    try db.each(
      "SELECT id, corrects FROM followUp WHERE root = ? AND corrects IS NOT NULL", .id(root)
    ) { corrections.note(try $0.id(0), of: try $0.id(1)) }
    return corrections
  }

  /// Of those that count.
  private func lastFollowUp(of root: RecordID) throws -> FieldValues? {
    guard let table = table(CollectionSchema.followUp.id) else { return nil }
    return try db.first(
      table.selectSQL + " WHERE root = ?1 AND \(ContactTimes.isCounted)"
        + " ORDER BY occurredAt DESC, id DESC LIMIT 1", .id(root)
    ) { try table.row($0).values }
  }

  /// How many customers have yet to be looked at under the rules in force.
  func customersWaiting() throws -> Int {
    try db.first("SELECT count(*) FROM due WHERE at = 0") { Int($0.integer(0)) } ?? 0
  }
}
