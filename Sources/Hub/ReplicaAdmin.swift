// The laptops as an administrator sees them: who has them, how far behind they are, and an end.
//
// A revoked laptop may hand over what it has, and is wiped with its next sync; a retired one is gone
// in peace and no longer counted. What either wrote stays.

import Digest
import Notation
import Storage
import SyncCore
import Wire

/// One laptop, as told to people.
struct ReplicaReport {
  var id: ReplicaID
  var user: String
  var device: String
  var lastSeen: Moment
  var joinedAt: Moment
  /// Changes that it has not been sent.
  var behindChanges: Int64
  /// Up to where it has been sent all that it may see.
  var sent: Position
  /// For how long nothing was heard of it while it is behind; 0: it has everything.
  var behindSeconds: Int64
  var counter: Counter
  var schema: Int64
  var skewMilliseconds: Int64
  var status: String
  var parent: ReplicaID?
  var frontier: Moment
  /// Whether what left the laptop with its last cut, and before, is off its disk.
  var isPurged: Bool
  /// The last of its edits that it has signed for.
  var signed: Counter
  /// It was once shown another history up to here; `start`: not so.
  var doubt: Position
  /// How people compare keys; nil: it signs nothing.
  var key: String?

  func json(in zone: LocalZone) -> JSONValue {
    func time(_ moment: Moment) -> JSONValue {
      .string(ISO8601.string(milliseconds: moment.milliseconds, in: zone))
    }
    return [
      "id": .integer(Int64(id.rawValue)), "user": .string(user), "device": .string(device),
      "lastSeen": time(lastSeen), "joinedAt": time(joinedAt),
      "behindSeconds": .integer(behindSeconds), "behindChanges": .integer(behindChanges),
      "counter": .integer(Int64(counter.rawValue)), "schema": .integer(schema),
      "skewMilliseconds": .integer(skewMilliseconds), "status": .string(status),
      "parent": parent.map { .integer(Int64($0.rawValue)) } ?? .null,
      "frontier": frontier.milliseconds > 0 ? time(frontier) : .null,
      "purged": .bool(isPurged), "signed": .integer(Int64(signed.rawValue)),
      "doubt": doubt > .start ? .integer(Int64(clamping: doubt.rawValue)) : .null,
      "key": key.map { .string($0) } ?? .null,
    ]
  }
}

extension HubStore {
  func replicaReports(now: Moment) throws -> [ReplicaReport] {
    try db.all(
      """
      SELECT replica, user, device, seen_at, joined_at, sent, counter, schema, skew, status,
        parent, frontier, purged >= confirmed, signed_counter, doubt, key
      FROM replicas ORDER BY replica
      """
    ) { row in
      let behind = max(0, Int64(head.rawValue) - Int64(row.position(5).rawValue))
      let silence = max(0, now.milliseconds - row.moment(3).milliseconds) / 1000
      return ReplicaReport(
        id: row.replica(0), user: row.text(1), device: row.text(2), lastSeen: row.moment(3),
        joinedAt: row.moment(4), behindChanges: behind, sent: row.position(5),
        behindSeconds: behind == 0 ? 0 : silence,
        counter: row.counter(6), schema: row.integer(7), skewMilliseconds: row.integer(8),
        status: row.text(9), parent: row.isNull(10) ? nil : row.replica(10),
        frontier: row.moment(11), isPurged: row.bool(12), signed: row.counter(13),
        doubt: row.position(14), key: PublicKey(bytes: row.blob(15))?.fingerprint)
    }
  }

  /// What a pull of this laptop would bring now, in bytes of the wire without what is in every answer.
  /// The pages are made as for the laptop and thrown away, so this takes as long as its pull would.
  func bytesBehind(_ replica: ReplicaReport, now: Moment) throws -> Int64 {
    let isShutOut = try user(replica.user)?.isDisabled ?? true
    guard !isShutOut, replica.status == ReplicaRow.Status.active.rawValue else { return 0 }
    let viewer = try viewer(replica.id, of: replica.user)
    let empty = SyncResponse(request: 0, epoch: epoch, hubTime: now)
    var bytes: Int64 = 0
    var token: FeedToken? = FeedToken(from: replica.sent, began: head)
    while let next = token {
      let page = try Feed(store: self, viewer: viewer).page(
        next, recordsMax: Limits.recordsPerPageMax)
      var answer = empty
      (answer.records, answer.departed) = (page.records, page.departed)
      answer.undisturbed = page.undisturbed
      bytes += Int64(answer.encoded().count - empty.encoded().count)
      token = page.next
    }
    return bytes
  }

  /// Somebody knows why a laptop was once shown another history: its next doubt is a new one.
  func acceptDoubt(of replica: ReplicaID) throws {
    try db.run(
      "UPDATE replicas SET doubt = 0 WHERE replica = ? AND doubt > 0", .replica(replica))
    guard db.changes > 0 else {
      throw Refused(409, "noDoubt", "The laptop \(replica.rawValue) has no doubt to accept.")
    }
  }

  func setStatus(of replica: ReplicaID, _ status: ReplicaRow.Status) throws {
    try db.run(
      "UPDATE replicas SET status = ? WHERE replica = ?", .text(status.rawValue),
      .replica(replica))
    guard db.changes > 0 else {
      throw HubError.notFound(what: "replica", name: "\(replica.rawValue)")
    }
    let user = try db.first("SELECT user FROM replicas WHERE replica = ?", .replica(replica)) {
      $0.text(0)
    }
    if let user { news.users.insert(user) }
  }
}
