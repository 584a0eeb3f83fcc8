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
    guard let schema = store.schema[collection.id] else { return }
    var record: HubRecord
    if let found = try store.load(id, in: schema) {
      guard found.isAlive else { return }
      record = found
    } else {
      record = .new(id, schema, root: root(id, schema, values))
    }
    let writes = writes(of: values, to: record)
    guard !writes.isEmpty else { return }
    let time = accept(writes, &record, for: user)
    try store.save(&record)
    try remember(writes, to: record, at: time, for: user)
  }

  /// Adds what follows by itself to a record that somebody's change has just gone into. The caller saves
  /// it, and has the completion remembered after the change.
  func complete(_ record: inout HubRecord, _ values: [String: Value]) -> Completion? {
    guard !values.isEmpty, record.state.isAlive(in: record.schema) else { return nil }
    let writes = writes(of: values, to: record)
    guard !writes.isEmpty else { return nil }
    return Completion(
      writes: writes, time: accept(writes, &record, for: "", isCompletion: true))
  }

  struct Completion {
    fileprivate var writes: [FieldWrite]
    fileprivate var time: HybridTimestamp
  }

  func remember(_ completion: Completion, of record: HubRecord) throws {
    try remember(completion.writes, to: record, at: completion.time, for: "")
  }

  /// The values that the record does not have yet.
  private func writes(of values: [String: Value], to record: HubRecord) -> [FieldWrite] {
    let shown = record.shown
    var writes: [FieldWrite] = []
    for (name, value) in values {
      guard let field = record.schema[name] else {
        preconditionFailure("\(record.schema.name) has no \(name)")
      }
      if shown[field.id] != value { writes.append(write(field, value, in: record)) }
    }
    return writes.sorted { $0.field < $1.field }
  }

  /// Deletes a record that is the hub's own.
  func delete(_ id: RecordID, in collection: CollectionSchema) throws {
    guard let schema = store.schema[collection.id], var record = try store.load(id, in: schema),
      record.isAlive
    else { return }
    let writes: [FieldWrite] = [.put(.lifecycle, Lifecycle.deleted.value)]
    let time = accept(writes, &record, for: "")
    try store.save(&record)
    try remember(writes, to: record, at: time, for: "")
  }

  /// The hub has seen everything there is.
  var seen: VectorClock { VectorClock(hub: store.head) }

  private var dot: Dot { Dot(.hub, Counter(store.head.rawValue)) }

  /// - Parameter isCompletion: whether somebody's change that is not saved yet said that it lives.
  private func accept(
    _ writes: [FieldWrite], _ record: inout HubRecord, for user: String, isCompletion: Bool = false
  ) -> HybridTimestamp {
    let time = HybridTimestamp(moment: now)
    let stamp = ChangeStamp(position: store.head, dot: dot, time: time, authority: .admin)
    // One position, one dot: what the hub wrote earlier under this position gives way.
    for unit in writes.map(\.field) {
      let others = record.state[unit].siblings.filter { $0.stamp.dot != dot }
      record.state[unit] = FieldState(siblings: others)
    }
    let lifecycle = record.state[.lifecycle]
    let fixed = record.state.accept(writes, stamp: stamp, seen: seen, now: time)
    if user.isEmpty, record.presence == .alive || isCompletion,
      !writes.contains(where: { $0.field == .lifecycle })
    {
      // What follows by itself is nobody's work: it must not dispute a deletion.
      record.state[.lifecycle] = lifecycle
    }
    giveOneStamp(to: &record.state, atLeast: fixed)
    record.moveRoot(by: writes)
    record.asOf = store.head
    record.updatedAt = max(record.updatedAt, now)
    return fixed.time
  }

  private func remember(
    _ writes: [FieldWrite], to record: HubRecord, at time: HybridTimestamp, for user: String
  ) throws {
    guard record.schema.id != CollectionSchema.conflict.id else { return }
    // The history has one row per record, position and writer: later writes join the earlier ones.
    let earlier = try store.db.first(
      "SELECT change FROM history WHERE record = ? AND position = ? AND replica = 0",
      .id(record.id), .position(store.head)
    ) { try Change(decoding: $0.blob(0)).writes }
    let kept = (earlier ?? []).filter { old in !writes.contains { $0.field == old.field } }
    let change = Change(
      record: record.id, collection: record.schema.id, seen: seen,
      writes: (kept + writes).sorted { $0.field < $1.field })
    let bytes = change.encoded()
    try store.db.run(
      """
      INSERT INTO history VALUES (?, ?, 0, ?, ?, ?, NULL, 1, ?, NULL)
      ON CONFLICT (record, position, replica) DO UPDATE SET
        change = excluded.change, user = coalesce(excluded.user, user)
      """,
      .id(record.id), .position(store.head), .integer(Int64(record.schema.id.rawValue)),
      .bits(time.rawValue), .blob(bytes), user.isEmpty ? .null : .text(user))
    if earlier == nil {
      store.noteWritten(
        record.id, by: .hub, record.schema.id, time: time, change: bytes,
        user: user.isEmpty ? nil : user)
    } else {
      store.noteRewritten(record.id)
    }
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
