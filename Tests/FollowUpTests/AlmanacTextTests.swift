// What is read as an almanac, working hours, a delay or a date of the year, and what is refused.

import FollowUp
import Notation
import Testing

struct AlmanacTextTests {
  @Test func `an almanac is read as it was written`() throws {
    var almanac = AlmanacTests.shanghai
    almanac.zone = AlmanacTests.berlin
    let service = try #require(WorkingHours("mon-sun 08:00-20:00"))
    almanac.teamHours["Service"] = service
    almanac.lunarMonths = LunarDateTests.months
    let bytes = almanac.json.bytes()
    #expect(try Almanac(parsing: bytes) == almanac)
    #expect(try Almanac(parsing: bytes).json.bytes() == bytes)
    #expect(try Almanac(parsing: Almanac.utc.json.bytes()) == .utc)
  }

  @Test func `each fault of an almanac is named with its place`() {
    func fault(_ change: (inout JSONValue) -> Void) -> String {
      var json = AlmanacTests.shanghai.json
      change(&json)
      do {
        _ = try Almanac(parsing: json.bytes())
        return "none"
      } catch {
        var error = error
        (error.line, error.column) = (nil, nil)
        return "\(error)"
      }
    }
    #expect(fault { _ in } == "none")
    #expect(fault { $0["almanac"] = 2 } == "$.almanac: “2” is not allowed; allowed: 1")
    #expect(fault { $0["moon"] = 2 }.hasPrefix("$.moon: “moon” means nothing here"))
    #expect(fault { $0["lunar"] = nil } == "$: “lunar” is missing; allowed: lunar")
    #expect(
      fault { $0["offset"] = 86_400 }
        == "$.offset: “86400” is not allowed; allowed: -86399 to 86399")
    #expect(
      fault { $0["changes"] = [["at": 5, "offset": 28_800]] }
        == "$.changes: this does not follow what is before it")
    #expect(fault { $0["hours"] = "" }.hasPrefix("$.hours: “” are no working hours"))
    #expect(fault { $0["teams"] = ["a": "mon"] }.hasPrefix("$.teams.a: “mon” are no"))
    #expect(fault { $0["years"] = [0] }.hasPrefix("$.years[0]: “0” is not allowed"))
    let day: JSONValue = ["date": "2026-02-30", "name": "x", "working": true]
    #expect(fault { $0["days"] = [day] }.hasPrefix("$.days[0].date: “2026-02-30” is no date"))
    let twice: JSONValue = ["date": "2026-02-03", "name": "x", "working": true]
    #expect(
      fault { $0["days"] = [twice, twice] }
        == "$.days[1].date: 2026-02-03 is named twice")
    let month: JSONValue = ["first": "2026-02-17", "month": 1, "leap": false, "days": 30]
    #expect(
      fault { $0["lunar"] = [month, month] }
        == "$.lunar[1].first: this does not follow what is before it")
  }

  @Test(arguments: [
    ("mon-fri 09:00-18:00", "mon-fri 09:00-18:00"),
    ("Mon-Fri 9:00-18:00", "mon-fri 09:00-18:00"),
    ("周一-周五 09:00-12:00,13:00-18:00", "mon-fri 09:00-12:00,13:00-18:00"),
    ("sat 09:00-12:00; mon-fri 09:00-18:00", "mon-fri 09:00-18:00; sat 09:00-12:00"),
    ("mon 00:00-24:00;tue 00:00-24:00", "mon-tue 00:00-24:00"),
  ])
  func `working hours are read, and written in one way`(typed: String, written: String) throws {
    let hours = try #require(WorkingHours(typed))
    #expect(hours.description == written)
    #expect(WorkingHours(written) == hours)
  }

  @Test(arguments: [
    "", ";", "mon", "mon-fri", "fri-mon 09:00-18:00", "mon 09:00-09:00", "mon 18:00-09:00",
    "mon 09:00-24:01", "mon 09:60-18:00", "mon 09:00-12:00,11:00-18:00", "mon 9-18",
    "mon 09:00-18:00; mon-fri 09:00-18:00", "someday 09:00-18:00", "mon 09:00-18:00;",
    "mon +9:00-18:00", "mon--fri 09:00-18:00",
  ])
  func `a week without work, and what is no week, is refused`(text: String) {
    #expect(WorkingHours(text) == nil)
  }

  @Test func `a delay is read, and written as it is read again`() {
    for text in Delay.examples + ["1s", "100wd", "26wh", "1200mo"] {
      #expect(Delay(text) != nil, "\(text)")
      #expect(Delay(text).flatMap { Delay($0.description) } == Delay(text))
    }
    #expect(Delay("3WD")?.description == "3wd")
    for text in [
      "", "3", "wd", "0wd", "0mo", "0d", "-3wd", "+3wd", "1d3wd", "3wd1d", "1mo2wd", "3 wd",
      "1.5wd", "1201mo", "99999999999wd", "1y", "３wd",
    ] {
      #expect(Delay(text) == nil, "\(text)")
    }
  }

  @Test func `a date of the year is read with and without its year, civil and lunar`() {
    for (typed, written) in [
      ("1990-02-29", "1990-02-29"), ("--02-29", "02-29"), ("02-29", "02-29"),
      ("lunar 08-15", "lunar 08-15"), ("农历 08-15", "lunar 08-15"), ("农历08-15", "lunar 08-15"),
      ("农历 闰06-01", "lunar leap 06-01"), ("农历 闰 06-01", "lunar leap 06-01"),
      ("农历 1987-闰06-01", "lunar leap 1987-06-01"), ("Lunar leap 06-01", "lunar leap 06-01"),
      ("农历 1990-12-30", "lunar 1990-12-30"),
    ] {
      let date = MonthDay(typed)
      #expect(date?.description == written)
      #expect(date.flatMap { MonthDay($0.description) } == date)
    }
    #expect(MonthDay("1990-02-29")?.year == 1990)
    for text in [
      "", "02-30", "13-01", "00-01", "04-31", "lunar 08-31", "闰06-01", "2-29", "0000-01-01",
      "-02-29", "---02-29", "1990-02", "lunar", "1990-02-29x", "1990--02-29",
    ] {
      #expect(MonthDay(text) == nil, "\(text)")
    }
  }
}
