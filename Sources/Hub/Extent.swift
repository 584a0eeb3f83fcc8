// How much a laptop would hold, told before it holds it.
//
// Records are counted, one statement a collection; their bytes are reckoned from some of each, so that
// the answer takes as long for a hundred thousand customers as a hub may keep others waiting.

import FollowUp
import Notation
import Storage
import SyncCore
import Wire

/// What a narrowing comes to.
struct Extent: Hashable {
  /// By collection; exact.
  var records: [String: Int] = [:]
  /// What a first download of it would carry, before compression: reckoned from a sample.
  var bytes = 0

  var json: JSONValue {
    let counts = records.map { ($0.key, JSONValue.integer(Int64($0.value))) }
    return [
      "records": .object(Dictionary(counts, uniquingKeysWith: { first, _ in first })),
      "bytes": .integer(Int64(bytes)),
    ]
  }
}

extension HubStore {
  /// Records of each collection whose sizes are looked at.
  private static let sampleCount = 100

  /// What a laptop would hold if it kept this much.
  func extent(of narrowing: Narrowing, on replica: ReplicaRow, now: Moment) throws -> Extent {
    let permissions = try permissions()
    let narrowed = Narrowed(
      replica: replica.id, user: replica.user, narrowing: narrowing, judgedAt: now)
    let scopes = narrowed.scopes(permissions)
    let veil = try veil(of: replica.user)
    try db.execute("CREATE TEMP TABLE IF NOT EXISTS extent (root TEXT PRIMARY KEY) WITHOUT ROWID")
    try db.execute("DELETE FROM extent")
    for scope in scopes.sorted() { try gather(scope, of: narrowed) }
    try db.execute("DELETE FROM extent WHERE root IN (SELECT record FROM graveyard)")
    var extent = Extent()
    for collection in schema.collections where !veil.hiddenCollections.contains(collection.id) {
      guard let table = table(collection.id) else { continue }
      let among = "FROM \"\(collection.name)\" WHERE root IN (SELECT root FROM extent)"
      let count = try db.first("SELECT count(*) \(among)") { $0.int(0) } ?? 0
      guard count > 0 else { continue }
      extent.records[collection.name] = count
      let sizes = try db.all(
        table.selectSQL + " WHERE root IN (SELECT root FROM extent) LIMIT ?",
        .count(HubStore.sampleCount)
      ) { row in
        let found = try table.row(row)
        return RecordImage(
          record: found.id, collection: collection.id, asOf: found.asOf,
          values: veil.veiled(found.values, of: collection), updatedAt: found.updatedAt
        ).encoded().count
      }
      extent.bytes += count * sizes.reduce(0, +) / max(sizes.count, 1)
    }
    return extent
  }

  private func gather(_ scope: ScopeName, of narrowed: Narrowed) throws {
    if case .narrowed = scope {
      for root in try roots(for: narrowed).sorted() {
        try db.run("INSERT OR IGNORE INTO extent VALUES (?)", .id(root))
      }
      return
    }
    let rows = scope == .everything ? "is_home = 1 AND ?1 = 0" : "scope = ?1 AND is_gone = 0"
    try db.run(
      "INSERT OR IGNORE INTO extent SELECT root FROM feed WHERE \(rows)",
      .integer(try self.scope(scope)))
  }
}
