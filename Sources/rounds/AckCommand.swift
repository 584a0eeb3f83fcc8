// `rounds ack REF`: says that a reminder has been seen.
//
// It stays on the list and calls on no other device of its rep.

import CommandKit
import FollowUp
import Replica
import SyncCore

func ackCommand(_ outside: Outside) -> Command {
  Command(
    ["ack"], group: Group.everyDay,
    summary: Phrase(en: "Say that a reminder has been seen", zh: "确认已看到提醒"),
    arguments: [referenceArgument]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    try answer(invocation, replica, [.reminder]) { schema in
      [.put(schema.id("response"), .text(ReminderRow.Response.acknowledged.rawValue))]
    }
  }
}
