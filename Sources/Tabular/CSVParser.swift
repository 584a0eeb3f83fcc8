// The one door to libcsv: bytes in, cells of one row out.
//
// libcsv runs in strict mode, because its lenient mode reads `"x"y,z` as a quoted cell that goes on
// and swallows the rest of the file without a word. Strict mode stops at two things:
//
//   a quote inside an unquoted cell (`5" pipe`): harmless, so that one byte is fed leniently;
//   anything but a delimiter after a closing quote: the row is given up.
//
// libcsv drops spaces and tabs around unquoted cells and keeps them inside quotes. That is wanted:
// people type `a, "b, c"`, and `CSVWriter` quotes cells whose outer spaces matter.

import CCSV

/// A libcsv parser and the row it is assembling. Owns both and frees them.
final class CSVParser {
  /// What became of the bytes fed.
  enum Outcome {
    case fed
    case textAfterClosingQuote
    case unterminatedQuote
    case memoryExhausted
  }

  /// The row being assembled: written by libcsv's callbacks, taken and cleared from outside.
  fileprivate struct Row {
    /// The cells so far, at most `cellsKept` of them.
    var cells: [String] = []
    /// How many cells to keep; the rest is counted only.
    var cellsKept = Limits.columnsMax
    /// All cells of this row, kept or not.
    var cellCount = 0
    /// The longest cell of this row in bytes.
    var longestBytes = 0
    /// Whether the row has ended.
    var isEnded = false
  }

  private let handle: UnsafeMutablePointer<csv_parser>
  private let row: UnsafeMutablePointer<Row>

  private static let strict = UInt8(CSV_STRICT | CSV_STRICT_FINI)
  private static let lenient: UInt8 = 0
  private static let bufferStepBytes = 16 << 10

  init(delimiter: CSVDelimiter) {
    handle = .allocate(capacity: 1)
    handle.initialize(to: csv_parser())
    row = .allocate(capacity: 1)
    row.initialize(to: Row())
    let answer = csv_init(handle, Self.strict)
    precondition(answer == 0, "csv_init refused a parser it was given: \(answer)")
    csv_set_delim(handle, delimiter.byte)
    csv_set_blk_size(handle, Self.bufferStepBytes)
  }

  deinit {
    csv_free(handle)
    handle.deinitialize(count: 1)
    handle.deallocate()
    row.deinitialize(count: 1)
    row.deallocate()
  }

  /// All cells of the row so far, also those that are not kept.
  var cellCount: Int { row.pointee.cellCount }

  /// The longest finished cell of the row so far, in bytes.
  var longestBytes: Int { row.pointee.longestBytes }

  /// Whether the row has ended and waits to be taken.
  var isEnded: Bool { row.pointee.isEnded }

  /// Whether the bytes so far end inside a quoted cell; meaningful after a whole line.
  var isInsideQuotes: Bool { handle.pointee.quoted != 0 }

  /// Bytes of the cell that is not finished yet.
  var pendingBytes: Int { handle.pointee.entry_pos }

  /// Feeds bytes that end at most one row.
  func feed(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    var rest = bytes
    while true {
      let parsed = csv_parse(handle, rest.baseAddress, rest.count, onCell, onRowEnd, row)
      if parsed == rest.count { return .fed }
      if csv_error(handle) != CSV_EPARSE { return .memoryExhausted }
      if isInsideQuotes { return .textAfterClosingQuote }
      let stray = UnsafeRawBufferPointer(rebasing: rest[parsed...parsed])
      csv_set_opts(handle, Self.lenient)
      let accepted = csv_parse(handle, stray.baseAddress, 1, onCell, onRowEnd, row)
      csv_set_opts(handle, Self.strict)
      if accepted != 1 { return .memoryExhausted }
      rest = UnsafeRawBufferPointer(rebasing: rest[(parsed + 1)...])
    }
  }

  /// Ends the text, and with it a row that lacks its line end.
  func finish() -> Outcome {
    if csv_fini(handle, onCell, onRowEnd, row) == 0 { return .fed }
    return csv_error(handle) == CSV_EPARSE ? .unterminatedQuote : .memoryExhausted
  }

  /// Forgets the row after `.textAfterClosingQuote`; the next byte starts a new one.
  func abandonRow() {
    csv_fini(handle, nil, nil, nil)
    clearRow(keeping: row.pointee.cellsKept)
  }

  /// Takes the cells of the row that ended and clears it for the next.
  func takeCells() -> [String] {
    let cells = row.pointee.cells
    clearRow(keeping: row.pointee.cellsKept)
    return cells
  }

  /// Clears the row and sets how many cells the following ones keep.
  func clearRow(keeping cellsKept: Int) {
    row.pointee = Row(cellsKept: cellsKept)
  }
}

// The callbacks get the row itself as context: it is a plain allocation that lives as long as the
// parser, so nothing is retained and nothing is to be released.

private func onCell(bytes: UnsafeMutableRawPointer?, count: Int, context: UnsafeMutableRawPointer?)
{
  guard let context else { return }
  let row = context.assumingMemoryBound(to: CSVParser.Row.self)
  row.pointee.cellCount += 1
  if count > row.pointee.longestBytes { row.pointee.longestBytes = count }
  if row.pointee.cellCount > row.pointee.cellsKept { return }
  if row.pointee.cells.isEmpty { row.pointee.cells.reserveCapacity(min(row.pointee.cellsKept, 64)) }
  let utf8 = UnsafeRawBufferPointer(start: bytes, count: count)
  row.pointee.cells.append(String(decoding: utf8, as: UTF8.self))
}

private func onRowEnd(terminator: Int32, context: UnsafeMutableRawPointer?) {
  context?.assumingMemoryBound(to: CSVParser.Row.self).pointee.isEnded = true
}
