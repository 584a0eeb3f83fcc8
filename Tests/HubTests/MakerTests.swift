// Who made a record knows it, though a rule gave it to somebody else as it arrived.
//
// He wrote the rest of his day offline, under a customer that he believed to be his. So it is no stranger's
// work: what he sent along counts, and what he sends later is a fact that counts, or it waits for the new
// owner (D4, I3). Once a cut has told him he knows, and then he is a stranger like anybody else.

import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct MakerTests {
  let world: World
  let ann: Laptop
  let bob: Laptop

  init() throws {
    world = try worldOfTeams()
    (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    let rule: JSONValue = [
      "id": "leads", "version": 1, "on": "customer", "trigger": ["created": [:]],
      "where": "source = web", "repeat": "once", "do": [["assign": ["user:bob"]]],
    ]
    try world.ask("PUT", "rules", body: ["version": 2, "rules": [rule]])
    for laptop in [ann, bob] { try laptop.sync() }
  }

  private func make(
    _ laptop: Laptop, _ schema: CollectionSchema, _ lead: RecordID, _ values: [String: Value]
  ) -> RecordID {
    let id = world.identity()
    laptop.write(id, in: schema, values.merging(["customer": .reference(lead)]) { $1 })
    return id
  }

  /// What a rep writes down about a customer in one afternoon.
  private func work(_ laptop: Laptop, on lead: RecordID) -> (visit: RecordID, rest: [RecordID]) {
    let visit = make(
      laptop, .followUp, lead, ["occurredAt": .moment(world.now), "text": .text("met")])
    let rest = [
      make(laptop, .contact, lead, ["name": .text("Li")]),
      make(laptop, .opportunity, lead, ["name": .text("Deal"), "stage": .text("proposal")]),
      make(laptop, .promise, lead, ["title": .text("Catalogue"), "dueAt": .moment(world.now)]),
    ]
    return (visit, rest)
  }

  private func parked() throws -> [RecordID] {
    try Parking(store: world.store, now: world.now).list(.waiting).map(\.record)
  }

  @Test func `what comes up with a new customer is taken before a rule hands it on`() throws {
    let lead = ann.customer("Lead", ["source": .text("web")])
    let (visit, rest) = work(ann, on: lead)
    let answers = try ann.sync()
    #expect(answers.flatMap(\.receipts).flatMap(\.refusals) == [])
    #expect(try world.fields(of: lead)["owner"] == "bob")
    #expect(try parked() == [])
    // The deal goes along with its customer, as with any other change of hands.
    #expect(try world.fields(of: rest[1])["owner"] == "bob")
    #expect(ann.base.isEmpty)
    try bob.sync()
    #expect(Set([lead, visit] + rest).isSubset(of: Set(bob.base.keys)))
    // The same request again is known, and changes nothing.
    let head = world.store.head
    var again = ann.request(after: 0)
    again.cursor = .start
    let receipts = try ann.send(again).receipts
    #expect(receipts.count == 5 && receipts.allSatisfy { $0.isDuplicate && $0.refusals.isEmpty })
    #expect(world.store.head == head)
  }

  @Test(arguments: [false, true])
  func `what comes later, in good faith, counts or waits for its owner`(isCloned: Bool) throws {
    let lead = ann.customer("Lead", ["source": .text("web")])
    let copy = isCloned ? ann.clone() : ann
    if isCloned { ann.write(lead, ["notes": .text("of the original")]) }
    // Its answer is lost: whoever goes on knows of nothing.
    _ = try ann.send(ann.request())
    let (visit, rest) = work(copy, on: lead)
    copy.write(lead, ["phone": .text("1")])
    if isCloned { try becomeAnother(copy) }
    let refusals = try copy.send(copy.request()).receipts.flatMap(\.refusals)
    #expect(refusals.count == 4)
    #expect(refusals.allSatisfy { $0.isParked && $0.reason == .scopeLeft })
    #expect(try Set(parked()) == Set(rest + [lead]))
    #expect(try world.fields(of: visit)["text"] == "met")
    try bob.sync()
    #expect(bob.base[visit] != nil)
  }

  /// A copy of a disk knows what was known there.
  private func becomeAnother(_ copy: Laptop) throws {
    guard case .forked(let replica, let common)? = try copy.send(copy.request()).detour else {
      Issue.record("the copy was not found")
      return
    }
    #expect(common.counter == Counter(1))
    copy.replica = replica
    copy.log = Array(copy.log.dropFirst(Int(common.counter.rawValue)))
  }

  @Test func `who was told is a stranger`() throws {
    let lead = ann.customer("Lead", ["source": .text("web")])
    try ann.sync()
    // The cut that took it away; and what she wrote while it was on its way.
    let (visit, _) = work(ann, on: lead)
    try ann.sync()
    #expect(try world.fields(of: visit)["text"] == "met")
    try ann.sync()
    let late = make(
      ann, .followUp, lead, ["occurredAt": .moment(world.now), "text": .text("late")])
    let refusals = try ann.sync().flatMap(\.receipts).flatMap(\.refusals)
    #expect(refusals.map(\.reason) == [.missingReference])
    #expect(refusals.map(\.record) == [late])
    // Nor did anybody else make it.
    let eve = try world.laptop("eve")
    _ = make(eve, .followUp, lead, ["occurredAt": .moment(world.now), "text": .text("eve")])
    #expect(try eve.refusals().map(\.reason) == [.missingReference])
  }
}
