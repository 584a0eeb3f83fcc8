// Rules that are alternatives to each other: the first one that asks for anything is asked alone, and a rule
// says why it was not.
//
// One customer, one moment, and books of a few lines: a table of who is asked.

import FollowUp
import Notation
import SyncCore
import Testing

@Suite struct RuleGroupTests {
  static let now = Moment(milliseconds: 1_764_000_000_000)
  static let context = RuleContext(almanac: Almanac(zoneName: "", zone: .utc))

  private func facts(tier: String?, region: String? = nil) -> CustomerFacts {
    let schema = CollectionSchema.customer
    var values = FieldValues()
    func set(_ name: String, _ value: Value) {
      if let field = schema[name] { values[field.id] = value }
    }
    set("name", .text("Acme"))
    set("owner", .text("ann"))
    set("assignedAt", .moment(Self.now))
    if let tier { set("tier", .text(tier)) }
    if let region { set("region", .text(region)) }
    return CustomerFacts(
      record: ULID(milliseconds: UInt64(Self.now.milliseconds), randomHigh: 0, randomLow: 1),
      values: values)
  }

  private static func rule(_ id: String, _ condition: String?, group: String?, days: Int)
    -> JSONValue
  {
    var rule: JSONValue = [
      "id": .string(id), "version": 1, "on": "customer", "trigger": ["silence": [:]],
      "steps": [
        [
          "after": .string("\(days)d"),
          "do": [["remind": "owner", "title": ["en": .string(id), "zh": .string(id)]]],
        ]
      ],
    ]
    if let condition { rule["where"] = .string(condition) }
    if let group { rule["group"] = .string(group) }
    return rule
  }

  private static func book(_ rules: [JSONValue]) throws -> RuleBook {
    let text = JSONValue.object(["version": 2, "rules": .array(rules)]).text()
    return try RuleBook(parsing: Array(text.utf8), schema: .followUp)
  }

  private static let rhythm = [
    rule("key", "tier = A", group: "rhythm", days: 7),
    rule("coast", "region in (江苏, 浙江)", group: "rhythm", days: 14),
    rule("other", nil, group: "rhythm", days: 30),
    rule("always", nil, group: nil, days: 1),
  ]

  private func asked(_ book: RuleBook, _ facts: CustomerFacts) -> [String] {
    book.effects(for: facts, within: RuleBook.window(at: Self.now), Self.context).map(\.rule.id)
  }

  @Test func `the first rule of a group that fits is the only one of it`() throws {
    let book = try Self.book(Self.rhythm)
    #expect(asked(book, facts(tier: "A", region: "江苏")) == ["key", "always"])
    #expect(asked(book, facts(tier: "B", region: "江苏")) == ["coast", "always"])
    #expect(asked(book, facts(tier: "B")) == ["other", "always"])
    // The order of the book is their priority.
    let turned = try Self.book(Self.rhythm.reversed())
    #expect(asked(turned, facts(tier: "A", region: "江苏")) == ["always", "other"])
  }

  @Test func `each rule says whether it applies, and which one does instead`() throws {
    let book = try Self.book(Self.rhythm)
    func verdicts(_ facts: CustomerFacts) -> [RuleExplanation.Verdict] {
      book.explanations(of: facts, at: Self.now, knowsEvents: false, Self.context).map(\.verdict)
    }
    #expect(
      verdicts(facts(tier: "A", region: "江苏"))
        == [.applies, .givesWay(to: "key"), .givesWay(to: "key"), .applies])
    #expect(
      verdicts(facts(tier: "B", region: "江苏"))
        == [.condition, .applies, .givesWay(to: "coast"), .applies])
    let first = try #require(
      book.explanations(of: facts(tier: "B"), at: Self.now, knowsEvents: false, Self.context).first)
    let json = first.json(in: .utc)
    #expect(json["verdict"] == "condition" && json["group"] == "rhythm")
    #expect(json["conditions"]?.array?.first?["value"] == "B")
    #expect(first.json(in: .utc) { _ in true }["conditions"]?.array?.first?["value"] == "hidden")
  }

  @Test func `what only the hub knows is said to be so`() throws {
    let book = try Self.book([
      [
        "id": "vip", "version": 1, "on": "customer", "trigger": ["tagged": "VIP"],
        "do": [["set": "tier", "to": "A"]],
      ],
      [
        "id": "deal", "version": 1, "on": "opportunity", "trigger": ["created": [:]],
        "do": [["raise": "priority"]],
      ],
      [
        "id": "left", "version": 1, "on": "customer", "trigger": ["enters": ["stage": "lost"]],
        "do": [["set": "tier", "to": "C"]],
      ],
    ])
    func verdicts(_ knowsEvents: Bool) -> [RuleExplanation.Verdict] {
      book.explanations(of: facts(tier: nil), at: Self.now, knowsEvents: knowsEvents, Self.context)
        .map(\.verdict)
    }
    // Of a customer without deals the second says nothing at all.
    #expect(verdicts(false) == [.unknown, .noOccasion])
    #expect(verdicts(true) == [.noOccasion, .noOccasion])
  }

  @Test func `alternatives are about the same thing`() throws {
    let other: JSONValue = [
      "id": "x", "version": 1, "on": "opportunity", "group": "rhythm", "trigger": ["created": [:]],
      "do": [["raise": "priority"]],
    ]
    let late: JSONValue = [
      "id": "x", "version": 1, "on": "customer", "group": "rhythm", "trigger": ["assigned": [:]],
      "do": [["set": "tier", "to": "A"]],
    ]
    for (rule, path) in [(other, "$.rules[1].on"), (late, "$.rules[1].trigger")] {
      do {
        _ = try Self.book([Self.rhythm[0], rule])
        Issue.record("taken")
      } catch let error as RuleError {
        #expect(error.path == path)
      }
    }
  }
}
