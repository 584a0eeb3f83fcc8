// What an audit makes of an archive: its links, and what they have to agree with in the database.
//
// One archive is read once, from its first block to its last. On the way every change is held against
// the row that still stands in the database, if one does; and where a laptop's log has kept only the
// place of an edit, the digest of its bytes is worked out here, so that the log is followed without
// looking into the archives again for each of its edits.

import Digest
import Storage
import SyncCore
import Wire

extension AuditCheck {
  /// - Throws: `ArchiveFault` where it is missing or damaged.
  mutating func linksOf(_ archive: Archive) throws -> [HistoryLink] {
    let file = try store.open(archive)
    var edits: [EditID: [UInt8]] = [:]
    var differing: [HistoryKey] = []
    let links = try file.links { change in
      if let live = try store.liveLink(change.key), live != HubStore.link(change) {
        differing.append(change.key)
      }
      if let (id, digest) = try store.plainEdit(of: change) { edits[id] = digest }
    }
    if let key = links.first?.key, key.position <= archive.after {
      throw ArchiveFault(name: archive.name, reason: "it holds what is before its beginning")
    }
    archivedEdits.merge(edits) { $1 }
    for key in differing {
      found(.history, "position \(key.position.rawValue): is not what was archived")
    }
    try checkPositions(of: archive, links)
    return links
  }

  /// What was accepted has a change, and what stands in the database is in the archive.
  private mutating func checkPositions(of archive: Archive, _ links: [HistoryLink]) throws {
    let (after, last) = (Binding.position(archive.after), Binding.position(archive.last))
    let positions = Set(links.map(\.key.position))
    let edits = try store.db.all(
      "SELECT position FROM edits WHERE position > ? AND position <= ? ORDER BY position", after,
      last
    ) { $0.position(0) }
    for position in edits where !positions.contains(position) {
      found(.history, "position \(position.rawValue): was accepted and has no history")
    }
    let keys = Set(links.map(\.key))
    let standing = try store.db.all(
      "SELECT record, position, replica FROM history WHERE position > ? AND position <= ?", after,
      last
    ) { HistoryKey(position: $0.position(1), record: try $0.id(0), replica: $0.replica(2)) }
    for key in standing.sorted() where !keys.contains(key) {
      found(.history, "position \(key.position.rawValue): stands here and was never archived")
    }
  }

  /// Nothing can be said of an edit whose archive is lost; that it is lost was told once.
  func isInLostArchive(_ edit: EditID) throws -> Bool {
    if lostArchives.isEmpty { return false }
    let position = try store.db.first(
      "SELECT position FROM edits WHERE id = ?", .blob(edit.bytes)
    ) { $0.position(0) }
    guard let position else { return false }
    return lostArchives.contains { $0.after < position && position <= $0.last }
  }
}

extension HubStore {
  fileprivate func liveLink(_ key: HistoryKey) throws -> [UInt8]? {
    try db.first(
      """
      SELECT \(HubStore.historyColumns) FROM history
      WHERE record = ? AND position = ? AND replica = ?
      """, .id(key.record), .position(key.position), .replica(key.replica)
    ) { HubStore.link(try HubStore.archivedChange($0)) }
  }

  /// The edit that is nothing but this change, if a log has kept only its place, and the digest of its
  /// bytes.
  fileprivate func plainEdit(of change: ArchivedChange) throws -> (EditID, [UInt8])? {
    guard change.replica != .hub else { return nil }
    let entry = try db.first(
      """
      SELECT l.counter, l.edit, l.hash, l.stamp, l.record, l.sealed
      FROM edits e JOIN log l ON l.replica = e.replica AND l.counter = e.counter
      WHERE e.position = ? AND e.replica = ?
      """, .position(change.position), .replica(change.replica), body: LoggedEdit.init)
    guard let entry, entry.record == change.record, let id = entry.edit else { return nil }
    let edit = Edit(
      id: id, stampCounter: entry.stampCounter, changes: [try Change(decoding: change.change)])
    return (id, Digest.hash128(edit.encoded()))
  }
}
