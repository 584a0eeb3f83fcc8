// Who reads: which scopes a laptop holds, since when, and what it still held when it last looked.
//
// Homes are disjoint, so what a laptop holds has the sum of their digests. Two cases are counted
// otherwise: roots shared with somebody who sees them anyway, and roles that hide whole collections.

import Digest
import Storage
import SyncCore

/// One scope that a laptop holds, or held.
struct Subscription: Hashable {
  var scope: ScopeID
  /// Whether it is what was shared with him, which other scopes may have too.
  var isGuests = false
  /// Since when; what the scope has is news from there on.
  var grantedAt: Position
  /// Until when; nil: still.
  var goneAt: Position?
  /// What is hidden of it beyond what the person's role hides; a laptop that knew a root from here
  /// does not know all of it.
  var veil: Veil?

  /// The same, for whoever asks what was known and not how clearly.
  var unveiled: Subscription {
    var subscription = self
    subscription.veil = nil
    return subscription
  }
}

/// A laptop that reads, with its person's rights.
struct Viewer {
  let user: String
  let replica: ReplicaID
  let subscriptions: [Subscription]
  let veil: Veil

  var held: [Subscription] { subscriptions.filter { $0.goneAt == nil } }
  var seesEverything: Bool { held.contains { $0.scope == HubStore.everything } }
}

extension HubStore {
  /// Whether one of these scopes has the root now.
  func shows(_ root: RecordID, in subscriptions: [Subscription]) throws -> Bool {
    let scopes = Set(subscriptions.map(\.scope))
    let feed = try rootFeed(root)
    return feed.scopes.contains { scopes.contains($0) }
  }

  /// Whether a laptop whose last complete cut is `cursor` holds all of the root as of there.
  func held(_ root: RecordID, at cursor: Position, by subscriptions: [Subscription]) throws -> Bool
  {
    let feed = try rootFeed(root)
    let since = feed.entries.map(\.grantedAt).min()
    return subscriptions.contains { subscription in
      guard subscription.grantedAt <= cursor, subscription.veil == nil,
        subscription.goneAt.map({ $0 > cursor }) ?? true
      else { return false }
      if subscription.scope == HubStore.everything { return since.map { $0 <= cursor } ?? false }
      guard let entry = feed[subscription.scope], entry.grantedAt <= cursor else { return false }
      return !entry.isGone || entry.position > cursor
    }
  }

  /// The digest of all that a laptop with these scopes holds.
  func digest(of viewer: Viewer) throws -> SetDigest {
    let held = viewer.held
    if !viewer.veil.hiddenCollections.isEmpty { return try countedDigest(of: viewer) }
    if viewer.seesEverything { return try digest(of: HubStore.everything) }
    var sum = SetDigest()
    for subscription in held { sum += try digest(of: subscription.scope) }
    return try sum.subtracting(overlap(of: held))
  }

  /// What two scopes of a laptop both have: only a guest's is not disjoint from the others.
  private func overlap(of held: [Subscription]) throws -> SetDigest {
    var overlap = SetDigest()
    let shared = held.filter(\.isGuests).map(\.scope)
    if shared.isEmpty { return overlap }
    let scopes = Set(held.map(\.scope))
    for scope in shared {
      let roots = try db.all(
        "SELECT root FROM feed WHERE scope = ? AND is_gone = 0", .integer(scope)
      ) { try $0.id(0) }
      for root in roots {
        let feed = try rootFeed(root)
        if feed.isAlive, feed.scopes.contains(where: { $0 != scope && scopes.contains($0) }) {
          overlap += feed.digest
        }
      }
    }
    return overlap
  }

  /// Where whole collections are hidden no sum of scopes fits: the records are counted one by one.
  private func countedDigest(of viewer: Viewer) throws -> SetDigest {
    var digest = SetDigest()
    let held = viewer.held
    for collection in schema.collections
    where !viewer.veil.hiddenCollections.contains(collection.id) {
      var rows: [(id: RecordID, root: RecordID, asOf: Position)] = []
      try db.each("SELECT id, root, as_of FROM \"\(collection.name)\"") { row in
        rows.append((try row.id(0), try row.id(1), row.position(2)))
      }
      for row in rows where try shows(row.root, in: held) {
        if try row.root == row.id || !isDeleted(row.root) {
          digest.add(record: row.id, asOf: row.asOf)
        }
      }
    }
    return digest
  }
}

extension SetDigest {
  fileprivate func subtracting(_ other: SetDigest) -> SetDigest {
    var result = self
    result -= other
    return result
  }
}
