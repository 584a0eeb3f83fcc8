// One value of a rule file, together with where it stands, so that every fault can name its place.
//
// It must never pass over anything: a key that is not asked for is refused, and a value of another
// kind is an error, not a default.

import Notation

struct RuleNode {
  /// One step of a path into a JSON document.
  enum Step: Hashable {
    case key(String)
    case index(Int)
  }

  private let json: JSONValue
  private let steps: [Step]
  private let rule: String?

  init(_ json: JSONValue, steps: [Step] = [], rule: String? = nil) {
    self.json = json
    self.steps = steps
    self.rule = rule
  }

  /// The same value; faults found in it name the rule.
  func named(_ rule: String) -> RuleNode { RuleNode(json, steps: steps, rule: rule) }

  /// Refuses any key but these.
  func allowOnly(_ keys: [String]) throws(RuleError) {
    // Sorted, so that of two unknown keys always the same one is reported.
    for key in try members().keys.sorted() where !keys.contains(key) {
      throw child(.key(key), .null).error(.unknownKey(key), allowed: keys)
    }
  }

  func optional(_ key: String) throws(RuleError) -> RuleNode? {
    try members()[key].map { child(.key(key), $0) }
  }

  func member(_ key: String) throws(RuleError) -> RuleNode {
    guard let member = try optional(key) else { throw error(.missing(key: key), allowed: [key]) }
    return member
  }

  func elements() throws(RuleError) -> [RuleNode] {
    guard let elements = json.array else { throw error(.wrongKind, allowed: ["an array"]) }
    return elements.enumerated().map { child(.index($0), $1) }
  }

  func text() throws(RuleError) -> String {
    guard let text = json.string else { throw error(.wrongKind, allowed: ["a text"]) }
    return text
  }

  func integer() throws(RuleError) -> Int64 {
    guard let integer = json.integer else { throw error(.wrongKind, allowed: ["a whole number"]) }
    return integer
  }

  /// One of the words that an enum knows.
  func choice<Choice>() throws(RuleError) -> Choice
  where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
    let words = Choice.allCases.map(\.rawValue)
    guard let choice = Choice(rawValue: try text()) else { throw notAllowed(words) }
    return choice
  }

  func timeSpan() throws(RuleError) -> TimeSpan {
    let text = try text()
    guard let span = TimeSpan(text) else {
      throw error(.badTimeSpan(text), allowed: TimeSpan.examples)
    }
    return span
  }

  func notAllowed(_ allowed: [String]) -> RuleError {
    error(.notAllowed(json.string ?? json.text()), allowed: allowed)
  }

  func error(_ problem: RuleError.Problem, allowed: [String] = []) -> RuleError {
    RuleError(
      problem: problem, rule: rule, path: RuleNode.path(steps), line: nil, column: nil,
      allowed: allowed)
  }

  private func members() throws(RuleError) -> [String: JSONValue] {
    guard let members = json.object else { throw error(.wrongKind, allowed: ["an object"]) }
    return members
  }

  private func child(_ step: Step, _ json: JSONValue) -> RuleNode {
    RuleNode(json, steps: steps + [step], rule: rule)
  }

  static func path(_ steps: [Step]) -> String {
    steps.reduce("$") { path, step in
      switch step {
      case .key(let key): path + "." + key
      case .index(let index): path + "[\(index)]"
      }
    }
  }
}
