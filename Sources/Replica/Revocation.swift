// The end of a revoked laptop: what it had for the hub has arrived, so nothing stays on it.
//
// In one transaction all tables are emptied and the end is written down; then the file is rewritten,
// so that no byte of it can be read, and the program removes it. A crash in between is made up for by
// the next command, which finds what was written down. While anything has yet to reach the hub,
// nothing is touched: an edit that another process wrote meanwhile goes up first (I3).

import Storage
import SyncCore

/// When a laptop was told that it is revoked, and what it handed over.
public struct Revocation: Hashable, Sendable {
  /// By the hub's clock.
  public var at: Moment
  /// Edits that wait for an administrator.
  public var handedOver: Int

  public init(at: Moment, handedOver: Int) {
    self.at = at
    self.handedOver = handedOver
  }
}

extension ReplicaStore {
  /// The end of this laptop, once it has come.
  public func revocation() throws -> Revocation? {
    try db.first("SELECT at, handed_over FROM revoked") {
      Revocation(at: $0.moment(0), handedOver: $0.int(1))
    }
  }

  /// Empties everything, unless something has yet to go up. The caller has opened a transaction.
  func end(at moment: Moment) throws {
    guard try waitingCount() == 0 else { return }
    let handedOver = try pendingEntries().count { entry in
      entry.receipt?.refusals.contains { $0.reason == .revoked } ?? false
    }
    let tables =
      ReplicaTables.bookkeepingTables + ReplicaTables.trustTables + ReplicaTables.carriageTables
    for table in tables + schema.collections.map(\.name) {
      try db.run("DELETE FROM \"\(table)\"")
    }
    try db.run(
      "INSERT INTO revoked VALUES (1, ?, ?)", .moment(moment), .integer(Int64(handedOver)))
  }
}
