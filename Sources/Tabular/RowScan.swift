// Feeds lines to the parser until a row has ended, and says how it ended.
//
// The three facts libcsv does not give are kept here: the line on which the row began, the line on
// which the open quote began, and whether any of the row's lines has a NUL byte.

/// The way from one row to the next.
struct RowScan {
  /// How the scan ended.
  enum Outcome {
    /// The parser holds a whole row that started on this line.
    case row(line: Int)
    case rejected(line: Int, reason: RejectedRow.Reason)
    /// The text is over.
    case end
    case failed(TabularError)
  }

  /// The line on which the row began, or nil before the first line.
  private var rowLine: Int?
  /// The line on which the quoted cell began that is still open.
  private var quoteLine = 0
  private var hasNul = false

  /// Reads lines up to the end of the next row. `lines` must always walk over the same `text`.
  static func scan(
    _ text: ArraySlice<UInt8>, _ lines: inout PhysicalLines, _ parser: CSVParser
  ) -> Outcome {
    text.withUnsafeBufferPointer { bytes in
      var scan = RowScan()
      while let line = lines.next(in: bytes) {
        let hasNul = lines.hasNul(line, in: bytes)
        if let outcome = scan.read(line, hasNul, bytes, parser) { return outcome }
      }
      return scan.finish(parser)
    }
  }

  private mutating func read(
    _ line: PhysicalLines.Line, _ lineHasNul: Bool, _ bytes: UnsafeBufferPointer<UInt8>,
    _ parser: CSVParser
  ) -> Outcome? {
    // A blank line leaves the parser where it was, and the row begins after it.
    let isContinued = parser.isInsideQuotes
    if !isContinued { rowLine = line.number }
    let rowLine = rowLine ?? line.number
    hasNul = lineHasNul || (hasNul && isContinued)
    let cellsBefore = parser.cellCount

    for piece in pieces(of: line.range) {
      let piece = UnsafeBufferPointer(rebasing: bytes[piece])
      switch parser.feed(UnsafeRawBufferPointer(piece)) {
      case .fed:
        break
      case .textAfterClosingQuote:
        parser.abandonRow()
        return .rejected(line: rowLine, reason: .textAfterClosingQuote)
      case .unterminatedQuote, .memoryExhausted:
        return .failed(.memoryExhausted(line: rowLine))
      }
      if max(parser.pendingBytes, parser.longestBytes) > Limits.cellBytesMax {
        return .failed(.cellTooLong(line: rowLine, bytesMax: Limits.cellBytesMax))
      }
    }

    if parser.isEnded { return end(parser) }
    // The open quote is a new one when none was open, or when the old one's cell was finished.
    if parser.isInsideQuotes, !isContinued || parser.cellCount > cellsBefore {
      quoteLine = line.number
    }
    return nil
  }

  /// Ends the text: a last row without a line end is a row like any other.
  private func finish(_ parser: CSVParser) -> Outcome {
    switch parser.finish() {
    case .fed:
      return parser.isEnded ? end(parser) : .end
    case .unterminatedQuote, .textAfterClosingQuote:
      return .failed(.unterminatedQuote(line: quoteLine))
    case .memoryExhausted:
      return .failed(.memoryExhausted(line: rowLine ?? 1))
    }
  }

  private func end(_ parser: CSVParser) -> Outcome {
    let line = rowLine ?? 1
    if hasNul {
      _ = parser.takeCells()
      return .rejected(line: line, reason: .nulByte)
    }
    return .row(line: line)
  }

  private func pieces(of range: Range<Int>) -> some Sequence<Range<Int>> {
    stride(from: range.lowerBound, to: range.upperBound, by: Limits.feedBytesMax).lazy.map {
      $0..<min($0 + Limits.feedBytesMax, range.upperBound)
    }
  }
}
