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
  ///
  /// Record by record its change is encoded into the payload and shown, so that an import of a
  /// thousand records holds one change and not a thousand. Only new records wait a little, to be
  /// inserted together.
  @discardableResult
  public func write(
    _ writes: [RecordWrite], isAtomic: Bool = false, isReferred: Bool = false, at now: Moment
  ) throws -> EditID {
    try transaction {
      var clock = try clock()
      let stamp = clock.stamp(now: try corrected(now))
      let id = ULID(moment: stamp.moment, using: &random)
      payload.removeAll()
      Edit.encodeHead(
        id: id, stampCounter: stamp.counter, isAtomic: isAtomic, isReferred: isReferred,
        into: &payload)
      var created: [Change] = []
      let departed = try departedRecords()
      for write in writes {
        try check(write)
        if !departed.isEmpty { try checkIsHere(write, departed) }
        if write.isCreation {
          if !isRoom(for: write, in: created) { try show(&created, at: stamp.moment) }
          let change = creation(write)
          Edit.encodeChange(change, into: &payload)
          if change.lifecycle != .deleted { created.append(change) }
        } else {
          Edit.encodeChange(try change(write, at: stamp.moment), into: &payload)
        }
      }
      try show(&created, at: stamp.moment)
      try appendPayload(of: id, stamp, changing: writes)
      return id
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

  /// The change that makes a new record.
  private func creation(_ write: RecordWrite) -> Change {
    Change(
      record: write.record, collection: write.collection.id, seen: VectorClock(),
      writes: units(of: write, over: nil))
  }

  /// Changes a record that is here: puts its base aside before the first pending edit, and shows it.
  private func change(_ write: RecordWrite, at moment: Moment) throws -> Change {
    if isPlain(write) { return try plainChange(write, at: moment) }
    guard let current = try table(write.collection).row(write.record, in: db) else {
      throw ReplicaError.recordMissing(write.record)
    }
    try keepBase(current, in: write.collection.id)
    let change = Change(
      record: write.record, collection: write.collection.id,
      seen: VectorClock(hub: try seen(write, asOf: current.asOf)),
      writes: units(of: write, over: current.values))
    try show(change, over: current, in: write.collection, at: moment)
    return change
  }

  /// Whether it puts values into fields that merge alone: then nothing depends on what the row shows.
  private func isPlain(_ write: RecordWrite) -> Bool {
    write.writes.indices.allSatisfy { index in
      let field = write.writes[index].field
      guard case .put = write.writes[index].action, let traits = write.collection.traits(of: field)
      else { return false }
      return traits.unit == field && !traits.isGroup && !traits.isUnion
    }
  }

  /// The same for a plain write, without taking the row apart.
  private func plainChange(_ write: RecordWrite, at moment: Moment) throws -> Change {
    let table = table(write.collection)
    guard let asOf = try keepBase(asItLies: write.record, in: table) else {
      throw ReplicaError.recordMissing(write.record)
    }
    let change = Change(
      record: write.record, collection: write.collection.id, seen: VectorClock(hub: asOf),
      writes: units(of: write, over: nil))
    try table.update(change.record, change.writes, updatedAt: moment, in: db)
    return change
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
    if !write.isCreation { try checkNothingIsFixed(write) }
    // By index, here and below: a `for` would copy (retain and release) every write.
    for index in write.writes.indices where write.writes[index].textBytes > Limits.valueBytesMax {
      throw ReplicaError.tooLarge(
        field: collection.displayName(of: write.writes[index].field),
        bytesMax: Limits.valueBytesMax)
    }
  }

  private func checkNothingIsFixed(_ write: RecordWrite) throws {
    let collection = write.collection
    for field in write.writes.lazy.map(\.field) where field != .lifecycle {
      if collection.isImmutable {
        throw ReplicaError.fixed(collection: collection.name, field: nil)
      }
      if collection.traits(of: field)?.isOnce == true {
        throw ReplicaError.fixed(collection: collection.name, field: collection[field]?.name)
      }
    }
  }

  /// What merges: members of a group as the whole group, sets as additions and removals, each unit
  /// once (of two writes to one field the later counts), sorted.
  private func units(of write: RecordWrite, over current: FieldValues?) -> [FieldWrite] {
    let writes = write.writes
    var units: [FieldWrite] = []
    units.reserveCapacity(writes.count)
    for index in writes.indices {
      let field = writes[index].field
      guard let traits = write.collection.traits(of: field), traits.isUnion || traits.unit != field,
        case .put(let value, let keeping) = writes[index].action
      else {
        units.insert(writes[index])
        continue
      }
      if traits.isUnion {
        let old = current?[field].elements ?? []
        units.insert(FieldWrite(field, .replacing(old, with: value.elements)))
      } else if !units.contains(traits.unit) {
        // The first member makes the group, with all its members; the others find it there.
        let whole = whole(traits.unit, of: write, over: current)
        units.insert(FieldWrite(traits.unit, .put(whole, keeping: keeping)))
      }
    }
    return units
  }

  /// A group's value: members that are written, and the others as they are shown.
  private func whole(
    _ group: FieldID, of write: RecordWrite, over current: FieldValues?
  ) -> Value {
    let isMember = { (field: FieldID) in
      field != group && write.collection.unit(of: field) == group
    }
    var values = FieldValues()
    for entry in current?.entries ?? [] where isMember(entry.field) {
      values[entry.field] = entry.value
    }
    for index in write.writes.indices where isMember(write.writes[index].field) {
      if case .put(let value, _) = write.writes[index].action {
        values[write.writes[index].field] = value
      }
    }
    return values.isEmpty ? .null : .group(values)
  }

  // MARK: Showing it

  private static let createdTogetherMax = 64

  /// New records are shown together while they are of one collection and not too many.
  private func isRoom(for write: RecordWrite, in created: [Change]) -> Bool {
    created.isEmpty
      || created[0].collection == write.collection.id
        && created.count < ReplicaStore.createdTogetherMax
  }

  private func show(_ created: inout [Change], at moment: Moment) throws {
    guard let collection = created.first?.collection else { return }
    try table(collection).insert(created, updatedAt: moment, in: db)
    created.removeAll(keepingCapacity: true)
  }

  private func show(
    _ change: Change, over current: CollectionRow, in collection: CollectionSchema,
    at moment: Moment
  ) throws {
    var view = RecordView(values: current.values)
    view.apply(change, in: collection)
    guard let values = view.values else {
      return try table(collection).delete(change.record, in: db)
    }
    var shown = current
    shown.values = values
    shown.updatedAt = max(moment, current.updatedAt)
    try table(collection).upsert(shown, in: db)
  }
}

extension [FieldWrite] {
  fileprivate func contains(_ field: FieldID) -> Bool {
    indices.contains { self[$0].field == field }
  }

  /// Puts a write in its place; nearly always at the end.
  fileprivate mutating func insert(_ write: FieldWrite) {
    if isEmpty || self[count - 1].field < write.field { return append(write) }
    let index = indices.first { self[$0].field >= write.field } ?? endIndex
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
