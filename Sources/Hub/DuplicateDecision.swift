// Deciding that customers with one code are one, or that they are not.
//
// They become one as any two customers do (`CustomerMerge`), and the case is closed with who decided and why. That
// they are two is remembered for just these, and asked again where another one has the code.

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
        try CustomerMerge(store: store, writes: writes).merge(other, into: record(kept))
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
}
