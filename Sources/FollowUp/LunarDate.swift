// The Chinese calendar's months, and the days on which an anniversary falls.
//
// The months come as a table: what they are is astronomy, and the hub's Foundation has worked it out.
// Outside of the table a lunar date has no anniversary, and none may be guessed.

import Notation
import SyncCore

/// One month of the Chinese calendar.
public struct LunarMonth: Hashable, Sendable {
  /// The civil date of its first day.
  public var first: CivilDay
  /// 1 to 12.
  public var month: Int
  /// The second of two months with the same number.
  public var isLeap: Bool
  /// 29 or 30.
  public var days: Int

  public init(first: CivilDay, month: Int, isLeap: Bool, days: Int) {
    self.first = first
    self.month = month
    self.isLeap = isLeap
    self.days = days
  }

  /// The first day of the month after.
  var end: CivilDay { first.advanced(by: days) }

  /// The civil year in which the lunar year began. A lunar year begins after 20 January, so that only
  /// its last months can lie in the civil year after.
  var year: Int {
    let civil = first.midnight
    return month >= 11 && civil.month <= 2 ? civil.year - 1 : civil.year
  }
}

/// A date of the Chinese calendar.
public struct LunarDate: Hashable, Sendable {
  public var year: Int
  public var month: Int
  public var isLeapMonth: Bool
  public var day: Int

  public init(year: Int, month: Int, isLeapMonth: Bool, day: Int) {
    self.year = year
    self.month = month
    self.isLeapMonth = isLeapMonth
    self.day = day
  }
}

extension Almanac {
  /// The lunar date of a day; nil outside of the table.
  public func lunarDate(of day: CivilDay) -> LunarDate? {
    guard let month = lunarMonths.last(where: { $0.first <= day }), day < month.end else {
      return nil
    }
    return LunarDate(
      year: month.year, month: month.month, isLeapMonth: month.isLeap,
      day: day.number - month.first.number + 1)
  }

  /// The days from that of `from` to that of `to`, both included, on which `date` comes again. Where
  /// it says its year, only later years count.
  ///
  /// 02-29 is 02-28 in a common year. The 30th of a lunar month that has 29 days is the 29th. A leap
  /// month counts only for a date in that leap month; in a year without it, the plain month does.
  public func anniversaries(
    of date: MonthDay, isLunar: Bool, from: Moment, to: Moment
  ) -> [CivilTime] {
    let (first, last) = (day(of: from), day(of: to))
    guard first <= last else { return [] }
    let days =
      isLunar || date.isLunar
      ? lunarDays(of: date) : civilDays(of: date, from: first, to: last)
    return days.filter { first <= $0 && $0 <= last }.map(\.midnight)
  }

  private func civilDays(of date: MonthDay, from: CivilDay, to: CivilDay) -> [CivilDay] {
    let begin = max(from.midnight.year, date.year.map { $0 + 1 } ?? CivilDay.years.lowerBound)
    let end = min(to.midnight.year, begin + Almanac.searchDaysMax / 365)
    guard begin <= end else { return [] }
    return (begin...end).compactMap {
      CivilDay(year: $0, month: date.month, clampingDay: date.day)
    }
  }

  private func lunarDays(of date: MonthDay) -> [CivilDay] {
    let namesakes = lunarMonths.filter { month in
      month.month == date.month && date.year.map { month.year > $0 } ?? true
    }
    return namesakes.filter { month in
      guard month.isLeap != date.isLeapMonth else { return true }
      // A plain month stands in for the leap one in a year that has none. The leap one directly
      // follows its namesake.
      return date.isLeapMonth && !namesakes.contains { $0.isLeap && $0.first == month.end }
    }.map { $0.first.advanced(by: min(date.day, $0.days) - 1) }
  }
}
