// Walks a JSON text once, without building anything, and says where it goes wrong.
//
// `JSONDecoder` on Linux says only that the text is not valid JSON; someone who edits a rule file
// by hand needs the line. So the grammar is checked here (what may follow what, quotes, the shape
// of numbers) with a stack of open brackets, and the meaning (escapes, numbers) is left to the
// decoder. It must never accept what the grammar of RFC 8259 refuses, nor nest by recursion.

/// Why a text is not a JSON document, and where.
public struct JSONError: Error, Hashable, Sendable {
  public enum Reason: Hashable, Sendable {
    case tooLarge
    case tooDeep
    case notUTF8
    case unexpectedEnd
    case unexpectedCharacter(String)
    case unfinishedString
    case badEscape
    /// An object names one key twice: of two values one would be lost without a word.
    case doubledKey(String)
    case unknownWord(String)
    /// Well written, but no value can hold it, such as 1e999.
    case unrepresentable
  }

  public let reason: Reason
  /// The line of the fault, from 1; nil where it cannot be had.
  public let line: Int?
  /// The character within the line, from 1.
  public let column: Int?

  init(_ reason: Reason, line: Int? = nil, column: Int? = nil) {
    self.reason = reason
    self.line = line
    self.column = column
  }
}

struct JSONOutline {
  private enum Opening { case array, object }
  /// What the grammar allows next.
  private enum Expectation { case value, valueOrEnd, key, keyOrEnd, colon, commaOrEnd, nothing }

  private let bytes: [UInt8]
  private var offset = 0
  /// The brackets that are open, outermost first; never more than `JSONValue.depthMax`.
  private var openings: [Opening] = []
  private var expected = Expectation.value
  /// The keys so far of each open object; of an array, none.
  private var keys: [Set<ArraySlice<UInt8>>] = []

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Returns if the text is one JSON document by the grammar.
  mutating func check() throws(JSONError) {
    guard bytes.count <= JSONValue.textBytesMax else { throw JSONError(.tooLarge) }
    guard String(validating: bytes, as: UTF8.self) != nil else { throw JSONError(.notUTF8) }
    while offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: " "), 0x09, 0x0a, 0x0d: offset += 1
      case UInt8(ascii: "["): try open(.array, then: .valueOrEnd)
      case UInt8(ascii: "{"): try open(.object, then: .keyOrEnd)
      case UInt8(ascii: "]"): try close(.array, ifExpected: .valueOrEnd)
      case UInt8(ascii: "}"): try close(.object, ifExpected: .keyOrEnd)
      case UInt8(ascii: ","): try comma()
      case UInt8(ascii: ":"): try colon()
      case UInt8(ascii: "\""): try string()
      default: try word()
      }
    }
    guard expected == .nothing else { throw failure(.unexpectedEnd) }
  }

  private mutating func open(_ opening: Opening, then: Expectation) throws(JSONError) {
    guard expected == .value || expected == .valueOrEnd else { throw unexpected() }
    guard openings.count < JSONValue.depthMax else { throw failure(.tooDeep) }
    openings.append(opening)
    keys.append([])
    expected = then
    offset += 1
  }

  private mutating func close(
    _ opening: Opening, ifExpected empty: Expectation
  ) throws(JSONError) {
    guard openings.last == opening, expected == .commaOrEnd || expected == empty else {
      throw unexpected()
    }
    openings.removeLast()
    keys.removeLast()
    offset += 1
    valueEnded()
  }

  private mutating func comma() throws(JSONError) {
    guard expected == .commaOrEnd else { throw unexpected() }
    expected = openings.last == .object ? .key : .value
    offset += 1
  }

  private mutating func colon() throws(JSONError) {
    guard expected == .colon else { throw unexpected() }
    expected = .value
    offset += 1
  }

  private mutating func valueEnded() {
    expected = openings.isEmpty ? .nothing : .commaOrEnd
  }

  private mutating func string() throws(JSONError) {
    let isKey = expected == .key || expected == .keyOrEnd
    guard isKey || expected == .value || expected == .valueOrEnd else { throw unexpected() }
    let start = offset
    offset += 1
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
      guard bytes[offset] >= 0x20 else { throw failure(.unfinishedString, at: start) }
      if bytes[offset] == UInt8(ascii: "\\") { try escape() } else { offset += 1 }
    }
    guard offset < bytes.count else { throw failure(.unfinishedString, at: start) }
    offset += 1
    if isKey { try note(key: bytes[(start + 1)..<(offset - 1)], at: start) }
    if isKey { expected = .colon } else { valueEnded() }
  }

  /// Keys that are written with different escapes and are one are left to the decoder.
  private mutating func note(key: ArraySlice<UInt8>, at start: Int) throws(JSONError) {
    guard keys[keys.count - 1].insert(key).inserted else {
      throw failure(.doubledKey(String(decoding: key.prefix(40), as: UTF8.self)), at: start)
    }
  }

  private mutating func escape() throws(JSONError) {
    let letter = offset + 1 < bytes.count ? bytes[offset + 1] : 0
    if letter == UInt8(ascii: "u") {
      let digits = bytes[(offset + 2)...].prefix(4)
      guard digits.count == 4, digits.allSatisfy(isHexadecimal) else { throw failure(.badEscape) }
      offset += 6
    } else if "\"\\/bfnrt".utf8.contains(letter) {
      offset += 2
    } else {
      throw failure(.badEscape)
    }
  }

  /// A word is everything up to a separator: true, false, null or a number.
  private mutating func word() throws(JSONError) {
    guard expected == .value || expected == .valueOrEnd else { throw unexpected() }
    let word = bytes[offset...].prefix { !"[]{},:\" \t\r\n".utf8.contains($0) }
    let isKnown = ["true", "false", "null"].contains { word.elementsEqual($0.utf8) }
    guard isKnown || isNumber(word) else {
      throw failure(.unknownWord(String(decoding: word.prefix(40), as: UTF8.self)))
    }
    offset = word.endIndex
    valueEnded()
  }

  private func isHexadecimal(_ byte: UInt8) -> Bool {
    Character(Unicode.Scalar(byte)).isHexDigit
  }

  private func isNumber(_ word: ArraySlice<UInt8>) -> Bool {
    var rest = word
    func takeDigits() -> Int {
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      rest = rest.dropFirst(digits.count)
      return digits.count
    }
    if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    let isZero = rest.first == UInt8(ascii: "0")
    let wholeDigits = takeDigits()
    guard wholeDigits == 1 || (wholeDigits > 1 && !isZero) else { return false }
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      guard takeDigits() > 0 else { return false }
    }
    if let letter = rest.first, letter | 0x20 == UInt8(ascii: "e") {
      rest = rest.dropFirst()
      if let sign = rest.first, "+-".utf8.contains(sign) { rest = rest.dropFirst() }
      guard takeDigits() > 0 else { return false }
    }
    return rest.isEmpty
  }

  private func unexpected() -> JSONError {
    // The text is valid UTF-8 and every token starts at a character, so one decodes here.
    let character = String(decoding: bytes[offset...].prefix(8), as: UTF8.self).prefix(1)
    return failure(.unexpectedCharacter(String(character)))
  }

  private func failure(_ reason: JSONError.Reason, at position: Int? = nil) -> JSONError {
    let before = bytes.prefix(position ?? offset)
    let lines = before.split(separator: 0x0a, omittingEmptySubsequences: false)
    // Continuation bytes of UTF-8 begin no character.
    let column = lines.last.map { line in line.count { $0 & 0xc0 != 0x80 } } ?? 0
    return JSONError(reason, line: lines.count, column: column + 1)
  }
}

extension JSONError: CustomStringConvertible {
  /// Plain English, such as `line 3, column 7: unexpected “}”`.
  public var description: String {
    guard let line, let column else { return problem }
    return "line \(line), column \(column): \(problem)"
  }

  private var problem: String {
    switch reason {
    case .tooLarge: "longer than \(JSONValue.textBytesMax) bytes"
    case .tooDeep: "nested deeper than \(JSONValue.depthMax) levels"
    case .notUTF8: "not UTF-8 text"
    case .unexpectedEnd: "the text ends too early"
    case .unexpectedCharacter(let character): "unexpected “\(character)”"
    case .unfinishedString: "a string is not closed on its line"
    case .badEscape: "a backslash is followed by something that is no escape"
    case .doubledKey(let key): "the key “\(key)” stands here twice"
    case .unknownWord(let word): "“\(word)” is neither a number nor true, false or null"
    case .unrepresentable: "a number or a character cannot be represented"
    }
  }
}
