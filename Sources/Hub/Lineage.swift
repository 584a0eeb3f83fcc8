// What a replica knows under names that are not its own: its lineage.
//
// A copy was born with what its parent had written up to the common point, and knew there. Later it
// learns: an edit of its log that arrived before under another name is one that both hold, and so are
// all before it in that other log. Each piece is kept with the point of the replica's own log at which
// it was learnt, for a copy that parts from it earlier has not learnt it: whoever is believed to know
// what he was never shown would replace it in silence (I3).

import Storage
import SyncCore

extension HubStore {
  /// Changes under other identities that a replica knows as its own.
  ///
  /// - Parameter point: where its log ends; nil: it knows all that it has learnt so far.
  func lineage(
    of replica: ReplicaID, at point: Counter? = nil
  ) throws -> [ReplicaID: Counter] {
    let rows = try db.all(
      """
      SELECT ancestor, max(counter - max(until - ?2, 0)) FROM lineage
      WHERE replica = ?1 AND since <= ?2 GROUP BY ancestor
      """, .replica(replica), point.map { .counter($0) } ?? .integer(.max)
    ) { ($0.replica(0), $0.counter(1)) }
    return Dictionary(uniqueKeysWithValues: rows)
  }

  /// - Parameter point: the end of its own log when it learns that; `none`: it was born with it.
  func recordLineage(
    _ replica: ReplicaID, knows ancestor: ReplicaID, upTo counter: Counter, since point: Counter
  ) throws {
    if let known = try lineage(of: replica)[ancestor], known >= counter { return }
    // Two logs that share many edits share them in one order: a run of them is one row.
    try db.run(
      """
      UPDATE lineage SET until = ?3, counter = ?4
      WHERE replica = ?1 AND ancestor = ?2 AND until = ?3 - 1 AND counter = ?4 - 1
      """, .replica(replica), .replica(ancestor), .counter(point), .counter(counter))
    guard db.changes == 0 else { return }
    try db.run(
      """
      INSERT INTO lineage VALUES (?1, ?2, ?3, ?3, ?4)
      ON CONFLICT (replica, ancestor, since) DO UPDATE SET counter = max(counter, ?4)
      """, .replica(replica), .replica(ancestor), .counter(point), .counter(counter))
  }

  /// What the parent had written up to the common point, and knew there, the copy wrote and knows too.
  func recordHeritage(
    of child: ReplicaID, from parent: ReplicaID, upTo common: Counter
  ) throws {
    for (ancestor, counter) in try lineage(of: parent, at: common) {
      try recordLineage(child, knows: ancestor, upTo: counter, since: .none)
    }
    try recordLineage(child, knows: parent, upTo: common, since: .none)
  }
}
