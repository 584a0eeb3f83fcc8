// The character between cells, and how it is found.
//
// It is looked for in the header row only, outside quotes: headers are short and made of words,
// while cells are full of commas. The candidate that occurs most often wins; where two tie, the
// order `,` `;` TAB `|`. A header of one column has none, and a comma does no harm there.
// A first line `sep=;`, which spreadsheets write and obey, settles the matter.

/// The ASCII character that separates the cells of a row.
public struct CSVDelimiter: Hashable, Sendable {
  public let byte: UInt8

  public static let comma = CSVDelimiter(known: ",")
  public static let semicolon = CSVDelimiter(known: ";")
  public static let tab = CSVDelimiter(known: "\t")
  public static let pipe = CSVDelimiter(known: "|")

  /// What `detect` chooses from, in order of preference.
  public static let candidates: [CSVDelimiter] = [.comma, .semicolon, .tab, .pipe]

  /// Any one-byte character but those that mean something else: quote, CR, LF, space and NUL.
  public init?(_ character: Character) {
    guard let byte = character.asciiValue, character != "\r\n" else { return nil }
    let reserved: [UInt8] = [0, .quote, .carriageReturn, .lineFeed, .space]
    if reserved.contains(byte) { return nil }
    self.byte = byte
  }

  private init(known scalar: Unicode.Scalar) {
    byte = UInt8(ascii: scalar)
  }

  /// The delimiter of the table whose header is the first row of `text` that is not blank.
  public static func detect(in text: ArraySlice<UInt8>) -> CSVDelimiter {
    var counts = [Int](repeating: 0, count: candidates.count)
    var isInsideQuotes = false
    var isAtCellStart = true
    var isBlank = true
    for byte in text {
      if byte == .quote, isInsideQuotes || isAtCellStart {
        // A doubled quote closes and opens again, which comes to the same.
        isInsideQuotes.toggle()
        isBlank = false
        isAtCellStart = !isInsideQuotes
        continue
      }
      if isInsideQuotes { continue }
      if byte == .lineFeed || byte == .carriageReturn {
        if isBlank { continue }
        break
      }
      if let candidate = candidates.firstIndex(where: { $0.byte == byte }) {
        counts[candidate] += 1
        isAtCellStart = true
        isBlank = false
      } else if byte != .space {
        isAtCellStart = false
        isBlank = false
      }
    }
    return choose(counts)
  }

  private static func choose(_ counts: [Int]) -> CSVDelimiter {
    var best = (delimiter: CSVDelimiter.comma, count: 0)
    for (candidate, count) in zip(candidates, counts) where count > best.count {
      best = (candidate, count)
    }
    return best.delimiter
  }

  /// The delimiter declared by a first line `sep=;`, and the length of that line.
  static func declared(in text: ArraySlice<UInt8>) -> (delimiter: CSVDelimiter, length: Int)? {
    guard text.prefix(4).elementsEqual("sep=".utf8, by: { $0 | 0x20 == $1 | 0x20 }),
      let byte = text.dropFirst(4).first,
      let delimiter = CSVDelimiter(Character(Unicode.Scalar(byte)))
    else { return nil }
    let rest = text.dropFirst(5)
    if rest.starts(with: [.carriageReturn, .lineFeed]) { return (delimiter, 7) }
    if rest.first == .carriageReturn || rest.first == .lineFeed { return (delimiter, 6) }
    return nil
  }
}
