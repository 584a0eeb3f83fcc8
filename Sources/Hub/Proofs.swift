// What laptops bring besides edits: boxes that only the hub opens, signatures, and doubts.
//
// A laptop that has had to forget what it wrote keeps it in a box for the hub, should the hub ever be
// restored to before it. A laptop signs the head of its log: whatever the hub later says it wrote can be
// held against that. And a laptop that was once shown another history says so.

import Digest
import Notation
import Storage
import SyncCore
import Wire

extension Session {
  /// Keeps a signature that is the laptop's own, and a doubt. Neither stands in the way of its work: a
  /// signature that does not fit is told, and proves nothing.
  func noteProofs(in request: SyncRequest, from replica: ReplicaRow) throws {
    if !request.signature.isEmpty { try noteSignature(request, from: replica) }
    // A laptop was shown nothing beyond the head.
    if request.doubt > .start, request.doubt <= store.head {
      try store.db.run(
        "UPDATE replicas SET doubt = ? WHERE replica = ?", .position(request.doubt),
        .replica(replica.id))
      try tell(
        "laptop doubt", replica, ["position": .integer(Int64(clamping: request.doubt.rawValue))])
    }
  }

  private func noteSignature(_ request: SyncRequest, from replica: ReplicaRow) throws {
    let signed = request.head.signedBytes(of: replica.id)
    guard replica.key?.verifies(request.signature, of: signed, for: .logHead) == true else {
      let counter = Int64(clamping: request.head.counter.rawValue)
      return try tell("laptop signature refused", replica, ["counter": .integer(counter)])
    }
    try store.db.run(
      """
      UPDATE replicas SET signed_counter = ?, signed_hash = ?, signature = ? WHERE replica = ?
      """, .counter(request.head.counter), .blob(request.head.hash.bytes),
      .blob(request.signature), .replica(replica.id))
  }

  private func tell(
    _ action: String, _ replica: ReplicaRow, _ details: [String: JSONValue]
  ) throws {
    var details = details
    details["replica"] = .integer(Int64(replica.id.rawValue))
    try store.audit(
      AuditEvent(user: replica.user, action: action, subject: replica.device, details: details),
      at: now)
  }
}

extension HubStore {
  /// What a pushed edit's author sealed. A box that is not for this hub stays as it is, and is
  /// quarantined as unreadable.
  public func sealedBytes(of pushed: PushedEdit) -> [UInt8] {
    pushed.isBoxed ? key.open(pushed.edit) ?? pushed.edit : pushed.edit
  }

  /// The last backup holds everything up to here.
  func durable() throws -> Position {
    try db.first("SELECT durable FROM hub") { $0.position(0) } ?? .start
  }
}
