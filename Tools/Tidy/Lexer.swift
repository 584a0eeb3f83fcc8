// Splits Swift text into tokens, well enough to tell code from comments and strings.
//
// It is no parser: it knows nested comments, strings with one or three quotes, raw strings (`#"…"#`),
// and interpolations inside them, which hold code again. Regex literals are not told from divisions:
// the project writes none. It never fails: text that ends too early just ends.

struct Lexer {
  private let bytes: [UInt8]
  private var index = 0
  private var line = 1
  private var wasSpace = true
  private(set) var tokens: [Token] = []

  static func tokens(of text: String) -> [Token] {
    var lexer = Lexer(bytes: Array(text.utf8))
    lexer.code(untilParenthesis: false)
    return lexer.tokens
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private func peek(_ offset: Int = 0) -> UInt8 {
    index + offset < bytes.count ? bytes[index + offset] : 0
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private mutating func emit(_ kind: Token.Kind, _ text: String, from first: Int) {
    tokens.append(
      Token(kind: kind, text: text, line: first, lastLine: line, isAttached: !wasSpace))
    wasSpace = false
  }

  /// Code, up to the end or, in an interpolation, behind the parenthesis that closes it.
  private mutating func code(untilParenthesis isNested: Bool) {
    var depth = 1
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "\n"):
        line += 1
        wasSpace = true
        index += 1
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
        wasSpace = true
        index += 1
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"): lineComment()
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): blockComment()
      case UInt8(ascii: "\""): string(hashes: 0)
      case UInt8(ascii: "#") where hashesBeforeQuote > 0: string(hashes: hashesBeforeQuote)
      case UInt8(ascii: "`"): quotedWord()
      case _ where Lexer.isWordByte(byte): word()
      default:
        if isNested, byte == UInt8(ascii: "(") { depth += 1 }
        if isNested, byte == UInt8(ascii: ")") { depth -= 1 }
        index += 1
        if isNested, depth == 0 { return }
        emit(.symbol, text(index - 1..<index), from: line)
      }
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }

  private mutating func word() {
    let start = index
    while index < bytes.count, Lexer.isWordByte(bytes[index]) { index += 1 }
    emit(.word, text(start..<index), from: line)
  }

  private mutating func quotedWord() {
    let start = index
    index += 1
    while index < bytes.count, peek() != UInt8(ascii: "`"), peek() != UInt8(ascii: "\n") {
      index += 1
    }
    index = min(index + 1, bytes.count)
    emit(.word, text(start..<index), from: line)
  }

  // MARK: Comments

  private mutating func lineComment() {
    index += 2
    let start = index
    while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
    emit(.comment, text(start..<index), from: line)
  }

  private mutating func blockComment() {
    let first = line
    var depth = 0
    let start = index
    repeat {
      if peek() == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        depth += 1
        index += 2
      } else if peek() == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
        depth -= 1
        index += 2
      } else {
        if peek() == UInt8(ascii: "\n") { line += 1 }
        index += 1
      }
    } while depth > 0 && index < bytes.count
    index = min(index, bytes.count)
    emit(.comment, text(start..<index), from: first)
  }

  // MARK: Strings

  /// How many `#` stand here in front of a quote; 0 where no string begins.
  private var hashesBeforeQuote: Int {
    var count = 0
    while peek(count) == UInt8(ascii: "#") { count += 1 }
    return peek(count) == UInt8(ascii: "\"") ? count : 0
  }

  private mutating func string(hashes: Int) {
    let first = line
    let place = tokens.count
    let wasAttached = !wasSpace
    index += hashes
    let quotes = isQuotes(3) ? 3 : 1
    index += quotes
    var content: [UInt8] = []
    while index < bytes.count {
      if isQuotes(quotes), areHashes(hashes, at: quotes) {
        index += quotes + hashes
        break
      }
      if peek() == UInt8(ascii: "\\"), areHashes(hashes, at: 1) {
        escape(hashes: hashes, into: &content)
        continue
      }
      if peek() == UInt8(ascii: "\n") {
        // A string with one quote ends with its line, whatever it looks like.
        if quotes == 1 { break }
        line += 1
      }
      content.append(bytes[index])
      index += 1
    }
    let token = Token(
      kind: .literal, text: String(decoding: content, as: UTF8.self), line: first, lastLine: line,
      isAttached: wasAttached)
    tokens.insert(token, at: place)
    wasSpace = false
  }

  /// A backslash: either the next byte loses its meaning, or code follows in parentheses.
  private mutating func escape(hashes: Int, into content: inout [UInt8]) {
    content.append(UInt8(ascii: "\\"))
    index += 1 + hashes
    if peek() == UInt8(ascii: "(") {
      content += Array("()".utf8)
      index += 1
      wasSpace = true
      code(untilParenthesis: true)
    } else if index < bytes.count {
      if peek() == UInt8(ascii: "\n") { line += 1 }
      content.append(peek())
      index += 1
    }
  }

  private func isQuotes(_ count: Int) -> Bool {
    (0..<count).allSatisfy { peek($0) == UInt8(ascii: "\"") }
  }

  private func areHashes(_ count: Int, at offset: Int) -> Bool {
    (0..<count).allSatisfy { peek(offset + $0) == UInt8(ascii: "#") }
  }
}
