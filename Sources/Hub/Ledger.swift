// The ledger: one entry for each concurrent case, told as an ordinary record of `conflict`.
//
// A case begins when a field first has two values that did not know of each other, and is closed by
// the change that leaves one. Whether it is *open* is asked of the siblings (`RecordState`), never
// of the ledger; the entry tells people what happened: base, every value, who, when, which rule,
// and what became of it. Two resolutions that did not know of each other reopen the case they both
// meant, so that nobody is asked twice about one thing.

import FollowUp
import Notation
import Storage
import SyncCore
import Wire

struct Ledger {
  let store: HubStore
  let now: Moment

  /// Notes what an accepted change did to the fields it wrote.
  ///
  /// - Parameter seen: what its author had seen, his own earlier changes included.
  func note(
    _ change: Change, before: RecordState, after record: HubRecord, by author: Author,
    seen: VectorClock
  ) throws {
    for write in change.writes where write.field != .lifecycle {
      let unsure = author.isOfLeftEpoch ? unsure(write.field, before, record, seen) : []
      try note(
        write.field, before, record, by: author.user, seen: change.seen, unsure: unsure)
    }
    try note(.lifecycle, before, record, by: author.user, seen: change.seen)
  }

  /// Others' values that a change of an epoch that was left has replaced. A policy or a pool that this hub
  /// has forgotten may have hidden them from its author, and nobody can tell: so the ledger tells of
  /// them (I3).
  private func unsure(
    _ unit: FieldID, _ before: RecordState, _ record: HubRecord, _ seen: VectorClock
  ) -> [Sibling] {
    let own = VectorClock(replicas: seen.replicas)
    let left = record.state[unit].siblings
    if record.schema.rule(of: unit) == .union { return [] }
    return before[unit].siblings.filter { old in
      !own.covers(old.stamp) && !old.value.isNull && !left.contains { $0.value == old.value }
    }
  }

  /// Notes that work on a child revived a deleted root.
  func noteLifecycle(before: RecordState, after record: HubRecord) throws {
    try note(.lifecycle, before, record, by: "", seen: VectorClock())
  }

  /// The cases of a record that went from one root to another go with it: they are told to whoever
  /// sees what they are about.
  func moveCases(of record: HubRecord) throws {
    let cases = try store.db.all(
      "SELECT DISTINCT conflict FROM ledger WHERE record = ? ORDER BY conflict", .id(record.id)
    ) { try $0.id(0) }
    let customer: Value = record.isRoot ? .null : .reference(record.root)
    for id in cases {
      try OwnWrites(store: store, now: now).write(id, in: .conflict, ["customer": customer])
    }
  }

  private func note(
    _ unit: FieldID, _ before: RecordState, _ record: HubRecord, by user: String, seen: VectorClock,
    unsure: [Sibling] = []
  ) throws {
    let schema = record.schema
    let was = before.choice(of: unit, in: schema).settlement
    let choice = record.state.choice(of: unit, in: schema)
    // The usual case, one value before and one after, costs no look-up.
    if was == .agreed && choice.settlement == .agreed && unsure.isEmpty { return }
    let entry = try latestEntry(record.id, unit)
    if choice.settlement == .agreed {
      if let entry, !entry.isClosed {
        try close(entry, unit, record, by: user)
      } else if !unsure.isEmpty {
        let told = try open(unit, record, choice, seen: seen, unsure: unsure)
        try setClosed(record.id, unit, told, at: store.head)
      }
      return
    }
    if let entry, !entry.isClosed || isReopened(entry, record.state[unit]) {
      try update(entry, unit, record, choice, unsure: unsure)
    } else {
      try open(unit, record, choice, seen: seen, unsure: unsure)
    }
  }

  // MARK: Entries

  private struct Entry {
    var since: Position
    var conflict: RecordID
    var closedAt: Position?
    var isClosed: Bool { closedAt != nil }
  }

  private func latestEntry(_ record: RecordID, _ unit: FieldID) throws -> Entry? {
    try store.db.first(
      """
      SELECT since, conflict, closed_at FROM ledger
      WHERE record = ? AND field = ? ORDER BY since DESC LIMIT 1
      """, .id(record), .integer(Int64(unit.rawValue))
    ) {
      Entry(
        since: $0.position(0), conflict: try $0.id(1),
        closedAt: $0.isNull(2) ? nil : $0.position(2))
    }
  }

  /// Somebody settled the case, and somebody else, not knowing it, settled it otherwise.
  private func isReopened(_ entry: Entry, _ state: FieldState) -> Bool {
    state.siblings.contains { $0.stamp.position == entry.closedAt }
  }

  @discardableResult
  private func open(
    _ unit: FieldID, _ record: HubRecord, _ choice: Choice, seen: VectorClock, unsure: [Sibling]
  ) throws -> Entry {
    let id = ULID(moment: now, using: &store.random)
    try store.db.run(
      "INSERT INTO ledger VALUES (?, ?, ?, ?, NULL)", .id(record.id),
      .integer(Int64(unit.rawValue)), .position(store.head), .id(id))
    let schema = record.schema
    var values = try description(unit, record, choice, unsure)
    values["record"] = .text(record.id.description)
    values["collection"] = .text(schema.name)
    values["field"] = .text(schema.displayName(of: unit))
    values["base"] = .text(try base(of: unit, record, seen: seen))
    values["rule"] = .text(schema.rule(of: unit).name)
    values["ruleVersion"] = .integer(Int64(store.schema.version))
    values["since"] = .integer(Int64(store.head.rawValue))
    if schema.id == CollectionSchema.customer.id || schema.rootField != nil && !record.isRoot {
      values["customer"] = .reference(record.root)
    }
    try OwnWrites(store: store, now: now).write(id, in: .conflict, values)
    return Entry(since: store.head, conflict: id)
  }

  private func update(
    _ entry: Entry, _ unit: FieldID, _ record: HubRecord, _ choice: Choice, unsure: [Sibling]
  ) throws {
    if entry.isClosed {
      try setClosed(record.id, unit, entry, at: nil)
    }
    var values = try description(unit, record, choice, unsure)
    values["resolvedBy"] = .null
    values["resolvedAt"] = .null
    try OwnWrites(store: store, now: now).write(entry.conflict, in: .conflict, values)
  }

  private func close(
    _ entry: Entry, _ unit: FieldID, _ record: HubRecord, by user: String
  ) throws {
    try setClosed(record.id, unit, entry, at: store.head)
    let shown = record.state.choice(of: unit, in: record.schema).value
    var values: [String: Value] = ["shown": .text(json(shown, record.schema).text())]
    if try status(of: entry.conflict) == ConflictStatus.open.rawValue {
      values["status"] = .text(ConflictStatus.resolved.rawValue)
      values["resolvedBy"] = .text(user)
      values["resolvedAt"] = .moment(now)
    }
    try OwnWrites(store: store, now: now).write(entry.conflict, in: .conflict, values)
  }

  private func setClosed(
    _ record: RecordID, _ unit: FieldID, _ entry: Entry, at position: Position?
  ) throws {
    try store.db.run(
      "UPDATE ledger SET closed_at = ? WHERE record = ? AND field = ? AND since = ?",
      position.map { .position($0) } ?? .null, .id(record), .integer(Int64(unit.rawValue)),
      .position(entry.since))
  }

  private func status(of conflict: RecordID) throws -> String? {
    try store.db.first("SELECT status FROM conflict WHERE id = ?", .id(conflict)) { $0.text(0) }
  }

  // MARK: Telling it

  private func description(
    _ unit: FieldID, _ record: HubRecord, _ choice: Choice, _ unsure: [Sibling]
  ) throws -> [String: Value] {
    let siblings = record.state[unit].siblings + unsure
    var authors: Set<String> = []
    let values = try siblings.map { sibling in
      let writer = try store.writer(of: sibling.stamp, record: record.id)
      authors.insert(writer.user)
      return JSONValue.object([
        "value": json(sibling.value, record.schema),
        "author": .string(writer.user),
        "device": .string(writer.device),
        "at": .string(
          ISO8601.string(milliseconds: sibling.stamp.time.moment.milliseconds, in: .utc)),
        "dot": .string(sibling.stamp.dot.description),
        "skew": writer.skew.map { .integer($0) } ?? .null,
      ])
    }
    let status: ConflictStatus = choice.settlement == .open ? .open : .settled
    return [
      "values": .text(JSONValue.array(values).text()),
      "shown": .text(json(choice.value, record.schema).text()),
      "status": .text(status.rawValue),
      "authors": .set(authors.inByteOrder),
    ]
  }

  /// The value that both sides had started from: the last one written before what the author saw.
  private func base(
    of unit: FieldID, _ record: HubRecord, seen: VectorClock
  ) throws -> String {
    let oldest = record.state[unit].siblings.map(\.stamp.position).min() ?? .start
    let limit = seen.hub < oldest ? seen.hub : Position(max(oldest.rawValue, 1) - 1)
    for change in try store.changes(of: record.id, backFrom: limit) {
      for write in change.writes where write.field == unit {
        if case .put(let value, _) = write.action { return json(value, record.schema).text() }
      }
    }
    return unit == .lifecycle ? json(Lifecycle.alive.value, record.schema).text() : "null"
  }

  private func json(_ value: Value, _ schema: CollectionSchema) -> JSONValue {
    FieldText.json(value, in: .utc, schema: schema)
  }
}

/// What a conflict record says of its case.
public enum ConflictStatus: String, CaseIterable, Sendable {
  /// Somebody has to decide.
  case open
  /// The rule decided; the losers can be restored.
  case settled
  /// Somebody decided.
  case resolved
}

/// Who wrote a sibling.
struct Writer {
  var user: String
  var device: String
  var skew: Int64?
}

extension HubStore {
  func writer(of stamp: ChangeStamp, record: RecordID) throws -> Writer {
    let noted = try db.first(
      "SELECT skew, user FROM history WHERE record = ? AND position = ? AND replica = ?",
      .id(record), .position(stamp.position), .replica(stamp.dot.replica)
    ) { (user: $0.optionalText(1), skew: $0.isNull(0) ? nil : $0.integer(0)) }
    return try writer(stamp.dot.replica, noted: noted ?? (nil, nil))
  }

  /// - Parameter noted: what the history says of this change besides.
  func writer(_ replica: ReplicaID, noted: (user: String?, skew: Int64?)) throws -> Writer {
    if replica == .hub {
      return Writer(user: noted.user ?? workspace, device: "hub", skew: nil)
    }
    return try db.first(
      "SELECT user, device FROM replicas WHERE replica = ?", .replica(replica)
    ) { Writer(user: $0.text(0), device: $0.text(1), skew: noted.skew) }
      ?? Writer(user: "?", device: "?", skew: nil)
  }
}
