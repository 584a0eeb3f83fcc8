// The second version of the rule language: what every trigger and action reads, and its faults.

import FollowUp
import Notation
import SyncCore
import Testing

struct RuleLanguageTests {
  static let reminding: JSONValue = [
    "remind": "owner", "title": ["en": "Look at {name}", "zh": "查看 {name}"],
  ]

  /// A book with one rule on a collection.
  static func book(
    _ trigger: JSONValue, on collection: String = "customer", _ more: [(String, JSONValue?)] = [],
    do actions: [JSONValue] = [reminding]
  ) -> [UInt8] {
    var rule: JSONValue = [
      "id": "r", "version": 1, "on": .string(collection), "trigger": trigger,
      "do": .array(actions),
    ]
    for (key, value) in more { rule[key] = value }
    return JSONValue.object(["version": 2, "rules": [rule]]).bytes()
  }

  static func fault(_ bytes: [UInt8]) -> String {
    RuleBookTests.error(bytes).map { "\($0)" } ?? "none"
  }

  @Test func `every trigger is read`() throws {
    let triggers: [(JSONValue, on: String)] = [
      (["created": [:]], "contract"), (["assigned": [:]], "customer"),
      (["silence": [:]], "customer"), (["enters": ["stage": "已报价"]], "opportunity"),
      (["enters": ["status": "sent"]], "contract"),
      (["changed": ["field": "stage", "from": "proposal", "to": "negotiation"]], "opportunity"),
      (["tagged": "高价值"], "customer"),
      (["followUp": ["contains": ["投诉"], "except": ["没有投诉"]]], "followUp"),
      (["date": ["field": "endsOn"]], "contract"), (["date": ["field": "dueAt"]], "promise"),
      (["anniversary": ["field": "birthday"]], "contact"),
      (["every": ["at": "09:00"]], "customer"),
      (["every": ["at": "09:00", "days": "mon,thu"]], "customer"),
      (["every": ["at": "09:00", "days": "month -1"]], "customer"),
    ]
    for (trigger, collection) in triggers {
      let reminding: JSONValue = ["remind": "owner", "title": ["en": "{customer}", "zh": "x"]]
      let bytes = RuleLanguageTests.book(trigger, on: collection, do: [reminding])
      let book = try RuleBook(parsing: bytes, schema: .followUp)
      #expect(trigger[book.rules[0].trigger.name] != nil)
    }
  }

  @Test func `every action is read`() throws {
    let actions: [JSONValue] = [
      [
        "remind": "supervisor", "cc": ["role:admin", "team:法务", "user:ann", "author"],
        "strength": "quiet", "title": ["en": "x", "zh": "x"],
      ],
      ["task": "回访", "title": ["en": "Visit", "zh": "回访"], "due": "1wd", "unlessOpen": true],
      ["ticket": "投诉", "title": ["en": "Ticket", "zh": "工单"], "severity": "高", "to": "team:服务"],
      ["set": "tier", "to": "A"], ["raise": "priority"], ["tag": ["沉睡"], "untag": ["活跃"]],
      ["assign": ["user:ann", "team:北京"], "by": "roundRobin"], ["pool": "east"],
      ["message": "mail", "title": "Hello", "text": "Dear {name}"],
      ["webhook": "https://example.com/hook"],
    ]
    let book = try RuleBook(
      parsing: RuleLanguageTests.book(["created": [:]], do: actions), schema: .followUp)
    #expect(
      book.rules[0].steps[0].actions.map(\.name) == [
        "remind", "task", "ticket", "set", "raise", "tag", "assign", "pool", "message", "webhook",
      ])
  }

  @Test func `a fault names its place`() {
    let ledger: [(bytes: [UInt8], says: String)] = [
      (RuleLanguageTests.book([:]), "$.rules[0].trigger"),
      (RuleLanguageTests.book(["created": [:], "silence": [:]]), "“silence” means nothing here"),
      (
        RuleLanguageTests.book(["silence": [:]], on: "contract"),
        "“silence” is for rules on customer"
      ),
      (RuleLanguageTests.book(["enters": ["name": "x"]]), "allowed: stage"),
      (RuleLanguageTests.book(["enters": ["stage": "nowhere"]]), "“nowhere” is not allowed"),
      (RuleLanguageTests.book(["date": ["field": "tags"]]), "“tags” is not allowed"),
      (RuleLanguageTests.book(["date": ["field": "name"]]), "“name” is not allowed"),
      (RuleLanguageTests.book(["anniversary": ["field": "notes"]]), "allowed: customerSince"),
      (RuleLanguageTests.book(["tagged": ""]), "“” is not allowed"),
      (RuleLanguageTests.book(["every": ["at": "25:00"]]), "“25:00” is not allowed"),
      (RuleLanguageTests.book(["every": ["at": "09:00", "days": "someday"]]), "“someday”"),
      (RuleLanguageTests.book(["followUp": [:]]), "is for rules on followUp"),
      (RuleLanguageTests.book(["created": [:]], on: "reminder"), "“reminder” is not allowed"),
      (RuleLanguageTests.book(["created": [:]], [("repeat", "often")]), "“often”"),
      (RuleLanguageTests.book(["created": [:]], [("customer", "x = 1")]), "$.rules[0].customer"),
      (RuleLanguageTests.book(["created": [:]], [("steps", [])]), "“do” means nothing here"),
      (RuleLanguageTests.book(["created": [:]], do: []), "1 to 16 actions"),
      (RuleLanguageTests.book(["created": [:]], do: [["sing": "x"]]), "remind | task"),
      (RuleLanguageTests.book(["created": [:]], do: [["set": "owner", "to": "ann"]]), "“owner”"),
      (RuleLanguageTests.book(["created": [:]], do: [["set": "stage", "to": "x"]]), "“x”"),
      (RuleLanguageTests.book(["created": [:]], do: [["assign": []]]), "allowed: owner"),
      (RuleLanguageTests.book(["created": [:]], do: [["webhook": "ftp://x"]]), "ftp://x"),
      (
        RuleLanguageTests.book(["created": [:]], do: [["message": "mail", "text": "{nobody}"]]),
        "{nobody} stands for no field"
      ),
      (
        RuleLanguageTests.book(
          ["created": [:]],
          [("do", nil), ("steps", [["after": "5x", "do": [RuleLanguageTests.reminding]]])]),
        "“5x” is no span of time"
      ),
    ]
    for (bytes, words) in ledger {
      let fault = RuleLanguageTests.fault(bytes)
      #expect(fault.contains(words), "\(fault)")
      #expect(RuleBookTests.error(bytes)?.line == 1, "\(fault)")
    }
  }

  @Test func `a condition compares with what there is`() throws {
    func fault(_ key: String, _ condition: String) throws -> RuleError? {
      let text = RuleLanguageTests.book(["created": [:]], [(key, .string(condition))])
      let book = try RuleBook(parsing: text, schema: .followUp)
      do throws(RuleError) { try book.checkConditions(in: text) } catch { return error }
      return nil
    }
    for key in ["where", "customer"] {
      let fault = try fault(key, "tier = A and stage in (won, nosuch)")
      #expect(fault?.description.contains("“nosuch” is not allowed") == true)
      #expect(fault?.path == "$.rules[0].\(key)" && fault?.line == 1 && fault?.column != nil)
      #expect(fault?.allowed.contains("negotiation") == true)
    }
    #expect(try fault("where", "stage = 商务谈判 or tier = nosuch or tags contains nosuch") == nil)
  }

  @Test func `quiet hours have a length`() {
    func fault(_ from: String, _ to: String) -> String {
      let book: JSONValue = [
        "version": 2, "rules": [], "quiet": ["from": .string(from), "to": .string(to)],
      ]
      return RuleLanguageTests.fault(book.bytes())
    }
    #expect(fault("08:00", "08:00").contains("“08:00” is not allowed"))
    #expect(fault("20:00", "08:00") == "none")
  }

  @Test func `a keyword does not count inside an exception`() {
    func occurs(_ text: String) -> Bool {
      let book = try? RuleBook(
        parsing: RuleLanguageTests.book(
          ["followUp": ["contains": ["投诉", "Complaint"], "except": ["没有投诉", "no complaint"]]],
          on: "followUp", do: [["remind": "owner", "title": ["en": "x", "zh": "x"]]]),
        schema: .followUp)
      guard case .followedUp(let words?)? = book?.rules[0].trigger else { return false }
      return words.occur(in: text)
    }
    #expect(occurs("客户投诉包装破损"))
    #expect(!occurs("客户没有投诉"))
    #expect(occurs("昨天没有投诉，今天投诉了"))
    #expect(occurs("COMPLAINT about the box"))
    #expect(!occurs("There was No Complaint at all"))
    #expect(!occurs("投\u{0}诉"))
  }
}
