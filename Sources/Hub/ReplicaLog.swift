// The log of each laptop as the hub keeps it: enough to show, byte for byte, what was sealed.
//
// An edit's bytes are its identity, the counter of its stamp, its flags and its changes. Almost always
// it is one change, accepted, without flags: then the history has the change, the log keeps the counter
// and where to find it, and nothing is stored twice. Any other edit is kept whole.

import Digest
import Storage
import SyncCore
import Wire

/// One line of a laptop's log.
struct LoggedEdit {
  /// As `init` reads them.
  static let columns = "counter, edit, hash, stamp, record, unpacked(sealed)"

  var counter: Counter
  var edit: EditID?
  var hash: ChainHash?
  /// The counter part of the edit's stamp, and the record of its change, where the bytes are made from
  /// the history.
  var stampCounter: UInt16
  var record: RecordID?
  /// All bytes, where they are not.
  var sealed: [UInt8]

  init(_ row: Statement) {
    counter = row.counter(0)
    edit = ULID(bytes: row.blob(1))
    hash = ChainHash(bytes: row.blob(2))
    stampCounter = UInt16(truncatingIfNeeded: row.integer(3))
    record = ULID(bytes: row.blob(4))
    sealed = row.blob(5)
  }
}

extension HubStore {
  /// The chain hash at one point of a replica's log.
  func logHash(_ replica: ReplicaID, at counter: Counter) throws -> ChainHash? {
    if counter == .none { return ChainHash.none }
    let bytes = try db.first(
      "SELECT hash FROM log WHERE replica = ? AND counter = ?", .replica(replica),
      .counter(counter)
    ) { $0.blob(0) }
    return bytes.flatMap { ChainHash(bytes: $0) }
  }

  func appendToLog(
    _ replica: ReplicaID, _ head: LogHead, _ taken: Taken, _ sealed: [UInt8]
  ) throws {
    let plain = try plainEdit(of: taken, sealed)
    try db.run(
      "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, packed(?))", .replica(replica),
      .counter(head.counter), .blob(taken.edit.bytes), .blob(head.hash.bytes),
      .integer(Int64(plain?.stampCounter ?? 0)),
      plain.map { .blob($0.changes[0].record.bytes) } ?? .null,
      plain == nil ? .blob(sealed) : .null)
  }

  /// The edit, if these bytes can be made from the history: it has the change, and there is nothing else to
  /// them.
  private func plainEdit(of taken: Taken, _ sealed: [UInt8]) throws -> Edit? {
    if let content = taken.content { return HubStore.plain(content, sealed) }
    // One that arrives a second time stands there since the first.
    guard taken.receipt.isDuplicate, taken.receipt.position != nil,
      let plain = (try? Edit(decoding: sealed)).flatMap({ HubStore.plain($0, sealed) }),
      try historyBytes(plain) == sealed
    else { return nil }
    return plain
  }

  /// The edit, if these bytes are nothing but one change and what every edit has.
  private static func plain(_ edit: Edit, _ sealed: [UInt8]) -> Edit? {
    guard edit.changes.count == 1 else { return nil }
    let plain = Edit(id: edit.id, stampCounter: edit.stampCounter, changes: edit.changes)
    return plain.encoded() == sealed ? plain : nil
  }

  /// The bytes that arrived first at a place of a log; nil where the hub never kept them.
  func sealedBytes(at dot: Dot) throws -> [UInt8]? {
    let entry = try db.first(
      "SELECT \(LoggedEdit.columns) FROM log WHERE replica = ? AND counter = ?",
      .replica(dot.replica), .counter(dot.counter), body: LoggedEdit.init)
    guard let entry, entry.record != nil || !entry.sealed.isEmpty else { return nil }
    return try sealedBytes(of: entry)
  }

  /// What the laptop sealed; nil where the hub has lost it.
  func sealedBytes(
    of entry: LoggedEdit, lookingInArchives: Bool = true
  ) throws -> [UInt8]? {
    guard let id = entry.edit, let record = entry.record else { return entry.sealed }
    return try historyBytes(
      of: id, record, stampCounter: entry.stampCounter, lookingInArchives: lookingInArchives)
  }

  private func historyBytes(_ plain: Edit) throws -> [UInt8]? {
    try historyBytes(of: plain.id, plain.changes[0].record, stampCounter: plain.stampCounter)
  }

  private func historyBytes(
    of id: EditID, _ record: RecordID, stampCounter: UInt16, lookingInArchives: Bool = true
  ) throws -> [UInt8]? {
    let key = try db.first("SELECT position, replica FROM edits WHERE id = ?", .blob(id.bytes)) {
      HistoryKey(position: $0.position(0), record: record, replica: $0.replica(1))
    }
    guard let key, let change = try changeBytes(of: key, lookingInArchives: lookingInArchives)
    else { return nil }
    return try Edit(
      id: id, stampCounter: stampCounter, changes: [Change(decoding: change)]
    ).encoded()
  }
}
