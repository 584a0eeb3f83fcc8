// Why a text is not a rule book: which rule, where in the file, what is wrong, what is allowed.
//
// Facts, never sentences: the programs word their messages from them, in two languages. What any JSON
// document may get wrong is made by `JSONNode`, which also finds line and column.

import Notation

/// Why a text is not a rule book. Facts; a program words its message from them.
public struct RuleError: Error, Hashable, Sendable {
  public enum Problem: JSONProblem, Hashable, Sendable {
    case flaw(JSONFlaw)
    case badTimeSpan(String)
    case duplicateRule(String)
    case badCondition(QueryError)
    /// The condition asks about the present; a rule waits with its trigger instead.
    case conditionDependsOnTime
    /// A title's placeholder is no field, or one whose text depends on a zone.
    case unknownPlaceholder(String)
    /// Only rules about this collection can wait for that.
    case unsuitableTrigger(String, collection: String)
    /// The rule means somebody, or a pool, that this workspace does not have.
    case notHere(kind: String, name: String)
  }

  public var problem: Problem
  /// The id of the rule; nil outside of any, or where it has none yet.
  public var rule: String?
  /// Where in the document, such as `$.rules[1].trigger.silence.longerThan`.
  public var path: String
  /// Line and column, from 1, of the value at `path`; nil where they cannot be had.
  public var line: Int?
  public var column: Int?
  /// What could have stood there.
  public var allowed: [String]
}

extension RuleError: JSONFault {
  public init(_ problem: Problem, path: String, allowed: [String]) {
    self.init(problem: problem, path: path, allowed: allowed)
  }

  /// The same error, found in this rule.
  func named(_ rule: String) -> RuleError {
    var error = self
    error.rule = rule
    return error
  }
}

extension RuleError {
  /// Plain English, such as `rule first-contact, $.rules[0].on (line 5, column 13): “deal” is not
  /// allowed; allowed: customer`.
  public var description: String { (rule.map { "rule \($0), " } ?? "") + sentence }

  public var what: String {
    switch problem {
    case .flaw(let flaw): flaw.description
    case .badTimeSpan(let text): "“\(text)” is no span of time"
    case .notHere(let kind, let name): "there is no \(kind) “\(name)” here"
    case .duplicateRule(let id): "there are two rules “\(id)”"
    case .badCondition(let error): "the condition is no query: \(error)"
    case .conditionDependsOnTime: "the condition depends on the time it is asked at"
    case .unknownPlaceholder(let name): "the placeholder {\(name)} stands for no field"
    case .unsuitableTrigger(let key, let collection): "“\(key)” is for rules on \(collection)"
    }
  }
}
