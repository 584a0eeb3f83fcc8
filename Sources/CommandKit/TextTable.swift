// Columns of text for people, aligned also where characters are two columns wide (中文).
//
// Cells come from records that others wrote: control characters are taken out, so that no note can
// recolour or rewrite a terminal. A table must never be read by programs; they have `--json`.

/// How much room text takes on a terminal.
public enum TextWidth {
  /// The wide ranges of Unicode's East Asian Width (classes W and F), coarsened to blocks. glibc's
  /// `wcwidth` would need a UTF-8 locale, which a rep's or a service's environment may lack; emoji
  /// are asked of the standard library.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115f, 0x2329...0x232a, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf,
    0x4e00...0x9fff, 0xa000...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff,
    0xfe10...0xfe19, 0xfe30...0xfe6f, 0xff01...0xff60, 0xffe0...0xffe6, 0x17000...0x18cff,
    0x1aff0...0x1b2ff, 0x1f200...0x1f2ff, 0x20000...0x3fffd,
  ]

  /// The columns a text takes.
  public static func columns(of text: some StringProtocol) -> Int {
    if text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) { return text.utf8.count }
    return text.reduce(0) { $0 + columns(of: $1) }
  }

  /// The text with spaces to fill the columns; longer text is left as it is.
  public static func padded(
    _ text: String, columns count: Int, alignment: TextTable.Alignment = .left
  ) -> String {
    let spaces = String(repeating: " ", count: max(0, count - columns(of: text)))
    switch alignment {
    case .left: return text + spaces
    case .right: return spaces + text
    }
  }

  /// The text cut to the columns, with `…` at the end if anything was cut.
  public static func cut(_ text: String, columns count: Int) -> String {
    guard columns(of: text) > count else { return text }
    var kept = ""
    var taken = 1
    for character in text {
      taken += columns(of: character)
      if taken > count { break }
      kept.append(character)
    }
    return count > 0 ? kept + "…" : ""
  }

  /// The text in lines, broken at spaces and before wide characters; a longer word stays whole.
  public static func wrapped(_ text: String, columns count: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for piece in pieces(of: text) {
      let joined = line + piece
      let visible = joined.trimmingLastSpace()
      if columns(of: visible) > count, !line.isEmpty, !isClosing(piece) {
        lines.append(line.trimmingLastSpace())
        line = piece
      } else {
        line = joined
      }
    }
    return lines + [line.trimmingLastSpace()]
  }

  /// Text without control characters: each becomes a space.
  public static func oneLine(_ text: String) -> String {
    let isControl: (Unicode.Scalar) -> Bool = {
      $0.value < 0x20 || (0x7f...0x9f).contains($0.value)
    }
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    return String(text.map { $0.unicodeScalars.contains(where: isControl) ? " " : $0 })
  }

  private static func columns(of character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    // Most text is one of these two; asking the standard library for properties takes long.
    if (0x20..<0x7f).contains(first.value), character.utf8.count == 1 { return 1 }
    if (0x4e00...0x9fff).contains(first.value) { return 2 }
    switch first.properties.generalCategory {
    case .control, .format, .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    let isEmoji =
      first.properties.isEmojiPresentation
      || character.unicodeScalars.contains { $0.value == 0xfe0f }
    return isEmoji || wide.contains { $0.contains(first.value) } ? 2 : 1
  }

  /// Words with the space after them, and single wide characters.
  private static func pieces(of text: String) -> [String] {
    var pieces: [String] = []
    var mayBreak = true
    for character in text {
      let isWide = columns(of: character) == 2
      if mayBreak || isWide { pieces.append("") }
      pieces[pieces.count - 1].append(character)
      mayBreak = isWide || character == " "
    }
    return pieces
  }

  /// Chinese punctuation does not begin a line.
  private static func isClosing(_ piece: String) -> Bool {
    piece.count == 1 && "，。、；：？！）》”".contains(piece)
  }
}

extension String {
  fileprivate func trimmingLastSpace() -> String { hasSuffix(" ") ? String(dropLast()) : self }
}

/// Rows under headings.
public struct TextTable: Sendable {
  public enum Alignment: Sendable { case left, right }

  public struct Column: Sendable {
    public let title: String
    public let alignment: Alignment

    public init(_ title: String, _ alignment: Alignment = .left) {
      self.title = title
      self.alignment = alignment
    }
  }

  /// The narrowest a column is cut to.
  private static let columnsMin = 6
  private let columns: [Column]
  private var rows: [[String]] = []

  public init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row; it has a cell for every column.
  public mutating func add(_ cells: [String]) {
    precondition(cells.count == columns.count, "\(cells.count) cells of \(columns.count)")
    rows.append(cells.map(TextWidth.oneLine))
  }

  /// The lines of the table, headings first. With a width, the widest columns are cut until the
  /// table fits.
  public func lines(width: Int? = nil) -> [String] {
    let widths = columnWidths(fitting: width)
    return ([columns.map(\.title)] + rows).map { cells in
      var line = ""
      for (position, cell) in cells.enumerated() {
        let fitted = TextWidth.cut(cell, columns: widths[position])
        if position > 0 { line += "  " }
        line += TextWidth.padded(
          fitted, columns: widths[position], alignment: columns[position].alignment)
      }
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  /// Prints to the console: cut to its width at a terminal, whole otherwise.
  public func print(to console: Console) {
    let lines = lines(width: console.outputIsTerminal ? console.width : nil)
    console.print(console.styled(lines[0], .bold))
    for line in lines.dropFirst() { console.print(line) }
  }

  private func columnWidths(fitting width: Int?) -> [Int] {
    var widths = columns.indices.map { column in
      rows.reduce(TextWidth.columns(of: columns[column].title)) {
        max($0, TextWidth.columns(of: $1[column]))
      }
    }
    guard let width else { return widths }
    let room = width - 2 * (columns.count - 1)
    while widths.reduce(0, +) > room, let widest = widths.max(), widest > TextTable.columnsMin,
      let column = widths.firstIndex(of: widest)
    {
      widths[column] -= 1
    }
    return widths
  }
}
