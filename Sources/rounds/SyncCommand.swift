// `rounds sync`: one sync, or with `--watch` one after another for as long as the laptop is on.
//
// One sync of a replica at a time: a second one says so and goes. Reminders call offline, too:
// whether the hub can be reached makes no difference to what is due.

import CommandKit
import Replica
import SyncCore

func syncCommand(_ outside: Outside) -> Command {
  Command(
    ["sync"], group: Group.sync,
    summary: Phrase(en: "Send what is waiting and receive what is new", zh: "上传待发内容并接收更新"),
    options: [
      Command.Option(
        "watch", help: Phrase(en: "Stay connected and sync on news", zh: "保持连接，有更新就同步")),
      Command.Option(
        "notify", "CMD",
        help: Phrase(en: "Run CMD for each reminder that falls due", zh: "每有提醒到期就运行 CMD")),
    ],
    examples: [
      Command.Example(
        "rounds sync --watch --notify 'notify-send \"$ROUNDS_REMINDER_TITLE\"'",
        Phrase(en: "Show reminders on the desktop", zh: "在桌面显示提醒"))
    ],
    notes: [
      Phrase(
        en: """
          CMD is run by /bin/sh, once for each reminder on this device, with ROUNDS_REMINDER_ID, \
          ROUNDS_REMINDER_TITLE, ROUNDS_REMINDER_RECORD, ROUNDS_REMINDER_DUE and \
          ROUNDS_REMINDER_KIND (the rule) in its environment.
          """,
        zh: """
          CMD 由 /bin/sh 运行，每条提醒在本机只运行一次；环境变量有 ROUNDS_REMINDER_ID、\
          ROUNDS_REMINDER_TITLE、ROUNDS_REMINDER_RECORD、ROUNDS_REMINDER_DUE 和 \
          ROUNDS_REMINDER_KIND（规则）。
          """)
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let lock = try replica.folder.lockForSync()
    let notifier = invocation.option("notify").map { Notifier(replica: replica, command: $0) }
    if invocation.flag("watch") {
      try Watch(replica: replica, notifier: notifier, isJSON: invocation.isJSON).run()
    } else {
      try syncOnce(replica, notifier, isJSON: invocation.isJSON)
    }
    _ = consume lock
  }
}

private func syncOnce(_ replica: OpenReplica, _ notifier: Notifier?, isJSON: Bool) throws {
  let work = SyncWork(replica: replica)
  let report: SyncReport
  do {
    report = try work.run()
  } catch {
    try notifier?.call()
    throw error
  }
  try work.printReport(report, asJSON: isJSON)
  try notifier?.call()
}
