// A record at the hub, loaded with its siblings, and written back with what it then shows.
//
// The siblings are stored once: a value that is shown and stands alone lives in its column, and the
// blob only says which accepted change wrote it. Concurrent values, elements of sets that several
// people added, and values of fields without a column are in the blob.

import Storage
import SyncCore
import Wire

struct HubRecord {
  enum Presence { case absent, alive, deleted }

  let id: RecordID
  let schema: CollectionSchema
  var root: RecordID
  var state: RecordState
  var asOf: Position
  var updatedAt: Moment
  /// As it is stored; `save` moves both.
  var presence: Presence
  var storedAsOf: Position
  var storedRoot: RecordID
  /// Whose record it is where no field of it says so: who made it.
  var maker = ""

  static func new(_ id: RecordID, _ schema: CollectionSchema, root: RecordID) -> HubRecord {
    HubRecord(
      id: id, schema: schema, root: root, state: RecordState(collection: schema.id),
      asOf: .start, updatedAt: Moment(milliseconds: 0), presence: .absent, storedAsOf: .start,
      storedRoot: root)
  }

  var isAlive: Bool { presence == .alive }
  var isRoot: Bool { root == id }
  /// The values that everybody is shown.
  var shown: FieldValues { state.shown(in: schema) }

  /// A contact that moves to another customer changes hands with all its history.
  mutating func moveRoot(by writes: [FieldWrite]) {
    guard let field = schema.rootField, writes.contains(where: { $0.field == field }) else {
      return
    }
    if case .reference(let root) = state.choice(of: field, in: schema).value {
      self.root = root
    } else {
      root = id
    }
  }
}

extension HubStore {
  func table(_ collection: CollectionID) -> CollectionTable? { tables[collection] }

  /// The record, alive or deleted; nil where the hub has never had it.
  func load(_ id: RecordID, in collection: CollectionSchema) throws -> HubRecord? {
    guard let table = tables[collection.id] else { return nil }
    if let known = atHand?[id, collection.id] { return known.record }
    let found = try read(id, table)
    atHand?.keep(found, as: id, in: collection.id)
    return found
  }

  private func read(_ id: RecordID, _ table: CollectionTable) throws -> HubRecord? {
    let found = try db.first(table.selectByID, .id(id)) { try record($0, table) }
    return try found ?? loadDeleted(id)
  }

  /// The row that a statement which began with the table's `selectSQL` stands on.
  func record(_ statement: Statement, _ table: CollectionTable) throws -> HubRecord {
    let row = try table.row(statement)
    let root = try statement.id(table.additionsIndex)
    let stored = try StoredState(decoding: statement.blob(table.additionsIndex + 1))
    return HubRecord(
      id: row.id, schema: table.schema, root: root,
      state: StateCoding.state(stored, columns: row.values, schema: table.schema),
      asOf: row.asOf, updatedAt: row.updatedAt, presence: .alive, storedAsOf: row.asOf,
      storedRoot: root)
  }

  private func loadDeleted(_ id: RecordID) throws -> HubRecord? {
    try db.first(
      "SELECT collection, root, position, deleted_at, state FROM graveyard WHERE record = ?",
      .id(id)
    ) { row -> HubRecord? in
      guard let schema = schema[CollectionID(UInt32(clamping: row.integer(0)))] else { return nil }
      let stored = try StoredState(decoding: row.blob(4))
      let root = try row.id(1)
      return HubRecord(
        id: id, schema: schema, root: root,
        state: StateCoding.state(stored, columns: FieldValues(), schema: schema),
        asOf: row.position(2), updatedAt: row.moment(3), presence: .deleted,
        storedAsOf: row.position(2), storedRoot: root)
    } ?? nil
  }

  /// The collection that holds a record, dead or alive.
  func collection(of id: RecordID) throws -> CollectionSchema? {
    for collection in schema.collections {
      if let table = tables[collection.id], try table.exists(id, in: db) { return collection }
    }
    return try loadDeleted(id)?.schema
  }

  /// Writes a record that a change left in a new state: its row or grave, digest and feed.
  func save(_ record: inout HubRecord) throws {
    guard let table = tables[record.schema.id] else { return }
    let wasAlive = record.isAlive
    let isAlive = record.state.isAlive(in: record.schema)
    if isAlive {
      try writeRow(record, table)
      if record.presence == .deleted {
        try db.run("DELETE FROM graveyard WHERE record = ?", .id(record.id))
      }
    } else {
      if wasAlive { try table.delete(record.id, in: db) }
      try writeGrave(record)
    }
    try noteInFeed(record, wasAlive: wasAlive, isAlive: isAlive, home: home(of: record))
    record.presence = isAlive ? .alive : .deleted
    record.storedAsOf = record.asOf
    record.storedRoot = record.root
    atHand?.keep(record, as: record.id, in: record.schema.id)
  }

  func isDeleted(_ id: RecordID) throws -> Bool {
    try db.first("SELECT 1 FROM graveyard WHERE record = ?", .id(id)) { _ in true } ?? false
  }

  private func writeRow(_ record: HubRecord, _ table: CollectionTable) throws {
    let values = record.shown
    let stored = StateCoding.stored(record.state, columns: values, schema: record.schema)
    let row = CollectionRow(
      id: record.id, values: values, updatedAt: record.updatedAt, asOf: record.asOf)
    let additions: [Binding] = [
      .id(record.root), .blob(stored.encoded()),
      .count(record.state.openUnits(in: record.schema).count),
    ]
    if record.presence == .alive {
      try table.upsert(row, adding: additions, in: db)
    } else {
      try table.insert(row, adding: additions, in: db)
    }
  }

  private func writeGrave(_ record: HubRecord) throws {
    let stored = StateCoding.stored(record.state, columns: nil, schema: record.schema)
    try db.run(
      "INSERT OR REPLACE INTO graveyard VALUES (?, ?, ?, ?, ?, ?)", .id(record.id),
      .integer(Int64(record.schema.id.rawValue)), .id(record.root), .position(record.asOf),
      .moment(record.updatedAt), .blob(stored.encoded()))
  }
}

/// Siblings as they are stored, and back.
enum StateCoding {
  /// - Parameter columns: the row's values; nil where there is no row, so every value is written out.
  static func stored(
    _ state: RecordState, columns: FieldValues?, schema: CollectionSchema
  ) -> StoredState {
    var changes: [StoredChange] = []
    for unit in state.units {
      let isInColumns = columns != nil && isShownAlone(unit, schema)
      for (order, sibling) in unit.state.siblings.enumerated() {
        let place = index(of: sibling.stamp, in: &changes)
        if !isInColumns {
          changes[place].siblings.append(.init(field: unit.field, value: sibling.value))
        } else if order == 0 {
          changes[place].shown.append(unit.field)
        }
      }
    }
    return StoredState(changes: changes)
  }

  /// Whether the columns tell the unit's value, so that only its author needs storing.
  private static func isShownAlone(_ unit: RecordState.Unit, _ schema: CollectionSchema) -> Bool {
    guard let first = unit.state.siblings.first else { return false }
    if unit.field == .lifecycle {
      return unit.state.siblings.count == 1 && first.value == Lifecycle.alive.value
    }
    guard let field = schema[unit.field] else { return false }
    if field.rule == .union { return unit.state.siblings.allSatisfy { $0.stamp == first.stamp } }
    return unit.state.siblings.count == 1
  }

  private static func index(of stamp: ChangeStamp, in changes: inout [StoredChange]) -> Int {
    if let index = changes.firstIndex(where: { $0.stamp == stamp }) { return index }
    changes.append(StoredChange(stamp: stamp, shown: [], siblings: []))
    return changes.count - 1
  }

  static func state(
    _ stored: StoredState, columns: FieldValues, schema: CollectionSchema
  ) -> RecordState {
    var siblings: [FieldID: [Sibling]] = [:]
    for change in stored.changes {
      for unit in change.shown {
        for value in values(of: unit, columns, schema) {
          siblings[unit, default: []].append(Sibling(value: value, stamp: change.stamp))
        }
      }
      for entry in change.siblings {
        siblings[entry.field, default: []].append(Sibling(value: entry.value, stamp: change.stamp))
      }
    }
    return RecordState(
      collection: schema.id,
      units: siblings.map { .init(field: $0.key, state: FieldState(siblings: $0.value)) })
  }

  private static func values(
    of unit: FieldID, _ columns: FieldValues, _ schema: CollectionSchema
  ) -> [Value] {
    if unit == .lifecycle { return [Lifecycle.alive.value] }
    let value = schema.unitValue(of: unit, from: columns)
    // Only in a union is every element a sibling of its own; a set under another rule is one value.
    if schema.rule(of: unit) == .union, case .set(let elements) = value {
      return elements.map { .text($0) }
    }
    return [value]
  }
}
