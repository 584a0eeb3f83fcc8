// One comparison of a query: a subject, a relation, and what it is compared with.
//
// The parser has already checked that relation and operand suit the subject's type, so a value of
// another kind (written by a newer program) simply does not match; it must never trap.

import Notation
import SyncCore

/// What is asked about.
enum QuerySubject: Hashable, Sendable {
  case id, createdAt, updatedAt
  case field(FieldID)

  func value(in record: QueryRecord) -> Value {
    switch self {
    case .id: .reference(record.id)
    case .createdAt: .moment(record.id.moment)
    case .updatedAt: .moment(record.updatedAt)
    case .field(let field): record.values[field]
    }
  }
}

enum QueryRelation: Hashable, Sendable {
  case empty
  /// Equal to one of the operands; a set: has one of them as an element.
  case equal
  case below, atMost, above, atLeast
  /// A part of a text, or an element of a set, as it is written.
  case contains
  /// A part of a text or of an element, whatever the case.
  case resembles
}

/// What a subject is compared with.
enum QueryOperand: Hashable, Sendable {
  case text(String)
  /// A rung of a ladder, in whichever spelling it was written.
  case rung(height: Int, of: Ladder)
  /// Integers compare as decimals, so that `probability > 12.5` has a meaning.
  case number(DecimalNumber)
  case boolean(Bool)
  case reference(RecordID)
  case time(QueryTime)

  func resolved(at now: Moment, in zone: LocalZone) -> QueryOperand {
    guard case .time(let time) = self else { return self }
    return .time(time.resolved(at: now, in: zone))
  }
}

struct QueryTest: Hashable, Sendable {
  var subject: QuerySubject
  var relation: QueryRelation
  /// Several only after `in`; none after `is empty`.
  var operands: [QueryOperand] = []

  var isTimeRelative: Bool {
    operands.contains { if case .time(let time) = $0 { time.isRelative } else { false } }
  }

  func resolved(at now: Moment, in zone: LocalZone) -> QueryTest {
    var test = self
    test.operands = operands.map { $0.resolved(at: now, in: zone) }
    return test
  }

  func holds(for record: QueryRecord, at now: Moment, in zone: LocalZone) -> Bool {
    let value = subject.value(in: record)
    if relation == .empty { return value.isNull || value == .text("") }
    return operands.contains { operand in
      switch operand.resolved(at: now, in: zone) {
      case .text(let text): compare(value, with: text)
      case .rung(let height, let ladder):
        ladder.height(of: value) >= 0 && orders(ladder.height(of: value), height)
      case .number(let number): value.number.map { orders($0, number) } ?? false
      case .boolean(let boolean): value == .boolean(boolean)
      case .reference(let id): value == .reference(id)
      case .time(let time): value.moment.map { compare($0, with: time) } ?? false
      }
    }
  }

  private func orders<T: Comparable>(_ left: T, _ right: T) -> Bool {
    switch relation {
    case .equal: left == right
    case .below: left < right
    case .atMost: left <= right
    case .above: left > right
    case .atLeast: left >= right
    case .empty, .contains, .resembles: false
    }
  }

  private func compare(_ value: Value, with text: String) -> Bool {
    switch value {
    case .text(let own): compare(own, with: text)
    case .set(let elements):
      relation == .resembles
        ? elements.contains { compare($0, with: text) } : elements.contains(text)
    // An empty field equals an empty text and nothing else.
    case .null: relation == .equal && text.isEmpty
    default: false
    }
  }

  private func compare(_ own: String, with text: String) -> Bool {
    switch relation {
    case .equal: return own == text
    case .contains: return own.contains(text)
    case .resembles: return own.lowercased().contains(text.lowercased())
    default:
      // `size >= 200` means the number, although sizes are texts such as `50-200` too.
      if let left = DecimalNumber(own), let right = DecimalNumber(text) {
        return orders(left, right)
      }
      return orders(Value.text(own), Value.text(text))
    }
  }

  /// A time is a stretch, often a whole day: equal means within, below means before its start.
  private func compare(_ moment: Moment, with time: QueryTime) -> Bool {
    guard case .stretch(let stretch) = time else { return false }
    return switch relation {
    case .equal: stretch.contains(moment)
    case .below: moment < stretch.lowerBound
    case .atMost: moment < stretch.upperBound
    case .above: moment >= stretch.upperBound
    case .atLeast: moment >= stretch.lowerBound
    case .empty, .contains, .resembles: false
    }
  }
}

/// A time as it was typed, or as it was worked out.
enum QueryTime: Hashable, Sendable {
  case typed(String)
  /// From its first millisecond up to the first one after it.
  case stretch(Range<Moment>)
  /// No such time in this year and zone, such as 29 February: nothing compares with it.
  case nowhere

  /// A leap year, so that every date that ever exists is accepted.
  private static let leapYear = Moment(milliseconds: 1_709_251_200_000)

  /// Nil unless `TimeText` can read it.
  init?(_ text: String) {
    self = .typed(text)
    if resolved(at: QueryTime.leapYear, in: .utc) == .nowhere { return nil }
  }

  /// Whether it depends on the present or on the zone: everything but a date, a time and an offset.
  var isRelative: Bool {
    let later = Moment(milliseconds: 1_800_000_000_000)
    return resolved(at: QueryTime.leapYear, in: .utc) != resolved(at: later, in: .elsewhere)
  }

  func resolved(at now: Moment, in zone: LocalZone) -> QueryTime {
    guard case .typed(let text) = self else { return self }
    func milliseconds(_ text: String) -> Int64? {
      TimeText.parse(text, now: now.milliseconds, zone: zone)
    }
    guard let start = milliseconds(text) else { return .nowhere }
    // What still makes sense with a time of day after it is a day.
    let isDay = milliseconds(text + " 00:00") != nil
    let nextDay = isDay ? zone.adding(days: 1, toMilliseconds: start) : nil
    let end = nextDay ?? start + 1
    return .stretch(Moment(milliseconds: start)..<Moment(milliseconds: max(start + 1, end)))
  }
}

extension LocalZone {
  fileprivate static let elsewhere = LocalZone.fixed(offsetSeconds: 8 * 3600)
}

extension Value {
  var moment: Moment? { if case .moment(let moment) = self { moment } else { nil } }

  var text: String? { if case .text(let text) = self { text } else { nil } }

  fileprivate var number: DecimalNumber? {
    switch self {
    case .integer(let integer): DecimalNumber(integer)
    case .decimal(let decimal): decimal
    default: nil
    }
  }
}
