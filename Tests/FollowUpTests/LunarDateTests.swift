// Anniversaries: 29 February, and the Chinese calendar with its short and leap months.
//
// The months are those of 2025 and early 2026 as the observatory publishes them. That a hub makes the
// same ones is tested where it makes them.

import FollowUp
import Notation
import SyncCore
import Testing

struct LunarDateTests {
  /// From lunar 2025-01 (29 January) to 2026-01 (17 February), with the leap sixth month.
  static let months: [LunarMonth] = {
    let lengths = [
      (1, 30), (2, 29), (3, 30), (4, 29), (5, 29), (6, 30), (-6, 29), (7, 30), (8, 29), (9, 30),
      (10, 30), (11, 30), (12, 29), (1, 30),
    ]
    var first = AlmanacTests.day("2025-01-29")
    return lengths.map { month, days in
      defer { first = first.advanced(by: days) }
      return LunarMonth(first: first, month: abs(month), isLeap: month < 0, days: days)
    }
  }()

  static let almanac = Almanac(
    zoneName: "Asia/Shanghai", zone: .fixed(offsetSeconds: 8 * 3600), lunarMonths: months)

  static func days(_ date: String, from: String, to: String) throws -> [String] {
    let date = try #require(MonthDay(date))
    let almanac = LunarDateTests.almanac
    return almanac.anniversaries(
      of: date, isLunar: false, from: AlmanacTests.moment(from), to: AlmanacTests.moment(to)
    ).map { ISO8601.string(date: $0) }
  }

  @Test func `the golden days are where the calendar has them`() throws {
    let new = try #require(CivilDay("2026-02-17"))
    #expect(
      LunarDateTests.almanac.lunarDate(of: new)
        == LunarDate(year: 2026, month: 1, isLeapMonth: false, day: 1))
    let leap = try #require(CivilDay("2025-07-25"))
    #expect(
      LunarDateTests.almanac.lunarDate(of: leap)
        == LunarDate(year: 2025, month: 6, isLeapMonth: true, day: 1))
    #expect(
      LunarDateTests.almanac.lunarDate(of: try #require(CivilDay("2026-02-16")))
        == LunarDate(year: 2025, month: 12, isLeapMonth: false, day: 29))
    #expect(LunarDateTests.almanac.lunarDate(of: try #require(CivilDay("2025-01-28"))) == nil)
    #expect(LunarDateTests.almanac.lunarDate(of: try #require(CivilDay("2026-03-19"))) == nil)
  }

  @Test(arguments: [
    ("02-29", "2024-01-01", "2028-12-31", "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29"),
    ("1990-05-01", "2026-05-01", "2027-05-01", "2026-05-01 2027-05-01"),
    ("2026-05-01", "2025-01-01", "2027-12-31", "2027-05-01"),
    ("12-31", "2026-12-31 23:59", "2026-12-31 23:59", "2026-12-31"),
    ("lunar 08-15", "2025-01-01", "2026-12-31", "2025-10-06"),
    // 29 days in the month: the 30th is its last day.
    ("lunar 12-30", "2025-01-01", "2026-12-31", "2026-02-16"),
    ("lunar 06-01", "2025-01-01", "2025-12-31", "2025-06-25"),
    ("lunar leap 06-01", "2025-01-01", "2025-12-31", "2025-07-25"),
    // No leap seventh month that year: the plain one stands in.
    ("lunar leap 07-01", "2025-01-01", "2025-12-31", "2025-08-23"),
    ("lunar 2025-01-01", "2025-01-01", "2026-12-31", "2026-02-17"),
    ("lunar 01-01", "2025-01-01", "2026-12-31", "2025-01-29 2026-02-17"),
  ])
  func `a date comes again`(date: String, from: String, to: String, days: String) throws {
    let expected = days.split(separator: " ").map(String.init)
    #expect(try LunarDateTests.days(date, from: from, to: to) == expected)
  }

  @Test func `a birthday at the end of a day is that of the company's zone`() throws {
    let date = try #require(MonthDay("11-22"))
    // One second before midnight, in each zone: the day there, whatever it is in UTC.
    for hours in [8, -5, 13, -11] {
      let zone = LocalZone.fixed(offsetSeconds: hours * 3600)
      let almanac = Almanac(zoneName: "there", zone: zone)
      let last = AlmanacTests.moment("2026-11-22 23:59:59", zone)
      let found = almanac.anniversaries(of: date, isLunar: false, from: last, to: last)
      #expect(found.map { ISO8601.string(date: $0) } == ["2026-11-22"])
      let next = last.advanced(milliseconds: 1000)
      #expect(almanac.anniversaries(of: date, isLunar: false, from: next, to: next).isEmpty)
    }
  }
}
