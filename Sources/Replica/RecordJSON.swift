// Records and conflicts as JSON, the same in all three programs (`Protocol/Commands.md`).
//
//     {"id","collection","fields":{…},"pending":[field…],"disputed":{field:[{"value","author",
//      "device","at"}…]},"asOf":N,"createdAt","updatedAt"}
//
// `pending` are fields that hold own writes which the hub's state does not contain yet; `disputed`
// are those that await a decision. Empty fields are left out.

import FollowUp
import Notation
import Storage
import SyncCore

public struct RecordJSON {
  private let store: ReplicaStore
  private let zone: LocalZone
  /// What is disputed and what is pending, read once for many records.
  private let disputes: [RecordID: [Conflict]]
  private let pendingRecords: Set<RecordID>

  /// - Parameter record: the only record that will be asked for; nil: many.
  public init(_ store: ReplicaStore, zone: LocalZone, only record: RecordID? = nil) throws {
    self.store = store
    self.zone = zone
    disputes = try store.disputes(of: record)
    pendingRecords = try store.recordsWithPendingEdits()
  }

  public func json(_ row: CollectionRow, in collection: CollectionSchema) throws -> JSONValue {
    let members = row.values.entries.map { entry in
      (
        collection.displayName(of: entry.field),
        FieldText.json(entry.value, in: zone, schema: collection)
      )
    }
    let pending = try pendingFields(of: row.id, in: collection)
    return [
      "id": .string(row.id.description), "collection": .string(collection.name),
      "fields": .object(Dictionary(members, uniquingKeysWith: { first, _ in first })),
      "pending": .array(pending.map { .string($0) }), "disputed": disputed(row.id),
      "asOf": .integer(Int64(clamping: row.asOf.rawValue)), "createdAt": time(row.id.moment),
      "updatedAt": time(row.updatedAt),
    ]
  }

  public func disputes(of record: RecordID) -> [Conflict] { disputes[record] ?? [] }

  private func disputed(_ record: RecordID) -> JSONValue {
    var disputed: [String: JSONValue] = [:]
    for conflict in disputes(of: record) {
      disputed[conflict.field] = .array(
        conflict.values.map { branch in
          [
            "value": FieldText.json(branch.value, in: zone, schema: conflict.collection),
            "author": .string(branch.author), "device": .string(branch.device),
            "at": time(branch.at),
          ]
        })
    }
    return .object(disputed)
  }

  /// The columns that pending edits wrote, in the order of the schema. Of a group, which is written
  /// whole, those that the edits changed.
  public func pendingFields(
    of record: RecordID, in collection: CollectionSchema
  ) throws -> [String] {
    guard pendingRecords.contains(record) else { return [] }
    let base = try store.baseImage(of: record, in: collection.id)?.values ?? FieldValues()
    let view = try store.foldedView(of: record, in: collection).view.values ?? FieldValues()
    var fields: Set<FieldID> = []
    for entry in try store.pendingEntries(of: record) {
      for change in try entry.edit().changes where change.record == record {
        for write in change.writes where write.field != .lifecycle {
          guard case .group(let members) = collection[write.field]?.type else {
            fields.insert(write.field)
            continue
          }
          let changed = members.filter { base[$0] != view[$0] }
          fields.formUnion(changed.isEmpty ? members.prefix(1) : changed[...])
        }
      }
    }
    return fields.sorted().map { collection.displayName(of: $0) }
  }

  /// A conflict.
  public func json(_ conflict: Conflict) -> JSONValue {
    func json(_ value: Value) -> JSONValue {
      FieldText.json(value, in: zone, schema: conflict.collection)
    }
    let values = conflict.values.map { branch -> JSONValue in
      [
        "value": json(branch.value), "author": .string(branch.author),
        "device": .string(branch.device), "at": time(branch.at),
        "dot": .string(branch.dot.description),
        "skew": branch.skew.map { .integer($0) } ?? .null,
      ]
    }
    return [
      "id": .string(conflict.id.description), "record": .string(conflict.record.description),
      "collection": .string(conflict.collection.name), "field": .string(conflict.field),
      "base": json(conflict.base), "values": .array(values), "rule": .string(conflict.rule),
      "ruleVersion": .integer(conflict.ruleVersion), "shown": json(conflict.shown),
      "status": .string(conflict.status),
      "resolvedBy": conflict.resolvedBy.map { .string($0) } ?? .null,
      "resolvedAt": conflict.resolvedAt.map { time($0) } ?? .null,
      "note": conflict.note.map { .string($0) } ?? .null,
    ]
  }

  public func time(_ moment: Moment) -> JSONValue {
    .string(ISO8601.string(milliseconds: moment.milliseconds, in: zone))
  }
}

extension ReplicaStore {
  /// Records that have pending edits.
  public func recordsWithPendingEdits() throws -> Set<RecordID> {
    let records = try db.all("SELECT DISTINCT record FROM pending") { ULID(bytes: $0.blob(0)) }
    return Set(records.compactMap { $0 })
  }
}
