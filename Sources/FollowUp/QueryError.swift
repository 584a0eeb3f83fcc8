// Why a text is not a query, and where.
//
// Facts, never sentences: the programs word their messages from them, in two languages. `expected`
// is in the order in which it is best shown, so that it may reach the screen as it is.

/// Why a text is not a query.
public struct QueryError: Error, Hashable, Sendable {
  public enum Problem: Hashable, Sendable {
    case tooLong
    case tooDeep
    /// Something stands where something else is expected.
    case unexpected(String)
    case unexpectedEnd
    case unclosedQuote
    case unknownField(String)
    /// The operator makes no sense for the type of the field.
    case unsuitableOperator(String, field: String)
    /// The value is none that the field could have.
    case unsuitableValue(String, field: String)
  }

  public var problem: Problem
  /// The character at which it was noticed, from 1.
  public var column: Int
  /// What could have stood there: words of the language, allowed names, or descriptions of a value.
  public var expected: [String]

  public init(_ problem: Problem, column: Int, expected: [String]) {
    self.problem = problem
    self.column = column
    self.expected = expected
  }
}

extension QueryError: CustomStringConvertible {
  /// Plain English, such as `column 7: unknown field “fone”; expected name, phone, …`.
  public var description: String {
    let list = expected.isEmpty ? "" : "; expected \(expected.joined(separator: ", "))"
    return "column \(column): \(what)\(list)"
  }

  private var what: String {
    switch problem {
    case .tooLong: "longer than \(Query.charactersMax) characters"
    case .tooDeep: "nested deeper than \(Query.depthMax) levels"
    case .unexpected(let text): "unexpected “\(text)”"
    case .unexpectedEnd: "the query ends too early"
    case .unclosedQuote: "a quote is not closed"
    case .unknownField(let name): "unknown field “\(name)”"
    case .unsuitableOperator(let name, let field): "“\(name)” does not suit the field \(field)"
    case .unsuitableValue(let text, let field): "“\(text)” does not suit the field \(field)"
    }
  }
}
