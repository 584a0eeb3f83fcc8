// What the lexer makes of Swift text: words, symbols, literals, comments, each with its line.
//
// Every byte of the text that is no space is in exactly one token, except the marks of comments and the
// quotes of literals.

struct Token {
  enum Kind {
    case word
    /// One byte of punctuation.
    case symbol
    /// The text of a string, without its quotes; interpolations stand in it as `\()`, and what is
    /// in them follows as tokens of its own.
    case literal
    /// One line of a `//` comment, or one whole `/* */` comment, without its marks.
    case comment
  }

  let kind: Kind
  let text: String
  let line: Int
  /// The line it ends on: literals and block comments can have many.
  let lastLine: Int
  /// Whether it touches what stands before it.
  let isAttached: Bool

  func isSymbol(_ text: String) -> Bool { kind == .symbol && self.text == text }
  func isWord(_ text: String) -> Bool { kind == .word && self.text == text }
}
