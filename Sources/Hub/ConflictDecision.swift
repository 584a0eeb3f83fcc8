// Deciding a concurrent case, and taking a decision back.
//
// A resolution is an ordinary change that has seen every value, so it leaves one: the ledger closes
// the case by itself, here only who decided and why is added. Reopening puts the other values beside
// the one that stands, each a new change that keeps what is there: the siblings say open again, and
// the case is the same one.

import FollowUp
import Notation
import Storage
import SyncCore

struct ConflictDecision {
  let store: HubStore
  let writes: AdminWrites
  let zone: LocalZone

  /// What somebody wants a case to come to.
  enum Verdict {
    /// The value with this number in the list of values; the first is 1.
    case take(Int)
    case value(JSONValue)
  }

  private typealias Case = ConflictAdmin.Case

  // MARK: Resolving

  func resolve(_ item: ConflictAdmin.Case, _ verdict: Verdict, note: String?) throws {
    if let duplicate = item.duplicate {
      return try resolve(duplicate, item, verdict, note: note)
    }
    let record = try record(of: item)
    let value = try value(of: verdict, item, record)
    try store.transaction {
      try writes.commit([(record, [.put(item.unit, value)])])
      var values: [String: Value] = [
        "status": .text(ConflictStatus.resolved.rawValue),
        "resolvedBy": .text(writes.caller.user), "resolvedAt": .moment(writes.now),
        "shown": .text(FieldText.json(value, in: .utc, schema: item.collection).text()),
      ]
      // Also none: after a reopening there may be that of the former decision.
      values["note"] = note.map { .text($0) } ?? .null
      try tell(item, values)
    }
  }

  /// Of customers that share a code one is kept, or they stay apart.
  private func resolve(
    _ duplicate: Duplicates.Row, _ item: Case, _ verdict: Verdict, note: String?
  ) throws {
    guard item.isOpen else {
      throw Refused(
        409, "settled", "This case is closed: no two living customers share the code any more.")
    }
    let decision = DuplicateDecision(store: store, writes: writes)
    switch verdict {
    case .take(let number):
      guard item.values.indices.contains(number - 1),
        let kept = item.values[number - 1]["record"]?.string.flatMap({ ULID($0) })
      else {
        throw HubError.badRequest(
          "The case has \(item.values.count) customers, numbered from 1; there is no \(number).")
      }
      try decision.merge(duplicate, keeping: kept, note: note)
    case .value(.string("apart")): try decision.keepApart(duplicate, note: note)
    case .value:
      throw HubError.badRequest(
        "Say which customer is kept, with its number, or “apart” where they are not one.")
    }
  }

  private func record(of item: Case) throws -> HubRecord {
    guard let record = try store.load(item.record, in: item.collection) else {
      throw HubError.notFound(what: "record", name: item.record.description)
    }
    return record
  }

  private func value(of verdict: Verdict, _ item: Case, _ record: HubRecord) throws -> Value {
    let input = FieldInput(
      schema: item.collection, shown: record.shown, now: writes.now, zone: zone)
    switch verdict {
    case .value(let json): return try input.value(json, ofUnit: item.unit)
    case .take(let number):
      guard item.values.indices.contains(number - 1) else {
        throw HubError.badRequest(
          "The conflict has \(item.values.count) values, numbered from 1; there is no \(number).")
      }
      return try value(told: item.values[number - 1], item, record, input)
    }
  }

  /// The value of an entry: exactly the sibling it tells of, where that still stands.
  private func value(
    told entry: JSONValue, _ item: Case, _ record: HubRecord, _ input: FieldInput
  ) throws -> Value {
    let dot = entry["dot"]?.string.flatMap { Dot($0) }
    let sibling = record.state[item.unit].siblings.first { $0.stamp.dot == dot }
    if let sibling { return sibling.value }
    return try input.value(entry["value"] ?? .null, ofUnit: item.unit)
  }

  private func tell(_ item: Case, _ values: [String: Value]) throws {
    try OwnWrites(store: store, now: writes.now)
      .write(item.id, in: .conflict, values, for: writes.caller.user)
  }

  // MARK: Reopening

  func reopen(_ item: ConflictAdmin.Case) throws {
    if item.isOpen { return }
    guard item.duplicate == nil else {
      throw Refused(
        409, "settled", "Customers that were made one, or told apart, are not asked about again.",
        hint: "Restore the deleted customer: then the case opens by itself.")
    }
    let record = try record(of: item)
    try checkReopening(item, record)
    let input = FieldInput(
      schema: item.collection, shown: record.shown, now: writes.now, zone: zone)
    try store.transaction {
      try store.db.run("UPDATE ledger SET closed_at = NULL WHERE conflict = ?", .id(item.id))
      for entry in item.values {
        let value = try value(told: entry, item, record, input)
        try putBack(value, item)
      }
      guard let reopened = try store.load(item.record, in: item.collection),
        reopened.state.openUnits(in: item.collection).contains(item.unit)
      else {
        throw Refused(409, "settled", "All values of this case are the same by now.")
      }
      let told = try OwnAuthors(of: item.values).restored(in: reread(item).values)
      try tell(item, ["values": .text(JSONValue.array(told).text())])
    }
  }

  private func reread(_ item: Case) throws -> Case {
    try ConflictAdmin(store: store, zone: zone).find(item.id.description)
  }

  private func checkReopening(_ item: Case, _ record: HubRecord) throws {
    switch item.collection.rule(of: item.unit) {
    case .review, .lifecycle(.editRevives): break
    default:
      throw Refused(
        409, "settled", "This field is settled by its rule and never awaits a decision.",
        hint: "Write the value that should stand.")
    }
    let later = try store.db.first(
      "SELECT conflict FROM ledger WHERE record = ? AND field = ? AND since > ?",
      .id(item.record), .integer(Int64(item.unit.rawValue)), .position(item.since)
    ) { $0.text(0) }
    if let later {
      throw Refused(409, "later", "There is a later case of the same field: \(later) .")
    }
    if record.presence == .deleted && item.unit != .lifecycle {
      throw Refused(409, "deleted", "The record was deleted. Restore it first.")
    }
  }

  /// Puts a value beside those that stand, unless it is among them. Each takes a position of its
  /// own: two values of one field under one dot would be one change that contradicts itself.
  private func putBack(_ value: Value, _ item: Case) throws {
    let record = try record(of: item)
    let siblings = record.state[item.unit].siblings
    if siblings.contains(where: { $0.value == value }) { return }
    let write = FieldWrite(item.unit, .put(value, keeping: siblings.map(\.stamp.dot)))
    try writes.commit([(record, [write])])
  }
}

/// Who wrote each value first: a value put back by an administrator is still its author's.
private struct OwnAuthors {
  private var entries: [JSONValue: JSONValue] = [:]

  init(of values: [JSONValue]) {
    for entry in values { entries[entry["value"] ?? .null] = entry }
  }

  func restored(in values: [JSONValue]) -> [JSONValue] {
    values.map { entry in
      guard var original = entries[entry["value"] ?? .null] else { return entry }
      original["dot"] = entry["dot"]
      return original
    }
  }
}
