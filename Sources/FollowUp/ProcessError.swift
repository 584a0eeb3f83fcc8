// Why a text is no sales process: where in the file, what is wrong, what is allowed.
//
// Facts, never sentences: the programs word their messages from them. What any JSON document may get
// wrong is made by `JSONNode`, which also finds line and column.

import Notation

/// Why a text is no sales process. Facts; a program words its message from them.
public struct ProcessError: Error, Hashable, Sendable {
  public enum Problem: JSONProblem, Hashable, Sendable {
    case flaw(JSONFlaw)
    case badDelay(String)
    /// Two pipelines, tasks or stages with one id, or two stages on one rung.
    case duplicate(String)
    /// A stage below the one before it.
    case outOfOrder(String)
    /// No rung of the ladder is called so.
    case unknownStage(String)
    /// A spelling of another rung than the stage's own.
    case otherStage(String)
    case badCondition(QueryError)
    /// The condition asks when a record last changed, which laptops and hub see differently.
    case conditionReadsUpdatedAt
  }

  public var problem: Problem
  /// Where in the document, such as `$.pipelines[0].stages[2].leave[0].where`.
  public var path: String
  /// Line and column, from 1, of the value at `path`; nil where they cannot be had.
  public var line: Int?
  public var column: Int?
  /// What could have stood there.
  public var allowed: [String]
}

extension ProcessError: JSONFault {
  public init(_ problem: Problem, path: String, allowed: [String]) {
    self.init(problem: problem, path: path, allowed: allowed)
  }

  public var what: String {
    switch problem {
    case .flaw(let flaw): flaw.description
    case .badDelay(let text): "“\(text)” is no span of time"
    case .duplicate(let text): "“\(text)” stands here already"
    case .outOfOrder(let text): "“\(text)” comes before the stage above it"
    case .unknownStage(let text): "no stage is called “\(text)”"
    case .otherStage(let text): "“\(text)” is another stage"
    case .badCondition(let error): "the condition is no query: \(error)"
    case .conditionReadsUpdatedAt: "the condition asks when a record last changed"
    }
  }
}
