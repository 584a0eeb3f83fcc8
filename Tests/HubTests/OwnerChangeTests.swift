// What goes along when a customer changes hands: open deals and tasks of the one who had it, and nothing else.
//
// Three ways lead to another owner: an assignment, a rule, and a claim out of a pool.

import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct OwnerChangeTests {
  let world: World
  let ann: Laptop
  let bob: Laptop
  let acme: RecordID

  init() throws {
    world = try World()
    (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    acme = ann.customer("Acme")
    try ann.sync()
  }

  private func deal(_ values: [String: Value]) -> RecordID { make(.opportunity, "name", values) }

  private func task(_ values: [String: Value]) -> RecordID { make(.task, "title", values) }

  private func make(
    _ schema: CollectionSchema, _ title: String, _ values: [String: Value]
  ) -> RecordID {
    let id = world.identity()
    var all = values
    all["customer"] = .reference(acme)
    all[title] = .text("X")
    ann.write(id, in: schema, all)
    return id
  }

  private func person(_ id: RecordID) throws -> String? {
    let fields = try world.fields(of: id)
    return (fields["owner"] ?? fields["assignee"])?.string
  }

  @Test func `what is open goes along, and what is over or somebody else's stays`() throws {
    let open = deal(["owner": .text("ann"), "stage": .text("proposal")])
    let won = deal(["owner": .text("ann"), "stage": .text("won")])
    let eves = deal(["owner": .text("eve"), "stage": .text("proposal")])
    let call = task(["assignee": .text("ann"), "status": .text("open")])
    let done = task(["assignee": .text("ann"), "status": .text("done")])
    let help = task(["assignee": .text("eve"), "status": .text("open")])
    try ann.sync()
    try world.assign(acme, to: "bob")
    for (id, name) in [
      (open, "bob"), (won, "ann"), (eves, "eve"), (call, "bob"), (done, "ann"), (help, "eve"),
    ] { #expect(try person(id) == name) }
    try bob.sync()
    #expect(bob.base[open]?.values[field("owner", in: .opportunity)] == .text("bob"))
    // It takes no position of its own: one assignment is one change.
    let head = world.store.head
    try world.assign(acme, to: "ann")
    #expect(world.store.head == head.next)
    #expect(try person(open) == "ann")
  }

  @Test func `whoever says in the same edit whose the deal is to be is heard`() throws {
    let id = deal(["owner": .text("ann"), "stage": .text("proposal")])
    try ann.sync()
    ann.edit([
      ann.change(acme, ["owner": .text("bob")]),
      ann.change(id, in: .opportunity, ["owner": .text("eve")]),
    ])
    try world.ask("POST", "users/ann", body: ["role": "manager"])
    try ann.sync()
    #expect(try person(acme) == "bob")
    #expect(try person(id) == "eve")
  }

  @Test func `a rule that assigns takes the deals along`() throws {
    let rule: JSONValue = [
      "id": "big", "version": 1, "on": "customer", "trigger": ["tagged": "大客户"],
      "do": [["assign": ["user:bob"]]],
    ]
    try world.ask("PUT", "rules", body: ["version": 2, "rules": [rule]])
    let id = deal(["owner": .text("ann"), "stage": .text("proposal")])
    try ann.sync()
    ann.write(acme, ["tags": .set(["大客户"])])
    ann.log.removeLast()
    ann.edit([
      Change(
        record: acme, collection: CollectionSchema.customer.id,
        seen: VectorClock(hub: ann.base[acme]?.asOf ?? .start),
        writes: [FieldWrite(field("tags"), .replacing([], with: ["大客户"]))])
    ])
    try ann.sync()
    #expect(try person(acme) == "bob")
    #expect(try person(id) == "bob")
  }

  @Test func `whoever claims a customer has the deals of its last owner`() throws {
    try world.setPool(["name": "east"])
    let id = deal(["owner": .text("ann"), "stage": .text("proposal")])
    ann.release(acme)
    #expect(try ann.refusals() == [])
    #expect(try person(id) == "ann")
    try bob.sync()
    #expect(try bob.claimed(acme).isEmpty)
    #expect(try person(id) == "bob")
  }
}
