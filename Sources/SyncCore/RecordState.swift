// A record at the hub: the siblings of every field, and of its lifecycle.
//
// Lifecycle. Every change says, besides what it writes, that its record is alive; a deletion says
// the opposite. Both are writes to one field, `FieldID.lifecycle`, and merge like any others: a
// deletion that had seen every edit leaves one sibling, `deleted`, and the record is gone; a
// deletion that had not seen some edit leaves two, and the collection's `DeletionRule` chooses. An
// ordinary edit only *touches* the lifecycle – it replaces the `alive` it had seen and never the
// `deleted` – so a dispute about deleting is settled by an explicit restore or delete alone.

public struct RecordState: Hashable, Sendable {
  public let collection: CollectionID
  /// The surviving siblings by unit (a field or a group), sorted, lifecycle first; none is empty.
  public private(set) var units: [Unit]

  public struct Unit: Hashable, Sendable {
    public var field: FieldID
    public var state: FieldState
    public init(field: FieldID, state: FieldState) {
      self.field = field
      self.state = state
    }
  }

  /// - Parameter units: in any order, each field once.
  public init(collection: CollectionID, units: [Unit] = []) {
    self.collection = collection
    self.units = units.sorted { $0.field < $1.field }
  }

  public subscript(field: FieldID) -> FieldState {
    get { units.first { $0.field == field }?.state ?? FieldState() }
    set {
      let index = units.firstIndex { $0.field >= field } ?? units.endIndex
      let isPresent = index < units.endIndex && units[index].field == field
      switch (isPresent, newValue.siblings.isEmpty) {
      case (true, true): units.remove(at: index)
      case (true, false): units[index].state = newValue
      case (false, false): units.insert(Unit(field: field, state: newValue), at: index)
      case (false, true): break
      }
    }
  }

  /// Accepts a change (or the part of it that was not refused).
  ///
  /// - Parameters:
  ///   - stamp: position, dot and standing, with the author's own, not yet effective, time.
  ///   - seen: the change's clock, own earlier changes included.
  ///   - now: the hub's time at commit.
  /// - Returns: the stamp as it was fixed.
  @discardableResult
  public mutating func accept(
    _ writes: [FieldWrite], stamp: ChangeStamp, seen: VectorClock, now: HybridTimestamp
  ) -> ChangeStamp {
    var stamp = stamp
    let covered = writes.compactMap { self[$0.field].greatestTime(coveredBy: seen) }.max()
    stamp.time = stamp.time.effective(now: now, covering: covered)
    for write in writes {
      switch write.action {
      case .put(let value, let keeping):
        self[write.field].put(value, stamp: stamp, seen: seen, keeping: Set(keeping))
      case .alter(let adding, let removing):
        self[write.field].alter(adding: adding, removing: removing, stamp: stamp, seen: seen)
      }
    }
    if !writes.contains(where: { $0.field == .lifecycle }) {
      self[.lifecycle].touch(Lifecycle.alive.value, stamp: stamp, seen: seen)
    }
    return stamp
  }

  /// Somebody worked on a record of this root without knowing that the root was deleted.
  public mutating func revive(stamp: ChangeStamp) {
    self[.lifecycle].touch(Lifecycle.alive.value, stamp: stamp, seen: VectorClock())
  }

  /// What one field shows.
  public func choice(of unit: FieldID, in schema: CollectionSchema) -> Choice {
    schema.rule(of: unit).choose(self[unit].siblings)
  }

  /// Whether the record is shown at all.
  public func isAlive(in schema: CollectionSchema) -> Bool {
    choice(of: .lifecycle, in: schema).value != Lifecycle.deleted.value
  }

  /// The values shown, column by column.
  public func shown(in schema: CollectionSchema) -> FieldValues {
    var values = FieldValues()
    values.reserveCapacity(units.count)
    for unit in units where unit.field != .lifecycle {
      let choice = schema.rule(of: unit.field).choose(unit.state.siblings)
      for (field, value) in schema.columnValues(of: unit.field, choice.value) {
        values[field] = value
      }
    }
    return values
  }

  /// The units that somebody has to decide on. What is *open* is this query and nothing else.
  public func openUnits(in schema: CollectionSchema) -> [FieldID] {
    units.lazy.map(\.field).filter { choice(of: $0, in: schema).settlement == .open }
  }

  /// Whether an author with this clock knew every surviving value of the record.
  public func isCovered(by seen: VectorClock) -> Bool {
    units.allSatisfy { $0.state.isCovered(by: seen) }
  }
}
