// Laptops that keep less than they may: what is near, what is alive, what has a tag.
//
// A narrowing changes what one laptop subscribes to and nothing of anybody's rights: what comes up from
// it is judged by all that its person may see. How near a customer is decides among homes. Days and
// tags do not follow homes, so for them the laptop gets a scope of its own, which customers enter and
// leave as they change; to the feed it is a scope like any other, and a pull over it is as exact.
//
// Nothing that somebody has to do is left out for its age: a customer with a next step, an open task,
// reminder, deal or conflict is alive however long ago the last word was.

import Access
import FollowUp
import Notation
import Storage
import SyncCore
import Wire

/// A laptop that keeps less, or once did.
struct Narrowed {
  let replica: ReplicaID
  let user: String
  let narrowing: Narrowing
  /// The last days are counted back from here.
  let judgedAt: Moment

  /// Whether the homes tell too little, and each customer has to be asked.
  var isSelective: Bool { narrowing.days > 0 || !narrowing.tags.isEmpty }

  /// The scopes that the laptop is to hold.
  func scopes(_ permissions: Permissions) -> Set<ScopeName> {
    let near = near(permissions)
    guard isSelective else { return near }
    return near.filter { !$0.isNarrowedByCustomer }.union([.narrowed(replica)])
  }

  /// The homes out of which customers are picked; nil: all there are.
  func homes(_ permissions: Permissions) -> Set<ScopeName>? {
    let near = near(permissions)
    return near.contains(.everything) ? nil : near.filter(\.isNarrowedByCustomer)
  }

  private func near(_ permissions: Permissions) -> Set<ScopeName> {
    let allowed = permissions.scopes(of: user)
    if narrowing.reach == .all || allowed.isEmpty { return allowed }
    let nearest: Relation = narrowing.reach == .mine ? .own : .team
    let organisation = permissions.organisation
    let owners = organisation.members.map(\.name).filter {
      organisation.relation(of: user, toOwner: $0) >= nearest
    }
    let near = Set(owners.map { ScopeName.user($0) }).union([.guest(user)])
    // What he may take is work that is offered to him, however near its customer is.
    let queues = permissions.queueScopes(of: user)
    return (allowed.contains(.everything) ? near : near.intersection(allowed)).union(queues)
  }
}

extension ScopeName {
  /// What was shared with somebody he keeps whole, and a pool, which hides fields, stays a scope apart.
  fileprivate var isNarrowedByCustomer: Bool {
    switch self {
    case .everything, .nobody, .user: true
    case .guest, .pool, .queue, .narrowed: false
    }
  }
}

extension HubStore {
  static let dayMilliseconds: Int64 = 24 * 3_600_000

  /// Laptops in use that are, or were, narrowed.
  func narrowings() throws -> [Narrowed] {
    if let known = knownNarrowings { return known }
    let found = try db.all(
      """
      SELECT n.replica, r.user, n.narrowing, n.judged_at
      FROM narrowings n JOIN replicas r ON r.replica = n.replica
      WHERE r.status = 'active' ORDER BY n.replica
      """
    ) { row in
      Narrowed(
        replica: row.replica(0), user: row.text(1),
        narrowing: try Narrowing(decoding: row.blob(2)), judgedAt: row.moment(3))
    }
    knownNarrowings = found
    return found
  }

  func narrowed(_ replica: ReplicaID) throws -> Narrowed? {
    try narrowings().first { $0.replica == replica }
  }

  // MARK: A wish

  /// Has a laptop keep what its request says; nil: all it may. The same again changes nothing.
  func narrow(_ replica: ReplicaRow, to narrowing: Narrowing?, now: Moment) throws {
    let wanted = narrowing ?? Narrowing()
    let known = try narrowed(replica.id)
    guard known?.narrowing ?? Narrowing() != wanted else { return }
    try transaction {
      if known == nil {
        // From here on it has subscriptions of its own, which begin as those it had.
        try db.run(
          """
          INSERT INTO subscriptions SELECT user, ?, scope, granted_at, gone_at FROM subscriptions
          WHERE user = ? AND replica = 0
          """, .replica(replica.id), .text(replica.user))
        atHand?.forgetSubscriptions()
      }
      try db.run(
        "INSERT OR REPLACE INTO narrowings VALUES (?, ?, ?)", .replica(replica.id),
        .blob(wanted.encoded()), .moment(now))
      knownNarrowings = nil
      guard let narrowed = try narrowed(replica.id) else { return }
      var position = NewPosition(self)
      try pick(narrowed, at: &position)
      try subscribe(narrowed, at: &position)
    }
  }

  /// A copy of a laptop holds what the laptop held.
  func copyNarrowing(of parent: ReplicaID, to child: ReplicaID) throws {
    guard try narrowed(parent) != nil else { return }
    try flushFeeds()
    let (old, new) = (try scope(.narrowed(parent)), try scope(.narrowed(child)))
    try db.run(
      "INSERT INTO narrowings SELECT ?, narrowing, judged_at FROM narrowings WHERE replica = ?",
      .replica(child), .replica(parent))
    try db.run(
      """
      INSERT INTO feed SELECT root, ?, position, first_at, granted_at, is_home, is_gone, collections, digest
      FROM feed WHERE scope = ?
      """, .integer(new), .integer(old))
    digestChanges.add(try digest(of: old), to: new)
    try db.run(
      """
      INSERT INTO subscriptions SELECT user, ?1, iif(scope = ?2, ?3, scope), granted_at, gone_at
      FROM subscriptions WHERE replica = ?4
      """, .replica(child), .integer(old), .integer(new), .replica(parent))
    atHand?.forgetFeeds()
    atHand?.forgetSubscriptions()
    knownNarrowings = nil
  }

  // MARK: Which customers

  /// What is asked of each customer, `c`, of a root `f.root`: ?1 is the first moment of the last days,
  /// ?2 are the tags, each NULL where nothing is asked; ?3 is every word for a deal that is over.
  private static let condition = """
    c.id IS NULL OR (
      (?2 IS NULL OR EXISTS (SELECT 1 FROM json_each(c.tags) t
        WHERE t.value IN (SELECT value FROM json_each(?2))))
      AND (?1 IS NULL OR max(c.updatedAt, coalesce(c.lastFollowAt, 0)) >= ?1
        OR c.nextFollowAt IS NOT NULL
        OR EXISTS (SELECT 1 FROM contact WHERE root = f.root AND updatedAt >= ?1)
        OR EXISTS (SELECT 1 FROM followUp WHERE root = f.root AND updatedAt >= ?1)
        OR EXISTS (SELECT 1 FROM opportunity WHERE root = f.root AND (updatedAt >= ?1
          OR stage IS NULL OR stage NOT IN (SELECT value FROM json_each(?3))))
        OR EXISTS (SELECT 1 FROM task WHERE root = f.root AND (updatedAt >= ?1
          OR status IS NULL OR status NOT IN ('done', 'cancelled')))
        OR EXISTS (SELECT 1 FROM reminder WHERE root = f.root AND (updatedAt >= ?1
          OR status = 'active' AND coalesce(response, '') <> 'done'))
        OR EXISTS (SELECT 1 FROM conflict WHERE root = f.root AND status = 'open')))
    """

  private func bindings(_ narrowed: Narrowed) -> (since: Binding, tags: Binding, closed: Binding) {
    let narrowing = narrowed.narrowing
    let since = narrowed.judgedAt.advanced(
      milliseconds: -Int64(narrowing.days) * HubStore.dayMilliseconds)
    return (
      narrowing.days == 0 ? .null : .moment(since),
      narrowing.tags.isEmpty ? .null : .list(narrowing.tags), .list(HubStore.closedStages)
    )
  }

  private static let closedStages = Ladder.stages.rungs.joined().filter {
    !Ladder.isOpen(stage: .text($0))
  }

  /// All roots that a narrowed laptop wants.
  func roots(for narrowed: Narrowed) throws -> Set<RecordID> {
    let homes = try narrowed.homes(permissions()).map { try $0.map { try scope($0) } }
    let (since, tags, closed) = bindings(narrowed)
    let found = try db.all(
      """
      SELECT f.root FROM feed f LEFT JOIN customer c ON c.id = f.root
      WHERE f.is_home = 1 AND (?4 IS NULL OR f.scope IN (SELECT value FROM json_each(?4)))
        AND (\(HubStore.condition))
      """, since, tags, closed, homes.map { .list($0) } ?? .null
    ) { try $0.id(0) }
    return Set(found)
  }

  private func wants(_ narrowed: Narrowed, _ feed: RootFeed) throws -> Bool {
    guard let home = feed.home else { return false }
    if let homes = narrowed.homes(try permissions()) {
      guard let name = try scopeName(home.scope), homes.contains(name) else { return false }
    }
    let (since, tags, closed) = bindings(narrowed)
    return try db.first(
      """
      SELECT 1 FROM (SELECT ?4 AS root) f LEFT JOIN customer c ON c.id = f.root
      WHERE \(HubStore.condition)
      """, since, tags, closed, .id(feed.root)
    ) { _ in true } ?? false
  }

  /// Lets all customers that a laptop wants now into its scope, and the others out.
  private func pick(_ narrowed: Narrowed, at position: inout NewPosition) throws {
    // What is asked of the table is to be on it.
    try flushFeeds()
    let scope = try scope(.narrowed(narrowed.replica))
    let wanted = narrowed.isSelective ? try roots(for: narrowed) : []
    let held = Set(
      try db.all("SELECT root FROM feed WHERE scope = ? AND is_gone = 0", .integer(scope)) {
        try $0.id(0)
      })
    for root in held.symmetricDifference(wanted).sorted() {
      try change(scope, of: root, isWanted: wanted.contains(root), at: position.next())
    }
  }

  /// Lets roots that were written into the scopes of laptops that want them now, and out of others.
  func pickWritten() throws {
    let roots = writtenRoots.sorted()
    writtenRoots.removeAll(keepingCapacity: true)
    let selective = try narrowings().filter(\.isSelective)
    if selective.isEmpty { return }
    for root in roots {
      let feed = try rootFeed(root)
      guard feed.isAlive else { continue }
      for narrowed in selective {
        let scope = try scope(.narrowed(narrowed.replica))
        let isHeld = feed.scopes.contains(scope)
        let isWanted = try wants(narrowed, feed)
        if isHeld != isWanted { try change(scope, of: root, isWanted: isWanted, at: head) }
      }
    }
  }

  private func change(
    _ scope: ScopeID, of root: RecordID, isWanted: Bool, at position: Position
  ) throws {
    try changeFeed(of: root) { feed in
      if isWanted {
        feed.enter(scope, at: position, isHome: false)
      } else {
        feed.leave(scope, at: position)
      }
    }
  }

  // MARK: Rights and time

  /// The rights of a narrowed laptop's person have changed.
  func followRights(
    of narrowed: Narrowed, anew: Set<ScopeName>, at position: inout NewPosition
  ) throws {
    try pick(narrowed, at: &position)
    try subscribe(narrowed, anew: anew, at: &position)
  }

  private func subscribe(
    _ narrowed: Narrowed, anew: Set<ScopeName> = [], at position: inout NewPosition
  ) throws {
    let holder = Holder(user: narrowed.user, replica: narrowed.replica)
    let held = try db.all(
      """
      SELECT c.kind, c.name FROM subscriptions s JOIN scopes c ON c.scope = s.scope
      WHERE s.user = ? AND s.replica = ? AND s.gone_at IS NULL
      """, .text(holder.user), .replica(holder.replica)
    ) { ScopeName(kind: $0.text(0), name: $0.text(1)) }
    try resubscribe(
      holder, from: Set(held.compactMap(\.self)), to: narrowed.scopes(permissions()), anew: anew,
      at: &position)
  }

  /// A day later other customers are old.
  func ageNarrowings(at now: Moment) throws {
    for narrowed in try narrowings() where narrowed.narrowing.days > 0 {
      guard now.milliseconds - narrowed.judgedAt.milliseconds >= HubStore.dayMilliseconds
      else { continue }
      try transaction {
        try db.run(
          "UPDATE narrowings SET judged_at = ? WHERE replica = ?", .moment(now),
          .replica(narrowed.replica))
        knownNarrowings = nil
        var position = NewPosition(self)
        if let aged = try self.narrowed(narrowed.replica) { try pick(aged, at: &position) }
      }
    }
  }
}

extension Binding {
  /// A JSON array, for `json_each`.
  static func list(_ texts: [String]) -> Binding {
    .text(String(decoding: JSONValue.array(texts.map { .string($0) }).bytes(), as: UTF8.self))
  }

  /// A JSON array, for `json_each`.
  static func list(_ numbers: [Int64]) -> Binding {
    .text(String(decoding: JSONValue.array(numbers.map { .integer($0) }).bytes(), as: UTF8.self))
  }
}
