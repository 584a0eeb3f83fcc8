// What an administrator, a manager and a service may see and decide, by policy; and how it is told.
//
// Two teams (`worldOfTeams`): mei leads the north, where ann is; bob is in the south.

import Access
import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct SightTests {
  let world: World
  let mei: String
  let (ann, bob): (Laptop, Laptop)
  let (hers, his): (RecordID, RecordID)

  init() throws {
    world = try World()
    for team in ["north", "south"] {
      try world.ask("POST", "teams", body: ["name": .string(team)])
    }
    let made = try world.ask(
      "POST", "users", body: ["name": "mei", "role": "manager", "team": "north"])
    mei = try #require(made["token"]?.string)
    for (user, team) in [("ann", "north"), ("eve", "north"), ("bob", "south")] {
      try world.ask("POST", "users/\(user)", body: ["team": .string(team)])
    }
    (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    hers = ann.customer("Hers", ["phone": .text("1"), "size": .text("50")])
    his = bob.customer("His", ["phone": .text("2")])
    try ann.sync()
    try bob.sync()
  }

  private func apply(_ change: (inout JSONValue) -> Void) throws -> (status: Int, json: JSONValue) {
    var policy = Policy.standard.json
    change(&policy)
    return try world.admin("PUT", "policy", body: policy)
  }

  private func role(_ name: String, _ change: (inout JSONValue) -> Void) throws {
    let answer = try apply { policy in
      var roles = policy["roles"] ?? [:]
      var role = roles[name] ?? [:]
      change(&role)
      roles[name] = role
      policy["roles"] = roles
    }
    try #require(answer.status == 200, "\(answer.json.text())")
  }

  // MARK: The policy

  @Test func `a policy is shown, checked, applied and kept`() throws {
    let standard = try world.ask("GET", "policy")
    #expect(standard["version"] == 0)
    #expect(standard["text"] == .string(Policy.standardText))
    #expect(standard["appliedBy"] == .null)
    let text = Array(Policy.standardText.replacing("\"open\"", with: "\"closed\"").utf8)
    for (query, version) in [(["check": "true"], 0), ([:], 1)] {
      let answer = world.routes.answer(
        HubRequest(
          "PUT", "/v1/admin/policy", query: query, bearerToken: world.adminToken, body: text))
      #expect(answer.status == 200)
      let policy = try world.ask("GET", "policy")
      #expect(policy["version"] == .integer(Int64(version)))
      #expect((policy["policy"]?["withoutTeams"] == "closed") == (version == 1))
    }
    #expect(try world.ask("GET", "policy")["appliedBy"] == "root")
    #expect(try world.admin("GET", "policy", token: mei).status == 200)
    #expect(try world.admin("PUT", "policy", body: [:], token: mei).status == 403)
  }

  @Test func `a bad policy changes nothing and is told with its place`() throws {
    let text = Policy.standardText.replacing("\"directory\": \"all\"", with: "\"directory\": 1")
    let answer = world.routes.answer(
      HubRequest(
        "PUT", "/v1/admin/policy", bearerToken: world.adminToken, body: Array(text.utf8)))
    #expect(answer.status == 400)
    let error = try JSONValue(parsing: answer.body)["error"]
    #expect(error?["code"] == "badPolicy")
    #expect(error?["path"] == "$.roles.rep.directory")
    #expect(error?["line"] == 7)
    #expect(error?["allowed"] != nil)
    #expect(try world.ask("GET", "policy")["version"] == 0)
  }

  @Test func `laptops follow a new policy`() throws {
    try role("rep") { $0["hidden"] = ["customer": ["phone"]] }
    try ann.sync()
    #expect(ann.value("phone", of: hers) == .null)
    #expect(ann.value("size", of: hers) == .text("50"))
  }

  @Test func `a policy that hides a field and narrows what is held sends all of it anew`() throws {
    try role("rep") { $0["rights"]?["*"]?["read"] = "all" }
    try ann.sync()
    #expect(ann.base[his] != nil)
    try role("rep") { $0["hidden"] = ["customer": ["phone"]] }
    try ann.sync()
    #expect(ann.base[his] == nil)
    #expect(ann.value("phone", of: hers) == .null)
    #expect(ann.value("size", of: hers) == .text("50"))
  }

  @Test func `a policy that comes while a customer is under way has all of it sent anew`() throws {
    ann.write(
      world.identity(), in: .contact, ["customer": .reference(hers), "name": .text("Li")])
    try ann.sync()
    let other = try world.laptop("ann")
    var isApplied = false
    try other.sync(recordsMax: 1) {
      if !isApplied { try role("rep") { $0["hidden"] = ["customer": ["phone"]] } }
      isApplied = true
    }
    #expect(isApplied)
    #expect(other.value("phone", of: hers) == .null)
    #expect(other.value("size", of: hers) == .text("50"))
  }

  @Test func `what changes hands after a policy narrowed what is held leaves all the same`() throws
  {
    try role("rep") { $0["rights"]?["*"]?["read"] = "all" }
    try ann.sync()
    try role("rep") { _ in }
    try world.assign(his, to: "eve")
    try ann.sync()
    #expect(ann.base[his] == nil)
    #expect(ann.base[hers] != nil)
  }

  @Test func `what a policy hid is not overwritten by who never saw it`() throws {
    try role("rep") { $0["hidden"] = ["customer": ["phone"]] }
    try ann.sync()
    ann.write(hers, ["phone": .text("9"), "size": .text("60")])
    try role("rep") { _ in }
    let refusals = try ann.sync().flatMap(\.receipts).flatMap(\.refusals)
    #expect(refusals.map(\.field) == [field("phone")])
    #expect(try world.fields(of: hers)["phone"] == "1")
    #expect(try world.fields(of: hers)["size"] == "60")
    // It has come with this sync, and may be replaced.
    #expect(ann.value("phone", of: hers) == .text("1"))
    ann.write(hers, ["phone": .text("9")])
    try ann.sync()
    #expect(try world.fields(of: hers)["phone"] == "9")
  }

  @Test func `an explanation tells what the policy says`() throws {
    func explain(_ user: String) throws -> JSONValue {
      try world.ask("GET", "policy/explain", ["user": user, "record": his.description])
    }
    let mine = try explain("bob")
    #expect(mine["relation"] == "own")
    #expect(mine["sees"] == true)
    let other = try explain("ann")
    #expect(other["relation"] == "stranger")
    #expect(other["sees"] == false)
    #expect(other["actions"]?[0]?["allowed"] == false)
    #expect(
      try world.admin(
        "GET", "policy/explain", ["user": "nobody", "record": his.description]
      ).status == 404)
    #expect(
      try world.admin(
        "GET", "policy/explain", ["user": "bob", "record": his.description], token: mei
      ).status == 404)
    #expect(try world.admin("GET", "policy/explain").status == 400)
  }

  // MARK: Who works here

  /// What mei is told of people, teams and laptops, by name.
  private func told() throws -> (people: [String], teams: [String], laptops: [String]) {
    func names(_ kind: String, _ key: String) throws -> [String] {
      let json = try world.admin("GET", kind, token: mei).json[kind]
      return try #require(json?.array).compactMap { $0[key]?.string }
    }
    return (try names("users", "name"), try names("teams", "name"), try names("replicas", "user"))
  }

  @Test func `people, teams and laptops outside the directory are not there`() throws {
    try world.ask("POST", "teams", body: ["name": "germany"])
    try world.ask("POST", "teams/north", body: ["parent": "germany"])
    #expect(
      try told() == (
        ["ann", "bob", "eve", "mei", "root"], ["germany", "north", "south"], ["ann", "bob"]
      ))
    try role("manager") { $0["directory"] = "below" }
    #expect(try told() == (["ann", "eve", "mei"], ["north"], ["ann"]))
    // A team above is not told either.
    #expect(try world.admin("GET", "teams", token: mei).json["teams"]?[0]?["parent"] == .null)
    try world.ask("POST", "teams/south", body: ["parent": "north"])
    #expect(try told() == (["ann", "bob", "eve", "mei"], ["north", "south"], ["ann", "bob"]))
    try role("manager") { $0["directory"] = "own" }
    #expect(try told() == (["mei"], ["north"], []))
    #expect(try world.ask("GET", "users")["users"]?.array?.count == 5)
    #expect(try world.ask("GET", "teams")["teams"]?.array?.count == 3)
    #expect(try world.ask("GET", "replicas")["replicas"]?.array?.count == 2)
  }

  @Test func `a laptop is not told of people outside its directory`() throws {
    try role("rep") { $0["directory"] = "team" }
    #expect(try bob.sync().last?.settings?.users.map(\.name) == ["bob"])
    try world.ask("POST", "users/eve", body: ["team": "south"])
    #expect(try bob.sync().last?.settings?.users.map(\.name) == ["bob", "eve"])
  }

  @Test func `who is not in the directory is nobody`() throws {
    try role("manager") { $0["directory"] = "below" }
    let record: [String: String] = ["user": "bob", "record": hers.description]
    for (method, path, query, body) in [
      ("GET", "replicas/2", [:], nil), ("GET", "policy/explain", record, nil),
      ("POST", "invites", [:], ["user": "bob"]),
      ("POST", "records/\(hers)/share", [:], ["with": "bob"]),
      ("POST", "users/ann/handover", [:], ["to": "bob"]),
      ("POST", "users/bob/handover", [:], ["to": "ann"]),
    ] as [(String, String, [String: String], JSONValue?)] {
      let answer = try world.admin(method, path, query, body: body, token: mei)
      #expect(answer.status == 404, "\(method) \(path)")
    }
    #expect(try world.admin("GET", "replicas/1", token: mei).status == 200)
  }

  @Test func `a manager lets in only those whose customers he sees`() throws {
    #expect(try world.admin("POST", "invites", body: ["user": "ann"], token: mei).status == 201)
    #expect(try world.admin("POST", "invites", body: ["user": "mei"], token: mei).status == 201)
    // bob's laptop holds what mei may not see.
    #expect(try world.admin("POST", "invites", body: ["user": "bob"], token: mei).status == 403)
    #expect(try world.admin("POST", "invites", body: ["user": "root"], token: mei).status == 403)
  }

  // MARK: What a manager sees

  @Test func `what a manager may not see is not there`() throws {
    for (method, path, body) in [
      ("GET", "records/\(his)", nil), ("GET", "records/customer:His", nil),
      ("GET", "records/\(his)/history", nil), ("POST", "records/\(his)/delete", nil),
      ("POST", "records/\(his)/set", ["assignments": ["phone=3"]] as JSONValue?),
      ("POST", "records/\(his)/restore", ["at": "-1h"]),
    ] {
      let answer = try world.admin(method, path, body: body, token: mei)
      #expect(answer.status == 404, "\(method) \(path)")
      let path = path.replacing(his.description, with: world.identity().description)
        .replacing("His", with: "Nobody")
      let absent = try world.admin(method, path, body: body, token: mei)
      #expect(absent.json["error"]?["code"] == answer.json["error"]?["code"])
    }
    let list = try world.admin("GET", "records", token: mei).json
    #expect(list["total"] == 1)
    #expect(list["records"]?[0]?["id"] == .string(hers.description))
    #expect(try world.ask("GET", "records")["total"] == 2)
  }

  @Test func `a name that others have as well means the one that may be seen`() throws {
    try world.ask("POST", "records/\(his)/set", body: ["assignments": ["name=Hers"]])
    #expect(try world.admin("GET", "records/customer:Hers").status == 409)
    let found = try world.admin("GET", "records/customer:Hers", token: mei)
    #expect(found.json["id"] == .string(hers.description))
  }

  @Test func `who gives a record away is shown what he gave`() throws {
    let answer = try world.admin(
      "POST", "records/\(hers)/set", body: ["assignments": ["owner=bob"]], token: mei)
    #expect(answer.status == 200)
    #expect(answer.json["fields"]?["owner"] == "bob")
    #expect(try world.admin("GET", "records/\(hers)", token: mei).status == 404)
  }

  @Test func `a hidden field is in no answer, and nothing is found by it`() throws {
    try role("manager") {
      $0["hidden"] = ["customer": ["phone"]]
      $0["directory"] = "own"
    }
    let record = try world.admin("GET", "records/\(hers)", token: mei).json
    #expect(record["fields"]?["phone"] == nil)
    #expect(record["fields"]?["size"] == "50")
    let history = try world.admin("GET", "records/\(hers)/history", token: mei).json["history"]
    #expect(history?.array?.contains { $0["changes"]?["size"] == "50" } == true)
    #expect(history?.array?.contains { $0["changes"]?["phone"] != nil } == false)
    #expect(history?.array?.allSatisfy { $0["author"] != "ann" } == true)
    let found = try world.admin("GET", "records", ["where": "phone = 1"], token: mei).json
    #expect(found["total"] == 0)
    #expect(try world.ask("GET", "records", ["where": "phone = 1"])["total"] == 1)
    let write = try world.admin(
      "POST", "records/\(hers)/set", body: ["assignments": ["phone=3"]], token: mei)
    #expect(write.status == 403)
  }

  @Test func `a service reads as far as its policy reaches`() throws {
    let made = try world.ask("POST", "users", body: ["name": "erp", "role": "service"])
    let token = try #require(made["token"]?.string)
    #expect(try world.admin("GET", "records", token: token).json["total"] == 2)
    try role("service") { role in
      var rights = role["rights"]?["*"] ?? [:]
      rights["read"] = "none"
      role["rights"] = ["*": rights]
    }
    #expect(try world.admin("GET", "records", token: token).json["total"] == 0)
    #expect(try world.admin("GET", "records/\(his)", token: token).status == 404)
  }

  // MARK: Conflicts

  /// Two values of one customer's notes.
  private func disagree(on record: RecordID, with laptop: Laptop) throws -> String {
    try world.ask("POST", "records/\(record)/set", body: ["assignments": ["notes=a"]])
    laptop.write(record, ["notes": .text("b")])
    try laptop.sync()
    return try #require(try world.openConflicts().first?["id"]?.string)
  }

  @Test func `a conflict is seen and decided by whoever may`() throws {
    let conflict = try disagree(on: his, with: bob)
    #expect(try world.admin("GET", "conflicts", token: mei).json["conflicts"] == [])
    for (method, path) in [
      ("GET", "conflicts/\(conflict)"), ("POST", "conflicts/\(conflict)/resolve"),
      ("POST", "conflicts/\(conflict)/reopen"),
    ] {
      #expect(try world.admin(method, path, body: ["take": 1], token: mei).status == 404)
    }
    try world.ask("POST", "users/bob", body: ["team": "north"])
    #expect(try world.admin("GET", "conflicts", token: mei).json["conflicts"]?.array?.count == 1)
    try role("manager") { role in
      var rights = role["rights"]?["*"] ?? [:]
      rights["resolve"] = "own"
      role["rights"] = ["*": rights]
    }
    let path = "conflicts/\(conflict)/resolve"
    #expect(try world.admin("POST", path, body: ["take": 1], token: mei).status == 403)
    try role("manager") { _ in }
    #expect(try world.admin("POST", path, body: ["take": 1], token: mei).status == 200)
  }

  @Test func `a conflict about a hidden field tells no value of it`() throws {
    let conflict = try disagree(on: hers, with: ann)
    try role("manager") { $0["hidden"] = ["customer": ["notes"]] }
    let seen = try world.admin("GET", "conflicts/\(conflict)", token: mei).json
    #expect(seen["status"] == "open")
    #expect(seen["values"] == [])
    #expect(seen["shown"] == .null)
    #expect(try world.ask("GET", "conflicts/\(conflict)")["values"]?.array?.count == 2)
  }

  // MARK: Parked work

  /// ann writes about her customer, which has gone to somebody else of the north meanwhile.
  private func park(_ values: [String: Value] = ["phone": .text("9")]) throws -> String {
    try world.assign(hers, to: "eve")
    ann.write(hers, values)
    try ann.sync()
    let item = try world.ask("GET", "parked", ["status": "waiting"])["parked"]?[0]
    return try #require(item?["id"]?.string)
  }

  @Test func `parked work is told as the contract says`() throws {
    let id = try park()
    let item = try world.ask("GET", "parked/\(id.prefix(8).lowercased())")
    let keys: Set<String> = [
      "id", "user", "device", "replica", "record", "collection", "customer", "changes", "reason",
      "writtenAt", "arrivedAt", "status", "decidedBy", "decidedAt",
    ]
    #expect(Set(try #require(item.object).keys) == keys)
    #expect(item["user"] == "ann")
    #expect(item["customer"] == "Hers")
    #expect(item["changes"] == ["phone": "9"])
    #expect(item["reason"] == "scopeLeft")
    #expect(item["status"] == "waiting")
    #expect(try world.admin("GET", "parked", ["status": "late"]).status == 400)
  }

  @Test func `accepted, it is its author's change`() throws {
    let id = try park()
    let answer = try world.admin("POST", "parked/\(id)/accept", token: mei)
    #expect(answer.status == 200, "\(answer.json.text())")
    #expect(answer.json["status"] == "accepted")
    #expect(answer.json["decidedBy"] == "mei")
    #expect(try world.fields(of: hers)["phone"] == "9")
    let history = try world.ask("GET", "records/\(hers)/history")["history"]
    #expect(history?[0]?["author"] == "ann")
    #expect(try world.admin("POST", "parked/\(id)/discard").status == 409)
    #expect(try world.openConflicts().isEmpty)
  }

  @Test func `accepted against what was written meanwhile, it is a conflict`() throws {
    try world.ask("POST", "records/\(hers)/set", body: ["assignments": ["notes=new"]])
    let id = try park(["notes": .text("old")])
    try world.ask("POST", "parked/\(id)/accept")
    #expect(try world.openConflicts().count == 1)
  }

  @Test func `a forged clock is parked as what its author had been sent`() throws {
    try world.ask("POST", "records/\(hers)/set", body: ["assignments": ["notes=new"]])
    try world.assign(hers, to: "eve")
    var change = ann.change(hers, ["notes": .text("old")])
    change.seen = VectorClock(hub: Position(UInt64(UInt32.max)))
    ann.edit([change])
    try ann.sync()
    let item = try world.ask("GET", "parked", ["status": "waiting"])["parked"]?[0]
    let id = try #require(item?["id"]?.string)
    try world.ask("POST", "parked/\(id)/accept")
    #expect(try world.openConflicts().count == 1)
  }

  @Test func `discarded, it changes nothing`() throws {
    let id = try park()
    let head = world.store.head
    #expect(try world.ask("POST", "parked/\(id)/discard")["status"] == "discarded")
    #expect(world.store.head == head)
    #expect(try world.fields(of: hers)["phone"] == "1")
  }

  @Test func `parked work of others' customers is not there`() throws {
    let id = try park()
    try world.assign(hers, to: "bob")
    #expect(try world.admin("GET", "parked", token: mei).json["parked"] == [])
    for verb in ["", "/accept", "/discard"] {
      let method = verb.isEmpty ? "GET" : "POST"
      #expect(try world.admin(method, "parked/\(id)\(verb)", token: mei).status == 404)
    }
  }

  @Test func `who may not change a customer decides nothing about it`() throws {
    let id = try park()
    try role("manager") { role in
      var rights = role["rights"]?["*"] ?? [:]
      rights["update"] = "own"
      role["rights"] = ["*": rights]
    }
    for verb in ["accept", "discard"] {
      #expect(try world.admin("POST", "parked/\(id)/\(verb)", token: mei).status == 403)
    }
  }
}
