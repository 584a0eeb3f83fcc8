// The next roots of a pull: several scopes read side by side, in one order.
//
// Each scope is read from where the pull stands, a batch at a time, and the batches are merged. A
// scope that was granted after the laptop's cursor is news as a whole at the position of the grant;
// one that was taken away is news the same way, as roots to let go. So a pull that stops anywhere,
// and rights that change meanwhile, leave nothing out: what changes later stands later in the order.

import Storage
import SyncCore

struct FeedWalk {
  /// One root of one scope.
  struct Step {
    var key: FeedKey
    var root: RecordID
    /// Where the row stands: once it moves, records of it that were sent are not known to be all.
    var position: Position
    /// Since when the laptop may have the root through this scope.
    var grantedAt: Position
    /// Bit n: the root has records in collection n.
    var collections: Int64
    /// Since when the scope, or the laptop, has it no longer; nil: it has.
    var goneAt: Position?
    /// What this scope hides of it.
    var veil: Veil?
  }

  /// A place in the index of a scope; text, so that there is one before and one behind all roots.
  private struct Place {
    var position: Position
    var root: String

    static func before(_ position: Position) -> Place { Place(position: position, root: "") }
    /// No identity sorts after the letter z.
    static func behind(_ position: Position) -> Place { Place(position: position, root: "z") }
    static func of(_ key: FeedKey) -> Place {
      Place(position: key.position, root: key.root?.description ?? "")
    }
    /// Among roots that became news where they stand.
    static func inOrder(_ key: FeedKey) -> Place {
      if key.position == key.news { return .of(key) }
      return key.position < key.news ? .before(key.news) : .behind(key.news)
    }
  }

  /// The fewest rows that are read of a scope at once.
  private static let batchMin = 32

  let db: Connection
  let subscriptions: [Subscription]
  /// The laptop's cursor, and the head when the pull began.
  let from: Position
  let began: Position

  /// The steps after a key, in order; and whether none is left behind them.
  func steps(after key: FeedKey, atMost limit: Int) throws -> (steps: [Step], isLast: Bool) {
    let batch = max(FeedWalk.batchMin, limit / max(subscriptions.count, 1) + 1)
    var steps: [Step] = []
    // Beyond the end of a batch that was cut short, nobody knows what else there is.
    var end: FeedKey?
    for subscription in subscriptions {
      let found = try read(subscription, after: key, limit: batch)
      steps += found
      if found.count >= batch, let last = found.last?.key { end = min(end ?? last, last) }
    }
    if let end { steps.removeAll { end < $0.key } }
    return (steps.sorted { $0.key < $1.key }, end == nil)
  }

  private func read(
    _ subscription: Subscription, after key: FeedKey, limit: Int
  ) throws -> [Step] {
    if let goneAt = subscription.goneAt {
      guard goneAt > (from == .start ? began : from), key.news <= goneAt else { return [] }
      let start = key.news == goneAt ? Place.of(key) : .before(.start)
      return try rows(of: subscription, after: start, limit: limit)
    }
    // A laptop that has nothing is sent all there is by age, as if it had been granted long ago.
    let isOld = from == .start && subscription.grantedAt <= began
    let grantedAt = isOld ? .start : subscription.grantedAt
    guard key.news <= grantedAt else {
      return try rows(of: subscription, after: .inOrder(key), limit: limit)
    }
    let start = key.news == grantedAt ? Place.of(key) : .before(.start)
    let block = try rows(
      of: subscription, after: start, upTo: grantedAt, news: grantedAt, limit: limit)
    if block.count >= limit { return block }
    return try block
      + rows(of: subscription, after: .behind(grantedAt), limit: limit - block.count)
  }

  /// - Parameter news: where the rows became news, if not where each of them stands.
  private func rows(
    of subscription: Subscription, after start: Place, upTo end: Position? = nil,
    news: Position? = nil, limit: Int
  ) throws -> [Step] {
    let isAll = subscription.scope == HubStore.everything
    let goneAt = subscription.goneAt
    // Of all homes together a root is at its present one, and may have come there after the scope went.
    let firstAt =
      isAll && goneAt != nil
      ? "(SELECT min(first_at) FROM feed AS any WHERE any.root = feed.root)" : "first_at"
    return try db.all(
      """
      SELECT root, position, granted_at, collections, is_gone FROM feed
      WHERE \(isAll ? "is_home = 1 AND ?1 = 0" : "scope = ?1") AND (position, root) > (?2, ?3)
        AND position <= ?4 AND \(firstAt) <= ?5
      ORDER BY position, root LIMIT ?6
      """, .integer(subscription.scope), .position(start.position), .text(start.root),
      end.map { .position($0) } ?? .integer(.max),
      goneAt.map { .position($0) } ?? .integer(.max), .count(limit)
    ) { row in
      let (root, position) = (try row.id(0), row.position(1))
      let leftAt = row.bool(4) ? position : nil
      return Step(
        key: FeedKey(news: goneAt ?? news ?? position, position: position, root: root),
        root: root, position: position,
        grantedAt: max(row.position(2), subscription.grantedAt), collections: row.integer(3),
        goneAt: [leftAt, goneAt].compactMap(\.self).min(), veil: subscription.veil)
    }
  }
}
