// A contact's run through a sequence: what ends it, and what a pause does to its steps.
//
// Moments are hours from a fixed one, so every case is one line.

import FollowUp
import Notation
import SyncCore
import Testing

@Suite struct SequenceTests {
  static let start: Int64 = 1_764_000_000_000
  static let customer = id(at: 0, 1)
  static let li = id(at: 0, 2)
  static let wu = id(at: 0, 3)

  private static func moment(_ hours: Int64) -> Moment {
    Moment(milliseconds: start + hours * 3_600_000)
  }

  private static func id(at hours: Int64, _ number: UInt64) -> RecordID {
    ULID(
      milliseconds: UInt64(start + hours * 3_600_000), randomHigh: 0, randomLow: number)
  }

  private static func values(
    _ schema: CollectionSchema, _ values: [String: Value]
  ) -> FieldValues {
    var found = FieldValues()
    for (name, value) in values {
      if let field = schema[name] { found[field.id] = value }
    }
    return found
  }

  private func plan(with contact: RecordID?, _ more: [String: Value] = [:]) -> FieldValues {
    let beginning = SequenceRun.beginning(
      "新客7天", with: contact, of: Self.customer, by: "ann", at: Self.moment(0))
    return Self.values(.plan, beginning.merging(more) { _, new in new })
  }

  private func run(with contact: RecordID?, _ more: [String: Value] = [:]) throws -> SequenceRun {
    try #require(SequenceRun(Self.id(at: 0, 9), plan(with: contact, more)))
  }

  @Test func `a plan of another kind is no sequence`() {
    for channel in [Value.null, .text("call")] {
      #expect(SequenceRun(Self.li, plan(with: nil, ["channel": channel])) == nil)
    }
    #expect(ContactPlan(plan(with: nil), made: Self.moment(0)) == nil)
    #expect(ContactPlan(plan(with: nil, ["channel": .text("call")]), made: Self.moment(0)) != nil)
  }

  /// Hours after the beginning, whose it is, and whether it ends the run with Li.
  @Test(arguments: [
    ("meeting", 1, true, true), ("visit", 1, true, true), ("event", 1, true, true),
    ("call", 1, true, false), ("mail", 1, true, false), ("wechat", 1, true, false),
    ("visit", -1, true, false), ("visit", 1, false, false), ("visit", 0, true, true),
  ])
  func `a meeting with him ends it, a call of ours does not`(
    channel: String, hours: Int, isHis: Bool, ends: Bool
  ) throws {
    let at = Self.moment(Int64(hours))
    let followUp = Self.values(
      .followUp,
      [
        "channel": .text(channel), "occurredAt": .moment(at),
        "contact": .reference(isHis ? Self.li : Self.wu),
      ])
    let moment = try run(with: Self.li).end(
      by: Self.id(at: 2, 4), in: CollectionSchema.followUp.id, followUp)
    #expect(moment == (ends ? at : nil))
  }

  /// How it came, from whom, hours after the beginning.
  @Test(arguments: [
    ("mail", "in", 1, true, true), ("call", "in", 1, true, true), ("wechat", "in", 0, true, true),
    ("mail", "out", 1, true, false), ("mail", "in", -1, true, false),
    ("mail", "in", 1, false, false),
  ])
  func `whatever comes from him ends it`(
    channel: String, direction: String, hours: Int, isHis: Bool, ends: Bool
  ) throws {
    let at = Self.moment(Int64(hours))
    let followUp = Self.values(
      .followUp,
      [
        "channel": .text(channel), "direction": .text(direction), "occurredAt": .moment(at),
        "contact": .reference(isHis ? Self.li : Self.wu),
      ])
    let moment = try run(with: Self.li).end(
      by: Self.id(at: 2, 4), in: CollectionSchema.followUp.id, followUp)
    #expect(moment == (ends ? at : nil))
  }

  @Test func `what a customer says ends it, if it may be his`() throws {
    func ends(_ contact: RecordID?, said person: RecordID?) throws -> Bool {
      let said = Self.values(.feedback, ["contact": person.map { .reference($0) } ?? .null])
      return try run(with: contact).end(
        by: Self.id(at: 1, 4), in: CollectionSchema.feedback.id, said) != nil
    }
    #expect(try ends(Self.li, said: Self.li))
    #expect(try ends(Self.li, said: nil))
    #expect(try ends(nil, said: Self.wu))
    #expect(try !ends(Self.li, said: Self.wu))
    let over = try run(with: nil, ["status": .text("cancelled")])
    #expect(over.end(by: Self.id(at: 1, 4), in: CollectionSchema.feedback.id, FieldValues()) == nil)
  }

  @Test func `a pause of any length leaves what was left`() throws {
    let begun = try run(with: Self.li)
    #expect(begun.resumed(at: Self.moment(1)) == nil)
    let held = try run(with: Self.li, try #require(begun.paused(at: Self.moment(48))))
    #expect(held.isOpen && held.pausedAt == Self.moment(48))
    #expect(held.paused(at: Self.moment(50)) == nil)
    let resumed = try #require(held.resumed(at: Self.moment(240)))
    #expect(resumed["startsAt"] == .moment(Self.moment(192)))
    // A clock that was set back takes no time away.
    #expect(held.resumed(at: Self.moment(40))?["startsAt"] == .moment(Self.moment(0)))
    let again = try run(with: Self.li, resumed.merging(["until": .null]) { old, _ in old })
    #expect(again.pausedAt == nil && again.isOpen)
  }

  @Test func `steps that are begun stay due, and later ones wait`() throws {
    let rule: JSONValue = [
      "id": "steps", "version": 1, "on": "plan", "trigger": ["date": ["field": "startsAt"]],
      "where": "channel = sequence and topic = 新客7天 and status in (notStarted, running)",
      "repeat": "once",
      "steps": [
        ["after": "24h", "do": [["task": "x", "title": ["en": "a", "zh": "a"]]]],
        ["after": "72h", "do": [["task": "x", "title": ["en": "b", "zh": "b"]]]],
      ],
    ]
    let text = JSONValue.object(["version": 2, "rules": .array([rule])]).text()
    let book = try RuleBook(parsing: Array(text.utf8), schema: .followUp)
    func effects(_ more: [String: Value]) -> [Effect] {
      let record = FactRecord(
        id: Self.id(at: 0, 9), collection: CollectionSchema.plan.id,
        values: plan(with: Self.li, more))
      let facts = CustomerFacts(record: Self.customer, values: FieldValues(), records: [record])
      return book.effects(
        for: facts, within: RuleBook.window(at: Self.moment(0)),
        RuleContext(almanac: Almanac(zoneName: "", zone: .utc)))
    }
    #expect(effects([:]).map(\.dueAt) == [Self.moment(24), Self.moment(72)])
    let begun = try run(with: Self.li)
    let pause = try #require(begun.paused(at: Self.moment(48)))
    let held = effects(pause)
    #expect(held.first?.dueAt == Self.moment(24))
    #expect(try #require(held.last).dueAt > Self.moment(1_000_000))
    let resumed = try #require(run(with: Self.li, pause).resumed(at: Self.moment(240)))
    let after = effects(resumed)
    #expect(after.map(\.dueAt) == [Self.moment(216), Self.moment(264)])
    // Whatever the clock did, a step is the step it was.
    #expect(Set(after.map(\.identityParts)) == Set(effects([:]).map(\.identityParts)))
    #expect(effects(SequenceRun.ended("done", at: Self.moment(50))).isEmpty)
    #expect(book.hasSequence(named: "新客7天", at: Self.moment(0)))
    #expect(!book.hasSequence(named: "新客8天", at: Self.moment(0)))
  }
}
