// `replicas`, `replicas show`, `revoke`, `retire` and `accept`: the laptops the hub knows.
//
// Revoke is for a laptop that is lost or whose owner has left: it may send what it still has, which
// is parked, and wipes itself. Retire is for one that will not come back; what it could
// still hold is no longer waited for. Neither can be undone, so both say so in their help.

import CommandKit
import Notation

let replicasCommands = [
  replicasListCommand, replicasShowCommand, replicasRevokeCommand, replicasRetireCommand,
  replicasAcceptCommand,
]

private let idArgument = Command.Argument(
  "ID", help: Phrase(en: "The replica's number", zh: "副本编号"))

private let replicasListCommand = Command(
  ["replicas", "list"], group: Group.people,
  summary: Phrase(en: "List the laptops and how far behind they are", zh: "列出各终端副本及其落后程度"),
  examples: [
    Command.Example(
      "rounds-admin replicas", Phrase(en: "Who has not synced for long", zh: "看看谁很久没有同步"))
  ],
  isDefault: true
) { invocation in
  let document = try invocation.hub().read(["replicas"])
  invocation.show(document) { screen in
    printTable(document["replicas"]?.array ?? [], screen)
  }
}

private func printTable(_ replicas: [JSONValue], _ screen: Screen) {
  let columns = [
    Screen.Column("ID", "编号", .right), Screen.Column("USER", "用户"), Screen.Column("DEVICE", "设备"),
    Screen.Column("LAST SEEN", "上次同步"), Screen.Column("BEHIND", "落后时间"),
    Screen.Column("CHANGES", "落后变更", .right), Screen.Column("SCHEMA", "结构版本", .right),
    Screen.Column("STATUS", "状态"),
  ]
  let nothing = Phrase(en: "No laptop has joined yet.", zh: "还没有终端加入。")
  screen.list(replicas, columns, orSay: nothing) { replica in
    [
      screen.text(replica["id"]), screen.text(replica["user"]), screen.text(replica["device"]),
      lastSeen(replica, screen), behind(replica, screen), screen.text(replica["behindChanges"]),
      screen.text(replica["schema"]), status(replica, screen),
    ]
  }
}

private let replicasShowCommand = Command(
  ["replicas", "show"], group: Group.people,
  summary: Phrase(en: "Show what the hub knows of one laptop", zh: "查看一个终端副本的详情"),
  arguments: [idArgument],
  examples: [
    Command.Example("rounds-admin replicas show 3", Phrase(en: "Replica 3", zh: "3 号副本"))
  ]
) { invocation in
  let document = try invocation.hub().read(["replicas", invocation.argument("ID")])
  invocation.show(document) { screen in printPage(document, screen) }
}

private func printPage(_ replica: JSONValue, _ screen: Screen) {
  let id = screen.text(replica["id"])
  screen.head(Phrase(en: "Replica \(id)", zh: "副本 \(id)"))
  func label(_ en: String, _ zh: String) -> String { screen.word(Phrase(en: en, zh: zh)) }
  var rows: [(label: String, text: String)] = [
    (label("User", "用户"), screen.text(replica["user"])),
    (label("Device", "设备"), screen.text(replica["device"])),
    (label("Status", "状态"), status(replica, screen)),
    (
      label("Last seen", "上次同步"),
      isAbsent(replica["lastSeen"]) ? lastSeen(replica, screen) : screen.time(replica["lastSeen"])
    ),
    (label("Behind", "落后时间"), behind(replica, screen)),
    (label("Changes behind", "落后变更"), screen.text(replica["behindChanges"])),
    (
      label("Bytes behind", "落后字节"),
      replica["behindBytes"]?.integer.map { ByteSize.text($0) } ?? Screen.missing
    ),
    (label("Edits received", "已收编辑"), screen.text(replica["counter"])),
    (label("All told up to", "确认无遗漏至"), screen.time(replica["frontier"])),
    (label("Schema", "结构版本"), screen.text(replica["schema"])),
    (label("Clock", "时钟"), clock(replica, screen)),
  ]
  rows.append((label("Key", "密钥"), screen.text(replica["key"])))
  rows.append((label("Signed up to edit", "已签名至编辑"), screen.text(replica["signed"])))
  if !isAbsent(replica["parent"]) {
    rows.append((label("Copy of", "复制自"), screen.text(replica["parent"])))
  }
  screen.rows(rows)
  explainCopy(replica, screen)
  explainDoubt(replica, screen)
}

private func explainCopy(_ replica: JSONValue, _ screen: Screen) {
  guard !isAbsent(replica["parent"]) else { return }
  let parent = screen.text(replica["parent"])
  screen.space()
  screen.say(
    """
    Two laptops went on with the log of replica \(parent): a disk was cloned, or a backup restored. This \
    one has its own number since. Nothing was lost, and what both held counts once.
    """,
    "有两台终端续写了副本 \(parent) 的日志：磁盘被克隆，或恢复了备份。此后本终端使用自己的编号；没有丢失内容，双方都有的修改只计一次。")
}

private func explainDoubt(_ replica: JSONValue, _ screen: Screen) {
  guard !isAbsent(replica["doubt"]) else { return }
  screen.space()
  screen.say(
    """
    This laptop was once shown another history up to position \(screen.text(replica["doubt"])): this hub was \
    rolled back by copying files, or its history was rewritten. See rounds-admin audit verify ; where the \
    reason is known: rounds-admin replicas accept \(screen.text(replica["id"]))
    """,
    """
    该终端曾看到截至位置 \(screen.text(replica["doubt"])) 的另一份历史：服务器可能被复制旧文件回退，或历史被改写。\
    请运行 rounds-admin audit verify ；若原因已查明：rounds-admin replicas accept \(screen.text(replica["id"]))
    """)
}

private func isAbsent(_ value: JSONValue?) -> Bool { value?.isNull ?? true }

private func lastSeen(_ replica: JSONValue, _ screen: Screen) -> String {
  guard !isAbsent(replica["lastSeen"]) else { return screen.word(Phrase(en: "never", zh: "从未")) }
  return screen.relativeTime(replica["lastSeen"])
}

private func behind(_ replica: JSONValue, _ screen: Screen) -> String {
  guard let seconds = replica["behindSeconds"]?.number else { return Screen.missing }
  guard seconds > 0 else { return screen.word(Phrase(en: "up to date", zh: "已是最新")) }
  // A century is more than any laptop sleeps; the bound keeps a strange number from trapping.
  let milliseconds = Int64(min(seconds, 3_200_000_000) * 1000)
  return screen.word(RelativeTime.length(milliseconds: milliseconds))
}

private func status(_ replica: JSONValue, _ screen: Screen) -> String {
  let word = statusWord(replica, screen)
  // Customers that left the laptop can still be read from its disk: a program there held a purge up.
  guard replica["purged"] == false else { return word }
  return word + screen.word(Phrase(en: ", not purged", zh: "，未清除"))
}

private func statusWord(_ replica: JSONValue, _ screen: Screen) -> String {
  switch replica["status"]?.string {
  case "active":
    isAbsent(replica["parent"])
      ? screen.word(Phrase(en: "active", zh: "正常"))
      : screen.word(
        Phrase(
          en: "active, copy of \(screen.text(replica["parent"]))",
          zh: "正常，复制自 \(screen.text(replica["parent"]))"))
  case "revoked": screen.word(Phrase(en: "revoked", zh: "已吊销"))
  case "retired": screen.word(Phrase(en: "retired", zh: "已停用"))
  default: screen.text(replica["status"])
  }
}

private func clock(_ replica: JSONValue, _ screen: Screen) -> String {
  guard let skew = replica["skewMilliseconds"]?.integer else { return Screen.missing }
  guard skew.magnitude >= 1000 else { return screen.word(Phrase(en: "right", zh: "准确")) }
  let length = RelativeTime.length(milliseconds: skew)
  return screen.word(
    skew > 0
      ? Phrase(en: "\(length.en) ahead", zh: "快 \(length.zh)")
      : Phrase(en: "\(length.en) behind", zh: "慢 \(length.zh)"))
}

private let replicasRevokeCommand = Command(
  ["replicas", "revoke"], group: Group.people,
  summary: Phrase(en: "Shut a lost laptop out and have it wiped", zh: "吊销遗失的终端并清除其数据"),
  arguments: [idArgument],
  examples: [
    Command.Example("rounds-admin replicas revoke 3", Phrase(en: "Lost on a train", zh: "终端遗失"))
  ],
  notes: [
    Phrase(
      en: """
        At its next contact the laptop may send once what it still has, which waits \
        for an administrator, and wipes itself. This cannot be undone: its owner joins again with a new \
        invitation.
        """,
      zh: "该终端下次联网时可以最后上传一次尚未同步的内容（等待管理员接收），然后清除本地数据。此操作不可撤销；使用者需凭新的邀请重新加入。")
  ]
) { invocation in
  let id = invocation.argument("ID")
  let answer = try invocation.hub().post(["replicas", id, "revoke"])
  invocation.show(answer) { screen in
    screen.say("Replica \(id) is shut out.", "副本 \(id) 已吊销。")
  }
}

private let replicasRetireCommand = Command(
  ["replicas", "retire"], group: Group.people,
  summary: Phrase(en: "Stop waiting for a laptop that will not come back", zh: "停用不再使用的终端"),
  arguments: [idArgument],
  examples: [
    Command.Example(
      "rounds-admin replicas retire 3", Phrase(en: "Replaced by a new one", zh: "已换新终端"))
  ],
  notes: [
    Phrase(
      en:
        "Rules that wait for what this laptop may still hold stop waiting. This cannot be undone.",
      zh: "等待该终端数据的规则将不再等待。此操作不可撤销。")
  ]
) { invocation in
  let id = invocation.argument("ID")
  let answer = try invocation.hub().post(["replicas", id, "retire"])
  invocation.show(answer) { screen in
    screen.say("Replica \(id) is retired.", "副本 \(id) 已停用。")
  }
}

private let replicasAcceptCommand = Command(
  ["replicas", "accept"], group: Group.people,
  summary: Phrase(
    en: "Accept a laptop's doubt whose reason is known", zh: "确认终端的存疑（原因已查明）"),
  arguments: [idArgument],
  options: [
    Command.Option("note", "T", help: Phrase(en: "The reason, for the audit log", zh: "原因，写入审计日志"))
  ],
  examples: [
    Command.Example(
      "rounds-admin replicas accept 3 --note 'files copied back on Monday'",
      Phrase(en: "After audit verify found nothing", zh: "audit verify 未发现问题之后"))
  ],
  notes: [
    Phrase(
      en: """
        Look first: rounds-admin audit verify . The doubt is not told of any more; that it was there, and \
        who accepted it, stays in the audit log. On the laptop: rounds status --clear
        """,
      zh: "请先运行 rounds-admin audit verify 。此后不再提示该存疑；存疑本身和确认人仍保留在审计日志中。终端上请运行 rounds status --clear"
    )
  ]
) { invocation in
  let id = invocation.argument("ID")
  let body: JSONValue = invocation.option("note").map { ["note": .string($0)] } ?? [:]
  let answer = try invocation.hub().post(["replicas", id, "accept"], body)
  invocation.show(answer) { screen in
    screen.say("The doubt of replica \(id) is accepted.", "副本 \(id) 的存疑已确认。")
  }
}
