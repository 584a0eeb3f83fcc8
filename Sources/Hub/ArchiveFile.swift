// An archive, read: the changes of one record, or all of them.
//
// It is opened when it is needed and let go of afterwards; nothing is kept in memory. Every block has a
// digest, which is compared before a word of it is believed: a damaged archive is told of and never
// guessed at. Nothing is written here.

import Digest
import Storage
import SyncCore
import Wire

/// An archive cannot be used: it is not there, or it is not what it was.
public struct ArchiveFault: Error, Hashable, Sendable {
  public internal(set) var name: String
  public internal(set) var reason: String
}

struct ArchiveFile {
  /// What an archive says of itself.
  struct Head: Hashable {
    var workspace: String
    var after: Position
    var last: Position
    var afterHash: ChainHash
    var afterAudit: Int64
    var lastHash: ChainHash
    var entries: Int
  }

  /// A point that the chain passes through.
  struct Point: Hashable {
    var position: Position
    var hash: ChainHash
    var audit: Int64
    /// Of that entry of the audit log.
    var auditHash: ChainHash
  }

  let name: String
  let head: Head
  private let db: Connection

  /// - Throws: `ArchiveFault`, and nothing else.
  init(_ path: String, vfs: String?) throws(ArchiveFault) {
    let name = ArchiveFile.name(of: path)
    do {
      let db = try Connection(path: path, access: .readOnly, vfs: vfs)
      let head = try ArchiveFile.head(in: db)
      guard let head else {
        throw StorageError.corrupt(reason: "it is no archive, or not all of one")
      }
      (self.name, self.head, self.db) = (name, head, db)
    } catch let error {
      throw ArchiveFault(name: name, reason: ArchiveFile.words(error))
    }
  }

  static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// Nil where the file is another thing, or was never finished.
  static func head(in db: Connection) throws -> Head? {
    let isArchive = try db.first("PRAGMA application_id") { $0.int(0) }
    guard isArchive == Int(ArchiveTables.applicationID) else { return nil }
    return try db.first(
      """
      SELECT workspace, after, last, after_hash, after_audit, last_hash, entries, version
      FROM archive
      """
    ) { row in
      guard row.int(7) == ArchiveTables.version, let after = ChainHash(bytes: row.blob(3)),
        let last = ChainHash(bytes: row.blob(5))
      else { return nil }
      return Head(
        workspace: row.text(0), after: row.position(1), last: row.position(2), afterHash: after,
        afterAudit: row.integer(4), lastHash: last, entries: row.int(6))
    } ?? nil
  }

  private static func words(_ error: any Error) -> String {
    switch error {
    case StorageError.cannotOpen: "it is not there, or cannot be opened"
    case StorageError.corrupt(let reason): reason
    case let error as ArchiveFault: error.reason
    default: "\(error)"
    }
  }

  // MARK: Reading

  /// The accepted changes of one record, in the order of commits.
  func changes(of record: RecordID) throws(ArchiveFault) -> [ArchivedChange] {
    let id = Binding.id(record)
    return try faulting {
      let blocks = try db.all(
        "SELECT bytes, digest, unpacked(packed) FROM blocks WHERE first <= ? AND last >= ? ORDER BY number",
        id, id, body: block)
      return blocks.flatMap(\.changes).filter { $0.record == record }
    }
  }

  /// Every change, sorted by record.
  func each(_ body: (ArchivedChange) throws -> Void) throws {
    var count = 0
    try faulting {
      try db.each("SELECT bytes, digest, unpacked(packed) FROM blocks ORDER BY number") { row in
        let block = try block(row)
        count += block.changes.count
        for change in block.changes { try body(change) }
      }
    }
    guard count == head.entries else {
      throw ArchiveFault(name: name, reason: "it has \(count) entries, and says \(head.entries)")
    }
  }

  func points() throws(ArchiveFault) -> [Point] {
    try faulting {
      try db.all("SELECT position, hash, audit, audit_hash FROM checkpoints ORDER BY position") {
        guard let hash = ChainHash(bytes: $0.blob(1)), let audit = ChainHash(bytes: $0.blob(3))
        else { throw StorageError.corrupt(reason: "a checkpoint has no hash") }
        return Point(position: $0.position(0), hash: hash, audit: $0.integer(2), auditHash: audit)
      }
    }
  }

  func byteCount() throws(ArchiveFault) -> Int64 {
    try faulting {
      try db.first("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size") {
        $0.integer(0)
      } ?? 0
    }
  }

  private func block(_ row: Statement) throws -> ArchiveBlock {
    let bytes = row.blob(2)
    guard bytes.count == row.int(0), Digest.hash128(bytes) == row.blob(1) else {
      throw StorageError.corrupt(reason: "a block of it is damaged")
    }
    return try ArchiveBlock(decoding: bytes)
  }

  private func faulting<T>(_ body: () throws -> T) throws(ArchiveFault) -> T {
    do {
      return try body()
    } catch let error {
      throw ArchiveFault(name: name, reason: ArchiveFile.words(error))
    }
  }
}
