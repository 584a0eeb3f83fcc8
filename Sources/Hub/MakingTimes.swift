// When a record was made, by the hub's reckoning.
//
// Its identity tells the time of the clock that it was made by, and that clock may be wrong. The hub knows two
// bounds: nothing was made after it arrived, and nothing that arrives now was made before all that its laptop
// had written had arrived (the frontier). Between them a clock that is behind is put right by how far
// it is behind. It must never make anything younger than its arrival.

import Storage
import SyncCore

extension HubStore {
  /// When the change's record was made.
  func made(_ id: RecordID, by change: Touched, at now: Moment) throws -> Moment {
    let told = min(id.moment, now)
    // A clock that is right needs no bound.
    guard told < now.advanced(milliseconds: -Intake.skewNotedMilliseconds),
      change.replica != .hub
    else { return told }
    let behind = max(-(change.skew ?? 0), 0)
    let earliest = try earliestArrival(from: change.replica)
    return min(max(told.advanced(milliseconds: behind), earliest), now)
  }

  /// Before this nothing that arrives now was written. A copy holds what its parent wrote before it parted.
  private func earliestArrival(from replica: ReplicaID) throws -> Moment {
    try db.first(
      """
      SELECT max(frontier, iif(parent IS NULL, joined_at, 0)) FROM replicas WHERE replica = ?
      """, .replica(replica)
    ) { $0.moment(0) } ?? Moment(milliseconds: 0)
  }
}
