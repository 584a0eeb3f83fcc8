// What comes round by the calendar: one open, none lost, none behind.
//
// The days begin at midnight UTC, and the clock of the world stands at four in the afternoon. Time moves
// only by `clock.advance`.

import FollowUp
import Notation
import SyncCore
import Testing

@testable import Hub

@Suite struct RecurringTests {
  let world: World
  let ann: Laptop
  static let hour: Int64 = 3600

  init() throws {
    world = try World()
    ann = try world.laptop("ann")
  }

  private static func daily(_ action: JSONValue, where condition: String? = nil) -> JSONValue {
    var rule: JSONValue = [
      "id": "daily", "version": 1, "on": "customer",
      "trigger": ["every": ["at": "09:00", "days": "all"]], "do": [action],
    ]
    rule["where"] = condition.map { .string($0) }
    return rule
  }

  private static let task: JSONValue = ["task": "check", "title": ["en": "Check", "zh": "检查"]]
  private static let reminder: JSONValue = [
    "remind": "owner", "title": ["en": "Look", "zh": "看看"],
  ]

  private func apply(_ rule: JSONValue) throws {
    try world.ask("PUT", "rules", body: ["version": 2, "rules": [rule]])
  }

  private func pass(hours: Int64) throws {
    for _ in 0..<hours {
      world.clock.advance(seconds: RecurringTests.hour)
      try world.routes.tick()
    }
    try world.routes.tick()
  }

  private func records(_ collection: String, _ condition: String) throws -> [JSONValue] {
    let query = ["collection": collection, "where": condition]
    return try #require(try world.ask("GET", "records", query)["records"]?.array)
  }

  private func due(_ records: [JSONValue]) -> [String] {
    records.compactMap { $0["fields"]?["dueAt"]?.string }.sorted()
  }

  private func dueReminders() throws -> [String] {
    let now = ISO8601.string(milliseconds: world.now.milliseconds, in: .utc)
    return due(try records("reminder", "status = active and response is empty and dueAt <= \(now)"))
  }

  @Test func `a customer made today has its first day tomorrow`() throws {
    try apply(RecurringTests.daily(RecurringTests.task))
    _ = ann.customer("Acme")
    try ann.sync()
    try world.routes.tick()
    #expect(try records("task", "status = open").isEmpty)
    try pass(hours: 17)
    #expect(due(try records("task", "status = open")) == ["2025-11-25T09:00:00+00:00"])
  }

  @Test func `a rule that came into force today has nothing of yesterday`() throws {
    _ = ann.customer("Acme")
    try ann.sync()
    world.clock.advance(seconds: 72 * RecurringTests.hour)
    try apply(RecurringTests.daily(RecurringTests.task))
    try world.routes.tick()
    #expect(try records("task", "status = open").isEmpty)
  }

  @Test func `what was not done stays, and no other comes beside it`() throws {
    try apply(RecurringTests.daily(RecurringTests.task))
    _ = ann.customer("Acme")
    try ann.sync()
    try pass(hours: 10 * 24)
    #expect(due(try records("task", "status = open")) == ["2025-11-25T09:00:00+00:00"])
    #expect(try records("task", "status = cancelled").isEmpty)
  }

  @Test func `once it is done the next day brings the next one, and not the days between`() throws {
    try apply(RecurringTests.daily(RecurringTests.task))
    _ = ann.customer("Acme")
    try ann.sync()
    try pass(hours: 4 * 24)
    try ann.sync()
    let id = try #require(try records("task", "status = open").first?["id"]?.string)
    let task = try #require(ULID(id))
    ann.write(task, in: .task, ["status": .text("done"), "doneAt": .moment(world.now)])
    try ann.sync()
    try world.routes.tick()
    #expect(try records("task", "status = open").isEmpty)
    try pass(hours: 17)
    #expect(due(try records("task", "status = open")) == ["2025-11-29T09:00:00+00:00"])
  }

  @Test func `what was done in time and is synced late keeps the day after it`() throws {
    try apply(RecurringTests.daily(RecurringTests.task))
    _ = ann.customer("Acme")
    try ann.sync()
    try pass(hours: 20)
    try ann.sync()
    let task = try #require(
      try records("task", "status = open").first?["id"]?.string.flatMap { ULID($0) })
    ann.write(task, in: .task, ["status": .text("done"), "doneAt": .moment(world.now)])
    try pass(hours: 24)
    try ann.sync()
    #expect(due(try records("task", "status = open")) == ["2025-11-26T09:00:00+00:00"])
  }

  @Test func `a reminder that was done in time and is synced late keeps the day after it`() throws {
    try apply(RecurringTests.daily(RecurringTests.reminder))
    _ = ann.customer("Acme")
    try ann.sync()
    try pass(hours: 20)
    try ann.sync()
    for day in 25...28 {
      #expect(try dueReminders() == ["2025-11-\(day)T09:00:00+00:00"])
      let open = try records("reminder", "status = active and dueAt < 2025-11-\(day + 1)")
        .filter { $0["fields"]?["response"] == nil }
      let id = try #require(open.first?["id"]?.string.flatMap { ULID($0) })
      ann.write(id, in: .reminder, ["response": .text("done")])
      try pass(hours: 24)
      #expect(try dueReminders() == ["2025-11-\(day)T09:00:00+00:00"])
      try ann.sync()
    }
    #expect(try dueReminders() == ["2025-11-29T09:00:00+00:00"])
  }

  @Test func `it goes when its condition does not hold any more`() throws {
    try apply(RecurringTests.daily(RecurringTests.task, where: "tags contains 高价值"))
    let id = ann.customer("Acme")
    try ann.sync()
    let set = { (text: String) in
      _ = try world.ask("POST", "records/\(id)/set", body: ["assignments": [.string(text)]])
    }
    try set("tags+=高价值")
    try pass(hours: 3 * 24)
    #expect(try records("task", "status = open").count == 1)
    try set("tags-=高价值")
    #expect(try records("task", "status = open").isEmpty)
  }

  @Test func `one reminder is open, the first that is not done`() throws {
    try apply(RecurringTests.daily(RecurringTests.reminder))
    _ = ann.customer("Acme")
    try ann.sync()
    try world.routes.tick()
    #expect(try dueReminders().isEmpty)
    try pass(hours: 4 * 24)
    #expect(try dueReminders() == ["2025-11-25T09:00:00+00:00"])
    // Those of the days to come are on the laptop ahead of their time.
    #expect(try records("reminder", "status = active").count > 10)
  }

  @Test func `a reminder that is done takes along the days that came meanwhile`() throws {
    try apply(RecurringTests.daily(RecurringTests.reminder))
    _ = ann.customer("Acme")
    try ann.sync()
    try pass(hours: 4 * 24)
    try ann.sync()
    let open = try records("reminder", "status = active and dueAt < 2025-11-26")
    let id = try #require(open.first?["id"]?.string.flatMap { ULID($0) })
    ann.write(id, in: .reminder, ["response": .text("done")])
    try ann.sync()
    try world.routes.tick()
    #expect(try dueReminders().isEmpty)
    try pass(hours: 17)
    #expect(try dueReminders() == ["2025-11-29T09:00:00+00:00"])
  }
}
