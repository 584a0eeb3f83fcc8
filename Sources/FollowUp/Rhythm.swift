// How a plan comes round: after a while, on a day of each month, or once a year by the sun or the moon.
//
//     2w   1mo   3wd        month 15   month -1        03-08   lunar 08-15
//
// Pure; the calendar is an argument. A day of the month or the year is a date, so it is due from the beginning of that day
// in the company's zone and moves with no contact: one that came early leaves it where it is. A month without the day has its last one.

import Notation
import SyncCore

public enum Rhythm: Hashable, Sendable {
  case after(Delay)
  /// A day of each month; -1 is the last.
  case month(Int)
  case year(MonthDay)

  public static let examples = Delay.examples + ["month 15", "month -1", "lunar 08-15", "03-08"]

  /// Nil for anything else.
  public init?(_ text: String) {
    if let delay = Delay(text) {
      self = .after(delay)
    } else if let date = MonthDay(text) {
      self = .year(date)
    } else {
      let words = text.lowercased().split(whereSeparator: \.isWhitespace)
      guard words.count == 2, ["month", "每月"].contains(words[0]), let day = Int(words[1]),
        day == -1 || (1...31).contains(day)
      else { return nil }
      self = .month(day)
    }
  }

  /// Whether it is due on days of the calendar, which no contact moves.
  var isFixed: Bool { if case .after = self { false } else { true } }

  /// The first occurrence of a plan that begins at a moment.
  public func first(from begin: Moment, in almanac: Almanac) -> Moment? {
    if case .after = self { return begin }
    return day(from: almanac.day(of: begin), in: almanac)
  }

  /// The next one after a contact; nil: there is none that the calendar knows.
  public func next(after moment: Moment, in almanac: Almanac, team: String?) -> Moment? {
    if case .after(let delay) = self { return delay.after(moment, in: almanac, team: team) }
    return day(from: almanac.day(of: moment).advanced(by: 1), in: almanac)
  }

  /// The beginning of the first such day, from a day on.
  private func day(from day: CivilDay, in almanac: Almanac) -> Moment? {
    switch self {
    case .after: return nil
    case .month(let number):
      let civil = day.midnight
      for months in 0...1 {
        let month = civil.year * 12 + civil.month - 1 + months
        let found = CivilDay(
          year: month / 12, month: month % 12 + 1, clampingDay: number == -1 ? 31 : number)
        if let found, found >= day { return almanac.beginning(of: found) }
      }
      return nil
    case .year(let date):
      guard let from = almanac.beginning(of: day) else { return nil }
      // A leap month may be nineteen years away, and its plain one stands in before.
      let to = from.advanced(milliseconds: 800 * 86_400_000)
      return almanac.anniversaries(of: date, isLunar: date.isLunar, from: from, to: to).first
        .flatMap { almanac.beginning(of: CivilDay($0)) }
    }
  }
}

extension Almanac {
  fileprivate func beginning(of day: CivilDay) -> Moment? { zone.moment(of: day.midnight) }
}
