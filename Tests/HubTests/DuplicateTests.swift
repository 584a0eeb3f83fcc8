// Two customers with one credit code, made where nobody could know of the other: one case, and its ends.
//
// ann and bob are of different teams, so neither holds the other's customer (K1).

import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct DuplicateTests {
  let world: World
  let ann: Laptop
  let bob: Laptop
  static let code = "91310000631696382C"

  init() throws {
    world = try worldOfTeams()
    (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
  }

  /// Both make a customer with the code, ann first.
  private func share(
    _ first: [String: Value] = [:], _ second: [String: Value] = [:]
  ) throws -> (RecordID, RecordID) {
    let code: [String: Value] = ["creditCode": .text(DuplicateTests.code)]
    let one = ann.customer("Acme", code.merging(first) { $1 })
    let two = bob.customer("Acme Ltd", code.merging(second) { $1 })
    try ann.sync()
    try bob.sync()
    return (one, two)
  }

  private func open() throws -> JSONValue { try #require(try world.openConflicts().first) }

  private func resolve(_ conflict: JSONValue, _ body: JSONValue) throws {
    try world.ask("POST", "conflicts/\(conflict["id"]?.string ?? "")/resolve", body: body)
  }

  @Test func `both exist, and one case names them in the order in which they came`() throws {
    let (one, two) = try share()
    let open = try world.openConflicts()
    #expect(open.count == 1)
    let conflict = try #require(open.first)
    #expect(conflict["rule"] == "duplicate")
    #expect(conflict["field"] == "creditCode")
    #expect(conflict["shown"] == .string(DuplicateTests.code))
    let values = try #require(conflict["values"]?.array)
    #expect(values.map { $0["record"] } == [one, two].map { .string($0.description) })
    #expect(values.map { $0["author"] } == ["ann", "bob"])
    #expect(try world.fields(of: one)["name"] == "Acme")
    #expect(try world.fields(of: two)["name"] == "Acme Ltd")
  }

  @Test func `neither of the two learns of the other`() throws {
    let (one, two) = try share()
    try ann.sync()
    #expect(Set(ann.base.keys) == [one])
    #expect(Set(bob.base.keys) == [two])
    // He sees what ann has, and not what bob has.
    let lead: JSONValue = ["name": "leo", "role": "manager", "team": "north"]
    let leo = try #require(try world.ask("POST", "users", body: lead)["token"]?.string)
    #expect(try world.admin("GET", "records/\(one)", token: leo).status == 200)
    let told = try world.admin("GET", "conflicts", token: leo).json["conflicts"]
    #expect(told == [])
  }

  @Test func `a third customer joins the same case`() throws {
    _ = try share()
    let before = try open()
    let three = ann.customer("Acme again", ["creditCode": .text(DuplicateTests.code)])
    try ann.sync()
    let after = try world.openConflicts()
    #expect(after.map { $0["id"] } == [before["id"]])
    #expect(after.first?["values"]?.array?.last?["record"] == .string(three.description))
  }

  @Test func `a corrected code closes the case, and the former one opens it again`() throws {
    let (_, two) = try share()
    let id = try open()["id"]
    bob.write(two, ["creditCode": .text("91310000000000000X")])
    try bob.sync()
    #expect(try world.openConflicts().isEmpty)
    let closed = try world.ask("GET", "conflicts/\(id?.string ?? "")")
    #expect(closed["status"] == "resolved")
    #expect(closed["resolvedBy"] == "bob")
    bob.write(two, ["creditCode": .text(DuplicateTests.code)])
    try bob.sync()
    #expect(try world.openConflicts().map { $0["id"] } == [id])
  }

  @Test func `a deletion closes the case, and whoever is brought back opens it again`() throws {
    let (_, two) = try share()
    let before = ISO8601.string(milliseconds: world.now.milliseconds, in: .utc)
    world.clock.advance(seconds: 60)
    bob.delete(two)
    try bob.sync()
    #expect(try world.openConflicts().isEmpty)
    try world.ask("POST", "records/\(two)/restore", body: ["at": .string(before)])
    #expect(try world.openConflicts().count == 1)
  }

  @Test func `one is kept: it takes in what the other has, and what is still written about it`()
    throws
  {
    let (one, two) = try share(
      ["phone": .text("1")], ["phone": .text("2"), "region": .text("south")])
    let (contact, visit) = (world.identity(), world.identity())
    bob.write(contact, in: .contact, ["customer": .reference(two), "name": .text("Li")])
    bob.write(
      visit, in: .followUp,
      ["customer": .reference(two), "text": .text("met"), "occurredAt": .moment(world.now)])
    try bob.sync()
    bob.write(two, ["website": .text("acme.example")])
    try resolve(try open(), ["take": 1, "note": "one company"])
    let fields = try world.fields(of: one)
    #expect(fields["phone"] == "1")
    #expect(fields["region"] == "south")
    for child in [contact, visit] {
      #expect(try world.fields(of: child)["customer"] == .string(one.description))
    }
    #expect(try world.ask("GET", "records/\(two)")["deleted"] == true)
    #expect(try world.openConflicts().isEmpty)
    try ann.sync()
    #expect(ann.base.keys.contains(contact) && ann.base.keys.contains(visit))
    let refusals = try bob.sync().flatMap(\.receipts).flatMap(\.refusals)
    #expect(refusals.map(\.record) == [two])
    #expect(refusals.allSatisfy(\.isParked) || refusals.map(\.reason) == [.missingReference])
    #expect(bob.base.isEmpty)
  }

  @Test func `two that are told apart stay two, until a third one has the code`() throws {
    _ = try share()
    let first = try open()
    try resolve(first, ["value": "apart", "note": "a branch"])
    #expect(try world.openConflicts().isEmpty)
    let told = try world.ask("GET", "conflicts/\(first["id"]?.string ?? "")")
    #expect(told["note"] == "a branch")
    #expect(told["resolvedBy"] == "root")
    _ = ann.customer("Third", ["creditCode": .text(DuplicateTests.code)])
    try ann.sync()
    #expect(try open()["values"]?.array?.count == 3)
  }

  @Test func `a decision that names no customer is refused, and changes nothing`() throws {
    _ = try share()
    let path = "conflicts/\(try open()["id"]?.string ?? "")/resolve"
    for body: JSONValue in [["take": 3], ["value": "91310000000000000X"], [:]] {
      #expect(try world.admin("POST", path, body: body).status == 400)
    }
    #expect(try world.openConflicts().count == 1)
  }

  @Test func `an external key that two strangers share is a case, too`() throws {
    _ = ann.customer("Acme", ["externalKey": .text("A-1")])
    _ = bob.customer("Acme", ["externalKey": .text("A-1")])
    try ann.sync()
    try bob.sync()
    #expect(try open()["field"] == "externalKey")
  }
}
