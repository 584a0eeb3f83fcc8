// What a table hands out: its header, its rows, and the rows it had to reject.
//
// A rejected row is an outcome and not an error: one bad line in a file of thousands must not stop
// the import, and the user needs to be told of all of them at once, with numbers that can be found
// again in a spreadsheet (`number`) and in a text editor (`line`).

/// The first row of a table: the names of its columns.
public struct CSVHeader: Hashable, Sendable {
  /// The names, without ASCII white space and ideographic spaces (U+3000) around them.
  public let names: [String]
  /// The physical line on which the header starts, 1-based.
  public let line: Int

  /// The columns without a name, as indices into `names`.
  public var emptyColumns: [Int] {
    names.indices.filter { names[$0].isEmpty }
  }

  /// The names that stand over more than one column, with those columns, in order of appearance.
  /// Names count as equal when `HeaderKey.folded` does not tell them apart.
  public var duplicates: [(name: String, columns: [Int])] {
    let columnsByKey = Dictionary(
      grouping: names.indices.filter { !names[$0].isEmpty }, by: { HeaderKey.folded(names[$0]) })
    return columnsByKey.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
      .map { (names[$0[0]], $0) }
  }
}

/// A row with exactly as many cells as the header has names; missing cells are empty.
public struct CSVRow: Hashable, Sendable {
  /// 1-based, the header and blank lines not counted, rejected rows counted.
  public let number: Int
  /// The physical line on which the row starts, 1-based.
  public let line: Int
  public let cells: [String]
}

/// A row that cannot be trusted, and why.
public struct RejectedRow: Hashable, Sendable {
  /// Reasons in order of precedence: a row is rejected for the first that holds.
  public enum Reason: Hashable, Sendable {
    /// A closing quote is followed by something other than a delimiter or the end of the line.
    case textAfterClosingQuote
    /// The row has a NUL byte: the file is damaged or in another encoding.
    case nulByte
    /// The row has more cells than the header has names, so it is unknown which belong where.
    case tooManyCells(found: Int, expected: Int)
  }

  /// Counted like `CSVRow.number`.
  public let number: Int
  /// Counted like `CSVRow.line`.
  public let line: Int
  public let reason: Reason
}

/// What `CSVReader` finds where a row should be.
public enum CSVRecord: Hashable, Sendable {
  case row(CSVRow)
  case rejected(RejectedRow)
}
