// Follow-ups that arrive after their customer was taken away, held against what was known then (H-01).
//
// Before an edit is judged, it may undo a recycle: then what its author wrote in good faith is judged
// as his own work, as if nothing had been taken from him. Where it cannot – somebody has the customer,
// or it was entered too late – the follow-up stays on the timeline as a fact, and a dispute stands
// until somebody settles it. Nothing is decided twice: each recycle has one outcome.

import FollowUp
import Notation
import Storage
import SyncCore

/// A recycle that was carried out, and what became of it.
struct RecycledRow {
  enum State: String, CaseIterable {
    case stands
    /// Undone by itself.
    case returned
    case disputed
    /// Settled: the customer went back to its former owner, or it did not.
    case settledReturned, settledKept
  }

  var root: RecordID
  var position: Position
  var pool: String
  var facts: Recycled
  var isConfirmed: Bool
  var state: State
  var evidence: RecordID?
  var occurredAt: Moment?
  var enteredAt: Moment?
  var arrivedAt: Moment?
  var settledBy: String?
  var settledAt: Moment?
}

struct RecycleReview {
  let store: HubStore
  let now: Moment
  let zone: LocalZone

  /// Undoes recycles that a follow-up in this edit proves wrong, each under a position of its own.
  ///
  /// - Returns: the customers that went back to him.
  func giveBack(for edit: Edit, by author: Author) throws -> [RecordID] {
    var returned: [RecordID] = []
    for change in edit.changes where change.collection == CollectionSchema.followUp.id {
      guard let evidence = try evidence(in: change, enteredAt: edit.stamp.moment, by: author),
        try store.load(change.record, in: .followUp) == nil
      else { continue }
      let root = change.root(in: .followUp)
      guard let (row, outcome) = try finding(on: root, evidence), outcome == .returns,
        // Whoever knew that it was gone wrote it because it was: that is for a person to judge.
        author.reach.cuts.contains(where: { $0 < row.position })
      else { continue }
      try store.transaction {
        store.head = store.head.next
        try RecycleRun(store: store, now: now, zone: zone)
          .giveBack(row, because: "归还 returned: follow-up \(change.record)")
        try note(.returned, row, change.record, evidence)
      }
      returned.append(root)
    }
    return returned
  }

  /// Notes a dispute where an accepted follow-up speaks against a recycle that it could not undo.
  func dispute(_ touched: Touched) throws {
    guard touched.isCreation, touched.collection == CollectionSchema.followUp.id else { return }
    let occurredAt = try store.db.first(
      "SELECT \(ContactTimes.at) FROM followUp WHERE id = ?", .id(touched.record)
    ) { $0.isNull(0) ? nil : $0.moment(0) }
    guard let occurredAt = occurredAt ?? nil else { return }
    let evidence = LateEvidence(
      author: touched.author, occurredAt: occurredAt,
      enteredAt: try store.corrected(
        touched.change.at, from: touched.replica, drift: touched.drift, at: now))
    guard let (row, _) = try finding(on: touched.root, evidence) else { return }
    try note(.disputed, row, touched.record, evidence)
  }

  private func evidence(
    in change: Change, enteredAt: Moment, by author: Author
  ) throws -> LateEvidence? {
    guard let field = CollectionSchema.followUp["occurredAt"] else { return nil }
    for write in change.writes where write.field == field.id {
      guard case .put(.moment(let occurredAt), _) = write.action else { continue }
      let (replica, drift) = (author.replica, author.drift)
      return LateEvidence(
        author: author.user,
        occurredAt: try store.contacted(
          occurredAt, in: change.record, from: replica, drift: drift, at: now),
        enteredAt: try store.corrected(enteredAt, from: replica, drift: drift, at: now))
    }
    return nil
  }

  /// The recycle, still standing, that the evidence speaks against, and what it does to it.
  private func finding(
    on root: RecordID, _ evidence: LateEvidence
  ) throws -> (RecycledRow, LateEvidence.Outcome)? {
    let rows = try store.recycled("root = ?1 AND state = 'stands'", .id(root))
    guard !rows.isEmpty else { return nil }
    let almanac = try store.almanac() ?? Almanac(zoneName: "", zone: zone)
    for row in rows {
      let outcome = evidence.outcome(
        for: row.facts, isUntouched: try isUntouched(row), at: now, in: almanac)
      if outcome != .nothing { return (row, outcome) }
    }
    return nil
  }

  /// Whether the customer lies where the recycle put it, and did all the time.
  private func isUntouched(_ row: RecycledRow) throws -> Bool {
    guard let record = try store.load(row.root, in: .customer), record.isAlive else { return false }
    let entered = try store.db.first(
      "SELECT entered_at FROM releases WHERE root = ?", .id(row.root)
    ) { $0.moment(0) }
    guard let pool = CollectionSchema.customer["pool"] else { return false }
    let claims = try store.db.first(
      "SELECT 1 FROM claims WHERE root = ? AND position > ?", .id(row.root),
      .position(row.position)
    ) { _ in true }
    return record.shown[.customerOwner].isNull && record.shown[pool.id] == .text(row.pool)
      && entered == row.facts.at && claims == nil
  }

  private func note(
    _ state: RecycledRow.State, _ row: RecycledRow, _ followUp: RecordID, _ evidence: LateEvidence
  ) throws {
    try store.db.run(
      """
      UPDATE recycled SET state = ?3, evidence = ?4, occurred_at = ?5, entered_at = ?6,
        arrived_at = ?7 WHERE root = ?1 AND position = ?2
      """, .id(row.root), .position(row.position), .text(state.rawValue), .id(followUp),
      .moment(evidence.occurredAt), .moment(evidence.enteredAt), .moment(now))
  }

  // MARK: Settling

  /// Ends a dispute.
  func settle(_ row: RecycledRow, isReturned: Bool, by user: String) throws {
    let state = isReturned ? RecycledRow.State.settledReturned : .settledKept
    if isReturned {
      try RecycleRun(store: store, now: now, zone: zone)
        .giveBack(row, because: "归还 returned by \(user)", for: user)
    }
    try store.db.run(
      """
      UPDATE recycled SET state = ?3, settled_by = ?4, settled_at = ?5
      WHERE root = ?1 AND position = ?2
      """, .id(row.root), .position(row.position), .text(state.rawValue), .text(user),
      .moment(now))
  }
}

extension HubStore {
  /// Recycles that were carried out, in their order.
  func recycled(_ condition: String, _ binding: Binding) throws -> [RecycledRow] {
    try db.all(
      """
      SELECT root, position, former_owner, pool, rule, days, anchor, deadline, at, grace_days,
        is_confirmed, state, evidence, occurred_at, entered_at, arrived_at, settled_by, settled_at
      FROM recycled WHERE \(condition) ORDER BY position, root
      """, binding
    ) { row in
      func moment(_ column: Int) -> Moment? { row.isNull(column) ? nil : row.moment(column) }
      guard let reason = RecycleTerm.Reason(rawValue: row.text(4)),
        let state = RecycledRow.State(rawValue: row.text(11))
      else { throw StorageError.corrupt(reason: "a recycle of \(row.text(0)) is not readable") }
      return RecycledRow(
        root: try row.id(0), position: row.position(1), pool: row.text(3),
        facts: Recycled(
          formerOwner: row.text(2), reason: reason, days: row.int(5), anchor: row.moment(6),
          deadline: row.moment(7), at: row.moment(8), graceDays: row.int(9)),
        isConfirmed: row.bool(10), state: state,
        evidence: row.isNull(12) ? nil : try row.id(12), occurredAt: moment(13),
        enteredAt: moment(14), arrivedAt: moment(15), settledBy: row.optionalText(16),
        settledAt: moment(17))
    }
  }
}
