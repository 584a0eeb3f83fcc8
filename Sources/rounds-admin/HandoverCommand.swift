// `user handover`: what a leaver has goes to somebody else, and the leaver is shut out.
//
// The page is a table of what becomes of what, and a brief for whoever gets it. A preview prints the
// same page; only its first line says that nothing was done.

import CommandKit
import HubClient
import Notation

let handoverCommand = Command(
  ["user", "handover"], group: Group.people,
  summary: Phrase(
    en: "Hand over all that a user has, and shut the user out", zh: "离职交接：移交用户的全部内容并停用该用户"),
  arguments: [Command.Argument("FROM", help: Phrase(en: "Who leaves", zh: "离职的用户"))],
  options: [
    Command.Option("to", "TO", help: Phrase(en: "Who gets it", zh: "接手的用户")),
    Command.Option(
      "to-pool", "POOL", help: Phrase(en: "The pool that takes the customers", zh: "客户转入的公海")),
    Command.Option("reason", "R", help: Phrase(en: "Why, for the pool", zh: "转入公海的原因")),
    Command.Option("preview", help: Phrase(en: "Only tell what would happen", zh: "只预览，不执行")),
    Command.Option("limit", "N", help: Phrase(en: "At most N records a list", zh: "每个列表最多 N 条")),
  ],
  examples: [
    Command.Example(
      "rounds-admin user handover ann --to bob --preview",
      Phrase(en: "What bob would get; nothing is changed", zh: "看看 bob 会得到什么；不做任何更改")),
    Command.Example(
      "rounds-admin user handover ann --to bob",
      Phrase(en: "ann has left, and bob has it all", zh: "ann 已离职，全部由 bob 接手")),
    Command.Example(
      "rounds-admin user handover ann --to-pool east",
      Phrase(en: "Whoever claims them first", zh: "放入公海，先领先得")),
  ],
  notes: [
    Phrase(
      en: """
        Stages stay as they are. Each laptop of the leaver may send once what it still has, which waits \
        in “parked”, and wipes itself; what is accepted goes to the same heir. Doing it again does \
        nothing.
        """,
      zh: "阶段保持不变。离职者的每台终端可以最后上传一次，内容进入“parked”等待决定，随后清除本地数据；接受的内容归同一接手人。重复执行不会再有变化。")
  ]
) { invocation in
  let from = invocation.argument("FROM")
  var document: JSONValue = ["preview": .bool(invocation.flag("preview"))]
  switch (invocation.option("to"), invocation.option("to-pool")) {
  case (let to?, nil): document["to"] = .string(to)
  case (nil, let pool?): document["toPool"] = .string(pool)
  default:
    throw CommandFailure.usage(
      Phrase(
        en: "A hand-over goes either to a user or to a pool.", zh: "交接对象必须是一位用户或一个公海，二者选一。"),
      hint: Phrase(en: "Give --to TO or --to-pool POOL .", zh: "请给出 --to TO 或 --to-pool POOL 。"))
  }
  if let reason = invocation.option("reason") { document["reason"] = .string(reason) }
  let limit = try invocation.integer("limit", in: 1...1_000_000)
  let answer = try invocation.hub().post(
    ["users", from, "handover"], query: limit.map { [HubQuery("limit", String($0))] } ?? [],
    document)
  invocation.show(answer) { HandoverPage(answer, $0).print() }
}

private struct HandoverPage {
  /// Names of one row.
  static let namesMax = 5
  /// Rows of one table.
  static let rowsMax = 50

  let answer: JSONValue
  let screen: Screen
  let (from, heir): (String, String)

  init(_ answer: JSONValue, _ screen: Screen) {
    self.answer = answer
    self.screen = screen
    from = screen.text(answer["from"])
    let pool = answer["pool"]?.string.map {
      screen.word(Phrase(en: "the pool \($0)", zh: "公海 \($0)"))
    }
    heir = pool ?? screen.text(answer["to"])
  }

  func print() {
    screen.head(
      answer["preview"]?.bool == true
        ? Phrase(
          en: "What \(from) has would go to \(heir); nothing is changed.",
          zh: "\(from) 的内容将移交给 \(heir) ；尚未做任何更改。")
        : Phrase(
          en: "\(from) has handed over to \(heir), and is shut out.",
          zh: "\(from) 已移交给 \(heir) ，并已停用。"))
    screen.space()
    printMoves()
    printBrief()
  }

  // MARK: - What becomes of what

  private static let kinds: [(name: String, title: Phrase)] = [
    ("customers", Phrase(en: "customers", zh: "客户")),
    ("contacts", Phrase(en: "contacts", zh: "联系人")),
    ("opportunities", Phrase(en: "open opportunities", zh: "未关闭商机")),
    ("tasks", Phrase(en: "open tasks", zh: "未完成任务")),
    ("plans", Phrase(en: "open plans", zh: "进行中的计划")),
    ("promises", Phrase(en: "open promises", zh: "未兑现承诺")),
    ("tickets", Phrase(en: "open tickets", zh: "未解决工单")),
    ("reminders", Phrase(en: "open reminders", zh: "未处理提醒")),
    ("others", Phrase(en: "without a customer", zh: "无客户的记录")),
    ("shares", Phrase(en: "shared by others", zh: "他人共享的客户")),
    ("guests", Phrase(en: "shared with others", zh: "共享给他人的客户")),
    ("parked", Phrase(en: "parked changes", zh: "搁置的修改")),
    ("conflicts", Phrase(en: "open conflicts", zh: "未决冲突")),
    ("laptops", Phrase(en: "laptops", zh: "终端")),
  ]

  private func printMoves() {
    var table = TextTable([
      TextTable.Column(screen.word(Phrase(en: "WHAT", zh: "内容"))),
      TextTable.Column(screen.word(Phrase(en: "COUNT", zh: "数量")), .right),
      TextTable.Column(screen.word(Phrase(en: "BECOMES", zh: "处理"))),
      TextTable.Column(screen.word(Phrase(en: "WHICH", zh: "名称"))),
    ])
    for (kind, title) in HandoverPage.kinds {
      let list = answer["moves"]?[kind]
      let total = list?["total"]?.integer ?? 0
      let records = list?["records"]?.array ?? []
      let fates = Dictionary(grouping: records) { $0["becomes"]?.string ?? "" }
      if total == 0 { table.add([screen.word(title), "0", Screen.missing, Screen.missing]) }
      for (fate, records) in fates.sorted(by: { $0.key < $1.key }) {
        // Of a list that was cut short, only the total is known.
        let count = fates.count == 1 ? Int(total) : records.count
        table.add([screen.word(title), "\(count)", word(fate), names(records, of: count)])
      }
    }
    table.print(to: screen.console)
  }

  private func names(_ records: [JSONValue], of count: Int) -> String {
    let shown = records.prefix(HandoverPage.namesMax).map { name($0) }
    let rest = count - shown.count
    let list = shown.joined(separator: screen.word(Phrase(en: ", ", zh: "、")))
    guard rest > 0 else { return list }
    return screen.word(Phrase(en: "\(list), \(rest) more", zh: "\(list) 等，另有 \(rest) 项"))
  }

  private func name(_ record: JSONValue) -> String {
    if let title = record["name"], let en = title["en"]?.string, let zh = title["zh"]?.string {
      return TextWidth.oneLine(screen.word(Phrase(en: en, zh: zh)))
    }
    let names = [record["name"], record["customer"], record["id"]]
    return screen.text(names.compactMap { $0 }.first { !$0.isNull })
  }

  private func word(_ fate: String) -> String {
    switch fate {
    case "assigned", "pooled":
      screen.word(Phrase(en: "to \(heir)", zh: "移交给 \(heir)"))
    case "unassigned": screen.word(Phrase(en: "to nobody", zh: "不再指定负责人"))
    case "follows": screen.word(Phrase(en: "goes along", zh: "随之转移"))
    case "renewed": screen.word(Phrase(en: "asked for anew", zh: "重新生成"))
    case "withdrawn": screen.word(Phrase(en: "withdrawn", zh: "撤销"))
    case "ends": screen.word(Phrase(en: "ends", zh: "结束"))
    case "waits": screen.word(Phrase(en: "waits for a decision", zh: "等待决定"))
    case "revoked":
      screen.word(Phrase(en: "wiped at its next contact", zh: "下次联网时清除"))
    case "stays": screen.word(Phrase(en: "stays as it is", zh: "保持不变"))
    default: screen.text(.string(fate))
    }
  }

  // MARK: - The brief

  private func printBrief() {
    screen.space()
    screen.head(Phrase(en: "Brief for \(heir)", zh: "给 \(heir) 的交接说明"))
    printList(
      "customers", Phrase(en: "Customers", zh: "客户"),
      [("LEVEL", "级别"), ("CUSTOMER", "客户"), ("STAGE", "阶段"), ("NEXT", "下一步"), ("WHEN", "时间")]
    ) {
      [
        screen.text($0["tier"]), name($0), screen.text($0["stage"]), screen.text($0["next"]),
        screen.moment($0["nextFollowAt"]).map { screen.console.time($0) } ?? Screen.missing,
      ]
    }
    printList(
      "opportunities", Phrase(en: "Open opportunities", zh: "未关闭商机"),
      [("DEAL", "商机"), ("CUSTOMER", "客户"), ("STAGE", "阶段"), ("AMOUNT", "金额"), ("NEXT", "下一步")]
    ) { deal in
      let amount = [deal["amount"], deal["currency"]].compactMap { $0 }.filter { !$0.isNull }
      return [
        name(deal), screen.text(deal["customer"]), screen.text(deal["stage"]),
        amount.isEmpty
          ? Screen.missing : amount.map { screen.text($0) }.joined(separator: " "),
        screen.text(deal["nextStep"]),
      ]
    }
    printList(
      "overdueTasks", Phrase(en: "Overdue tasks", zh: "逾期任务"),
      [("TASK", "任务"), ("CUSTOMER", "客户"), ("DUE", "到期")]
    ) { [name($0), screen.text($0["customer"]), screen.relativeTime($0["dueAt"])] }
    printList(
      "conflicts", Phrase(en: "Open conflicts", zh: "未决冲突"),
      [("ID", "编号"), ("CUSTOMER", "客户"), ("FIELD", "字段")]
    ) { [screen.text($0["id"]), screen.text($0["customer"]), screen.text($0["field"])] }
  }

  private func printList(
    _ kind: String, _ title: Phrase, _ columns: [(en: String, zh: String)],
    _ cells: (JSONValue) -> [String]
  ) {
    let records = answer["brief"]?[kind]?["records"]?.array ?? []
    let total = Int(answer["brief"]?[kind]?["total"]?.integer ?? 0)
    screen.space()
    screen.say(Phrase(en: "\(title.en): \(total)", zh: "\(title.zh)：\(total)"))
    guard !records.isEmpty else { return }
    var table = TextTable(
      columns.map { TextTable.Column(screen.word(Phrase(en: $0.en, zh: $0.zh))) })
    for record in records.prefix(HandoverPage.rowsMax) { table.add(cells(record)) }
    table.print(to: screen.console)
    let shown = min(records.count, HandoverPage.rowsMax)
    guard shown < total else { return }
    screen.console.remark(
      Phrase(
        en: "\(shown) of \(total); all of them with --json --limit \(total) .",
        zh: "共 \(total) 条，显示 \(shown) 条；用 --json --limit \(total) 查看全部。"))
  }
}
