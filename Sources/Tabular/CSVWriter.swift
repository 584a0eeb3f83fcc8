// Writes rows as RFC 4180 describes them.
//
// A cell is quoted when it has a delimiter, a quote or a line end, and also when it begins or ends
// with a space or a tab, which readers (ours among them) drop around unquoted cells. A row of one
// empty cell is written as `""`, since a blank line is no row.
//
// Cells that a spreadsheet would take for formulas (`=1+1`, `+8613...`, `-5`, `@name`) are written
// as they are. Putting an apostrophe before them protects a careless spreadsheet and damages the
// data of everybody else: phone numbers begin with `+`, amounts with `-`, and what is exported here
// is imported again elsewhere. Law: what is written is read back unchanged.

/// Appends rows to a buffer of UTF-8 bytes.
public struct CSVWriter: Sendable {
  public enum LineEnding: Sendable {
    case lineFeed
    case carriageReturnLineFeed
  }

  /// Whether the table starts with a byte order mark, by which spreadsheets recognise UTF-8.
  public enum ByteOrderMark: Sendable {
    case omitted
    case written
  }

  /// What has been written and not been taken.
  public private(set) var bytes: [UInt8]

  private let delimiter: CSVDelimiter
  private let lineEnding: LineEnding

  public init(
    delimiter: CSVDelimiter = .comma, lineEnding: LineEnding = .lineFeed,
    byteOrderMark: ByteOrderMark = .omitted
  ) {
    self.delimiter = delimiter
    self.lineEnding = lineEnding
    bytes = byteOrderMark == .written ? [0xEF, 0xBB, 0xBF] : []
  }

  /// Appends one row. A row without cells is written as a row of one empty cell.
  public mutating func append(_ cells: [String]) {
    if cells.isEmpty || (cells.count == 1 && cells[0].isEmpty) {
      bytes.append(contentsOf: [.quote, .quote])
    } else {
      var isFirst = true
      for cell in cells {
        if !isFirst { bytes.append(delimiter.byte) }
        isFirst = false
        append(cell: cell)
      }
    }
    if lineEnding == .carriageReturnLineFeed { bytes.append(.carriageReturn) }
    bytes.append(.lineFeed)
  }

  /// Hands over the bytes written so far and goes on with an empty buffer, for exports larger than
  /// memory.
  public mutating func takeBytes() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  private mutating func append(cell: String) {
    guard needsQuotes(cell) else {
      bytes.append(contentsOf: cell.utf8)
      return
    }
    bytes.append(.quote)
    for byte in cell.utf8 {
      if byte == .quote { bytes.append(.quote) }
      bytes.append(byte)
    }
    bytes.append(.quote)
  }

  private func needsQuotes(_ cell: String) -> Bool {
    guard let first = cell.utf8.first, let last = cell.utf8.last else { return false }
    if Self.isBlank(first) || Self.isBlank(last) { return true }
    return cell.utf8.contains { byte in
      byte == delimiter.byte || byte == .quote || byte == .lineFeed || byte == .carriageReturn
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == .space || byte == .tab
  }
}
