// When a neglect is certain, and when it only seems so: visits that have yet to take place, laptops that have not
// been heard of, clocks that are behind.
//
// One rule about silence and one about the first contact. Time moves only by `clock.advance`.

import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct SilenceTests {
  let world: World
  let ann: Laptop
  static let day: Int64 = 24 * 3600

  init() throws {
    world = try World()
    let silence: JSONValue = [
      "id": "silence", "version": 1, "on": "customer", "trigger": ["silence": [:]],
      "steps": [
        [
          "after": "5d",
          "do": [["remind": "owner", "cc": ["user:eve"], "title": ["en": "Silent", "zh": "无跟进"]]],
        ]
      ],
    ]
    let first: JSONValue = [
      "id": "first", "version": 1, "on": "customer", "trigger": ["assigned": [:]],
      "steps": [
        ["after": "24h", "do": [["remind": "owner", "title": ["en": "First", "zh": "首次"]]]]
      ],
    ]
    try world.ask("PUT", "rules", body: ["version": 2, "rules": [silence, first]])
    ann = try world.laptop("ann")
  }

  private func pass(days: Int64) throws {
    world.clock.advance(seconds: days * SilenceTests.day)
    try world.routes.tick()
    try world.checkItself()
  }

  /// Active ones of a rule that are due: `user unconfirmed`.
  private func due(_ rule: String = "silence") throws -> [String] {
    let found = try world.ask(
      "GET", "records", ["collection": "reminder", "where": "rule = \(rule) and status = active"])
    let all: [JSONValue] = try #require(found["records"]?.array).compactMap { $0["fields"] }
    var due: [String] = []
    for fields in all {
      guard let text = fields["dueAt"]?.string, let at = ISO8601.parse(text, zone: .utc),
        at <= world.now.milliseconds, fields["step"] != "takenBack"
      else { continue }
      let isCertain = fields["unconfirmed"]?.string == nil
      due.append((fields["user"]?.string ?? "") + (isCertain ? " " : " ?"))
    }
    return due.sorted()
  }

  private func visit(_ customer: RecordID, at moment: Moment) {
    ann.write(
      world.identity(), in: .followUp,
      ["customer": .reference(customer), "occurredAt": .moment(moment), "text": .text("met")])
  }

  @Test func `a visit that is dated ahead quiets nothing before its day`() throws {
    let id = ann.customer("Acme")
    try ann.sync()
    let coming = world.now.advanced(milliseconds: 8 * SilenceTests.day * 1000)
    ann.edit([
      ann.change(
        world.identity(), in: .followUp,
        ["customer": .reference(id), "occurredAt": .moment(coming), "text": .text("to come")]),
      ann.change(id, ["lastFollowAt": .moment(coming), "firstFollowAt": .moment(coming)]),
    ])
    try ann.sync()
    #expect(try world.fields(of: id)["lastFollowAt"]?.string == nil)
    #expect(try world.fields(of: id)["firstFollowAt"]?.string == nil)
    try pass(days: 6)
    try ann.sync()
    try pass(days: 0)
    #expect(try due().count == 2)
    // On its day it took place, though nobody writes anything.
    try pass(days: 2)
    #expect(try due().isEmpty)
    let text = ISO8601.string(milliseconds: coming.milliseconds, in: .utc)
    #expect(try world.fields(of: id)["lastFollowAt"] == .string(text))
  }

  @Test func `a visit by a clock that runs ahead counts as of now`() throws {
    let id = ann.customer("Acme")
    try ann.sync()
    let ahead = world.now.advanced(milliseconds: 2 * SilenceTests.day * 1000)
    ann.write(
      ULID(moment: ahead, using: &world.random), in: .followUp,
      ["customer": .reference(id), "occurredAt": .moment(ahead), "text": .text("met")])
    try ann.sync()
    let text = ISO8601.string(milliseconds: world.now.milliseconds, in: .utc)
    #expect(try world.fields(of: id)["lastFollowAt"] == .string(text))
  }

  @Test func `a visit that is dated ahead does not keep a customer out of the pool`() throws {
    try world.ask(
      "POST", "pools",
      body: ["name": "east", "recycle": ["after": ["*": 5], "warn": [1], "maxWaitDays": 3]])
    let id = ann.customer("Acme")
    try ann.sync()
    visit(id, at: world.now.advanced(milliseconds: 20 * SilenceTests.day * 1000))
    try ann.sync()
    for _ in 0..<7 {
      try pass(days: 1)
      try ann.sync()
    }
    try pass(days: 0)
    #expect(try world.fields(of: id)["pool"] == "east")
  }

  @Test func `silence is unconfirmed while a laptop has not been heard of since it began`() throws {
    let id = ann.customer("Acme")
    try ann.sync()
    try pass(days: 1)
    // Somebody else noted a visit: the silence begins now, and ann's laptop was last heard of before.
    let eve = try world.laptop("eve")
    try eve.sync()
    eve.write(
      world.identity(), in: .followUp,
      ["customer": .reference(id), "occurredAt": .moment(world.now), "text": .text("met")])
    try eve.sync()
    try pass(days: 6)
    #expect(try due() == ["ann ", "eve ?"])
    // Heard of, and it brings nothing: it is certain.
    try ann.sync()
    try pass(days: 1)
    #expect(try due() == ["ann ", "eve "])
  }

  @Test func `a laptop that was heard of before the deadline may hold a visit since`() throws {
    let id = ann.customer("Acme")
    try ann.sync()
    try pass(days: 1)
    // After the silence began, and long before it was due.
    try ann.sync()
    try ann.sync()
    try pass(days: 1)
    visit(id, at: world.now)
    try pass(days: 3)
    #expect(try due() == ["ann ", "eve ?"])
    try ann.sync()
    #expect(try due().isEmpty)
  }

  @Test func `what was said to be unconfirmed goes with the evidence`() throws {
    let id = ann.customer("Acme")
    try ann.sync()
    world.clock.advance(seconds: 60)
    try world.assign(id, to: "ann")
    try pass(days: 1)
    visit(id, at: world.now)
    world.clock.advance(seconds: 3600)
    try pass(days: 4)
    #expect(try due() == ["ann ", "eve ?"])
    try ann.sync()
    #expect(try due().isEmpty)
  }

  @Test(arguments: [true, false])
  func `a customer made by a clock that is behind is as old as it is`(saysWhen: Bool) throws {
    try pass(days: 10)
    let behind = world.now.advanced(milliseconds: -3 * SilenceTests.day * 1000)
    let id = ULID(moment: behind, using: &world.random)
    var values: [String: Value] = ["name": .text("Acme"), "owner": .text("ann")]
    if saysWhen { values["assignedAt"] = .moment(behind) } else { values["owner"] = nil }
    ann.write(id, values)
    var request = ann.request()
    request.clock = behind
    _ = try ann.send(request)
    let text = ISO8601.string(milliseconds: world.now.milliseconds, in: .utc)
    #expect(try world.fields(of: id)["assignedAt"] == .string(text))
    #expect(try due("first").isEmpty)
  }

  @Test func `what was written before a laptop was last heard of would have come then`() throws {
    // Its clock is right again when it syncs; the customer was made while it was two days behind.
    try pass(days: 10)
    try ann.sync()
    try ann.sync()
    let heard = world.now
    world.clock.advance(seconds: 3600)
    let id = ULID(
      moment: world.now.advanced(milliseconds: -2 * SilenceTests.day * 1000), using: &world.random)
    ann.write(id, ["name": .text("Acme")])
    try ann.sync()
    let text = ISO8601.string(milliseconds: heard.milliseconds, in: .utc)
    #expect(try world.fields(of: id)["assignedAt"] == .string(text))
  }

  @Test func `what was meant to be of long ago stays so`() throws {
    try pass(days: 10)
    let assigned = world.now.advanced(milliseconds: -9 * SilenceTests.day * 1000)
    let id = ann.customer("Acme", ["owner": .text("ann"), "assignedAt": .moment(assigned)])
    try ann.sync()
    let text = ISO8601.string(milliseconds: assigned.milliseconds, in: .utc)
    #expect(try world.fields(of: id)["assignedAt"] == .string(text))
  }
}
