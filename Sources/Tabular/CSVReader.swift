// Rows of a table, one at a time.
//
// libcsv is fed one physical line after the other, because it does not say on which line a row
// began and a user with a bad row needs to know. A line ends at most one row; a row goes on to the
// next line only inside quotes. Blank lines (also those of spaces only) are no rows.
//
// The reader must never hold more than one row: the caller may read a hundred thousand of them.

/// Reads a table with a header from decoded text.
///
/// Not `Sendable`: it owns a C parser and a position.
public final class CSVReader {
  public let header: CSVHeader
  public let delimiter: CSVDelimiter

  private let text: ArraySlice<UInt8>
  private let parser: CSVParser
  private var lines: PhysicalLines
  /// Records handed out, rejected ones included.
  private var recordCount = 0
  /// After the end of the text or an error there are no more records.
  private var isFinished = false

  /// Reads the header.
  ///
  /// - Parameters:
  ///   - text: the whole table.
  ///   - delimiter: the delimiter, or nil to find it in the header.
  /// - Throws: `TabularError.noHeader`, `.headerRejected`, `.tooManyColumns`, and what `next()`
  ///   throws.
  public init(_ text: DecodedText, delimiter: CSVDelimiter? = nil) throws(TabularError) {
    let declared = CSVDelimiter.declared(in: text.utf8)
    let skipped = declared?.length ?? 0
    let chosen =
      delimiter ?? declared?.delimiter ?? CSVDelimiter.detect(in: text.utf8.dropFirst(skipped))
    var lines = PhysicalLines(position: skipped, linesBefore: declared == nil ? 0 : 1)
    let parser = CSVParser(delimiter: chosen)
    header = try Self.readHeader(text.utf8, &lines, parser)
    self.text = text.utf8
    self.delimiter = chosen
    self.parser = parser
    self.lines = lines
  }

  /// The next row or rejected row, or nil at the end of the table.
  ///
  /// - Throws: `TabularError.unterminatedQuote`, `.cellTooLong` or `.memoryExhausted`; there are no
  ///   more records after an error.
  public func next() throws(TabularError) -> CSVRecord? {
    guard !isFinished else { return nil }
    switch RowScan.scan(text, &lines, parser) {
    case .end:
      isFinished = true
      return nil
    case .failed(let error):
      isFinished = true
      throw error
    case .rejected(let line, let reason):
      recordCount += 1
      return .rejected(RejectedRow(number: recordCount, line: line, reason: reason))
    case .row(let line):
      recordCount += 1
      return takeRow(startedOn: line)
    }
  }

  /// Reads all remaining records.
  ///
  /// - Throws: what `next()` throws, and what `body` throws.
  public func forEachRecord(_ body: (CSVRecord) throws -> Void) throws {
    while let record = try next() {
      try body(record)
    }
  }

  private func takeRow(startedOn line: Int) -> CSVRecord {
    let found = parser.cellCount
    let expected = header.names.count
    var cells = parser.takeCells()
    if found > expected {
      let reason = RejectedRow.Reason.tooManyCells(found: found, expected: expected)
      return .rejected(RejectedRow(number: recordCount, line: line, reason: reason))
    }
    if found < expected {
      cells.append(contentsOf: repeatElement("", count: expected - found))
    }
    return .row(CSVRow(number: recordCount, line: line, cells: cells))
  }

  private static func readHeader(
    _ text: ArraySlice<UInt8>, _ lines: inout PhysicalLines, _ parser: CSVParser
  ) throws(TabularError) -> CSVHeader {
    switch RowScan.scan(text, &lines, parser) {
    case .end:
      throw .noHeader
    case .failed(let error):
      throw error
    case .rejected(let line, let reason):
      throw .headerRejected(line: line, reason: reason)
    case .row(let line):
      let found = parser.cellCount
      guard found <= Limits.columnsMax else {
        throw .tooManyColumns(line: line, found: found, columnsMax: Limits.columnsMax)
      }
      let names = parser.takeCells().map(HeaderKey.trimmed)
      parser.clearRow(keeping: names.count)
      return CSVHeader(names: names, line: line)
    }
  }
}
