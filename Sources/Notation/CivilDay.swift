// One date of the civil calendar, in no zone: what a birthday, a holiday and a due day are.
//
// It must never be turned into a moment but through a zone, and never moves with one. glibc counts the
// days (`timegm`, `gmtime_r`), from 1970-01-01, which is 0.

import Glibc

/// A date.
public struct CivilDay: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01.
  public let number: Int

  /// The years that have dates here.
  public static let years = 1...9999

  public init(number: Int) { self.number = number }

  /// Only the date of `civil` counts; one that is impossible runs over into the next month.
  public init(_ civil: CivilTime) {
    var time = civil.midnight.tm
    number = CivilDay.days(timegm(&time))
  }

  /// nil for a date that does not exist.
  public init?(year: Int, month: Int, day: Int) {
    guard CivilDay.years.contains(year) else { return nil }
    let civil = CivilTime(year: year, month: month, day: day)
    self.init(civil)
    guard midnight == civil else { return nil }
  }

  /// Reads `2026-02-12`.
  public init?(_ text: some StringProtocol) {
    var scanner = TimeScanner(text)
    guard let civil = scanner.date(), scanner.isAtEnd else { return nil }
    self.init(year: civil.year, month: civil.month, day: civil.day)
  }

  /// The last day of a month, where `day` is after it.
  public init?(year: Int, month: Int, clampingDay day: Int) {
    guard (1...12).contains(month), day >= 1 else { return nil }
    for day in stride(from: min(day, 31), through: 28, by: -1) {
      guard let found = CivilDay(year: year, month: month, day: day) else { continue }
      self = found
      return
    }
    self.init(year: year, month: month, day: day)
  }

  /// The beginning of the day, as people write it.
  public var midnight: CivilTime {
    let (seconds, isOverflow) = number.multipliedReportingOverflow(by: 86_400)
    var moment = time_t(isOverflow ? 0 : seconds)
    var time = Glibc.tm()
    gmtime_r(&moment, &time)
    return CivilTime(time, millisecond: 0)
  }

  /// 0 is Monday, 6 is Sunday.
  public var weekday: Int {
    // 1970-01-01 was a Thursday.
    let weekday = (number % 7 + 3) % 7
    return weekday < 0 ? weekday + 7 : weekday
  }

  public func advanced(by days: Int) -> CivilDay { CivilDay(number: number + days) }

  public static func < (left: Self, right: Self) -> Bool { left.number < right.number }

  private static func days(_ seconds: Int) -> Int {
    let (days, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
    return rest < 0 ? days - 1 : days
  }
}

extension CivilDay: CustomStringConvertible {
  /// Such as `2026-02-12`.
  public var description: String { ISO8601.string(date: midnight) }
}
