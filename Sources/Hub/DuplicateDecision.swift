// Deciding that customers with one code are one, or that they are not.
//
// One is kept. What it does not say, the other says for it; contacts, follow-ups, deals and tasks of the other
// move to it; then the other is deleted, and what a laptop still writes about it lands on the one that
// was kept (`Twins`). Nothing is overwritten and no word is lost: the deleted one stays in the graveyard
// with all its values.

import FollowUp
import Notation
import Storage
import SyncCore

struct DuplicateDecision {
  let store: HubStore
  let writes: AdminWrites

  /// - Parameters:
  ///   - kept: the one that stays.
  ///   - note: why.
  func merge(_ row: Duplicates.Row, keeping kept: RecordID, note: String?) throws {
    let duplicates = Duplicates(store: store, now: writes.now)
    let members = try duplicates.members(of: row)
    guard members.contains(where: { $0.id == kept }) else {
      throw Refused(409, "gone", "The customer \(kept) does not have this code any more.")
    }
    try store.transaction {
      for other in members where other.id != kept {
        try fill(kept, from: other)
        try moveChildren(of: other.id, to: kept)
        try writes.commit([(try record(other.id), [.put(.lifecycle, Lifecycle.deleted.value)])])
        try store.db.run(
          "INSERT OR REPLACE INTO twins VALUES (?, ?, ?, ?)", .id(other.id), .id(kept),
          .replica(.hub), .position(store.head))
        store.knownTwins = true
      }
      try tell(row, note: note)
    }
  }

  /// They share a code and are not one; so it stays until another customer has the code.
  func keepApart(_ row: Duplicates.Row, note: String?) throws {
    let duplicates = Duplicates(store: store, now: writes.now)
    try store.transaction {
      store.head = store.head.next
      try duplicates.close(row, apart: duplicates.members(of: row).map(\.id))
      try tell(row, note: note)
    }
  }

  private func tell(_ row: Duplicates.Row, note: String?) throws {
    try OwnWrites(store: store, now: writes.now).write(
      row.conflict, in: .conflict,
      [
        "status": .text(ConflictStatus.resolved.rawValue),
        "resolvedBy": .text(writes.caller.user), "resolvedAt": .moment(writes.now),
        "note": note.map { .text($0) } ?? .null,
      ], for: writes.caller.user)
  }

  private func record(_ id: RecordID) throws -> HubRecord {
    guard let record = try store.load(id, in: .customer) else {
      throw HubError.notFound(what: "record", name: id.description)
    }
    return record
  }

  /// Gives the one that is kept what only the other knows.
  private func fill(_ kept: RecordID, from other: HubRecord) throws {
    let record = try record(kept)
    let (here, there) = (record.shown, other.shown)
    var changes: [FieldWrite] = []
    for field in record.schema.fields
    where field.group == nil && field.rule != .hubOnly && !field.isRequest {
      let (mine, its) = (
        record.schema.unitValue(of: field.id, from: here),
        record.schema.unitValue(of: field.id, from: there)
      )
      if field.rule == .union {
        let missing = Set(its.elements).subtracting(mine.elements)
        if !missing.isEmpty {
          changes.append(
            FieldWrite(field.id, .alter(adding: missing.inByteOrder, removing: [])))
        }
      } else if mine.isNull, !its.isNull {
        changes.append(.put(field.id, its))
      }
    }
    try writes.commit([(record, changes)])
  }

  /// Everything under the other goes under the kept one. Reminders and cases stay behind: the rules ask for the
  /// former anew, and the latter are about a record that is gone.
  private func moveChildren(of other: RecordID, to kept: RecordID) throws {
    store.head = store.head.next
    let author = try writes.author()
    var touched: [Touched] = []
    for collection in store.schema.collections
    where collection.id != CollectionSchema.reminder.id
      && collection.id != CollectionSchema.conflict.id
    {
      guard let field = collection.rootField else { continue }
      let children = try store.db.all(
        "SELECT id FROM \"\(collection.name)\" WHERE root = ? ORDER BY id", .id(other)
      ) { try $0.id(0) }
      for id in children {
        let change = Change(
          record: id, collection: collection.id, seen: VectorClock(hub: store.head),
          writes: [.put(field, .reference(kept))])
        touched.append(try writes.merge(change, by: author))
      }
    }
    try writes.automation.react(to: touched, at: writes.now)
  }
}
