// `conflicts`, `conflicts show`, `conflicts resolve`, `conflicts reopen`: the admin's inbox.
//
// A resolution is an ordinary change that has seen every value, so nothing is lost by deciding: the
// other values stay in the history and the case can be reopened. Filters are the hub's.

import CommandKit
import HubClient
import Notation

let conflictsCommands = [
  conflictsListCommand, conflictsShowCommand, conflictsResolveCommand, conflictsReopenCommand,
]

private let idArgument = Command.Argument("ID", help: Phrase(en: "The conflict", zh: "冲突"))

private let noteOption = Command.Option(
  "note", "TEXT", help: Phrase(en: "Say why; kept with the conflict", zh: "说明原因，与冲突一起保存"))

private let conflictsListCommand = Command(
  ["conflicts", "list"], group: Group.conflicts,
  summary: Phrase(en: "List the conflicts", zh: "列出冲突"),
  options: [
    Command.Option(
      "status", "STATUS", help: Phrase(en: "Only these", zh: "只列出这种状态"),
      values: .oneOf(Conflict.Status.allCases.map(\.rawValue))),
    Command.Option("record", "REF", help: Phrase(en: "Only of this record", zh: "只列出这条记录的")),
    Command.Option("field", "F", help: Phrase(en: "Only of this field", zh: "只列出这个字段的")),
    Command.Option(
      "author", "USER", help: Phrase(en: "Only where this user wrote a value", zh: "只列出此人写过值的")),
    Command.Option("since", "T", help: Phrase(en: "Only since this time", zh: "只列出此时间之后的")),
  ],
  examples: [
    Command.Example(
      "rounds-admin conflicts --status open",
      Phrase(en: "What waits for a decision", zh: "等待决定的冲突")),
    Command.Example(
      "rounds-admin conflicts --author ann --since -7d",
      Phrase(en: "Where ann disagreed with somebody this week", zh: "本周 ann 与他人的分歧")),
  ],
  isDefault: true
) { invocation in
  var query: [HubQuery] = []
  for name in ["status", "record", "field", "author"] {
    if let value = invocation.option(name) { query.append(HubQuery(name, value)) }
  }
  if let since = try invocation.moment("since") { query.append(HubQuery("since", since)) }
  let document = try invocation.hub().read(["conflicts"], query: query)
  invocation.show(document) { screen in
    printTable((document["conflicts"]?.array ?? []).map { Conflict($0) }, screen)
  }
}

private func printTable(_ conflicts: [Conflict], _ screen: Screen) {
  guard !conflicts.isEmpty else { return screen.say("No conflicts.", "没有冲突。") }
  var table = TextTable([
    TextTable.Column(screen.word(Phrase(en: "CONFLICT", zh: "冲突"))),
    TextTable.Column(screen.word(Phrase(en: "STATUS", zh: "状态"))),
    TextTable.Column(screen.word(Phrase(en: "RECORD", zh: "记录"))),
    TextTable.Column(screen.word(Phrase(en: "FIELD", zh: "字段"))),
    TextTable.Column(screen.word(Phrase(en: "AUTHORS", zh: "作者"))),
    TextTable.Column(screen.word(Phrase(en: "LATEST VALUE", zh: "最新写入"))),
  ])
  for conflict in conflicts {
    let document = conflict.document
    let latest = conflict.candidates.map { $0.document["at"] }
      .max { (screen.moment($0) ?? .min) < (screen.moment($1) ?? .min) }
    table.add([
      screen.text(document["id"]), conflict.statusWord(screen),
      "\(screen.text(document["collection"])) \(screen.text(document["record"]))",
      screen.text(document["field"]),
      conflict.candidates.map { screen.text($0.document["author"]) }.joined(separator: ", "),
      screen.relativeTime(latest ?? nil),
    ])
  }
  table.print(to: screen.console)
}

private let conflictsShowCommand = Command(
  ["conflicts", "show"], group: Group.conflicts,
  summary: Phrase(en: "Show one conflict with everything needed to decide", zh: "查看一个冲突的全部依据"),
  arguments: [idArgument],
  examples: [
    Command.Example(
      "rounds-admin conflicts show 01JD3QX8Z0000000000000000A",
      Phrase(
        en: "Base, every value with author, device and time, and what to type next",
        zh: "原值、每个值及其作者、设备、时间，以及接下来的命令"))
  ]
) { invocation in
  let document = try invocation.hub().read(["conflicts", invocation.argument("ID")])
  invocation.show(document) { screen in
    ConflictPage(conflict: Conflict(document), screen: screen).print()
  }
}

private let conflictsResolveCommand = Command(
  ["conflicts", "resolve"], group: Group.conflicts,
  summary: Phrase(en: "Decide a conflict", zh: "决定一个冲突"),
  arguments: [idArgument],
  options: [
    Command.Option(
      "take", "N", help: Phrase(en: "Take value N, as numbered by show", zh: "采用 show 中编号为 N 的值")),
    Command.Option("value", "V", help: Phrase(en: "Write this value instead", zh: "改写为这个值")),
    noteOption,
  ],
  examples: [
    Command.Example(
      "rounds-admin conflicts resolve 01JD3QX8Z0000000000000000A --take 2",
      Phrase(en: "Keep the second value", zh: "保留第二个值")),
    Command.Example(
      "rounds-admin conflicts resolve 01JD3QX8Z0000000000000000A --value 30 --note 'by phone'",
      Phrase(en: "Write what the customer confirmed", zh: "写入客户确认的内容")),
  ],
  notes: [
    Phrase(
      en: "The other values stay in the history; reopen asks again.",
      zh: "其他值仍保留在历史中；reopen 可以重新决定。")
  ]
) { invocation in
  let id = invocation.argument("ID")
  var decision: JSONValue = [:]
  switch (try invocation.integer("take", in: 1...10_000), invocation.option("value")) {
  case (let number?, nil): decision["take"] = .integer(Int64(number))
  case (nil, let value?): decision["value"] = .string(value)
  default:
    throw CommandFailure.usage(
      Phrase(
        en: "Exactly one of --take and --value is needed.",
        zh: "--take 和 --value 必须且只能写一个。"),
      hint: Phrase(
        en: "See the values with: rounds-admin conflicts show \(id)",
        zh: "查看各个值：rounds-admin conflicts show \(id)"))
  }
  if let note = invocation.option("note") { decision["note"] = .string(note) }
  let answer = try invocation.hub().post(["conflicts", id, "resolve"], decision)
  invocation.show(answer) { screen in
    screen.say("Conflict \(id) is resolved.", "冲突 \(id) 已解决。")
  }
}

private let conflictsReopenCommand = Command(
  ["conflicts", "reopen"], group: Group.conflicts,
  summary: Phrase(en: "Ask again for a decision", zh: "重新打开一个冲突"),
  arguments: [idArgument],
  examples: [
    Command.Example(
      "rounds-admin conflicts reopen 01JD3QX8Z0000000000000000A",
      Phrase(en: "Make its values wait for a decision again", zh: "让各个值重新等待决定"))
  ]
) { invocation in
  let id = invocation.argument("ID")
  let answer = try invocation.hub().post(["conflicts", id, "reopen"])
  invocation.show(answer) { screen in
    screen.say("Conflict \(id) is open again.", "冲突 \(id) 已重新打开。")
  }
}
