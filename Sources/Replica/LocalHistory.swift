// What this laptop itself wrote to a record: the own change log, told like the hub's history.
//
// It is what `rounds history` shows when the hub cannot be reached. Entries that the hub has not
// judged yet have no position; those it has folded in are kept for `retentionMilliseconds`.

import FollowUp
import Notation
import Storage
import SyncCore
import Wire

public struct LocalHistory {
  private let store: ReplicaStore
  private let zone: LocalZone

  public init(_ store: ReplicaStore, zone: LocalZone) {
    self.store = store
    self.zone = zone
  }

  private struct Entry {
    var edit: Edit
    var dot: Dot?
    var receipt: Receipt?
  }

  /// `[{"position","at","author","device","dot","changes":{…},"refused":[…]}…]`, newest first.
  ///
  /// - Parameter unit: only what was written to it.
  public func json(
    of record: RecordID, in collection: CollectionSchema, unit: FieldID?
  ) throws -> [JSONValue] {
    let state = try store.state()
    let entries = try retained(state.id) + logged(state.id)
    var told: [JSONValue] = []
    for entry in entries.sorted(by: { $0.edit.stamp > $1.edit.stamp }) {
      for var change in entry.edit.changes where change.record == record {
        if let unit { change.writes.removeAll { $0.field != unit } }
        if change.writes.isEmpty { continue }
        told.append(json(change, entry, state, collection))
      }
    }
    return told
  }

  private func retained(_ replica: ReplicaID) throws -> [Entry] {
    try store.db.all(
      "SELECT replica, counter, unpacked(payload) FROM retained WHERE digest IS NULL ORDER BY stamp"
    ) {
      Entry(
        edit: try Edit(decoding: $0.blob(2)), dot: Dot($0.replica(0), $0.counter(1)), receipt: nil)
    }
  }

  private func logged(_ replica: ReplicaID) throws -> [Entry] {
    try store.pendingEntries().map { entry in
      Entry(
        edit: try entry.edit(), dot: entry.counter.map { Dot(replica, $0) },
        receipt: entry.receipt)
    }
  }

  private func json(
    _ change: Change, _ entry: Entry, _ state: ReplicaState, _ collection: CollectionSchema
  ) -> JSONValue {
    var changes: [String: JSONValue] = [:]
    for write in change.writes {
      switch write.action {
      case .put(let value, _):
        for (field, value) in collection.columnValues(of: write.field, value) {
          changes[collection.displayName(of: field)] = FieldText.json(
            value, in: zone, schema: collection)
        }
      case .alter(let adding, let removing):
        changes[collection.displayName(of: write.field)] = [
          "added": .array(adding.map { .string($0) }),
          "removed": .array(removing.map { .string($0) }),
        ]
      }
    }
    let refusals = (entry.receipt?.refusals ?? []).filter { $0.record == change.record }
    let refused = refusals.map { refusal -> JSONValue in
      [
        "field": refusal.field.map { .string(collection.displayName(of: $0)) } ?? .null,
        "reason": .string("\(refusal.reason)"), "text": .string(refusal.text),
      ]
    }
    let at = entry.edit.stamp.moment.milliseconds
    return [
      "position": entry.receipt?.position.map { .integer(Int64(clamping: $0.rawValue)) } ?? .null,
      "at": .string(ISO8601.string(milliseconds: at, in: zone)), "author": .string(state.user),
      "device": .string(state.device), "dot": entry.dot.map { .string("\($0)") } ?? .null,
      "changes": .object(changes), "refused": .array(refused),
    ]
  }
}
