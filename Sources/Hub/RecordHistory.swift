// What happened to one record: its accepted changes in order, and what it showed at any time.
//
// The past is told by the time that each change was ranked with. A change ranks above everything it
// had seen (I14), so the changes up to a moment are closed under "had seen", and folding them with
// the same `RecordState.accept` gives what the record would have shown if nothing later existed.

import FollowUp
import Notation
import Storage
import SyncCore
import Wire

struct RecordHistory {
  let store: HubStore
  let zone: LocalZone
  /// What is hidden from the one who reads.
  var veil = Veil()

  struct Entry {
    var stamp: ChangeStamp
    /// Without what was refused of it.
    var change: Change
    var refusals: [Refusal]
    /// For whom the hub wrote, and by how much the author's clock was off.
    var noted: (user: String?, skew: Int64?)
    /// The archive that it was read from; nil: the database.
    var archive: String?
  }

  /// In the order of commits, with what stands in archives.
  ///
  /// - Throws: where an archive is missing. A part of the past is not shown as the whole.
  func entries(of record: RecordID) throws -> [Entry] {
    let past = try store.past(of: record)
    if let fault = past.faults.first { throw Refused(archive: fault) }
    return try past.entries.map(entry)
  }

  private func entry(_ found: RecordPast.Entry) throws -> Entry {
    let row = found.change
    let counter = try store.db.first(
      "SELECT counter FROM edits WHERE position = ? AND replica = ?", .position(row.position),
      .replica(row.replica)
    ) { $0.counter(0) }
    let refusals =
      row.refused.isEmpty
      ? [] : try Receipt(decoding: row.refused).refusals.filter { $0.record == row.record }
    let refused = Set(refusals.compactMap(\.field))
    var change = try Change(decoding: row.change)
    change.writes.removeAll { refused.contains($0.field) }
    return Entry(
      stamp: ChangeStamp(
        position: row.position,
        dot: Dot(row.replica, counter ?? Counter(row.position.rawValue)), time: row.time),
      change: change, refusals: refusals, noted: (row.user, row.skew), archive: found.archive)
  }

  /// What the record was at a moment; nil before it was made.
  func state(
    of record: RecordID, in schema: CollectionSchema, at moment: Moment
  ) throws -> RecordState? {
    try state(in: schema, after: entries(of: record).filter { $0.stamp.time.moment <= moment })
  }

  /// What the record was when a position was made; nil where that made it.
  func state(
    of record: RecordID, in schema: CollectionSchema, before position: Position
  ) throws -> RecordState? {
    state(in: schema, after: try entries(of: record).filter { $0.stamp.position < position })
  }

  private func state(in schema: CollectionSchema, after past: [Entry]) -> RecordState? {
    guard !past.isEmpty else { return nil }
    var state = RecordState(collection: schema.id)
    for entry in past {
      let writes = entry.change.writes.filter { !(schema[$0.field]?.isRequest ?? false) }
      state.accept(
        writes, stamp: entry.stamp,
        seen: entry.change.seen.knowingOwn(before: entry.stamp.dot), now: entry.stamp.time)
    }
    return state
  }

  // MARK: JSON

  /// `{"history":[entry…]}`, and under `missing` the archives that could not be read, if there are any.
  ///
  /// - Parameter field: only what was written to it, by the name people use.
  func document(of record: RecordID, field: String?) throws -> JSONValue {
    let past = try store.past(of: record)
    let entries = try past.entries.map(entry)
    var members: [String: JSONValue] = [
      "history": .array(try json(entries, of: record, field: field))
    ]
    if !past.faults.isEmpty {
      members["missing"] = .array(
        past.faults.map { ["archive": .string($0.name), "reason": .string($0.reason)] })
    }
    return .object(members)
  }

  /// `[{"position","at","author","device","dot","changes":{…},"refused":[…]}…]`, newest first; `archive` where it was read from one.
  private func json(
    _ entries: [Entry], of record: RecordID, field: String?
  ) throws -> [JSONValue] {
    guard let schema = try store.collection(of: record) else {
      throw HubError.notFound(what: "record", name: record.description)
    }
    var unit: FieldID?
    if let field {
      guard let found = schema.unit(named: field) else {
        throw HubError.badRequest("A \(schema.name) has no field \(field) .")
      }
      unit = found
    }
    return try entries.reversed().compactMap { entry in
      var entry = entry
      if !veil.isClear {
        entry.change.writes.removeAll { veil.hides(unit: $0.field, of: schema) }
        entry.refusals.removeAll { $0.field.map { veil.hides(unit: $0, of: schema) } ?? false }
        if entry.change.writes.isEmpty && entry.refusals.isEmpty { return nil }
      }
      if let unit {
        let sought = schema.told(with: unit)
        entry.change.writes.removeAll { !sought.contains($0.field) }
        entry.refusals.removeAll { $0.field.map { !sought.contains($0) } ?? true }
        if entry.change.writes.isEmpty && entry.refusals.isEmpty { return nil }
      }
      return try json(entry, of: record, schema)
    }
  }

  private func json(
    _ entry: Entry, of record: RecordID, _ schema: CollectionSchema
  ) throws -> JSONValue {
    let writer = try store.writer(entry.stamp.dot.replica, noted: entry.noted)
    var changes: [String: JSONValue] = [:]
    for write in entry.change.writes { add(write, schema, to: &changes) }
    let refused = entry.refusals.map { refusal -> JSONValue in
      [
        "field": refusal.field.map { .string(schema.displayName(of: $0)) } ?? .null,
        "reason": .string("\(refusal.reason)"), "text": .string(refusal.text),
      ]
    }
    var members: [String: JSONValue] = [
      "position": .integer(Int64(entry.stamp.position.rawValue)),
      "at": .string(
        ISO8601.string(milliseconds: entry.stamp.time.moment.milliseconds, in: zone)),
      "author": .string(veil.name(writer.user)),
      "device": .string(veil.device(writer.device, of: writer.user)),
      "dot": .string(entry.stamp.dot.description), "changes": .object(changes),
      "refused": .array(refused),
    ]
    if let archive = entry.archive { members["archive"] = .string(archive) }
    return .object(members)
  }

  /// A write as a member of `changes`.
  func add(
    _ write: FieldWrite, _ schema: CollectionSchema, to changes: inout [String: JSONValue]
  ) {
    switch write.action {
    case .put(let value, _):
      for (field, value) in schema.columnValues(of: write.field, value) {
        changes[schema.displayName(of: field)] = FieldText.json(value, in: zone, schema: schema)
      }
    case .alter(let adding, let removing):
      changes[schema.displayName(of: write.field)] = [
        "added": .array(adding.map { .string($0) }),
        "removed": .array(removing.map { .string($0) }),
      ]
    }
  }
}

extension CollectionSchema {
  /// What is told with a field: whose a customer is, with what was asked for, and why it went.
  fileprivate func told(with unit: FieldID) -> Set<FieldID> {
    guard unit == self["owner"]?.id || unit == self["pool"]?.id else { return [unit] }
    return Set(columns.filter(\.isRequest).map(\.id)).union([unit])
  }
}
