// The holidays of one year, and the weekend days that are worked for them, as the holiday-cn files
// have them (github.com/NateScarlet/holiday-cn, made from the State Council's notices).
//
//     {"year": 2026, "days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": true}, …]}
//
// A file may name days around the turn of the year that belong to the years beside it. A file without
// days is one that the notice is still awaited for: it must never count as a year that is known.

import Notation

/// What deviates from the ordinary week in one year.
public struct HolidayYear: Hashable, Sendable {
  public var year: Int
  public var days: [CivilDay: Almanac.Exception]

  public init(year: Int, days: [CivilDay: Almanac.Exception]) {
    self.year = year
    self.days = days
  }

  /// Days off, weekends among them.
  public var offDays: Int { days.count { !$0.value.isWorking } }
  /// Make-up days.
  public var makeUpDays: Int { days.count { $0.value.isWorking } }

  /// Reads a file.
  ///
  /// - Throws: the first fault, with its place.
  public init(parsing bytes: [UInt8]) throws(AlmanacError) {
    self = try AlmanacNode.read(bytes) { (node) throws(AlmanacError) in try HolidayYear(node) }
  }

  private init(_ node: AlmanacNode) throws(AlmanacError) {
    try node.allowOnly(["$schema", "$id", "year", "papers", "days"])
    let year = try node.member("year").integer(in: 1900...2999)
    var days: [CivilDay: Almanac.Exception] = [:]
    let list = try node.member("days")
    for entry in try list.elements(atMost: HolidayYear.daysMax) {
      try entry.allowOnly(["name", "date", "isOffDay"])
      let date = try entry.member("date")
      let day = try date.day()
      guard (year - 1...year + 1).contains(day.midnight.year) else {
        throw date.error(.badDate(day.description), allowed: ["a day of \(year) or beside it"])
      }
      guard days[day] == nil else { throw date.error(.dateTwice(day.description)) }
      let name = try entry.member("name").text()
      let isOffDay = try entry.member("isOffDay").bool()
      days[day] = Almanac.Exception(name: name, isWorking: !isOffDay)
    }
    guard !days.isEmpty else { throw list.error(.noDays(year: year)) }
    self.init(year: year, days: days)
  }

  private static let daysMax = 1_000
}
