// One customer, brought by two laptops that did not know of each other: it is one customer at the hub.
//
// An external key says which record of another program this one is. Both laptops are offline when they
// write; the second one to sync finds the first one's record in the place of its own (H-13).

import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct TwinTests {
  let world: World
  let ann: Laptop
  let bob: Laptop

  init() throws {
    world = try World()
    (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    try ann.sync()
    try bob.sync()
  }

  private func count(_ collection: CollectionSchema) throws -> Int {
    try #require(
      try world.store.db.first("SELECT count(*) FROM \"\(collection.name)\"") { $0.int(0) })
  }

  private func bringsBoth(
    _ first: [String: Value] = [:], _ second: [String: Value] = [:]
  ) throws -> (kept: RecordID, twin: RecordID) {
    let key: [String: Value] = ["externalKey": .text("A-1")]
    let kept = ann.customer("Acme", key.merging(first) { $1 })
    world.clock.advance(seconds: 60)
    let twin = bob.customer("Acme", key.merging(second) { $1 })
    try ann.sync()
    try bob.sync()
    return (kept, twin)
  }

  @Test func `the same external key from two laptops is one customer, and no conflict`() throws {
    let (kept, twin) = try bringsBoth()
    #expect(try count(.customer) == 1)
    #expect(Set(bob.base.keys) == [kept])
    #expect(try world.ask("GET", "conflicts")["conflicts"] == [])
    #expect(try world.admin("GET", "records/\(twin)").status == 404)
  }

  @Test func `what the two say differently merges field by field, and nobody's word is lost`()
    throws
  {
    let (kept, _) = try bringsBoth(
      ["phone": .text("1"), "legalName": .text("Acme AG")],
      ["region": .text("south"), "legalName": .text("Acme SE"), "owner": .text("bob")])
    let fields = try world.fields(of: kept)
    #expect(fields["phone"] == "1")
    #expect(fields["region"] == "south")
    // Whose it is was decided when it came first.
    #expect(fields["owner"] == "ann")
    let open = try world.openConflicts()
    #expect(open.map { $0["field"] } == ["legalName"])
    #expect(open.first?["values"]?.array?.map { $0["author"] } == ["ann", "bob"])
  }

  @Test func `what was written about the twin before it was known arrives at the customer`() throws
  {
    let key: [String: Value] = ["externalKey": .text("A-1")]
    let kept = ann.customer("Acme", key)
    let twin = bob.customer("Acme", key)
    let contact = world.identity()
    bob.write(contact, in: .contact, ["customer": .reference(twin), "name": .text("Li")])
    try ann.sync()
    try bob.sync()
    #expect(try world.fields(of: contact)["customer"] == .string(kept.description))
    // And once more, of a laptop that wrote it all before it heard.
    bob.edit([bob.change(twin, ["phone": .text("2")])])
    bob.write(world.identity(), in: .task, ["customer": .reference(twin), "title": .text("call")])
    try bob.sync()
    #expect(try world.fields(of: kept)["phone"] == "2")
    #expect(try count(.task) == 1)
    let task = try world.store.db.first("SELECT root FROM task") { try $0.id(0) }
    #expect(task == kept)
    try ann.sync()
    #expect(Set(ann.base.keys) == Set(bob.base.keys))
  }

  @Test func `what is refused of a twin is told under the name that its author gave it`() throws {
    _ = ann.customer("Acme", ["externalKey": .text("A-1")])
    let twin = bob.customer("Acme", ["externalKey": .text("A-1"), "phone": .integer(7)])
    try ann.sync()
    let refusals = try bob.sync().flatMap(\.receipts).flatMap(\.refusals)
    #expect(refusals.map(\.record) == [twin])
    #expect(refusals.map(\.reason) == [.wrongType])
  }

  @Test func `the same edit again has the same verdict, and the log is kept byte for byte`() throws
  {
    _ = try bringsBoth()
    let again = try bob.send(bob.request(after: 0))
    #expect(again.receipts.map(\.isDuplicate) == [true])
    let kept = try world.store.sealedBytes(at: Dot(bob.replica, Counter(1)))
    #expect(kept == bob.log[0])
    #expect(try count(.customer) == 1)
  }

  @Test func `children with one key under one customer are one, under two they are two`() throws {
    let one = ann.customer("One")
    let two = ann.customer("Two")
    try ann.sync()
    try bob.sync()
    func contact(_ laptop: Laptop, _ customer: RecordID) {
      laptop.write(
        world.identity(), in: .contact,
        ["customer": .reference(customer), "name": .text("Li"), "externalKey": .text("C-1")])
    }
    contact(ann, one)
    contact(bob, one)
    contact(bob, two)
    try ann.sync()
    try bob.sync()
    #expect(try count(.contact) == 2)
  }

  @Test func `a fact that both brought is one; one that says something else is another`() throws {
    let customer = ann.customer("Acme")
    try ann.sync()
    try bob.sync()
    func visit(_ laptop: Laptop, _ text: String) {
      laptop.write(
        world.identity(), in: .followUp,
        [
          "customer": .reference(customer), "text": .text(text), "externalKey": .text("F-1"),
          "occurredAt": .moment(world.now), "author": .text(laptop.user),
        ])
    }
    visit(ann, "met")
    visit(bob, "met")
    visit(bob, "met, and signed")
    try ann.sync()
    let receipts = try bob.sync().flatMap(\.receipts)
    #expect(receipts.flatMap(\.refusals) == [])
    #expect(try count(.followUp) == 2)
  }

  @Test func `a customer that was deleted stays deleted, and its key is free`() throws {
    let first = ann.customer("Acme", ["externalKey": .text("A-1")])
    try ann.sync()
    ann.delete(first)
    try ann.sync()
    let second = bob.customer("Acme", ["externalKey": .text("A-1")])
    try bob.sync()
    #expect(try world.fields(of: second)["name"] == "Acme")
    #expect(try count(.customer) == 1)
  }

  @Test func `who knew the first one and wrote a second one has two`() throws {
    _ = ann.customer("Acme", ["externalKey": .text("A-1")])
    try ann.sync()
    try bob.sync()
    _ = ann.customer("Acme, other branch", ["externalKey": .text("A-1")])
    _ = bob.customer("Acme, again", ["externalKey": .text("A-1")])
    try ann.sync()
    try bob.sync()
    #expect(try count(.customer) == 3)
  }

  /// Neither learns of the other's customer, and neither takes it (I8).
  @Test func `who may not see the first one keeps a customer of his own`() throws {
    for team in ["north", "south"] { try world.ask("POST", "teams", body: ["name": .string(team)]) }
    for (user, team) in [("ann", "north"), ("bob", "south")] {
      try world.ask("POST", "users/\(user)", body: ["team": .string(team)])
    }
    try ann.sync()
    try bob.sync()
    let (kept, own) = try bringsBoth(["phone": .text("1")], ["phone": .text("2")])
    try ann.sync()
    #expect(Set(ann.base.keys) == [kept])
    #expect(Set(bob.base.keys) == [own])
    #expect(try world.fields(of: kept)["phone"] == "1")
    #expect(try world.fields(of: own)["phone"] == "2")
    #expect(try world.fields(of: own)["owner"] == "bob")
  }
}
