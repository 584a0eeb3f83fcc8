// What a policy means: the standard one read aloud, overriding, hidden fields, the schema file.

import Access
import FollowUp
import Foundation
import Notation
import SyncCore
import Testing

struct PolicyTests {
  static let teams = OrganisationTests.people
  static let noTeams = Organisation(members: teams.members, teams: [])

  /// The standard policy with some members of one role replaced.
  static func policy(
    _ role: Role = .rep, _ changes: [(String, JSONValue)] = [], withoutTeams: JSONValue = "open"
  ) throws -> Policy {
    try Policy(parsing: text(role, changes, withoutTeams: withoutTeams), schema: .followUp)
  }

  static func text(
    _ role: Role, _ changes: [(String, JSONValue?)], withoutTeams: JSONValue = "open"
  ) -> [UInt8] {
    var json = Policy.standard.json
    json["withoutTeams"] = withoutTeams
    var roles = json["roles"] ?? [:]
    var entry = roles[role.rawValue] ?? [:]
    for (key, value) in changes { entry[key] = value }
    roles[role.rawValue] = entry
    json["roles"] = roles
    return json.bytes()
  }

  @Test func `the standard policy is what the page says`() throws {
    let ledger: [(role: Role, levels: [Level])] = [
      (.rep, [.own, .own, .own, .own, .own, .none, .own]),
      (.manager, [.below, .below, .below, .below, .below, .below, .below]),
      (.admin, [.all, .all, .all, .all, .all, .all, .all]),
      (.service, [.all, .none, .none, .none, .all, .none, .none]),
    ]
    let policy = try Policy(parsing: Array(Policy.standardText.utf8), schema: .followUp)
    #expect(policy == Policy.standard)
    #expect(policy.isWithoutTeamsOpen)
    for (role, levels) in ledger {
      for collection in Schema.followUp.collections.map(\.name) {
        let found = Action.allCases.map {
          policy.level($0, on: collection, role: role, organisation: PolicyTests.teams)
        }
        #expect(found == levels, "\(role) \(collection)")
        #expect(policy.hidden(collection, role: role).isEmpty)
        #expect(policy.readOnly(collection, role: role).isEmpty)
      }
      #expect(policy.directory(of: role) == .all)
    }
    #expect(
      Role.allCases.map { policy.title(of: $0, chinese: true) }
        == ["普通销售", "销售主管", "公司高管", "集成账号"])
    #expect(
      Role.allCases.map { policy.title(of: $0, chinese: false) }
        == ["Sales representative", "Sales manager", "Executive", "Service account"])
  }

  @Test func `until the first team is made everything is open but assigning`() throws {
    for role in Role.allCases {
      for action in Action.allCases {
        let written = Policy.standard.level(
          action, on: "customer", role: role, organisation: PolicyTests.teams)
        let found = Policy.standard.level(
          action, on: "customer", role: role, organisation: PolicyTests.noTeams)
        let isOpened = action != .assign && (role != .service || action == .read)
        #expect(found == (isOpened ? .all : written), "\(role) \(action)")
        let closed = try PolicyTests.policy(withoutTeams: "closed")
        #expect(!closed.isWithoutTeamsOpen)
        #expect(
          closed.level(action, on: "customer", role: role, organisation: PolicyTests.noTeams)
            == written)
      }
    }
  }

  @Test func `without teams a manager still assigns everybody's customers and a rep none`() {
    let people = PolicyTests.noTeams
    func mayAssign(_ user: String, _ role: Role) -> Bool {
      let relation = people.relation(of: user, toOwner: "ann")
      return Policy.standard.allows(
        .assign, on: "customer", role: role, relation: relation, organisation: people)
    }
    #expect(mayAssign("mei", .manager) && mayAssign("boss", .admin))
    #expect(!mayAssign("ann", .rep) && !mayAssign("bob", .rep) && !mayAssign("erp", .service))
  }

  @Test func `a collection's own entry overrides action by action`() throws {
    let every = try #require(Policy.standard.json["roles"]?["rep"]?["rights"]?["*"])
    let policy = try PolicyTests.policy(
      .rep, [("rights", ["*": every, "customer": ["delete": "none", "update": "team"]])])
    func level(_ action: Action, _ collection: String) -> Level {
      policy.level(action, on: collection, role: .rep, organisation: PolicyTests.teams)
    }
    #expect(level(.delete, "customer") == .none)
    #expect(level(.read, "customer") == .own)
    #expect(level(.update, "customer") == .team)
    #expect(level(.delete, "contact") == .own)
    #expect(level(.read, "unheardOf") == .own)
  }

  @Test func `a hidden field is not writable and brings what it merges with`() throws {
    let policy = try PolicyTests.policy(
      .rep,
      [
        ("hidden", ["customer": ["creditCode"], "opportunity": ["amount"], "task": []]),
        ("readOnly", ["customer": ["tier"]]), ("directory", "team"),
      ])
    #expect(policy.hidden("customer", role: .rep) == ["creditCode"])
    #expect(policy.readOnly("customer", role: .rep) == ["creditCode", "tier"])
    #expect(policy.hidden("opportunity", role: .rep) == ["amount", "currency", "money"])
    #expect(policy.hidden("customer", role: .manager).isEmpty)
    #expect(policy.hidden("task", role: .rep).isEmpty)
    #expect(policy.directory(of: .rep) == .team)
    #expect(try Policy(parsing: policy.json.bytes(), schema: .followUp) == policy)
  }

  @Test func `a policy written and read again is the same`() throws {
    let every = try #require(Policy.standard.json["roles"]?["manager"]?["rights"]?["*"])
    for level in Level.allCases {
      for withoutTeams in ["open", "closed"] {
        let policy = try PolicyTests.policy(
          .manager,
          [
            ("rights", ["*": every, "contact": ["update": .string(level.rawValue)]]),
            ("directory", .string(level.rawValue)), ("readOnly", ["customer": ["city", "name"]]),
          ], withoutTeams: .string(withoutTeams))
        #expect(try Policy(parsing: policy.json.bytes(pretty: true), schema: .followUp) == policy)
        #expect(policy != Policy.standard)
      }
    }
  }

  @Test func `the schema file knows the words that the parser knows`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let data = try Data(contentsOf: root.appendingPathComponent("Protocol/Policy.schema.json"))
    let schema = try JSONValue(parsing: Array(data))
    let definitions = try #require(schema["$defs"])
    func words(_ json: JSONValue?) -> [String]? { json?.array?.compactMap(\.string) }
    #expect(words(definitions["level"]?["enum"]) == Level.allCases.map(\.rawValue))
    #expect(
      words(definitions["collection"]?["enum"]) == Schema.followUp.collections.map(\.name))
    let actions = Action.allCases.map(\.rawValue)
    #expect(definitions["rights"]?["properties"]?.object?.keys.sorted() == actions.sorted())
    #expect(
      words(definitions["role"]?["properties"]?["rights"]?["properties"]?["*"]?["required"])
        == actions)
    #expect(words(schema["properties"]?["roles"]?["required"]) == Role.allCases.map(\.rawValue))
  }
}
