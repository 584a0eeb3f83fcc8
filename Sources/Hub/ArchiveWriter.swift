// Writes one archive: the history between two checkpoints, packed, in a file beside the database.
//
// All of it is one transaction of the new file, so whatever ends the work leaves an empty file or a
// whole archive, and the same work done again takes up either. An archive that is there is never
// written to. Nothing is taken away from the history here, and nothing may be before the file has
// been read back and its chain followed.

import Digest
import Storage
import SyncCore
import Wire

/// What one archive is to hold.
struct ArchivePiece: Hashable {
  /// Both are checkpoints.
  var after: Checkpoint
  var last: Checkpoint
  var entries: Int

  var name: String {
    "history-\(after.position.rawValue + 1)-\(last.position.rawValue)-\(last.hash.text.prefix(8)).archive"
  }
}

struct ArchiveWriter {
  /// Larger ones pack little better, and all of one is unpacked for one record.
  static let blockBytes = 128 << 10

  let store: HubStore
  let piece: ArchivePiece
  let now: Moment

  /// Makes the archive, unless it is there; it is on the disk and checked when this returns.
  ///
  /// - Returns: its bytes.
  func write() throws -> Int64 {
    let path = store.archivePath(piece.name)
    if store.db.vfs == nil { try HubFolder.makePrivateFileIfAbsent(path) }
    let isMade = (try? ArchiveFile(path, vfs: store.db.vfs))?.head == head
    if !isMade { try make(path) }
    if store.db.vfs == nil {
      try HubFolder.syncFile(path)
      try HubFolder.syncFolder(HubFolder.parent(of: path))
    }
    let archive = try ArchiveFile(path, vfs: store.db.vfs)
    guard archive.head == head else { throw mistaken("it holds something else") }
    try archive.verify()
    return try archive.byteCount()
  }

  /// The file is closed when this returns.
  private func make(_ path: String) throws {
    let file = try Connection(path: path, vfs: store.db.vfs)
    // One file, which is read where nothing can be written. EXTRA: after a power cut no journal comes
    // back, which such a reader could not undo.
    _ = try file.first("PRAGMA journal_mode = DELETE") { $0.text(0) }
    try file.execute("PRAGMA synchronous = EXTRA")
    try file.transaction { if try !isThere(in: file) { try fill(file) } }
  }

  private var head: ArchiveFile.Head {
    ArchiveFile.Head(
      workspace: store.workspace, after: piece.after.position, last: piece.last.position,
      afterHash: piece.after.hash, afterAudit: piece.after.audit, lastHash: piece.last.hash,
      entries: piece.entries)
  }

  private func mistaken(_ reason: String) -> ArchiveFault {
    ArchiveFault(name: piece.name, reason: reason)
  }

  private func isThere(in file: Connection) throws -> Bool {
    let tables = try file.first("SELECT count(*) FROM sqlite_schema") { $0.int(0) } ?? 0
    if tables == 0 { return false }
    guard try ArchiveFile.head(in: file) == head else {
      throw mistaken("a file of that name is there, and is something else")
    }
    return true
  }

  // MARK: Filling

  private func fill(_ file: Connection) throws {
    try file.execute("PRAGMA application_id = \(ArchiveTables.applicationID)")
    try file.execute(ArchiveTables.contents)
    try file.run(
      "INSERT INTO archive VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      .count(ArchiveTables.version), .text(head.workspace), .position(head.after),
      .position(head.last), .blob(head.afterHash.bytes), .integer(head.afterAudit),
      .blob(head.lastHash.bytes), .count(head.entries), .moment(now), .text(ArchiveTables.format))
    try store.db.each(
      """
      SELECT c.position, c.hash, c.audit, coalesce(a.hash, zeroblob(16)) FROM checkpoints c
      LEFT JOIN audit a ON a.number = c.audit WHERE c.position > ? AND c.position <= ?
      ORDER BY c.position
      """, .position(head.after), .position(head.last)
    ) { row in
      try file.run(
        "INSERT INTO checkpoints VALUES (?, ?, ?, ?)", .position(row.position(0)),
        .blob(row.blob(1)), .integer(row.integer(2)), .blob(row.blob(3)))
    }
    try fillBlocks(of: file)
  }

  private func fillBlocks(of file: Connection) throws {
    var block = ArchiveBlock()
    var bytes = 0
    try store.db.each(
      """
      SELECT \(HubStore.historyColumns) FROM history WHERE position > ? AND position <= ?
      ORDER BY record, position, replica
      """, .position(head.after), .position(head.last)
    ) { row in
      let change = try HubStore.archivedChange(row)
      block.changes.append(change)
      bytes += change.change.count + change.refused.count + 40
      guard bytes >= ArchiveWriter.blockBytes else { return }
      try add(block, to: file)
      (block, bytes) = (ArchiveBlock(), 0)
    }
    if !block.changes.isEmpty { try add(block, to: file) }
  }

  private func add(_ block: ArchiveBlock, to file: Connection) throws {
    guard let first = block.changes.first, let last = block.changes.last else { return }
    let bytes = block.encoded()
    try file.run(
      """
      INSERT INTO blocks (first, last, entries, bytes, digest, packed)
      VALUES (?, ?, ?, ?, ?, packed(?))
      """,
      .id(first.record), .id(last.record), .count(block.changes.count), .count(bytes.count),
      .blob(Digest.hash128(bytes)), .blob(bytes))
  }
}
