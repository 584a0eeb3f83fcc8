// Every fault of a policy with its place: one line a case, in the order in which they are checked.

import Access
import FollowUp
import Foundation
import Notation
import SyncCore
import Testing

struct PolicyFaultTests {
  typealias Problem = PolicyError.Problem

  static func error(_ bytes: [UInt8]) -> PolicyError? {
    do {
      _ = try Policy(parsing: bytes, schema: .followUp)
      return nil
    } catch { return error }
  }

  /// The standard text with one passage replaced.
  static func error(_ passage: String, _ replacement: String) -> PolicyError? {
    var text = Policy.standardText
    guard let range = text.range(of: passage) else { return nil }
    text.replaceSubrange(range, with: replacement)
    return error(Array(text.utf8))
  }

  static let actions = Action.allCases.map(\.rawValue)
  static let collections = Schema.followUp.collections.map(\.name)

  @Test func `a fault outside of the roles names its place and what is allowed`() {
    let ledger:
      [(passage: String, by: String, problem: Problem, place: String, allowed: [String])] = [
        (
          "\"policy\": 1,", "\"policy\": 1, \"rules\": [],", .unknownKey("rules"), "$.rules 2:25",
          ["policy", "withoutTeams", "roles", "queues"]
        ),
        ("\"policy\": 1,", "", .missing(key: "policy"), "$ 1:1", ["policy"]),
        ("\"policy\": 1", "\"policy\": 2", .notAllowed("2"), "$.policy 2:13", ["1"]),
        ("\"policy\": 1", "\"policy\": \"1\"", .wrongKind, "$.policy 2:13", ["a whole number"]),
        (
          "\"open\"", "\"ajar\"", .notAllowed("ajar"), "$.withoutTeams 3:19", ["open", "closed"]
        ),
        (
          "\"withoutTeams\": \"open\",", "", .missing(key: "withoutTeams"), "$ 1:1",
          ["withoutTeams"]
        ),
        (
          "\"rep\": {", "\"chief\": {", .unknownKey("chief"), "$.roles.chief 5:14",
          ["rep", "manager", "admin", "service"]
        ),
      ]
    for line in ledger {
      let error = PolicyFaultTests.error(line.passage, line.by)
      #expect(error?.problem == line.problem, "\(String(describing: error))")
      #expect(error?.place == line.place, "\(line.problem)")
      #expect(error?.allowed == line.allowed, "\(line.problem)")
    }
  }

  @Test func `a fault in a role names its place and what is allowed`() {
    let ledger:
      [(passage: String, by: String, problem: Problem, place: String, allowed: [String])] = [
        (
          "\"directory\": \"all\",", "\"directory\": \"all\", \"visible\": {},",
          .unknownKey("visible"), "$.roles.rep.visible 7:38",
          ["title", "directory", "rights", "hidden", "readOnly"]
        ),
        (
          ", \"zh\": \"普通销售\"", "", .missing(key: "zh"), "$.roles.rep.title 6:16", ["zh"]
        ),
        (
          "普通销售", "", .notAllowed(""), "$.roles.rep.title.zh 6:53", ["1 to 60 characters"]
        ),
        (
          "\"directory\": \"all\"", "\"directory\": \"everybody\"", .notAllowed("everybody"),
          "$.roles.rep.directory 7:20", Level.allCases.map(\.rawValue)
        ),
        (
          "\"*\": {", "\"deal\": {", .unknownKey("deal"), "$.roles.rep.rights.deal 9:17",
          ["*"] + PolicyFaultTests.collections
        ),
        (
          "\"rights\": {", "\"rights\": {}, \"hidden\": {", .missing(key: "*"),
          "$.roles.rep.rights 8:17", ["*"]
        ),
        (
          "\"assign\": \"none\", ", "", .missing(key: "assign"), "$.roles.rep.rights.* 9:14",
          ["assign"]
        ),
        (
          "\"read\": \"own\",", "\"read\": \"own\", \"look\": \"own\",", .unknownKey("look"),
          "$.roles.rep.rights.*.look 10:34", PolicyFaultTests.actions
        ),
        (
          "\"read\": \"own\"", "\"read\": \"mine\"", .notAllowed("mine"),
          "$.roles.rep.rights.*.read 10:19", Level.allCases.map(\.rawValue)
        ),
        (
          "\"read\": \"own\"", "\"read\": 1", .wrongKind, "$.roles.rep.rights.*.read 10:19",
          ["a text"]
        ),
      ]
    for line in ledger {
      let error = PolicyFaultTests.error(line.passage, line.by)
      #expect(error?.problem == line.problem, "\(String(describing: error))")
      #expect(error?.place == line.place, "\(line.problem)")
      #expect(error?.allowed == line.allowed, "\(line.problem)")
    }
  }

  @Test func `a fault in a list of fields names its place and what is allowed`() throws {
    let customer = try #require(Schema.followUp["customer"]).fields.map(\.name)
    let ledger: [(fields: String, problem: Problem, place: String, allowed: [String])] = [
      (
        #"{"deal": ["x"]}"#, .unknownKey("deal"), "$.roles.rep.hidden.deal 8:22",
        PolicyFaultTests.collections
      ),
      (
        #"{"customer": ["creditCode", "fone"]}"#, .notAllowed("fone"),
        "$.roles.rep.hidden.customer[1] 8:41", customer
      ),
      (#"{"customer": "phone"}"#, .wrongKind, "$.roles.rep.hidden.customer 8:26", ["an array"]),
      (
        #"{"customer": ["name"]}"#, .cannotHide(field: "name", collection: "customer", .title),
        "$.roles.rep.hidden.customer[0] 8:27", []
      ),
      (
        #"{"customer": ["owner"]}"#, .cannotHide(field: "owner", collection: "customer", .owner),
        "$.roles.rep.hidden.customer[0] 8:27", []
      ),
      (
        #"{"contact": ["phone", "customer"]}"#,
        .cannotHide(field: "customer", collection: "contact", .root),
        "$.roles.rep.hidden.contact[1] 8:35", []
      ),
    ]
    for line in ledger {
      let error = PolicyFaultTests.error(
        "    \"rights\": {", "\"hidden\": \(line.fields),\n \"rights\": {")
      #expect(error?.problem == line.problem, "\(String(describing: error))")
      #expect(error?.place == line.place, "\(line.fields)")
      #expect(error?.allowed == line.allowed, "\(line.fields)")
      let readOnly = PolicyFaultTests.error(
        "    \"rights\": {", "\"readOnly\": \(line.fields),\n \"rights\": {")
      guard case .cannotHide = line.problem else { continue }
      #expect(readOnly == nil, "\(line.fields)")
    }
    let hidesDealOwner = PolicyFaultTests.error(
      "    \"rights\": {", "\"hidden\": {\"opportunity\": [\"owner\"]},\n \"rights\": {")
    #expect(hidesDealOwner == nil)
  }

  @Test func `an admin keeps what it takes to repair a mistake`() throws {
    let every = try #require(Policy.standard.json["roles"]?["admin"]?["rights"]?["*"])
    for action in Action.allCases {
      for level in Level.allCases {
        for collection in ["*", "task"] {
          var rights: JSONValue = ["*": every]
          var entry = rights[collection] ?? [:]
          entry[action.rawValue] = .string(level.rawValue)
          rights[collection] = entry
          let error = PolicyFaultTests.error(PolicyTests.text(.admin, [("rights", rights)]))
          if level < .all, [.read, .update, .assign].contains(action) {
            #expect(error?.problem == .adminNeedsAll(action))
            #expect(error?.path == "$.roles.admin.rights.\(collection).\(action.rawValue)")
          } else {
            #expect(error == nil)
          }
        }
      }
    }
  }

  @Test func `what belongs to a customer is read with it or never`() throws {
    let every = try #require(Policy.standard.json["roles"]?["rep"]?["rights"]?["*"])
    let ledger: [(rights: JSONValue, path: String?, allowed: [String])] = [
      (["contact": ["read": "none"]], nil, []),
      (["contact": ["read": "own"]], nil, []),
      (["contact": ["read": "all"]], "contact", ["none", "own"]),
      (["customer": ["read": "none"]], "*", ["none"]),
      (["customer": ["read": "team"]], "*", ["none", "team"]),
      (["task": ["read": "team"], "contact": ["update": "all"]], "task", ["none", "own"]),
    ]
    for line in ledger {
      var rights = line.rights
      rights["*"] = every
      let error = PolicyFaultTests.error(PolicyTests.text(.rep, [("rights", rights)]))
      #expect(error?.path == line.path.map { "$.roles.rep.rights.\($0).read" })
      #expect(error?.allowed ?? [] == line.allowed)
      #expect((error?.line == nil) == (line.path == nil))
    }
  }

  @Test func `every role is needed`() {
    for role in Role.allCases {
      var json = Policy.standard.json
      var roles = json["roles"] ?? [:]
      roles[role.rawValue] = nil
      json["roles"] = roles
      let error = PolicyFaultTests.error(json.bytes())
      #expect(error?.problem == .missing(key: role.rawValue))
      #expect(error?.path == "$.roles")
    }
  }

  @Test func `a fault reads as a sentence`() {
    #expect(
      PolicyFaultTests.error("\"open\"", "\"ajar\"")?.description
        == "$.withoutTeams (line 3, column 19): “ajar” is not allowed; allowed: open, closed")
    let hidden = PolicyFaultTests.error(
      "\"rights\": {", "\"hidden\": {\"customer\": [\"name\"]}, \"rights\": {")
    #expect(
      hidden?.description
        == "$.roles.rep.hidden.customer[0] (line 8, column 31): name of a customer cannot be "
        + "hidden: it is what people call the record")
    #expect(
      PolicyFaultTests.error("\"read\": \"all\"", "\"read\": \"own\"")?.description
        == "$.roles.admin.rights.*.read (line 30, column 19): an admin must be able to read all "
        + "records: nobody else could repair a mistake; allowed: all")
    let broken = PolicyFaultTests.error(Array("{\n  oops".utf8))
    #expect(broken?.place == "$ 2:3")
    #expect(PolicyFaultTests.error(Array("[]".utf8))?.problem == .wrongKind)
  }

  @Test func `no text makes the parser stop half-way`() {
    let text = Array(Policy.standardText.utf8)
    for length in 0..<text.count - 2 {
      #expect(PolicyFaultTests.error(Array(text[..<length])) != nil)
    }
    for index in text.indices {
      var damaged = text
      damaged[index] = UInt8(ascii: "}")
      if let error = PolicyFaultTests.error(damaged) { #expect(!error.description.isEmpty) }
    }
  }
}

extension PolicyError {
  /// Path, line and column, as `$.policy 2:13`.
  var place: String { "\(path) \(line ?? 0):\(column ?? 0)" }
}
