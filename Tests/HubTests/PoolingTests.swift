// Into a pool and out of it: one customer, several who want it, and every rule of the pool (H-02, K5).

import Access
import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

extension World {
  /// Adds a pool, or replaces the one of this name.
  func setPool(_ settings: JSONValue) throws {
    let pool = try Pool(json: settings, schema: store.schema)
    try store.changeRights {
      try store.db.run(
        "INSERT OR REPLACE INTO pools VALUES (?, ?)", .text(pool.name), .text(pool.json.text()))
    }
  }

  /// A customer of this laptop's person, with a contact and a phone number, that he put into the pool.
  func poolCustomer(
    _ name: String = "Acme", of laptop: Laptop, in pool: String = "east"
  ) throws -> RecordID {
    let id = laptop.customer(name, ["phone": .text("1")])
    laptop.write(
      identity(), in: .contact, ["customer": .reference(id), "mobile": .text("2")])
    laptop.release(id, to: pool)
    #expect(try laptop.refusals() == [])
    return id
  }
}

extension Laptop {
  func claim(_ id: RecordID) { write(id, ["claim": .text(user)]) }

  func release(_ id: RecordID, to pool: String = "east", reason: String = "no need") {
    write(id, ["release": .text("\(pool) \(reason)")])
  }

  /// Syncs, and tells what was refused.
  func refusals() throws -> [Refusal] { try sync().flatMap(\.receipts).flatMap(\.refusals) }

  /// Claims, syncs, and tells the rule that stood against it; empty: it is his.
  func claimed(_ id: RecordID) throws -> String {
    claim(id)
    let refusals = try refusals()
    if refusals.isEmpty {
      #expect(value("owner", of: id) == .text(user))
      #expect(value("pool", of: id).isNull)
      #expect(value("claim", of: id).isNull)
    }
    return refusals.map(\.rule).joined(separator: " ")
  }

  func released(_ id: RecordID, to pool: String = "east", reason: String = "x") throws -> String {
    release(id, to: pool, reason: reason)
    return try refusals().map(\.rule).joined(separator: " ")
  }
}

extension Refusal {
  /// The rule that the text names, or the reason where it names none.
  var rule: String {
    guard reason == .poolRule, let word = text.split(separator: " ").last else {
      return "\(reason)"
    }
    return String(word.dropLast())
  }
}

@Suite struct PoolingTests {
  @Test(arguments: [("ann", "bob"), ("bob", "ann")], [true, false])
  func `two claim one customer offline, and the first to arrive has it (H-02)`(
    order: (String, String), isFollowUpFirst: Bool
  ) throws {
    let world = try worldOfTeams()
    try world.setPool([
      "name": "east", "claimsPerDay": 1,
      "hidden": ["customer": ["phone"], "contact": ["mobile"]],
    ])
    let eve = try world.laptop("eve")
    let (id, other) = (try world.poolCustomer(of: eve), try world.poolCustomer("B", of: eve))
    let (first, second) = (try world.laptop(order.0), try world.laptop(order.1))
    for laptop in [first, second] {
      try laptop.sync()
      #expect(laptop.value("pool", of: id) == .text("east"))
      #expect(laptop.value("phone", of: id).isNull)
    }
    // Twice: the second sync says that the laptop has the cut.
    try second.sync()
    let visit = world.identity()
    let follow = second.change(
      visit, in: .followUp, ["customer": .reference(id), "text": .text("Met at the fair")])
    if isFollowUpFirst { second.edit([follow]) }
    second.claim(id)
    second.write(id, ["notes": .text("Wants blue")])
    if !isFollowUpFirst { second.edit([follow]) }
    world.clock.advance(seconds: 60)
    let since = ISO8601.string(milliseconds: world.now.milliseconds, in: .utc)
    #expect(try first.claimed(id) == "")
    // It comes whole, with what the pool hid.
    #expect(first.value("phone", of: id) == .text("1"))
    #expect(first.base.values.contains { $0.values[field("mobile", in: .contact)] == .text("2") })
    world.clock.advance(seconds: 60)
    let answers = try second.sync()
    let refusals = answers.flatMap(\.receipts).flatMap(\.refusals)
    #expect(refusals.map(\.reason) == [.poolRule, .scopeLeft])
    #expect(refusals[0].text.contains("\(order.0) has it since \(since)"))
    #expect(refusals[0].field == .claim)
    #expect(refusals.map(\.isParked) == [false, true])
    #expect(answers.flatMap(\.departed).contains(id))
    #expect(second.base[id] == nil)
    #expect(second.base[visit] == nil)
    try first.sync()
    #expect(first.value("text", of: visit, in: .followUp) == .text("Met at the fair"))
    // He has lost nothing of his day.
    #expect(try second.claimed(other) == "")
    #expect(try first.claimed(other) == "inPool")
  }

  @Test func `what was asked is in the history, and nowhere else`() throws {
    let world = try worldOfTeams()
    try world.setPool(["name": "east"])
    let (eve, ann) = (try world.laptop("eve"), try world.laptop("ann"))
    let id = try world.poolCustomer(of: eve)
    try ann.sync()
    #expect(try ann.claimed(id) == "")
    let history = try #require(try world.ask("GET", "records/\(id)/history")["history"]?.array)
    #expect(history.contains { $0["changes"]?["release"] == "east no need" })
    #expect(history.contains { $0["changes"]?["claim"] == "ann" && $0["author"] == "ann" })
    let fields = try world.fields(of: id)
    #expect(fields["claim"] == nil)
    #expect(fields["release"] == nil)
    #expect(fields["owner"] == "ann")
    let now = ISO8601.string(milliseconds: world.now.milliseconds, in: .utc)
    #expect(fields["assignedAt"] == .string(now))
    world.clock.advance(seconds: 5)
    try world.ask("POST", "records/\(id)/restore", body: ["at": "-1s"])
    #expect(try world.fields(of: id)["claim"] == nil)
  }

  @Test func `a claim has one position, and is taken once`() throws {
    let world = try worldOfTeams()
    try world.setPool(["name": "east"])
    let (eve, ann) = (try world.laptop("eve"), try world.laptop("ann"))
    let id = try world.poolCustomer(of: eve)
    try ann.sync()
    ann.claim(id)
    let request = ann.request()
    let receipt = try #require(try ann.send(request).receipts.first)
    let again = try #require(try ann.send(request).receipts.first)
    #expect(receipt.position == world.store.head && again.position == receipt.position)
    #expect(again.isDuplicate)
    #expect(try world.store.db.first("SELECT count(*) FROM claims") { $0.integer(0) } == 1)
    try ann.sync()
    #expect(ann.value("owner", of: id) == .text("ann"))
  }

  @Test func `an atomic edit stays whole`() throws {
    let world = try worldOfTeams()
    try world.setPool(["name": "east"])
    let (eve, ann) = (try world.laptop("eve"), try world.laptop("ann"))
    let id = try world.poolCustomer(of: eve)
    try ann.sync()
    // Until it is hers she may not write to it.
    ann.edit(isAtomic: true, [ann.change(id, ["claim": .text("ann"), "phone": .text("9")])])
    #expect(Set(try ann.refusals().map(\.reason)) == [.forbidden, .atomic])
    #expect(ann.value("pool", of: id) == .text("east"))
    ann.edit([ann.change(id, ["claim": .text("ann"), "phone": .text("9")])])
    #expect(try ann.refusals().map(\.reason) == [.forbidden])
    #expect(ann.value("owner", of: id) == .text("ann"))
    #expect(ann.value("phone", of: id) == .text("1"))
  }

  @Test func `what a pool hid is not overwritten by who never saw it`() throws {
    let world = try worldOfTeams()
    try world.setPool(["name": "east", "hidden": ["customer": ["phone"], "contact": ["mobile"]]])
    let (eve, ann) = (try world.laptop("eve"), try world.laptop("ann"))
    let id = try world.poolCustomer(of: eve)
    try ann.sync()
    let contact = try #require(
      try world.store.db.first("SELECT id FROM contact") { try $0.id(0) })
    // She asks for it, and goes on writing where she sees nothing.
    ann.claim(id)
    ann.write(id, ["phone": .text("9"), "website": .text("acme.example")])
    ann.write(contact, in: .contact, ["mobile": .text("8"), "email": .text("li@acme.example")])
    #expect(try ann.refusals().map(\.field) == [field("phone"), field("mobile", in: .contact)])
    #expect(ann.value("owner", of: id) == .text("ann"))
    #expect(ann.value("website", of: id) == .text("acme.example"))
    #expect(ann.value("phone", of: id) == .text("1"))
    #expect(ann.value("mobile", of: contact, in: .contact) == .text("2"))
    // Now she has seen it.
    ann.write(id, ["phone": .text("9")])
    ann.write(contact, in: .contact, ["mobile": .text("8")])
    #expect(try ann.refusals() == [])
    #expect(try world.fields(of: id)["phone"] == "9")
    #expect(try world.fields(of: contact)["mobile"] == "8")
  }

  @Test func `whoever gives a customer up keeps of it what the pool shows`() throws {
    let world = try worldOfTeams()
    try world.setPool(["name": "east", "hidden": ["contact": ["mobile"]]])
    let eve = try world.laptop("eve")
    let (id, contact) = (eve.customer("Acme"), world.identity())
    eve.write(contact, in: .contact, ["customer": .reference(id), "mobile": .text("2")])
    try eve.sync()
    let other = try world.laptop("eve")
    try other.sync()
    #expect(other.value("mobile", of: contact, in: .contact) == .text("2"))
    #expect(try eve.released(id) == "")
    try other.sync()
    #expect(other.value("pool", of: id) == .text("east"))
    #expect(other.base[contact] != nil)
    #expect(other.value("mobile", of: contact, in: .contact).isNull)
  }

  @Test func `a cut that was never sent has shown nothing`() throws {
    let world = try worldOfTeams()
    try world.setPool(["name": "east", "hidden": ["customer": ["phone"]]])
    let (eve, ann) = (try world.laptop("eve"), try world.laptop("ann"))
    let id = try world.poolCustomer(of: eve)
    try ann.sync()
    try world.assign(id, to: "ann")
    ann.write(id, ["phone": .text("9")])
    var request = ann.request()
    request.cursor = world.store.head
    let refusals = try ann.send(request).receipts.flatMap(\.refusals)
    #expect(refusals.map(\.field) == [field("phone")])
    #expect(try world.fields(of: id)["phone"] == "1")
  }

  // MARK: The rules of a pool

  @Test func `grants of a calendar day are counted, and not what is left of them`() throws {
    let world = try worldOfTeams()
    try world.setPool(["name": "east", "claimsPerDay": 2, "coolDownDays": 0])
    let (eve, ann) = (try world.laptop("eve"), try world.laptop("ann"))
    let ids = try (0..<4).map { try world.poolCustomer("C\($0)", of: eve) }
    try ann.sync()
    #expect(try ann.claimed(ids[0]) == "")
    // Returned at once, it was a mistake.
    world.clock.advance(seconds: 600)
    #expect(try ann.released(ids[0]) == "")
    #expect(try ann.claimed(ids[1]) == "")
    // A moment later it was not.
    world.clock.advance(seconds: 601)
    #expect(try ann.released(ids[1]) == "")
    // Two in one edit: the second is one too many.
    ann.edit([
      ann.change(ids[2], ["claim": .text("ann")]), ann.change(ids[3], ["claim": .text("ann")]),
    ])
    #expect(try ann.refusals().map(\.rule) == ["claimsPerDay"])
    #expect(try ann.claimed(ids[3]) == "claimsPerDay")
    // The next day begins at midnight by the hub's calendar.
    let day: Int64 = 86_400
    let left = day - world.now.milliseconds / 1000 % day
    world.clock.advance(seconds: left - 1)
    #expect(try ann.claimed(ids[3]) == "claimsPerDay")
    world.clock.advance(seconds: 1)
    #expect(try ann.claimed(ids[3]) == "")
  }

  @Test func `a dealt customer takes no place`() throws {
    let world = try worldOfTeams()
    try world.setPool(["name": "east", "holdMax": 2])
    let (eve, ann) = (try world.laptop("eve"), try world.laptop("ann"))
    let ids = try (0..<3).map { try world.poolCustomer("C\($0)", of: eve) }
    _ = ann.customer("Dealt", ["stage": .text("签约")])
    _ = ann.customer("Open", ["stage": .text("offer")])
    try ann.sync()
    ann.edit(ids.map { ann.change($0, ["claim": .text("ann")]) })
    #expect(try ann.refusals().map(\.rule) == ["holdMax", "holdMax"])
    let won = try #require(ids.first { ann.value("owner", of: $0) == .text("ann") })
    ann.write(won, ["stage": .text("won")])
    let next = try #require(ids.first { $0 != won })
    #expect(try ann.claimed(next) == "")
  }

  @Test(arguments: ["lost", "输单", "won", "paid", "service"])
  func `a customer who was lost, or dealt, takes no place`(stage: String) throws {
    let world = try worldOfTeams()
    try world.setPool(["name": "east", "holdMax": 1])
    let (eve, ann) = (try world.laptop("eve"), try world.laptop("ann"))
    let id = try world.poolCustomer(of: eve)
    let held = ann.customer("Held", ["stage": .text("negotiation")])
    try ann.sync()
    #expect(try ann.claimed(id) == "holdMax")
    ann.write(held, ["stage": .text(stage)])
    #expect(try ann.claimed(id) == "")
  }

  @Test func `the last owner waits, and new customers lie a while`() throws {
    let world = try worldOfTeams()
    try world.setPool(["name": "east", "coolDownDays": 1, "newDataDelayHours": 2])
    let (eve, ann) = (try world.laptop("eve"), try world.laptop("ann"))
    let (id, other) = (try world.poolCustomer(of: eve), try world.poolCustomer("B", of: eve))
    try ann.sync()
    world.clock.advance(seconds: 2 * 3600 - 1)
    #expect(try ann.claimed(other) == "newDataDelayHours")
    world.clock.advance(seconds: 1)
    #expect(try ann.claimed(other) == "")
    world.clock.advance(seconds: 22 * 3600 - 1)
    #expect(try eve.claimed(id) == "coolDownDays")
    world.clock.advance(seconds: 1)
    #expect(try eve.claimed(id) == "")
  }

  @Test func `who is no member, and what is handed out`() throws {
    let world = try worldOfTeams()
    try world.setPool(["name": "east", "members": ["team:south"]])
    let (eve, ann, bob) = (
      try world.laptop("eve"), try world.laptop("ann"), try world.laptop("bob")
    )
    let id = try world.poolCustomer(of: eve)
    try ann.sync()
    try bob.sync()
    #expect(ann.base.isEmpty)
    // The same words as about what does not exist.
    #expect(try ann.claimed(id) == "missingReference")
    try world.setPool(["name": "east", "claimable": false, "admins": ["ann"], "claimsPerDay": 0])
    #expect(try bob.claimed(id) == "claimable")
    // An admin of the pool has no limits.
    try ann.sync()
    #expect(try ann.claimed(id) == "")
  }

  @Test
  func `in an open workspace everybody is told who has it, and the pool decides all the same`()
    throws
  {
    let world = try World()
    try world.setPool(["name": "east", "members": ["bob"]])
    let (eve, ann, bob) = (
      try world.laptop("eve"), try world.laptop("ann"), try world.laptop("bob")
    )
    let id = try world.poolCustomer(of: eve)
    try ann.sync()
    try bob.sync()
    #expect(try ann.claimed(id) == "members")
    #expect(try bob.claimed(id) == "")
    ann.claim(id)
    #expect(try ann.refusals().first?.text.contains("bob has it since") == true)
  }

  // MARK: Releasing

  @Test func `its owner, his manager and an admin of the pool release it, and nobody else`() throws
  {
    let world = try World()
    try world.setPool(["name": "east", "admins": ["bob"]])
    try world.ask("POST", "users", body: ["name": "mei", "role": "manager"])
    let laptops = try ["ann", "bob", "eve", "mei"].map { try world.laptop($0) }
    let (ann, bob, eve, mei) = (laptops[0], laptops[1], laptops[2], laptops[3])
    let ids = (0..<3).map { ann.customer("C\($0)") }
    for laptop in laptops { try laptop.sync() }
    #expect(try eve.released(ids[0]) == "owner")
    #expect(try ann.released(ids[0], reason: " ") == "reason")
    #expect(try ann.released(ids[0], to: "west") == "pool")
    #expect(try ann.released(ids[0]) == "")
    #expect(try ann.released(ids[0]) == "inPool")
    #expect(try bob.released(ids[1]) == "")
    #expect(try mei.released(ids[2]) == "")
    for id in ids {
      #expect(try world.fields(of: id)["pool"] == "east")
      #expect(try world.fields(of: id)["owner"] == nil)
    }
    // Whoever is given it, it is in no pool any more.
    try world.assign(ids[0], to: "eve")
    #expect(try world.fields(of: ids[0])["pool"] == nil)
  }

  @Test func `a customer that was deleted is nobody's for the asking`() throws {
    let world = try worldOfTeams()
    try world.setPool(["name": "east"])
    let (eve, ann) = (try world.laptop("eve"), try world.laptop("ann"))
    let id = try world.poolCustomer(of: eve)
    try ann.sync()
    try world.ask("POST", "records/\(id)/delete")
    ann.claim(id)
    #expect(try ann.refusals().map(\.reason) == [.recordDeleted])
    #expect(ann.base.isEmpty)
  }

  @Test(
    arguments: [
      ["pool": "east"], ["owner": "ann"], ["claim": "bob"], ["claim": "ann", "owner": "ann"],
      ["pool": "west", "release": "east x"],
    ] as [[String: String]])
  func `a program that lies gets nothing`(values: [String: String]) throws {
    let world = try worldOfTeams()
    try world.setPool(["name": "east", "claimable": false])
    try world.setPool(["name": "west"])
    let (eve, ann) = (try world.laptop("eve"), try world.laptop("ann"))
    let id = try world.poolCustomer(of: eve)
    try ann.sync()
    ann.write(id, values.mapValues { .text($0) })
    #expect(try ann.refusals().count == values.count)
    let fields = try world.fields(of: id)
    #expect(fields["pool"] == "east" && fields["owner"] == nil)
    // Nor with what is hers, nor with what she makes.
    let own = ann.customer("Own")
    try ann.sync()
    for id in [own, world.identity()] {
      ann.write(id, ["name": .text("Own"), "pool": .text("west"), "claim": .text("ann")])
      #expect(try ann.refusals().count == 2)
      #expect(try world.fields(of: id)["pool"] == nil)
      #expect(try world.fields(of: id)["owner"] == "ann")
    }
  }
}
