// `rules explain`: which of the rules in force apply to a record, and why the others do not.
//
// The hub works it out and knows everything; `rounds rules explain` gives the same answer without a network, but
// for what happened once.

import CommandKit
import HubClient
import Notation

let rulesExplainCommand = Command(
  ["rules", "explain"], group: Group.rules,
  summary: Phrase(
    en: "Say which rules apply to a record, and why the others do not", zh: "说明哪些规则适用于某条记录，其余为何不适用"),
  arguments: [referenceArgument],
  examples: [
    Command.Example(
      "rounds-admin rules explain customer:Acme",
      Phrase(en: "Of rules that are alternatives, the one that counts", zh: "同组规则中实际生效的那一条"))
  ]
) { invocation in
  let document = try invocation.hub().read(
    ["rules", "explain"], query: [HubQuery("record", invocation.argument("REF"))])
  invocation.show(document) { screen in
    let rules = document["rules"]?.array ?? []
    if rules.isEmpty { screen.say("No rules.", "没有规则。") }
    for rule in rules { show(rule, screen) }
  }
}

private func show(_ rule: JSONValue, _ screen: Screen) {
  let mark = rule["verdict"]?.string == "applies" ? "✓" : "✗"
  screen.console.print("\(mark) \(screen.text(rule["rule"])): \(screen.word(words(for: rule)))")
  for condition in rule["conditions"]?.array ?? [] {
    let sign = condition["holds"]?.bool == true ? "✓" : "✗"
    let value = condition["value"].map { $0 == .null ? "–" : screen.text($0) } ?? "–"
    screen.console.print(
      "    \(sign) \(screen.text(condition["on"])): \(screen.text(condition["text"]))  (\(value))")
  }
  guard rule["verdict"]?.string == "applies" else { return }
  for effect in rule["effects"]?.array ?? [] {
    screen.console.print("    → \(screen.text(effect["action"])) \(screen.time(effect["due"]))")
  }
}

private func words(for rule: JSONValue) -> Phrase {
  switch rule["verdict"]?.string {
  case "applies": Phrase(en: "applies", zh: "适用")
  case "condition": Phrase(en: "a condition does not hold", zh: "有条件不成立")
  case "noOccasion": Phrase(en: "there is no occasion", zh: "触发条件未出现")
  case "givesWay":
    Phrase(
      en: "gives way to \(rule["instead"]?.string ?? "another")",
      zh: "让位于 \(rule["instead"]?.string ?? "另一条规则")")
  default: Phrase(verbatim: rule["verdict"]?.string ?? "")
  }
}
