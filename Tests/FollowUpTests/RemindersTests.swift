// Reminders as the fixpoint of their rules (I6).
//
// All combinations of the facts that a rule looks at, not a few: moments are hours after the
// creation of the customer, equal and earlier ones included.

import FollowUp
import Notation
import SyncCore
import Testing

struct RemindersTests {
  static let hour: Int64 = 3_600_000
  static let created = QueryTests.moment("2026-11-01T08:00:00+08:00")
  static let id = RecordID(
    milliseconds: UInt64(created.milliseconds), randomHigh: 1, randomLow: 2)

  /// Facts with moments in hours after creation.
  static func facts(
    owner: String? = "ann", assigned: Int64? = nil, followed: Int64? = nil, tags: [String] = []
  ) -> CustomerFacts {
    func value(_ hours: Int64?) -> Value {
      hours.map { .moment(created.advanced(milliseconds: $0 * hour)) } ?? .null
    }
    return CustomerFacts(
      record: id,
      values: QueryTests.values(
        [
          "name": .text("Acme"), "owner": owner.map { .text($0) } ?? .null,
          "assignedAt": value(assigned), "lastFollowAt": value(followed),
          "tags": tags.isEmpty ? .null : .set(tags),
        ], .customer))
  }

  @Test func `every combination of facts asks for exactly its reminders`() {
    var cases = 0
    for owner in ["ann", nil] {
      for assigned in [nil, -10, 0, 5, 10] as [Int64?] {
        for followed in [nil, -20, 0, 5, 7, 20] as [Int64?] {
          for tags in [[], ["高价值"]] {
            cases += 1
            let facts = RemindersTests.facts(
              owner: owner, assigned: assigned, followed: followed, tags: tags)
            var expected: [[Int64]] = []
            if owner != nil, let assigned, followed.map({ $0 < assigned }) ?? true {
              expected.append([0, assigned, assigned + 24])
            }
            if owner != nil, !tags.isEmpty {
              let anchor = max(0, assigned ?? 0, followed ?? 0)
              expected.append([1, anchor, anchor + 120])
            }
            let found = RuleBook.shipped.standing(facts).map { effect in
              let rule: Int64 = effect.rule == "first-contact" ? 0 : 1
              return [rule]
                + [effect.anchor, effect.dueAt].map { moment in
                  (moment.milliseconds - RemindersTests.created.milliseconds) / RemindersTests.hour
                }
            }
            #expect(found == expected)
          }
        }
      }
    }
    #expect(cases == 120)
  }

  @Test func `a customer assigned at ten is to be contacted by ten on the next day`() throws {
    var facts = RemindersTests.facts()
    let assignedAt = try #require(CollectionSchema.customer["assignedAt"]).id
    facts.values[assignedAt] = .moment(QueryTests.moment("2026-11-20T10:00:00+08:00"))
    let effect = try #require(RuleBook.shipped.standing(facts).first)
    #expect(effect.dueAt == QueryTests.moment("2026-11-21T10:00:00+08:00"))
    #expect(effect.user == "ann")
    #expect(effect.title == Titles(en: "First contact with Acme", zh: "首次联系 Acme"))
    #expect(effect.ruleVersion == 1)
    #expect(effect.subject == RemindersTests.id)
  }

  @Test func `identity is rule, subject and anchor, and nothing else`() throws {
    let old = RuleBookTests.book()
    let new = RuleBookTests.book([
      ("version", 2), ("trigger", ["silence": ["longerThan": "9d"]]), ("strength", "normal"),
      ("title", ["en": "Ring {name}", "zh": "x"]),
    ])
    let facts = [RemindersTests.facts(), RemindersTests.facts(owner: "bob")]
    let books = try [old, new].map { try RuleBook(parsing: $0, schema: .followUp) }
    let effects = books.flatMap { book in facts.flatMap { book.standing($0) } }
    #expect(effects.count == 4)
    #expect(Set(effects).count == 4)
    #expect(
      Set(effects.map(\.identityParts)) == [
        ["r", "\(RemindersTests.id)", "\(RemindersTests.created.milliseconds)"]
      ])
    let later = books[0].standing(RemindersTests.facts(followed: 3))
    #expect(later.first?.identityParts != effects.first?.identityParts)
  }

  @Test func `a title keeps both languages through its stored form`() {
    let titles = Titles(en: "Say \"hi\" {x", zh: "你好\n")
    #expect(Titles(stored: titles.stored) == titles)
    #expect(titles.stored == #"{"en":"Say \"hi\" {x","zh":"你好\n"}"#)
    for text in ["plain", "{}", "[1]", "{\"en\":1}", ""] {
      #expect(Titles(stored: text) == Titles(en: text, zh: text))
    }
  }

  @Test func `an empty field leaves a dash in the title, and braces alone are text`() throws {
    let bytes = RuleBookTests.book([
      ("title", ["en": "{name} {phone} {", "zh": "} {tags}{tags}"])
    ])
    let book = try RuleBook(parsing: bytes, schema: .followUp)
    let effect = try #require(
      book.standing(RemindersTests.facts(tags: ["a", "b"])).first)
    #expect(effect.title == Titles(en: "Acme – {", zh: "} a, ba, b"))
  }
}

extension RuleBook {
  /// The reminders of somebody called ann, by rules that need no calendar.
  func standing(_ facts: CustomerFacts) -> [ReminderEffect] {
    reminders(
      for: facts, within: RuleBook.window(at: facts.record.moment), RuleContext(almanac: .utc),
      TestPeople())
  }
}

/// A manager mia above everybody, and whoever else a rule names.
struct TestPeople: RulePeople {
  func users(_ recipient: Recipient, owner: String?, author: String?) -> [String] {
    switch recipient {
    case .owner: [owner].compactMap(\.self)
    case .author: [author].compactMap(\.self)
    case .supervisor: ["mia"]
    case .user(let name), .role(let name), .team(let name): [name]
    }
  }
}
