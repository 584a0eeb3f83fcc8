// Who is to be woken: the people of whose scopes something changed, and nobody else.
//
// Ten thousand laptops may wait for news. A commit notes which scopes it moved; whoever holds one of
// them is told, and the others sleep on: a phone call saved for each, and for the hub a look at the
// feed. It is a hint and no promise. What it leaves out, the laptop's next sync finds.

import Storage
import SyncCore

/// What has happened since somebody last asked.
struct News {
  var scopes: Set<ScopeID> = []
  /// People whose rights changed, or whose laptops are to be turned away.
  var users: Set<String> = []

  var isEmpty: Bool { scopes.isEmpty && users.isEmpty }
}

extension HubStore {
  /// Everybody who has something to hear since this was last asked.
  func takeNews() throws -> Set<String> {
    guard !news.isEmpty else { return [] }
    defer { news = News() }
    let users = try db.all(
      """
      SELECT DISTINCT user FROM subscriptions
      WHERE gone_at IS NULL AND scope IN (SELECT value FROM json_each(?))
      """, .list(news.scopes.sorted())
    ) { $0.text(0) }
    return news.users.union(users)
  }

  /// Whether a laptop that has a cut at `cursor` would get anything by a pull.
  func hasNews(for viewer: Viewer, after cursor: Position) throws -> Bool {
    try viewer.subscriptions.contains { subscription in
      if let goneAt = subscription.goneAt { return goneAt > cursor }
      if subscription.grantedAt > cursor { return true }
      let isAll = subscription.scope == HubStore.everything
      return try db.first(
        """
        SELECT 1 FROM feed
        WHERE \(isAll ? "is_home = 1 AND ?1 = 0" : "scope = ?1") AND position > ?2 LIMIT 1
        """, .integer(subscription.scope), .position(cursor)
      ) { _ in true } ?? false
    }
  }
}
