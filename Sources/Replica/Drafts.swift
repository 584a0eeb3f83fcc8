// Values that the hub refused: kept for their author, with the reason, until he decides.
//
// A draft is made in the same transaction in which its value leaves the view, so a word somebody
// typed is always in one of the two places (I3). Trying again is a new edit with a new identity.

import Digest
import FollowUp
import Storage
import SyncCore
import Wire

public struct Draft: Hashable, Sendable {
  public var id: ULID
  /// What it was part of.
  public var edit: EditID
  public var record: RecordID
  public var collection: CollectionID
  /// Nil: the whole change.
  public var field: FieldID?
  /// The refused part of the change.
  public var change: Change
  public var reason: RefusalReason
  public var text: String
  public var isParked: Bool
  public var at: Moment
}

extension ReplicaStore {
  /// The values of an edit that were refused.
  func keepDrafts(of edit: Edit, _ receipt: Receipt, at moment: Moment) throws {
    for refusal in receipt.refusals {
      for change in edit.changes where change.record == refusal.record {
        var refused = change
        refused.writes = edit.words(of: change)
        if let field = refusal.field { refused.writes.removeAll { $0.field != field } }
        guard !refused.writes.isEmpty else { continue }
        let id = Digest.identity(
          // The edit's own time: judged again by a restored hub, it is still the same draft.
          at: edit.id.moment,
          [edit.id.description, change.record.description, "\(refusal.field?.rawValue ?? 0)"])
        try db.run(
          "INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", .id(id),
          .blob(edit.id.bytes), .id(change.record), .integer(Int64(change.collection.rawValue)),
          .integer(Int64(refusal.field?.rawValue ?? 0)), .blob(refused.encoded()),
          .integer(Int64(refusal.reason.rawValue)), .text(refusal.text),
          .integer(refusal.isParked ? 1 : 0), .moment(moment))
      }
    }
  }

  // MARK: Parked ones

  /// Those that wait for somebody else's decision, as many as one request asks about, oldest first.
  func parkedDrafts() throws -> [ULID] {
    try db.all(
      "SELECT id FROM drafts WHERE is_parked = 1 ORDER BY at, id LIMIT ?", .count(Limits.parkedMax)
    ) { try $0.id(0) }
  }

  /// What was accepted is in the record, and would only overwrite newer work if it were written again;
  /// what was discarded is its author's alone from now on, and he decides (I3).
  ///
  /// - Parameter cut: the cut that the decision came with.
  /// - Returns: false where nothing here waited for it.
  func learn(_ decision: Decision, by cut: Position) throws -> Bool {
    let draft = try drafts().first { $0.id == decision.value && $0.isParked }
    guard let draft else { return false }
    if decision.isAccepted {
      try retainAccepted(draft.edit, by: cut)
      try drop(draft)
    } else {
      let who = decision.by.isEmpty ? "Whoever decides about it" : decision.by
      try db.run(
        "UPDATE drafts SET is_parked = 0, reason = ?, text = ?, at = ? WHERE id = ?",
        .integer(Int64(RefusalReason.discarded.rawValue)),
        .text("\(who) looked at it and discarded it. You may write it again, or let it go."),
        .moment(decision.at), .id(draft.id))
    }
    return true
  }

  /// Everything that waits for its author, oldest first.
  public func drafts() throws -> [Draft] {
    try db.all(
      """
      SELECT id, record, collection, field, change, reason, text, is_parked, at, edit
      FROM drafts ORDER BY at, id
      """
    ) { row in
      let field = UInt32(clamping: row.integer(3))
      guard let edit = EditID(bytes: row.blob(9)) else {
        throw StorageError.corrupt(reason: "draft \(row.text(0)) is of no edit")
      }
      return Draft(
        id: try row.id(0), edit: edit, record: try row.id(1),
        collection: CollectionID(UInt32(clamping: row.integer(2))),
        field: field == 0 ? nil : FieldID(field), change: try Change(decoding: row.blob(4)),
        reason: RefusalReason(rawValue: UInt32(clamping: row.integer(5))) ?? .unspecified,
        text: row.text(6), isParked: row.bool(7), at: row.moment(8))
    }
  }

  /// Lets a value go; without a trace where it is about what this laptop does not hold.
  public func discard(_ draft: Draft) throws {
    try transaction { try drop(draft) }
    try purgeIfOwed()
  }

  /// What one hub had refused of an edit, and a restored one has accepted, waits for nobody any more.
  func dropDrafts(ofEditAt sequence: Int64) throws {
    try db.run(
      "DELETE FROM drafts WHERE edit = (SELECT edit FROM change_log WHERE sequence = ?)",
      .integer(sequence))
    if db.changes > 0 { try owePurge(upTo: state().cursor) }
  }

  /// The hub was restored: what somebody had discarded may wait for him again, and he may decide otherwise.
  func askAgainAboutDiscarded() throws {
    try db.run(
      "UPDATE drafts SET is_parked = 1 WHERE reason = ?",
      .integer(Int64(RefusalReason.discarded.rawValue)))
  }

  private func drop(_ draft: Draft) throws {
    try db.run("DELETE FROM drafts WHERE id = ?", .id(draft.id))
    if try !isHere(draft.change) { try owePurge(upTo: state().cursor) }
  }

  /// Whether the record, or for a new one the customer it belongs to, is on this laptop by the hub's
  /// word, and not for pending edits alone.
  private func isHere(_ change: Change) throws -> Bool {
    let place = root(named: change) ?? change.record
    guard try !departedRecords().contains(place) else { return false }
    return try schema.collections.contains { try table($0).exists(place, in: db) }
  }

  /// Writes the refused value again, as a new edit on what is shown now. One that is parked waits for
  /// somebody else's decision; it can be written again where its record is here again.
  ///
  /// - Parameter isReferred: where the author still may not, it is left to whoever may.
  @discardableResult
  public func retry(
    _ draft: Draft, isReferred: Bool = false, at now: Moment
  ) throws -> EditID {
    guard let collection = schema[draft.collection] else {
      throw ReplicaError.recordMissing(draft.record)
    }
    return try transaction {
      guard try !draft.isParked || isHere(draft.change) else {
        throw ReplicaError.parked(draft.record)
      }
      let exists = try table(collection).exists(draft.record, in: db)
      // A record that was there and is deleted is not made anew out of one refused value.
      if try !exists && (draft.change.seen.hub > .start || hasPending(draft.record)) {
        throw ReplicaError.recordMissing(draft.record)
      }
      let edit = try write(
        [RecordWrite(draft.record, in: collection, draft.change.writes, isCreation: !exists)],
        isReferred: isReferred, at: now)
      try db.run("DELETE FROM drafts WHERE id = ?", .id(draft.id))
      return edit
    }
  }
}
