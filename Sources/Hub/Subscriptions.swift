// Which scopes each person's laptops hold, kept in step with policy, teams and pools.
//
// A grant carries the position at which it was given, and so does its end: a pull from an older
// cursor brings what was granted, and takes away what is gone (`FeedWalk`).

import Access
import Storage
import SyncCore

/// Who holds subscriptions: all laptops of a person, or one that keeps less than they.
struct Holder: Hashable {
  var user: String
  var replica: ReplicaID

  /// - Parameter replica: nil: all that were never narrowed.
  init(user: String, replica: ReplicaID? = nil) {
    self.user = user
    self.replica = replica ?? .hub
  }
}

/// A position of the head for what changes without an edit: one for all of it, and none for nothing.
struct NewPosition {
  private let store: HubStore
  private var position: Position?
  /// What nobody can have missed needs no position of its own.
  var isFixed = false

  init(_ store: HubStore) { self.store = store }

  mutating func next() -> Position {
    if let position { return position }
    if isFixed { return store.head }
    store.head = store.head.next
    position = store.head
    return store.head
  }
}

extension HubStore {
  /// The laptop as a reader, with what it holds and held.
  func viewer(_ replica: ReplicaID, of user: String) throws -> Viewer {
    let permissions = try permissions()
    let holder = Holder(user: user, replica: try narrowed(replica) == nil ? nil : replica)
    return Viewer(
      user: user, replica: replica, subscriptions: try subscriptions(of: holder, permissions),
      veil: try veil(of: user))
  }

  /// Every scope that the holder's laptops hold, or held.
  func subscriptions(of holder: Holder, _ permissions: Permissions) throws -> [Subscription] {
    if let known = atHand?.subscriptions(of: holder) { return known }
    let found = try db.all(
      """
      SELECT s.scope, s.granted_at, s.gone_at, c.kind, c.name
      FROM subscriptions s JOIN scopes c ON c.scope = s.scope
      WHERE s.user = ? AND s.replica = ? ORDER BY s.scope
      """, .text(holder.user), .replica(holder.replica)
    ) { row in
      var subscription = Subscription(
        scope: row.integer(0), grantedAt: row.position(1),
        goneAt: row.isNull(2) ? nil : row.position(2))
      switch ScopeName(kind: row.text(3), name: row.text(4)) {
      case .pool(let pool):
        subscription.veil = permissions.veil(ofPool: pool, for: holder.user, in: schema)
      case .guest: subscription.isGuests = true
      default: break
      }
      return subscription
    }
    atHand?.keep(found, of: holder)
    return found
  }

  /// The only way to change rights: users, teams, policy, pools. Laptops get the settings with their
  /// next sync, and subscriptions follow in the same transaction.
  func changeRights(_ body: () throws -> Void) throws {
    try transaction {
      let before = try permissions()
      try body()
      try raiseSettingsVersion()
      try refreshSubscriptions(from: before, to: permissions())
      // Whose customers go to which pool depends on people and teams, and so does whom rules mean.
      if try !permissions().poolTerms.isEmpty || rulesMeanOthers() { try lookAtEverybody() }
    }
  }

  /// Makes a queue, under the position of the edit whose task is its first: it was empty until now, so nobody
  /// can have missed the grant.
  func open(_ queue: TaskQueue) throws {
    let before = try permissions()
    guard !before.queues.contains(queue) else { return }
    _ = try scope(.queue(queue.words))
    try raiseSettingsVersion()
    try refreshSubscriptions(from: before, to: permissions(), isWithinEdit: true)
  }

  /// Grants and ends subscriptions, at a new position of the head. Who is to see other fields than
  /// before is sent everything anew: what he holds is not what he would hold.
  private func refreshSubscriptions(
    from before: Permissions, to after: Permissions, isWithinEdit: Bool = false
  ) throws {
    var position = NewPosition(self)
    position.isFixed = isWithinEdit
    for member in after.organisation.members {
      let name = member.name
      let (held, wanted) = (before.scopes(of: name), after.scopes(of: name))
      // Whoever is new has no laptop that could have missed the grant.
      let isNew = before.organisation[name] == nil
      let isVeiledAnew =
        !isNew && before.veil(of: name, in: schema) != after.veil(of: name, in: schema)
      position.isFixed = isNew || isWithinEdit
      try resubscribe(
        Holder(user: name), from: held, to: wanted,
        anew: isVeiledAnew ? wanted : poolsVeiledAnew(name, before, after), at: &position)
      position.isFixed = isWithinEdit
      for narrowed in try narrowings() where narrowed.user == name {
        let wanted = narrowed.scopes(after)
        try followRights(
          of: narrowed, anew: isVeiledAnew ? wanted : poolsVeiledAnew(name, before, after),
          at: &position)
      }
      if isVeiledAnew {
        // Nor is what he held through a scope that is gone what he would hold through another one.
        try db.run(
          "UPDATE subscriptions SET granted_at = ? WHERE user = ? AND gone_at IS NOT NULL",
          .position(position.next()), .text(name))
        atHand?.forgetSubscriptions()
      }
    }
  }

  /// Ends and grants what differs.
  ///
  /// - Parameter anew: granted once more, also where they are held.
  func resubscribe(
    _ holder: Holder, from held: Set<ScopeName>, to wanted: Set<ScopeName>,
    anew: Set<ScopeName> = [], at position: inout NewPosition
  ) throws {
    if held != wanted || !anew.isEmpty { news.users.insert(holder.user) }
    atHand?.forgetSubscriptions()
    for name in held.subtracting(wanted).sorted() {
      try db.run(
        "UPDATE subscriptions SET gone_at = ? WHERE user = ? AND replica = ? AND scope = ?",
        .position(position.next()), .text(holder.user), .replica(holder.replica),
        .integer(try scope(name)))
    }
    for name in wanted.subtracting(held).union(anew.intersection(wanted)).sorted() {
      try db.run(
        "INSERT OR REPLACE INTO subscriptions VALUES (?, ?, ?, ?, NULL)", .text(holder.user),
        .replica(holder.replica), .integer(try scope(name)), .position(position.next()))
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
