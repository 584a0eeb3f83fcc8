// Ways around the compiler and around errors: each is refused, or needs a proof (rules 27 and 34).
//
// A proof is a comment on the line directly above; several escapes on neighbouring lines share one.
// What escapes is also counted, and printed with every run: the counts may only fall.

enum EscapeRules {
  enum Escape: String, CaseIterable {
    case unchecked = "@unchecked Sendable"
    case unsafe = "nonisolated(unsafe)"
    case tryForce = "try!"
    case castForce = "as!"
    case unwrap = "force unwrap"
  }

  /// Words that begin the names of calls which write.
  static let writes = [
    "run", "execute", "write", "remove", "delete", "save", "insert", "update", "commit", "create",
    "move", "transaction",
  ]

  typealias Escapes = [(escape: Escape, line: Int)]

  static func findings(in file: SourceFile, _ escapes: Escapes) -> [Finding] {
    unproven(escapes, in: file) + swallowed(in: file)
  }

  static func escapes(in file: SourceFile) -> Escapes {
    file.code.indices.compactMap { index in
      escape(at: index, in: file).map { ($0, file.code[index].line) }
    }
  }

  private static func escape(at index: Int, in file: SourceFile) -> Escape? {
    let token = file.code[index]
    guard token.kind != .literal else { return nil }
    switch token.text {
    case "!": return exclamation(at: index, in: file.code)
    case "unchecked": return file.code[index - 1].isSymbol("@") ? .unchecked : nil
    case "nonisolated":
      return file.matches(["nonisolated", "(", "unsafe", ")"], at: index) ? .unsafe : nil
    default: return nil
    }
  }

  /// What a `!` means: it forces where it touches the end of an expression or of a type.
  private static func exclamation(at index: Int, in code: [Token]) -> Escape? {
    guard index > 0, code[index].isAttached else { return nil }
    let previous = code[index - 1]
    let isCompared =
      index + 1 < code.count && code[index + 1].isSymbol("=") && code[index + 1].isAttached
    if isCompared { return nil }
    if previous.isWord("try") { return .tryForce }
    if previous.isWord("as") { return .castForce }
    let ends = previous.kind != .symbol || [")", "]", "?", ">", "}"].contains(previous.text)
    return ends ? .unwrap : nil
  }

  private static func unproven(_ found: Escapes, in file: SourceFile) -> [Finding] {
    let lines = Set(found.map(\.line))
    return found.compactMap { escape, line in
      var above = line - 1
      while lines.contains(above) { above -= 1 }
      guard !file.commentLines.contains(above) else { return nil }
      let message = "\(escape.rawValue) needs a comment on the line above that proves it"
      return file.finding(.unproven, line, message)
    }
  }

  // MARK: Errors that vanish

  private static func swallowed(in file: SourceFile) -> [Finding] {
    // Tests clear away what they made; what is left over fails no one.
    let isCleanUpAllowed = file.isTest && file.target.hasSuffix("Tests")
    var found: [Finding] = []
    for (index, token) in file.code.enumerated() where token.kind == .word {
      guard token.text == "catch" || token.text == "try" else { continue }
      if file.matches(["catch", "{", "}"], at: index) {
        found.append(file.finding(.swallowedError, token.line, "an error is handled or returned"))
      }
      guard !isCleanUpAllowed, file.matches(["try", "?"], at: index) else { continue }
      if let call = writing(after: index + 2, in: file.code) {
        let message = "try? on \(call): a write that fails must be heard of"
        found.append(file.finding(.swallowedError, token.line, message))
      }
    }
    return found
  }

  /// The call, on the rest of the line, that looks like a write.
  private static func writing(after start: Int, in code: [Token]) -> String? {
    guard start < code.count else { return nil }
    let line = code[start - 1].line
    for index in start..<code.count {
      let token = code[index]
      guard token.line == line else { return nil }
      let isCall = index + 1 < code.count && code[index + 1].isSymbol("(")
      if token.kind == .word, isCall, writes.contains(where: { token.text.hasPrefix($0) }) {
        return token.text
      }
    }
    return nil
  }
}
