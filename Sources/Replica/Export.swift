// A collection as a table that can be imported again without changing anything.
//
// The header names the fields, after the identity; a cell is what `ImportCell` reads back: moments
// in ISO 8601 with their offset, sets joined by `; `, or as a JSON array where an element holds a
// separator, everything else as it is stored. Records come in the order of their ids, one at a time:
// an export may be larger than memory.

import FollowUp
import Notation
import Storage
import SyncCore

public struct Export {
  private let store: ReplicaStore
  private let collection: CollectionSchema
  private let zone: LocalZone

  public init(_ store: ReplicaStore, of collection: CollectionSchema, zone: LocalZone) {
    self.store = store
    self.collection = collection
    self.zone = zone
  }

  /// The names of the columns.
  public var header: [String] { ["id"] + collection.columns.map(\.name) }

  /// Calls `body` with every record of which the query holds, on one snapshot.
  ///
  /// - Parameters:
  ///   - owners: whose records are taken; nil: everybody's. What has no customer has no owner, and is
  ///     always taken.
  ///   - now: by the corrected clock.
  public func forEachRow(
    where query: Query?, of owners: Set<String>? = nil, at now: Moment,
    _ body: (CollectionRow) throws -> Void
  ) throws {
    var isTaken: [RecordID: Bool] = [:]
    let query = query?.resolved(at: now, in: zone)
    let table = store.table(collection)
    try store.db.reading {
      try store.db.each(table.selectSQL + " ORDER BY id") { statement in
        let row = try table.row(statement)
        let record = QueryRecord(id: row.id, values: row.values, updatedAt: row.updatedAt)
        guard query?.matches(record, at: now, in: zone) ?? true else { return }
        if let owners {
          let root = root(of: row)
          let known = try isTaken[root] ?? isOwned(root, by: owners)
          isTaken[root] = known
          guard known else { return }
        }
        try body(row)
      }
    }
  }

  private func root(of row: CollectionRow) -> RecordID {
    guard let field = collection.rootField, case .reference(let root) = row.values[field] else {
      return row.id
    }
    return root
  }

  private func isOwned(_ root: RecordID, by owners: Set<String>) throws -> Bool {
    let found = try store.db.first("SELECT owner FROM customer WHERE id = ?", .id(root)) {
      (owner: $0.isNull(0) ? nil : $0.text(0), isCustomer: true)
    }
    guard let found else { return true }
    return found.owner.map { owners.contains($0) } ?? false
  }

  /// The cells of a record, under `header`.
  public func cells(of row: CollectionRow) -> [String] {
    [row.id.description] + collection.columns.map { cell(row.values[$0.id]) }
  }

  private func cell(_ value: Value) -> String {
    switch value {
    case .moment(let moment): ISO8601.string(milliseconds: moment.milliseconds, in: zone)
    case .set(let elements): cell(elements)
    default: FieldText.display(value, in: zone)
    }
  }

  private func cell(_ elements: [String]) -> String {
    let isPlain = elements.allSatisfy { FieldText.elements(of: $0) == [$0] }
    let joined = elements.joined(separator: "; ")
    return isPlain && !joined.hasPrefix("[")
      ? joined : JSONValue.array(elements.map { .string($0) }).text()
  }
}
