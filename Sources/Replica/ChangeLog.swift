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
      "SELECT sequence, payload FROM change_log WHERE counter IS NULL AND receipt IS NULL ORDER BY sequence"
    ) { (sequence: $0.integer(0), payload: $0.blob(1)) }
    guard !unsealed.isEmpty else { return }
    var head = try sealedHead()
    for entry in unsealed {
      head = head.appending(entry.payload)
      try db.run(
        "UPDATE change_log SET counter = ?, hash = ? WHERE sequence = ?", .counter(head.counter),
        .blob(head.hash.bytes), .integer(entry.sequence))
    }
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
      SELECT payload, epoch FROM change_log
      WHERE counter IS NOT NULL AND receipt IS NULL ORDER BY counter
      """)
    defer { statement.reset() }
    while try statement.step() {
      let payload = statement.blob(0)
      bytes += payload.count
      let isFull = edits.count >= Limits.editsPerPushMax || bytes > Limits.pushBytesMax
      if isFull && !edits.isEmpty { return (edits, false) }
      let written = statement.epoch(1)
      edits.append(PushedEdit(edit: payload, epoch: written == epoch ? nil : written))
    }
    return (edits, true)
  }

  // MARK: Verdicts

  /// Writes down the verdicts on the edits that follow `head`.
  func acknowledge(_ receipts: [Receipt], after head: LogHead) throws {
    var head = head
    for receipt in receipts {
      let payload = try db.first(
        "SELECT payload FROM change_log WHERE counter = ?", .counter(head.counter.next)
      ) { $0.blob(0) }
      guard let payload else {
        throw ReplicaError.protocolViolation(
          "a receipt for edit \(head.counter.next.rawValue), which was not sent")
      }
      head = head.appending(payload)
      try db.run(
        "UPDATE change_log SET receipt = ? WHERE counter = ?", .blob(receipt.encoded()),
        .counter(head.counter))
    }
    try db.run(
      "UPDATE replica SET counter = ?, hash = ?", .counter(head.counter), .blob(head.hash.bytes))
  }

  /// Own edits that the base does not contain yet, in order.
  public func pendingEntries(of record: RecordID? = nil) throws -> [LogEntry] {
    func entry(_ row: Statement) throws -> LogEntry {
      LogEntry(
        sequence: row.integer(0), payload: row.blob(1),
        counter: row.isNull(2) ? nil : row.counter(2),
        receipt: row.isNull(3) ? nil : try Receipt(decoding: row.blob(3)))
    }
    guard let record else {
      return try db.all(
        "SELECT sequence, payload, counter, receipt FROM change_log ORDER BY sequence", body: entry)
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
    if entry.counter != nil {
      try db.run(
        """
        INSERT OR REPLACE INTO retained
          SELECT ?, counter, edit, stamp, payload, epoch, hash, 0 FROM change_log WHERE sequence = ?
        """, .replica(replica), .integer(entry.sequence))
    }
    try db.run("DELETE FROM change_log WHERE sequence = ?", .integer(entry.sequence))
    for change in edit.changes {
      try db.run(
        "DELETE FROM pending WHERE record = ? AND sequence = ?", .blob(change.record.bytes),
        .integer(entry.sequence))
    }
  }

  func forgetRetained(before moment: Moment) throws {
    let stamp = HybridTimestamp(moment: moment)
    try db.run("DELETE FROM retained WHERE stamp < ?", .bits(stamp.rawValue))
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
        SELECT r.id, l.counter, l.edit, l.stamp, l.payload, l.epoch, l.hash, 0
        FROM change_log l, replica r WHERE l.receipt IS NOT NULL AND l.counter IS NOT NULL
      """)
    try db.run("UPDATE change_log SET counter = NULL, hash = NULL")
    try reopenRetained(of: former, after: common.counter, seal: .void)
    try db.run(
      "UPDATE replica SET id = ?, counter = 0, hash = ?", .replica(replica),
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

  /// Whether edits that go up once more keep their counter and chain hash.
  private enum Seal { case valid, void }

  /// Edits that the base contained are pending again, and shown on top of it.
  ///
  /// - Parameter replica: under which they went up; nil: under any.
  private func reopenRetained(
    of replica: ReplicaID?, after counter: Counter, seal: Seal
  ) throws {
    let replica = replica.map { Binding.replica($0) } ?? .null
    let lost = try db.all(
      """
      SELECT edit, stamp, payload, epoch, counter, hash, is_trimmed FROM retained
      WHERE (?1 IS NULL OR replica = ?1) AND counter > ?2 AND length(payload) > 0
        AND edit NOT IN (SELECT edit FROM change_log)
      ORDER BY stamp DESC, counter DESC
      """, replica, .counter(counter)
    ) { (columns: (0..<6).map($0.value), isTrimmed: $0.bool(6)) }
    try db.run(
      "DELETE FROM retained WHERE (?1 IS NULL OR replica = ?1) AND counter > ?2", replica,
      .counter(counter))
    var touched: [RecordID: CollectionID] = [:]
    for (columns, isTrimmed) in lost {
      // Bytes that were trimmed are not those that were sealed.
      let isValid = seal == .valid && !isTrimmed
      for change in try reopen(isValid ? columns : columns.prefix(4) + [.null, .null]) {
        touched[change.record] = change.collection
      }
    }
    for (record, collection) in touched.sorted(by: { $0.key < $1.key }) {
      if let collection = schema[collection] { try refold(record, in: collection) }
    }
  }

  /// Puts an edit back at the front of the log; the newest is put back first.
  private func reopen(_ columns: [Binding]) throws -> [Change] {
    guard case .blob(let payload) = columns[2] else {
      preconditionFailure("a retained edit has a payload")
    }
    let first = try db.first("SELECT min(sequence) FROM change_log") { $0.integer(0) } ?? 0
    let sequence = min(first, 1) - 1
    let statement = try db.statement(
      """
      INSERT INTO change_log (sequence, edit, stamp, payload, epoch, counter, hash)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """)
    try statement.bind([.integer(sequence)] + columns)
    try statement.run()
    let changes = try Edit(decoding: payload).changes
    for change in changes {
      try keepBase(of: change.record, in: change.collection)
      try db.run(
        "INSERT INTO pending VALUES (?, ?)", .blob(change.record.bytes), .integer(sequence))
    }
    return changes
  }
}
