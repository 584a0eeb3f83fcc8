// Writing on the laptop: view and change log in one transaction, with or without a network.
//
// The change says what its author had been shown: the as-of of the record in its base, never the
// cursor. What the schema forbids for certain (a fact, a field set once) is refused here with words;
// what only the hub can decide (an owner) is written as an intent and judged there.

import Storage
import SyncCore
import Wire

/// What somebody wants to write to one record.
public struct RecordWrite: Hashable, Sendable {
  public var record: RecordID
  public var collection: CollectionSchema
  /// Fields by column: values, or elements to add and remove.
  public var writes: [FieldWrite]
  public var isCreation: Bool

  public init(
    _ record: RecordID, in collection: CollectionSchema, _ writes: [FieldWrite],
    isCreation: Bool = false
  ) {
    self.record = record
    self.collection = collection
    self.writes = writes
    self.isCreation = isCreation
  }
}

extension ReplicaStore {
  /// A new identity, minted by the corrected clock.
  public func mint(at now: Moment) throws -> ULID {
    ULID(moment: try corrected(now), using: &random)
  }

  /// Writes one edit. It is on the disk, shown, and waiting to go up when this returns.
  @discardableResult
  public func write(
    _ writes: [RecordWrite], isAtomic: Bool = false, at now: Moment
  ) throws -> EditID {
    try transaction {
      var clock = try clock()
      let stamp = clock.stamp(now: try corrected(now))
      let prepared = try writes.map(prepare)
      let edit = Edit(
        id: ULID(moment: stamp.moment, using: &random), stampCounter: stamp.counter,
        isAtomic: isAtomic, changes: prepared.map(\.change))
      try append(edit)
      for item in prepared { try show(item, at: stamp.moment) }
      return edit.id
    }
  }

  /// Deletes a record here, and at the next sync everywhere.
  @discardableResult
  public func delete(
    _ record: RecordID, in collection: CollectionSchema, at now: Moment
  ) throws -> EditID {
    let lifecycle = FieldWrite.put(.lifecycle, Lifecycle.deleted.value)
    return try write([RecordWrite(record, in: collection, [lifecycle])], at: now)
  }

  // MARK: Making the change

  private struct Prepared {
    var write: RecordWrite
    /// The row as it is shown now; nil for a new record.
    var current: CollectionRow?
    var change: Change
  }

  /// Makes the change, and puts the base aside before the first pending edit of its record.
  private func prepare(_ write: RecordWrite) throws -> Prepared {
    try check(write)
    guard !write.isCreation else {
      let change = Change(
        record: write.record, collection: write.collection.id, seen: VectorClock(),
        writes: units(of: write, over: nil))
      return Prepared(write: write, current: nil, change: change)
    }
    guard let current = try table(write.collection).row(write.record, in: db) else {
      throw ReplicaError.recordMissing(write.record)
    }
    try keepBase(current, in: write.collection.id)
    let change = Change(
      record: write.record, collection: write.collection.id,
      seen: VectorClock(hub: try seen(write, asOf: current.asOf)),
      writes: units(of: write, over: current.values))
    return Prepared(write: write, current: current, change: change)
  }

  /// What the author of a write has seen: the state of its record. Who deletes a customer has also
  /// seen what belongs to it; the record itself has not changed up to there, for a base is one cut.
  private func seen(_ write: RecordWrite, asOf: Position) throws -> Position {
    let isDeletion = write.writes.contains { $0.action == .put(Lifecycle.deleted.value) }
    guard isDeletion, write.collection.rootField == nil else { return asOf }
    var seen = asOf
    for child in schema.collections {
      guard let root = child.rootField.flatMap({ child[$0] }) else { continue }
      let latest = try db.first(
        "SELECT coalesce(max(as_of), 0) FROM \"\(child.name)\" WHERE \"\(root.name)\" = ?",
        .id(write.record)
      ) { $0.position(0) }
      seen = max(seen, latest ?? .start)
    }
    return seen
  }

  private func check(_ write: RecordWrite) throws {
    let collection = write.collection
    for field in write.writes where field.field != .lifecycle {
      if collection.isImmutable && !write.isCreation {
        throw ReplicaError.fixed(collection: collection.name, field: nil)
      }
      if !write.isCreation, collection.traits(of: field.field)?.isOnce == true {
        throw ReplicaError.fixed(collection: collection.name, field: collection[field.field]?.name)
      }
      if field.textBytes > Limits.valueBytesMax {
        throw ReplicaError.tooLarge(
          field: collection.displayName(of: field.field), bytesMax: Limits.valueBytesMax)
      }
    }
  }

  /// What merges: members of a group as the whole group, sets as additions and removals, each unit
  /// once (of two writes to one field the later counts), sorted.
  private func units(of write: RecordWrite, over current: FieldValues?) -> [FieldWrite] {
    let collection = write.collection
    var units: [FieldWrite] = []
    units.reserveCapacity(write.writes.count)
    for field in write.writes {
      guard case .put(let value, let keeping) = field.action,
        let traits = collection.traits(of: field.field)
      else {
        units.insert(field)
        continue
      }
      if traits.unit != field.field {
        // The first member makes the group, with all its members; the others find it there.
        guard !units.contains(where: { $0.field == traits.unit }) else { continue }
        let whole = whole(traits.unit, of: write, over: current)
        units.insert(FieldWrite(traits.unit, .put(whole, keeping: keeping)))
      } else if traits.isUnion {
        let old = current?[field.field].elements ?? []
        units.insert(FieldWrite(field.field, .replacing(old, with: value.elements)))
      } else {
        units.insert(field)
      }
    }
    return units
  }

  /// A group's value: members that are written, and the others as they are shown.
  private func whole(
    _ unit: FieldID, of write: RecordWrite, over current: FieldValues?
  ) -> Value {
    guard case .group(let members)? = write.collection[unit]?.type else { return .null }
    var values = FieldValues()
    for member in members {
      values[member] = current?[member] ?? .null
      for field in write.writes where field.field == member {
        if case .put(let value, _) = field.action { values[member] = value }
      }
    }
    return values.isEmpty ? .null : .group(values)
  }

  // MARK: Showing it

  private func show(_ item: Prepared, at moment: Moment) throws {
    let table = table(item.write.collection)
    var view = RecordView(values: item.current?.values)
    view.apply(item.change, in: item.write.collection)
    guard let values = view.values else {
      try table.delete(item.change.record, in: db)
      return
    }
    let shown = CollectionRow(
      id: item.change.record, values: values,
      updatedAt: max(moment, item.current?.updatedAt ?? moment),
      asOf: item.current?.asOf ?? .start,
      extra: item.current?.extra ?? [])
    if item.write.isCreation {
      try table.insert(shown, in: db)
    } else {
      try table.upsert(shown, in: db)
    }
  }
}

extension [FieldWrite] {
  /// Puts a write in its place; nearly always at the end.
  fileprivate mutating func insert(_ write: FieldWrite) {
    guard let last, write.field <= last.field else { return append(write) }
    let index = firstIndex { $0.field >= write.field } ?? endIndex
    if self[index].field == write.field { self[index] = write } else { insert(write, at: index) }
  }
}

extension FieldWrite {
  /// About how many bytes the write takes: only text can be long.
  fileprivate var textBytes: Int {
    switch action {
    case .put(.text(let text), _): text.utf8.count
    case .put: 0
    case .alter(let adding, let removing): (adding + removing).reduce(0) { $0 + $1.utf8.count }
    }
  }
}
