// Which scopes each person's laptops hold, kept in step with policy, teams and pools.
//
// A grant carries the position at which it was given, and so does its end: a pull from an older
// cursor brings what was granted, and takes away what is gone (`FeedWalk`).

import Access
import Storage
import SyncCore

extension HubStore {
  /// The laptop as a reader, with what it holds and held.
  func viewer(_ replica: ReplicaRow) throws -> Viewer {
    let permissions = try permissions()
    return Viewer(
      user: replica.user, replica: replica.id,
      subscriptions: try subscriptions(of: replica.user, permissions),
      veil: permissions.veil(of: replica.user, in: schema))
  }

  /// Every scope that the person's laptops hold, or held.
  func subscriptions(of user: String, _ permissions: Permissions) throws -> [Subscription] {
    try db.all(
      """
      SELECT s.scope, s.granted_at, s.gone_at, c.kind, c.name
      FROM subscriptions s JOIN scopes c ON c.scope = s.scope WHERE s.user = ? ORDER BY s.scope
      """, .text(user)
    ) { row in
      var subscription = Subscription(
        scope: row.integer(0), grantedAt: row.position(1),
        goneAt: row.isNull(2) ? nil : row.position(2))
      if case .pool(let pool)? = ScopeName(kind: row.text(3), name: row.text(4)) {
        subscription.veil = permissions.veil(ofPool: pool, for: user, in: schema)
      }
      return subscription
    }
  }

  /// The only way to change rights: users, teams, policy, pools. Laptops get the settings with their
  /// next sync, and subscriptions follow in the same transaction.
  func changeRights(_ body: () throws -> Void) throws {
    try transaction {
      let before = try permissions()
      try body()
      try raiseSettingsVersion()
      try refreshSubscriptions(from: before, to: permissions())
    }
  }

  /// Grants and ends subscriptions, at a new position of the head. Who is to see other fields than
  /// before is sent everything anew: what he holds is not what he would hold.
  private func refreshSubscriptions(from before: Permissions, to after: Permissions) throws {
    var isMoved = false
    func position() -> Position {
      if !isMoved { head = head.next }
      isMoved = true
      return head
    }
    for member in after.organisation.members {
      let name = member.name
      let (held, wanted) = (before.scopes(of: name), after.scopes(of: name))
      // Whoever is new has no laptop that could have missed the grant.
      let isNew = before.organisation[name] == nil
      let isVeiledAnew =
        !isNew && before.veil(of: name, in: schema) != after.veil(of: name, in: schema)
      let anew =
        isVeiledAnew ? wanted : wanted.subtracting(held).union(poolsVeiledAnew(name, before, after))
      for scope in held.subtracting(wanted).sorted() {
        try db.run(
          "UPDATE subscriptions SET gone_at = ? WHERE user = ? AND scope = ?",
          .position(position()), .text(name), .integer(try self.scope(scope)))
      }
      for scope in anew.intersection(wanted).sorted() {
        try db.run(
          "INSERT OR REPLACE INTO subscriptions VALUES (?, ?, ?, NULL)", .text(name),
          .integer(try self.scope(scope)), .position(isNew ? head : position()))
      }
    }
  }

  private func poolsVeiledAnew(
    _ user: String, _ before: Permissions, _ after: Permissions
  ) -> Set<ScopeName> {
    let changed = after.pools.filter { pool in
      before.veil(ofPool: pool.name, for: user, in: schema)
        != after.veil(ofPool: pool.name, for: user, in: schema)
    }
    return Set(changed.map { .pool($0.name) })
  }
}
