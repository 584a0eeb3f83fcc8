// Rule files that are applied while people work.
//
// An administrator replaces the rules in force by others: the same rules with other terms, one of them
// gone, another one besides. Laptops go by the old ones until they sync. At the end the reminders are
// what the rules then in force ask for, and nothing is left of any other (I6).

import FollowUp
import Notation

extension Cluster {
  func applyRules(_ random: inout SplitMix64) throws {
    var rules: [JSONValue] = []
    if random.chance(70) {
      rules.append(
        Cluster.rule(
          "first-contact", ["assigned": ["within": .string("\(12 + random.below(60))h")]]))
    }
    if random.chance(70) {
      var rule = Cluster.silence("high-value-silence", days: 1 + random.below(9))
      rule["where"] = "tags contains 高价值"
      rules.append(rule)
    }
    if random.chance(40) { rules.append(Cluster.silence("silence", days: 5 + random.below(60))) }
    try administer("rules", ["version": 1, "rules": .array(rules)], method: "PUT")
    coverage.note(.rulesChanged)
  }

  private static func silence(_ id: String, days: Int) -> JSONValue {
    rule(id, ["silence": ["longerThan": .string("\(days)d")]])
  }

  private static func rule(_ id: String, _ trigger: JSONValue) -> JSONValue {
    [
      "id": .string(id), "version": 1, "on": "customer", "trigger": trigger, "remind": "owner",
      "strength": "normal", "title": ["en": "{name}", "zh": "{name}"],
    ]
  }
}
