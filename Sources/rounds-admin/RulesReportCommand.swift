// `rules test`, `rules runs`, `rules stats`, `rules replay`: would a rule do something here, and why; what did
// rules do; which never do anything; what would others have done.
//
// None of them changes anything at the hub. A replay asks for one stretch of customers after the other.

import CommandKit
import HubClient
import Notation

let rulesReportCommands = [
  rulesTestCommand, rulesExplainCommand, rulesRunsCommand, rulesStatsCommand, rulesReplayCommand,
]

// MARK: Test

private let rulesTestCommand = Command(
  ["rules", "test"], group: Group.rules,
  summary: Phrase(
    en: "Show what a rule makes of a record, and why", zh: "查看规则对某条记录的判断及原因"),
  arguments: [
    Command.Argument("RULE", help: Phrase(en: "The id of a rule", zh: "规则编号"))
  ],
  options: [
    Command.Option("record", "REF", help: Phrase(en: "A record, or its customer", zh: "记录或其客户")),
    Command.Option("now", "T", help: Phrase(en: "As if it were then", zh: "假设的当前时间")),
    Command.Option(
      "with", "FILE", help: Phrase(en: "A rule file that is not in force", zh: "尚未应用的规则文件"),
      values: .file),
  ],
  examples: [
    Command.Example(
      "rounds-admin rules test high-value-silence --record customer:Acme --now +5d",
      Phrase(en: "Each condition, true or false, with its value", zh: "逐条显示条件是否成立及其取值"))
  ]
) { invocation in
  var body: [String: JSONValue] = [
    "rule": .string(invocation.argument("RULE")),
    "record": .string(try invocation.requiredOption("record")),
  ]
  if let now = invocation.option("now") { body["now"] = .string(now) }
  if let path = invocation.option("with") {
    body["text"] = .string(String(decoding: try jsonFile(invocation, at: path), as: UTF8.self))
  }
  let document = try invocation.hub().post(["rules", "test"], .object(body))
  invocation.show(document) { screen in
    for subject in document["subjects"]?.array ?? [] { show(subject, screen) }
    if document["subjects"]?.array?.isEmpty ?? true {
      screen.say("The customer has no such record.", "该客户没有这类记录。")
    }
  }
}

private func show(_ subject: JSONValue, _ screen: Screen) {
  screen.console.print("\(screen.text(subject["collection"])) \(screen.text(subject["record"]))")
  for condition in subject["conditions"]?.array ?? [] {
    let mark = condition["holds"]?.bool == true ? "✓" : "✗"
    let value = condition["value"].map { $0 == .null ? "–" : screen.text($0) } ?? "–"
    screen.console.print(
      "  \(mark) \(screen.text(condition["on"])): \(screen.text(condition["text"]))  (\(value))")
  }
  let effects = subject["effects"]?.array ?? []
  if effects.isEmpty {
    let isOccasion = subject["occasions"]?.array?.isEmpty == false
    isOccasion
      ? screen.say("  It asks for nothing: a condition does not hold.", "  没有动作：有条件不成立。")
      : screen.say("  It asks for nothing: there is no occasion.", "  没有动作：触发条件未出现。")
  }
  for effect in effects {
    let users = (effect["users"]?.array ?? []).map { screen.text($0) }.joined(separator: ", ")
    let done = effect["done"]?.string.map { " [\($0)]" } ?? ""
    screen.console.print(
      "  → \(screen.text(effect["action"])) \(screen.text(effect["due"])) \(users)\(done)")
  }
}

// MARK: Runs

private let rulesRunsCommand = Command(
  ["rules", "runs"], group: Group.rules,
  summary: Phrase(en: "List what rules did, once for each occasion", zh: "列出规则执行过的动作"),
  options: [
    Command.Option("failed", help: Phrase(en: "Only what failed", zh: "只看失败的")),
    Command.Option("rule", "RULE", help: Phrase(en: "Only of this rule", zh: "只看某条规则")),
    Command.Option("record", "REF", help: Phrase(en: "Only for this customer", zh: "只看某个客户")),
    Command.Option("limit", "N", help: Phrase(en: "The last N", zh: "最近 N 条")),
  ],
  examples: [
    Command.Example(
      "rounds-admin rules runs --failed",
      Phrase(en: "What did not work, and why", zh: "哪些没有成功，原因是什么"))
  ]
) { invocation in
  var query: [HubQuery] = []
  if invocation.flag("failed") { query.append(HubQuery("failed", "true")) }
  for name in ["rule", "record", "limit"] {
    if let value = invocation.option(name) { query.append(HubQuery(name, value)) }
  }
  let document = try invocation.hub().read(["rules", "runs"], query: query)
  invocation.show(document) { screen in
    screen.list(
      document["runs"]?.array ?? [],
      [
        .init("AT", "时间"), .init("RULE", "规则"), .init("ACTION", "动作"), .init("STATE", "状态"),
        .init("RECORD", "记录"), .init("DETAIL", "说明"),
      ],
      orSay: Phrase(en: "Nothing was done.", zh: "没有执行记录。")
    ) { row in
      [
        screen.text(row["at"]),
        screen.text(row["rule"]),
        screen.text(row["action"]),
        screen.text(row["state"]),
        screen.text(row["record"]),
        screen.text(row["detail"]),
      ]
    }
  }
}

// MARK: Figures

private let rulesStatsCommand = Command(
  ["rules", "stats"], group: Group.rules,
  summary: Phrase(
    en: "Count what each rule did, and name the dead ones", zh: "统计每条规则的执行情况，并指出无效规则"),
  examples: [
    Command.Example(
      "rounds-admin rules stats",
      Phrase(en: "Also how far new rules have come", zh: "也显示新规则的处理进度"))
  ]
) { invocation in
  let document = try invocation.hub().read(["rules", "stats"])
  invocation.show(document) { screen in
    func sum(_ json: JSONValue?) -> String {
      let counts = (json?.object ?? [:]).sorted { $0.key < $1.key }
      return counts.map { "\($0.key) \($0.value.integer ?? 0)" }.joined(separator: ", ")
    }
    screen.list(
      document["rules"]?.array ?? [],
      [.init("RULE", "规则"), .init("REMINDERS", "提醒"), .init("RUNS", "执行"), .init("", "")],
      orSay: Phrase(en: "No rules.", zh: "没有规则。")
    ) { row in
      [
        screen.text(row["rule"]),
        sum(row["reminders"]),
        sum(row["runs"]),
        row["isDead"]?.bool == true
          ? screen.word(Phrase(en: "never did anything", zh: "从未触发")) : "",
      ]
    }
    let waiting = document["customersWaiting"]?.integer ?? 0
    if waiting > 0 {
      screen.say(
        "\(waiting) customers have yet to be looked at under these rules.",
        "还有 \(waiting) 个客户尚未按现行规则处理。")
    }
  }
}

// MARK: Replay

private let rulesReplayCommand = Command(
  ["rules", "replay"], group: Group.rules,
  summary: Phrase(
    en: "Show what other rules would have done since a time", zh: "查看另一套规则自某时起会做什么"),
  options: [
    Command.Option("since", "T", help: Phrase(en: "From when on", zh: "起始时间")),
    Command.Option("until", "T", help: Phrase(en: "Up to when; without it: now", zh: "结束时间；默认现在")),
    Command.Option(
      "with", "FILE", help: Phrase(en: "The rule file", zh: "规则文件"), values: .file),
  ],
  examples: [
    Command.Example(
      "rounds-admin rules replay --since -90d --with rules.json",
      Phrase(en: "Last quarter under new rules", zh: "用新规则重演上一季度"))
  ],
  notes: [
    Phrase(
      en:
        "The history is read and nothing is written. What fell due while its reason stood counts.",
      zh: "只读取历史，不作任何修改。到期时原因仍成立的才计入。")
  ]
) { invocation in
  var body: [String: JSONValue] = ["since": .string(try invocation.requiredOption("since"))]
  if let until = invocation.option("until") { body["until"] = .string(until) }
  let path = try invocation.requiredOption("with")
  body["text"] = .string(String(decoding: try jsonFile(invocation, at: path), as: UTF8.self))
  let document = try replay(body, try invocation.hub())
  invocation.show(document) { screen in
    screen.list(
      document["rules"]?.array ?? [],
      [.init("RULE", "规则"), .init("EFFECTS", "次数"), .init("CUSTOMERS", "客户数")],
      orSay: Phrase(en: "No rules.", zh: "没有规则。")
    ) { row in
      [
        screen.text(row["rule"]),
        screen.text(row["effects"]),
        screen.text(row["customers"]),
      ]
    }
  }
}

/// Stretch by stretch, so that the hub answers others in between.
private func replay(_ body: [String: JSONValue], _ hub: AdminClient) throws -> JSONValue {
  var body = body
  var sums: [String: (effects: Int64, customers: Int64, examples: [JSONValue])] = [:]
  var order: [String] = []
  var customers: Int64 = 0
  while true {
    let answer = try hub.post(["rules", "replay"], .object(body))
    customers += answer["customers"]?.integer ?? 0
    for rule in answer["rules"]?.array ?? [] {
      guard let id = rule["rule"]?.string else { continue }
      if sums[id] == nil { order.append(id) }
      var sum = sums[id] ?? (0, 0, [])
      sum.effects += rule["effects"]?.integer ?? 0
      sum.customers += rule["customers"]?.integer ?? 0
      sum.examples = Array((sum.examples + (rule["examples"]?.array ?? [])).prefix(5))
      sums[id] = sum
    }
    guard let next = answer["next"]?.string else { break }
    body["after"] = .string(next)
  }
  let rules = order.compactMap { id -> JSONValue? in
    sums[id].map {
      [
        "rule": .string(id), "effects": .integer($0.effects), "customers": .integer($0.customers),
        "examples": .array($0.examples),
      ]
    }
  }
  return ["rules": .array(rules), "customers": .integer(customers)]
}
