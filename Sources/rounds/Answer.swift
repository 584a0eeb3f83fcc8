// The rep's answers to tasks and reminders: what `done`, `snooze` and `ack` have in common.
//
// A reminder that is only foreseen here has no row yet to answer on, and that is said. Logging the
// follow-up itself is always possible, and takes the reason of the reminder away. What a colleague or a supervisor
// is reminded of is not answered for him.

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
  if found.collection == .reminder { try checkIsOwn(found, replica) }
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

/// A reminder is answered by the one it is for. Whom a manager leads, the hub knows better than this laptop.
private func checkIsOwn(_ reminder: FoundRecord, _ replica: OpenReplica) throws {
  guard let person = try replica.row(reminder).values[CollectionSchema.reminder.id("user")].text,
    person != replica.state.user,
    !["manager", "admin"].contains(try replica.store.role(of: replica.state.user) ?? "")
  else { return }
  throw RepError.reminderNotYours(reminder, person: person)
}

/// What is said about an answer; nil: nothing. A strong reminder is not waved through: until it has been
/// said what is done about it, every answer has to say so.
func note(_ invocation: Invocation, _ replica: OpenReplica) throws -> String? {
  if let note = invocation.option("note"), !note.allSatisfy(\.isWhitespace) { return note }
  guard case .one(let found) = try Finder(replica.store).reference(invocation.argument("REF")),
    found.collection == .reminder
  else { return nil }
  try checkIsOwn(found, replica)
  let (values, schema) = (try replica.row(found).values, CollectionSchema.reminder)
  guard values[schema.id("strength")].text == Strength.strong.rawValue,
    values[schema.id("note")].text?.isEmpty ?? true
  else { return nil }
  throw RepError.noteMissing
}

private func foreseen(_ typed: String, _ replica: OpenReplica) throws -> RecordID? {
  guard let range = ULID.range(prefix: typed) else { return nil }
  return try Foresight(replica.store, state: replica.state).foreseenReminder(
    within: range, at: replica.now)?.id
}
