// Finds the words, symbols and quoted values of a query, and knows in which column they stand.
//
// What Chinese input methods type counts as its ASCII twin: （ ） ， ： ！ and “quotes”. A value is
// read more generously than a name, so that `14:30` and `A=B` need no quotes.

struct QueryScanner {
  private let characters: [Character]
  private var offset = 0

  private static let nameEnds = Set("()（）,，<>=!！~:：≠≤≥&|\"'“”")
  private static let valueEnds = Set("()（），,")
  private static let closings: [Character: Character] = ["\"": "\"", "'": "'", "“": "”", "”": "”"]

  init(_ text: String) {
    characters = Array(text)
    skipSpace()
  }

  var length: Int { characters.count }
  var isAtEnd: Bool { offset >= characters.count }
  /// The column of what comes next, from 1.
  var column: Int { offset + 1 }

  /// Takes one of the symbols if it comes next.
  mutating func take(_ symbols: String...) -> Bool { takeFirst(of: symbols) != nil }

  /// Takes the first of the symbols that comes next, and says which it was.
  mutating func takeFirst(of symbols: [String]) -> String? {
    for symbol in symbols where characters[offset...].starts(with: symbol) {
      offset += symbol.count
      skipSpace()
      return symbol
    }
    return nil
  }

  /// Takes the word if it comes next, in upper or lower case, and not as the start of another.
  mutating func take(word: String) -> Bool {
    guard String(nextName).lowercased() == word else { return false }
    offset += word.count
    skipSpace()
    return true
  }

  /// Takes the name of a field; nil where none comes next.
  mutating func takeName() -> String? {
    let name = nextName
    guard !name.isEmpty else { return nil }
    offset += name.count
    skipSpace()
    return String(name)
  }

  /// Takes a value, quoted or not.
  mutating func value(expected: [String]) throws(QueryError) -> String {
    guard !isAtEnd, !"<>=~".contains(characters[offset]) else { throw unexpected(expected) }
    if let closing = QueryScanner.closings[characters[offset]] {
      return try quoted(until: closing)
    }
    let start = offset
    while !isAtEnd, !characters[offset].isWhitespace,
      !QueryScanner.valueEnds.contains(characters[offset]), !isAtConnective
    {
      offset += 1
    }
    guard offset > start else { throw unexpected(expected) }
    let value = String(characters[start..<offset])
    skipSpace()
    return value
  }

  func failure(_ problem: QueryError.Problem, _ expected: [String]) -> QueryError {
    QueryError(problem, column: column, expected: expected)
  }

  /// The error about whatever comes next.
  func unexpected(_ expected: [String]) -> QueryError {
    guard !isAtEnd else { return failure(.unexpectedEnd, expected) }
    let name = nextName.prefix(40)
    return failure(.unexpected(name.isEmpty ? String(characters[offset]) : String(name)), expected)
  }

  private var nextName: ArraySlice<Character> {
    characters[offset...].prefix { !$0.isWhitespace && !QueryScanner.nameEnds.contains($0) }
  }

  private var isAtConnective: Bool {
    let rest = characters[offset...]
    return rest.starts(with: "&&") || rest.starts(with: "||")
  }

  /// A backslash takes the next character as it is.
  private mutating func quoted(until closing: Character) throws(QueryError) -> String {
    let start = offset
    var value = ""
    offset += 1
    while !isAtEnd, characters[offset] != closing {
      if characters[offset] == "\\", offset + 1 < characters.count { offset += 1 }
      value.append(characters[offset])
      offset += 1
    }
    guard !isAtEnd else {
      throw QueryError(.unclosedQuote, column: start + 1, expected: [String(closing)])
    }
    offset += 1
    skipSpace()
    return value
  }

  private mutating func skipSpace() {
    while !isAtEnd, characters[offset].isWhitespace { offset += 1 }
  }
}
