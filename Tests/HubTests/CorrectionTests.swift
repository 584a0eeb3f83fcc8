// A correction is the same happening, told once more: it counts in the place of what it corrects, for rules and
// for the times of contact, and what was said first stays on record.
//
// Facts are not taken back by those who wrote them: an administrator may void one, and then it counts no more.

import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct CorrectionTests {
  let world: World
  let ann: Laptop
  let acme: RecordID

  init() throws {
    world = try World()
    ann = try world.laptop("ann")
    let titles: JSONValue = ["en": "{text}", "zh": "{text}"]
    let complaint: JSONValue = [
      "id": "complaint", "version": 1, "on": "followUp",
      "trigger": ["followUp": ["contains": ["complaint"], "except": ["no complaint"]]],
      "do": [
        ["ticket": "complaint", "title": titles, "severity": "high", "queue": "service"],
        ["remind": "user:bob", "title": titles],
      ],
    ]
    try world.ask("PUT", "rules", body: ["version": 2, "rules": [complaint]])
    acme = ann.customer("Acme")
    try ann.sync()
  }

  private func follow(_ text: String, at moment: Moment? = nil, correcting old: RecordID? = nil)
    throws -> RecordID
  {
    world.clock.advance(seconds: 60)
    let id = world.identity()
    var values: [String: Value] = [
      "customer": .reference(acme), "text": .text(text), "occurredAt": .moment(moment ?? world.now),
    ]
    values["corrects"] = old.map { .reference($0) }
    ann.write(id, in: .followUp, values)
    return id
  }

  private func records(_ collection: String, _ condition: String? = nil) throws -> [JSONValue] {
    var query = ["collection": collection]
    query["where"] = condition
    return try #require(try world.ask("GET", "records", query)["records"]?.array)
      .compactMap { $0["fields"] }
  }

  private func open(_ collection: String) throws -> [String] {
    let state = collection == "ticket" ? "open" : "active"
    return try records(collection, "status = \(state)").compactMap {
      $0["title"]?.string.map { Titles(stored: $0).en }
    }
  }

  @Test(arguments: [true, false])
  func `a complaint that is corrected is one complaint`(inOneSync: Bool) throws {
    let first = try follow("complaint")
    if !inOneSync { try ann.sync() }
    let second = try follow("complaint, three boxes", correcting: first)
    if !inOneSync { try ann.sync() }
    _ = try follow("complaint, four boxes", correcting: second)
    try ann.sync()
    #expect(try records("ticket").count == 1)
    #expect(try records("reminder").count == 1)
    // Whoever is told reads what counts.
    #expect(try open("reminder") == ["complaint, four boxes"])
    // Another complaint is another one.
    _ = try follow("complaint, late")
    try ann.sync()
    #expect(try records("ticket").count == 2)
    #expect(try open("reminder").count == 2)
  }

  @Test func `corrected into praise it asks for nothing, and into a complaint it does`() throws {
    let first = try follow("complaint")
    try ann.sync()
    #expect(try open("ticket").count == 1)
    let praise = try follow("praise", correcting: first)
    try ann.sync()
    #expect(try open("ticket").isEmpty)
    #expect(try open("reminder").isEmpty)
    #expect(try records("ticket").map { $0["resolution"] } == ["its reason is gone"])
    _ = try follow("a complaint after all", correcting: praise)
    try ann.sync()
    #expect(try open("ticket").count == 1)
    #expect(try open("reminder") == ["a complaint after all"])
    #expect(try records("ticket").count == 1)
    // What was no complaint at first is one once.
    let fine = try follow("no complaint")
    _ = try follow("complaint about the bill", correcting: fine)
    try ann.sync()
    #expect(try records("ticket").count == 2)
  }

  @Test func `what is answered for stays answered for`() throws {
    let first = try follow("complaint")
    try ann.sync()
    let id = try #require(
      try world.ask("GET", "records", ["collection": "ticket"])["records"]?.array?.first?["id"])
    let ticket = try #require(id.string)
    try world.ask("POST", "records/\(ticket)/set", body: ["assignments": ["status=resolved"]])
    _ = try follow("praise", correcting: first)
    try ann.sync()
    #expect(try records("ticket").map { $0["status"] } == ["resolved"])
  }

  @Test func `when it was is corrected, too`() throws {
    let now = world.now
    func day(_ days: Int64) -> Moment { now.advanced(milliseconds: -days * 24 * 3_600_000) }
    func times() throws -> [Value] {
      ["firstFollowAt", "lastFollowAt"].map { name in
        ann.value(name, of: acme)
      }
    }
    _ = try follow("first", at: day(9))
    let last = try follow("last", at: day(1))
    try ann.sync()
    #expect(try times() == [.moment(day(9)), .moment(day(1))])
    let corrected = try follow("last", at: day(4), correcting: last)
    try ann.sync()
    try ann.sync()
    #expect(try times() == [.moment(day(9)), .moment(day(4))])
    // What comes after it does not bring the wrong day back.
    _ = try follow("between", at: day(6))
    _ = try follow("last", at: day(5), correcting: corrected)
    try ann.sync()
    try ann.sync()
    #expect(try times() == [.moment(day(9)), .moment(day(5))])
  }

  @Test func `a rep does not take a fact back, and an administrator voids it`() throws {
    let now = world.now
    let before = now.advanced(milliseconds: -3_600_000)
    _ = try follow("true", at: before)
    let fake = try follow("fake", at: now)
    try ann.sync()
    ann.delete(fake, in: .followUp)
    #expect(try ann.refusals().map(\.reason) == [.immutable])
    #expect(try world.fields(of: fake)["text"] == "fake")
    try world.ask("POST", "records/\(fake)/delete")
    try ann.sync()
    #expect(ann.base[fake] == nil)
    #expect(ann.value("lastFollowAt", of: acme) == .moment(before))
    // Nor does she bring it back.
    ann.write(fake, in: .followUp, ["lifecycle": Lifecycle.alive.value])
    #expect(try ann.refusals().isEmpty == false)
    #expect(ann.base[fake] == nil)
  }
}
