// Bars made of blocks: in reports on stdout, and as progress on stderr.
//
// Progress is drawn only for a person at a terminal, at most ten times a second, and wiped when it
// is done. It must never reach a pipe or a log.

/// A bar of a fixed length: `▇▇▇▁`.
public enum Bar {
  /// `value` of `max` in `columns`; a value that is not nothing shows at least one block, and only
  /// the full value fills the bar.
  public static func text(_ value: Double, of max: Double, columns: Int) -> String {
    var filled = 0
    if max > 0, value > 0 {
      let share = min(value / max, 1)
      filled = Int((share * Double(columns)).rounded())
      if filled == 0 { filled = 1 }
      if filled == columns, share < 1, columns > 1 { filled = columns - 1 }
    }
    return String(repeating: "▇", count: filled)
      + String(repeating: "▁", count: columns - filled)
  }
}

/// A line on stderr that says how far a long task is.
public struct ProgressBar: Sendable {
  private static let redrawMilliseconds: Int64 = 100
  private static let barColumns = 24

  private let console: Console
  private let label: Phrase
  private let isShown: Bool
  private var drawnAt: Int64?

  public init(_ label: Phrase, console: Console) {
    self.label = label
    self.console = console
    isShown = console.errorsIsTerminal && !console.isQuiet
  }

  /// Redraws, if it is time.
  public mutating func update(_ done: Int, of total: Int) {
    guard isShown else { return }
    let now = console.now()
    if let drawnAt, now >= drawnAt, now - drawnAt < ProgressBar.redrawMilliseconds { return }
    drawnAt = now
    let bar = Bar.text(Double(done), of: Double(total), columns: ProgressBar.barColumns)
    let text = "\(label.text(console.language)) \(bar) \(done)/\(total)"
    console.errors.write("\r\(TextWidth.cut(text, columns: console.width - 1))\u{1B}[K")
  }

  /// Wipes the line.
  public mutating func finish() {
    guard isShown, drawnAt != nil else { return }
    drawnAt = nil
    console.errors.write("\r\u{1B}[K")
  }
}
