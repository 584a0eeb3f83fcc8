// `/v1/admin/records/ID/merge` and `…/unmerge`: two customers become one, and two again.
//
// The record in the path is the one that is kept, or the one that comes back. Both answer with the one that is
// kept as it is then.

import Notation
import SyncCore

extension AdminRoutes {
  func merging(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    try require(.decide)
    let record = try customer(path[1])
    let merge = CustomerMerge(store: store, writes: writes)
    if path[2] == "unmerge" {
      try requireRight(.delete, in: .customer, root: record.id)
      let kept = try merge.undo(record, history: RecordHistory(store: store, zone: zone))
      return try answer(merged: record.id, kept: kept)
    }
    let body = try RequestBody(request)
    let other = try customer(try body.text("from"))
    guard other.id != record.id else {
      throw HubError.badRequest("\(record.id) and \(other.id) are one record already.")
    }
    guard record.isAlive, other.isAlive else {
      throw Refused(409, "gone", "One of the two is deleted.")
    }
    for id in [record.id, other.id] { try requireRight(.delete, in: .customer, root: id) }
    let (taking, leaving) = (try units(body["take"], record), try units(body["leave"], record))
    try merge.merge(other, into: record, taking: taking, leaving: leaving)
    return try answer(merged: other.id, kept: record.id)
  }

  private func answer(merged other: RecordID, kept: RecordID) throws -> HubResponse {
    .json(["id": .string(other.description), "kept": .string(kept.description)])
  }

  private func customer(_ text: String) throws -> HubRecord {
    let record = try reference.record(text)
    guard record.schema == .customer else {
      throw HubError.badRequest(
        "Only customers can be merged, and \(text) is a \(record.schema.name).")
    }
    return record
  }

  private func units(_ names: JSONValue?, _ record: HubRecord) throws -> Set<FieldID> {
    Set(
      try (names?.array ?? []).compactMap(\.string).map { name in
        guard name != "lifecycle", let unit = record.schema.unit(named: name) else {
          throw HubError.badRequest("A \(record.schema.name) has no field \(name) .")
        }
        return unit
      })
  }
}
