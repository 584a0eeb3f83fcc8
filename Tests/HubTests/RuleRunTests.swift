// Rules that do more than remind: each effect once, in its time, and taken back when its reason goes.
//
// The rules are the smallest that show it. Time moves only by `clock.advance`, so "nothing happens the
// second time" is exact.

import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct RuleRunTests {
  let world: World
  let ann: Laptop
  static let day: Int64 = 24 * 3600

  init() throws {
    world = try World()
    ann = try world.laptop("ann")
  }

  private func apply(_ rules: [JSONValue]) throws {
    let answer = try world.admin(
      "PUT", "rules", body: .object(["version": 2, "rules": .array(rules)]))
    try #require(answer.status == 200, "\(answer.json)")
  }

  private func records(_ collection: String, _ condition: String? = nil) throws -> [JSONValue] {
    var query = ["collection": collection]
    query["where"] = condition
    return try #require(try world.ask("GET", "records", query)["records"]?.array)
      .compactMap { $0["fields"] }
  }

  private func runs(_ query: [String: String] = [:]) throws -> [JSONValue] {
    try #require(try world.ask("GET", "rules/runs", query)["runs"]?.array)
  }

  private static func titles(_ text: String) -> JSONValue {
    ["en": .string(text), "zh": .string(text)]
  }

  private static let visitTask: JSONValue = [
    "id": "visit", "version": 1, "on": "customer", "trigger": ["silence": [:]],
    "steps": [
      ["after": "5d", "do": [["task": "回访", "title": titles("Visit {name}"), "due": "24h"]]]
    ],
  ]

  @Test func `a thousand ticks make one task, and a visit in time meets it`() throws {
    try apply([RuleRunTests.visitTask])
    let id = ann.customer("Acme")
    try ann.sync()
    #expect(try records("task").isEmpty)
    for _ in 0..<1000 {
      world.clock.advance(seconds: 600)
      try world.routes.tick()
    }
    #expect(try records("task").map { $0["title"] } == ["Visit Acme"])
    #expect(try runs().count == 1)
    let head = world.store.head
    try world.routes.tick()
    #expect(world.store.head == head)
    // Entered at the sixth day's beginning, synced now: a day before the task was due.
    let met = Moment(milliseconds: id.moment.milliseconds + (5 * RuleRunTests.day + 60) * 1000)
    ann.write(
      world.identity(), in: .followUp,
      ["customer": .reference(id), "occurredAt": .moment(met), "text": .text("met")])
    try ann.sync()
    let task = try #require(try records("task").first)
    #expect(task["status"] == "done" && task["note"] == "met")
    // The new silence is another occasion; the old one never comes back.
    world.clock.advance(seconds: 30 * RuleRunTests.day)
    for _ in 0..<3 { try world.routes.tick() }
    #expect(try records("task", "status = open").count == 1)
    #expect(try runs().count == 2)
  }

  @Test func `a rule does not do now what was due before it was in force`() throws {
    let tagging: JSONValue = [
      "id": "sleepy", "version": 1, "on": "customer", "trigger": ["silence": [:]],
      "steps": [["after": "2d", "do": [["tag": ["沉睡"]]]]],
    ]
    let old = ann.customer("Old")
    try ann.sync()
    world.clock.advance(seconds: 10 * RuleRunTests.day)
    try apply([tagging, RuleRunTests.visitTask])
    let new = ann.customer("New")
    try ann.sync()
    #expect(try records("task").map { $0["title"] } == ["Visit Old"])
    world.clock.advance(seconds: 3 * RuleRunTests.day)
    try world.routes.tick()
    #expect(try world.fields(of: old)["tags"] == nil)
    #expect(try world.fields(of: new)["tags"] == ["沉睡"])
  }

  @Test func `a tag that a rule holds goes with its reason, and what people gave stays`() throws {
    try apply([
      [
        "id": "sleepy", "version": 1, "on": "customer", "trigger": ["silence": [:]],
        "where": "not tags contains 高价值",
        "steps": [["after": "2d", "do": [["tag": ["沉睡"], "hold": true]]]],
      ]
    ])
    let (id, other) = (ann.customer("Acme"), ann.customer("Bolt"))
    try ann.sync()
    func tag(_ customer: RecordID, _ words: String...) throws {
      try world.ask(
        "POST", "records/\(customer)/set", body: ["assignments": .array(words.map { .string($0) })])
    }
    func tags(_ customer: RecordID) throws -> [String] {
      (try world.fields(of: customer)["tags"]?.array ?? []).compactMap(\.string).sorted()
    }
    try tag(other, "tags+=沉睡")
    world.clock.advance(seconds: 2 * RuleRunTests.day)
    try world.routes.tick()
    #expect(try tags(id) == ["沉睡"])
    // The condition does not hold any more; and then it does again.
    try tag(id, "tags+=高价值")
    #expect(try tags(id) == ["高价值"])
    try tag(id, "tags-=高价值")
    #expect(try tags(id) == ["沉睡"])
    // Taken by hand it stays away, for this occasion.
    try tag(id, "tags-=沉睡")
    try world.routes.tick()
    #expect(try tags(id).isEmpty)
    // Somebody follows up: what the hand gave stays, what the rule gave goes.
    world.clock.advance(seconds: RuleRunTests.day)
    for customer in [id, other] {
      ann.write(
        world.identity(), in: .followUp,
        ["customer": .reference(customer), "occurredAt": .moment(world.now), "text": .text("met")])
    }
    try ann.sync()
    #expect(try tags(other) == ["沉睡"])
    world.clock.advance(seconds: 2 * RuleRunTests.day)
    try world.routes.tick()
    #expect(try tags(id) == ["沉睡"])
    // Without the rule there is no reason.
    try apply([])
    try world.routes.tick()
    #expect(try tags(id).isEmpty)
    #expect(try tags(other) == ["沉睡"])
  }

  @Test func `what fails is tried again alone, later and later`() throws {
    try apply([
      [
        "id": "lead", "version": 1, "on": "customer", "trigger": ["created": [:]],
        "do": [
          ["assign": ["user:zoe"]],
          ["remind": "author", "title": RuleRunTests.titles("x")],
          ["set": "tier", "to": "A"],
        ],
      ]
    ])
    let id = ann.customer("Acme")
    try ann.sync()
    #expect(try runs(["failed": "true"]).map { $0["action"] } == ["assign"])
    #expect(try world.fields(of: id)["tier"] == "A")
    try world.routes.tick()
    #expect(try runs(["failed": "true"]).first?["tries"] == 1)
    world.clock.advance(seconds: 61)
    try world.routes.tick()
    #expect(try runs(["failed": "true"]).first?["tries"] == 2)
    world.clock.advance(seconds: 61)
    try world.routes.tick()
    #expect(try runs(["failed": "true"]).first?["tries"] == 2)
    _ = try world.store.addUser("zoe", role: .rep, team: nil, now: world.now)
    world.clock.advance(seconds: 240)
    try world.routes.tick()
    #expect(try runs(["failed": "true"]).isEmpty)
    #expect(try world.fields(of: id)["owner"] == "zoe")
    // Whoever is asked to do it again has not been.
    #expect(try runs().filter { $0["action"] == "set" }.first?["tries"] == 1)
  }

  @Test func `there and back within a sync counts only for a rule that says each`() throws {
    func rule(_ id: String, _ repetition: JSONValue) -> JSONValue {
      [
        "id": .string(id), "version": 1, "on": "customer",
        "trigger": ["changed": ["field": "stage", "to": "negotiation"]], "repeat": repetition,
        "do": [["ticket": "legal", "title": RuleRunTests.titles("x")]],
      ]
    }
    try apply([rule("net", "perChange"), rule("every", "each")])
    let id = ann.customer("Acme", ["stage": .text("proposal")])
    try ann.sync()
    for stage in ["negotiation", "proposal"] {
      world.clock.advance(seconds: 60)
      ann.write(id, in: .customer, ["stage": .text(stage)])
    }
    try ann.sync()
    #expect(try runs().map { $0["rule"] } == ["every"])
    world.clock.advance(seconds: 60)
    ann.write(id, in: .customer, ["stage": .text("商务谈判")])
    try ann.sync()
    #expect(Set(try runs().compactMap { $0["rule"]?.string }) == ["net", "every"])
    #expect(try records("ticket").count == 3)
  }

  /// An address and its city are merged as one, and are two things to whoever waits for one of them.
  @Test func `a field that is merged with others changes by itself`() throws {
    try apply([
      [
        "id": "moved", "version": 1, "on": "customer",
        "trigger": ["changed": ["field": "city", "to": "Hamburg"]],
        "do": [["ticket": "legal", "title": RuleRunTests.titles("x")]],
      ]
    ])
    func place(_ address: String, _ city: String) throws -> [String: Value] {
      let fields = CollectionSchema.customer
      return [
        "postalAddress": .group(
          FieldValues([
            (try #require(fields["address"]).id, .text(address)),
            (try #require(fields["city"]).id, .text(city)),
          ]))
      ]
    }
    let id = ann.customer("Acme", try place("Quay 1", "Bremen"))
    try ann.sync()
    ann.write(id, try place("Quay 2", "Bremen"))
    try ann.sync()
    #expect(try runs().isEmpty)
    ann.write(id, try place("Quay 2", "Hamburg"))
    try ann.sync()
    #expect(try runs().map { $0["rule"] } == ["moved"])
  }

  /// Nobody looks at a deleted customer, so what the former rules had asked for is still there.
  @Test func `a customer that lives again is as the rules in force want it`() throws {
    try apply([
      [
        "id": "silent", "version": 1, "on": "customer", "trigger": ["silence": [:]],
        "steps": [
          ["after": "5d", "do": [["remind": "owner", "title": RuleRunTests.titles("x")]]]
        ],
      ]
    ])
    let bob = try world.laptop("bob")
    let id = ann.customer("Acme")
    try ann.sync()
    try bob.sync()
    #expect(try records("reminder", "status = active").count == 1)
    ann.delete(id)
    try ann.sync()
    try apply([])
    try world.routes.tick()
    bob.write(
      world.identity(), in: .task, ["customer": .reference(id), "title": .text("Call")])
    try bob.sync()
    try world.routes.tick()
    #expect(try records("customer").count == 1)
    #expect(try records("reminder", "status = active").isEmpty)
  }

  @Test func `what happened counts only where the conditions held as it happened`() throws {
    try apply([
      [
        "id": "legal", "version": 1, "on": "customer", "where": "tier = A",
        "trigger": ["changed": ["field": "stage", "to": "negotiation"]],
        "do": [["ticket": "legal", "title": RuleRunTests.titles("x")]],
      ]
    ])
    let id = ann.customer("Acme", ["stage": .text("proposal"), "tier": .text("B")])
    try ann.sync()
    for (field, value) in [("stage", "negotiation"), ("tier", "A")] {
      world.clock.advance(seconds: 60)
      ann.write(id, in: .customer, [field: .text(value)])
      try ann.sync()
      try world.routes.tick()
    }
    #expect(try runs().isEmpty)
    for stage in ["proposal", "negotiation"] {
      world.clock.advance(seconds: 60)
      ann.write(id, in: .customer, ["stage": .text(stage)])
      try ann.sync()
    }
    #expect(try runs().map { $0["rule"] } == ["legal"])
  }

  @Test func `a tick looks at whom something is due for, and at nobody else`() throws {
    try apply([RuleRunTests.visitTask])
    for index in 0..<20 {
      _ = ann.customer("Customer \(index)")
      try ann.sync()
      world.clock.advance(seconds: 3600)
    }
    func due() throws -> Int64 {
      try world.store.db.first("SELECT count(*) FROM due WHERE at <= ?", .moment(world.now)) {
        $0.integer(0)
      } ?? -1
    }
    try world.routes.tick()
    #expect(try due() == 0)
    // The first became five days old at some moment of this stretch, and no other did.
    world.clock.advance(seconds: 5 * RuleRunTests.day - 20 * 3600 + 60)
    #expect(try due() == 1)
    #expect(try world.routes.tick() == 1)
    #expect(try due() == 0)
    #expect(try records("task").map { $0["title"] } == ["Visit Customer 0"])
  }

  @Test func `a rule that is gone takes its open tasks along`() throws {
    try apply([RuleRunTests.visitTask])
    _ = ann.customer("Acme")
    try ann.sync()
    world.clock.advance(seconds: 6 * RuleRunTests.day)
    try world.routes.tick()
    #expect(try records("task", "status = open").count == 1)
    try apply([])
    #expect(try records("task").map { $0["status"] } == ["cancelled"])
  }

  @Test func `what one rule did is a fact for the others at once`() throws {
    _ = try world.store.addUser("zoe", role: .rep, team: nil, now: world.now)
    try apply([
      [
        "id": "remind", "version": 1, "on": "customer", "trigger": ["assigned": [:]],
        "where": "tier = A",
        "steps": [
          ["after": "1d", "do": [["remind": "owner", "title": RuleRunTests.titles("{name}")]]]
        ],
      ],
      [
        "id": "hand", "version": 1, "on": "customer", "trigger": ["created": [:]],
        "do": [["set": "tier", "to": "A"], ["assign": ["user:zoe"]]],
      ],
    ])
    _ = ann.customer("Acme")
    try ann.sync()
    #expect(try records("reminder", "status = active").map { $0["user"] } == ["zoe"])
  }

  /// A strong reminder for the owner, which goes on to root four hours later.
  private static func escalating(cc: [JSONValue] = []) -> JSONValue {
    [
      "id": "strong", "version": 1, "on": "customer", "trigger": ["silence": [:]],
      "steps": [
        [
          "after": "1d",
          "do": [
            [
              "remind": "owner", "cc": .array(cc), "strength": "strong",
              "title": titles("Call {name}"), "escalate": ["after": "4h", "to": "user:root"],
            ]
          ],
        ]
      ],
    ]
  }

  private func told(_ status: String = "active") throws -> [String] {
    try records("reminder", "status = \(status) and user = root").compactMap {
      $0["title"]?.string.map { Titles(stored: $0).en }
    }
  }

  @Test func `it goes on also to whom a copy was sent`() throws {
    try apply([RuleRunTests.escalating(cc: ["user:root"])])
    _ = ann.customer("Acme")
    try ann.sync()
    world.clock.advance(seconds: RuleRunTests.day + 60)
    try world.routes.tick()
    #expect(try told().count == 1)
    world.clock.advance(seconds: 4 * 3600 + 60)
    for _ in 0..<3 { try world.routes.tick() }
    #expect(try told().contains("Not acknowledged: Call Acme"))
    #expect(try told().count == 2)
  }

  @Test func `what nobody acknowledges goes on, once, and comes back with the answer`() throws {
    try apply([RuleRunTests.escalating()])
    _ = ann.customer("Acme")
    try ann.sync()
    world.clock.advance(seconds: RuleRunTests.day + 4 * 3600 - 60)
    try world.routes.tick()
    #expect(try told().isEmpty)
    world.clock.advance(seconds: 120)
    for _ in 0..<3 { try world.routes.tick() }
    #expect(try told() == ["Not acknowledged: Call Acme"])
    let before = world.store.head
    world.clock.advance(seconds: 3600)
    try world.routes.tick()
    #expect(world.store.head == before)
    // Put off is not acknowledged.
    try ann.sync()
    let own = try #require(
      ann.base.first { $0.value.values[field("user", in: .reminder)] == .text("ann") }?.key)
    ann.write(own, in: .reminder, ["response": .text("snoozed")])
    try ann.sync()
    #expect(try told().count == 1)
    ann.write(own, in: .reminder, ["response": .text("acknowledged"), "note": .text("today")])
    try ann.sync()
    // It is taken back, with a line that says so.
    #expect(try told() == ["Settled: Not acknowledged: Call Acme"])
    #expect(try told("withdrawn").count == 1)
    world.clock.advance(seconds: 3600)
    try world.routes.tick()
    #expect(try told().count == 1)
  }

  @Test func `a rule that is gone takes back what went on without a word`() throws {
    try apply([RuleRunTests.escalating()])
    _ = ann.customer("Acme")
    try ann.sync()
    for _ in 0..<3 {
      world.clock.advance(seconds: RuleRunTests.day)
      try world.routes.tick()
    }
    #expect(try told().count == 1)
    try apply([])
    try world.routes.tick()
    #expect(try told().isEmpty)
  }

  @Test func `who was only just told has his time to answer`() throws {
    _ = ann.customer("Acme")
    try ann.sync()
    world.clock.advance(seconds: 10 * RuleRunTests.day)
    try apply([RuleRunTests.escalating()])
    for _ in 0..<3 {
      world.clock.advance(seconds: 3600)
      try world.routes.tick()
      #expect(try told().isEmpty)
    }
    world.clock.advance(seconds: 3601)
    try world.routes.tick()
    #expect(try told() == ["Not acknowledged: Call Acme"])
  }

  @Test func `turns are fair, and whoever is full is passed over until he has room`() throws {
    try apply([
      [
        "id": "turns", "version": 1, "on": "customer", "trigger": ["created": [:]],
        "repeat": "once",
        "do": [["assign": ["user:bob", "user:eve"], "by": "roundRobin", "max": 2]],
      ]
    ])
    var owners: [String] = []
    var made: [RecordID] = []
    for number in 0..<5 {
      let id = ann.customer("Customer \(number)")
      made.append(id)
      try ann.sync()
      owners.append(try world.fields(of: id)["owner"]?.string ?? "")
      world.clock.advance(seconds: 60)
    }
    // Nobody has room for the fifth: it stays where it is, and the reason is told.
    #expect(owners == ["bob", "eve", "bob", "eve", "ann"])
    let failed = try runs(["failed": "true"])
    #expect(failed.map { $0["detail"] } == ["each of bob, eve has 2 open customers"])
    // One that is won leaves room; the failed one is tried again, alone.
    let eve = try world.laptop("eve")
    try eve.sync()
    eve.write(made[1], ["stage": .text("won")])
    try eve.sync()
    world.clock.advance(seconds: 600)
    try world.routes.tick()
    #expect(try world.fields(of: made[4])["owner"] == "eve")
    #expect(try runs(["failed": "true"]).isEmpty)
  }

  @Test func `a supervisor who comes later takes over what his people are reminded of`() throws {
    try world.store.addTeam("north", parent: nil)
    _ = try world.store.changeUser("ann", role: nil, team: .some("north"))
    try apply([
      [
        "id": "tell", "version": 1, "on": "customer", "trigger": ["created": [:]],
        "steps": [
          ["after": "1d", "do": [["remind": "supervisor", "title": RuleRunTests.titles("x")]]]
        ],
      ]
    ])
    _ = ann.customer("Acme")
    try ann.sync()
    #expect(try records("reminder").map { $0["user"] } == ["root"])
    _ = try world.store.addUser("mei", role: .manager, team: "north", now: world.now)
    try world.routes.tick()
    #expect(try records("reminder", "status = active").map { $0["user"] } == ["mei"])
  }
}
