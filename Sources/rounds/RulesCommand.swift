// `rounds rules explain REF`: which of the hub's rules apply to a customer, and why the others do not.
//
// Works offline, with the rules and the facts of this laptop, own unsent edits among them. It never says that a rule
// does not apply where only the hub can know.

import CommandKit
import FollowUp
import Notation
import Replica
import SyncCore

func rulesCommands(_ outside: Outside) -> [Command] { [rulesExplainCommand(outside)] }

private func rulesExplainCommand(_ outside: Outside) -> Command {
  Command(
    ["rules", "explain"], group: Group.machine,
    summary: Phrase(en: "Say which rules apply to a customer, and why", zh: "说明哪些规则适用于某客户及原因"),
    arguments: [referenceArgument],
    examples: [
      Command.Example(
        "rounds rules explain customer:Acme",
        Phrase(en: "Why it is to be called weekly, and not monthly", zh: "为什么按周而不是按月跟进"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let found = try replica.record(invocation.argument("REF"))
    let root = try replica.customer(of: found)
    guard
      let all = try Foresight(replica.store, state: replica.state)
        .explanations(of: root, at: replica.today)
    else { throw RepError.rulesUnreadable }
    let asked = found.id == root ? all : all.filter { $0.subject.id == found.id }
    if invocation.isJSON {
      return invocation.console.print(json: [
        "record": .string(found.id.description),
        "rules": .array(asked.map { $0.json(in: replica.zone) }),
      ])
    }
    show(asked, Screen(invocation.console))
  }
}

private func show(_ explanations: [RuleExplanation], _ screen: Screen) {
  if explanations.isEmpty { return screen.say(Phrase(en: "No rules.", zh: "没有规则。")) }
  for explanation in explanations {
    let mark = explanation.verdict == .applies ? "✓" : "✗"
    screen.console.print(
      "\(mark) \(explanation.rule.id): \(screen.word(explanation.verdict.words))")
    for (part, _, finding) in explanation.findings {
      let sign = finding.holds ? "✓" : "✗"
      let value =
        finding.value.isNull ? "–" : FieldText.display(finding.value, in: screen.console.zone)
      screen.console.print("    \(sign) \(part): \(finding.text)  (\(TextWidth.oneLine(value)))")
    }
    guard explanation.verdict == .applies else { continue }
    for effect in explanation.effects {
      screen.console.print("    → \(effect.action.name) \(screen.time(effect.dueAt))")
    }
  }
}

extension RuleExplanation.Verdict {
  fileprivate var words: Phrase {
    switch self {
    case .applies: Phrase(en: "applies", zh: "适用")
    case .condition: Phrase(en: "a condition does not hold", zh: "有条件不成立")
    case .noOccasion: Phrase(en: "there is no occasion", zh: "触发条件未出现")
    case .givesWay(let other):
      Phrase(en: "gives way to \(other)", zh: "让位于 \(other)")
    case .unknown: Phrase(en: "only the hub knows", zh: "只有服务器知道")
    }
  }
}
