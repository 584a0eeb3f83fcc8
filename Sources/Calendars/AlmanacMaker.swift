// Makes an almanac out of Foundation's zones and calendars: the one place where they are asked.
//
// Everything is worked out for a window of years around a moment, because whoever gets the almanac has
// no tables of its own. It must never look up the present time, and never be linked into the rep's
// program: Foundation's calendars are some forty megabytes.

import FollowUp
import Foundation
import Notation
import SyncCore

/// What an admin says of the company's time.
public struct CalendarSettings: Hashable, Sendable {
  /// Such as `Asia/Shanghai`.
  public var zone: String
  public var hours: WorkingHours
  public var teamHours: [String: WorkingHours]
  /// In the order of years; of two that name one date, the later one counts.
  public var holidays: [HolidayYear]

  public init(
    zone: String, hours: WorkingHours = .standard, teamHours: [String: WorkingHours] = [:],
    holidays: [HolidayYear] = []
  ) {
    self.zone = zone
    self.hours = hours
    self.teamHours = teamHours
    self.holidays = holidays
  }
}

/// No zone of this name is known.
public struct UnknownZone: Error, Hashable, Sendable {
  public var name: String
  /// A few names that look like it, or that show what one looks like.
  public var near: [String]
}

extension Almanac {
  /// Full years that are worked out before and after the one it is made in.
  public static let yearsBack = 3
  public static let yearsAhead = 6
  /// When fewer are left, it is made anew.
  public static let yearsLeftMin = 4

  /// The almanac of these settings, made at a moment.
  public init(_ settings: CalendarSettings, at now: Moment) throws(UnknownZone) {
    let zone = try TimeZone(named: settings.zone)
    let year = LocalZone.utc.civilTime(atMilliseconds: now.milliseconds).year
    let first = CivilDay(CivilTime(year: year - Almanac.yearsBack, month: 1, day: 1))
    let end = CivilDay(CivilTime(year: year + Almanac.yearsAhead + 1, month: 1, day: 1))
    var exceptions: [CivilDay: Exception] = [:]
    for year in settings.holidays.sorted(by: { $0.year < $1.year }) {
      exceptions.merge(year.days, uniquingKeysWith: { $1 })
    }
    self.init(
      zoneName: settings.zone, zone: .table(OffsetTable(zone, from: first, to: end)),
      hours: settings.hours, teamHours: settings.teamHours,
      years: Set(settings.holidays.map(\.year)), exceptions: exceptions,
      lunarMonths: LunarMonth.months(from: first, to: end))
  }

  /// Whether so little of its window is left that it should be made anew.
  public func isRunningOut(at now: Moment) -> Bool {
    let year = LocalZone.utc.civilTime(atMilliseconds: now.milliseconds).year
    let last = lunarMonths.last?.first.midnight.year ?? year
    return last - year < Almanac.yearsLeftMin
  }
}

extension TimeZone {
  /// A zone by its name in the database of zones. Abbreviations are refused: CST is three zones.
  init(named name: String) throws(UnknownZone) {
    let isName = name.contains("/") || name == "UTC" || name == "GMT"
    guard isName, let zone = TimeZone(identifier: name) else {
      throw UnknownZone(name: name, near: TimeZone.names(near: name))
    }
    self = zone
  }

  private static func names(near name: String) -> [String] {
    let typed = name.split(separator: "/").last.map { $0.lowercased() } ?? ""
    let near = knownTimeZoneIdentifiers.sorted().filter { known in
      let city = known.split(separator: "/").last.map { $0.lowercased() } ?? ""
      return !typed.isEmpty && city.hasPrefix(typed.prefix(4))
    }
    return near.isEmpty ? ["Asia/Shanghai", "Europe/Berlin", "UTC"] : Array(near.prefix(5))
  }
}

extension OffsetTable {
  init(_ zone: TimeZone, from first: CivilDay, to end: CivilDay) {
    var date = Date(timeIntervalSince1970: Double(first.number) * 86_400)
    let limit = Date(timeIntervalSince1970: Double(end.number) * 86_400)
    let begin = zone.secondsFromGMT(for: date)
    var changes: [Change] = []
    while let next = zone.nextDaylightSavingTimeTransition(after: date), next > date, next < limit {
      date = next
      // Foundation tells also of changes of the name alone.
      let offset = zone.secondsFromGMT(for: next)
      guard offset != changes.last?.offset ?? begin else { continue }
      changes.append(Change(at: Int64(next.timeIntervalSince1970), offset: offset))
    }
    guard let table = OffsetTable(first: begin, changes: changes) else {
      preconditionFailure("the changes of \(zone.identifier) are out of order: \(changes)")
    }
    self = table
  }
}

extension LunarMonth {
  /// All months of which a day is from `first` on and the first day before `end`.
  static func months(from first: CivilDay, to end: CivilDay) -> [LunarMonth] {
    let calendar = ChineseCalendar()
    var begin = first.advanced(by: 1 - calendar.date(of: first).day)
    var months: [LunarMonth] = []
    while begin < end {
      let date = calendar.date(of: begin)
      let days = calendar.date(of: begin.advanced(by: 29)).day == 1 ? 29 : 30
      months.append(
        LunarMonth(first: begin, month: date.month, isLeap: date.isLeap, days: days))
      begin = begin.advanced(by: days)
    }
    return months
  }
}

/// Foundation's Chinese calendar, which is reckoned in China's time wherever people are.
private struct ChineseCalendar {
  private let calendar: Calendar

  init() {
    var calendar = Calendar(identifier: .chinese)
    calendar.timeZone = TimeZone(secondsFromGMT: 8 * 3600) ?? .gmt
    self.calendar = calendar
  }

  func date(of day: CivilDay) -> (month: Int, isLeap: Bool, day: Int) {
    // At noon in China.
    let noon = Date(timeIntervalSince1970: Double(day.number) * 86_400 + 4 * 3600)
    let parts = calendar.dateComponents([.month, .day], from: noon)
    return (parts.month ?? 1, parts.isLeapMonth ?? false, parts.day ?? 1)
  }
}
