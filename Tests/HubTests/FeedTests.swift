// What laptops are sent: exact cuts, in pages of any size, whatever happens between two of them.
//
// That a cut is exact needs no assertion of its own: `Laptop` compares digests after every pull.

import FollowUp
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct FeedTests {
  @Test func `an author's own changes are named and not sent back`() throws {
    let world = try World()
    let ann = try world.laptop("ann")
    let id = ann.customer("Acme", ["owner": .text("ann")])
    try ann.sync()
    ann.write(id, ["phone": .text("1")])
    let answers = try ann.sync()
    #expect(answers.flatMap(\.records).isEmpty)
    #expect(answers.flatMap(\.undisturbed).map(\.record) == [id])
  }

  @Test func `a change that came out otherwise is sent`() throws {
    let world = try World()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    let id = ann.customer("Acme", ["owner": .text("ann")])
    try ann.sync()
    try bob.sync()
    world.clock.advance(seconds: 1)
    ann.write(id, ["phone": .text("1")])
    bob.write(id, ["phone": .text("2")])
    try ann.sync()
    let answers = try bob.sync()
    #expect(answers.flatMap(\.records).map(\.record).contains(id))
  }

  @Test(arguments: [1, 2, 3, 7] as [UInt32])
  func `pages of any size carry the same cut`(recordsMax: UInt32) throws {
    let world = try World()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    var customers: [RecordID] = []
    for name in ["A", "B", "C", "D"] {
      let id = ann.customer(name)
      customers.append(id)
      for index in 0..<5 {
        ann.write(
          world.identity(), in: .contact,
          ["customer": .reference(id), "name": .text("\(name)\(index)")])
      }
    }
    try ann.sync()
    try bob.sync(recordsMax: recordsMax)
    #expect(bob.base.count == 24)
    ann.delete(customers[1])
    ann.write(customers[2], ["phone": .text("1")])
    try ann.sync(recordsMax: recordsMax)
    try bob.sync(recordsMax: recordsMax)
    #expect(bob.base.count == 18)
  }

  @Test(arguments: 0..<12)
  func `what changes between two pages is in the same cut`(seed: Int) throws {
    let world = try World()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    var random = SplitMix64(state: UInt64(seed))
    var records: [RecordID] = []
    let customers = ["A", "B", "C"].map { ann.customer($0) }
    for customer in customers {
      for _ in 0..<6 {
        let id = world.identity()
        records.append(id)
        ann.write(id, in: .contact, ["customer": .reference(customer), "name": .text("x")])
      }
    }
    try ann.sync()
    var steps = 0
    try bob.sync(recordsMax: UInt32.random(in: 1...4, using: &random)) {
      steps += 1
      guard steps < 12 else { return }
      let id = records.randomElement(using: &random) ?? records[0]
      switch Int.random(in: 0..<4, using: &random) {
      case 0: ann.delete(id, in: .contact)
      case 1:
        ann.write(
          world.identity(), in: .contact,
          [
            "customer": .reference(customers.randomElement(using: &random) ?? customers[0])
          ])
      default: ann.write(id, in: .contact, ["name": .text("step \(steps)")])
      }
      try ann.sync()
    }
    #expect(steps > 3)
    #expect(try bob.digest == world.store.digest(of: HubStore.everything))
    for (id, held) in ann.base { #expect(bob.base[id]?.asOf == held.asOf) }
  }

  @Test func `settings are sent where the laptop's are older`() throws {
    let world = try World()
    let ann = try world.laptop("ann")
    #expect(try ann.sync().last?.settings?.users.map(\.name) == ["ann", "bob", "eve", "root"])
    #expect(try ann.sync().last?.settings == nil)
    try world.ask("POST", "users", body: ["name": "new", "role": "rep"])
    #expect(try ann.sync().last?.settings?.users.count == 5)
  }

  @Test func `a laptop waits until there is something behind its cursor`() throws {
    let world = try World()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    try ann.sync()
    #expect(ann.wait() == .wait(user: "ann"))
    #expect(ann.wait(epoch: ann.epoch + 1) != .wait(user: "ann"))
    _ = bob.customer("News")
    try bob.sync()
    let position = world.store.head.rawValue
    #expect(
      ann.wait() == .now(.json(["position": .integer(Int64(position)), "news": true])))
    guard case .now(let refusal) = ann.wait(token: "x") else {
      Issue.record("a stranger waits")
      return
    }
    #expect(refusal.status == 401)
  }

  @Test func `nobody is woken by what he may not see`() throws {
    let world = try worldOfTeams()
    let (ann, bob, mei) = (
      try world.laptop("ann"), try world.laptop("bob"), try world.laptop("mei")
    )
    for laptop in [ann, bob, mei] { try laptop.sync() }
    _ = try world.store.takeNews()
    let id = ann.customer("Acme")
    try ann.sync()
    #expect(try world.store.takeNews() == ["ann", "mei", "root"])
    #expect(mei.wait() != .wait(user: "mei"))
    #expect(bob.wait() == .wait(user: "bob"))
    try mei.sync()
    #expect(mei.wait() == .wait(user: "mei"))
    // A change of hands is news to both, and to whoever no longer sees it.
    try world.assign(id, to: "bob")
    #expect(try world.store.takeNews() == ["ann", "bob", "mei", "root"])
    for laptop in [ann, bob, mei] {
      #expect(laptop.wait() != .wait(user: laptop.user))
      try laptop.sync()
      #expect(laptop.wait() == .wait(user: laptop.user))
    }
  }

  @Test func `a copy whose original was retired waits like any other`() throws {
    let world = try World()
    let ann = try world.laptop("ann")
    let id = ann.customer("Acme")
    try ann.sync()
    let copy = ann.clone()
    ann.write(id, ["phone": .text("1")])
    try ann.sync()
    copy.write(id, ["phone": .text("2")])
    guard case .forked(let replica, let common)? = try copy.send(copy.request()).detour else {
      Issue.record("the copy was not found")
      return
    }
    copy.replica = replica
    copy.acknowledged = 0
    copy.log = Array(copy.log.dropFirst(Int(common.counter.rawValue)))
    try copy.sync()
    try world.ask("POST", "replicas/1/retire")
    #expect(copy.wait() == .wait(user: "ann"))
  }

  @Test func `news is what changes one's rights`() throws {
    let world = try worldOfTeams()
    let (ann, mei) = (try world.laptop("ann"), try world.laptop("mei"))
    let id = ann.customer("Acme")
    for laptop in [ann, mei] { try laptop.sync() }
    _ = try world.store.takeNews()
    try world.ask("POST", "users/ann", body: ["team": "south"])
    #expect(try world.store.takeNews().contains("mei"))
    #expect(mei.wait() != .wait(user: "mei"))
    try mei.sync()
    #expect(mei.base[id] == nil)
    try world.ask("POST", "replicas/1/revoke")
    #expect(try world.store.takeNews() == ["ann"])
    #expect(ann.wait() != .wait(user: "ann"), "the sync that follows tells it")
  }
}

extension Laptop {
  fileprivate func wait(epoch: UInt32? = nil, token: String? = nil) -> Routes.WaitAnswer {
    world.routes.wait(
      HubRequest(
        "GET", "/v1/wait",
        query: ["cursor": "\(cursor.rawValue)", "epoch": "\(epoch ?? self.epoch)"],
        bearerToken: token ?? self.token))
  }
}
