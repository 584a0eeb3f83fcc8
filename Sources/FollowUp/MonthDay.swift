// A date that comes again each year: a birthday, the day a contract was signed; civil or lunar.
//
//     1990-02-28   --02-29   02-29   lunar 08-15   农历 1990-08-15   农历 闰06-01
//
// It must never be more exact than what was said: the year is kept only where it was given. Whether a
// year has such a day is the `Almanac`'s to say; 02-29 is read also with a common year, as lists of
// birthdays have it.

import Notation
import SyncCore

/// A month and a day, perhaps with the year in which it all began.
public struct MonthDay: Hashable, Sendable {
  /// The year of the first one; of the lunar calendar's years where the date is lunar.
  public var year: Int?
  public var month: Int
  public var day: Int
  public var isLunar: Bool
  /// The second of two lunar months with the same number.
  public var isLeapMonth: Bool

  /// What such a date looks like, for messages.
  public static let examples = ["1990-02-28", "--02-28", "02-28", "lunar 08-15", "农历 闰06-01"]

  private static let lunarWords = ["lunar", "农历", "阴历"]
  private static let leapWords = ["leap", "闰"]

  /// Reads a date with or without a year; nil for anything else, and for a day no month has.
  public init?(_ text: String) {
    var rest = Substring(text.lowercased()).trimmed
    isLunar = rest.drop(MonthDay.lunarWords)
    // 闰 may stand before the year or before the month.
    isLeapMonth = isLunar && rest.drop(MonthDay.leapWords)
    var parts = rest.split(separator: "-", omittingEmptySubsequences: false)
    if parts.count == 4, parts[0].isEmpty, parts[1].isEmpty { parts.removeFirst(2) }
    year = nil
    if parts.count == 3 {
      guard let number = parts.removeFirst().number(digits: 4), number > 0 else { return nil }
      year = number
    }
    guard parts.count == 2 else { return nil }
    if isLunar, parts[0].drop(MonthDay.leapWords) { isLeapMonth = true }
    guard let month = parts[0].number(digits: 2), let day = parts[1].number(digits: 2),
      (1...12).contains(month), (1...MonthDay.daysMax(month, isLunar: isLunar)).contains(day)
    else { return nil }
    (self.month, self.day) = (month, day)
  }

  private static func daysMax(_ month: Int, isLunar: Bool) -> Int {
    if isLunar { return 30 }
    return month == 2 ? 29 : [4, 6, 9, 11].contains(month) ? 30 : 31
  }
}

extension FieldSchema {
  private static let dates: Set<String> = [
    "birthday", "customerSince", "signedOn", "startsOn", "endsOn",
  ]

  /// Whether it is a date as people write it; no other text ever comes about on a day.
  public var isDate: Bool { type == .text && FieldSchema.dates.contains(name) }
}

extension MonthDay: CustomStringConvertible {
  /// The date as it is read again, such as `lunar 1990-leap 06-01`.
  public var description: String {
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let prefix = (isLunar ? "lunar " : "") + (isLeapMonth ? "leap " : "")
    let years = year.map { padded($0, 4) + "-" } ?? ""
    return prefix + years + padded(month, 2) + "-" + padded(day, 2)
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  /// Takes one of the words from the front, with the spaces after it.
  fileprivate mutating func drop(_ words: [String]) -> Bool {
    guard let word = words.first(where: hasPrefix) else { return false }
    self = dropFirst(word.count).drop(while: \.isWhitespace)
    return true
  }

  fileprivate func number(digits: Int) -> Int? {
    guard utf8.count == digits, utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(self)
  }
}
