// The laptops the hub knows: who they are, how far their logs have come, and which are copies.
//
// A replica shows a log; the hub compares it with the one it has. A log that does not contain what
// the hub has (a cloned disk, a restored backup) gets a new identity and goes on from the last
// common point. The choice of that identity is a function of (parent, point), so an answer that is
// lost and asked for again gives the same one.

import Access
import Digest
import Storage
import SyncCore
import Wire

/// One laptop, as the hub has it on file.
struct ReplicaRow {
  enum Status: String { case active, revoked, retired }

  var id: ReplicaID
  var user: String
  var role: Role
  var isDisabled: Bool
  var device: String
  var head: LogHead
  var sent: Position
  /// The last cut it is known to have, with everything it wrote before.
  var confirmed: Position
  /// What left it up to here is off its disk.
  var purged: Position
  var seenAt: Moment
  /// Its clock minus ours, as it was told when it was seen.
  var skew: Int64
  var status: Status
  /// What it signs with; nil for one that joined without.
  var key: PublicKey?
}

extension HubStore {
  /// The replica with this identity and token; nil where they do not belong together.
  func replica(_ id: ReplicaID, token: String) throws -> ReplicaRow? {
    try replica(id, "token", Digest.ofSecret(token))
  }

  /// The replica with this identity, of which this column – its token, its key – holds this.
  func replica(_ id: ReplicaID, _ column: String, _ proof: [UInt8]) throws -> ReplicaRow? {
    try db.first(
      """
      SELECT r.replica, r.user, u.role, u.is_disabled, r.device, r.counter, r.hash, r.sent,
        r.seen_at, r.status, r.confirmed, r.purged, r.key, r.skew
      FROM replicas r JOIN users u ON u.name = r.user WHERE r.replica = ? AND r.\(column) = ?
      """, .replica(id), .blob(proof)
    ) { row in
      guard let role = Role(rawValue: row.text(2)), let hash = ChainHash(bytes: row.blob(6)),
        let status = ReplicaRow.Status(rawValue: row.text(9))
      else { throw StorageError.corrupt(reason: "replica \(id.rawValue) is not readable") }
      return ReplicaRow(
        id: row.replica(0), user: row.text(1), role: role, isDisabled: row.bool(3),
        device: row.text(4), head: LogHead(counter: row.counter(5), hash: hash),
        sent: row.position(7), confirmed: row.position(10), purged: row.position(11),
        seenAt: row.moment(8), skew: row.integer(13), status: status,
        key: PublicKey(bytes: row.blob(12)))
    }
  }

  /// The first replica with this token: copies of a laptop share theirs.
  func replica(token: String) throws -> ReplicaRow? {
    let first =
      try db.first(
        "SELECT min(replica) FROM replicas WHERE token = ?", .blob(Digest.ofSecret(token))
      ) { $0.isNull(0) ? nil : $0.replica(0) } ?? nil
    return try first.flatMap { try replica($0, token: token) }
  }

  func saveHead(of replica: ReplicaID, _ head: LogHead) throws {
    try db.run(
      "UPDATE replicas SET counter = ?, hash = ? WHERE replica = ?", .counter(head.counter),
      .blob(head.hash.bytes), .replica(replica))
  }

  // MARK: Copies

  /// The new identity of a copy that left `parent`'s log at `common`.
  func fork(_ parent: ReplicaRow, at common: LogHead, now: Moment) throws -> ReplicaID {
    let known = try db.first(
      "SELECT child FROM forks WHERE parent = ? AND counter = ? AND hash = ?",
      .replica(parent.id), .counter(common.counter), .blob(common.hash.bytes)
    ) { $0.replica(0) }
    if let known, try isUnused(known, by: parent) {
      // What was sent under the shared identity since is what the copy has seen, too.
      try db.run(
        """
        UPDATE replicas SET sent = max(sent, (SELECT sent FROM replicas WHERE replica = ?1))
        WHERE replica = ?2
        """, .replica(parent.id), .replica(known))
      try recordHeritage(of: known, from: parent.id, upTo: common.counter)
      return known
    }
    let child = try issueReplicaID()
    // What the copy wrote since it parted has not arrived: its frontier is its own to earn.
    try db.run(
      """
      INSERT INTO replicas SELECT ?, user, device, token, 0, ?, sent, confirmed, purged, 0, ?, ?, skew, schema,
        status, replica, key, 0, NULL, NULL, 0 FROM replicas WHERE replica = ?
      """, .replica(child), .blob(ChainHash.none.bytes), .moment(now), .moment(now),
      .replica(parent.id))
    try db.run(
      "INSERT OR REPLACE INTO forks VALUES (?, ?, ?, ?)", .replica(parent.id),
      .counter(common.counter), .blob(common.hash.bytes), .replica(child))
    try recordHeritage(of: child, from: parent.id, upTo: common.counter)
    try copyNarrowing(of: parent.id, to: child)
    return child
  }

  /// Whether nothing was ever sent under this name, and nobody has put an end to it: whoever was given it
  /// next would be turned away, or wiped, in another's place.
  private func isUnused(_ replica: ReplicaID, by copies: ReplicaRow) throws -> Bool {
    try db.first(
      "SELECT counter FROM replicas WHERE replica = ? AND status = ?", .replica(replica),
      .text(copies.status.rawValue)
    ) { $0.counter(0) == .none } ?? false
  }

  func issueReplicaID() throws -> ReplicaID {
    try db.run("UPDATE hub SET replicas = replicas + 1")
    return try db.first("SELECT replicas FROM hub") { $0.replica(0) } ?? ReplicaID(1)
  }
}
