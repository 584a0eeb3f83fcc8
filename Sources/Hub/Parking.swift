// Parked work: what somebody wrote in good faith and may no longer write, kept for whoever decides.
//
// The author is told and keeps his words as a draft; the root's owner, or a manager of his, accepts
// or discards. What is accepted is merged as its author wrote it, with what he had seen: where it
// contradicts what was written meanwhile there is a conflict like any other, and nothing is lost (I3).

import Digest
import FollowUp
import Storage
import SyncCore
import Wire

struct Parking {
  enum Status: String, CaseIterable { case waiting, accepted, discarded }

  struct Item {
    var id: ULID
    var user: String
    var replica: ReplicaID
    var counter: Counter
    var record: RecordID
    var root: RecordID
    var change: Change
    var reason: RefusalReason
    var writtenAt: Moment
    var arrivedAt: Moment
    var status: Status
    var decidedBy: String?
    var decidedAt: Moment?
  }

  let store: HubStore
  let now: Moment

  /// Keeps the parked parts of an edit; the same edit again is the same item.
  func park(_ refusals: [Refusal], of edit: Edit, dot: Dot, author: Author) throws {
    for refusal in refusals where refusal.isParked {
      for change in edit.changes where change.record == refusal.record {
        var kept = change
        kept.writes = edit.words(of: change)
        if let field = refusal.field { kept.writes.removeAll { $0.field != field } }
        guard !kept.writes.isEmpty else { continue }
        let id = Digest.identity(
          at: edit.id.moment,
          [edit.id.description, change.record.description, "\(refusal.field?.rawValue ?? 0)"])
        let schema = store.schema[change.collection]
        let root =
          try schema.flatMap { try store.load(change.record, in: $0)?.root }
          ?? self.root(of: change.record) ?? schema.map { change.root(in: $0) } ?? change.record
        // Whoever accepts it has been sent everything; its author had not.
        kept.seen = kept.seen.clamped(to: try shown(of: root, to: author))
        try store.db.run(
          "INSERT OR IGNORE INTO parked VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', NULL, NULL)",
          .id(id), .text(author.user), .replica(dot.replica), .counter(dot.counter),
          .id(change.record), .id(root), .blob(kept.encoded()),
          .integer(Int64(refusal.reason.rawValue)), .moment(edit.stamp.moment), .moment(now))
      }
    }
  }

  /// Up to where a root was shown to an author: all that he was sent, while it is his to see; else the last
  /// of his cuts that had it; a stranger's clock tells nothing of it, whatever it claims.
  private func shown(of root: RecordID, to author: Author) throws -> Position {
    if try store.standing(of: author.reach, to: root) == .holds { return author.sent }
    return min(try store.lastCut(of: root, author.reach) ?? .start, author.sent)
  }

  // MARK: Reading

  /// Whose a record is to be of which something is parked, be it its creation.
  func root(of record: RecordID) throws -> RecordID? {
    try store.db.first(
      "SELECT root FROM parked WHERE record = ?1 AND root <> ?1 LIMIT 1", .id(record)
    ) { try $0.id(0) }
  }

  /// Oldest first, and of one push in the order in which it was written.
  ///
  /// - Parameter status: nil: whatever became of it.
  func list(_ status: Status?) throws -> [Item] {
    try store.db.all(
      """
      SELECT id, user, replica, counter, record, root, change, reason, written_at, arrived_at,
        status, decided_by, decided_at
      FROM parked WHERE ?1 IS NULL OR status = ?1 ORDER BY arrived_at, replica, counter, id
      """, .optional(status?.rawValue)
    ) { try item($0) }
  }

  /// An item by its id or a unique prefix of it.
  func find(
    _ reference: String, where isVisible: (Item) throws -> Bool = { _ in true }
  ) throws -> Item {
    let found = try list(nil).filter {
      try $0.id.description.hasPrefix(reference.uppercased()) && isVisible($0)
    }
    guard let item = found.first, !reference.isEmpty else {
      throw HubError.notFound(what: "parked change", name: reference)
    }
    guard found.count == 1 else {
      throw HubError.ambiguous(
        reference: reference, candidates: found.prefix(10).map(\.id.description))
    }
    return item
  }

  /// What became of these values of the viewer's; of those that still wait, and of others', nothing.
  func decisions(on values: [ULID], for viewer: Viewer) throws -> [Decision] {
    try values.prefix(Limits.parkedMax).compactMap { value in
      try store.db.first(
        """
        SELECT status, decided_by, decided_at FROM parked
        WHERE id = ? AND user = ? AND decided_at IS NOT NULL
        """, .id(value), .text(viewer.user)
      ) { row in
        let name = viewer.veil.name(row.text(1))
        return Decision(
          value: value, isAccepted: row.text(0) == Status.accepted.rawValue,
          by: name == Veil.somebody ? "" : name, at: row.moment(2))
      }
    }
  }

  private func item(_ row: Statement) throws -> Item {
    Item(
      id: try row.id(0), user: row.text(1), replica: row.replica(2), counter: row.counter(3),
      record: try row.id(4), root: try row.id(5), change: try Change(decoding: row.blob(6)),
      reason: RefusalReason(rawValue: UInt32(clamping: row.integer(7))) ?? .unspecified,
      writtenAt: row.moment(8), arrivedAt: row.moment(9),
      status: Status(rawValue: row.text(10)) ?? .waiting, decidedBy: row.optionalText(11),
      decidedAt: row.isNull(12) ? nil : row.moment(12))
  }

  // MARK: Deciding

  func discard(_ item: Item, by user: String) throws {
    try checkWaiting(item)
    try close(item, as: .discarded, by: user)
  }

  /// Merges the change as its author wrote it, under whoever accepts it.
  func accept(_ item: Item, writes: AdminWrites) throws {
    try checkWaiting(item)
    try store.transaction {
      try writes.commit(item.change, of: item)
      try Handover.passOn(item.record, of: item.user, writes)
      try close(item, as: .accepted, by: writes.caller.user)
    }
  }

  private func checkWaiting(_ item: Item) throws {
    guard item.status == .waiting else {
      throw Refused(
        409, "decided", "\(item.decidedBy ?? "Somebody") has \(item.status.rawValue) it already.")
    }
  }

  private func close(_ item: Item, as status: Status, by user: String) throws {
    try store.db.run(
      "UPDATE parked SET status = ?, decided_by = ?, decided_at = ? WHERE id = ?",
      .text(status.rawValue), .text(user), .moment(now), .id(item.id))
  }
}
