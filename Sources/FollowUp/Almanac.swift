// The business calendar as a value: the company's zone, working hours, holidays and make-up days, and
// the lunar months; all that rules need to say “three working days later” or “on the birthday”.
//
// The hub makes it (`Sources/Calendars`) and sends it to laptops, so that both reckon alike whatever
// tables of zones their machines have. It must never ask the machine for a zone or a calendar, and
// never look up the present time.
//
// Invariants: a search for working time ends after a century at the latest, and never traps. Each date
// has one exception, which holds for every team.

import Notation
import SyncCore

/// Time as rules understand it.
public struct Almanac: Hashable, Sendable {
  /// A date on which the ordinary week does not count.
  public struct Exception: Hashable, Sendable {
    public var name: String
    /// A make-up day: worked although its weekday may be free. Otherwise a holiday.
    public var isWorking: Bool

    public init(name: String, isWorking: Bool) {
      self.name = name
      self.isWorking = isWorking
    }
  }

  /// The name of the zone, such as `Asia/Shanghai`: for people only.
  public var zoneName: String
  /// The wall time of the company.
  public var zone: LocalZone
  public var hours: WorkingHours
  /// Hours of single teams, by name; any other team has the company's.
  public var teamHours: [String: WorkingHours]
  /// The years whose holidays are known.
  public var years: Set<Int>
  public var exceptions: [CivilDay: Exception]
  /// In order of time, without gaps.
  public var lunarMonths: [LunarMonth]

  /// UTC, the standard hours, no exceptions, no lunar months.
  public static let utc = Almanac(zoneName: "UTC", zone: .utc)

  /// How far a search for working time goes, in days: a century.
  public static let searchDaysMax = 36_525

  public init(
    zoneName: String, zone: LocalZone, hours: WorkingHours = .standard,
    teamHours: [String: WorkingHours] = [:], years: Set<Int> = [],
    exceptions: [CivilDay: Exception] = [:], lunarMonths: [LunarMonth] = []
  ) {
    self.zoneName = zoneName
    self.zone = zone
    self.hours = hours
    self.teamHours = teamHours
    self.years = years
    self.exceptions = exceptions
    self.lunarMonths = lunarMonths
  }

  /// Are the holidays of this year known? Otherwise only the ordinary week counts.
  public func hasData(year: Int) -> Bool { years.contains(year) }

  // MARK: Days

  /// Is any of this day worked? Only its date counts.
  public func isWorkingDay(_ day: CivilTime, team: String?) -> Bool {
    isWorkingDay(CivilDay(day), team: team)
  }

  public func isWorkingDay(_ day: CivilDay, team: String?) -> Bool {
    exceptions[day]?.isWorking ?? !hours(of: team).week[day.weekday].isEmpty
  }

  /// The working days after `from` up to and with `to`; negative where `to` is earlier. At most a
  /// century is counted.
  public func workingDays(from: CivilDay, to: CivilDay, team: String?) -> Int {
    if to < from { return -workingDays(from: to, to: from, team: team) }
    let last = min(to.number, from.number + Almanac.searchDaysMax)
    return (from.number..<last).count {
      isWorkingDay(CivilDay(number: $0 + 1), team: team)
    }
  }

  // MARK: Moments of days

  /// The date in the company's zone.
  public func day(of moment: Moment) -> CivilDay {
    CivilDay(zone.civilTime(atMilliseconds: moment.milliseconds))
  }

  /// A wall time on the day of a moment. Where the clocks skip it, it is the hour after.
  public func moment(onDayOf moment: Moment, hour: Int, minute: Int) -> Moment {
    precondition((0..<24).contains(hour) && (0..<60).contains(minute), "\(hour):\(minute)")
    var civil = zone.civilTime(atMilliseconds: moment.milliseconds).midnight
    (civil.hour, civil.minute) = (hour, minute)
    return zone.moment(of: civil) ?? moment
  }

  /// The same wall time some months later, or earlier: the last day of the month where it has no
  /// such day (01-31 and one month are 02-28).
  public func adding(months: Int, to moment: Moment) -> Moment {
    let civil = zone.civilTime(atMilliseconds: moment.milliseconds)
    let (sum, isOverflow) = (civil.year * 12 + civil.month - 1).addingReportingOverflow(months)
    guard !isOverflow, sum >= 0,
      let day = CivilDay(year: sum / 12, month: sum % 12 + 1, clampingDay: civil.day)
    else { return moment }
    return at(civil, on: day) ?? moment
  }

  func hours(of team: String?) -> WorkingHours { team.flatMap { teamHours[$0] } ?? hours }

  /// The wall time of `civil` on another day; nil beyond the years there are.
  func at(_ civil: CivilTime, on day: CivilDay) -> Moment? {
    var moved = day.midnight
    (moved.hour, moved.minute) = (civil.hour, civil.minute)
    (moved.second, moved.millisecond) = (civil.second, civil.millisecond)
    return zone.moment(of: moved)
  }
}

extension LocalZone {
  func moment(of civil: CivilTime) -> Moment? {
    milliseconds(of: civil).map(Moment.init(milliseconds:))
  }
}
