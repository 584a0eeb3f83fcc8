// How long a function may be (rule 11): from its first line to the brace that closes it.
//
// Functions are found by their keyword, and their ends by counting braces among the tokens, so
// strings and comments cannot mislead. A nested function counts for itself and for the outer one.

enum FunctionRules {
  static let linesMax = 60

  struct Function {
    let name: String
    let line: Int
    let lastLine: Int
    /// Whether there is nothing at all between its braces.
    let isEmpty: Bool
    /// Where its keyword stands among the tokens.
    let index: Int
  }

  static func findings(in file: SourceFile, _ functions: [Function]) -> [Finding] {
    functions.compactMap { function in
      let count = function.lastLine - function.line + 1
      guard count > linesMax else { return nil }
      let message = "\(function.name) has \(count) lines; \(linesMax) are the most"
      return file.finding(.functionLength, function.line, message)
    }
  }

  /// Every function, initialiser, subscript and computed property that has a body.
  static func functions(in file: SourceFile) -> [Function] {
    var found: [Function] = []
    for (index, token) in file.code.enumerated() where token.kind == .word {
      guard let name = declaredName(at: index, in: file.code),
        let open = bodyStart(after: index, in: file.code, isProperty: token.text == "var"),
        let close = closingBrace(from: open, in: file.code)
      else { continue }
      found.append(
        Function(
          name: name, line: token.line, lastLine: file.code[close].line,
          isEmpty: close == open + 1, index: index))
    }
    return found
  }

  /// The name of what is declared here; nil where the word declares no function.
  private static func declaredName(at index: Int, in code: [Token]) -> String? {
    let token = code[index]
    let previous = index > 0 ? code[index - 1] : nil
    guard previous?.isSymbol(".") != true, index + 1 < code.count else { return nil }
    let next = code[index + 1]
    switch token.text {
    case "func": return next.text
    case "var": return next.kind == .word ? next.text : nil
    case "init", "subscript":
      let isDeclared = next.isSymbol("(") || next.isSymbol("<") || next.isSymbol("?")
      return isDeclared ? token.text : nil
    case "deinit": return next.isSymbol("{") ? token.text : nil
    default: return nil
    }
  }

  /// Words that begin something else.
  private static let beginnings: Set<String> = [
    "func", "var", "let", "init", "subscript", "deinit", "case", "struct", "enum", "class",
    "static", "public", "private", "mutating", "typealias", "extension", "return", "for", "if",
  ]

  /// The brace that opens the body; nil for a requirement of a protocol or a stored property.
  private static func bodyStart(after index: Int, in code: [Token], isProperty: Bool) -> Int? {
    var depth = 0
    for position in (index + 1)..<code.count {
      let token = code[position]
      if token.isSymbol("(") || token.isSymbol("[") { depth += 1 }
      if token.isSymbol(")") || token.isSymbol("]") { depth -= 1 }
      if depth < 0 { return nil }
      if depth > 0 { continue }
      if token.isSymbol("{") { return position }
      if token.isSymbol("}") { return nil }
      if isProperty, token.isSymbol("=") { return nil }
      // The name of a function may be any word, but a keyword further on begins something else.
      if position > index + 1, token.kind == .word, beginnings.contains(token.text),
        !code[position - 1].isSymbol(".")
      {
        return nil
      }
    }
    return nil
  }

  static func closingBrace(from open: Int, in code: [Token]) -> Int? {
    var depth = 0
    var position = open
    while position < code.count {
      if code[position].isSymbol("{") { depth += 1 }
      if code[position].isSymbol("}") {
        depth -= 1
        if depth == 0 { return position }
      }
      position += 1
    }
    return nil
  }
}
