// Chinese holidays and lunar dates: the golden days that come with the published files.
//
// The files are not part of this repository. ROUNDS_HOLIDAYS names the folder they are in; without it,
// what is known of 2026 by heart is all that is tested.

import Calendars
import FollowUp
import Foundation
import Notation
import SyncCore
import Testing

struct HolidayTests {
  static let folder = ProcessInfo.processInfo.environment["ROUNDS_HOLIDAYS"]

  static func year(_ year: Int) throws -> HolidayYear {
    let path = try #require(folder) + "/\(year).json"
    return try HolidayYear(parsing: Array(try Data(contentsOf: URL(filePath: path))))
  }

  @Test(.enabled(if: folder != nil, "ROUNDS_HOLIDAYS names no folder of holiday-cn files"))
  func `the golden days of 2026 come out of the published file`() throws {
    let settings = CalendarSettings(
      zone: "Asia/Shanghai", holidays: [try HolidayTests.year(2026)])
    let almanac = try Almanac(settings, at: ZoneTests.now)
    let first = try #require(CivilDay("2025-12-31"))
    let last = try #require(CivilDay("2026-12-31"))
    #expect(almanac.workingDays(from: first, to: last, team: nil) == 248)
    for (from, count, to) in [
      ("2026-02-12", 3, "2026-02-24"), ("2026-09-30", 1, "2026-10-08"),
      ("2026-09-30", 3, "2026-10-10"), ("2026-02-24", -3, "2026-02-12"),
    ] {
      let begin = try #require(ISO8601.parse(from, zone: almanac.zone))
      let end = almanac.adding(
        workingDays: count, to: Moment(milliseconds: begin), team: nil)
      #expect(almanac.day(of: end).description == to)
    }
    #expect(almanac.hasData(year: 2026) && !almanac.hasData(year: 2027))
  }

  @Test(.enabled(if: folder != nil, "ROUNDS_HOLIDAYS names no folder of holiday-cn files"))
  func `every published year is read, and one without days is refused`() throws {
    var off = 0
    var worked = 0
    for number in 2007...2026 {
      let year = try HolidayTests.year(number)
      #expect(year.year == number)
      off += year.offDays
      worked += year.makeUpDays
      // A make-up day is a weekend day, but for one Monday that the epidemic of 2020 moved.
      let weekdays = year.days.filter { $0.value.isWorking && $0.key.weekday < 5 }
      #expect(weekdays.keys.map(\.description) == (number == 2020 ? ["2020-02-03"] : []))
    }
    #expect((off, worked) == (545, 133))
    #expect(throws: AlmanacError.self) { try HolidayTests.year(2027) }
  }

  @Test func `the days of two years are told apart, and the later year counts`() throws {
    func file(_ year: Int, _ date: String, _ isOff: Bool) throws -> HolidayYear {
      try HolidayYear(
        parsing: Array(
          #"{"year":\#(year),"days":[{"name":"n\#(year)","date":"\#(date)","isOffDay":\#(isOff)}]}"#
            .utf8))
    }
    let later = try file(2027, "2026-12-31", true)
    let earlier = try file(2026, "2026-12-31", false)
    let settings = CalendarSettings(zone: "Asia/Shanghai", holidays: [later, earlier])
    let almanac = try Almanac(settings, at: ZoneTests.now)
    let day = try #require(CivilDay("2026-12-31"))
    #expect(almanac.exceptions[day]?.name == "n2027")
    #expect(!almanac.isWorkingDay(day, team: nil))
    #expect(almanac.years == [2026, 2027])
    #expect(throws: AlmanacError.self) { try file(2026, "2024-12-31", true) }
    #expect(throws: AlmanacError.self) { try file(2026, "2026-02-30", true) }
  }

  @Test func `a fault in a file is named with its line`() {
    func fault(_ text: String) -> String {
      do {
        _ = try HolidayYear(parsing: Array(text.utf8))
        return "none"
      } catch {
        return "\(error)"
      }
    }
    #expect(
      fault(#"{"year":2027,"papers":[],"days":[]}"#)
        == "$.days (line 1, column 33): the holidays of 2027 are not published yet")
    #expect(
      fault("{\"year\":2026,\n\"days\":[{\"name\":\"x\",\"date\":\"2026-1-1\",\"isOffDay\":true}]}")
        == "$.days[0].date (line 2, column 28): “2026-1-1” is no date; allowed: 2026-02-17")
    #expect(fault(#"{"days":[]}"#).contains("“year” is missing"))
    #expect(fault("[]").contains("another kind"))
    #expect(fault("nothing").contains("not JSON"))
  }

  @Test func `lunar months are those of the observatory`() throws {
    let almanac = try ZoneTests.almanac("America/New_York")
    // New Year's days, and the leap months between them.
    for (day, year) in [
      ("2024-02-10", 2024), ("2025-01-29", 2025), ("2026-02-17", 2026), ("2027-02-06", 2027),
      ("2028-01-26", 2028), ("2029-02-13", 2029), ("2030-02-03", 2030), ("2031-01-23", 2031),
    ] {
      let date = almanac.lunarDate(of: try #require(CivilDay(day)))
      #expect(date == LunarDate(year: year, month: 1, isLeapMonth: false, day: 1), "\(day)")
    }
    let leap = almanac.lunarDate(of: try #require(CivilDay("2025-07-25")))
    #expect(leap == LunarDate(year: 2025, month: 6, isLeapMonth: true, day: 1))
    #expect(almanac.lunarMonths.filter(\.isLeap).map(\.month) == [2, 6, 5, 3])
    let ends = zip(almanac.lunarMonths, almanac.lunarMonths.dropFirst())
    #expect(ends.allSatisfy { $0.first.advanced(by: $0.days) == $1.first })
  }
}
