// One file of the tree as the rules see it: path, lines, and for Swift its tokens.
//
// A value, made once per file and then only read. Rules look at `code` where they mean what the
// compiler sees, and at `tokens` where comments matter; nobody searches the text for words.

struct SourceFile {
  /// From the root of the repository, with slashes.
  let path: String
  let lines: [Substring]
  /// Empty unless it is Swift.
  let tokens: [Token]
  /// The same without comments: what the compiler sees.
  let code: [Token]
  /// Lines that hold a comment and nothing else.
  let commentLines: Set<Int>

  init(path: String, text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    tokens = path.hasSuffix(".swift") ? Lexer.tokens(of: text) : []
    code = tokens.filter { $0.kind != .comment }
    var commented: Set<Int> = []
    for token in tokens where token.kind == .comment {
      commented.formUnion(token.line...token.lastLine)
    }
    for token in code { commented.remove(token.line) }
    commentLines = commented
  }

  var isSwift: Bool { path.hasSuffix(".swift") }
  var isMarkdown: Bool { path.hasSuffix(".md") }
  var isTest: Bool { path.hasPrefix("Tests/") }

  /// The folder below `Sources`, `Tests` or `Tools`; `Package` for what lies at the root.
  var target: String {
    let parts = path.split(separator: "/")
    return parts.count >= 3 ? String(parts[1]) : "Package"
  }

  /// The last part of the path.
  var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  var lineCount: Int { lines.last == "" ? lines.count - 1 : lines.count }

  func finding(_ rule: Rule, _ line: Int, _ message: String) -> Finding {
    Finding(path: path, line: line, rule: rule, message: message)
  }

  /// Whether a run of tokens begins at `index` of `code`.
  func matches(_ texts: [String], at index: Int) -> Bool {
    guard index >= 0, index + texts.count <= code.count else { return false }
    var position = index
    for text in texts {
      guard code[position].text == text, code[position].kind != .literal else { return false }
      position += 1
    }
    return true
  }
}
