// The feed: what a replica has to hear, in position order, and the pages it comes in.
//
// A pull walks over the roots of its scopes (`FeedWalk`) and sends the records of each root that
// changed after the cursor – all of them where the laptop did not hold the root there – and the names
// of roots that left. Records that change while a pull is under way move to the end of the feed and
// appear again later in the same pull; the last page is cut at the head, so what becomes visible on
// the laptop is the hub's state, as far as it may see it, at exactly one position (I8, I9).

import Storage
import SyncCore
import Wire

struct Feed {
  let store: HubStore
  let viewer: Viewer

  /// One page of a pull.
  struct Page {
    var records: [RecordImage] = []
    var departed: [RecordID] = []
    var undisturbed: [Undisturbed] = []
    /// Nil: the cut is complete at the head.
    var next: FeedToken?

    var count: Int { records.count + departed.count + undisturbed.count }
  }

  func page(_ token: FeedToken, recordsMax: Int) throws -> Page {
    var page = Page()
    var token = token
    let walk = FeedWalk(
      db: store.db, subscriptions: viewer.subscriptions, from: token.from, began: token.began)
    while true {
      let (steps, isLast) = try walk.steps(after: token.key, atMost: recordsMax)
      var rest = steps[...]
      while let first = rest.first {
        // Several scopes may have one root; it is told once.
        let same = rest.prefix { $0.root == first.root && $0.position == first.position }
        rest = rest.dropFirst(same.count)
        // What is told of a root that meanwhile left is another list, begun anew.
        let isLeaving = same.allSatisfy { $0.goneAt != nil }
        let isResumed =
          token.partial == first.root && token.partialPosition == first.position
          && token.partialNews == first.key.news && token.isLeaving == isLeaving
        let skip = isResumed ? token.skip : 0
        for (index, item) in try items(of: Array(same), in: token).enumerated() {
          if index < skip { continue }
          if page.count >= recordsMax {
            (token.partial, token.partialPosition) = (first.root, first.position)
            (token.partialNews, token.isLeaving, token.skip) = (first.key.news, isLeaving, index)
            page.next = token
            return page
          }
          page.append(item)
        }
        token.key = same.last?.key ?? first.key
        token.partial = nil
      }
      if isLast { return page }
    }
  }

  // MARK: One root

  private func items(of steps: [FeedWalk.Step], in token: FeedToken) throws -> [Page.Item] {
    guard let root = steps.first?.root else { return [] }
    let held = steps.filter { $0.goneAt == nil }
    guard let grantedAt = held.map(\.grantedAt).min() else {
      return try leaving(root, steps.compactMap(\.goneAt).max() ?? .start, in: token)
    }
    // Seen in two ways, it is seen in the clearer one.
    let veil = held.contains { $0.veil == nil } ? nil : held.first?.veil
    let from = try start(of: root, grantedAt: grantedAt, isVeiled: veil != nil, in: token)
    let departedAfter = token.from == .start ? token.began : from
    let collections = held.reduce(0) { $0 | $1.collections }
    if try store.isDeleted(root) {
      guard steps.contains(where: { $0.position > departedAfter }) else { return [] }
      return try [.departed(root)] + arrived(in: root, after: departedAfter)
    }
    var items: [Page.Item] = []
    for collection in store.schema.collections where collections.holds(collection.id) {
      try items.append(
        contentsOf: alive(
          of: root, collection, after: from, cursor: token.from,
          through: veil.map { viewer.veil.union($0) } ?? viewer.veil))
    }
    return try items + departed(of: root, after: departedAfter)
  }

  /// After which position records of the root are news: the cursor where the laptop held the root
  /// there, and has not been told in this very pull that it is gone; otherwise none is known to it.
  ///
  /// A laptop that had nothing has nothing to lose, and all of it is news. So it is for one that held
  /// the root in the clear, and now sees it through a veil.
  private func start(
    of root: RecordID, grantedAt: Position, isVeiled: Bool, in token: FeedToken
  ) throws -> Position {
    if token.from == .start || grantedAt <= token.from { return token.from }
    guard !isVeiled, grantedAt <= token.began,
      try store.held(root, at: token.from, by: viewer.subscriptions)
    else { return .start }
    return token.from
  }

  /// The root left what the laptop holds – unless it is there still by another way.
  private func leaving(
    _ root: RecordID, _ goneAt: Position, in token: FeedToken
  ) throws -> [Page.Item] {
    // A laptop that had nothing: only what went after its pull began may have been on a page of it.
    let departedAfter = token.from == .start ? token.began : token.from
    guard goneAt > departedAfter,
      try !store.shows(root, in: viewer.held), try !isUnderAnother(root)
    else { return [] }
    return try [.departed(root)] + arrived(in: root, after: departedAfter)
  }

  private func alive(
    of root: RecordID, _ collection: CollectionSchema, after from: Position, cursor: Position,
    through veil: Veil
  ) throws -> [Page.Item] {
    guard let table = store.table(collection.id),
      !veil.hiddenCollections.contains(collection.id)
    else { return [] }
    // A root's own row is found by its identity; its children by the index on (root, as_of).
    let key = collection.rootField == nil ? "id" : "root"
    return try store.db.all(
      table.selectSQL + " WHERE \(key) = ? AND as_of > ? ORDER BY id", .id(root), .position(from)
    ) { row -> Page.Item in
      let head = try table.head(row)
      // Of a root that comes back whole an earlier page of this pull may have said that it is gone.
      if from > .start, try isUndisturbed(head.id, since: cursor) {
        return .undisturbed(
          Undisturbed(record: head.id, asOf: head.asOf, updatedAt: head.updatedAt))
      }
      let found = try table.row(row)
      return .record(
        RecordImage(
          record: found.id, collection: collection.id, asOf: found.asOf,
          values: veil.veiled(found.values, of: collection), updatedAt: found.updatedAt))
    }
  }

  /// Whether all that happened to the record since the cursor are this replica's own changes, and
  /// each came out as its author shows it.
  private func isUndisturbed(_ record: RecordID, since cursor: Position) throws -> Bool {
    // Of what is archived, not every change stands here: who saw none of it is sent the whole record.
    try store.db.first(
      """
      SELECT count(*), sum(replica <> ?1 OR is_disturbed) FROM history
      WHERE record = ?2 AND position > ?3
        AND ?3 >= (SELECT coalesce(max(last), 0) FROM archives)
      """, .replica(viewer.replica), .id(record), .position(cursor)
    ) { $0.integer(0) > 0 && $0.integer(1) == 0 } ?? false
  }

  // MARK: Records that are no longer there

  /// Records that came to a root before it went: a laptop may know them as another root's.
  private func arrived(in root: RecordID, after from: Position) throws -> [Page.Item] {
    let moved = try store.db.all(
      "SELECT DISTINCT record FROM moved WHERE current = ? AND position > ? ORDER BY record",
      .id(root), .position(from)
    ) { try $0.id(0) }
    return moved.map { .departed($0) }
  }

  /// Records of the root that were deleted, or went to a root that this laptop does not hold.
  private func departed(of root: RecordID, after from: Position) throws -> [Page.Item] {
    let deleted = try store.db.all(
      "SELECT record FROM graveyard WHERE root = ? AND position > ? ORDER BY record",
      .id(root), .position(from)
    ) { try $0.id(0) }
    let moved = try store.db.all(
      "SELECT record FROM moved WHERE root = ? AND position > ? ORDER BY record",
      .id(root), .position(from)
    ) { try $0.id(0) }
    return try (deleted + moved.filter { try !isUnderAnother($0, than: root) }).map {
      .departed($0)
    }
  }

  /// Whether the record lives under a root that the laptop holds.
  private func isUnderAnother(_ record: RecordID, than root: RecordID? = nil) throws -> Bool {
    guard let schema = try store.collection(of: record),
      let found = try store.load(record, in: schema), found.isAlive,
      found.root != root ?? record
    else { return false }
    return try store.shows(found.root, in: viewer.held)
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

extension Int64 {
  /// Whether these bits of `feed.collections` have that of a collection.
  fileprivate func holds(_ collection: CollectionID) -> Bool {
    self & HubStore.bit(of: collection) != 0
  }
}
