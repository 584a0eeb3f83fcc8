// The company's calendar in the hub's tables: what an admin said, and the almanac made of it.
//
// The almanac is made when the settings change, and again when its window runs out; in between, hub
// and laptops read the same bytes, so that both reckon alike. It is never made while a question is
// answered: another edition of the zones would move deadlines in silence.

import Calendars
import FollowUp
import Notation
import Storage
import SyncCore

extension HubStore {
  /// The calendar in force; nil where nobody has set one.
  public func almanac() throws -> Almanac? {
    if let known = knownAlmanac, known.settings == settingsVersion { return known.almanac }
    let almanac: Almanac?
    do {
      almanac = try almanacText().map { (text) throws(AlmanacError) in
        try Almanac(parsing: Array(text.utf8))
      }
    } catch {
      // It was made here, so this is no fault of the one who asks now.
      throw StorageError.corrupt(reason: "the calendar in force cannot be read: \(error)")
    }
    knownAlmanac = (settingsVersion, almanac)
    return almanac
  }

  func almanacText() throws -> String? {
    try db.first("SELECT almanac FROM calendar") { $0.text(0) }
  }

  /// What was said of the company's time; nil where nobody has said anything.
  func calendarSettings() throws -> CalendarSettings? {
    let row = try db.first("SELECT zone, hours FROM calendar") { ($0.text(0), $0.text(1)) }
    guard let (zone, hours) = row else { return nil }
    var settings = CalendarSettings(zone: zone, hours: try readHours(hours))
    let teams = try db.all("SELECT team, hours FROM team_hours") { ($0.text(0), $0.text(1)) }
    for (team, hours) in teams { settings.teamHours[team] = try readHours(hours) }
    settings.holidays = try holidays()
    return settings
  }

  /// Replaces the calendar; laptops get it with their next sync.
  ///
  /// - Throws: `HubError.badRequest` for a zone that does not exist.
  public func setCalendar(_ settings: CalendarSettings, at now: Moment) throws {
    let almanac = try made(settings, at: now)
    try transaction {
      // Working days are others now, and so is what falls due on them.
      try lookAtEverybody()
      for table in ["calendar", "team_hours", "holidays"] {
        try db.run("DELETE FROM \(table)")
      }
      try db.run(
        "INSERT INTO calendar VALUES (1, ?, ?, ?)", .text(settings.zone),
        .text(settings.hours.description), .text(almanac.json.text()))
      for (team, hours) in settings.teamHours {
        try db.run("INSERT INTO team_hours VALUES (?, ?)", .text(team), .text(hours.description))
      }
      for year in settings.holidays {
        for (day, exception) in year.days {
          try db.run(
            "INSERT INTO holidays VALUES (?, ?, ?, ?)", .integer(Int64(year.year)),
            .text(day.description), .text(exception.name),
            .integer(exception.isWorking ? 1 : 0))
        }
      }
      try raiseSettingsVersion()
    }
  }

  /// Makes the almanac anew when its window runs out.
  func renewAlmanac(at now: Moment) throws {
    guard let almanac = try almanac(), almanac.isRunningOut(at: now),
      let settings = try calendarSettings()
    else { return }
    let text = try made(settings, at: now).json.text()
    // A clock that is far ahead of every window finds the same text again, and nothing has changed.
    guard try text != almanacText() else { return }
    try db.run("UPDATE calendar SET almanac = ?", .text(text))
    try raiseSettingsVersion()
  }

  private func made(_ settings: CalendarSettings, at now: Moment) throws -> Almanac {
    do throws(UnknownZone) {
      return try Almanac(settings, at: now)
    } catch {
      throw HubError.badRequest(
        "There is no time zone \(error.name) . It is a name such as "
          + error.near.joined(separator: ", ") + " .")
    }
  }

  private func holidays() throws -> [HolidayYear] {
    var years: [Int: HolidayYear] = [:]
    let rows = try db.all("SELECT year, date, name, is_working FROM holidays ORDER BY year, date") {
      row in (Int(row.integer(0)), row.text(1), row.text(2), row.bool(3))
    }
    for (year, date, name, isWorking) in rows {
      guard let day = CivilDay(date) else {
        throw StorageError.corrupt(reason: "the holiday \(date) of \(year) is no date")
      }
      years[year, default: HolidayYear(year: year, days: [:])].days[day] =
        Almanac.Exception(name: name, isWorking: isWorking)
    }
    return years.values.sorted { $0.year < $1.year }
  }

  private func readHours(_ text: String) throws -> WorkingHours {
    guard let hours = WorkingHours(text) else {
      throw StorageError.corrupt(reason: "the working hours “\(text)” cannot be read")
    }
    return hours
  }
}
