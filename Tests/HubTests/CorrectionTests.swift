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
}
