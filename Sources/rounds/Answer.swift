// The rep's answers to tasks and reminders: what `done`, `snooze` and `ack` have in common.
//
// A reminder that is only foreseen here has no row yet to answer on, and that is said. Logging the
// follow-up itself is always possible, and takes the reason of the reminder away.

import CommandKit
import FollowUp
import Replica
import SyncCore

/// Writes an answer to the record that REF means, if it is of one of these collections.
func answer(
  _ invocation: Invocation, _ replica: OpenReplica, _ suitable: [CollectionSchema],
  with writes: (CollectionSchema) -> [FieldWrite]
) throws {
  let typed = invocation.argument("REF")
  let found: FoundRecord
  do {
    found = try replica.record(typed)
  } catch RepError.recordMissing {
    if let reminder = try foreseen(typed, replica) { throw RepError.onlyForeseen(reminder) }
    throw RepError.recordMissing(reference: typed)
  }
  guard suitable.contains(found.collection) else {
    throw RepError.unsuitable(found, suitable: suitable.map(\.name))
  }
  try replica.store.write(
    [
      RecordWrite(
        found.id, in: found.collection,
        writes(found.collection).sorted { $0.field < $1.field })
    ], at: replica.now)
  let title =
    found.collection == .reminder
    ? Titles(stored: found.title).text(invocation.language) : found.title
  try replica.printSaved(invocation, title, found.id)
}

private func foreseen(_ typed: String, _ replica: OpenReplica) throws -> RecordID? {
  guard let range = ULID.range(prefix: typed) else { return nil }
  return try Foresight(replica.store, state: replica.state).foreseenReminder(within: range)?.id
}
