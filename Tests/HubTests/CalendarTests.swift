// The company's calendar at the hub: what is set, what is refused, and that laptops get it.

import Calendars
import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct CalendarTests {
  /// Two days off and a make-up Saturday, in the form of the published files.
  static let holidays: JSONValue = [
    "year": 2025, "papers": [],
    "days": [
      ["name": "国庆节", "date": "2025-10-08", "isOffDay": true],
      ["name": "国庆节", "date": "2025-10-07", "isOffDay": true],
      ["name": "国庆节", "date": "2025-10-11", "isOffDay": false],
    ],
  ]

  @Test func `a hub without a calendar keeps its own zone, and says so`() throws {
    let world = try World()
    let shown = try world.ask("GET", "calendar")
    #expect(shown["zone"] == .null && shown["known"] == false)
    #expect(shown["hours"] == "mon-fri 09:00-18:00" && shown["year"] == 2025)
    #expect(shown["workingDays"] == 261)
    #expect(try world.routes.zone == .utc)
    #expect(try world.store.settings(for: "ann", Veil()).almanac == [])
    let hours = try world.admin("PUT", "calendar", body: ["hours": "mon-fri 09:00-17:00"])
    #expect(hours.status == 400)
  }

  @Test func `zone and hours are set one by one, and the rest stays`() throws {
    let world = try worldOfTeams()
    let before = world.store.settingsVersion
    try world.ask("PUT", "calendar", body: ["zone": "Asia/Shanghai"])
    #expect(world.store.settingsVersion == before + 1)
    #expect(try world.routes.zone == .fixed(offsetSeconds: 8 * 3600))
    try world.ask("PUT", "calendar", body: ["hours": "mon-sat 09:00-17:00"])
    try world.ask("PUT", "calendar", body: ["team": "north", "hours": "mon-sun 08:00-20:00"])
    let shown = try world.ask("PUT", "calendar", body: ["zone": "Europe/Berlin"])
    #expect(shown["zone"] == "Europe/Berlin" && shown["hours"] == "mon-sat 09:00-17:00")
    #expect(shown["teams"] == ["north": "mon-sun 08:00-20:00"])
    let without = try world.ask("PUT", "calendar", body: ["team": "north", "hours": .null])
    #expect(without["teams"] == [:])
    let entries = try world.ask("GET", "audit", ["action": "calendar"])["entries"]?.array ?? []
    #expect(entries.count == 5)
    #expect(entries.last?["details"] == ["zone": "Asia/Shanghai"])
  }

  @Test(
    arguments: [
      (["zone": "Asia/Shangai"], 400, "Asia/Shanghai"), (["zone": "CST"], 400, "Europe/Berlin"),
      (["zone": "UTC", "hours": "mon"], 400, "mon-fri 09:00-18:00"),
      (["zone": "UTC", "holidays": 1], 400, "holidays"),
      (["zone": "UTC", "team": "west", "hours": "mon 09:00-10:00"], 404, "west"),
      ([:], 400, "zone"),
    ] as [(JSONValue, Int, String)])
  func `what is wrong changes nothing`(body: JSONValue, status: Int, says: String) throws {
    let world = try worldOfTeams()
    let before = world.store.settingsVersion
    let answer = try world.admin("PUT", "calendar", body: body)
    #expect(answer.status == status)
    #expect(answer.json["error"]?["message"]?.string?.contains(says) == true)
    #expect(world.store.settingsVersion == before)
    #expect(try world.store.almanac() == nil)
  }

  @Test func `a year of holidays is taken in, replaced, and told to laptops`() throws {
    let world = try World()
    let path = "calendar/holidays/import"
    let first = try world.ask("PUT", path, body: CalendarTests.holidays)
    #expect(first["offDays"] == 2 && first["makeUpDays"] == 1 && first["workingDays"] == 260)
    #expect(first["replaced"] == false && first["zone"] == "Asia/Shanghai")
    let second = try world.ask("PUT", path, body: CalendarTests.holidays)
    #expect(second["replaced"] == true && second["workingDays"] == 260)
    let shown = try world.ask("GET", "calendar", ["year": "2025"])
    #expect(shown["known"] == true && shown["days"]?.array?.count == 3)
    #expect(shown["days"]?[0]?["date"] == "2025-10-07")
    #expect(try world.ask("GET", "calendar", ["year": "2026"])["known"] == false)
    let bytes = try world.store.settings(for: "ann", Veil()).almanac
    #expect(try Almanac(parsing: bytes) == world.store.almanac())
    let bad = try world.admin("PUT", path, body: ["year": 2027, "papers": [], "days": []])
    #expect(bad.status == 400 && bad.json["error"]?["code"] == "badCalendar")
    #expect(bad.json["error"]?["path"] == "$.days")
  }

  @Test func `only an admin sets it, and a manager reads it`() throws {
    let world = try worldOfTeams()
    let token = try #require(
      try world.store.addUser("max", role: .manager, team: nil, now: world.now))
    #expect(try world.admin("GET", "calendar", token: token).status == 200)
    for path in ["calendar", "calendar/holidays/import"] {
      let body: JSONValue = ["zone": "UTC"]
      #expect(try world.admin("PUT", path, body: body, token: token).status == 403)
    }
  }

  @Test func `the almanac is made anew while four years are left, once`() throws {
    let world = try World()
    try world.ask("PUT", "calendar", body: ["zone": "America/New_York"])
    let before = (world.store.settingsVersion, try world.store.almanac())
    try world.routes.tick()
    #expect(world.store.settingsVersion == before.0)
    world.clock.advance(seconds: 3 * 366 * 86_400)
    try world.routes.tick()
    #expect(world.store.settingsVersion == before.0 + 1)
    let made = try #require(try world.store.almanac())
    #expect(made != before.1 && !made.isRunningOut(at: world.now))
    try world.routes.tick()
    #expect(world.store.settingsVersion == before.0 + 1)
  }

  @Test func `a change that is taken back leaves the calendar that was`() throws {
    struct Stop: Error {}
    let world = try World()
    try world.ask("PUT", "calendar", body: ["zone": "Asia/Shanghai"])
    let version = world.store.settingsVersion
    #expect(throws: Stop.self) {
      try world.store.transaction {
        try world.store.setCalendar(CalendarSettings(zone: "Europe/Berlin"), at: world.now)
        #expect(try world.store.almanac()?.zoneName == "Europe/Berlin")
        throw Stop()
      }
    }
    #expect(world.store.settingsVersion == version)
    #expect(try world.store.almanac()?.zoneName == "Asia/Shanghai")
  }
}
