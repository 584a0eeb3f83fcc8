// The feed: what a replica has to hear, in position order, and the pages it comes in.
//
// One row per (scope, root): where the root last changed, and since when the scope has it. A pull
// reads the rows after its cursor and sends the records of each root that changed after it – all of
// them where the root was granted after the cursor. Records that change while a pull is under way
// move to the end of the feed and appear again later in the same pull; the last page is cut at the
// head, so what becomes visible on the laptop is the hub's state at exactly one position (I9).

import Digest
import Storage
import SyncCore
import Wire

struct Feed {
  let store: HubStore

  /// One page of a pull.
  struct Page {
    var records: [RecordImage] = []
    var departed: [RecordID] = []
    var undisturbed: [Undisturbed] = []
    /// Nil: the cut is complete at the head.
    var next: FeedToken?

    var count: Int { records.count + departed.count + undisturbed.count }
  }

  private struct Root {
    var id: RecordID
    var position: Position
    var grantedAt: Position
    var collections: Int64

    func holds(_ collection: CollectionID) -> Bool {
      collections & HubStore.bit(of: collection) != 0
    }
  }

  /// - Parameter replica: its own undisturbed changes are named and not sent.
  func page(_ token: FeedToken, for replica: ReplicaID, recordsMax: Int) throws -> Page {
    var page = Page()
    var token = token
    while true {
      let roots = try roots(after: token, limit: recordsMax)
      for root in roots {
        let isResumed = token.partial == root.id && token.partialPosition == root.position
        let skip = isResumed ? token.skip : 0
        for (index, item) in try items(of: root, in: token, for: replica).enumerated() {
          if index < skip { continue }
          if page.count >= recordsMax {
            (token.partial, token.partialPosition, token.skip) = (root.id, root.position, index)
            page.next = token
            return page
          }
          page.append(item)
        }
        (token.position, token.root) = (root.position, root.id)
      }
      if roots.count < recordsMax { return page }
    }
  }

  private func roots(after token: FeedToken, limit: Int) throws -> [Root] {
    try store.db.all(
      """
      SELECT root, position, granted_at, collections FROM feed
      WHERE scope = ? AND (position, root) > (?, ?) ORDER BY position, root LIMIT ?
      """, .integer(HubStore.workspaceScope), .position(token.position),
      // No root of our own sorts after the letter z: without one, the whole position is behind us.
      .text(token.root?.description ?? "z"), .count(limit)
    ) {
      Root(
        id: try $0.id(0), position: $0.position(1), grantedAt: $0.position(2),
        collections: $0.integer(3))
    }
  }

  // MARK: Records of one root

  private func items(
    of root: Root, in token: FeedToken, for replica: ReplicaID
  ) throws -> [Page.Item] {
    let cursor = token.from
    // A laptop that had nothing has nothing to lose, but what went after its pull began: that may
    // have been on an earlier page.
    let departedAfter =
      cursor == .start ? token.began : root.grantedAt > cursor ? .start : cursor
    if try store.isDeleted(root.id) {
      guard root.position > departedAfter else { return [] }
      return try [.departed(root.id)] + arrived(in: root, after: departedAfter)
    }
    let from = root.grantedAt > cursor ? Position.start : cursor
    var items: [Page.Item] = []
    for collection in store.schema.collections where root.holds(collection.id) {
      try items.append(contentsOf: alive(of: root, collection, after: from, replica, cursor))
    }
    items.append(contentsOf: try departed(of: root, after: departedAfter))
    return items
  }

  private func alive(
    of root: Root, _ collection: CollectionSchema, after from: Position, _ replica: ReplicaID,
    _ cursor: Position
  ) throws -> [Page.Item] {
    guard let table = store.table(collection.id) else { return [] }
    // A root's own row is found by its identity; its children by the index on (root, as_of).
    let key = collection.rootField == nil ? "id" : "root"
    return try store.db.all(
      table.selectSQL + " WHERE \(key) = ? AND as_of > ? ORDER BY id", .id(root.id),
      .position(from)
    ) { row -> Page.Item in
      let found = try table.row(row)
      // Of a root that comes back whole an earlier page of this pull may have said that it is gone.
      if from > .start, try isUndisturbed(found.id, since: cursor, for: replica) {
        return .undisturbed(
          Undisturbed(record: found.id, asOf: found.asOf, updatedAt: found.updatedAt))
      }
      return .record(
        RecordImage(
          record: found.id, collection: collection.id, asOf: found.asOf, values: found.values,
          updatedAt: found.updatedAt))
    }
  }

  /// Whether all that happened to the record since the cursor are this replica's own changes, and
  /// each came out as its author shows it.
  private func isUndisturbed(
    _ record: RecordID, since cursor: Position, for replica: ReplicaID
  ) throws -> Bool {
    try store.db.first(
      """
      SELECT count(*), sum(replica <> ?1 OR is_disturbed) FROM history
      WHERE record = ?2 AND position > ?3
      """, .replica(replica), .id(record), .position(cursor)
    ) { $0.integer(0) > 0 && $0.integer(1) == 0 } ?? false
  }

  /// Records that came to a root before it was deleted: a laptop may know them as another root's.
  private func arrived(in root: Root, after from: Position) throws -> [Page.Item] {
    try store.schema.collections.flatMap { collection -> [Page.Item] in
      guard collection.rootField != nil, root.holds(collection.id) else { return [] }
      return try store.db.all(
        "SELECT id FROM \"\(collection.name)\" WHERE root = ? AND as_of > ? ORDER BY id",
        .id(root.id), .position(from)
      ) { .departed(try $0.id(0)) }
    }
  }

  private func departed(of root: Root, after from: Position) throws -> [Page.Item] {
    try store.db.all(
      "SELECT record FROM graveyard WHERE root = ? AND position > ? ORDER BY record",
      .id(root.id), .position(from)
    ) { .departed(try $0.id(0)) }
  }
}

extension Feed.Page {
  enum Item {
    case record(RecordImage)
    case departed(RecordID)
    case undisturbed(Undisturbed)
  }

  mutating func append(_ item: Item) {
    switch item {
    case .record(let image): records.append(image)
    case .departed(let id): departed.append(id)
    case .undisturbed(let change): undisturbed.append(change)
    }
  }
}

extension HubStore {
  /// The collection's bit in `feed.collections`. Those beyond the 62nd share one.
  fileprivate static func bit(of collection: CollectionID) -> Int64 {
    1 << Int64(min(collection.rawValue, 62))
  }

  /// A record of the root changed at `position`.
  ///
  /// - Parameter isWhole: the scope has the root only since now: all its records are news.
  func touchFeed(
    root: RecordID, position: Position, collection: CollectionID, isWhole: Bool
  ) throws {
    try db.run(
      """
      INSERT INTO feed VALUES (?1, ?2, ?3, ?3, ?4)
      ON CONFLICT (scope, root) DO UPDATE SET
        position = ?3, collections = collections | ?4,
        granted_at = CASE WHEN ?5 THEN ?3 ELSE granted_at END
      """, .integer(HubStore.workspaceScope), .id(root), .position(position),
      .integer(HubStore.bit(of: collection)),
      .integer(isWhole ? 1 : 0))
  }
}
