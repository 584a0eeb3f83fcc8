// The change log: own edits in order, from the moment they are written until a cut contains them.
//
//     written → sealed → acknowledged → contained in the base → retained → forgotten
//
// Sealing gives an edit its counter and chain hash, just before its first export; the payload never
// changes. An edit ends with the pull, not with the acknowledgement: dropping it on acknowledgement
// would make the rep's own text flicker back when the connection is cut in between.

import Digest
import Storage
import SyncCore
import Wire

/// One entry of the log.
public struct LogEntry: Hashable, Sendable {
  public var sequence: Int64
  public var payload: [UInt8]
  /// Set when it is sealed.
  public var counter: Counter?
  /// Set when the hub's verdict has arrived.
  public var receipt: Receipt?

  public func edit() throws -> Edit { try Edit(decoding: payload) }
}

extension ReplicaStore {
  static let retentionMilliseconds: Int64 = 90 * 24 * 3_600_000

  // MARK: Writing and sealing

  /// Writes the edit that is encoded in `payload` at the end of the log.
  func appendPayload(
    of edit: EditID, _ stamp: HybridTimestamp, changing writes: [RecordWrite]
  ) throws {
    let statement = try db.statement(
      """
      INSERT INTO change_log (edit, stamp, epoch, payload) SELECT ?, ?, epoch, ? FROM replica
      """)
    statement.bind(bytesOf: edit, at: 0)
    statement.bind(Int64(bitPattern: stamp.rawValue), at: 1)
    try payload.withUnsafeBytes { try statement.run(lending: $0, at: 2) }
    let sequence = db.lastInsertedRow
    try ReplicaStore.pendingInsert.run(writes.count, in: db) { binder, index in
      binder.bind(bytesOf: writes[index].record, at: 0)
      binder.bind(sequence, at: 1)
    }
  }

  private static let pendingInsert = RowInsert(into: "pending", columns: ["record", "sequence"])

  /// The clock of this replica: above everything it has stamped or heard of.
  func clock() throws -> HybridClock {
    let last = try db.first("SELECT stamp FROM change_log ORDER BY sequence DESC LIMIT 1") {
      HybridTimestamp(rawValue: $0.bits(0))
    }
    let heard = try db.first("SELECT heard FROM replica") { HybridTimestamp(rawValue: $0.bits(0)) }
    var clock = HybridClock(last: heard ?? .zero)
    if let last { clock.hear(last) }
    return clock
  }

  /// Gives every unsealed edit its counter and chain hash, in order.
  func seal() throws {
    let unsealed = try db.all(
      """
      SELECT sequence, payload, digest FROM change_log
      WHERE counter IS NULL AND receipt IS NULL ORDER BY sequence
      """
    ) { (sequence: $0.integer(0), digest: ReplicaStore.digest(of: $0, payload: 1, digest: 2)) }
    guard !unsealed.isEmpty else { return }
    var head = try sealedHead()
    for entry in unsealed {
      head = head.appending(digest: entry.digest)
      try db.run(
        "UPDATE change_log SET counter = ?, hash = ? WHERE sequence = ?", .counter(head.counter),
        .blob(head.hash.bytes), .integer(entry.sequence))
    }
  }

  /// The digest of an edit that may be in a box.
  static func digest(of row: Statement, payload: Int, digest: Int) -> [UInt8] {
    row.isNull(digest) ? Digest.hash128(row.blob(payload)) : row.blob(digest)
  }

  /// The last sealed point of the log.
  func sealedHead() throws -> LogHead {
    let last = try db.first(
      "SELECT counter, hash FROM change_log WHERE counter IS NOT NULL ORDER BY counter DESC LIMIT 1"
    ) { (counter: $0.counter(0), hash: ChainHash(bytes: $0.blob(1))) }
    let acknowledged = try state().acknowledged
    guard let last, let hash = last.hash, last.counter > acknowledged.counter else {
      return acknowledged
    }
    return LogHead(counter: last.counter, hash: hash)
  }

  /// Sealed edits without a verdict, oldest first, as many as one push may carry.
  func unacknowledged(in epoch: UInt32) throws -> (edits: [PushedEdit], isAll: Bool) {
    var edits: [PushedEdit] = []
    var bytes = 0
    let statement = try db.statement(
      """
      SELECT payload, epoch, digest IS NOT NULL FROM change_log
      WHERE counter IS NOT NULL AND receipt IS NULL ORDER BY counter
      """)
    defer { statement.reset() }
    while try statement.step() {
      let payload = statement.blob(0)
      bytes += payload.count
      let isFull = edits.count >= Limits.editsPerPushMax || bytes > Limits.pushBytesMax
      if isFull && !edits.isEmpty { return (edits, false) }
      let written = statement.epoch(1)
      edits.append(
        PushedEdit(
          edit: payload, epoch: written == epoch ? nil : written, isBoxed: statement.bool(2)))
    }
    return (edits, true)
  }

  // MARK: Verdicts

  /// Writes down the verdicts on the edits that follow `head`.
  func acknowledge(_ receipts: [Receipt], after head: LogHead) throws {
    var head = head
    for receipt in receipts {
      let digest = try db.first(
        "SELECT payload, digest FROM change_log WHERE counter = ?", .counter(head.counter.next)
      ) { ReplicaStore.digest(of: $0, payload: 0, digest: 1) }
      guard let digest else {
        throw ReplicaError.protocolViolation(
          "a receipt for edit \(head.counter.next.rawValue), which was not sent")
      }
      head = head.appending(digest: digest)
      try db.run(
        "UPDATE change_log SET receipt = ? WHERE counter = ?", .blob(receipt.encoded()),
        .counter(head.counter))
    }
    try db.run(
      "UPDATE replica SET counter = ?, hash = ?", .counter(head.counter), .blob(head.hash.bytes))
  }

  /// Own edits that the base does not contain yet, in order. Not those in boxes: nobody here can read
  /// them, and they are shown nowhere.
  public func pendingEntries(of record: RecordID? = nil) throws -> [LogEntry] {
    func entry(_ row: Statement) throws -> LogEntry {
      LogEntry(
        sequence: row.integer(0), payload: row.blob(1),
        counter: row.isNull(2) ? nil : row.counter(2),
        receipt: row.isNull(3) ? nil : try Receipt(decoding: row.blob(3)))
    }
    guard let record else {
      return try db.all(
        """
        SELECT sequence, payload, counter, receipt FROM change_log WHERE digest IS NULL
        ORDER BY sequence
        """, body: entry)
    }
    return try db.all(
      """
      SELECT l.sequence, l.payload, l.counter, l.receipt
      FROM pending p JOIN change_log l ON l.sequence = p.sequence
      WHERE p.record = ? ORDER BY l.sequence
      """, .blob(record.bytes), body: entry)
  }

  /// How many edits wait for the hub's verdict.
  public func waitingCount() throws -> Int {
    try db.first("SELECT count(*) FROM change_log WHERE receipt IS NULL") { $0.int(0) } ?? 0
  }

  /// The edit is in the base (or void): off the view, into what is retained.
  func settle(_ entry: LogEntry, _ edit: Edit, as replica: ReplicaID) throws {
    try retire(entry.sequence, as: replica, entry.receipt)
    for change in edit.changes {
      try db.run(
        "DELETE FROM pending WHERE record = ? AND sequence = ?", .blob(change.record.bytes),
        .integer(entry.sequence))
    }
  }

  /// Out of the log; into what is retained, if it ever was sealed.
  private func retire(
    _ sequence: Int64, as replica: ReplicaID, _ receipt: Receipt?
  ) throws {
    try db.run(
      """
      INSERT OR REPLACE INTO retained
        SELECT ?, counter, edit, stamp, packed(payload), epoch, hash, digest, ?
        FROM change_log WHERE sequence = ? AND counter IS NOT NULL
      """, .replica(replica), receipt?.position.map { .position($0) } ?? .null, .integer(sequence))
    if let receipt, receipt.position != nil, receipt.refusals.isEmpty {
      try dropDrafts(ofEditAt: sequence)
    }
    try db.run("DELETE FROM change_log WHERE sequence = ?", .integer(sequence))
  }

  /// Boxes that the hub has opened, and whose edits the cut contains, are retained again.
  func settleBoxed(upTo cut: Position, as replica: ReplicaID) throws {
    let judged = try db.all(
      "SELECT sequence, receipt FROM change_log WHERE digest IS NOT NULL AND receipt IS NOT NULL"
    ) { (sequence: $0.integer(0), receipt: try Receipt(decoding: $0.blob(1))) }
    for (sequence, receipt) in judged where (receipt.position ?? .start) <= cut {
      try retire(sequence, as: replica, receipt)
    }
  }

  /// What is old is forgotten – if the hub's own backup has it. A hub that makes no backups is healed by
  /// the field alone, however late.
  func forgetRetained(before moment: Moment) throws {
    let stamp = HybridTimestamp(moment: moment)
    try db.run(
      """
      DELETE FROM retained
      WHERE stamp < ? AND (position IS NULL OR position <= (SELECT durable FROM replica))
        AND edit NOT IN (SELECT edit FROM drafts WHERE is_parked = 1)
      """, .bits(stamp.rawValue))
  }

  /// Somebody has accepted what was refused of an edit, by this cut: what was void counts now, and is kept
  /// like everything that does.
  func retainAccepted(_ edit: EditID, by cut: Position) throws {
    try db.run(
      "UPDATE retained SET position = ? WHERE edit = ?", .position(cut), .blob(edit.bytes))
  }

  // MARK: Detours

  /// A copy of this log went on elsewhere: what the hub does not have of it, and everything without
  /// a verdict, is sealed anew. What it has after all is a duplicate there, by the edit's identity.
  func reidentify(as replica: ReplicaID, common: LogHead) throws {
    // With nothing in common the hub may have been restored to before this identity was issued: it
    // may lack what went up under earlier ones too.
    let former = try common.counter == .none ? nil : state().id
    // Also what was acknowledged under an earlier identity goes up once more: as a duplicate it tells
    // the hub that this replica knows it, which a restored hub has forgotten.
    try db.run(
      "UPDATE change_log SET receipt = NULL WHERE counter IS NULL OR counter > ?",
      .counter(common.counter))
    // Edits with a verdict keep waiting for the cut that contains them, under no counter of ours. The
    // hub has them under the former identity, and under that they are retained for it.
    try db.run(
      """
      INSERT OR REPLACE INTO retained
        SELECT r.id, l.counter, l.edit, l.stamp, packed(l.payload), l.epoch, l.hash, l.digest, NULL
        FROM change_log l, replica r WHERE l.receipt IS NOT NULL AND l.counter IS NOT NULL
      """)
    try db.run("UPDATE change_log SET counter = NULL, hash = NULL")
    try reopenRetained(of: former, after: common.counter, seal: .void)
    try db.run(
      "UPDATE replica SET id = ?, counter = 0, hash = ?, chained_after = 0", .replica(replica),
      .blob(ChainHash.none.bytes))
  }

  /// The hub's copy of the log ends earlier (it was restored): what follows is pending again.
  func rewind(to head: LogHead) throws {
    let replica = try state().id
    let hash =
      try db.first(
        """
        SELECT hash FROM retained WHERE replica = ?1 AND counter = ?2
        UNION ALL SELECT hash FROM change_log WHERE counter = ?2
        """, .replica(replica), .counter(head.counter)
      ) { ChainHash(bytes: $0.blob(0)) } ?? nil
    try reopenRetained(of: replica, after: head.counter, seal: .valid)
    try db.run("UPDATE change_log SET receipt = NULL WHERE counter > ?", .counter(head.counter))
    // What was forgotten meanwhile leaves a gap: the rest is sealed anew, right after the hub's point.
    let isWhole = try db.first(
      "SELECT count(*) = coalesce(max(counter), ?1) - ?1 FROM change_log WHERE counter > ?1",
      .counter(head.counter)
    ) { $0.bool(0) }
    if isWhole == false {
      try db.run(
        "UPDATE change_log SET counter = NULL, hash = NULL WHERE counter > ?",
        .counter(head.counter))
    }
    // Where our log does not contain the hub's point, the hash says so, and the hub answers `forked`.
    try db.run(
      "UPDATE replica SET counter = ?, hash = ?", .counter(head.counter),
      .blob((head.counter == .none ? .none : hash ?? .none).bytes))
  }

  /// What the hub had committed after `position`, as far as it is still retained, goes up once more at the
  /// end of the log: where the log can no longer be shown from there, or it stands under an earlier name.
  func repeatRetained(committedAfter position: Position) throws {
    try reopenRetained(of: nil, after: .none, committedAfter: position, seal: .void)
  }

  /// Whether edits that go up once more keep their counter and chain hash.
  private enum Seal { case valid, void }

  /// Edits that the base contained are pending again, and shown on top of it.
  ///
  /// - Parameters:
  ///   - replica: under which they went up; nil: under any.
  ///   - position: those only that the hub committed after it; nil: all.
  private func reopenRetained(
    of replica: ReplicaID?, after counter: Counter, committedAfter position: Position? = nil,
    seal: Seal
  ) throws {
    let chosen = """
      (?1 IS NULL OR replica = ?1) AND counter > ?2 AND (?3 IS NULL OR position > ?3)
      """
    let bounds: [Binding] = [
      replica.map { .replica($0) } ?? .null, .counter(counter),
      position.map { .position($0) } ?? .null,
    ]
    let lost = try db.all(
      """
      SELECT edit, stamp, unpacked(payload), epoch, digest, counter, hash FROM retained
      WHERE \(chosen) AND length(payload) > 0 AND edit NOT IN (SELECT edit FROM change_log)
      ORDER BY stamp DESC, counter DESC
      """, bounds[0], bounds[1], bounds[2]
    ) { row in (0..<7).map(row.value) }
    try db.run("DELETE FROM retained WHERE \(chosen)", bounds[0], bounds[1], bounds[2])
    var touched: [RecordID: CollectionID] = [:]
    for columns in lost {
      for change in try reopen(seal == .valid ? columns : columns.prefix(5) + [.null, .null]) {
        touched[change.record] = change.collection
      }
    }
    for (record, collection) in touched.sorted(by: { $0.key < $1.key }) {
      if let collection = schema[collection] { try refold(record, in: collection) }
    }
  }

  /// Puts an edit back at the front of the log; the newest is put back first.
  ///
  /// - Returns: what it changes; of one in a box nobody knows.
  private func reopen(_ columns: [Binding]) throws -> [Change] {
    guard case .blob(let payload) = columns[2] else {
      preconditionFailure("a retained edit has a payload")
    }
    let first = try db.first("SELECT min(sequence) FROM change_log") { $0.integer(0) } ?? 0
    let sequence = min(first, 1) - 1
    let statement = try db.statement(
      """
      INSERT INTO change_log (sequence, edit, stamp, payload, epoch, digest, counter, hash)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """)
    try statement.bind([.integer(sequence)] + columns)
    try statement.run()
    guard case .null = columns[4] else { return [] }
    let changes = try Edit(decoding: payload).changes
    for change in changes {
      try keepBase(of: change.record, in: change.collection)
      try db.run(
        "INSERT INTO pending VALUES (?, ?)", .blob(change.record.bytes), .integer(sequence))
    }
    return changes
  }
}
