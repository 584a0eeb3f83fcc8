// What this laptop can prove, and what it holds against its hub.
//
// It signs the head of its log, so that nobody can later say that it wrote something else. It keeps the
// checkpoints of the cuts it was shown: a hub whose history has another hash there was rolled back or
// rewritten behind everybody's back – which is told to its person and to the hub, and never a reason to
// stop working. And it boxes for the hub alone what it may not read any more (`Departure`).

import Digest
import Storage
import SyncCore
import Wire

/// The hash of the hub's history at a cut that this laptop was shown.
public struct KeptCheckpoint: Hashable, Sendable {
  public var position: Position
  public var hash: ChainHash
  /// Hub time of the cut.
  public var at: Moment
}

extension ReplicaStore {
  // MARK: Keys

  func deviceKey() throws -> KeyPair? {
    try db.first("SELECT key FROM replica") { KeyPair(seed: $0.blob(0)) } ?? nil
  }

  func hubKey() throws -> PublicKey? {
    try db.first("SELECT hub_key FROM replica") { PublicKey(bytes: $0.blob(0)) } ?? nil
  }

  /// The signature of the last point that has a verdict, if it was not given yet.
  func signature(of state: ReplicaState) throws -> [UInt8] {
    let signed = try db.first("SELECT signed FROM replica") { $0.counter(0) } ?? .none
    guard state.acknowledged.counter > signed, let key = try deviceKey() else { return [] }
    return key.sign(state.acknowledged.signedBytes(of: state.id), for: .logHead)
  }

  /// The hub has answered a request that gave a signature, or told a doubt.
  func noteTold(_ request: SyncRequest) throws {
    if !request.signature.isEmpty {
      try db.run("UPDATE replica SET signed = ?", .counter(request.head.counter))
    }
    if request.doubt > .start {
      try db.run(
        "UPDATE incidents SET is_told = is_told | ? WHERE position = ?",
        .integer(ReplicaStore.toldHub), .position(request.doubt))
    }
  }

  // MARK: Checkpoints

  private static let checkpointDaysMax: Int64 = 400

  /// All that are kept, oldest first: the last of each day.
  public func checkpoints() throws -> [KeptCheckpoint] {
    try db.all("SELECT position, hash, at FROM checkpoints ORDER BY position") { row in
      ChainHash(bytes: row.blob(1)).map {
        KeptCheckpoint(position: row.position(0), hash: $0, at: row.moment(2))
      }
    }.compactMap(\.self)
  }

  /// Compares what a complete cut says of the history with what was kept, and keeps it.
  func noteCheckpoint(_ final: SyncResponse, after cursor: Position, now: Moment) throws {
    let before = final.position == cursor ? final.checkpoint : final.checkpointBefore
    // A hub that has a chain has a checkpoint at every cut that it ever sent.
    if final.checkpoint != nil, let kept = try keptHash(at: cursor), kept != before {
      try note(.rewritten(cursor), at: now)
    } else if final.position == cursor {
      return
    }
    guard let hash = final.checkpoint else { return }
    let day = final.hubTime.milliseconds / 86_400_000
    try db.run(
      "DELETE FROM checkpoints WHERE at / 86400000 = ?1 OR at / 86400000 < ?1 - ?2",
      .integer(day), .integer(ReplicaStore.checkpointDaysMax))
    try db.run(
      "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?)", .position(final.position),
      .blob(hash.bytes), .moment(final.hubTime))
  }

  private func keptHash(at position: Position) throws -> ChainHash? {
    try db.first("SELECT hash FROM checkpoints WHERE position = ?", .position(position)) {
      ChainHash(bytes: $0.blob(0))
    } ?? nil
  }
}
