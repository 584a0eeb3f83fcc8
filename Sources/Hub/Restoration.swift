// Bringing a record, or one field of it, back to what it was at a time.
//
// The past is worked out from the history (`RecordHistory.state`) and written as a new change of
// whoever asked for it: nothing is undone, and the restoring itself can be undone the same way.
// What only the hub writes stays as it is. A deleted customer comes back with its children: those
// that were never deleted with it, and those that went in the same edit.

import Storage
import SyncCore

struct Restoration {
  let store: HubStore
  let writes: AdminWrites
  let history: RecordHistory

  /// - Parameter field: by the name people use; nil: the whole record.
  func restore(_ record: HubRecord, field: String?, to moment: Moment) throws {
    guard let past = try history.state(of: record.id, in: record.schema, at: moment) else {
      throw HubError.badRequest("The record did not exist at that time.")
    }
    if let field {
      guard let unit = record.schema.unit(named: field) else {
        throw HubError.badRequest("A \(record.schema.name) has no field \(field) .")
      }
      let write = try self.write(unit, of: record, past)
      try writes.commit([(record, write.map { [$0] } ?? [])])
      return
    }
    var changes = [(record, try self.writes(of: record, past))]
    let isReturning =
      record.presence == .deleted && past.isAlive(in: record.schema)
    if isReturning && record.isRoot {
      for child in try departedWith(record) {
        changes.append((child, [.put(.lifecycle, Lifecycle.alive.value)]))
      }
    }
    try writes.commit(changes)
  }

  /// Everything that a person may write and that has changed since.
  private func writes(of record: HubRecord, _ past: RecordState) throws -> [FieldWrite] {
    let units = Set(past.units.map(\.field)).union(record.state.units.map(\.field)).union([
      .lifecycle
    ])
    return try units.sorted().compactMap { unit in
      switch record.schema.rule(of: unit) {
      case .once, .hubOnly: nil
      default: try write(unit, of: record, past)
      }
    }
  }

  /// Nil where the unit shows that value already, and nobody disagrees.
  private func write(
    _ unit: FieldID, of record: HubRecord, _ past: RecordState
  ) throws -> FieldWrite? {
    let (then, today) = (
      past.choice(of: unit, in: record.schema), record.state.choice(of: unit, in: record.schema)
    )
    if then.value == today.value && today.settlement != .open { return nil }
    if unit == .lifecycle {
      // A record whose lifecycle nobody ever wrote lives.
      return .put(unit, then.value.isNull ? Lifecycle.alive.value : then.value)
    }
    let input = FieldInput(
      schema: record.schema, shown: record.shown, now: writes.now, zone: history.zone)
    return input.write(of: unit, as: then.value)
  }

  /// The children that were deleted by the very edit that deleted their root.
  private func departedWith(_ root: HubRecord) throws -> [HubRecord] {
    let ids = try store.db.all(
      "SELECT record FROM graveyard WHERE root = ?1 AND position = ?2 AND record <> ?1 ORDER BY record",
      .id(root.id), .position(root.asOf)
    ) { try $0.id(0) }
    return try ids.compactMap { id in
      try store.collection(of: id).flatMap { try store.load(id, in: $0) }
    }
  }
}
