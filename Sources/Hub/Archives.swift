// The archives of a hub: which there are, and what they know of a record.
//
// Syncs need none of them: whatever merging, feeds and verdicts read stays in the database
// (`HistoryPruning`). Who asks for the past is answered from both, and told where an archive is missing.
// Nothing is ever made up for what cannot be read.

import Storage
import SyncCore
import Wire

/// A file beside the database that holds a piece of the history.
public struct Archive: Hashable, Sendable {
  /// It holds every accepted change after this position …
  public var after: Position
  /// … up to this one.
  public var last: Position
  public var name: String
  public var entries: Int
  public var bytes: Int64
  public var madeAt: Moment
}

/// Everything that was ever accepted for one record, as far as it can be read.
struct RecordPast {
  struct Entry {
    var change: ArchivedChange
    /// The name of the archive that it was read from; nil: the database.
    var archive: String?
  }

  /// In the order of commits.
  var entries: [Entry] = []
  /// What could not be read.
  var faults: [ArchiveFault] = []
}

extension HubStore {
  /// All archives, oldest first.
  public func archives() throws -> [Archive] {
    try db.all("SELECT after, last, name, entries, bytes, made_at FROM archives ORDER BY last") {
      Archive(
        after: $0.position(0), last: $0.position(1), name: $0.text(2), entries: $0.int(3),
        bytes: $0.integer(4), madeAt: $0.moment(5))
    }
  }

  /// The history up to here is archived.
  public func archivedThrough() throws -> Position {
    try db.first("SELECT coalesce(max(last), 0) FROM archives") { $0.position(0) } ?? .start
  }

  func archivePath(_ name: String) -> String { "\(HubFolder.parent(of: db.path))/\(name)" }

  func open(_ archive: Archive) throws(ArchiveFault) -> ArchiveFile {
    let file = try ArchiveFile(archivePath(archive.name), vfs: db.vfs)
    guard file.head.after == archive.after, file.head.last == archive.last else {
      throw ArchiveFault(name: archive.name, reason: "it holds other positions than it should")
    }
    return file
  }

  /// - Parameter last: what is later is not asked for.
  func past(of record: RecordID, through last: Position? = nil) throws -> RecordPast {
    var past = RecordPast()
    past.entries = try db.all(
      """
      SELECT \(HubStore.historyColumns) FROM history WHERE record = ? AND position <= ?
      ORDER BY position, replica
      """, .id(record), .position(last ?? Position(UInt64(Int64.max)))
    ) { RecordPast.Entry(change: try HubStore.archivedChange($0)) }
    // Of what stands in both, the database's is the later word.
    let standing = Set(past.entries.map(\.change.key))
    for archive in try archives() where last.map({ archive.after < $0 }) ?? true {
      do {
        let file = try open(archive)
        for change in try file.changes(of: record)
        where !standing.contains(change.key) && (last.map { change.position <= $0 } ?? true) {
          past.entries.append(RecordPast.Entry(change: change, archive: archive.name))
        }
      } catch {
        past.faults.append(error)
      }
    }
    past.entries.sort { $0.change.key < $1.change.key }
    return past
  }

  /// What was accepted for a record up to a position, the latest first. It is asked in the middle of a
  /// merge, which no archive may hold up: one that cannot be read is passed over.
  func changes(of record: RecordID, backFrom last: Position) throws -> [Change] {
    if try last < archivedThrough() {
      return try past(of: record, through: last).entries.reversed().map {
        try Change(decoding: $0.change.change)
      }
    }
    return try db.all(
      "SELECT change FROM history WHERE record = ? AND position <= ? ORDER BY position DESC",
      .id(record), .position(last)
    ) { try Change(decoding: $0.blob(0)) }
  }

  /// The bytes of one change; nil where the hub has lost them.
  func changeBytes(of key: HistoryKey, lookingInArchives: Bool = true) throws -> [UInt8]? {
    let live = try db.first(
      "SELECT change FROM history WHERE record = ? AND position = ? AND replica = ?",
      .id(key.record), .position(key.position), .replica(key.replica)
    ) { $0.blob(0) }
    guard live == nil, lookingInArchives else { return live }
    for archive in try archives() where archive.after < key.position && key.position <= archive.last
    {
      let changes = try? open(archive).changes(of: key.record)
      return changes?.first { $0.key == key }?.change
    }
    return nil
  }
}
