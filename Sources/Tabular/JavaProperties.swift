// Reads Java's properties syntax, in which Salesforce keeps its `.sdl` mapping files.
//
//   natural line   ends at CR, LF or CRLF; leading spaces, tabs and form feeds are dropped
//   comment        a line whose first character is `#` or `!`
//   logical line   natural lines joined where one ends in an odd number of backslashes
//   key            up to the first unescaped `=`, `:` or space; then at most one `=` or `:`
//   escapes        \t \n \r \f \uXXXX (UTF-16 units); before any other character, that character
//
// One thing Java does not do: a key in double quotes (`"San Jose" = City`) is taken whole, because
// the mapping files mark constants that way. Without a closing quote it is an ordinary key.

/// One `key=value` of a properties file.
struct JavaProperty: Equatable {
  let key: String
  /// Whether the key stood in double quotes, which are then not part of `key`.
  let isQuoted: Bool
  let value: String
  /// The line on which it starts, 1-based.
  let line: Int

  /// All properties of a file, in order.
  static func parse(_ text: String) throws(TabularError) -> [JavaProperty] {
    var properties: [JavaProperty] = []
    for line in logicalLines(text) {
      properties.append(try parse(line))
    }
    return properties
  }

  private struct LogicalLine {
    var scalars: [Unicode.Scalar]
    let number: Int
  }

  private static func naturalLines(_ text: String) -> [ArraySlice<Unicode.Scalar>] {
    var unified: [Unicode.Scalar] = []
    var previous: Unicode.Scalar = "\n"
    for scalar in text.unicodeScalars {
      if scalar == "\r" {
        unified.append("\n")
      } else if scalar != "\n" || previous != "\r" {
        unified.append(scalar)
      }
      previous = scalar
    }
    return unified.split(separator: "\n", omittingEmptySubsequences: false)
  }

  private static func logicalLines(_ text: String) -> [LogicalLine] {
    var lines: [LogicalLine] = []
    var open: LogicalLine?
    for (index, natural) in naturalLines(text).enumerated() {
      var rest = natural.drop(while: isBlank)
      if open == nil, rest.first.map({ $0 == "#" || $0 == "!" }) ?? true { continue }
      let backslashes = rest.reversed().prefix { $0 == "\\" }.count
      let isContinued = !backslashes.isMultiple(of: 2)
      if isContinued { rest = rest.dropLast() }
      var line = open ?? LogicalLine(scalars: [], number: index + 1)
      line.scalars += rest
      open = isContinued ? line : nil
      if !isContinued { lines.append(line) }
    }
    // A backslash at the very end of the file joins its line to nothing.
    if let open { lines.append(open) }
    return lines
  }

  private static func parse(_ line: LogicalLine) throws(TabularError) -> JavaProperty {
    let scalars = line.scalars
    let quotedEnd = closingQuote(of: scalars)
    let keyEnd = quotedEnd.map { $0 + 1 } ?? endOfKey(in: scalars)
    let key = quotedEnd.map { scalars[1..<$0] } ?? scalars[..<keyEnd]
    var value = scalars[keyEnd...].drop(while: isBlank)
    if value.first == "=" || value.first == ":" {
      value = value.dropFirst().drop(while: isBlank)
    }
    return JavaProperty(
      key: try unescape(key, line.number), isQuoted: quotedEnd != nil,
      value: try unescape(value, line.number), line: line.number)
  }

  private static func endOfKey(in scalars: [Unicode.Scalar]) -> Int {
    var isEscaped = false
    for (index, scalar) in scalars.enumerated() {
      if !isEscaped, scalar == "=" || scalar == ":" || isBlank(scalar) { return index }
      isEscaped = scalar == "\\" && !isEscaped
    }
    return scalars.count
  }

  /// The quote that closes a key which begins with one: the first that a separator follows.
  private static func closingQuote(of scalars: [Unicode.Scalar]) -> Int? {
    guard scalars.first == "\"" else { return nil }
    var isEscaped = false
    for (index, scalar) in scalars.enumerated().dropFirst() {
      if !isEscaped, scalar == "\"" {
        let following = scalars[(index + 1)...].first ?? "="
        if following == "=" || following == ":" || isBlank(following) { return index }
      }
      isEscaped = scalar == "\\" && !isEscaped
    }
    return nil
  }

  private static func unescape(
    _ scalars: ArraySlice<Unicode.Scalar>, _ line: Int
  ) throws(TabularError) -> String {
    var units: [UInt16] = []
    var rest = scalars
    while let scalar = rest.popFirst() {
      guard scalar == "\\" else {
        units += UTF16.encode(scalar).map(Array.init) ?? []
        continue
      }
      guard let escaped = rest.popFirst() else { break }
      switch escaped {
      case "t": units.append(0x09)
      case "n": units.append(0x0A)
      case "f": units.append(0x0C)
      case "r": units.append(0x0D)
      case "u":
        let digits = String(String.UnicodeScalarView(rest.prefix(4)))
        guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit),
          let unit = UInt16(digits, radix: 16)
        else { throw .fieldMapEscapeMalformed(line: line) }
        units.append(unit)
        rest = rest.dropFirst(4)
      default: units += UTF16.encode(escaped).map(Array.init) ?? []
      }
    }
    guard let text = String(validating: units, as: UTF16.self) else {
      throw .fieldMapEscapeMalformed(line: line)
    }
    return text
  }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar.value == 0x0C
  }
}
