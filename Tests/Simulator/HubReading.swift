// What the hub has, read straight from its tables: the checkers' own eyes, sharing no code with it.
//
// A *token* is a text that a history writes exactly once (`v17`), so it names the write wherever it
// turns up: in a column, a sibling, a set, a group, a draft, or the JSON of a ledger entry.

import Storage
import SyncCore
import Wire

enum Token {
  static func make(_ number: Int) -> String { "v\(number)" }

  /// The tokens in a text, also in JSON.
  static func all(in text: String) -> Set<String> {
    var found: Set<String> = []
    for word in text.utf8.split(whereSeparator: { !isWord($0) }) {
      guard word.first == UInt8(ascii: "v"), word.count > 1,
        word.dropFirst().allSatisfy({ (48...57).contains($0) })
      else { continue }
      found.insert(String(decoding: word, as: UTF8.self))
    }
    return found
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
      || byte >= 0x80
  }

  static func all(in value: Value) -> Set<String> {
    switch value {
    case .text(let text): all(in: text)
    case .set(let elements): elements.reduce(into: []) { $0.formUnion(all(in: $1)) }
    case .group(let values):
      values.entries.reduce(into: []) { $0.formUnion(all(in: $1.value)) }
    default: []
    }
  }

  static func all(in write: FieldWrite) -> Set<String> {
    switch write.action {
    case .put(let value, _): all(in: value)
    case .alter(let adding, _): adding.reduce(into: []) { $0.formUnion(all(in: $1)) }
    }
  }
}

/// An accepted change, as the hub's history has it.
struct AcceptedChange {
  var record: RecordID
  var position: Position
  var replica: ReplicaID
  var counter: Counter
  var collection: CollectionID
  var time: HybridTimestamp
  var change: Change
  var refused: Set<FieldID>

  var writes: [FieldWrite] { change.writes.filter { !refused.contains($0.field) } }
}

extension HubNode {
  /// Every record that this person's laptops are to see, as they are to see it; nil: every record.
  ///
  /// - Parameter narrowing: what one of them keeps of that.
  func projection(
    for user: String? = nil, narrowedTo narrowing: Narrowing? = nil
  ) throws -> [RecordID: RecordImage] {
    let schema = store.schema
    var eyes = try user.map { try self.eyes(of: $0, schema) } ?? Eyes()
    if let user, let narrowing { try narrow(&eyes, of: user, to: narrowing) }
    var images: [RecordID: RecordImage] = [:]
    for collection in schema.collections {
      let table = tables[collection.id] ?? CollectionTable(collection)
      tables[collection.id] = table
      var roots: [RecordID: RecordID] = [:]
      if eyes.roots != nil || eyes.isVeiled {
        try store.db.each("SELECT id, root FROM \"\(table.name)\"") {
          roots[try $0.id(0)] = try $0.id(1)
        }
      }
      try store.db.each(
        table.selectSQL + " WHERE root NOT IN (SELECT record FROM graveyard)"
      ) { statement in
        let row = try table.row(statement)
        images[row.id] = eyes.image(
          RecordImage(
            record: row.id, collection: collection.id, asOf: row.asOf, values: row.values,
            updatedAt: row.updatedAt), of: roots[row.id] ?? row.id, schema)
      }
    }
    return images
  }

  /// The history in commit order.
  func acceptedChanges() throws -> [AcceptedChange] {
    try store.db.all(
      """
      SELECT h.record, h.position, h.replica, h.collection, h.time, h.change, h.refused,
        (SELECT e.counter FROM edits e WHERE e.position = h.position)
      FROM history h ORDER BY h.position, h.record, h.replica
      """
    ) { row in
      let refusals = row.isNull(6) ? [] : try Receipt(decoding: row.blob(6)).refusals
      return AcceptedChange(
        record: try row.id(0), position: row.position(1), replica: row.replica(2),
        counter: row.replica(2) == .hub ? Counter(row.position(1).rawValue) : row.counter(7),
        collection: CollectionID(UInt32(clamping: row.integer(3))),
        time: HybridTimestamp(rawValue: row.bits(4)), change: try Change(decoding: row.blob(5)),
        refused: Set(refusals.compactMap(\.field)))
    }
  }

  func acceptedTokens() throws -> Set<String> {
    try acceptedChanges().filter { $0.replica != .hub }.flatMap(\.writes).reduce(into: []) {
      $0.formUnion(Token.all(in: $1))
    }
  }

  /// The surviving values of every unit of a record, dead or alive; nil where there is no record.
  func siblings(
    of record: RecordID, in collection: CollectionSchema
  ) throws -> [FieldID: [Sibling]]? {
    let table = CollectionTable(collection)
    let row = try store.db.first(table.selectSQL + " WHERE id = ?", .id(record)) {
      try table.row($0).values
    }
    let query =
      row == nil
      ? "SELECT state FROM graveyard WHERE record = ?"
      : "SELECT state FROM \"\(collection.name)\" WHERE id = ?"
    let bytes = try store.db.first(query, .id(record)) { $0.blob(0) }
    guard let bytes else { return nil }
    var found: [FieldID: [Sibling]] = [:]
    for change in try StoredState(decoding: bytes).changes {
      for unit in change.shown {
        let values: [Value] =
          switch (unit, collection.unitValue(of: unit, from: row ?? FieldValues())) {
          case (.lifecycle, _): [Lifecycle.alive.value]
          case (_, .set(let elements)) where collection.rule(of: unit) == .union:
            elements.map { .text($0) }
          case (_, let value): [value]
          }
        found[unit, default: []] += values.map { Sibling(value: $0, stamp: change.stamp) }
      }
      for entry in change.siblings {
        found[entry.field, default: []].append(Sibling(value: entry.value, stamp: change.stamp))
      }
    }
    return found
  }

  /// Records dead or alive, with their collections.
  func allRecords() throws -> [(RecordID, CollectionSchema)] {
    let schema = store.schema
    var found: [(RecordID, CollectionSchema)] = []
    for collection in schema.collections {
      try store.db.each("SELECT id FROM \"\(collection.name)\" ORDER BY id") {
        found.append((try $0.id(0), collection))
      }
    }
    try store.db.each("SELECT record, collection FROM graveyard ORDER BY record") { row in
      if let collection = schema[CollectionID(UInt32(clamping: row.integer(1)))] {
        found.append((try row.id(0), collection))
      }
    }
    return found
  }

  func isDead(_ record: RecordID) throws -> Bool {
    try store.db.count("SELECT count(*) FROM graveyard WHERE record = ?", .id(record)) > 0
  }

  /// Tokens that the ledger tells of, by record and name of the field.
  func ledgerTokens() throws -> [LedgerKey: Set<String>] {
    var found: [LedgerKey: Set<String>] = [:]
    try store.db.each(#"SELECT record, field, "values", shown, base FROM conflict"#) { row in
      let key = LedgerKey(record: row.text(0), field: row.text(1))
      for column in 2...4 { found[key, default: []].formUnion(Token.all(in: row.text(column))) }
    }
    return found
  }
}

struct LedgerKey: Hashable {
  var record: String
  var field: String
}
