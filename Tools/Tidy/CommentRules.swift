// Comments are prose about the code that is there: no loose ends, no code kept asleep (rule 28).
//
// Code in a comment is told by its shape alone, and only where prose never has that shape: a
// declaration with its `=` or `(`, a line that ends in a brace or a semicolon. Examples are fine, in a
// block indented by four spaces or more, or between triple backticks.

enum CommentRules {
  static func findings(in file: SourceFile) -> [Finding] {
    var found: [Finding] = []
    var isFenced = false
    for token in file.tokens where token.kind == .comment {
      let text = token.text.drop { $0 == "/" }
      if text.contains("```") { isFenced.toggle() }
      found += looseEnds(in: token, of: file)
      let indent = text.prefix { $0 == " " }.count
      if !isFenced, indent < 4, looksLikeCode(text.dropFirst(indent)) {
        found.append(file.finding(.deadCode, token.line, "code in a comment; git remembers it"))
      }
    }
    return found
  }

  private static func looseEnds(in token: Token, of file: SourceFile) -> [Finding] {
    var found: [Finding] = []
    let words = token.text.split { !($0.isLetter || $0.isNumber || "()-_".contains($0)) }
    for word in words {
      if word.hasPrefix("FIXME") || word == "XXX" {
        found.append(file.finding(.todo, token.line, "\(word) is not kept in the code"))
      }
      if word.hasPrefix("TODO"), !isNamed(word) {
        let message = "TODO needs the name of an open issue: TODO(name-of-issue)"
        found.append(file.finding(.todo, token.line, message))
      }
    }
    return found
  }

  private static func isNamed(_ word: Substring) -> Bool {
    word.hasPrefix("TODO(") && word.hasSuffix(")") && word.count > "TODO()".count
  }

  private static func looksLikeCode(_ line: Substring) -> Bool {
    let text = line.trimmingSuffixSpaces
    if ["{", "}", "})", "},"].contains(String(text)) { return true }
    if text.hasSuffix(" {") { return true }
    let words = text.split(separator: " ")
    guard let first = words.first else { return false }
    if text.hasSuffix(");"), first.dropFirst().contains("(") { return true }
    guard words.count > 1 else { return false }
    switch first {
    case "let", "var": return words.dropFirst().contains("=") || words[1].hasSuffix(":")
    case "func": return words[1].contains("(")
    case "import": return words.count == 2 && words[1].first?.isUppercase == true
    case "guard": return text.hasSuffix("else")
    default: return false
    }
  }
}

extension Substring {
  fileprivate var trimmingSuffixSpaces: Substring {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
