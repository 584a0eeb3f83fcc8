// When a customer goes back into the pool: the first day, the warnings, the countdown, and what a late
// follow-up proves.
//
// The company is in Shanghai, so that a day here is no day of UTC.

import FollowUp
import Notation
import SyncCore
import Testing

struct RecyclingTests {
  private static let almanac = Almanac(
    zoneName: "Asia/Shanghai", zone: .fixed(offsetSeconds: 8 * 3600))

  /// `10-01 23:59` of 2026, or of the year that is written, in Shanghai.
  private static func at(_ text: String) throws -> Moment {
    let full = text.count > 11 ? text : "2026-\(text)"
    return Moment(
      milliseconds: try #require(TimeText.parse(full, now: 0, zone: almanac.zone)))
  }

  private static func terms(_ text: String) throws -> Recycling {
    var json = try JSONValue(parsing: text)
    json["pool"] = "east"
    return try #require(Recycling(json))
  }

  private static func facts(
    assigned: String?, last: String? = nil, tier: String? = nil, stage: String? = nil,
    hasOpportunity: Bool = false, owner: String? = "ann"
  ) throws -> Recycling.Facts {
    var values = FieldValues()
    func put(_ name: String, _ value: Value?) throws {
      values[try #require(CollectionSchema.customer[name]).id] = value ?? .null
    }
    try put("owner", owner.map { .text($0) })
    try put("tier", tier.map { .text($0) })
    try put("stage", stage.map { .text($0) })
    try put("assignedAt", try assigned.map { .moment(try at($0)) })
    try put("lastFollowAt", try last.map { .moment(try at($0)) })
    let id = RecordID(high: UInt64(try at("01-01 00:00").milliseconds) << 16, low: 1)
    return Recycling.Facts(id: id, values: values, hasOpportunity: hasOpportunity)
  }

  private static func text(_ moment: Moment?) -> String? {
    moment.map {
      String(ISO8601.string(milliseconds: $0.milliseconds, in: almanac.zone).dropLast(9))
    }
  }

  @Test(arguments: ["10-01 00:00", "10-01 09:30", "10-01 23:59"])
  func `with a limit of 30 a customer of 10-01 goes by the job of 11-01, whatever the hour`(
    last: String
  ) throws {
    let terms = try Self.terms(#"{"after":{"*":30},"warn":[3,2,1]}"#)
    let facts = try Self.facts(assigned: "08-01 10:00", last: last)
    let term = try #require(terms.term(for: facts, in: Self.almanac))
    #expect(Self.text(term.deadline) == "2026-11-01T02:00")
    #expect(
      term.warnings.map { Self.text($0.at) } == [
        "2026-10-29T09:00", "2026-10-30T09:00", "2026-10-31T09:00",
      ])
    #expect(term.warnings.map(\.days) == [3, 2, 1])
    #expect(term.anchor == (try Self.at(last)) && term.reason == .silence && term.days == 30)
    let left = [
      ("10-25 00:00", 7), ("10-31 23:59", 1), ("11-01 00:00", 0), ("12-01 00:00", 0),
    ]
    for (now, days) in left {
      #expect(term.daysLeft(at: try Self.at(now), in: Self.almanac) == days, "\(now)")
    }
  }

  @Test func `the day is the company's, not the machine's`() throws {
    let terms = try Self.terms(#"{"after":{"*":30}}"#)
    // 00:30 in Shanghai is still the day before in UTC.
    let facts = try Self.facts(assigned: "10-02 00:30")
    #expect(Self.text(terms.term(for: facts, in: Self.almanac)?.deadline) == "2026-11-02T02:00")
    let day = LocalZone.utc.civilTime(
      atMilliseconds: try #require(terms.term(for: facts, in: .utc)).deadline.milliseconds)
    #expect(day.month == 11 && day.day == 1 && day.hour == 2)
  }

  @Test func `each tier has its days, and one that is not named the others'`() throws {
    let terms = try Self.terms(#"{"after":{"A":15,"B":30,"*":60}}"#)
    for (tier, goes) in [("A", "10-17"), ("B", "11-01"), ("C", "12-01"), (nil, "12-01")] {
      let facts = try Self.facts(assigned: "10-01 10:00", tier: tier)
      let term = terms.term(for: facts, in: Self.almanac)
      #expect(Self.text(term?.deadline) == "2026-\(goes)T02:00", "\(tier ?? "none")")
    }
    let named = try Self.terms(#"{"after":{"A":15}}"#)
    #expect(named.term(for: try Self.facts(assigned: "10-01 10:00"), in: Self.almanac) == nil)
  }

  @Test func `a customer that nobody ever followed up counts from its assignment, or its making`()
    throws
  {
    let terms = try Self.terms(#"{"after":{"*":30}}"#)
    let ledger = [
      (assigned: "10-01 10:00", last: nil, goes: "2026-11-01"),
      // An old follow-up of somebody before him does not count against him.
      (assigned: "10-01 10:00", last: "03-01 10:00", goes: "2026-11-01"),
      (assigned: nil, last: nil, goes: "2026-02-01"),
      (assigned: nil, last: "10-01 10:00", goes: "2026-11-01"),
    ]
    for row in ledger {
      let facts = try Self.facts(assigned: row.assigned, last: row.last)
      let term = terms.term(for: facts, in: Self.almanac)
      #expect(Self.text(term?.deadline) == "\(row.goes)T02:00", "\(row)")
    }
    let nobodys = try Self.facts(assigned: "10-01 10:00", owner: nil)
    #expect(terms.term(for: nobodys, in: Self.almanac) == nil)
  }

  @Test func `a protection that activity extends, with a hard end (P-24)`() throws {
    // Ten days, three more with each activity, twenty at most.
    let terms = try Self.terms(#"{"after":{"*":3},"protectDays":10,"holdDays":20,"warn":[]}"#)
    let claimed = "2019-03-25 10:00"
    // The last day on which it is protected.
    let ledger = [
      (nil, "04-04"), ("2019-03-28 10:00", "04-04"), ("2019-04-02 10:00", "04-05"),
      ("2019-04-05 10:00", "04-08"), ("2019-04-13 10:00", "04-14"),
    ]
    for (activity, ends) in ledger {
      let facts = try Self.facts(assigned: claimed, last: activity)
      let term = try #require(terms.term(for: facts, in: Self.almanac))
      let day = Self.almanac.day(of: term.deadline).advanced(by: -1)
      #expect("\(day)" == "2019-\(ends)", "\(activity ?? "none")")
    }
    // Dealt, it is nobody's to be taken for having been held long.
    let dealt = try Self.facts(assigned: claimed, last: "2019-04-13 10:00", stage: "签约")
    let term = try #require(terms.term(for: dealt, in: Self.almanac))
    #expect("\(Self.almanac.day(of: term.deadline))" == "2019-04-17")
  }

  @Test func `without a deal it goes however often it was visited, and a deal keeps it`() throws {
    let terms = try Self.terms(#"{"after":{"*":60},"withoutDealDays":90}"#)
    func term(stage: String?, _ hasOpportunity: Bool) throws -> RecycleTerm? {
      let facts = try Self.facts(
        assigned: "06-01 10:00", last: "08-20 10:00", stage: stage, hasOpportunity: hasOpportunity)
      return terms.term(for: facts, in: Self.almanac)
    }
    let without = try #require(try term(stage: "lost", false))
    #expect(without.reason == .withoutDeal && Self.text(without.deadline) == "2026-08-31T02:00")
    #expect(without.anchor == (try Self.at("06-01 10:00")))
    for (stage, hasOpportunity) in [(nil, true), ("won", false), ("回款", true), ("paid", false)] {
      let kept = try #require(try term(stage: stage, hasOpportunity))
      #expect(kept.reason == .silence && Self.text(kept.deadline) == "2026-10-20T02:00")
    }
  }

  @Test func `what is excluded never goes`() throws {
    let terms = try Self.terms(#"{"after":{"*":30},"exclude":"stage = won or tier = A"}"#)
    for (stage, tier, goes) in [
      ("签约", nil, false), (nil, "A", false), ("lead", "B", true), (nil, nil, true),
    ] {
      let facts = try Self.facts(assigned: "10-01 10:00", tier: tier, stage: stage)
      #expect((terms.term(for: facts, in: Self.almanac) != nil) == goes)
    }
  }

  @Test func `nothing goes before its owner could be warned of new terms`() throws {
    let since = try Self.at("10-10 15:00")
    let terms = try Self.terms(#"{"after":{"*":30},"since":\#(since.milliseconds)}"#)
    let neglected = try Self.facts(assigned: "01-05 10:00")
    #expect(Self.text(terms.term(for: neglected, in: Self.almanac)?.deadline) == "2026-10-11T02:00")
    let warned = try Self.terms(
      #"{"after":{"*":30},"warn":[3,1],"since":\#(since.milliseconds)}"#)
    let term = try #require(warned.term(for: neglected, in: Self.almanac))
    #expect(Self.text(term.deadline) == "2026-10-14T02:00")
    #expect(term.warnings.map { Self.text($0.at) } == ["2026-10-11T09:00", "2026-10-13T09:00"])
    let cared = try Self.facts(assigned: "01-05 10:00", last: "10-01 10:00")
    #expect(Self.text(warned.term(for: cared, in: Self.almanac)?.deadline) == "2026-11-01T02:00")
  }

  @Test func `terms of a newer program are not half understood`() throws {
    #expect(Recycling(["pool": "east"]) == nil)
    let unknown: JSONValue = ["pool": "east", "after": ["*": 1], "exclude": "colour = red"]
    #expect(Recycling(unknown) == nil)
  }

  // MARK: Late evidence

  @Test func `what a late follow-up proves`() throws {
    let recycled = Recycled(
      formerOwner: "ann", reason: .silence, days: 30, anchor: try Self.at("10-01 10:00"),
      deadline: try Self.at("11-01 02:00"), at: try Self.at("11-04 02:00"), graceDays: 1)
    struct Case {
      var author = "ann"
      var occurred: String
      var entered: String
      var isUntouched = true
      var now = "11-05 10:00"
      var outcome: LateEvidence.Outcome
    }
    let ledger = [
      Case(occurred: "10-29 10:00", entered: "10-29 10:05", outcome: .returns),
      Case(occurred: "11-01 01:59", entered: "11-01 01:59", outcome: .returns),
      // Entered by the deadline and the grace, to the millisecond.
      Case(occurred: "10-29 10:00", entered: "11-02 02:00", outcome: .returns),
      Case(occurred: "10-29 10:00", entered: "11-02 02:01", outcome: .dispute),
      Case(
        occurred: "10-29 10:00", entered: "10-29 10:05", isUntouched: false, outcome: .dispute),
      // Too late, or nothing new, or somebody else's.
      Case(occurred: "11-01 02:00", entered: "11-01 02:00", outcome: .nothing),
      Case(occurred: "10-01 10:00", entered: "10-01 10:00", outcome: .nothing),
      Case(occurred: "09-20 10:00", entered: "10-29 10:00", outcome: .nothing),
      Case(author: "bob", occurred: "10-29 10:00", entered: "10-29 10:00", outcome: .nothing),
      // Counted from that visit, its time was up when it went all the same.
      Case(occurred: "10-03 10:00", entered: "10-03 10:00", outcome: .nothing),
      Case(occurred: "10-04 10:00", entered: "10-04 10:00", outcome: .nothing),
      Case(
        occurred: "10-05 10:00", entered: "10-05 10:00", now: "11-04 10:00", outcome: .returns),
      // It was wrong then; by now its time would be up.
      Case(
        occurred: "10-05 10:00", entered: "10-05 10:00", now: "11-06 10:00", outcome: .dispute),
    ]
    for item in ledger {
      let evidence = LateEvidence(
        author: item.author, occurredAt: try Self.at(item.occurred),
        enteredAt: try Self.at(item.entered))
      let outcome = evidence.outcome(
        for: recycled, isUntouched: item.isUntouched, at: try Self.at(item.now), in: Self.almanac)
      #expect(outcome == item.outcome, "\(item)")
    }
    var other = recycled
    other.reason = .withoutDeal
    let visit = LateEvidence(
      author: "ann", occurredAt: try Self.at("10-29 10:00"),
      enteredAt: try Self.at("10-29 10:00"))
    #expect(
      visit.outcome(for: other, isUntouched: true, at: other.at, in: Self.almanac) == .nothing)
  }
}
