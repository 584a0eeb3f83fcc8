// A test is named by the sentence it proves, and proves something (rules 50 and 61).
//
// The sentence is the function's name in backticks, or the text of `@Test("…")`. Whether a body that is
// there proves anything no machine can see; that there is one, it can.

enum TestRules {
  static func findings(
    in file: SourceFile, _ all: [FunctionRules.Function]
  ) -> [Finding] {
    guard file.isTest else { return [] }
    let functions = Dictionary(uniqueKeysWithValues: all.map { ($0.index, $0) })
    var found: [Finding] = []
    for index in file.code.indices where file.code[index].isSymbol("@") {
      guard file.matches(["@", "Test"], at: index) else { continue }
      guard let keyword = functionKeyword(after: index, in: file.code),
        keyword + 1 < file.code.count
      else { continue }
      let name = file.code[keyword + 1]
      if !isSentence(name.text), !hasDisplayName(index, in: file.code) {
        let message = "\(name.text) is no sentence; name the test by what it proves, in backticks"
        found.append(file.finding(.testName, name.line, message))
      }
      if functions[keyword]?.isEmpty == true {
        found.append(file.finding(.emptyTest, name.line, "a test without a body proves nothing"))
      }
    }
    return found
  }

  private static func isSentence(_ name: String) -> Bool {
    name.hasPrefix("`") && name.contains(" ") && !name.hasPrefix("`test")
  }

  /// Whether `@Test("…")` says the sentence.
  private static func hasDisplayName(_ index: Int, in code: [Token]) -> Bool {
    index + 3 < code.count && code[index + 2].isSymbol("(") && code[index + 3].kind == .literal
  }

  private static func functionKeyword(after index: Int, in code: [Token]) -> Int? {
    var depth = 0
    for position in (index + 2)..<code.count {
      let token = code[position]
      if token.isSymbol("(") || token.isSymbol("[") || token.isSymbol("{") { depth += 1 }
      if token.isSymbol(")") || token.isSymbol("]") || token.isSymbol("}") { depth -= 1 }
      if depth < 0 { return nil }
      if depth == 0, token.isWord("func") { return position }
      if depth == 0, token.isSymbol("@"), position > index + 2, code.count > position + 1,
        code[position + 1].isWord("Test")
      {
        return nil
      }
    }
    return nil
  }
}
