// What the hub itself writes: reminders, conflicts, owners – as replica 0, in the caller's
// transaction and under the caller's position, through the same merge as everybody's changes.
//
// One position has one dot: what the hub writes to a record in several goes under one position is
// one change with one stamp.

import Storage
import SyncCore
import Wire

struct OwnWrites {
  let store: HubStore
  let now: Moment

  /// Writes fields of a record, by name. Values that it has already are left out.
  ///
  /// - Parameter user: on whose behalf; empty: the hub's own.
  func write(
    _ id: RecordID, in collection: CollectionSchema, _ values: [String: Value],
    for user: String = ""
  ) throws {
    guard let schema = store.schema[collection.id], let table = store.table(schema.id) else {
      return
    }
    var record: HubRecord
    if let found = try store.load(id, in: schema) {
      guard found.isAlive else { return }
      record = found
    } else {
      record = .new(id, schema, root: root(id, schema, values))
    }
    let shown = record.shown
    var writes: [FieldWrite] = []
    for (name, value) in values {
      guard let field = schema[name] else { preconditionFailure("\(table.name) has no \(name)") }
      if shown[field.id] != value { writes.append(write(field, value, in: record)) }
    }
    guard !writes.isEmpty else { return }
    writes.sort { $0.field < $1.field }
    try accept(writes, &record, for: user)
  }

  /// Deletes a record that is the hub's own.
  func delete(_ id: RecordID, in collection: CollectionSchema) throws {
    guard let schema = store.schema[collection.id], var record = try store.load(id, in: schema),
      record.isAlive
    else { return }
    try accept([.put(.lifecycle, Lifecycle.deleted.value)], &record, for: "")
  }

  /// The hub has seen everything there is.
  var seen: VectorClock { VectorClock(hub: store.head) }

  private var dot: Dot { Dot(.hub, Counter(store.head.rawValue)) }

  private func accept(_ writes: [FieldWrite], _ record: inout HubRecord, for user: String) throws {
    let time = HybridTimestamp(moment: now)
    let stamp = ChangeStamp(position: store.head, dot: dot, time: time, authority: .admin)
    // One position, one dot: what the hub wrote earlier under this position gives way.
    for unit in writes.map(\.field) {
      let others = record.state[unit].siblings.filter { $0.stamp.dot != dot }
      record.state[unit] = FieldState(siblings: others)
    }
    let lifecycle = record.state[.lifecycle]
    let fixed = record.state.accept(writes, stamp: stamp, seen: seen, now: time)
    if user.isEmpty, record.presence == .alive, !writes.contains(where: { $0.field == .lifecycle })
    {
      // What follows by itself is nobody's work: it must not dispute a deletion.
      record.state[.lifecycle] = lifecycle
    }
    giveOneStamp(to: &record.state, atLeast: fixed)
    record.moveRoot(by: writes)
    record.asOf = store.head
    record.updatedAt = max(record.updatedAt, now)
    try store.save(&record)
    guard record.schema.id != CollectionSchema.conflict.id else { return }
    let change = Change(
      record: record.id, collection: record.schema.id, seen: seen,
      writes: try joined(writes, to: record.id))
    try store.db.run(
      """
      INSERT INTO history VALUES (?, ?, 0, ?, ?, ?, NULL, 1, ?, NULL)
      ON CONFLICT (record, position, replica) DO UPDATE SET
        change = excluded.change, user = coalesce(excluded.user, user)
      """,
      .id(record.id), .position(store.head), .integer(Int64(record.schema.id.rawValue)),
      .bits(fixed.time.rawValue), .blob(change.encoded()), user.isEmpty ? .null : .text(user))
    store.noteWritten(record.id, by: .hub)
  }

  /// All that one dot wrote has one stamp: the greatest time, and the standing of the person for whom
  /// the hub writes, if there is one.
  private func giveOneStamp(to state: inout RecordState, atLeast fixed: ChangeStamp) {
    let stamps = state.units.flatMap(\.state.siblings).map(\.stamp).filter { $0.dot == dot }
    guard stamps.contains(where: { $0 != fixed }) else { return }
    var stamp = fixed
    for other in stamps {
      stamp.time = max(stamp.time, other.time)
      stamp.authority = min(stamp.authority, other.authority)
    }
    for unit in state.units where unit.state.siblings.contains(where: { $0.stamp.dot == dot }) {
      state[unit.field] = FieldState(
        siblings: unit.state.siblings.map {
          $0.stamp.dot == dot ? Sibling(value: $0.value, stamp: stamp) : $0
        })
    }
  }

  /// The history has one row per record, position and writer: later writes join the earlier ones.
  private func joined(_ writes: [FieldWrite], to record: RecordID) throws -> [FieldWrite] {
    let earlier =
      try store.db.first(
        "SELECT change FROM history WHERE record = ? AND position = ? AND replica = 0",
        .id(record), .position(store.head)
      ) { try Change(decoding: $0.blob(0)).writes } ?? []
    let kept = earlier.filter { old in !writes.contains { $0.field == old.field } }
    return (kept + writes).sorted { $0.field < $1.field }
  }

  private func root(
    _ id: RecordID, _ schema: CollectionSchema, _ values: [String: Value]
  ) -> RecordID {
    if let field = schema.rootField.flatMap({ schema[$0] }),
      case .reference(let root) = values[field.name]
    {
      return root
    }
    return id
  }

  private func write(_ field: FieldSchema, _ value: Value, in record: HubRecord) -> FieldWrite {
    guard field.rule == .union else { return .put(field.id, value) }
    // What was written under this very position gives way in `accept`, so it is added again.
    let old = Set(
      record.state[field.id].siblings.filter { $0.stamp.dot != dot }
        .compactMap { if case .text(let element) = $0.value { element } else { nil } })
    return FieldWrite(field.id, .replacing(old, with: value.elements))
  }
}
