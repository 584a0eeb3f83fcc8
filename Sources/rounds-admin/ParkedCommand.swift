// `parked`, `parked show`, `parked accept`, `parked discard`: what somebody wrote in good faith about
// a record that had left him meanwhile.
//
// Nothing is lost by either decision: an accepted change is merged as its author wrote it, a discarded
// one stays in the list and with its author.

import CommandKit
import HubClient
import Notation

let parkedCommands = [
  parkedListCommand, parkedShowCommand, parkedAcceptCommand, parkedDiscardCommand,
]

private let idArgument = Command.Argument(
  "ID", help: Phrase(en: "The parked change", zh: "搁置的修改"))

private let parkedListCommand = Command(
  ["parked", "list"], group: Group.conflicts,
  summary: Phrase(
    en: "List changes that wait because their author lost the record", zh: "列出因记录已转走而搁置的修改"),
  options: [
    Command.Option(
      "status", "STATUS",
      help: Phrase(en: "Only these (usual: waiting)", zh: "只列出这种状态（默认 waiting）"),
      values: .oneOf(["waiting", "accepted", "discarded", "all"]))
  ],
  examples: [
    Command.Example("rounds-admin parked", Phrase(en: "What waits for a decision", zh: "等待决定的修改"))
  ],
  isDefault: true
) { invocation in
  let status = invocation.option("status") ?? "waiting"
  let document = try invocation.hub().read(
    ["parked"], query: status == "all" ? [] : [HubQuery("status", status)])
  invocation.show(document) { screen in
    let items = document["parked"]?.array ?? []
    guard !items.isEmpty else { return screen.say("Nothing is parked.", "没有搁置的修改。") }
    var table = TextTable([
      TextTable.Column(screen.word(Phrase(en: "ID", zh: "编号"))),
      TextTable.Column(screen.word(Phrase(en: "STATUS", zh: "状态"))),
      TextTable.Column(screen.word(Phrase(en: "CUSTOMER", zh: "客户"))),
      TextTable.Column(screen.word(Phrase(en: "AUTHOR", zh: "作者"))),
      TextTable.Column(screen.word(Phrase(en: "FIELDS", zh: "字段"))),
      TextTable.Column(screen.word(Phrase(en: "WRITTEN", zh: "写于"))),
    ])
    for item in items {
      let fields = (item["changes"]?.object ?? [:]).keys.sorted().joined(separator: ", ")
      table.add([
        screen.text(item["id"]), parkedStatus(item, screen), screen.text(item["customer"]),
        screen.text(item["user"]), fields.isEmpty ? Screen.missing : fields,
        screen.relativeTime(item["writtenAt"]),
      ])
    }
    table.print(to: screen.console)
  }
}

private func parkedStatus(_ item: JSONValue, _ screen: Screen) -> String {
  switch item["status"]?.string {
  case "waiting": screen.word(Phrase(en: "waiting", zh: "待处理"))
  case "accepted": screen.word(Phrase(en: "accepted", zh: "已接受"))
  case "discarded": screen.word(Phrase(en: "discarded", zh: "已放弃"))
  default: screen.text(item["status"])
  }
}

private let parkedShowCommand = Command(
  ["parked", "show"], group: Group.conflicts,
  summary: Phrase(en: "Show one parked change", zh: "查看一处搁置的修改"),
  arguments: [idArgument],
  examples: [
    Command.Example(
      "rounds-admin parked show 01JD3QX8", Phrase(en: "What was written, and when", zh: "写了什么、何时写的")
    )
  ]
) { invocation in
  let document = try invocation.hub().read(["parked", invocation.argument("ID")])
  invocation.show(document) { screen in printPage(document, screen) }
}

private func printPage(_ item: JSONValue, _ screen: Screen) {
  let id = screen.text(item["id"])
  func label(_ en: String, _ zh: String) -> String { screen.word(Phrase(en: en, zh: zh)) }
  screen.head(
    Phrase(
      en: "Parked change \(id) : \(parkedStatus(item, screen))",
      zh: "搁置的修改 \(id) ：\(parkedStatus(item, screen))"))
  var rows: [(label: String, text: String)] = [
    (label("Customer", "客户"), screen.text(item["customer"])),
    (
      label("Record", "记录"),
      "\(screen.text(item["collection"])) \(screen.text(item["record"]))"
    ),
    (label("Author", "作者"), screen.person(item["user"], item["device"])),
    (label("Written", "写于"), screen.time(item["writtenAt"])),
    (label("Arrived", "到达"), screen.time(item["arrivedAt"])),
    (label("Reason", "原因"), screen.text(item["reason"])),
  ]
  if item["decidedBy"]?.string != nil {
    rows.append(
      (
        label("Decided", "处理"),
        "\(screen.text(item["decidedBy"])), \(screen.time(item["decidedAt"]))"
      ))
  }
  screen.rows(rows)
  screen.space()
  screen.rows(
    (item["changes"]?.object ?? [:]).sorted { $0.key < $1.key }.map {
      ($0.key, screen.value($0.value))
    })
  guard item["status"]?.string == "waiting" else { return }
  screen.next([
    (
      "\(adminTable.program) parked accept \(id)",
      Phrase(en: "merge it as its author wrote it", zh: "按作者所写合并")
    ),
    ("\(adminTable.program) parked discard \(id)", Phrase(en: "leave it out", zh: "不采用")),
  ])
}

private let parkedAcceptCommand = Command(
  ["parked", "accept"], group: Group.conflicts,
  summary: Phrase(en: "Merge a parked change as its author wrote it", zh: "接受搁置的修改，按作者所写合并"),
  arguments: [idArgument],
  examples: [
    Command.Example(
      "rounds-admin parked accept 01JD3QX8",
      Phrase(en: "Where it contradicts newer values there is a conflict", zh: "与较新的值矛盾时会产生冲突"))
  ]
) { invocation in
  let id = invocation.argument("ID")
  let answer = try invocation.hub().post(["parked", id, "accept"])
  invocation.show(answer) { screen in screen.say("\(id) is accepted.", "已接受 \(id) 。") }
}

private let parkedDiscardCommand = Command(
  ["parked", "discard"], group: Group.conflicts,
  summary: Phrase(en: "Leave a parked change out", zh: "放弃搁置的修改"),
  arguments: [idArgument],
  examples: [
    Command.Example(
      "rounds-admin parked discard 01JD3QX8",
      Phrase(en: "Its author keeps his draft", zh: "作者仍保留自己的草稿"))
  ]
) { invocation in
  let id = invocation.argument("ID")
  let answer = try invocation.hub().post(["parked", id, "discard"])
  invocation.show(answer) { screen in screen.say("\(id) is discarded.", "已放弃 \(id) 。") }
}
