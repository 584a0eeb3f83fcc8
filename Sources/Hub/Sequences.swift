// Sequences as the hub sees them: a reply or a meeting ends what goes on, whichever laptop it comes from; and of two
// that were begun for one contact without knowing of each other, the first to arrive goes on.
//
// The laptop writes the same where it knows of both. What it cannot know – the answer was noted down by a colleague –
// is settled here, in the transaction that takes the answer in.

import FollowUp
import Storage
import SyncCore

struct Sequences {
  let store: HubStore
  let now: Moment

  /// - Returns: whether a sequence ended.
  func settle(_ change: Touched) throws -> Bool {
    guard change.isCreation, let schema = store.schema[change.collection] else { return false }
    switch schema {
    case .feedback, .followUp: return try end(by: change, schema)
    case .plan: return try endSecond(change)
    default: return false
    }
  }

  private func runs(of root: RecordID) throws -> [SequenceRun] {
    guard let table = store.table(CollectionSchema.plan.id) else { return [] }
    return try store.db.all(
      table.selectSQL + " WHERE root = ? AND channel = ? ORDER BY id", .id(root),
      .text(SequenceRun.channel)
    ) { try table.row($0) }.compactMap { SequenceRun($0.id, $0.values) }.filter(\.isOpen)
  }

  private func end(by change: Touched, _ schema: CollectionSchema) throws -> Bool {
    let open = try runs(of: change.root)
    guard !open.isEmpty, let record = try store.load(change.record, in: schema) else {
      return false
    }
    var hasEnded = false
    for run in open {
      guard let moment = run.end(by: change.record, in: schema.id, record.shown) else { continue }
      try write(run, "done", at: moment)
      hasEnded = true
    }
    return hasEnded
  }

  /// One at a time for a contact.
  private func endSecond(_ change: Touched) throws -> Bool {
    let open = try runs(of: change.root)
    guard let second = open.first(where: { $0.plan == change.record }),
      open.contains(where: { $0.plan != second.plan && $0.contact == second.contact })
    else { return false }
    try write(second, "cancelled", at: now)
    return true
  }

  private func write(_ run: SequenceRun, _ status: String, at moment: Moment) throws {
    try OwnWrites(store: store, now: now).write(
      run.plan, in: .plan, SequenceRun.ended(status, at: min(moment, now)))
  }
}
