// `rounds ack REF`: says that a reminder has been seen.
//
// It stays on the list and calls on no other device of its rep. A strong one is not waved through: it wants a
// note, what is going to be done about it.

import CommandKit
import FollowUp
import Replica
import SyncCore

func ackCommand(_ outside: Outside) -> Command {
  Command(
    ["ack"], group: Group.everyDay,
    summary: Phrase(en: "Say that a reminder has been seen", zh: "确认已看到提醒"),
    arguments: [referenceArgument],
    options: [
      Command.Option(
        "note", "TEXT",
        help: Phrase(
          en: "What is done about it (a strong reminder asks for it)", zh: "打算如何处理（强提醒应填）"))
    ],
    examples: [
      Command.Example(
        "rounds ack 01JD3QX8 --note 'calling them at two'",
        Phrase(en: "A strong reminder is silent from now on", zh: "强提醒从此不再催促"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let note = invocation.option("note").flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
    if note == nil { try askForNote(replica, invocation.argument("REF")) }
    try answer(invocation, replica, [.reminder]) { schema in
      [.put(schema.id("response"), .text(ReminderRow.Response.acknowledged.rawValue))]
        + (note.map { [.put(schema.id("note"), .text($0))] } ?? [])
    }
  }
}

/// Somebody at a terminal is asked for the note; a script, that was written before there were notes, is
/// told.
private func askForNote(_ replica: OpenReplica, _ typed: String) throws {
  guard case .one(let found) = try Finder(replica.store).reference(typed),
    found.collection == .reminder
  else { return }
  let strength = try replica.row(found).values[CollectionSchema.reminder.id("strength")].text
  guard strength == Strength.strong.rawValue else { return }
  let wish = Phrase(
    en: "A strong reminder is acknowledged with a note.", zh: "确认强提醒时应写备注。")
  let hint = Phrase(
    en: "Add --note and what is done about it.", zh: "请加上 --note 并写明打算如何处理。")
  guard !replica.console.outputIsTerminal else { throw CommandFailure.usage(wish, hint: hint) }
  let language = replica.console.language
  replica.console.errors.write("\(wish.text(language)) \(hint.text(language))\n")
}
