// How the author of a change stands to the root it is about, and what he may do there.
//
// Rights are judged as of now, except for one thing: whether he could know. A laptop that has not yet
// completed the cut in which a root left it writes in good faith; so what it wrote is no stranger's
// work. It is a fact that still counts, or it is parked for the root's new owner (I3).

import Access
import FollowUp
import Storage
import SyncCore

/// Whether the author may see the root.
enum Standing: Hashable {
  case holds
  /// No longer; but his laptop did not know, or may not have known, when he wrote.
  case left
  case stranger
}

/// What somebody may do with one record.
struct Rights: Hashable {
  var allowed: Set<Action>
  /// Fields and groups that he does not write: hidden ones, and those that are read-only to him.
  var closed: Set<FieldID> = []
  /// The policy that says so.
  var version: Int64

  func allows(_ action: Action) -> Bool { allowed.contains(action) }
}

/// The laptop that pushes, as far as its rights are concerned.
struct Reach {
  let user: String
  let permissions: Permissions
  /// What his laptops hold, and held.
  let subscriptions: [Subscription]
  /// Cuts that this laptop had when it wrote: first the last one it had confirmed, then the one it has now.
  var cuts: [Position]

  var held: [Subscription] { subscriptions.filter { $0.goneAt == nil } }
  var isEverything: Bool { held.contains { $0.scope == HubStore.everything } }
}

extension HubStore {
  func reach(of user: String, cuts: [Position] = []) throws -> Reach {
    let permissions = try permissions()
    return Reach(
      user: user, permissions: permissions,
      subscriptions: try subscriptions(of: Holder(user: user), permissions), cuts: cuts)
  }

  func standing(of reach: Reach, to root: RecordID) throws -> Standing {
    if reach.isEverything { return .holds }
    if try shows(root, in: reach.held) { return .holds }
    return try lastCut(of: root, reach) == nil ? .stranger : .left
  }

  /// The last of his cuts that had the root; nil where none had. A pool may have hidden some fields of it: he
  /// knew the root all the same.
  func lastCut(of root: RecordID, _ reach: Reach) throws -> Position? {
    let subscriptions = reach.subscriptions.map(\.unveiled)
    return try reach.cuts.filter { try held(root, at: $0, by: subscriptions) }.max()
  }

  /// Whether the root was his own when he wrote, as far as his laptop knew.
  func hadAsHis(_ root: RecordID, _ reach: Reach) throws -> Bool {
    let own = try scope(.user(reach.user))
    let subscriptions = reach.subscriptions.filter { $0.scope == own }.map(\.unveiled)
    return try reach.cuts.contains { try held(root, at: $0, by: subscriptions) }
  }

  /// Whether the author made the root, and has confirmed no cut since: nothing has told him whose a rule
  /// made it. An answer that was lost told him nothing, either.
  func hasJustMade(_ root: RecordID, _ author: Author) throws -> Bool {
    guard let confirmed = author.reach.cuts.first,
      let first = try rootFeed(root).entries.map(\.firstAt).min(), confirmed < first,
      let dot = try db.first(
        "SELECT replica, counter FROM edits WHERE position = ?", .position(first),
        body: { Dot($0.replica(0), $0.counter(1)) }),
      author.knows(dot), let bytes = try sealedBytes(at: dot), let edit = try? Edit(decoding: bytes)
    else { return false }
    // What the hub made under the same position is not his.
    return edit.changes.contains { $0.record == root }
  }

  /// What somebody may do with records of a collection under a root.
  ///
  /// - Parameter owner: whose a new root is to be; nil: the root exists.
  func rights(
    of reach: Reach, in collection: CollectionSchema, root: RecordID, owner: String? = nil
  ) throws -> Rights {
    let (user, permissions) = (reach.user, reach.permissions)
    var relation: Relation?
    var allowed: Set<Action> = []
    for action in Action.allCases {
      switch permissions.level(action, on: collection.name, of: user) {
      case .none: continue
      case .all: allowed.insert(action)
      case let level:
        let near = try relation ?? self.relation(of: reach, to: root, owner: owner)
        relation = near
        if level.includes(near) { allowed.insert(action) }
      }
    }
    if try !allowed.isSuperset(of: [.create, .update]) && owner == nil && isGuest(user, of: root) {
      allowed.formUnion([.create, .update])
    }
    let closed = permissions.closedFields(of: collection, to: user)
    return Rights(allowed: allowed, closed: closed, version: permissions.version)
  }

  /// Units of a change that were hidden from its author when he wrote it, and may be hidden no more:
  /// a customer became his in the meantime, or another policy holds, and his clock covers what a pool
  /// or the old policy had kept from him (I3).
  func unseen(
    by author: Author, of record: HubRecord, in change: Change
  ) throws -> Set<FieldID> {
    let reach = author.reach
    // The one that it has: a copy of it may have confirmed a later one. One that reads everything again has
    // none, and wrote on what it had confirmed; but in an epoch that was left on nothing of a later one.
    let cut = min(reach.cuts.last { $0 > .start } ?? .start, author.sent)
    guard !reach.cuts.isEmpty, try !held(record.root, at: cut, by: reach.subscriptions) else {
      return []
    }
    // Through which pool he knew it, the feed forgets when the customer comes back to that pool.
    let veil = reach.subscriptions.compactMap(\.veil).reduce(try formerVeil(of: reach)) {
      $0.union($1)
    }
    let isHidden = veil.hiddenCollections.contains(record.schema.id)
    return Set(
      change.writes.map(\.field).filter { isHidden || veil.hides(unit: $0, of: record.schema) })
  }

  /// What any policy has hidden from somebody so far: which of them his laptop was sent by, nobody
  /// noted.
  private func formerVeil(of reach: Reach) throws -> Veil {
    let policies = try db.all("SELECT text FROM policies ORDER BY version") { $0.text(0) }
    return try policies.reduce(Veil()) { veil, text in
      let former = Permissions(
        version: 0, policy: try policy(text), organisation: reach.permissions.organisation,
        pools: [])
      var union = veil.union(former.veil(of: reach.user, in: schema))
      union.hiddenCollections.formUnion(veil.hiddenCollections)
      return union
    }
  }

  /// How near a root is to the user.
  func relation(
    of reach: Reach, to root: RecordID, owner: String? = nil
  ) throws -> Relation {
    let organisation = reach.permissions.organisation
    if let owner { return organisation.relation(of: reach.user, toOwner: owner) }
    guard let home = try rootFeed(root).home else { return .own }
    switch try scopeName(home.scope) {
    case .user(let owner): return organisation.relation(of: reach.user, toOwner: owner)
    case .pool(let name):
      let isAdmin = reach.permissions.pool(name)?.isAdmin(reach.user) ?? false
      return isAdmin ? .own : .stranger
    default: return .stranger
    }
  }

  /// Whether a record is a reminder that is not his to answer.
  func isForAnother(_ record: HubRecord, than reach: Reach) -> Bool {
    guard record.schema.id == CollectionSchema.reminder.id,
      let person = record.schema["user"].flatMap({ record.shown[$0.id].textOrNil })
    else { return false }
    let permissions = reach.permissions
    return !permissions.policy.mayAnswer(
      reach.user, for: person, organisation: permissions.organisation)
  }

  /// Whether the root was shared with somebody for writing.
  func isGuest(_ user: String, of root: RecordID) throws -> Bool {
    try db.first(
      "SELECT 1 FROM guests WHERE root = ? AND user = ? AND may_write = 1", .id(root), .text(user)
    ) { _ in true } ?? false
  }
}

extension Permissions {
  func closedFields(of collection: CollectionSchema, to user: String) -> Set<FieldID> {
    guard let member = organisation[user] else { return [] }
    let names = policy.readOnly(collection.name, role: member.role)
    return Set(names.compactMap { collection[$0]?.id })
  }
}
