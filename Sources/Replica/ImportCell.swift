// From the text of a cell to a value: `FieldText`, after what spreadsheets add is taken away.
//
// Spaces around a cell go, what is inside stays (`万  科Ａ` keeps both spaces and its wide letter).
// Dates as spreadsheets show them (2024/9/2, 2024年9月2日) are read; 9/2/2024, which is a different
// day in two countries, is not. A set may be a JSON array, as `Export` writes one whose elements
// hold separators. It must never round and never guess.

import FollowUp
import Notation
import SyncCore
import Tabular

enum ImportCell {
  /// The cell without ASCII white space and ideographic spaces around it.
  static func trimmed(_ cell: String) -> String {
    guard let first = cell.utf8.first, let last = cell.utf8.last else { return cell }
    // Only these bytes can begin or end a space; nearly every cell is returned as it is.
    let isPlain = first > 0x20 && first != 0xE3 && last > 0x20 && last != 0x80
    return isPlain ? cell : HeaderKey.trimmed(cell)
  }

  /// What a trimmed cell that is not empty holds.
  static func value(
    _ text: String, as type: ValueType, at now: Moment, in zone: LocalZone
  ) throws(FieldTextError) -> Value {
    switch type {
    case .text: return .text(text)
    case .set: return .set(elements(of: text).sorted(by: isBefore))
    case .moment:
      return try FieldText.parse(calendarDate(text) ?? text, as: type, at: now, in: zone)
    case .decimal: return try FieldText.parse(withoutUnit(text), as: type, at: now, in: zone)
    case .integer: return try FieldText.parse(withoutUnit(text), as: type, at: now, in: zone)
    default: return try FieldText.parse(text, as: type, at: now, in: zone)
    }
  }

  /// The order in which a value keeps the elements of a set.
  static func isBefore(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  private static func elements(of text: String) -> Set<String> {
    if text.hasPrefix("["), let array = try? JSONValue(parsing: text).array {
      let elements = array.compactMap(\.string).map(trimmed).filter { !$0.isEmpty }
      if elements.count == array.count { return Set(elements) }
    }
    return Set(FieldText.elements(of: text))
  }

  /// An amount without a currency sign before it, a share without the per cent sign after it.
  private static func withoutUnit(_ text: String) -> String {
    var text = text[...]
    if let first = text.first, "¥￥$€£".contains(first) { text = text.dropFirst() }
    if let last = text.last, "%％元".contains(last) { text = text.dropLast() }
    return String(text)
  }

  /// `2024/9/2 9:05` and `2024年9月2日` as ISO 8601 writes them; nil for anything else.
  private static func calendarDate(_ text: String) -> String? {
    var rest = text.utf8[...]
    func number(_ digits: ClosedRange<Int>) -> Substring? {
      let found = rest.prefix { (0x30...0x39).contains($0) }
      guard digits.contains(found.count) else { return nil }
      rest = rest.dropFirst(found.count)
      return Substring(found)
    }
    func skip(_ separators: [String]) -> Bool {
      guard let found = separators.first(where: { rest.starts(with: $0.utf8) }) else {
        return false
      }
      rest = rest.dropFirst(found.utf8.count)
      return true
    }
    guard let year = number(4...4), skip(["/", ".", "-", "年"]), let month = number(1...2),
      skip(["/", ".", "-", "月"]), let day = number(1...2)
    else { return nil }
    _ = skip(["日"])
    let date = "\(year)-\(padded(month))-\(padded(day))"
    if rest.isEmpty { return date }
    guard skip([" ", "T"]) else { return nil }
    guard let hour = number(1...2) else { return nil }
    return "\(date)T\(padded(hour))\(Substring(rest))"
  }

  private static func padded(_ digits: Substring) -> String {
    digits.utf8.count == 1 ? "0\(digits)" : String(digits)
  }
}
