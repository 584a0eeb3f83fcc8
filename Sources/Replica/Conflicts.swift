// Conflicts as values, and which fields are disputed: read from the conflict records of the hub.
//
// A conflict record tells its case as JSON text; here it becomes typed values again, so that one of
// them can be written. A field counts as disputed while its case is open and no pending edit of our
// own, written in sight of all its values, settles it. Nothing here decides a case: whoever settles
// one writes an ordinary edit.

import FollowUp
import Notation
import Storage
import SyncCore
import Wire

/// One of the concurrent values of a case.
public struct Branch: Hashable, Sendable {
  public var value: Value
  public var author: String
  public var device: String
  public var at: Moment
  public var dot: Dot
  /// How far the author's clock was off, in milliseconds, where that was worth noting.
  public var skew: Int64?
}

/// A ledger entry as it reached this laptop.
public struct Conflict: Hashable, Sendable {
  public var id: RecordID
  public var record: RecordID
  public var collection: CollectionSchema
  /// The field, group or lifecycle that the case is about.
  public var unit: FieldID
  public var base: Value
  /// In the order in which `--take N` and `--keep N` count them, from 1.
  public var values: [Branch]
  public var rule: String
  public var ruleVersion: Int64
  public var shown: Value
  public var status: String
  public var resolvedBy: String?
  public var resolvedAt: Moment?
  public var note: String?
  public var authors: [String]
  /// The position of this state of the case.
  public var asOf: Position

  public var isOpen: Bool { status == "open" }
  /// Whether it is about customers that share a code; no value of the record is disputed by that.
  public var isDuplicate: Bool { rule == "duplicate" }
  public var field: String { collection.displayName(of: unit) }

  /// The newest value of this person that is not the one shown: what a restore writes again.
  public func losingBranch(of user: String) -> Branch? {
    values.filter { $0.author == user && $0.value != shown }
      .max { ($0.at, $0.dot) < ($1.at, $1.dot) }
  }
}

extension ReplicaStore {
  /// Conflicts, newest first.
  ///
  /// - Parameter author: only those that touch edits of this person.
  public func conflicts(touching author: String? = nil) throws -> [Conflict] {
    let table = table(.conflict)
    let conflicts = try db.all(table.selectSQL + " ORDER BY id DESC") { row in
      try conflict(try table.row(row))
    }
    return conflicts.compactMap { $0 }.filter { conflict in
      author.map { conflict.authors.contains($0) } ?? true
    }
  }

  public func conflict(_ id: RecordID) throws -> Conflict? {
    guard let row = try table(.conflict).row(id, in: db) else { return nil }
    return try conflict(row)
  }

  /// Open conflicts that touch edits of this person.
  public func openConflictCount(touching author: String) throws -> Int {
    let statuses = "SELECT count(*) FROM conflict WHERE status = 'open'"
    let open = try db.first(statuses) { $0.int(0) } ?? 0
    return open == 0 ? 0 : try conflicts(touching: author).filter(\.isOpen).count
  }

  /// The open cases of records, by record; all of them where none is named.
  public func disputes(of record: RecordID? = nil) throws -> [RecordID: [Conflict]] {
    let table = table(.conflict)
    let rows: [CollectionRow]
    if let record {
      rows = try db.all(
        table.selectSQL + " WHERE record = ? AND status = 'open' ORDER BY id", .id(record)
      ) { try table.row($0) }
    } else {
      rows = try db.all(table.selectSQL + " WHERE status = 'open' ORDER BY id") {
        try table.row($0)
      }
    }
    let open = try rows.compactMap { try conflict($0) }.filter {
      try !$0.isDuplicate && !isSettledHere($0)
    }
    return Dictionary(grouping: open, by: \.record)
  }

  /// Whether a pending edit of our own settles the case. It must have been written in sight of all
  /// its values: on a state of the record that is not older than this state of the case.
  private func isSettledHere(_ conflict: Conflict) throws -> Bool {
    for entry in try pendingEntries(of: conflict.record) {
      for change in try entry.edit().changes where change.record == conflict.record {
        guard change.seen.hub >= conflict.asOf else { continue }
        for write in change.writes where write.field == conflict.unit {
          if case .put(_, let keeping) = write.action, keeping.isEmpty { return true }
        }
      }
    }
    return false
  }

  /// Nil for a case of a collection or field that this program does not know.
  private func conflict(_ row: CollectionRow) throws -> Conflict? {
    let told = ToldConflict(row)
    guard let record = told.text("record").flatMap({ ULID($0) }),
      let collection = told.text("collection").flatMap({ schema[$0] }),
      let unit = told.text("field").flatMap({ collection.unit(named: $0) })
    else { return nil }
    func value(_ json: JSONValue?) -> Value { told.value(json, of: unit, in: collection) }
    let branches = (told.json("values")?.array ?? []).compactMap { json -> Branch? in
      guard let dot = json["dot"]?.string.flatMap({ Dot($0) }) else { return nil }
      let at = json["at"]?.string.flatMap { ISO8601.parse($0, zone: .utc) }
      return Branch(
        value: value(json["value"]), author: json["author"]?.string ?? "",
        device: json["device"]?.string ?? "", at: Moment(milliseconds: at ?? 0), dot: dot,
        skew: json["skew"]?.integer)
    }
    var authors: [String] = []
    if case .set(let names) = told["authors"] { authors = names }
    return Conflict(
      id: row.id, record: record, collection: collection, unit: unit,
      base: value(told.json("base")), values: branches, rule: told.text("rule") ?? "",
      ruleVersion: told.integer("ruleVersion"), shown: value(told.json("shown")),
      status: told.text("status") ?? "", resolvedBy: told.text("resolvedBy"),
      resolvedAt: told.moment("resolvedAt"), note: told.text("note"), authors: authors,
      asOf: row.asOf)
  }
}

/// The columns of a conflict record by name, and its JSON as values again.
private struct ToldConflict {
  private let row: CollectionRow

  init(_ row: CollectionRow) { self.row = row }

  subscript(name: String) -> Value {
    guard let field = CollectionSchema.conflict[name] else {
      preconditionFailure("conflicts have no \(name)")
    }
    return row.values[field.id]
  }

  func text(_ name: String) -> String? {
    if case .text(let text) = self[name] { text } else { nil }
  }

  func integer(_ name: String) -> Int64 {
    if case .integer(let integer) = self[name] { integer } else { 0 }
  }

  func moment(_ name: String) -> Moment? {
    if case .moment(let moment) = self[name] { moment } else { nil }
  }

  func json(_ name: String) -> JSONValue? { text(name).flatMap { try? JSONValue(parsing: $0) } }

  func value(_ json: JSONValue?, of unit: FieldID, in collection: CollectionSchema) -> Value {
    guard let json, !json.isNull else { return .null }
    guard let field = collection[unit], case .group(let members) = field.type else {
      return ToldConflict.value(json, as: collection[unit]?.type ?? .text)
    }
    let values = FieldValues(
      members.map { member in
        let name = collection[member]?.name ?? ""
        let type = collection[member]?.type ?? .text
        return (member, json[name].map { ToldConflict.value($0, as: type) } ?? .null)
      })
    return values.isEmpty ? .null : .group(values)
  }

  /// What `FieldText.json` writes, read back. What is no such value becomes null.
  private static func value(_ json: JSONValue, as type: ValueType) -> Value {
    switch (type, json) {
    case (.text, .string(let text)): .text(text)
    case (.integer, .integer(let integer)): .integer(integer)
    case (.boolean, .bool(let boolean)): .boolean(boolean)
    case (.decimal, .string(let text)): DecimalNumber(text).map { .decimal($0) } ?? .null
    case (.moment, .string(let text)):
      ISO8601.parse(text, zone: .utc).map { .moment(Moment(milliseconds: $0)) } ?? .null
    case (.reference, .string(let text)): ULID(text).map { .reference($0) } ?? .null
    case (.set, .array(let elements)): .set(elements.compactMap(\.string))
    default: .null
    }
  }
}
