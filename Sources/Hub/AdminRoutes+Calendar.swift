// `/v1/admin/calendar`: the company's zone, working hours and holidays.
//
// A `PUT` says what is to be different, and the rest stays; a holiday file replaces its own year. A
// year's figures are the almanac's, so that an admin sees what rules will reckon with. What is wrong
// changes nothing.

import Calendars
import FollowUp
import Notation
import SyncCore

extension AdminRoutes {
  /// Holiday files are China's; a company that names no zone before its first one is there.
  private static let zoneOfHolidays = "Asia/Shanghai"

  func calendar(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    switch (request.method, path.count, path.last) {
    case ("GET", 1, _):
      try require(.read)
      return .json(try calendar(year: year(of: request)))
    case ("PUT", 1, _):
      try require(.administer)
      try store.setCalendar(try changed(by: RequestBody(request)), at: now)
      return .json(try calendar(year: year(of: request)))
    case ("PUT", 3, "import") where path[1] == "holidays":
      try require(.administer)
      return .json(try importHolidays(request))
    default: throw nowhere(request)
    }
  }

  // MARK: Showing

  private func calendar(year: Int) throws -> JSONValue {
    let settings = try store.calendarSettings()
    let almanac = try store.almanac() ?? .utc
    let days = almanac.exceptions.filter { $0.key.midnight.year == year }
      .sorted { $0.key < $1.key }
    return [
      "zone": settings.map { .string($0.zone) } ?? .null,
      "hours": .string(almanac.hours.description),
      "teams": .object(almanac.teamHours.mapValues { .string($0.description) }),
      "years": .array((settings?.holidays ?? []).map(json)), "year": .integer(Int64(year)),
      "known": .bool(almanac.hasData(year: year)),
      "workingDays": .integer(Int64(workingDays(of: year, in: almanac))),
      "days": .array(
        days.map { day, exception in
          [
            "date": .string(day.description), "name": .string(exception.name),
            "working": .bool(exception.isWorking),
          ]
        }),
      "settings": .integer(Int64(store.settingsVersion)),
    ]
  }

  private func json(_ year: HolidayYear) -> JSONValue {
    [
      "year": .integer(Int64(year.year)), "offDays": .integer(Int64(year.offDays)),
      "makeUpDays": .integer(Int64(year.makeUpDays)),
    ]
  }

  private func workingDays(of year: Int, in almanac: Almanac) -> Int {
    guard let first = CivilDay(year: year, month: 1, day: 1),
      let last = CivilDay(year: year, month: 12, day: 31)
    else { return 0 }
    return almanac.workingDays(from: first.advanced(by: -1), to: last, team: nil)
  }

  private func year(of request: HubRequest) throws -> Int {
    guard let text = request.query["year"] else {
      return zone.civilTime(atMilliseconds: now.milliseconds).year
    }
    guard let year = Int(text), (1900...2999).contains(year) else {
      throw HubError.badRequest("year is a number from 1900 to 2999.")
    }
    return year
  }

  // MARK: Changing

  private func changed(by body: RequestBody) throws -> CalendarSettings {
    for key in body.members.keys.sorted() where !["zone", "hours", "team"].contains(key) {
      throw HubError.badRequest("“\(key)” means nothing here; there are zone, hours and team.")
    }
    let zone = try body.optionalText("zone")
    guard var settings = try store.calendarSettings() ?? zone.map({ CalendarSettings(zone: $0) })
    else {
      throw HubError.badRequest("The first thing to say is the zone, such as Asia/Shanghai.")
    }
    if let zone { settings.zone = zone }
    let hours = try body.optionalText("hours").map(readHours)
    if let team = try body.optionalText("team") {
      try checkHours(of: team, isSettingAny: hours != nil)
      settings.teamHours[team] = hours
    } else if let hours {
      settings.hours = hours
    }
    return settings
  }

  /// A team that is gone may lose its hours, but get no new ones.
  private func checkHours(of team: String, isSettingAny: Bool) throws {
    guard isSettingAny, try !store.teams().contains(where: { $0.name == team }) else { return }
    throw HubError.notFound(what: "team", name: team)
  }

  private func readHours(_ text: String) throws -> WorkingHours {
    guard let hours = WorkingHours(text) else {
      throw HubError.badRequest(
        "“\(text)” are no working hours. Write them like "
          + WorkingHours.examples.map { "“\($0)”" }.joined(separator: " or ") + ".")
    }
    return hours
  }

  private func importHolidays(_ request: HubRequest) throws -> JSONValue {
    let year = try HolidayYear(parsing: request.body)
    var settings =
      try store.calendarSettings() ?? CalendarSettings(zone: AdminRoutes.zoneOfHolidays)
    let count = settings.holidays.count
    settings.holidays.removeAll { $0.year == year.year }
    let isReplaced = settings.holidays.count < count
    settings.holidays.append(year)
    try store.setCalendar(settings, at: now)
    var answer = json(year)
    answer["replaced"] = .bool(isReplaced)
    answer["zone"] = .string(settings.zone)
    let almanac = try store.almanac() ?? .utc
    answer["workingDays"] = .integer(Int64(workingDays(of: year.year, in: almanac)))
    return answer
  }
}
