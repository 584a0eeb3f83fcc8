// When a record was made, or a contact took place, by the hub's reckoning.
//
// Its identity tells the time of the clock that it was made by, and that clock may be wrong. The hub knows two
// bounds: nothing was made after it arrived, and nothing that arrives now was made before all that its laptop
// had written had arrived (the frontier). Between them a clock is put right by its drift: by how far it has gone
// wrong since the laptop last learned how far off it is. Where that leads out of the bounds, the time is from before
// the drift, and stands. It must never make anything younger than its arrival.

import Storage
import SyncCore

extension HubStore {
  /// When the change's record was made.
  func made(_ id: RecordID, by change: Touched, at now: Moment) throws -> Moment {
    guard change.replica != .hub else { return min(id.moment, now) }
    return try corrected(id.moment, from: change.replica, drift: change.drift, at: now)
  }

  /// A time that a laptop's clock told, as it was.
  func corrected(
    _ told: Moment, from replica: ReplicaID, drift: Int64, at now: Moment
  ) throws -> Moment {
    // A clock that is right needs no bound.
    let isRecent = now.advanced(milliseconds: -Intake.skewNotedMilliseconds) <= told && told <= now
    if drift == 0, isRecent { return told }
    let earliest = try earliestArrival(from: replica)
    let corrected = told.advanced(milliseconds: 0 &- drift)
    let isPossible = earliest <= corrected && corrected <= now
    return min(max(isPossible ? corrected : told, earliest), now)
  }

  /// When a contact took place. What is far from when it was made was meant as it is written.
  func contacted(
    _ told: Moment, in followUp: RecordID, from replica: ReplicaID, drift: Int64, at now: Moment
  ) throws -> Moment {
    func isFar(_ moment: Moment) -> Bool {
      told.milliseconds(since: moment).magnitude > ContactTimes.toleranceMilliseconds.magnitude
    }
    guard replica != .hub, !isFar(followUp.moment) else { return told }
    let at = try corrected(told, from: replica, drift: drift, at: now)
    return isFar(at) ? at : told
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
