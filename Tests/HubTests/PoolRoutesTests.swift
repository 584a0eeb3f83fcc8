// `/v1/admin/pools`: what an administrator sees and changes, and who is refused.

import Notation
import SyncCore
import Testing

@testable import Hub

@Suite struct PoolRoutesTests {
  @Test func `a pool is added, changed key by key, replaced whole, and listed`() throws {
    let world = try worldOfTeams()
    let added = try world.ask(
      "POST", "pools", body: ["name": "east", "members": ["team:north", "bob"], "admins": ["mei"]])
    #expect(added["claimsPerDay"] == 10 && added["customers"] == 0)
    #expect(try world.admin("POST", "pools", body: ["name": "east"]).status == 409)
    let changed = try world.ask(
      "POST", "pools/east", body: ["holdMax": 5, "hidden": ["customer": ["phone"]]])
    #expect(changed["holdMax"] == 5 && changed["admins"] == ["mei"])
    try world.ask("PUT", "pools", body: ["name": "east", "members": ["*"]])
    let shown = try world.ask("GET", "pools/east")
    #expect(shown["holdMax"] == 200 && shown["members"] == ["*"] && shown["hidden"] == [:])
    #expect(try world.ask("GET", "pools")["pools"]?.array?.count == 1)
  }

  @Test(
    arguments: [
      ("POST", "pools", ["name": "a b"], 400), ("POST", "pools", ["name": "a", "x": 1], 400),
      ("POST", "pools", ["name": "a", "members": ["nobody"]], 404),
      ("POST", "pools", ["name": "a", "members": ["team:west"]], 404),
      ("POST", "pools", ["name": "a", "admins": ["nobody"]], 404),
      ("POST", "pools/west", ["holdMax": 1], 404), ("POST", "pools/east", ["holdMax": -1], 400),
      ("POST", "pools/east/take", ["record": "customer:None"], 404),
    ] as [(String, String, JSONValue, Int)])
  func `what makes no sense changes nothing`(
    method: String, path: String, body: JSONValue, status: Int
  ) throws {
    let world = try worldOfTeams()
    try world.ask("POST", "pools", body: ["name": "east"])
    let before = try world.ask("GET", "pools")
    #expect(try world.admin(method, path, body: body).status == status)
    #expect(try world.ask("GET", "pools") == before)
  }

  @Test func `a customer is moved into a pool and on to another, and keeps its last owner`() throws
  {
    let world = try worldOfTeams()
    for name in ["east", "west"] { try world.ask("POST", "pools", body: ["name": .string(name)]) }
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    let id = ann.customer("Acme")
    try ann.sync()
    let move: JSONValue = ["record": .string(id.description), "reason": "Nobody calls"]
    let moved = try world.ask("POST", "pools/east/take", body: move)
    #expect(moved["fields"]?["pool"] == "east" && moved["fields"]?["owner"] == nil)
    #expect(try world.admin("POST", "pools/east/take", body: move).status == 403)
    try bob.sync()
    #expect(bob.value("pool", of: id) == .text("east"))
    try world.ask("POST", "pools/west/take", body: move)
    #expect(try world.ask("GET", "pools/west")["customers"] == 1)
    #expect(try world.ask("GET", "pools/east")["customers"] == 0)
    #expect(
      try world.ask("GET", "records/\(id)/history")["history"]?.array?.first?["changes"]?["release"]
        == "west Nobody calls")
    try ann.sync()
    #expect(try ann.claimed(id) == "coolDownDays")
    try bob.sync()
    #expect(try bob.claimed(id) == "")
  }

  @Test func `a release that names no pool goes into the first one by name`() throws {
    let world = try worldOfTeams()
    for (name, member) in [("a", "bob"), ("b", "ann"), ("c", "ann")] {
      try world.setPool(["name": .string(name), "members": [.string(member)]])
    }
    let (ann, eve) = (try world.laptop("ann"), try world.laptop("eve"))
    let (hers, other) = (ann.customer("Hers"), eve.customer("Other"))
    #expect(try ann.released(hers, to: "") == "")
    #expect(try world.fields(of: hers)["pool"] == "b")
    #expect(try eve.released(other, to: "") == "pool")
  }
}
