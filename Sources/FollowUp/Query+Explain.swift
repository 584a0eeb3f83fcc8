// Why a record answers a query with yes or no: each comparison, what the record has there, and whether it
// holds.
//
// For `rules test`, which must show more than the verdict: also a comparison that decided nothing.

import Notation
import SyncCore

/// One comparison of a query, asked of one record.
public struct QueryFinding: Hashable, Sendable {
  /// The comparison as it would be typed; negated where the query negates it.
  public var text: String
  public var value: Value
  public var holds: Bool
}

extension Query {
  /// The comparisons in the order of the text; none of them is left out because another one decides.
  public func findings(
    for record: QueryRecord, of schema: CollectionSchema, at now: Moment, in zone: LocalZone
  ) -> [QueryFinding] {
    condition.tests(isNegated: false).map { test, isNegated in
      let holds = test.holds(for: record, at: now, in: zone)
      let text = test.text(schema, in: zone)
      return QueryFinding(
        text: isNegated ? "not \(text)" : text, value: test.subject.value(in: record),
        holds: holds != isNegated)
    }
  }
}

extension Condition {
  fileprivate func tests(isNegated: Bool) -> [(test: QueryTest, isNegated: Bool)] {
    switch self {
    case .all(let parts), .any(let parts): parts.flatMap { $0.tests(isNegated: isNegated) }
    case .not(let part): part.tests(isNegated: !isNegated)
    case .test(let test): [(test, isNegated)]
    }
  }
}

extension QueryTest {
  fileprivate func text(_ schema: CollectionSchema, in zone: LocalZone) -> String {
    let name: String =
      switch subject {
      case .id: "id"
      case .createdAt: "createdAt"
      case .updatedAt: "updatedAt"
      case .field(let field): schema.displayName(of: field)
      }
    let words = operands.map { $0.text(in: zone) }
    if relation == .empty { return "\(name) is empty" }
    if words.count != 1 { return "\(name) in (\(words.joined(separator: ", ")))" }
    return "\(name) \(relation.symbol) \(words[0])"
  }
}

extension QueryRelation {
  fileprivate var symbol: String {
    switch self {
    case .empty: "is empty"
    case .equal: "="
    case .below: "<"
    case .atMost: "<="
    case .above: ">"
    case .atLeast: ">="
    case .contains: "contains"
    case .resembles: "~"
    }
  }
}

extension QueryOperand {
  fileprivate func text(in zone: LocalZone) -> String {
    switch self {
    case .text(let text): text
    case .rung(let height, let ladder): ladder.rungs[height].first ?? ""
    case .number(let number): number.description
    case .boolean(let boolean): boolean ? "yes" : "no"
    case .reference(let id): id.description
    case .time(.typed(let text)): text
    case .time(.stretch(let stretch)):
      FieldText.display(.moment(stretch.lowerBound), in: zone)
    case .time(.nowhere): "never"
    }
  }
}
