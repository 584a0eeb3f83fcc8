// Two people, one field: what becomes of it, who decides, and what a decision is worth.
//
// Every test begins with one customer that ann and bob both hold; ann writes first, and bob a minute
// later, without knowing of each other.

import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct ConflictTests {
  let world: World
  let ann: Laptop
  let bob: Laptop
  let id: RecordID

  init() throws {
    world = try World()
    (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    id = ann.customer("Acme", ["legalName": .text("Acme GmbH"), "phone": .text("1")])
    try ann.sync()
    try bob.sync()
  }

  /// Both write one field without knowing of each other, ann first.
  private func disagree(on name: String, _ first: String, _ second: String) throws {
    ann.write(id, [name: .text(first)])
    world.clock.advance(seconds: 60)
    bob.write(id, [name: .text(second)])
    try ann.sync()
    try bob.sync()
    try ann.sync()
  }

  private func conflicts(_ query: [String: String] = [:]) throws -> [JSONValue] {
    try #require(try world.ask("GET", "conflicts", query)["conflicts"]?.array)
  }

  @Test func `two legal names are one open conflict that tells everything`() throws {
    try disagree(on: "legalName", "Acme AG", "Acme SE")
    let open = try world.openConflicts()
    #expect(open.count == 1)
    let conflict = try #require(open.first)
    #expect(conflict["record"] == .string(id.description))
    #expect(conflict["collection"] == "customer")
    #expect(conflict["field"] == "legalName")
    #expect(conflict["base"] == "Acme GmbH")
    #expect(conflict["shown"] == "Acme SE")
    #expect(conflict["status"] == "open")
    #expect(conflict["rule"] == "review")
    let values = try #require(conflict["values"]?.array)
    #expect(values.map { $0["value"] } == ["Acme AG", "Acme SE"])
    #expect(values.map { $0["author"] } == ["ann", "bob"])
    #expect(values.allSatisfy { $0["device"] == "laptop" && $0["skew"] == .null })
    #expect(values.map { $0["dot"] } == ["1:2", "2:1"])
    let keys: Set<String> = [
      "id", "record", "collection", "field", "base", "values", "rule", "ruleVersion", "shown",
      "status", "resolvedBy", "resolvedAt", "note",
    ]
    #expect(Set(try #require(conflict.object).keys) == keys)
    let record = try world.ask("GET", "records/\(id)")
    #expect(record["disputed"]?["legalName"]?.array?.map { $0["value"] } == ["Acme AG", "Acme SE"])
    #expect(record["pending"] == [])
  }

  @Test func `two phone numbers are settled by the rule, and told`() throws {
    try disagree(on: "phone", "2", "3")
    #expect(try world.openConflicts().isEmpty)
    let all = try conflicts()
    #expect(all.map { $0["status"] } == ["settled"])
    #expect(all.first?["shown"] == "3")
  }

  @Test func `equal values are no conflict`() throws {
    try disagree(on: "legalName", "Acme AG", "Acme AG")
    #expect(try conflicts().isEmpty)
  }

  @Test func `whoever has seen both and writes closes the case`() throws {
    try disagree(on: "legalName", "Acme AG", "Acme SE")
    ann.write(id, ["legalName": .text("Acme KG")])
    try ann.sync()
    #expect(try world.openConflicts().isEmpty)
    let conflict = try #require(try conflicts().first)
    #expect(conflict["status"] == "resolved")
    #expect(conflict["resolvedBy"] == "ann")
    #expect(conflict["shown"] == "Acme KG")
  }

  @Test(arguments: [(1, "Acme AG"), (2, "Acme SE")])
  func `an administrator takes a value by its number`(number: Int, name: String) throws {
    try disagree(on: "legalName", "Acme AG", "Acme SE")
    let conflict = try #require(try world.openConflicts().first?["id"]?.string)
    let resolved = try world.ask(
      "POST", "conflicts/\(conflict)/resolve",
      body: ["take": .integer(Int64(number)), "note": "asked them"])
    #expect(resolved["status"] == "resolved")
    #expect(resolved["resolvedBy"] == "root")
    #expect(resolved["note"] == "asked them")
    #expect(resolved["shown"] == .string(name))
    #expect(try world.openConflicts().isEmpty)
    try ann.sync()
    try bob.sync()
    #expect(ann.value("legalName", of: id) == .text(name))
    #expect(bob.value("legalName", of: id) == .text(name))
    let newest = try world.ask("GET", "records/\(id)/history")["history"]?[0]
    #expect(newest?["author"] == "root")
  }

  @Test func `an administrator gives a value of his own, or one too many`() throws {
    try disagree(on: "legalName", "Acme AG", "Acme SE")
    let conflict = try #require(try world.openConflicts().first?["id"]?.string)
    let path = "conflicts/\(conflict)/resolve"
    #expect(try world.admin("POST", path, body: ["take": 3]).status == 400)
    #expect(try world.admin("POST", path, body: ["take": 0]).status == 400)
    #expect(try world.admin("POST", path, body: ["take": 1, "value": "x"]).status == 400)
    #expect(try world.admin("POST", path, body: [:]).status == 400)
    #expect(try world.openConflicts().count == 1)
    #expect(try world.ask("POST", path, body: ["value": "Acme"])["shown"] == "Acme")
  }

  @Test func `a decision made elsewhere at the same time reopens the same case`() throws {
    try disagree(on: "legalName", "Acme AG", "Acme SE")
    // bob decides offline, not knowing that the administrator does.
    try bob.sync()
    bob.write(id, ["legalName": .text("Acme SE")])
    let conflict = try #require(try world.openConflicts().first?["id"]?.string)
    try world.ask("POST", "conflicts/\(conflict)/resolve", body: ["take": 1])
    try bob.sync()
    let open = try world.openConflicts()
    #expect(open.map { $0["id"]?.string } == [conflict])
    #expect(try conflicts().count == 1)
    #expect(open.first?["resolvedBy"] == .null)
    #expect(open.first?["values"]?.array?.map { $0["author"] } == ["root", "bob"])
  }

  @Test func `reopening brings every value back to its author`() throws {
    try disagree(on: "legalName", "Acme AG", "Acme SE")
    let conflict = try #require(try world.openConflicts().first?["id"]?.string)
    try world.ask("POST", "conflicts/\(conflict)/resolve", body: ["take": 1, "note": "as agreed"])
    let reopened = try world.ask("POST", "conflicts/\(conflict)/reopen")
    #expect(reopened["status"] == "open")
    let values = try #require(reopened["values"]?.array)
    #expect(Set(values.map { $0["value"]?.string }) == ["Acme AG", "Acme SE"])
    #expect(Set(values.map { $0["author"]?.string }) == ["ann", "bob"])
    #expect(try world.openConflicts().count == 1)
    let resolved = try world.ask(
      "POST", "conflicts/\(conflict)/resolve", body: ["value": "Acme SE"])
    #expect(resolved["status"] == "resolved")
    #expect(resolved["note"] == .null)
    try ann.sync()
    #expect(ann.value("legalName", of: id) == .text("Acme SE"))
  }

  @Test func `a field that its rule settles is not reopened`() throws {
    try disagree(on: "phone", "2", "3")
    let conflict = try #require(try conflicts().first?["id"]?.string)
    #expect(try world.admin("POST", "conflicts/\(conflict)/reopen").status == 409)
    // Its losing value can be taken all the same.
    let taken = try world.ask("POST", "conflicts/\(conflict)/resolve", body: ["take": 1])
    #expect(taken["status"] == "resolved")
    #expect(try world.fields(of: id)["phone"] == "2")
  }

  @Test func `amounts of money are one value, and one number means the amount`() throws {
    let deal = world.identity()
    func money(_ amount: String) -> Value {
      .group(
        FieldValues([
          (field("amount", in: .opportunity), .decimal(DecimalNumber(amount) ?? .init(0))),
          (field("currency", in: .opportunity), .text("EUR")),
        ]))
    }
    ann.write(deal, in: .opportunity, ["customer": .reference(id), "money": money("100")])
    try ann.sync()
    try bob.sync()
    ann.write(deal, in: .opportunity, ["money": money("200")])
    bob.write(deal, in: .opportunity, ["money": money("300")])
    try ann.sync()
    try bob.sync()
    let conflict = try #require(try world.openConflicts().first)
    #expect(conflict["field"] == "amount")
    #expect(conflict["base"] == ["amount": "100", "currency": "EUR"])
    let path = "conflicts/\(conflict["id"]?.string ?? "")/resolve"
    #expect(try world.ask("POST", path, body: ["value": "250"])["status"] == "resolved")
    #expect(try world.fields(of: deal)["amount"] == "250")
    #expect(try world.fields(of: deal)["currency"] == "EUR")
  }

  @Test func `conflicts are found by record, field, author, status and time`() throws {
    try disagree(on: "legalName", "Acme AG", "Acme SE")
    world.clock.advance(seconds: 3600)
    try disagree(on: "phone", "2", "3")
    #expect(try conflicts().map { $0["field"] } == ["phone", "legalName"])
    #expect(try conflicts(["field": "phone"]).count == 1)
    #expect(try conflicts(["record": "customer:Acme"]).count == 2)
    #expect(try conflicts(["author": "bob"]).count == 2)
    #expect(try conflicts(["author": "eve"]).isEmpty)
    #expect(try conflicts(["status": "settled"]).count == 1)
    #expect(try conflicts(["status": "resolved"]).isEmpty)
    #expect(try conflicts(["since": "-30m"]).map { $0["field"] } == ["phone"])
    #expect(try conflicts(["limit": "1"]).count == 1)
    #expect(try world.admin("GET", "conflicts", ["status": "odd"]).status == 400)
  }
}
