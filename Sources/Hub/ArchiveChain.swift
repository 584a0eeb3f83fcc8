// The piece of the history's chain that an archive holds, followed by itself or by the hub's checkpoints.
//
// Changes lie in an archive by record; the chain goes by position. So they are read once, each is made a
// link, and the links are sorted: some fifty bytes for each change, and never more than one archive's.

import Digest
import Storage
import SyncCore
import Wire

/// A link of the chain, by the place it has there.
struct HistoryLink {
  var key: HistoryKey
  var bytes: [UInt8]
}

/// Follows the history from one checkpoint to the next.
struct ChainWalk {
  var hash = ChainHash.none
  var audit: Int64 = 0

  mutating func add(_ link: HistoryLink) { hash = hash.appending(link.bytes) }

  /// After the changes up to a checkpoint comes the head of the audit log, where that has moved.
  mutating func add(audit number: Int64, _ hash: ChainHash?) {
    guard number > audit, let hash else { return }
    self.hash = self.hash.appending(hash.bytes)
    audit = number
  }
}

extension ArchiveFile {
  /// All links, in the chain's order; `body` sees each change on the way, by record.
  func links(_ body: (ArchivedChange) throws -> Void = { _ in }) throws -> [HistoryLink] {
    var links: [HistoryLink] = []
    links.reserveCapacity(head.entries)
    try each { change in
      links.append(HistoryLink(key: change.key, bytes: HubStore.link(change)))
      try body(change)
    }
    links.sort { $0.key < $1.key }
    return links
  }

  /// Follows the archive's own chain, from the hash it begins with to the one it ends with.
  ///
  /// - Throws: `ArchiveFault` where they do not meet, or a change lies outside.
  func verify() throws {
    var rest = try links()[...]
    var walk = ChainWalk(hash: head.afterHash, audit: head.afterAudit)
    if let first = rest.first, first.key.position <= head.after { throw broken(first.key.position) }
    for point in try points() {
      while let link = rest.first, link.key.position <= point.position {
        walk.add(link)
        rest.removeFirst()
      }
      walk.add(audit: point.audit, point.auditHash)
      guard walk.hash == point.hash else { throw broken(point.position) }
    }
    guard rest.isEmpty, walk.hash == head.lastHash else { throw broken(head.last) }
  }

  private func broken(_ position: Position) -> ArchiveFault {
    ArchiveFault(name: name, reason: "its chain breaks at position \(position.rawValue)")
  }
}

extension ArchivedChange {
  var key: HistoryKey { HistoryKey(position: position, record: record, replica: replica) }
}

extension HubStore {
  static func link(_ change: ArchivedChange) -> [UInt8] {
    link(
      change.key, collection: Int64(change.collection.rawValue),
      time: Int64(bitPattern: change.time.rawValue), change: change.change,
      refused: change.refused, user: change.user, skew: change.skew)
  }

  /// What `archivedChange` reads.
  static let historyColumns =
    "record, position, replica, collection, time, change, refused, is_disturbed, user, skew"

  /// A row of the history, as an archive keeps it.
  static func archivedChange(_ row: Statement) throws -> ArchivedChange {
    ArchivedChange(
      record: try row.id(0), position: row.position(1), replica: row.replica(2),
      collection: CollectionID(UInt32(clamping: row.integer(3))),
      time: HybridTimestamp(rawValue: row.bits(4)), change: row.blob(5), refused: row.blob(6),
      isDisturbed: row.bool(7), user: row.optionalText(8),
      skew: row.isNull(9) ? nil : row.integer(9))
  }
}
