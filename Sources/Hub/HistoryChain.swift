// The chain over the hub's history: what was committed cannot be changed later without being noticed.
//
// Each row of the history is a link, in the order (position, record, replica); after the rows of some
// commits comes what administrators did meanwhile, by the head of the audit log. A *checkpoint* is the
// chain's hash at a position. Every cut that a laptop is sent carries one, and laptops keep them: a hub
// that was rolled back or rewritten has other hashes where theirs were, and cannot take them back.
//
// A link holds the digest of a change and not the change, so that what must be erased one day can be,
// and the chain is followed all the same.

import Digest
import Storage
import SyncCore
import Wire

/// The hash of the hub's history up to a position.
public struct Checkpoint: Hashable, Sendable {
  public var position: Position
  public var hash: ChainHash
  /// The last entry of the audit log that is part of it.
  var audit: Int64
}

/// Names one row of the history.
struct HistoryKey: Hashable, Comparable {
  var position: Position
  var record: RecordID
  var replica: ReplicaID

  static func < (left: HistoryKey, right: HistoryKey) -> Bool {
    (left.position, left.record, left.replica) < (right.position, right.record, right.replica)
  }
}

/// Rows that the open transaction wrote. A savepoint that is undone takes its rows back by their number:
/// a copy for each savepoint would be one for each edit.
struct WrittenHistory {
  private struct Row {
    var key: HistoryKey
    /// Nil: to be made of what is on the disk.
    var link: [UInt8]?
  }

  private var rows: [Row] = []
  /// How many of them are part of a checkpoint already.
  private var chainedCount = 0

  struct Mark {
    fileprivate var count: Int
    fileprivate var chainedCount: Int
  }

  var mark: Mark { Mark(count: rows.count, chainedCount: chainedCount) }

  mutating func add(_ key: HistoryKey, link: [UInt8]? = nil) {
    rows.append(Row(key: key, link: link))
  }

  mutating func goBack(to mark: Mark) {
    rows.removeLast(rows.count - mark.count)
    chainedCount = mark.chainedCount
  }

  /// What is part of no checkpoint yet, in order, each row once and as it was written last; from here on
  /// it is.
  mutating func take() -> [(key: HistoryKey, link: [UInt8]?)] {
    let links = Dictionary(
      rows[chainedCount...].map { ($0.key, $0.link) }, uniquingKeysWith: { $1 })
    chainedCount = rows.count
    return links.map { (key: $0.key, link: $0.value) }.sorted { $0.key < $1.key }
  }

  /// The transaction is on the disk.
  mutating func forget() { self = WrittenHistory() }
}

extension HubStore {
  /// A row of the history was written under the position that is being made.
  ///
  /// - Parameters:
  ///   - change: the row's column, and so the others.
  func noteWritten(
    _ record: RecordID, by replica: ReplicaID, _ collection: CollectionID, time: HybridTimestamp,
    change: [UInt8], refused: [UInt8] = [], user: String? = nil, skew: Int64? = nil
  ) {
    let key = HistoryKey(position: head, record: record, replica: replica)
    let link = HubStore.link(
      key, collection: Int64(collection.rawValue), time: Int64(bitPattern: time.rawValue),
      change: change, refused: refused, user: user, skew: skew)
    written.add(key, link: link)
  }

  /// What the hub wrote under this position was written again: the row is read when it is chained.
  func noteRewritten(_ record: RecordID) {
    written.add(HistoryKey(position: head, record: record, replica: .hub))
  }

  /// Makes a checkpoint of everything up to the head, where there is not one already.
  func chainHistory() throws {
    guard head > checkpoint.position else { return }
    var next = checkpoint
    for row in written.take() { next.hash = next.hash.appending(try row.link ?? link(row.key)) }
    if let audit = try lastAudit(), audit.number > next.audit {
      next.hash = next.hash.appending(audit.hash.bytes)
      next.audit = audit.number
    }
    next.position = head
    try db.run(
      "INSERT INTO checkpoints VALUES (?, ?, ?)", .position(next.position), .blob(next.hash.bytes),
      .integer(next.audit))
    checkpoint = next
  }

  /// What one row of the history says, as bytes.
  func link(_ key: HistoryKey) throws -> [UInt8] {
    let found = try db.first(
      """
      SELECT collection, time, change, refused, user, skew FROM history
      WHERE record = ? AND position = ? AND replica = ?
      """, .id(key.record), .position(key.position), .replica(key.replica)
    ) { row in
      HubStore.link(
        key, collection: row.integer(0), time: row.integer(1), change: row.blob(2),
        refused: row.blob(3), user: row.optionalText(4), skew: row.isNull(5) ? nil : row.integer(5))
    }
    guard let found else {
      throw StorageError.corrupt(reason: "the history of \(key.record) lacks what was written")
    }
    return found
  }

  static func link(
    _ key: HistoryKey, collection: Int64, time: Int64, change: [UInt8], refused: [UInt8],
    user: String?, skew: Int64?
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(96)
    func add(_ number: Int64) { withUnsafeBytes(of: number.bigEndian) { bytes += $0 } }
    add(Int64(key.position.rawValue))
    bytes += key.record.bytes
    add(Int64(key.replica.rawValue))
    add(collection)
    add(time)
    bytes += Digest.hash128(change)
    // Rarely there. The count says whether it is, so that no two rows have the same bytes.
    for part in [refused, user.map { Array($0.utf8) } ?? []] {
      add(Int64(part.count))
      if !part.isEmpty { bytes += Digest.hash128(part) }
    }
    if let skew { add(skew) }
    return Digest.hash128(bytes)
  }

  // MARK: Asking

  /// The hash at a position, if there is a checkpoint right there.
  public func checkpoint(at position: Position) throws -> ChainHash? {
    if position == checkpoint.position { return checkpoint.hash }
    return try db.first("SELECT hash FROM checkpoints WHERE position = ?", .position(position)) {
      ChainHash(bytes: $0.blob(0))
    } ?? nil
  }

  func lastCheckpoint() throws -> Checkpoint? {
    try db.first(
      "SELECT position, hash, audit FROM checkpoints ORDER BY position DESC LIMIT 1",
      body: HubStore.checkpoint)
  }

  /// A row with position, hash and entry of the audit log.
  static func checkpoint(_ row: Statement) throws -> Checkpoint {
    guard let hash = ChainHash(bytes: row.blob(1)) else {
      throw StorageError.corrupt(reason: "checkpoint \(row.position(0).rawValue) has no hash")
    }
    return Checkpoint(position: row.position(0), hash: hash, audit: row.integer(2))
  }

  /// The first checkpoint of a hub that has none: of what the file holds already, usually nothing.
  func foundChain() throws {
    try db.each("SELECT position, record, replica FROM history") { row in
      written.add(
        HistoryKey(position: row.position(0), record: try row.id(1), replica: row.replica(2)))
    }
    try chainHistory()
  }
}
