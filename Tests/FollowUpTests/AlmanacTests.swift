// Working days and working time against a second, slower statement of them, and the dates that people
// know by heart: a deadline over a weekend, a make-up Saturday, the night when clocks change.
//
// Zones are tables written here. Foundation's zones are compared where the tables are made.

import FollowUp
import Notation
import SyncCore
import Testing

struct AlmanacTests {
  /// Clocks go forward on 2026-03-29 and back on 2026-10-25, both at 01:00 UTC.
  static let berlin = LocalZone.table(
    OffsetTable(
      first: 3600,
      changes: [
        .init(at: 1_774_746_000, offset: 7200), .init(at: 1_792_890_000, offset: 3600),
      ]) ?? OffsetTable(first: 0))

  /// Weekends in Shanghai, the Spring Festival of 2026 off, two weekend days worked.
  static let shanghai: Almanac = {
    var almanac = Almanac(zoneName: "Asia/Shanghai", zone: .fixed(offsetSeconds: 8 * 3600))
    almanac.years = [2026]
    for date in 15...23 {
      almanac.exceptions[day("2026-02-\(date)")] = .init(name: "春节", isWorking: false)
    }
    for date in ["2026-02-14", "2026-02-28"] {
      almanac.exceptions[day(date)] = .init(name: "春节", isWorking: true)
    }
    return almanac
  }()

  /// A wrong date is the beginning of time, which no test expects.
  static func day(_ text: String) -> CivilDay { CivilDay(text) ?? CivilDay(number: 0) }

  static func moment(_ text: String, _ zone: LocalZone = shanghai.zone) -> Moment {
    Moment(milliseconds: ISO8601.parse(text, zone: zone) ?? .min)
  }

  static func text(_ moment: Moment, _ zone: LocalZone = shanghai.zone) -> String {
    let civil = zone.civilTime(atMilliseconds: moment.milliseconds)
    func padded(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
    return ISO8601.string(date: civil) + " " + padded(civil.hour) + ":" + padded(civil.minute)
  }

  @Test(arguments: [
    ("2026-02-12 10:00", "3wd", "2026-02-24 10:00"),
    ("2026-02-24 10:00", "-3wd", "2026-02-12 10:00"),
    ("2026-02-27 10:00", "1wd", "2026-02-28 10:00"),
    ("2026-02-16 10:00", "1wd", "2026-02-24 10:00"),
    ("2026-03-14 15:00", "2wh", "2026-03-16 11:00"),
    ("2026-03-13 17:00", "1wh", "2026-03-13 18:00"),
    ("2026-03-13 17:00", "2wh", "2026-03-16 10:00"),
    ("2026-03-16 11:00", "-3wh", "2026-03-13 17:00"),
    // A make-up Saturday has the hours of an ordinary day.
    ("2026-02-13 17:00", "10wh", "2026-02-14 18:00"),
    ("2026-02-14 17:00", "2wh", "2026-02-24 10:00"),
    ("2026-01-31 10:00", "1mo", "2026-02-28 10:00"),
    ("2024-01-31 10:00", "1mo", "2024-02-29 10:00"),
    ("2026-01-31 10:00", "13mo", "2027-02-28 10:00"),
    ("2026-03-31 23:59", "-1mo", "2026-02-28 23:59"),
    ("2026-02-27 10:00", "1d12h", "2026-02-28 22:00"),
  ])
  func `a delay ends where people expect it`(from: String, delay: String, to: String) throws {
    let isBefore = delay.hasPrefix("-")
    let span = try #require(Delay(isBefore ? String(delay.dropFirst()) : delay))
    let begin = AlmanacTests.moment(from)
    let end =
      isBefore
      ? span.before(begin, in: AlmanacTests.shanghai, team: nil)
      : span.after(begin, in: AlmanacTests.shanghai, team: nil)
    #expect(AlmanacTests.text(end) == to)
  }

  @Test func `a team has its own hours, and holidays hold for it too`() throws {
    var almanac = AlmanacTests.shanghai
    let service = try #require(WorkingHours("mon-sun 08:00-20:00"))
    almanac.teamHours["Service"] = service
    let saturday = try #require(CivilDay("2026-03-14"))
    #expect(almanac.isWorkingDay(saturday, team: "Service"))
    #expect(!almanac.isWorkingDay(saturday, team: "Sales"))
    #expect(!almanac.isWorkingDay(try #require(CivilDay("2026-02-17")), team: "Service"))
    let begin = AlmanacTests.moment("2026-03-14 15:00")
    let end = almanac.adding(workingMilliseconds: 2 * 3_600_000, to: begin, team: "Service")
    #expect(AlmanacTests.text(end) == "2026-03-14 17:00")
  }

  @Test func `the next working moment is now while people work`() {
    let almanac = AlmanacTests.shanghai
    let cases = [
      ("2026-03-13 09:00", "2026-03-13 09:00"), ("2026-03-13 17:59", "2026-03-13 17:59"),
      ("2026-03-13 18:00", "2026-03-16 09:00"), ("2026-03-13 08:59", "2026-03-13 09:00"),
      ("2026-02-13 19:00", "2026-02-14 09:00"), ("2026-02-14 18:00", "2026-02-24 09:00"),
    ]
    for (from, to) in cases {
      let found = almanac.firstWorkingMoment(atOrAfter: AlmanacTests.moment(from), team: nil)
      #expect(AlmanacTests.text(found) == to, "from \(from)")
    }
  }

  @Test func `working time agrees with counting the minutes, also when clocks change`() throws {
    let hours = try #require(
      WorkingHours("mon-thu 09:00-12:00,13:00-18:00; fri 09:00-15:00; sun 00:00-24:00"))
    let almanac = Almanac(zoneName: "Europe/Berlin", zone: AlmanacTests.berlin, hours: hours)
    for begin in ["2026-03-26 12:30", "2026-10-22 08:00"] {
      let first = AlmanacTests.moment(begin, AlmanacTests.berlin)
      var counted: Int64 = 0
      for minute in stride(from: 0, to: 5 * 1440, by: 15) {
        let moment = first.advanced(milliseconds: Int64(minute) * 60_000)
        let sum = almanac.workingMilliseconds(from: first, to: moment, team: nil)
        guard sum == counted * 60_000 else {
          Issue.record("\(sum) ms, counted \(counted) min at \(moment)")
          return
        }
        if almanac.firstWorkingMoment(atOrAfter: moment, team: nil) == moment {
          // Forward and backward: the amount names the moment, up to time in which nobody works.
          let reached = almanac.adding(workingMilliseconds: sum, to: first, team: nil)
          #expect(almanac.workingMilliseconds(from: first, to: reached, team: nil) == sum)
          let back = almanac.adding(workingMilliseconds: -sum, to: moment, team: nil)
          #expect(almanac.workingMilliseconds(from: back, to: moment, team: nil) == sum)
          counted += 15
        }
      }
      #expect(counted > 30 * 60)
    }
  }

  @Test func `wall time survives the change of clocks, and a skipped hour is the one after`() {
    let almanac = Almanac(zoneName: "Europe/Berlin", zone: AlmanacTests.berlin)
    func nine(_ text: String) -> String {
      let day = AlmanacTests.moment(text, AlmanacTests.berlin)
      return ISO8601.string(
        milliseconds: almanac.moment(onDayOf: day, hour: 9, minute: 0).milliseconds,
        in: AlmanacTests.berlin)
    }
    #expect(nine("2026-03-28 23:59") == "2026-03-28T09:00:00+01:00")
    #expect(nine("2026-03-29 00:00") == "2026-03-29T09:00:00+02:00")
    #expect(nine("2026-10-25 23:59") == "2026-10-25T09:00:00+01:00")
    let skipped = AlmanacTests.moment("2026-03-29 02:30", AlmanacTests.berlin)
    #expect(AlmanacTests.text(skipped, AlmanacTests.berlin) == "2026-03-29 03:30")
    let doubled = AlmanacTests.moment("2026-10-25 02:30", AlmanacTests.berlin)
    #expect(doubled == AlmanacTests.moment("2026-10-25T02:30:00+02:00"))
    let saturday = AlmanacTests.moment("2026-02-28 02:30", AlmanacTests.berlin)
    #expect(
      AlmanacTests.text(almanac.adding(months: 1, to: saturday), AlmanacTests.berlin)
        == "2026-03-28 02:30")
  }

  @Test func `nothing traps at the ends of time`() throws {
    let almanac = AlmanacTests.shanghai
    let ends = [Moment(milliseconds: .min), Moment(milliseconds: .max), Moment(milliseconds: 0)]
    for moment in ends {
      for amount in [Int.min, -1, 0, 1, Int.max] {
        _ = almanac.adding(workingDays: amount, to: moment, team: nil)
        _ = almanac.adding(workingMilliseconds: Int64(amount), to: moment, team: nil)
        _ = almanac.adding(months: amount, to: moment)
      }
      for other in ends {
        _ = almanac.workingMilliseconds(from: moment, to: other, team: nil)
        let date = try #require(MonthDay("02-29"))
        _ = almanac.anniversaries(of: date, isLunar: false, from: moment, to: other)
      }
      _ = almanac.firstWorkingMoment(atOrAfter: moment, team: nil)
      _ = almanac.moment(onDayOf: moment, hour: 9, minute: 0)
      #expect(almanac.adding(workingDays: 0, to: moment, team: nil) == moment)
      #expect(almanac.adding(workingMilliseconds: 0, to: moment, team: nil) == moment)
    }
  }
}
