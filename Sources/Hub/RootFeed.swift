// Where one root stands in the feeds of the scopes that have it, and of those that had it.
//
// One row per (root, scope). A root that changes moves to the head in every scope that has it; one
// that changes hands leaves a row behind that says where it left, and its records are not touched.
// Rows are read and written once per edit, whatever it does to the root (`HubStore.transaction`).

import Digest
import Storage
import SyncCore

struct RootFeed {
  struct Entry {
    var scope: ScopeID
    /// Where the root last changed; once it is gone, where it left.
    var position: Position
    /// When the scope had the root for the first time.
    var firstAt: Position
    /// Since when it has it; laptops whose cut is older are sent all of it.
    var grantedAt: Position
    /// The one scope that the root belongs to by itself.
    var isHome: Bool
    var isGone: Bool
    /// Not on the disk as it stands here.
    var isChanged: Bool
  }

  let root: RecordID
  var entries: [Entry]
  /// Over (record, as-of) of the root's living records.
  var digest: SetDigest
  /// Bit n: the root has records in collection n.
  var collections: Int64
  /// Whether the root itself lives; of a deleted one no scope shows anything.
  var isAlive: Bool

  var home: Entry? { entries.first(where: \.isHome) }

  /// Every scope that has it, also the one that has everything.
  var scopes: [ScopeID] {
    entries.filter { !$0.isGone }.map(\.scope) + (home == nil ? [] : [HubStore.everything])
  }

  subscript(scope: ScopeID) -> Entry? { entries.first { $0.scope == scope } }

  /// The root changed: it is news wherever it is.
  mutating func touch(at position: Position) {
    for index in entries.indices where !entries[index].isGone {
      entries[index].position = position
      entries[index].isChanged = true
    }
  }

  /// Another set of records altogether, as far as laptops know: they are sent all of it.
  mutating func grantAnew(at position: Position) {
    for index in entries.indices {
      entries[index].grantedAt = position
      entries[index].isChanged = true
    }
  }

  mutating func enter(_ scope: ScopeID, at position: Position, isHome: Bool) {
    let entry = Entry(
      scope: scope, position: position, firstAt: self[scope]?.firstAt ?? position,
      grantedAt: position, isHome: isHome, isGone: false, isChanged: true)
    if let index = entries.firstIndex(where: { $0.scope == scope }) {
      entries[index] = entry
    } else {
      entries.append(entry)
    }
  }

  /// The same, once it is on the disk.
  var written: RootFeed {
    var feed = self
    for index in entries.indices { feed.entries[index].isChanged = false }
    return feed
  }

  mutating func leave(_ scope: ScopeID, at position: Position) {
    guard let index = entries.firstIndex(where: { $0.scope == scope && !$0.isGone }) else { return }
    entries[index].position = position
    entries[index].isGone = true
    entries[index].isHome = false
    entries[index].isChanged = true
  }
}

extension HubStore {
  /// The collection's bit in `feed.collections`. Those beyond the 62nd share one.
  static func bit(of collection: CollectionID) -> Int64 {
    1 << Int64(min(collection.rawValue, 62))
  }

  // MARK: Reading and writing

  func rootFeed(_ root: RecordID) throws -> RootFeed {
    if let known = rootFeeds[root] ?? atHand?.feed(of: root) { return known }
    var feed = RootFeed(
      root: root, entries: [], digest: SetDigest(), collections: 0, isAlive: try !isDeleted(root))
    try db.each(
      """
      SELECT scope, position, first_at, granted_at, is_home, is_gone, collections, digest
      FROM feed WHERE root = ?
      """, .id(root)
    ) { row in
      let entry = RootFeed.Entry(
        scope: row.integer(0), position: row.position(1), firstAt: row.position(2),
        grantedAt: row.position(3), isHome: row.bool(4), isGone: row.bool(5), isChanged: false)
      feed.entries.append(entry)
      guard entry.isHome else { return }
      feed.collections = row.integer(6)
      guard let digest = SetDigest(bytes: row.blob(7)) else {
        throw StorageError.corrupt(reason: "root \(root) has no digest")
      }
      feed.digest = digest
    }
    atHand?.keep(feed)
    return feed
  }

  /// Changes where a root stands, and with it the digests of every scope that shows it.
  ///
  /// - Parameter wasAlive: whether the root lived, where its row or grave tells of a later state.
  func changeFeed(
    of root: RecordID, wasAlive: Bool? = nil, _ body: (inout RootFeed) throws -> Void
  ) throws {
    var before = try rootFeed(root)
    if let wasAlive { before.isAlive = wasAlive }
    var after = before
    try body(&after)
    if before.home?.scope != after.home?.scope { writtenRoots.insert(root) }
    if before.isAlive {
      for scope in before.scopes { digestChanges.remove(before.digest, from: scope) }
    }
    if after.isAlive {
      for scope in after.scopes { digestChanges.add(after.digest, to: scope) }
    }
    rootFeeds[root] = after
  }

  /// Writes the rows that the transaction changed, and forgets them.
  func flushFeeds() throws {
    guard !rootFeeds.isEmpty else { return }
    for feed in rootFeeds.values.sorted(by: { $0.root < $1.root }) {
      for entry in feed.entries where entry.isChanged {
        news.scopes.insert(entry.scope)
        if entry.isHome { news.scopes.insert(HubStore.everything) }
        try db.run(
          """
          INSERT INTO feed VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
          ON CONFLICT (root, scope) DO UPDATE SET position = ?3, granted_at = ?5, is_home = ?6,
            is_gone = ?7, collections = ?8, digest = ?9
          """, .id(feed.root), .integer(entry.scope), .position(entry.position),
          .position(entry.firstAt), .position(entry.grantedAt), .integer(entry.isHome ? 1 : 0),
          .integer(entry.isGone ? 1 : 0), .integer(feed.collections), .blob(feed.digest.bytes))
      }
      atHand?.keep(feed.written)
    }
    rootFeeds.removeAll(keepingCapacity: true)
  }

  // MARK: A record moved

  /// Tells the feed of a record that was just written.
  ///
  /// - Parameters:
  ///   - record: as it is now, with `storedAsOf` and `storedRoot` as they were.
  ///   - home: where its root belongs, if the record is that root and says so.
  func noteInFeed(
    _ record: HubRecord, wasAlive: Bool, isAlive: Bool, home: ScopeName?
  ) throws {
    if record.storedRoot != record.root { try leaveRoot(record, wasAlive: wasAlive) }
    writtenRoots.insert(record.root)
    let homeID = try home.map { try scope($0) }
    var hasMoved = false
    try changeFeed(of: record.root, wasAlive: record.isRoot ? wasAlive : nil) { feed in
      if wasAlive && record.storedRoot == record.root {
        feed.digest.remove(record: record.id, asOf: record.storedAsOf)
      }
      if isAlive { feed.digest.add(record: record.id, asOf: record.asOf) }
      feed.collections |= HubStore.bit(of: record.schema.id)
      feed.touch(at: record.asOf)
      guard record.isRoot else { return }
      feed.isAlive = isAlive
      if isAlive && record.presence == .deleted { feed.grantAnew(at: record.asOf) }
      if let homeID, feed.home?.scope != homeID {
        if let old = feed.home { feed.leave(old.scope, at: record.asOf) }
        feed.enter(homeID, at: record.asOf, isHome: true)
        hasMoved = true
      }
    }
    // A customer's conflicts have it as their root; others have a home of their own.
    if hasMoved, let home, record.schema.rootField != nil {
      try moveCases(about: record.id, to: home, at: record.asOf)
    }
  }

  /// What a record left is news too: who holds the old root and not the new one must let it go, and
  /// a pull that stopped among the old root's records must not go on by number.
  private func leaveRoot(_ record: HubRecord, wasAlive: Bool) throws {
    writtenRoots.insert(record.storedRoot)
    let wasRootAlive = record.storedRoot == record.id ? wasAlive : nil
    try changeFeed(of: record.storedRoot, wasAlive: wasRootAlive) { feed in
      if wasAlive { feed.digest.remove(record: record.id, asOf: record.storedAsOf) }
      feed.touch(at: record.asOf)
      guard record.storedRoot == record.id else { return }
      // It was a root itself, and is one no longer.
      for scope in feed.entries.filter({ !$0.isGone }).map(\.scope) {
        feed.leave(scope, at: record.asOf)
      }
    }
    try db.run(
      "DELETE FROM moved WHERE root = ? AND record = ?", .id(record.root), .id(record.id))
    try db.run(
      "UPDATE moved SET current = ? WHERE record = ?", .id(record.root), .id(record.id))
    try db.run(
      "INSERT OR REPLACE INTO moved VALUES (?, ?, ?, ?)", .id(record.storedRoot), .id(record.id),
      .position(record.asOf), .id(record.root))
  }
}
