// A reminder is answered by the person it is for, or by whoever leads him; nobody else silences it.
//
// The copy that a supervisor gets lies on the rep's laptop too, for it is about his customer.

import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct AnswerTests {
  let world: World
  let ann: Laptop
  let mei: Laptop
  let acme: RecordID

  init() throws {
    world = try worldOfTeams()
    (ann, mei) = (try world.laptop("ann"), try world.laptop("mei"))
    let rule: JSONValue = [
      "id": "silence", "version": 1, "on": "customer", "trigger": ["silence": [:]],
      "steps": [
        [
          "after": "5d",
          "do": [["remind": "owner", "cc": ["supervisor"], "title": ["en": "x", "zh": "x"]]],
        ]
      ],
    ]
    try world.ask("PUT", "rules", body: ["version": 2, "rules": [rule]])
    acme = ann.customer("Acme")
    for laptop in [ann, mei] { try laptop.sync() }
    try ann.sync()
  }

  private func reminder(of user: String, on laptop: Laptop) throws -> RecordID {
    try #require(
      laptop.base.first { $1.values[field("user", in: .reminder)] == .text(user) }?.key)
  }

  private func answer(_ id: RecordID, _ laptop: Laptop, _ response: String) throws -> [Refusal] {
    laptop.write(id, in: .reminder, ["response": .text(response), "note": .text("n")])
    return try laptop.refusals()
  }

  @Test(arguments: ReminderRow.Response.allCases)
  func `a rep does not answer for his supervisor`(response: ReminderRow.Response) throws {
    let copy = try reminder(of: "mei", on: ann)
    let refusals = try answer(copy, ann, response.rawValue)
    #expect(refusals.map(\.reason) == [.forbidden])
    #expect(try world.fields(of: copy)["response"] == nil)
    #expect(try answer(copy, mei, response.rawValue).isEmpty)
    #expect(try world.fields(of: copy)["response"] == .string(response.rawValue))
  }

  @Test func `he answers for himself, and so does who leads him`() throws {
    let own = try reminder(of: "ann", on: ann)
    #expect(try answer(own, ann, "snoozed").isEmpty)
    try mei.sync()
    #expect(try answer(own, mei, "done").isEmpty)
    #expect(try world.fields(of: own)["response"] == "done")
  }

  @Test func `a new owner answers what is now his, and the former one does not`() throws {
    let bob = try world.laptop("bob")
    let own = try reminder(of: "ann", on: ann)
    try world.assign(acme, to: "bob")
    // She could not know: nothing is lost, and nothing of his is silenced.
    let refusals = try answer(own, ann, "done")
    #expect(refusals.map(\.isParked) == [true])
    try bob.sync()
    let his = try reminder(of: "bob", on: bob)
    #expect(try answer(his, bob, "acknowledged").isEmpty)
    #expect(try world.fields(of: his)["response"] == "acknowledged")
  }

  @Test func `without teams a reminder is still its person's`() throws {
    let world = try World()
    try world.ask("POST", "users", body: ["name": "mei", "role": "manager"])
    let organisation = try world.store.permissions().organisation
    let policy = try world.store.permissions().policy
    for (user, person, may) in [
      ("ann", "ann", true), ("ann", "bob", false), ("ann", "mei", false), ("mei", "ann", true),
      ("root", "mei", true), ("nobody", "ann", false),
    ] {
      #expect(policy.mayAnswer(user, for: person, organisation: organisation) == may)
    }
  }
}
