// `rules list`, `rules show`, `rules check`, `rules apply`: who is reminded of what, and when.
//
// A rule file goes to the hub as it is, byte for byte, so that a complaint can name the line. Only
// the hub knows fields and users, so also `check` asks it: the same PUT with `check=true`, to which
// it must answer that nothing was applied. That the text is JSON is checked here, before sending.

import CommandKit
import HubClient
import Notation

let rulesCommands = [rulesListCommand, rulesShowCommand, rulesCheckCommand, rulesApplyCommand]

private let fileArgument = Command.Argument(
  "FILE", help: Phrase(en: "A rule file", zh: "规则文件"), values: .file)

private let rulesListCommand = Command(
  ["rules", "list"], group: Group.rules,
  summary: Phrase(en: "List the rules in force", zh: "列出生效的规则"),
  examples: [
    Command.Example("rounds-admin rules", Phrase(en: "One line a rule", zh: "每条规则一行"))
  ],
  isDefault: true
) { invocation in
  let document = try invocation.hub().read(["rules"])
  invocation.show(document) { screen in
    let rules = document["rules"]?["rules"]?.array ?? []
    guard !rules.isEmpty else { return screen.say("No rules.", "没有规则。") }
    var table = TextTable([
      TextTable.Column(screen.word(Phrase(en: "RULE", zh: "规则"))),
      TextTable.Column(screen.word(Phrase(en: "VERSION", zh: "版本")), .right),
      TextTable.Column(screen.word(Phrase(en: "ON", zh: "对象"))),
      TextTable.Column(screen.word(Phrase(en: "DOES", zh: "动作"))),
      TextTable.Column(screen.word(Phrase(en: "TITLE", zh: "标题"))),
    ])
    let language = screen.word(Phrase(en: "en", zh: "zh"))
    for rule in rules {
      table.add([
        screen.text(rule["id"]), screen.text(rule["version"]), screen.text(rule["on"]),
        actions(of: rule), screen.text(title(of: rule)?[language] ?? .null),
      ])
    }
    table.print(to: screen.console)
  }
}

/// Every action of a rule file's rule, in its order; version 1 knew one.
private func actions(_ rule: JSONValue) -> [JSONValue] {
  guard rule["remind"] == nil else { return [rule] }
  let steps = rule["steps"]?.array ?? [rule]
  return steps.flatMap { $0["do"]?.array ?? [] }
}

private func actions(of rule: JSONValue) -> String {
  let names = [
    "remind", "task", "ticket", "set", "raise", "tag", "untag", "assign", "pool", "message",
    "webhook",
  ]
  var found: [String] = []
  for action in actions(rule) {
    if let name = names.first(where: { action[$0] != nil }), !found.contains(name) {
      found.append(name)
    }
  }
  return found.joined(separator: ", ")
}

private func title(of rule: JSONValue) -> JSONValue? {
  actions(rule).compactMap { $0["title"] }.first { $0.object != nil }
}

private let rulesShowCommand = Command(
  ["rules", "show"], group: Group.rules,
  summary: Phrase(en: "Print the rules in force as a file to edit", zh: "以可编辑的文件形式输出生效的规则"),
  examples: [
    Command.Example(
      "rounds-admin rules show > rules.json",
      Phrase(en: "Start a rule file from what is there", zh: "以现有规则为起点"))
  ]
) { invocation in
  let document = try invocation.hub().read(["rules"])
  // As its author wrote it, layout included, for somebody is going to edit it.
  invocation.show(document) { screen in
    let text = document["text"]?.string ?? document["rules"]?.text(pretty: true) ?? ""
    screen.console.output.write(text.hasSuffix("\n") ? text : text + "\n")
  }
}

private let rulesCheckCommand = Command(
  ["rules", "check"], group: Group.rules,
  summary: Phrase(en: "Have the hub check a rule file without applying it", zh: "让服务器检查规则文件，但不应用"),
  arguments: [fileArgument],
  examples: [
    Command.Example(
      "rounds-admin rules check rules.json",
      Phrase(en: "Exit code 2 names the fault", zh: "退出码 2 表示有错并指出位置"))
  ]
) { invocation in
  let answer = try invocation.hub().put(
    ["rules"], query: [HubQuery("check", "true")], file: try jsonFile(invocation))
  guard answer["applied"]?.bool == false else { throw RuleFileError.appliedInTrial }
  warn(of: answer["missing"]?.array ?? [], invocation)
  invocation.show(answer) { screen in
    screen.say("The rules are sound; nothing was changed.", "规则没有问题；未作任何修改。")
  }
}

private let rulesApplyCommand = Command(
  ["rules", "apply"], group: Group.rules,
  summary: Phrase(en: "Put a rule file into force", zh: "应用规则文件"),
  arguments: [fileArgument],
  examples: [
    Command.Example(
      "rounds-admin rules apply rules.json",
      Phrase(
        en: "Reminders follow at once; reps get them at their next sync", zh: "提醒立即更新，销售代表下次同步后生效"))
  ],
  notes: [
    Phrase(
      en: "The file replaces all rules. Reminders of rules that are gone are withdrawn.",
      zh: "文件会替换全部规则。已删除的规则所产生的提醒会被撤回。")
  ]
) { invocation in
  let answer = try invocation.hub().put(["rules"], file: try jsonFile(invocation))
  warn(of: answer["missing"]?.array ?? [], invocation)
  invocation.show(answer) { screen in
    screen.say("The rules are in force.", "规则已生效。")
    let waiting = answer["customersWaiting"]?.integer ?? 0
    if waiting > 0 {
      screen.say(
        "\(waiting) customers follow within minutes; rounds-admin rules stats shows how far it is.",
        "另有 \(waiting) 个客户将在几分钟内处理完；可用 rounds-admin rules stats 查看进度。")
    }
  }
}

/// Says which people and pools the rules name that this hub does not have, yet or any more.
private func warn(of missing: [JSONValue], _ invocation: Invocation) {
  for item in missing {
    func text(_ key: String) -> String { item[key]?.string ?? "?" }
    let line = item["line"]?.integer ?? 0
    let word: Phrase =
      switch text("kind") {
      case "user": Phrase(en: "user", zh: "用户")
      case "team": Phrase(en: "team", zh: "团队")
      case "pool": Phrase(en: "pool", zh: "公海")
      default: Phrase(verbatim: text("kind"))
      }
    invocation.console.warn(
      Phrase(
        en: "line \(line), rule \(text("rule")): there is no \(word.en) \(text("name")) here.",
        zh: "第 \(line) 行，规则 \(text("rule"))：这里没有\(word.zh) \(text("name")) 。"))
  }
}

/// The bytes of a file of rules, or a policy, that is JSON at least.
func jsonFile(_ invocation: Invocation, at path: String? = nil) throws -> [UInt8] {
  let path = path ?? invocation.argument("FILE")
  let bytes = try invocation.console.readFile(path)
  do {
    _ = try JSONValue(parsing: bytes)
  } catch {
    throw RuleFileError.notJSON(path: path, error)
  }
  return bytes
}

/// What can go wrong with a rule file or a policy on this side.
enum RuleFileError: Error {
  case notJSON(path: String, JSONError)
  /// A hub that does not know `check=true` would have put them into force.
  case appliedInTrial
}
