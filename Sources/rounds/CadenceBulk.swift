// Many at once: everybody a question finds is taken through a sequence, or every run of one is held, resumed, ended.
//
// Each is an edit of its own, so that what the hub refuses of one is not refused of all. Who wants no contact, and
// who is in a sequence already, is passed over and counted: asked again, it takes in only who is new.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore

let dryRunOption = Command.Option(
  "dry-run", help: Phrase(en: "With --all: only count", zh: "与 --all 合用：只统计数量"))

/// Whom a sequence is for: a person, or a customer as a whole.
private struct Member: Hashable {
  var customer: RecordID
  var contact: RecordID?
}

/// What was done to how many.
private struct BulkResult {
  var changed: Int
  var skipped: Int
  var isTrial: Bool

  func print(_ name: String, _ invocation: Invocation) {
    guard !invocation.isJSON else {
      return invocation.console.print(json: [
        "name": .string(name), "changed": .integer(Int64(changed)),
        "skipped": .integer(Int64(skipped)), "dryRun": .bool(isTrial),
      ])
    }
    let counts = Phrase(
      en: "\(name): \(changed) changed, \(skipped) passed over",
      zh: "\(name)：\(changed) 个已处理，\(skipped) 个跳过")
    let trial = Phrase(en: " (nothing was written).", zh: "（未写入）。")
    Screen(invocation.console).say(counts + (isTrial ? trial : Phrase(en: ".", zh: "。")))
  }
}

/// `cadence enroll EXPR NAME --all COLLECTION`: the question is asked of every record of the collection.
func enrollAll(
  _ collection: CollectionSchema, in name: String, _ replica: OpenReplica, _ invocation: Invocation
) throws {
  let query = try Query(parsing: invocation.argument("REF"), for: collection)
    .resolved(at: replica.today, in: replica.zone)
  let rows = try replica.store.rows(of: collection).filter { row in
    let record = QueryRecord(id: row.id, values: row.values, updatedAt: row.updatedAt)
    return query.matches(record, at: replica.today, in: replica.zone)
  }
  let busy = Set(
    try replica.sequences(of: nil).filter(\.isOpen).compactMap { run in
      run.customer.map { Member(customer: $0, contact: run.contact) }
    })
  let free = try rows.compactMap { row -> Member? in
    let member = member(row, collection)
    let isWilling = try member.map { try replica.mayContact($0, row) } ?? false
    return isWilling ? member.flatMap { busy.contains($0) ? nil : $0 } : nil
  }
  let isTrial = invocation.flag("dry-run")
  for member in free where !isTrial {
    try replica.beginSequence(name, with: member.contact, of: member.customer)
  }
  BulkResult(changed: free.count, skipped: rows.count - free.count, isTrial: isTrial)
    .print(name, invocation)
}

/// Nil for a person of no customer.
private func member(_ row: CollectionRow, _ collection: CollectionSchema) -> Member? {
  guard collection == .contact else { return Member(customer: row.id, contact: nil) }
  return row.values[collection.id("customer")].reference.map {
    Member(customer: $0, contact: row.id)
  }
}

extension OpenReplica {
  /// Whether anybody there wants to hear from us.
  fileprivate func mayContact(_ member: Member, _ row: CollectionRow) throws -> Bool {
    guard member.contact == nil else {
      return row.values[CollectionSchema.contact.id("doNotContact")] != .boolean(true)
    }
    return try !ContactReading(store).people(at: member.customer).areUnwilling
  }
}

/// `cadence pause NAME --all` and its like: every run of that name which goes on and is one's own.
func turnAll(
  _ name: String, _ replica: OpenReplica, _ invocation: Invocation,
  _ change: (SequenceRun, Moment) -> [String: Value]?
) throws {
  let assignee = CollectionSchema.plan.id("assignee")
  let runs = try replica.sequences(of: nil).filter { $0.isOpen && $0.name == name }
  guard !runs.isEmpty else {
    throw CommandFailure(
      .notFound, Phrase(en: "No run of \(name) goes on.", zh: "没有进行中的 \(name) 。"),
      hint: Phrase(en: "See rounds cadence", zh: "请查看 rounds cadence"))
  }
  let isTrial = invocation.flag("dry-run")
  var changed = 0
  for run in runs {
    let row = try replica.store.table(.plan).row(run.plan, in: replica.store.db)
    guard row?.values[assignee].text == replica.state.user, let values = change(run, replica.today)
    else { continue }
    if !isTrial { try replica.writeSequence(run.plan, values) }
    changed += 1
  }
  BulkResult(changed: changed, skipped: runs.count - changed, isTrial: isTrial)
    .print(name, invocation)
}
