// `report sop`, `report coverage`: whether what was to be done was done, and who looks after whom how often.
//
// The hub counts; here it becomes a table. Figures are about what the caller may see.

import CommandKit
import HubClient
import Notation

let reportCommands = [reportSOPCommand, reportCoverageCommand]

private let sinceOption = Command.Option(
  "since", "T", help: Phrase(en: "From when on (30 days)", zh: "起始时间（默认 30 天前）"))

private let reportSOPCommand = Command(
  ["report", "sop"], group: Group.rules,
  summary: Phrase(
    en: "Count tasks done in time, late, overdue and given up, by stage and person",
    zh: "按阶段和人员统计任务：按时、逾期完成、逾期未做、放弃"),
  options: [
    sinceOption,
    Command.Option("until", "T", help: Phrase(en: "Up to when (now)", zh: "结束时间（默认现在）")),
  ],
  examples: [
    Command.Example(
      "rounds-admin report sop --since -7d", Phrase(en: "Last week's key actions", zh: "上周的关键动作"))
  ]
) { invocation in
  var query: [HubQuery] = []
  for name in ["since", "until"] {
    if let value = invocation.option(name) { query.append(HubQuery(name, value)) }
  }
  let document = try invocation.hub().read(["reports", "sop"], query: query)
  invocation.show(document) { screen in
    screen.list(
      document["lines"]?.array ?? [],
      [
        .init("STAGE", "阶段"), .init("WHO", "人员"), .init("TASKS", "任务", .right),
        .init("IN TIME", "按时", .right), .init("LATE", "逾期完成", .right),
        .init("OVERDUE", "逾期未做", .right), .init("OPEN", "未到期", .right),
        .init("GIVEN UP", "放弃"),
      ],
      orSay: Phrase(en: "No tasks were due.", zh: "没有到期的任务。")
    ) { row in
      [
        screen.text(row["stage"]), screen.text(row["user"]), screen.text(row["total"]),
        screen.text(row["onTime"]), screen.text(row["late"]), screen.text(row["overdue"]),
        screen.text(row["open"]), reasons(row["skipped"], screen),
      ]
    }
    guard let share = document["total"]?["share"]?.number else { return }
    let percent = Int((share * 100).rounded())
    screen.say("\(percent) % were done in time.", "按时完成率 \(percent)%。")
  }
}

private func reasons(_ json: JSONValue?, _ screen: Screen) -> String {
  (json?.object ?? [:]).sorted { $0.key < $1.key }.map { reason, count in
    let words = reason.isEmpty ? screen.word(Phrase(en: "no reason", zh: "无原因")) : reason
    return "\(count.integer ?? 0) \(TextWidth.oneLine(words))"
  }.joined(separator: ", ")
}

private let reportCoverageCommand = Command(
  ["report", "coverage"], group: Group.rules,
  summary: Phrase(
    en: "Count customers and follow-ups by person and grade", zh: "按人员和客户等级统计客户数与跟进次数"),
  options: [sinceOption],
  examples: [
    Command.Example(
      "rounds-admin report coverage --since -90d",
      Phrase(en: "Whether key customers get most of the attention", zh: "重点客户是否得到最多关注"))
  ]
) { invocation in
  let query = invocation.option("since").map { [HubQuery("since", $0)] } ?? []
  let document = try invocation.hub().read(["reports", "coverage"], query: query)
  invocation.show(document) { screen in
    screen.list(
      document["lines"]?.array ?? [],
      [
        .init("WHO", "人员"), .init("ROLE", "角色"), .init("TEAM", "团队"), .init("GRADE", "等级"),
        .init("CUSTOMERS", "客户数", .right), .init("FOLLOW-UPS", "跟进次数", .right),
        .init("EACH", "平均", .right), .init("UNTOUCHED", "未跟进", .right),
      ],
      orSay: Phrase(en: "No customers.", zh: "没有客户。")
    ) { row in
      let each = row["perCustomer"]?.number ?? 0
      let tenths = Int((each * 10).rounded())
      return [
        screen.text(row["user"]), screen.text(row["role"]), screen.text(row["team"]),
        screen.text(row["tier"]), screen.text(row["customers"]), screen.text(row["followUps"]),
        "\(tenths / 10).\(tenths % 10)", screen.text(row["untouched"]),
      ]
    }
  }
}
