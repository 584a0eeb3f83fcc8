// Which rules apply to a customer, and why the others do not: asked of the same facts, by the same functions, as
// whatever rules do.
//
// Pure. The hub and a laptop give the same answer, but that a laptop does not know what happened once: there the
// answer is that the hub knows.

import Notation
import SyncCore

public struct RuleExplanation: Sendable {
  public enum Verdict: Hashable, Sendable {
    /// It asks for something, now or later.
    case applies
    /// A condition does not hold.
    case condition
    /// What it waits for is not so.
    case noOccasion
    /// Another rule of its group comes before it.
    case givesWay(to: String)
    /// It waits for something that happens once, and only the hub notes that.
    case unknown

    public var name: String {
      switch self {
      case .applies: "applies"
      case .condition: "condition"
      case .noOccasion: "noOccasion"
      case .givesWay: "givesWay"
      case .unknown: "unknown"
      }
    }
  }

  public typealias Finding = (part: String, schema: CollectionSchema, finding: QueryFinding)

  public let rule: Rule
  public let subject: FactRecord
  public let verdict: Verdict
  /// Every comparison of its conditions.
  public let findings: [Finding]
  /// What it asks for; where it gives way: would ask for.
  public let effects: [Effect]

  /// - Parameter hides: whether a value is not for the one who asks.
  public func json(in zone: LocalZone, hides: (Finding) -> Bool = { _ in false }) -> JSONValue {
    var instead: JSONValue = .null
    if case .givesWay(let other) = verdict { instead = .string(other) }
    return [
      "rule": .string(rule.id), "version": .integer(Int64(rule.version)),
      "group": rule.group.map { .string($0) } ?? .null,
      "trigger": .string(rule.trigger.name), "collection": .string(rule.collection.name),
      "record": .string(subject.id.description), "verdict": .string(verdict.name),
      "instead": instead,
      "conditions": .array(
        findings.map { finding in
          [
            "on": .string(finding.part), "text": .string(finding.finding.text),
            "holds": .bool(finding.finding.holds),
            "value": hides(finding)
              ? .string("hidden") : FieldText.json(finding.finding.value, in: zone),
          ]
        }),
      "effects": .array(
        effects.map { effect in
          [
            "action": .string(effect.action.name),
            "due": .string(ISO8601.string(milliseconds: effect.dueAt.milliseconds, in: zone)),
          ]
        }),
    ]
  }
}

extension RuleBook {
  /// One answer for each rule and each record it is about, in the order of the book.
  ///
  /// - Parameter knowsEvents: whether `facts` has what happened once.
  public func explanations(
    of facts: CustomerFacts, at now: Moment, knowsEvents: Bool, _ context: RuleContext
  ) -> [RuleExplanation] {
    var winners: [String: [RecordID: String]] = [:]
    var explanations: [RuleExplanation] = []
    for rule in rules {
      let asked = RuleBook(rules: [rule], quiet: quiet).effects(
        for: facts, within: RuleBook.window(at: now), context)
      for subject in rule.subjects(in: facts) {
        let effects = asked.filter { $0.subject.id == subject.id }
        let findings = rule.findings(for: subject, facts, at: now, in: context.almanac.zone)
        let winner = rule.group.flatMap { winners[$0]?[subject.id] }
        let verdict = rule.verdict(
          on: subject, facts, effects, winner: winner, knowsEvents: knowsEvents, now, context)
        if verdict == .applies, let group = rule.group {
          winners[group, default: [:]][subject.id] = rule.id
        }
        explanations.append(
          RuleExplanation(
            rule: rule, subject: subject, verdict: verdict, findings: findings, effects: effects))
      }
    }
    return explanations
  }
}

extension Rule {
  fileprivate func subjects(in facts: CustomerFacts) -> [FactRecord] {
    collection.id == CollectionSchema.customer.id
      ? [facts.customer] : facts.records.filter { $0.collection == collection.id }
  }

  fileprivate func verdict(
    on subject: FactRecord, _ facts: CustomerFacts, _ effects: [Effect], winner: String?,
    knowsEvents: Bool, _ now: Moment, _ context: RuleContext
  ) -> RuleExplanation.Verdict {
    if !effects.isEmpty { return winner.map { .givesWay(to: $0) } ?? .applies }
    guard applies(to: subject, facts, at: now, in: context.almanac.zone) else { return .condition }
    if trigger.isEvent && !knowsEvents { return .unknown }
    let occasions = trigger.occasions(
      of: subject, self, facts, window: RuleBook.window(at: now), in: context.almanac)
    // There is an occasion, and at its steps' own moments a condition does not hold.
    return occasions.isEmpty ? .noOccasion : .condition
  }
}
