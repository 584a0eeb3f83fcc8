// What becomes of tasks, plans, sequences, promises and tickets when their customer is released, given back, assigned, handed
// over or deleted.
//
// One customer of ann's, with work of hers, of nobody and of eve's. Time moves only by `clock.advance`.

import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct OpenWorkTests {
  let world: World
  let ann: Laptop
  let bob: Laptop
  let acme: RecordID

  init() throws {
    world = try World()
    try world.setPool(["name": "east"])
    (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    acme = ann.customer("Acme")
    try ann.sync()
    try ann.sync()
  }

  private func make(_ schema: CollectionSchema, _ values: [String: Value]) -> RecordID {
    let id = world.identity()
    var all = values
    all["customer"] = .reference(acme)
    all["title"] = .text("X")
    ann.write(id, in: schema, all)
    return id
  }

  private func state(_ id: RecordID) throws -> [String] {
    let fields = try world.fields(of: id)
    return ["status", "note", "assignee"].map { fields[$0]?.string ?? "" }
  }

  private var running: [String: Value] {
    ["assignee": .text("ann"), "status": .text("running"), "every": .text("7d")]
  }

  private func sequence(_ more: [String: Value] = [:]) -> RecordID {
    let values: [String: Value] = ["channel": .text("sequence"), "topic": .text("新客7天")]
    return make(.plan, running.merging(values) { $1 }.merging(more) { $1 })
  }

  @Test func `a release closes plans, sequences and promises as it closes tasks`() throws {
    let task = make(.task, ["assignee": .text("ann"), "status": .text("open")])
    let plan = make(.plan, running)
    let sequence = sequence()
    let nobodys = make(.plan, ["every": .text("7d")])
    let promise = make(.promise, ["status": .text("open")])
    let eves = make(.plan, ["assignee": .text("eve"), "status": .text("running")])
    let over = make(.plan, ["assignee": .text("ann"), "status": .text("done")])
    let kept = make(.promise, ["assignee": .text("ann"), "status": .text("kept")])
    ann.release(acme)
    #expect(try ann.refusals() == [])
    for id in [task, plan, sequence] {
      #expect(try state(id) == ["cancelled", "released", "ann"])
    }
    for id in [nobodys, promise] { #expect(try state(id) == ["cancelled", "released", ""]) }
    #expect(try state(eves) == ["running", "", "eve"])
    #expect(try state(over) == ["done", "", "ann"])
    #expect(try state(kept) == ["kept", "", "ann"])
    // Whoever claims it finds them closed: he decides what he takes up.
    try bob.sync()
    #expect(try bob.claimed(acme) == "")
    #expect(try state(plan) == ["cancelled", "released", "ann"])
  }

  @Test func `a ticket stays open in the pool, and goes to whoever has the customer then`() throws {
    let ticket = make(.ticket, ["assignee": .text("ann"), "status": .text("open")])
    let eves = make(.ticket, ["assignee": .text("eve"), "status": .text("open")])
    let closed = make(.ticket, ["assignee": .text("ann"), "status": .text("closed")])
    ann.release(acme)
    #expect(try ann.refusals() == [])
    #expect(try state(ticket) == ["open", "", "ann"])
    try bob.sync()
    #expect(try bob.claimed(acme) == "")
    #expect(try state(ticket) == ["open", "", "bob"])
    try world.ask("POST", "records/\(acme)/set", body: ["assignments": ["owner=ann"]])
    #expect(try state(ticket) == ["open", "", "ann"])
    #expect(try state(eves) == ["open", "", "eve"])
    #expect(try state(closed) == ["closed", "", "ann"])
  }

  @Test func `what somebody has noted at work that is closed stays behind the reason`() throws {
    let plan = make(.plan, running.merging(["note": .text("asks for Li")]) { $1 })
    let promise = make(.promise, ["status": .text("open"), "note": .text("by post")])
    ann.release(acme)
    #expect(try ann.refusals() == [])
    #expect(try state(plan) == ["cancelled", "released – asks for Li", "ann"])
    #expect(try state(promise) == ["cancelled", "released – by post", ""])
  }

  @Test func `what was taken wrongly comes back as it was`() throws {
    try world.ask(
      "POST", "pools",
      body: [
        "name": "west",
        "recycle": ["after": ["*": 5], "warn": [1], "maxWaitDays": 1, "from": ["ann"]],
      ])
    let task = make(.task, ["assignee": .text("ann"), "status": .text("started")])
    let plan = make(.plan, running.merging(["note": .text("asks for Li")]) { $1 })
    let held = sequence(["status": .text("notStarted"), "until": .moment(world.now)])
    let promise = make(.promise, ["assignee": .text("ann")])
    let given = make(.plan, ["assignee": .text("ann"), "status": .text("cancelled")])
    try ann.sync()
    world.clock.advance(seconds: 5 * 86_400)
    try world.routes.tick()
    ann.write(
      world.identity(), in: .followUp,
      ["customer": .reference(acme), "occurredAt": .moment(world.now), "text": .text("met")])
    for _ in 0..<2 {
      world.clock.advance(seconds: 86_400)
      try world.routes.tick()
    }
    #expect(try world.fields(of: acme)["pool"] == "west")
    for id in [task, held, promise] {
      #expect(try state(id) == ["cancelled", "released", "ann"])
    }
    #expect(try state(plan) == ["cancelled", "released – asks for Li", "ann"])
    #expect(try ann.refusals() == [])
    #expect(try world.fields(of: acme)["owner"] == "ann")
    #expect(try state(task) == ["started", "", "ann"])
    #expect(try state(plan) == ["running", "asks for Li", "ann"])
    #expect(try state(held) == ["notStarted", "", "ann"])
    #expect(try world.fields(of: held)["until"]?.string != nil)
    #expect(try state(promise) == ["open", "", "ann"])
    #expect(try state(given) == ["cancelled", "", "ann"])
  }

  @Test func `whoever gets the customer gets its plans and promises`() throws {
    let plan = make(.plan, running)
    let sequence = sequence()
    let promise = make(.promise, ["assignee": .text("ann"), "status": .text("open")])
    let eves = make(.plan, ["assignee": .text("eve"), "status": .text("running")])
    let kept = make(.promise, ["assignee": .text("ann"), "status": .text("kept")])
    try ann.sync()
    try world.assign(acme, to: "bob")
    for (id, name) in [
      (plan, "bob"), (sequence, "bob"), (promise, "bob"), (eves, "eve"), (kept, "ann"),
    ] { #expect(try world.fields(of: id)["assignee"]?.string == name) }
  }

  @Test func `a hand-over names plans and promises, and takes them along`() throws {
    let plan = make(.plan, running)
    let promise = make(.promise, ["assignee": .text("ann"), "status": .text("open")])
    let nobodys = make(.promise, ["status": .text("open")])
    try ann.sync()
    let preview = try world.ask(
      "POST", "users/ann/handover", body: ["to": "bob", "preview": true])["moves"]
    #expect(preview?["plans"]?["total"] == 1)
    #expect(preview?["plans"]?["records"]?[0]?["becomes"] == "assigned")
    let fates = preview?["promises"]?["records"]?.array?.compactMap { $0["becomes"]?.string }
    #expect(fates == ["assigned", "follows"])
    try world.ask("POST", "users/ann/handover", body: ["to": "bob"])
    #expect(try state(plan) == ["running", "", "bob"])
    #expect(try state(promise) == ["open", "", "bob"])
    #expect(try state(nobodys) == ["open", "", ""])
    try bob.sync()
    #expect(bob.value("assignee", of: plan, in: .plan) == .text("bob"))
  }

  @Test func `what arrives after a hand-over is the heir's`() throws {
    try ann.sync()
    let plan = make(.plan, running)
    try world.ask("POST", "users/ann/handover", body: ["to": "bob"])
    _ = try ann.send(ann.request())
    let parked = try #require(try world.ask("GET", "parked")["parked"]?[0]?["id"]?.string)
    try world.ask("POST", "parked/\(parked)/accept")
    #expect(try state(plan) == ["running", "", "bob"])
  }

  @Test func `of a customer that is deleted nobody is reminded, and nothing is overdue`() throws {
    let silence: JSONValue = [
      "id": "silence", "version": 1, "on": "customer", "trigger": ["silence": [:]],
      "steps": [["after": "1d", "do": [["remind": "owner", "title": ["en": "x", "zh": "x"]]]]],
    ]
    try world.ask("PUT", "rules", body: ["version": 2, "rules": [silence]])
    _ = make(
      .task,
      ["assignee": .text("ann"), "status": .text("open"), "dueAt": .moment(world.now)])
    try ann.sync()
    world.clock.advance(seconds: 2 * 86_400)
    try world.routes.tick()
    func reminders() throws -> JSONValue? {
      try world.ask(
        "GET", "records", ["collection": "reminder", "where": "status = active"])["total"]
    }
    func overdue() throws -> JSONValue? {
      try world.ask("GET", "reports/sop")["total"]?["overdue"]
    }
    #expect(try reminders() == 1)
    #expect(try overdue() == 1)
    try world.ask("POST", "records/\(acme)/delete")
    #expect(try reminders() == 0)
    #expect(try overdue() == 0)
    world.clock.advance(seconds: 60)
    try world.ask("POST", "records/\(acme)/restore", body: ["at": "-61s"])
    try world.routes.tick()
    #expect(try reminders() == 1)
    #expect(try overdue() == 1)
  }
}
