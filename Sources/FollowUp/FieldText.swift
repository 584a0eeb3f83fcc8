// Values as text: what people type for a field, what `--json` prints, and what a table shows.
//
// Typing is generous, printing is canonical, and what `display` shows can be typed again. The
// present and the zone are arguments. It must never round, and never guess: what is no value of the
// type is a `FieldTextError`.

import Notation
import SyncCore

/// A text that is no value of a field's type.
public struct FieldTextError: Error, Hashable, Sendable {
  public var type: ValueType
  public var text: String

  public init(_ text: String, isNot type: ValueType) {
    self.type = type
    self.text = text
  }
}

/// Text ↔ `Value`.
public enum FieldText {
  /// What separates the elements of a set when they are typed.
  static let separators = Set(",;、；，\n\r\r\n")

  /// What people typed for a field of this type; an empty text clears the field.
  ///
  /// Numbers may have a sign and grouping commas; booleans are yes, no, true, false, 1, 0, 是, 否;
  /// moments are whatever `TimeText` reads; references are whole ids; sets are split at commas,
  /// semicolons, `、` and ends of lines. Text is kept as it is, everything else is trimmed.
  ///
  /// - Throws: `FieldTextError` for what is no such value; always for a group, whose members are
  ///   written one by one.
  public static func parse(
    _ text: String, as type: ValueType, at now: Moment, in zone: LocalZone
  ) throws(FieldTextError) -> Value {
    if text.isEmpty { return .null }
    if type == .text { return .text(text) }
    let trimmed = text.trimmed
    if trimmed.isEmpty { return .null }
    guard let value = value(trimmed, as: type, at: now, in: zone) else {
      throw FieldTextError(text, isNot: type)
    }
    return value
  }

  private static func value(
    _ text: String, as type: ValueType, at now: Moment, in zone: LocalZone
  ) -> Value? {
    switch type {
    case .text: .text(text)
    case .integer: DecimalNumber(text).flatMap { Int64($0.description) }.map { .integer($0) }
    case .boolean: Bool(typed: text).map { .boolean($0) }
    case .decimal: DecimalNumber(text).map { .decimal($0) }
    case .moment:
      TimeText.parse(text, now: now.milliseconds, zone: zone)
        .map { .moment(Moment(milliseconds: $0)) }
    case .reference: ULID(text).map { .reference($0) }
    case .set: set(of: text)
    case .group: nil
    }
  }

  /// A value that a rule names: it means the same whenever it is read, so it is no moment and no reference.
  static func constant(_ text: String, as type: ValueType) -> Value? {
    switch type {
    case .moment, .reference, .set, .group: nil
    default: try? parse(text, as: type, at: Moment(milliseconds: 0), in: .utc)
    }
  }

  private static func set(of text: String) -> Value {
    Value(elements: Set(elements(of: text)))
  }

  /// The elements of a set as they are typed, trimmed, in the order of the text.
  public static func elements(of text: String) -> [String] {
    text.split(whereSeparator: separators.contains)
      .map { String($0).trimmed }.filter { !$0.isEmpty }
  }

  /// The value as `--json` prints it: moments as ISO 8601 with offset, decimals as text (a JSON
  /// number would be read as a float), references as ids, sets as arrays.
  ///
  /// - Parameter schema: names the members of groups; without it they go by number.
  public static func json(
    _ value: Value, in zone: LocalZone, schema: CollectionSchema? = nil
  ) -> JSONValue {
    switch value {
    case .null: return .null
    case .text(let text): return .string(text)
    case .integer(let integer): return .integer(integer)
    case .boolean(let boolean): return .bool(boolean)
    case .decimal(let decimal): return .string(decimal.description)
    case .moment(let moment):
      return .string(ISO8601.string(milliseconds: moment.milliseconds, in: zone))
    case .reference(let id): return .string(id.description)
    case .set(let elements): return .array(elements.map { .string($0) })
    case .group(let values):
      let members = values.entries.map { entry in
        (
          schema?[entry.field]?.name ?? String(entry.field.rawValue),
          json(entry.value, in: zone, schema: schema)
        )
      }
      return .object(Dictionary(members, uniquingKeysWith: { first, _ in first }))
    }
  }

  /// The value in one line for people; empty for null. A moment at local midnight is a day.
  public static func display(_ value: Value, in zone: LocalZone) -> String {
    switch value {
    case .null: ""
    case .text(let text): text
    case .integer(let integer): String(integer)
    case .boolean(let boolean): boolean ? "yes" : "no"
    case .decimal(let decimal): decimal.description
    case .moment(let moment): display(moment, in: zone)
    case .reference(let id): id.description
    case .set(let elements): elements.joined(separator: ", ")
    case .group(let values):
      values.entries.map { display($0.value, in: zone) }.joined(separator: ", ")
    }
  }

  /// `2026-11-22 14:30`, with seconds only where there are any.
  private static func display(_ moment: Moment, in zone: LocalZone) -> String {
    let time = zone.civilTime(atMilliseconds: moment.milliseconds)
    let day = ISO8601.string(date: time)
    if time == time.midnight { return day }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let clock = "\(day) \(two(time.hour)):\(two(time.minute))"
    return time.second == 0 ? clock : clock + ":" + two(time.second)
  }
}

extension Bool {
  /// Reads yes, no, true, false, 1, 0, 是, 否.
  init?(typed text: String) {
    switch text.lowercased() {
    case "yes", "true", "1", "是": self = true
    case "no", "false", "0", "否": self = false
    default: return nil
    }
  }
}

extension String {
  /// Without white space at either end.
  var trimmed: String {
    var rest = self[...].drop(while: \.isWhitespace)
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}
