// `rounds date`: a rep reckons with the company's calendar, on a laptop without a network.

import Calendars
import CommandKit
import FollowUp
import Foundation
import Hub
import HubClient
import Notation
import SyncCore
import Testing

@testable import rounds

@Suite struct RepDateTests {
  /// The Spring Festival of 2026 with its make-up days, and the first week of October.
  private static func settings(zone: String = "Asia/Shanghai") throws -> CalendarSettings {
    var days: [CivilDay: Almanac.Exception] = [:]
    for (month, off) in [("02", Array(15...23)), ("10", Array(1...7))] {
      for day in off {
        let date = "2026-\(month)-" + (day < 10 ? "0" : "") + "\(day)"
        days[try #require(CivilDay(date))] = .init(name: "休", isWorking: false)
      }
    }
    for date in ["2026-02-14", "2026-02-28", "2026-10-10"] {
      days[try #require(CivilDay(date))] = .init(name: "班", isWorking: true)
    }
    return CalendarSettings(zone: zone, holidays: [HolidayYear(year: 2026, days: days)])
  }

  private func laptop(_ field: Field) throws -> Laptop {
    try field.routes.store.setCalendar(
      try RepDateTests.settings(), at: Moment(milliseconds: field.state.now()))
    let laptop = try field.laptop("thinkpad")
    field.state.connect(false)
    return laptop
  }

  @Test func `working days are counted offline, as the hub counts them`() throws {
    let laptop = try laptop(try Field())
    for (words, answer) in [
      (["2026-02-12", "3wd"], "2026-02-24"), (["2026-09-30", "1wd"], "2026-10-08"),
      (["2026-09-30", "3wd"], "2026-10-10"), (["2026-01-31", "1mo"], "2026-02-28"),
      (["2026-02-24", "3wd", "--before"], "2026-02-12"),
      (["2026-03-14 15:00", "2wh"], "2026-03-16 11:00"),
      (["2026-03-14", "1d12h"], "2026-03-15 12:00"),
    ] {
      let run = laptop.run(["date", "add"] + words)
      #expect(run.out == answer + "\n" && run.err == "" && run.exit == .done)
    }
    #expect(laptop.run("date", "diff", "2026-02-12", "2026-02-24").out == "3\n")
    #expect(laptop.run("date", "diff", "2026-02-24", "2026-02-12").out == "-3\n")
    let json = try laptop.run("date", "add", "2026-02-12", "3wd", "--json").json
    #expect(json["date"] == "2026-02-24" && json["zone"] == "Asia/Shanghai")
    #expect(json["to"] == "2026-02-24T00:00:00+08:00" && json["known"] == true)
  }

  @Test func `a year without data counts weekends alone, and says so`() throws {
    var laptop = try laptop(try Field())
    let run = laptop.run("date", "add", "2026-12-31", "3wd")
    #expect(run.out == "2027-01-05\n" && run.exit == .done)
    #expect(run.err == "Not all holidays of 2027 are known here: only weekends count.\n")
    laptop.language = "zh"
    #expect(
      laptop.run("date", "diff", "2025-12-31", "2027-01-05").err
        == "本机没有 2025–2027 年的全部节假日数据：只计周末。\n")
    // Plain time needs no calendar.
    #expect(laptop.run("date", "add", "2026-12-31", "3d").err == "")
  }

  @Test func `a laptop whose hub has no calendar has weekends`() throws {
    let laptop = try Field().laptop("thinkpad")
    let run = laptop.run("date", "add", "2026-02-12", "3wd", "--json")
    #expect(try run.json["date"] == "2026-02-17" && run.json["zone"] == .null)
    #expect(!run.err.isEmpty)
  }

  @Test func `a calendar that is changed comes with the next sync`() throws {
    let field = try Field()
    let laptop = try laptop(field)
    field.state.connect(true)
    try field.routes.store.setCalendar(
      CalendarSettings(zone: "Europe/Berlin"), at: Moment(milliseconds: field.state.now()))
    laptop.run("sync")
    let run = laptop.run("date", "add", "2026-02-12", "3wd", "--json")
    #expect(try run.json["date"] == "2026-02-17" && run.json["zone"] == "Europe/Berlin")
  }

  @Test func `what is no date and no span is refused with what would be one`() throws {
    let laptop = try laptop(try Field())
    for words in [["someday", "3wd"], ["2026-02-30", "1d"], ["2026-02-12", "3"]] {
      let run = laptop.run(["date", "add"] + words)
      #expect(run.exit == .usage && run.err.contains("Hint"))
    }
    #expect(laptop.run("date", "diff", "2026-02-12", "x").exit == .usage)
  }
}
