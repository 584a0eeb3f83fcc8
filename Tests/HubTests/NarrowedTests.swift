// A laptop that keeps less than it may: exactly what its person asked for, whatever changes meanwhile.

import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct NarrowedTests {
  let world: World
  let ann: Laptop
  let bob: Laptop
  let mei: Laptop

  init() throws {
    world = try worldOfTeams()
    (ann, bob, mei) = (try world.laptop("ann"), try world.laptop("bob"), try world.laptop("mei"))
  }

  private func day(_ count: Int64 = 1) { world.clock.advance(seconds: count * 86_400) }

  // MARK: Near

  @Test func `a manager keeps his own, and gets his team's back`() throws {
    let (hers, own) = (ann.customer("Acme"), mei.customer("Own"))
    try ann.sync()
    try mei.sync()
    #expect(Set(mei.base.keys) == [hers, own])
    mei.narrowing = Narrowing(reach: .mine)
    #expect(try mei.sync().flatMap(\.departed) == [hers])
    // What changes meanwhile is not sent, and not missing afterwards.
    ann.write(hers, ["phone": .text("1")])
    try ann.sync()
    #expect(try mei.sync().flatMap(\.records).isEmpty)
    mei.narrowing = Narrowing(reach: .team)
    #expect(try mei.sync().flatMap(\.records).map(\.record) == [hers])
    #expect(mei.value("phone", of: hers) == .text("1"))
  }

  @Test func `an administrator keeps one team of all`() throws {
    _ = try world.store.addUser("ada", role: .admin, team: nil, now: world.now)
    try world.ask("POST", "users/ada", body: ["team": "south"])
    let ada = try world.laptop("ada")
    let (north, south) = (ann.customer("N"), bob.customer("S"))
    try ann.sync()
    try bob.sync()
    try ada.sync()
    #expect(Set(ada.base.keys) == [north, south])
    ada.narrowing = Narrowing(reach: .team)
    try ada.sync()
    #expect(Set(ada.base.keys) == [south])
    ada.narrowing = nil
    try ada.sync()
    #expect(Set(ada.base.keys) == [north, south])
  }

  @Test func `another laptop of the same person keeps everything`() throws {
    let other = try world.laptop("mei")
    let hers = ann.customer("Acme")
    try ann.sync()
    mei.narrowing = Narrowing(reach: .mine)
    try mei.sync()
    try other.sync()
    #expect(mei.base.isEmpty)
    #expect(Set(other.base.keys) == [hers])
  }

  @Test func `a narrowing gives nobody more than he may see`() throws {
    let hers = ann.customer("Acme")
    try ann.sync()
    for reach in Narrowing.Reach.allCases {
      bob.narrowing = Narrowing(reach: reach, days: 1, tags: [])
      try bob.sync()
      #expect(bob.base.isEmpty)
    }
    try world.assign(hers, to: "bob")
    try bob.sync()
    #expect(Set(bob.base.keys) == [hers])
  }

  @Test func `what was written before the narrowing is judged by what its author may see`() throws {
    let hers = ann.customer("Acme")
    try ann.sync()
    try mei.sync()
    mei.write(hers, ["phone": .text("7")])
    mei.narrowing = Narrowing(reach: .mine)
    let answers = try mei.sync()
    #expect(answers.flatMap(\.receipts).allSatisfy { $0.refusals.isEmpty })
    #expect(mei.base.isEmpty)
    try ann.sync()
    #expect(ann.value("phone", of: hers) == .text("7"))
  }

  // MARK: Tags

  @Test func `customers come and go with their tags, whole`() throws {
    ann.narrowing = Narrowing(tags: ["hot", "vip"])
    let (first, second) = (ann.customer("One"), ann.customer("Two"))
    ann.tag(first, "hot")
    let contact = world.identity()
    ann.write(contact, in: .contact, ["customer": .reference(second), "name": .text("Li")])
    try ann.sync()
    // One's own new customer is no exception: it has no tag.
    #expect(Set(ann.base.keys) == [first])
    try world.ask("POST", "records/\(second)/set", body: ["assignments": ["tags+=vip"]])
    try ann.sync()
    #expect(Set(ann.base.keys) == [first, second, contact])
    try world.ask("POST", "records/\(second)/set", body: ["assignments": ["tags-=vip"]])
    #expect(try ann.sync().flatMap(\.departed) == [second])
    #expect(Set(ann.base.keys) == [first])
  }

  // MARK: Days

  @Test func `a customer nothing happens with goes by itself, and comes back with a word`() throws {
    let quiet = ann.customer("Quiet")
    let visit = world.identity()
    ann.narrowing = Narrowing(days: 30)
    try ann.sync()
    #expect(Set(ann.base.keys) == [quiet])
    day(29)
    try world.routes.tick()
    try ann.sync()
    #expect(Set(ann.base.keys) == [quiet])
    day(2)
    try world.routes.tick()
    #expect(try ann.sync().flatMap(\.departed) == [quiet])
    // Somebody with all of it writes a visit.
    mei.write(
      visit, in: .followUp,
      ["customer": .reference(quiet), "text": .text("hello"), "occurredAt": .moment(world.now)])
    try mei.sync()
    try ann.sync()
    #expect(Set(ann.base.keys) == [quiet, visit])
  }

  @Test(arguments: ["next", "task", "deal"])
  func `what is open is kept for ever`(what: String) throws {
    let id = ann.customer("Acme")
    let child = world.identity()
    switch what {
    case "next": ann.write(id, ["nextFollowAt": .moment(world.now)])
    case "task":
      ann.write(child, in: .task, ["customer": .reference(id), "title": .text("call")])
    default:
      ann.write(child, in: .opportunity, ["customer": .reference(id), "stage": .text("visit")])
    }
    ann.narrowing = Narrowing(days: 10)
    try ann.sync()
    day(100)
    try world.routes.tick()
    try ann.sync()
    #expect(ann.base[id] != nil)
    switch what {
    case "next": ann.write(id, ["nextFollowAt": .null])
    case "task": ann.write(child, in: .task, ["status": .text("done")])
    default: ann.write(child, in: .opportunity, ["stage": .text("输单")])
    }
    try ann.sync()
    #expect(ann.base[id] != nil, "something has just happened")
    day(11)
    try world.routes.tick()
    try ann.sync()
    #expect(ann.base.isEmpty)
  }

  @Test func `a task of one's own without a customer stays`() throws {
    let task = world.identity()
    ann.write(task, in: .task, ["title": .text("taxes"), "assignee": .text("ann")])
    ann.narrowing = Narrowing(days: 1, tags: ["none"])
    try ann.sync()
    #expect(Set(ann.base.keys) == [task])
  }

  // MARK: Before it is chosen

  @Test func `its size is told beforehand, and is what comes`() throws {
    for index in 0..<20 {
      let id = ann.customer("Customer \(index)")
      if index % 4 == 0 { ann.tag(id, "hot") }
      ann.write(
        world.identity(), in: .contact, ["customer": .reference(id), "name": .text("Li")])
    }
    let gone = ann.customer("Gone")
    ann.tag(gone, "hot")
    try ann.sync()
    ann.delete(gone)
    try ann.sync()
    for narrowing in [Narrowing(), Narrowing(reach: .mine), Narrowing(tags: ["hot"])] {
      let told = try mei.extent(of: narrowing)
      mei.base = [:]
      mei.cursor = .start
      mei.narrowing = narrowing
      let records = try mei.sync().flatMap(\.records)
      let counts = Dictionary(grouping: records) {
        Schema.followUp[$0.collection]?.name ?? ""
      }.mapValues { JSONValue.integer(Int64($0.count)) }
      #expect(told["records"] == .object(counts))
      let bytes = Int64(records.reduce(0) { $0 + $1.encoded().count })
      let error = abs((told["bytes"]?.integer ?? 0) - bytes)
      #expect(error * 20 <= bytes)
    }
    #expect(try bob.extent(of: Narrowing())["records"] == [:])
  }

  // MARK: Together with everything else

  @Test func `a copy of a narrowed laptop holds what it held`() throws {
    let (hot, cold) = (ann.customer("Hot"), ann.customer("Cold"))
    ann.tag(hot, "hot")
    ann.narrowing = Narrowing(tags: ["hot"])
    try ann.sync()
    let copy = ann.clone()
    ann.write(hot, ["phone": .text("1")])
    try ann.sync()
    copy.write(hot, ["email": .text("2")])
    guard case .forked(let replica, let common)? = try copy.send(copy.request()).detour else {
      Issue.record("the copy was not found")
      return
    }
    copy.replica = replica
    copy.acknowledged = 0
    copy.log = Array(copy.log.dropFirst(Int(common.counter.rawValue)))
    try copy.sync()
    #expect(Set(copy.base.keys) == [hot])
    #expect(copy.value("phone", of: hot) == .text("1"))
    copy.narrowing = nil
    try copy.sync()
    #expect(Set(copy.base.keys) == [hot, cold])
  }

  @Test(arguments: 1...60)
  func `it is exact whatever changes between any two pages`(seed: Int) throws {
    world.isCheckingItself = false
    defer { world.isCheckingItself = true }
    let laptops = [ann, bob, try world.laptop("eve"), mei]
    var churn = Churn(world: world, random: SplitMix64(state: UInt64(seed)))
    for laptop in laptops.dropLast() { try churn.fill(laptop) }
    for _ in 0..<12 {
      for _ in 0..<churn.number(1...3) { try churn.step() }
      for _ in 0..<churn.number(0...2) { try churn.tag() }
      let laptop = laptops[churn.number(0...3)]
      if churn.number(0...2) == 0 { laptop.narrowing = churn.narrowing() }
      var steps = 0
      try laptop.sync(recordsMax: UInt32(churn.number(1...5))) {
        steps += 1
        if steps < 6 { try churn.step() }
        if steps < 3 { try churn.tag() }
      }
      try laptop.expectToHoldWhatItWants()
    }
    for laptop in laptops {
      try laptop.sync()
      try laptop.expectToHoldWhatItWants()
    }
    world.isCheckingItself = true
    try world.checkItself()
  }
}

extension Churn {
  mutating func tag() throws {
    let id = customers[number(0...customers.count - 1)]
    let sign = Bool.random(using: &random) ? "+" : "-"
    _ = try world.admin(
      "POST", "records/\(id)/set",
      body: ["assignments": .array([.string("tags\(sign)=\(["a", "b"][number(0...1)])")])])
  }

  mutating func narrowing() -> Narrowing? {
    if number(0...3) == 0 { return nil }
    let tags = [[], ["a"], ["a", "b"]][number(0...2)]
    return Narrowing(
      reach: Narrowing.Reach.allCases[number(0...2)], days: UInt32(number(0...1) * 5), tags: tags)
  }
}

extension Laptop {
  fileprivate func tag(_ record: RecordID, _ tag: String) {
    var change = change(record, [:])
    change.writes = [
      FieldWrite(field("tags", in: .customer), .alter(adding: [tag], removing: []))
    ]
    edit([change])
  }

  fileprivate func extent(of narrowing: Narrowing) throws -> JSONValue {
    let answer = world.routes.answer(
      HubRequest("POST", "/v1/scope", bearerToken: token, body: narrowing.encoded()))
    try #require(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
    return try JSONValue(parsing: answer.body)
  }

  /// Nothing is old in these worlds, so of a narrowing only nearness and tags can tell.
  fileprivate func expectToHoldWhatItWants() throws {
    let organisation = try world.store.permissions().organisation
    let level = try world.store.permissions().level(.read, on: "customer", of: user)
    let narrowing = narrowing ?? Narrowing()
    let nearest: [Narrowing.Reach: String] = [.mine: "own", .team: "team"]
    let owners = organisation.members.map(\.name).filter { owner in
      let relation = organisation.relation(of: user, toOwner: owner)
      guard level.includes(relation) else { return false }
      switch nearest[narrowing.reach] {
      case "own": return relation.name == "own"
      case "team": return ["own", "team"].contains(relation.name)
      default: return true
      }
    }
    var wanted = try world.visible(to: Set(owners))
    if !narrowing.tags.isEmpty {
      for collection in world.store.schema.collections {
        try world.store.db.each(
          "SELECT r.id, c.tags FROM \"\(collection.name)\" r JOIN customer c ON c.id = r.root"
        ) { row in
          let tags = row.optionalText(1) ?? "[]"
          if !narrowing.tags.contains(where: { tags.contains("\"\($0)\"") }) {
            wanted.remove(try row.id(0))
          }
        }
      }
    }
    // What was shared with somebody he keeps whole.
    wanted.formUnion(try world.visible(to: [], guest: user))
    #expect(Set(base.keys) == wanted)
  }
}
