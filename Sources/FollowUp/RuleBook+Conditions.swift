// Whether the conditions of a book can ever hold: a stage, a status or a priority that there is not is a slip of the pen,
// and the rule would wait for it in silence.
//
// Asked when a book is checked or applied, and not when it is read: a book that is in force, or that a newer program has
// taken, stays readable.

import Notation
import SyncCore

extension RuleBook {
  /// - Parameter text: what the book was read from.
  /// - Throws: the first condition that compares with what its field never is, with its place and what there is.
  public func checkConditions(in text: [UInt8]) throws(RuleError) {
    for (place, rule) in rules.enumerated() {
      let conditions: [(name: String, query: Query?, schema: CollectionSchema)] = [
        ("where", rule.condition, rule.collection), ("customer", rule.customerCondition, .customer),
        ("lastFollowUp", rule.lastFollowUpCondition, .followUp),
      ]
      for condition in conditions {
        guard let stranger = condition.query?.stranger(in: condition.schema) else { continue }
        throw RuleError(
          .flaw(.notAllowed(stranger.word)), path: "$.rules[\(place)].\(condition.name)",
          allowed: stranger.allowed
        ).named(rule.id).located(in: text)
      }
    }
  }
}

extension Query {
  /// The first word that is compared with a field of certain values and is none of them.
  fileprivate func stranger(in schema: CollectionSchema) -> (word: String, allowed: [String])? {
    for test in condition.tests where test.relation == .equal {
      guard case .field(let id) = test.subject, case .furthest(let ladder)? = schema[id]?.rule
      else {
        continue
      }
      for case .text(let word) in test.operands {
        return (word, ladder.rungs.compactMap(\.first))
      }
    }
    return nil
  }
}
