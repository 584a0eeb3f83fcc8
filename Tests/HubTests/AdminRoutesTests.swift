// Every route that is no sync: what it answers, to whom, and how it refuses.
//
// Shapes are the JSON contract of the programs, so they are compared key by key; roles are a table,
// one line a case.

import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct AdminRoutesTests {
  let world: World
  let ann: Laptop
  let id: RecordID

  init() throws {
    world = try World()
    ann = try world.laptop("ann")
    id = ann.customer("Acme", ["phone": .text("1"), "externalKey": .text("K-1")])
    _ = ann.customer("Beta", ["size": .text("50")])
    _ = ann.customer("Beta")
    try ann.sync()
  }

  private func token(_ name: String, _ role: String) throws -> String {
    let user = try world.ask("POST", "users", body: ["name": .string(name), "role": .string(role)])
    return try #require(user["token"]?.string)
  }

  // MARK: People

  @Test func `users are made, shown and disabled`() throws {
    try world.ask("POST", "teams", body: ["name": "north"])
    let made = try world.admin(
      "POST", "users", body: ["name": "max", "role": "manager", "team": "north"])
    #expect(made.status == 201)
    #expect(made.json["token"]?.string?.count == 52)
    #expect(try world.ask("POST", "users", body: ["name": "rep"])["token"] == .null)
    try world.ask("POST", "users/max/disable")
    let users = try #require(try world.ask("GET", "users")["users"]?.array)
    #expect(
      users.first { $0["name"] == "max" }
        == ["name": "max", "role": "manager", "team": "north", "disabled": true, "away": .null])
    let token = made.json["token"]?.string
    #expect(try world.admin("GET", "users", token: token).status == 401)
    #expect(try world.ask("GET", "teams")["teams"] == [["name": "north", "parent": .null]])
  }

  @Test func `laptops are shown with how far they are behind, revoked and retired`() throws {
    world.clock.advance(seconds: 3600)
    try world.ask("POST", "records/\(id)/set", body: ["assignments": ["phone=2"]])
    let replica = try world.ask("GET", "replicas/1")
    #expect(replica["user"] == "ann")
    #expect(replica["behindChanges"] == 1)
    #expect(replica["behindSeconds"] == 3600)
    #expect(replica["counter"] == 3)
    #expect(replica["status"] == "active")
    #expect(replica["parent"] == .null)
    #expect(replica["skewMilliseconds"] == 0)
    try ann.sync()
    #expect(try world.ask("GET", "replicas")["replicas"]?[0]?["behindSeconds"] == 0)
    #expect(try world.ask("POST", "replicas/1/retire")["status"] == "retired")
    #expect(try world.ask("POST", "replicas/1/revoke")["status"] == "revoked")
    #expect(try ann.send(ann.request()).detour == .revoked)
    #expect(try world.admin("POST", "replicas/9/revoke").status == 404)
  }

  @Test(arguments: [
    // Who, method, path, status. What is not refused for the caller fails for another reason.
    ("admin", "GET", "users", 200), ("manager", "GET", "users", 200),
    ("service", "GET", "users", 200), ("device", "GET", "users", 403),
    ("none", "GET", "users", 401),
    ("admin", "POST", "users", 400), ("manager", "POST", "users", 403),
    ("service", "POST", "users", 403), ("manager", "POST", "invites", 400),
    ("service", "POST", "invites", 403), ("manager", "PUT", "rules", 403),
    ("admin", "PUT", "rules", 400), ("manager", "POST", "records/customer:Acme/delete", 200),
    ("service", "POST", "records/customer:Acme/delete", 403),
    ("manager", "POST", "replicas/1/revoke", 403),
    ("manager", "POST", "conflicts/0000/resolve", 404),
    ("service", "POST", "conflicts/0000/resolve", 403), ("admin", "GET", "nothing", 404),
    ("admin", "DELETE", "users", 404),
  ])
  func `each role may do what is its`(
    who: String, method: String, path: String, status: Int
  ) throws {
    let token =
      switch who {
      case "admin": world.adminToken
      case "device": ann.token
      case "none": "nonsense"
      default: try token(who, who)
      }
    let answer = try world.admin(method, path, body: nil, token: token)
    #expect(answer.status == status, "\(answer.json.text())")
    if status >= 400 {
      #expect(answer.json["error"]?["code"]?.string?.isEmpty == false)
      #expect(answer.json["error"]?["message"]?.string?.isEmpty == false)
    }
  }

  @Test func `a manager invites reps and no administrators`() throws {
    let token = try token("max", "manager")
    #expect(try world.admin("POST", "invites", body: ["user": "bob"], token: token).status == 201)
    #expect(try world.admin("POST", "invites", body: ["user": "root"], token: token).status == 403)
  }

  // MARK: Records

  @Test func `a record is shown whole, however it is called`() throws {
    let text = id.description
    for reference in [text, text.lowercased(), "customer:Acme", "customer:K-1"] {
      let record = try world.ask("GET", "records/\(reference)")
      #expect(record["id"] == .string(text))
      let keys: Set<String> = [
        "id", "collection", "fields", "pending", "disputed", "asOf", "createdAt", "updatedAt",
      ]
      #expect(Set(try #require(record.object).keys) == keys)
      #expect(record["fields"]?["phone"] == "1")
    }
  }

  @Test func `what could mean several records is told with all of them`() throws {
    let (status, json) = try world.admin("GET", "records/customer:Beta")
    #expect(status == 409)
    #expect(json["error"]?["candidates"]?.array?.count == 2)
    let prefix = String(id.description.prefix(6))
    #expect(try world.admin("GET", "records/\(prefix)").status == 409)
    #expect(try world.admin("GET", "records/abc").status == 404)
    #expect(try world.admin("GET", "records/planet:Mars").status == 400)
    #expect(try world.admin("GET", "records/customer:Nobody").status == 404)
  }

  @Test func `records are listed by condition, order and number`() throws {
    func names(_ query: [String: String]) throws -> [String?] {
      let found = try world.ask("GET", "records", query)["records"]?.array ?? []
      return found.map { $0["fields"]?["name"]?.string }
    }
    #expect(try names(["sort": "name"]) == ["Acme", "Beta", "Beta"])
    #expect(try names(["where": "phone = 1"]) == ["Acme"])
    #expect(try names(["sort": "-name"]) == ["Beta", "Beta", "Acme"])
    #expect(try names(["sort": "size", "limit": "1"]) == ["Beta"])
    #expect(try world.ask("GET", "records", ["limit": "1"])["total"] == 3)
    #expect(try names(["collection": "contact"]) == [])
    for bad in [["where": "fone = 1"], ["sort": "fone"], ["limit": "0"], ["collection": "x"]] {
      #expect(try world.admin("GET", "records", bad).status == 400)
    }
  }

  @Test func `work goes to somebody who is here, and is listed while its customer is there`() throws
  {
    let task = world.identity()
    ann.write(
      task, in: .task,
      ["customer": .reference(id), "title": .text("Call"), "status": .text("open")])
    try ann.sync()
    func assign(_ name: String) throws -> Int {
      try world.admin(
        "POST", "records/\(task)/set", body: ["assignments": [.string("assignee=\(name)")]]
      ).status
    }
    #expect(try assign("nosuch") == 404)
    #expect(try assign("ann") == 200)
    #expect(try assign("") == 200)
    func listed() throws -> JSONValue? {
      try world.ask("GET", "records", ["collection": "task", "where": "status = open"])["total"]
    }
    #expect(try listed() == 1)
    world.clock.advance(seconds: 60)
    try world.ask("POST", "records/\(id)/delete")
    #expect(try listed() == 0)
    try world.ask("POST", "records/\(id)/restore", body: ["at": "-1s"])
    #expect(try listed() == 1)
  }

  @Test func `an administrator writes fields, elements and groups`() throws {
    let answer = try world.ask(
      "POST", "records/\(id)/set",
      body: ["assignments": ["phone=", "tags+=a,b", "tags-=b", "city=Köln", "stage=won"]])
    #expect(answer["fields"]?["phone"] == nil)
    #expect(answer["fields"]?["tags"] == ["a"])
    #expect(answer["fields"]?["city"] == "Köln")
    try world.ask("POST", "records/\(id)/set", body: ["assignments": ["country=DE"]])
    #expect(try world.fields(of: id)["city"] == "Köln")
    let history = try #require(
      try world.ask("GET", "records/\(id)/history", ["field": "tags"])["history"]?.array)
    #expect(history.map { $0["changes"] } == [["tags": ["added": ["a"], "removed": []]]])
    try ann.sync()
    #expect(ann.value("country", of: id) == .text("DE"))
  }

  @Test(arguments: [
    ("phone", 400), ("fone=1", 400), ("phone+=1", 400), ("lastFollowAt=never", 400),
    ("owner=nobody", 404),
  ])
  func `an assignment that makes no sense changes nothing`(word: String, status: Int) throws {
    let head = world.store.head
    let answer = try world.admin(
      "POST", "records/\(id)/set", body: ["assignments": ["email=x", .string(word)]])
    #expect(answer.status == status, "\(answer.json.text())")
    #expect(world.store.head == head)
  }

  @Test func `what a rule forbids is refused to administrators too`() throws {
    let fact = world.identity()
    ann.write(
      fact, in: .followUp, ["customer": .reference(id), "occurredAt": .moment(world.now)])
    try ann.sync()
    let answer = try world.admin("POST", "records/\(fact)/set", body: ["assignments": ["text=x"]])
    #expect(answer.status == 403)
    #expect(answer.json["error"]?["code"] == "refused")
    try world.ask("POST", "records/\(id)/delete")
    let late = try world.admin("POST", "records/\(id)/set", body: ["assignments": ["phone=3"]])
    #expect(late.status == 403)
    #expect(try world.ask("POST", "records/\(id)/delete")["deleted"] == true)
  }

  @Test func `history tells who, when, what, and what was refused`() throws {
    let bob = try world.laptop("bob")
    try bob.sync()
    bob.write(id, ["phone": .text("2"), "owner": .text("bob")])
    try bob.sync()
    let newest = try #require(try world.ask("GET", "records/\(id)/history")["history"]?[0])
    #expect(newest["author"] == "bob")
    #expect(newest["device"] == "laptop")
    #expect(newest["dot"] == "2:1")
    #expect(newest["changes"] == ["phone": "2"])
    #expect(newest["refused"]?[0]?["field"] == "owner")
    #expect(newest["refused"]?[0]?["reason"] == "hubOnly")
    let device = world.routes.answer(
      HubRequest(
        "GET", "/v1/history", query: ["record": id.description, "field": "phone"],
        bearerToken: ann.token))
    let history = try JSONValue(parsing: device.body)["history"]
    #expect(history?.array?.map { $0["changes"]?["phone"] } == ["2", "1"])
  }

  // MARK: About itself

  @Test func `anybody may ask whether it lives and how much it did`() throws {
    let health = try JSONValue(parsing: world.routes.answer(HubRequest("GET", "/healthz")).body)
    #expect(health["status"] == "ok")
    #expect(health["workspace"] == "Acme")
    #expect(health["epoch"] == .integer(Int64(world.store.epoch)))
    #expect(health["position"] == .integer(Int64(world.store.head.rawValue)))
    let metrics = String(
      decoding: world.routes.answer(HubRequest("GET", "/metrics")).body, as: UTF8.self)
    for line in [
      "rounds_syncs_total 1", "rounds_edits_accepted_total 3", "rounds_edits_duplicate_total 0",
      "rounds_conflicts_open 0", "rounds_replicas 1", "rounds_replica_lag_seconds{replica=\"1\"} 0",
      "rounds_tick_runs_total 0",
    ] {
      #expect(metrics.contains("\n\(line)\n"), "\(line)")
    }
    #expect(!metrics.contains("ann"))
    #expect(world.routes.answer(HubRequest("GET", "/")).status == 200)
    #expect(world.routes.answer(HubRequest("GET", "/favicon.ico")).status == 404)
    #expect(world.routes.answer(HubRequest("GET", "/v1/sync")).status == 405)
  }

  @Test func `a path in the log names nobody`() {
    for (path, shown) in [
      ("/v1/admin/records/customer:Acme/history", "/v1/admin/records/*/history"),
      ("/v1/admin/users/records/disable", "/v1/admin/users/*/disable"), ("/v1/sync", "/v1/sync"),
      ("/someone", "/*"), ("/", "/"),
    ] {
      #expect(HubRequest("GET", path).loggablePath == shown)
    }
  }

  @Test func `garbage is refused and never traps`() throws {
    var random = SplitMix64(state: 5)
    for length in 0..<200 {
      let body = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      for path in ["/v1/sync", "/v1/join", "/v1/admin/users", "/v1/admin/invites"] {
        let answer = world.routes.answer(
          HubRequest("POST", path, bearerToken: world.adminToken, body: body))
        #expect((400..<500).contains(answer.status))
      }
      let answer = world.routes.answer(
        HubRequest("PUT", "/v1/admin/rules", bearerToken: world.adminToken, body: body))
      #expect(answer.status == 400)
    }
  }

  @Test func `a laptop's page tells how many bytes it has not pulled`() throws {
    let world = try worldOfTeams()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    func behind(_ replica: Int) throws -> Int64 {
      try #require(try world.ask("GET", "replicas/\(replica)")["behindBytes"]?.integer)
    }
    let id = ann.customer("Acme", ["notes": .text(String(repeating: "x", count: 1000))])
    try ann.sync()
    try bob.sync()
    // ann's own changes are not downloaded, and what she wrote is not bob's to see.
    #expect(try behind(1) == 0 && behind(2) == 0)
    try world.assign(id, to: "bob")
    // To her, one name; to him, the customer.
    #expect(try (1..<100).contains(behind(1)))
    #expect(try (1000..<1200).contains(behind(2)))
    #expect(try world.ask("GET", "replicas/2")["behindChanges"] == 1)
    // The list does not count bytes.
    #expect(try world.ask("GET", "replicas")["replicas"]?[1]?["behindBytes"] == nil)
    try bob.sync()
    #expect(try behind(2) == 0)
    try world.ask("POST", "replicas/1/revoke")
    #expect(try behind(1) == 0)
  }
}
