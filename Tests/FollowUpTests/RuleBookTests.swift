// The rule language: what is read, and every fault with its place.
//
// The ledger of faults goes through the keys of a rule in the order in which they are checked;
// every one is a good rule with a single member replaced.

import FollowUp
import Notation
import SyncCore
import Testing

struct RuleBookTests {
  /// A good rule with some members replaced; nil takes one away.
  static func book(_ changes: [(String, JSONValue?)] = [], version: JSONValue = 1) -> [UInt8] {
    var rule: JSONValue = [
      "id": "r", "version": 1, "on": "customer", "trigger": ["silence": ["longerThan": "5d"]],
      "remind": "owner", "strength": "strong", "title": ["en": "Call {name}", "zh": "联系 {name}"],
    ]
    for (key, value) in changes { rule[key] = value }
    return JSONValue.object(["version": version, "rules": [rule]]).bytes()
  }

  static func error(_ bytes: [UInt8]) -> RuleError? {
    do {
      _ = try RuleBook(parsing: bytes, schema: .followUp)
      return nil
    } catch { return error }
  }

  @Test func `two rules are shipped`() throws {
    #expect(RuleBook.shipped.rules.map(\.id) == ["first-contact", "high-value-silence"])
    let silence = try #require(RuleBook.shipped["high-value-silence"])
    #expect(silence.trigger == .silence)
    let days = try #require(Delay("5d"))
    #expect(silence.steps.map(\.timing.shift) == [.after(days)])
    guard case .remind(let notice)? = silence.steps[0].actions.first else {
      Issue.record("it reminds of nothing")
      return
    }
    #expect(notice.strength == .strong && notice.recipients == [.owner])
    #expect(
      RuleBook.shipped.customerFields.contains(try #require(CollectionSchema.customer["tags"]).id))
    #expect(RuleBook.shipped["other"] == nil)
  }

  @Test func `a fault names rule, place and what is allowed`() {
    let condition = QueryError(.unknownField("x"), column: 1, expected: [])
    let ledger: [(change: (String, JSONValue?), problem: RuleError.Problem, path: String)] = [
      (("id", nil), .missing(key: "id"), ""),
      (("id", "No Spaces"), .notAllowed("No Spaces"), ".id"),
      (("id", ""), .notAllowed(""), ".id"),
      (("id", 5), .wrongKind, ".id"),
      (("when", "now"), .unknownKey("when"), ".when"),
      (("version", 0), .notAllowed("0"), ".version"),
      (("version", "1"), .wrongKind, ".version"),
      (("on", "contact"), .notAllowed("contact"), ".on"),
      (("on", "deal"), .notAllowed("deal"), ".on"),
      (("trigger", ["event": [:]]), .unknownKey("event"), ".trigger.event"),
      (("trigger", [:]), .missing(key: "assigned | silence"), ".trigger"),
      (
        ("trigger", ["silence": ["longerThan": "5d"], "assigned": ["within": "1h"]]),
        .unknownKey("silence"), ".trigger"
      ),
      (("trigger", ["silence": [:]]), .missing(key: "longerThan"), ".trigger.silence"),
      (
        ("trigger", ["silence": ["within": "5d"]]), .unknownKey("within"), ".trigger.silence.within"
      ),
      (
        ("trigger", ["silence": ["longerThan": "soon"]]), .badTimeSpan("soon"),
        ".trigger.silence.longerThan"
      ),
      (("where", "lastFollowAt < -5d"), .conditionDependsOnTime, ".where"),
      (("where", "updatedAt is empty"), .conditionDependsOnTime, ".where"),
      (("where", 5), .wrongKind, ".where"),
      (("where", "x = 5"), .badCondition(condition), ".where"),
      (("remind", "boss"), .notAllowed("boss"), ".remind"),
      (("strength", "loud"), .notAllowed("loud"), ".strength"),
      (("title", "Call"), .wrongKind, ".title"),
      (("title", ["en": "Call"]), .missing(key: "zh"), ".title"),
      (("title", ["en": "", "zh": "x"]), .notAllowed(""), ".title.en"),
      (("title", ["en": "{x}", "zh": "x"]), .unknownPlaceholder("x"), ".title"),
      (
        ("title", ["en": "x", "zh": "{lastFollowAt}"]), .unknownPlaceholder("lastFollowAt"),
        ".title"
      ),
    ]
    for (change, problem, path) in ledger {
      let error = RuleBookTests.error(RuleBookTests.book([change]))
      if case .badCondition(let found)? = error?.problem {
        #expect(found.problem == .unknownField("x"))
        #expect(error?.allowed.contains("name") == true)
      } else {
        #expect(error?.problem == problem, "\(change): \(String(describing: error))")
      }
      #expect(error?.path == "$.rules[0]" + path, "\(change)")
      #expect(error?.rule == (change.0 == "id" ? nil : "r"), "\(change)")
      #expect(error?.line == 1 && error?.column != nil, "\(change)")
    }
  }

  @Test func `faults outside of any rule are told too`() {
    #expect(RuleBookTests.error(RuleBookTests.book(version: 3))?.problem == .notAllowed("3"))
    #expect(RuleBookTests.error(Array("[]".utf8))?.problem == .wrongKind)
    #expect(RuleBookTests.error(Array("{}".utf8))?.problem == .missing(key: "version"))
    #expect(
      RuleBookTests.error(Array(#"{"version":1,"rules":[],"x":1}"#.utf8))?.path == "$.x")
    let broken = RuleBookTests.error(Array("{\n  oops".utf8))
    #expect(broken?.line == 2)
    #expect(broken?.column == 3)
    let many = JSONValue.object([
      "version": 1, "rules": .array(Array(repeating: 1, count: RuleBook.rulesMax + 1)),
    ])
    #expect(RuleBookTests.error(many.bytes())?.path == "$.rules")
  }

  @Test func `a fault is found again in a file that people laid out`() throws {
    var text = RuleBook.shippedText
    text.replace("longerThan\": \"5d", with: "longerThan\": \"5 days")
    let error = try #require(RuleBookTests.error(Array(text.utf8)))
    #expect(error.rule == "high-value-silence")
    #expect(error.path == "$.rules[1].trigger.silence.longerThan")
    #expect(error.line == 17)
    #expect(error.column == 45)
    #expect(error.allowed == TimeSpan.examples)
    text = RuleBook.shippedText
    text.replace("high-value-silence", with: "first-contact")
    #expect(RuleBookTests.error(Array(text.utf8))?.problem == .duplicateRule("first-contact"))
    #expect(RuleBookTests.error(Array(text.utf8))?.line == 14)
  }

  @Test func `no text makes the parser stop half-way`() {
    let text = Array(RuleBook.shippedText.utf8)
    var errors = 0
    for length in 0..<text.count - 2 where RuleBookTests.error(Array(text[..<length])) != nil {
      errors += 1
    }
    #expect(errors == text.count - 2)
    for index in text.indices {
      var damaged = text
      damaged[index] = UInt8(ascii: "}")
      _ = RuleBookTests.error(damaged)
    }
  }

  @Test func `a span of time is more than nothing and at most a century`() {
    let ledger: [(text: String, milliseconds: Int64?)] = [
      ("24h", 86_400_000), ("5d", 432_000_000), ("1d12h", 129_600_000), ("30m", 1_800_000),
      ("2w", 1_209_600_000), ("1s", 1000), ("0d", nil), ("", nil), ("5", nil), ("d", nil),
      ("-5d", nil), ("+5d", nil), ("5 d", nil), ("1.5d", nil), ("36526d", nil), ("５d", nil),
    ]
    for (text, milliseconds) in ledger {
      #expect(TimeSpan(text)?.milliseconds == milliseconds, "\(text)")
    }
    #expect(TimeSpan("90m")?.description == "1h30m")
    #expect(TimeSpan("24h")?.description == "1d")
  }
}
