// What a laptop holds is what its person may read, and not one record more (I8) or less (I9),
// whatever changes hands, and whenever.

import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

/// Two teams: ann and mei (who leads it) in the north, bob in the south.
func worldOfTeams() throws -> World {
  let world = try World()
  try world.ask("POST", "teams", body: ["name": "north"])
  try world.ask("POST", "teams", body: ["name": "south"])
  try world.ask("POST", "users", body: ["name": "mei", "role": "manager", "team": "north"])
  for (user, team) in [("ann", "north"), ("bob", "south"), ("eve", "south")] {
    try world.ask("POST", "users/\(user)", body: ["team": .string(team)])
  }
  return world
}

extension World {
  func assign(_ record: RecordID, to user: String) throws {
    try ask(
      "POST", "records/\(record)/set", body: ["assignments": ["owner=\(user)"]])
  }

  /// The living records whose root one of these owns, or was shared with the guest.
  func visible(to users: Set<String>, guest: String = "") throws -> Set<RecordID> {
    var found: Set<RecordID> = []
    let owners = try store.db.all("SELECT id, owner FROM customer") {
      (try $0.id(0), $0.optionalText(1))
    }
    let shared = try store.db.all("SELECT root FROM guests WHERE user = ?", .text(guest)) {
      try $0.id(0)
    }
    let roots = Set(owners.filter { users.contains($0.1 ?? "") }.map(\.0))
      .union(shared.filter { id in owners.contains { $0.0 == id } })
    for collection in store.schema.collections {
      try store.db.each("SELECT id, root FROM \"\(collection.name)\"") { row in
        if roots.contains(try row.id(1)) { found.insert(try row.id(0)) }
      }
    }
    return found
  }
}

@Suite struct ScopeTests {
  @Test func `a customer that changes hands leaves one laptop and comes whole to the other`() throws
  {
    let world = try worldOfTeams()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    let id = ann.customer("Acme", ["phone": .text("1")])
    for index in 0..<5 {
      ann.write(
        world.identity(), in: .contact, ["customer": .reference(id), "name": .text("\(index)")])
    }
    try ann.sync()
    try bob.sync()
    #expect(bob.base.isEmpty)
    try world.assign(id, to: "bob")
    #expect(try ann.sync().flatMap(\.departed) == [id])
    #expect(ann.base.isEmpty)
    try bob.sync()
    #expect(bob.base.count == 6)
    #expect(bob.value("phone", of: id) == .text("1"))
  }

  @Test(arguments: [true, false])
  func `a conflict about a task without a customer goes where the task goes`(
    isAssigned: Bool
  ) throws {
    let world = try worldOfTeams()
    let (ann, bob, mei) = (
      try world.laptop("ann"), try world.laptop("bob"), try world.laptop("mei")
    )
    let task = world.identity()
    ann.write(task, in: .task, ["title": .text("Call"), "assignee": .text("ann")])
    for laptop in [ann, bob, mei] { try laptop.sync() }
    for laptop in [ann, mei] { laptop.write(task, in: .task, ["title": .text(laptop.user)]) }
    for laptop in [ann, mei, ann, bob] { try laptop.sync() }
    #expect(ann.base.count == 2)
    let conflict = try #require(ann.base.keys.first { $0 != task })
    // To another person; or to a customer of bob's.
    let customer = bob.customer("His")
    try bob.sync()
    let words = isAssigned ? "assignee=bob" : "customer=\(customer)"
    try world.ask("POST", "records/\(task)/set", body: ["assignments": [.string(words)]])
    #expect(try world.admin("GET", "conflicts").json["conflicts"]?.array?.count == 1)
    for laptop in [ann, mei, bob] { try laptop.sync() }
    #expect(ann.base.isEmpty && mei.base.isEmpty)
    #expect(Set(bob.base.keys) == [customer, task, conflict])
    // And with the customer from there.
    try world.assign(customer, to: "ann")
    for laptop in [ann, bob] { try laptop.sync() }
    #expect(Set(ann.base.keys) == (isAssigned ? [customer] : [customer, task, conflict]))
  }

  @Test func `a task that is taken from its customer is at home with whoever took it`() throws {
    let world = try worldOfTeams()
    let ann = try world.laptop("ann")
    let (customer, task) = (ann.customer("Acme"), world.identity())
    ann.write(task, in: .task, ["customer": .reference(customer), "title": .text("Call")])
    try ann.sync()
    ann.write(task, in: .task, ["customer": .null])
    try ann.sync()
    #expect(Set(ann.base.keys) == [customer, task])
    try world.assign(customer, to: "bob")
    try ann.sync()
    #expect(Set(ann.base.keys) == [task])
  }

  @Test func `a workspace without teams is open to all`() throws {
    let world = try World()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    let id = ann.customer("Acme")
    try ann.sync()
    try bob.sync()
    #expect(bob.base[id] != nil)
  }

  @Test func `the first team closes what was open`() throws {
    let world = try World()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    let (hers, his) = (ann.customer("Hers"), bob.customer("His"))
    try ann.sync()
    try bob.sync()
    try ann.sync()
    #expect(Set(ann.base.keys) == [hers, his])
    try world.ask("POST", "teams", body: ["name": "north"])
    let answers = try ann.sync()
    #expect(Set(ann.base.keys) == [hers])
    // What she held and still holds is not sent again.
    #expect(answers.flatMap(\.records).isEmpty)
  }

  @Test func `a manager sees the teams below, also those of somebody who joins one (D8)`() throws {
    let world = try worldOfTeams()
    let (bob, mei) = (try world.laptop("bob"), try world.laptop("mei"))
    let id = bob.customer("Acme")
    bob.write(world.identity(), in: .contact, ["customer": .reference(id), "name": .text("x")])
    try bob.sync()
    try mei.sync()
    #expect(mei.base.isEmpty)
    try world.ask("POST", "teams/south", body: ["parent": "north"])
    try mei.sync()
    #expect(mei.base.count == 2)
    try world.ask("POST", "teams/south", body: ["parent": .null])
    try mei.sync()
    #expect(mei.base.isEmpty)
    try world.ask("POST", "users/bob", body: ["team": "north"])
    try mei.sync()
    #expect(mei.base.count == 2)
  }

  /// A misspelt owner would hide it from everybody, also from whoever could put it right.
  @Test(arguments: ["nosuch", "bob"])
  func `a customer is given to nobody who would not see it`(owner: String) throws {
    let world = try worldOfTeams()
    let (ann, mei) = (try world.laptop("ann"), try world.laptop("mei"))
    let id = ann.customer("Acme")
    try ann.sync()
    try mei.sync()
    try world.ask("POST", "users/bob/disable")
    mei.write(id, ["owner": .text(owner), "phone": .text("2")])
    let receipt = try #require(try mei.sync().flatMap(\.receipts).first)
    #expect(receipt.refusals.map(\.reason) == [.missingReference])
    #expect(try world.fields(of: id)["owner"] == "ann")
    #expect(try world.fields(of: id)["phone"] == "2")
    let answer = try world.admin(
      "POST", "records/\(id)/set", body: ["assignments": ["owner=\(owner)"]])
    #expect((400..<500).contains(answer.status))
  }

  @Test func `two teams cannot stand under each other (K6)`() throws {
    let world = try worldOfTeams()
    try world.ask("POST", "teams/south", body: ["parent": "north"])
    let (status, json) = try world.admin("POST", "teams/north", body: ["parent": "south"])
    #expect(status == 409)
    #expect(json["error"]?["code"] == "cycle")
  }

  @Test func `what moves between two of a manager's people is not sent again`() throws {
    let world = try worldOfTeams()
    try world.ask("POST", "users/bob", body: ["team": "north"])
    let (ann, mei) = (try world.laptop("ann"), try world.laptop("mei"))
    let id = ann.customer("Acme")
    for _ in 0..<9 { ann.write(world.identity(), in: .contact, ["customer": .reference(id)]) }
    try ann.sync()
    try mei.sync()
    try world.assign(id, to: "bob")
    let answers = try mei.sync()
    #expect(answers.flatMap(\.records).map(\.record) == [id])
    #expect(mei.base.count == 10)
  }

  @Test func `left and back between two syncs is no departure (D6)`() throws {
    let world = try worldOfTeams()
    let ann = try world.laptop("ann")
    let id = ann.customer("Acme")
    try ann.sync()
    try world.assign(id, to: "bob")
    try world.assign(id, to: "ann")
    #expect(try ann.sync().flatMap(\.departed).isEmpty)
    #expect(ann.base.count == 1)
  }

  @Test func `a laptop is told the history of what it may see, and of nothing else`() throws {
    let world = try worldOfTeams()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    let id = ann.customer("Acme")
    try ann.sync()
    func history(_ laptop: Laptop) -> HubResponse {
      world.routes.answer(
        HubRequest(
          "GET", "/v1/history", query: ["record": id.description], bearerToken: laptop.token))
    }
    #expect(history(ann).status == 200)
    #expect(history(bob).status == 404)
    try world.assign(id, to: "bob")
    #expect(history(ann).status == 404)
    #expect(history(bob).status == 200)
  }

  @Test func `reassigning ten thousand children touches none of them`() throws {
    let world = try worldOfTeams()
    let ann = try world.laptop("ann")
    let id = ann.customer("Acme")
    ann.edit(
      (0..<10_000).map { _ in
        ann.change(world.identity(), in: .contact, ["customer": .reference(id)])
      })
    ann.acknowledged = 0
    try ann.sync()
    let before = try world.store.db.first("SELECT total_changes()") { $0.integer(0) } ?? 0
    try world.assign(id, to: "bob")
    let after = try world.store.db.first("SELECT total_changes()") { $0.integer(0) } ?? 0
    #expect(after - before < 30)
  }

  @Test(arguments: 0..<12)
  func `in any order of changes, and between any two pages, a laptop holds what it may see`(
    seed: Int
  ) throws {
    let world = try worldOfTeams()
    world.isCheckingItself = false
    defer { world.isCheckingItself = true }
    let laptops = try ["ann", "bob", "eve", "mei"].map { try world.laptop($0) }
    var churn = Churn(world: world, random: SplitMix64(state: UInt64(seed)))
    for laptop in laptops.dropLast() { try churn.fill(laptop) }
    for _ in 0..<12 {
      for _ in 0..<churn.number(1...3) { try churn.step() }
      let laptop = laptops[churn.number(0...3)]
      var steps = 0
      try laptop.sync(recordsMax: UInt32(churn.number(1...5))) {
        steps += 1
        if steps < 6 { try churn.step() }
      }
      try laptop.expectToHoldWhatItMaySee()
    }
    for laptop in laptops {
      try laptop.sync()
      try laptop.expectToHoldWhatItMaySee()
    }
    world.isCheckingItself = true
    try world.checkItself()
  }
}

/// Whatever an admin may do to rights and records, drawn from a seed.
struct Churn {
  static let reps = ["ann", "bob", "eve"]

  let world: World
  var random: SplitMix64
  var customers: [RecordID] = []
  var contacts: [RecordID] = []

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  /// Three customers with up to three contacts each.
  mutating func fill(_ laptop: Laptop) throws {
    for index in 0..<3 {
      let id = laptop.customer("\(laptop.user)\(index)")
      customers.append(id)
      for _ in 0..<number(0...3) {
        let contact = world.identity()
        contacts.append(contact)
        laptop.write(contact, in: .contact, ["customer": .reference(id)])
      }
    }
    try laptop.sync()
  }

  mutating func step() throws {
    let id = customers[Int.random(in: 0..<customers.count, using: &random)]
    switch Int.random(in: 0..<12, using: &random) {
    case 0...3:
      let user = Churn.reps[Int.random(in: 0..<3, using: &random)]
      _ = try world.admin(
        "POST", "records/\(id)/set", body: ["assignments": .array([.string("owner=\(user)")])])
    case 4:
      let user = Churn.reps[Int.random(in: 0..<3, using: &random)]
      let team: JSONValue = Bool.random(using: &random) ? "north" : "south"
      try world.ask("POST", "users/\(user)", body: ["team": team])
    case 5:
      let parent: JSONValue = Bool.random(using: &random) ? "north" : .null
      _ = try world.admin("POST", "teams/south", body: ["parent": parent])
    case 6: _ = try world.admin("POST", "records/\(id)/delete")
    case 7:
      _ = try world.admin(
        "POST", "records/\(id)/set", body: ["assignments": ["phone=\(random.next() % 99)"]])
    case 8:
      guard let contact = contacts.randomElement(using: &random) else { return }
      _ = try world.admin(
        "POST", "records/\(contact)/set",
        body: ["assignments": .array([.string("customer=\(id)")])])
    case 9, 10:
      let user = Churn.reps[Int.random(in: 0..<3, using: &random)]
      let verb = Bool.random(using: &random) ? "share" : "unshare"
      _ = try world.admin("POST", "records/\(id)/\(verb)", body: ["with": .string(user)])
    default:
      _ = try world.admin(
        "POST", "records/\(id)/restore", body: ["at": "-1s"])
    }
    world.clock.advance(seconds: 1)
  }
}

extension Laptop {
  func expectToHoldWhatItMaySee() throws {
    let organisation = try world.store.permissions().organisation
    let level = try world.store.permissions().level(.read, on: "customer", of: user)
    let owners = organisation.members.map(\.name).filter {
      level.includes(organisation.relation(of: user, toOwner: $0))
    }
    let visible = try world.visible(to: Set(owners), guest: user)
    #expect(Set(base.keys) == visible)
  }
}
