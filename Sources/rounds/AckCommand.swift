// `rounds ack REF`: says that a reminder has been seen.
//
// It stays on the list and calls on no other device of its rep. A strong one wants a note: what is going to be done
// about it.

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
    let note = try note(invocation, replica)
    try answer(invocation, replica, [.reminder]) { schema in
      [.put(schema.id("response"), .text(ReminderRow.Response.acknowledged.rawValue))]
        + (note.map { [.put(schema.id("note"), .text($0))] } ?? [])
    }
  }
}
