// Which changes stay in the database after they were archived, and taking the others out.
//
// Merging, feeds and verdicts ask the history about a record's present, and about the past only as far
// as some laptop may still stand in it. So of what is archived there stay, for each record: the changes
// that wrote what it holds now (every sibling's), the last one that wrote each of its fields (what a
// laptop up to the boundary may have written upon), the first one (when it was made) and the last. What
// is asked for beyond that is found in the archives, later and by those who can wait.
//
// Each step is one short transaction over a few records, decided on what stands there at that moment:
// a daemon goes on between two of them, and whatever ends the work, the next run goes on with the rest.

import Storage
import SyncCore
import Wire

struct HistoryPruning {
  /// Records with more than one change, of one transaction.
  static let recordsPerStep = 200

  let store: HubStore
  /// Everything up to here is archived.
  let boundary: Position

  struct Counts: Hashable {
    /// Archived changes that stand in the database as well.
    var kept = 0
    var removed = 0
    /// Of what was removed, without the room that a table needs for it.
    var removedBytes: Int64 = 0
  }

  /// Takes out everything that need not stay.
  func run() throws -> Counts {
    try walk { records in try store.db.transaction { try prune(records) } }
  }

  /// What `run` would do, on the open snapshot.
  func trial() throws -> Counts {
    try walk { records in
      var counts = Counts()
      for record in records { try settle(record, &counts) }
      return counts
    }
  }

  private func walk(_ body: ([RecordID]) throws -> Counts) throws -> Counts {
    var total = Counts()
    var last = ""
    while true {
      let records = try store.db.all(
        """
        SELECT record FROM history WHERE record > ? AND position <= ?
        GROUP BY record ORDER BY record LIMIT ?
        """, .text(last), .position(boundary), .count(HistoryPruning.recordsPerStep)
      ) { try $0.id(0) }
      guard let end = records.last else { return total }
      let counts = try body(records)
      total.kept += counts.kept
      total.removed += counts.removed
      total.removedBytes += counts.removedBytes
      last = end.description
    }
  }

  private func prune(_ records: [RecordID]) throws -> Counts {
    var counts = Counts()
    for record in records {
      for row in try settle(record, &counts) {
        try store.db.run(
          "DELETE FROM history WHERE record = ? AND position = ? AND replica = ?", .id(record),
          .position(row.key.position), .replica(row.key.replica))
      }
    }
    return counts
  }

  // MARK: Deciding

  /// - Returns: what need not stay.
  @discardableResult
  private func settle(_ record: RecordID, _ counts: inout Counts) throws -> [ArchivedChange] {
    let rows = try store.db.all(
      """
      SELECT \(HubStore.historyColumns) FROM history WHERE record = ? ORDER BY position, replica
      """, .id(record), body: HubStore.archivedChange)
    let staying = try staying(rows)
    let going = rows.filter { $0.position <= boundary && !staying.contains($0.key) }
    counts.kept += rows.count { $0.position <= boundary } - going.count
    counts.removed += going.count
    counts.removedBytes += going.reduce(0) { $0 + Int64($1.change.count + $1.refused.count) }
    return going
  }

  private func staying(_ rows: [ArchivedChange]) throws -> Set<HistoryKey> {
    // Where there is one, it is the first and the last.
    guard rows.count > 1, let any = rows.first, let last = rows.last else {
      return Set(rows.map(\.key))
    }
    // A record that this program cannot read is left as it is.
    guard let schema = store.schema[any.collection],
      let record = try store.load(any.record, in: schema)
    else { return Set(rows.map(\.key)) }
    var staying: Set<HistoryKey> = [last.key]
    if let first = rows.min(by: { $0.time < $1.time }) { staying.insert(first.key) }
    for stamp in record.state.units.flatMap(\.state.siblings).map(\.stamp) {
      staying.insert(
        HistoryKey(position: stamp.position, record: any.record, replica: stamp.dot.replica))
    }
    var writers: [FieldID: HistoryKey] = [:]
    for row in rows where row.position <= boundary {
      for write in try Change(decoding: row.change).writes { writers[write.field] = row.key }
    }
    return staying.union(writers.values)
  }
}
