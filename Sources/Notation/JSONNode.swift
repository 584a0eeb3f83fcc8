// One value of a JSON document that people write, together with where it stands, so that every fault
// can name its place. Rule files and policies are read through it.
//
// It must never pass over anything: a key that is not asked for is refused, and a value of another
// kind is an error, not a default. What is wrong beyond that, each language says in an error type of
// its own; `JSONFault` is what the node has to know of it.

/// An error about one place of a JSON document.
public protocol JSONFault: Error, CustomStringConvertible {
  associatedtype Problem: JSONProblem

  /// A fault without line and column, which `located(in:)` adds.
  init(_ problem: Problem, path: String, allowed: [String])

  /// Where in the document, such as `$.rules[1].trigger`.
  var path: String { get }
  /// Line and column, from 1, of the value at `path`; nil where they cannot be had.
  var line: Int? { get set }
  var column: Int? { get set }
  /// What could have stood there.
  var allowed: [String] { get }
  /// The problem alone, in plain English, such as `“2026-02-30” is no date`.
  var what: String { get }
}

extension JSONFault {
  /// Plain English with the place, such as `$.days[3].date (line 9, column 13): “2026-02-30” is no date`.
  public var description: String { sentence }

  /// The same, for whoever has more to say before it.
  public var sentence: String {
    let place = line.map { " (line \($0), column \(column ?? 1))" } ?? ""
    let list = allowed.isEmpty ? "" : "; allowed: \(allowed.joined(separator: ", "))"
    return "\(path)\(place): \(what)\(list)"
  }
}

/// What can be wrong with any JSON document.
public enum JSONFlaw: Hashable, Sendable {
  case notJSON(JSONError)
  case missing(key: String)
  case unknownKey(String)
  /// A value of another kind than belongs here, such as a number for a text.
  case wrongKind
  /// A word, a number or a name that is not among the allowed ones.
  case notAllowed(String)
}

extension JSONFlaw: CustomStringConvertible {
  /// Plain English, such as `“deal” is not allowed`.
  public var description: String {
    switch self {
    case .notJSON(let error): "not JSON, \(error)"
    case .missing(let key): "“\(key)” is missing"
    case .unknownKey(let key): "“\(key)” means nothing here"
    case .wrongKind: "this is a value of another kind"
    case .notAllowed(let text): "“\(text)” is not allowed"
    }
  }
}

/// What a language can say of its documents; a case of an enum is all it takes to conform.
public protocol JSONProblem {
  /// What any document may get wrong.
  static func flaw(_ flaw: JSONFlaw) -> Self
}

extension JSONProblem {
  public static func notJSON(_ error: JSONError) -> Self { .flaw(.notJSON(error)) }
  public static func missing(key: String) -> Self { .flaw(.missing(key: key)) }
  public static func unknownKey(_ key: String) -> Self { .flaw(.unknownKey(key)) }
  public static var wrongKind: Self { .flaw(.wrongKind) }
  public static func notAllowed(_ text: String) -> Self { .flaw(.notAllowed(text)) }
}

/// One value of a document and its path; every reading of it throws a `Fault` that names the place.
public struct JSONNode<Fault: JSONFault> {
  /// One step of a path into a JSON document.
  private enum Step {
    case key(String)
    case index(Int)
  }

  private let json: JSONValue
  private let steps: [Step]

  /// The root of a document.
  public init(_ json: JSONValue) { self.init(json, steps: []) }

  private init(_ json: JSONValue, steps: [Step]) {
    self.json = json
    self.steps = steps
  }

  /// Parses a document and lets `body` read it.
  ///
  /// - Throws: what `body` throws, with line and column; or that it is not JSON.
  public static func read<Result>(
    _ bytes: [UInt8], _ body: (JSONNode) throws(Fault) -> Result
  ) throws(Fault) -> Result {
    let json: JSONValue
    do {
      json = try JSONValue(parsing: bytes)
    } catch {
      var fault = Fault(.notJSON(error), path: "$", allowed: [])
      (fault.line, fault.column) = (error.line, error.column)
      throw fault
    }
    do {
      return try body(JSONNode(json))
    } catch {
      throw error.located(in: bytes)
    }
  }

  // MARK: Objects and arrays

  /// Refuses any key but these.
  public func allowOnly(_ keys: [String]) throws(Fault) {
    for (key, node) in try members() where !keys.contains(key) {
      throw node.error(.unknownKey(key), allowed: keys)
    }
  }

  /// Sorted by key, so that of two faults always the same one is reported.
  public func members() throws(Fault) -> [(key: String, node: JSONNode)] {
    try object().sorted { $0.key < $1.key }.map { ($0.key, child(.key($0.key), $0.value)) }
  }

  public func optional(_ key: String) throws(Fault) -> JSONNode? {
    try object()[key].map { child(.key(key), $0) }
  }

  public func member(_ key: String) throws(Fault) -> JSONNode {
    guard let member = try optional(key) else { throw error(.missing(key: key), allowed: [key]) }
    return member
  }

  public func elements() throws(Fault) -> [JSONNode] {
    guard let elements = json.array else { throw error(.wrongKind, allowed: ["an array"]) }
    return elements.enumerated().map { child(.index($0), $1) }
  }

  // MARK: Single values

  public var isNull: Bool { json.isNull }

  public func text() throws(Fault) -> String {
    guard let text = json.string else { throw error(.wrongKind, allowed: ["a text"]) }
    return text
  }

  public func integer() throws(Fault) -> Int64 {
    guard let integer = json.integer else { throw error(.wrongKind, allowed: ["a whole number"]) }
    return integer
  }

  public func bool() throws(Fault) -> Bool {
    guard let bool = json.bool else { throw error(.wrongKind, allowed: ["true", "false"]) }
    return bool
  }

  /// One of the words that an enum knows.
  public func choice<Choice>() throws(Fault) -> Choice
  where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
    let words = Choice.allCases.map(\.rawValue)
    guard let choice = Choice(rawValue: try text()) else { throw notAllowed(words) }
    return choice
  }

  // MARK: Faults

  public func notAllowed(_ allowed: [String]) -> Fault {
    error(.notAllowed(json.string ?? json.text()), allowed: allowed)
  }

  public func error(_ problem: Fault.Problem, allowed: [String] = []) -> Fault {
    Fault(problem, path: path, allowed: allowed)
  }

  private var path: String {
    steps.reduce("$") { path, step in
      switch step {
      case .key(let key): path + "." + key
      case .index(let index): path + "[\(index)]"
      }
    }
  }

  private func object() throws(Fault) -> [String: JSONValue] {
    guard let object = json.object else { throw error(.wrongKind, allowed: ["an object"]) }
    return object
  }

  private func child(_ step: Step, _ json: JSONValue) -> JSONNode {
    JSONNode(json, steps: steps + [step])
  }
}
