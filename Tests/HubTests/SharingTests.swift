// A shared customer comes whole to its guest's laptop, and goes when the sharing ends – by word, by
// time, and also where the laptop was off.
//
// ann owns the customer; bob, of another team, is the guest. Every sync compares digests (`Laptop`).

import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct SharingTests {
  let world: World
  let (ann, bob): (Laptop, Laptop)
  let id: RecordID
  let own: RecordID

  init() throws {
    world = try worldOfTeams()
    (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    id = ann.customer("Acme", ["phone": .text("1")])
    for _ in 0..<3 { ann.write(world.identity(), in: .contact, ["customer": .reference(id)]) }
    own = bob.customer("Own")
    try ann.sync()
    try bob.sync()
  }

  private func share(_ options: [String: JSONValue] = [:], with user: String = "bob") throws {
    var body: JSONValue = .object(options)
    body["with"] = .string(user)
    try world.ask("POST", "records/\(id)/share", body: body)
  }

  private func unshare(with user: String = "bob") throws {
    try world.ask("POST", "records/\(id)/unshare", body: ["with": .string(user)])
  }

  @Test func `a shared customer comes whole, is kept up to date, and goes`() throws {
    try share()
    try bob.sync()
    #expect(bob.base.count == 5)
    #expect(bob.value("phone", of: id) == .text("1"))
    ann.write(id, ["phone": .text("2")])
    ann.write(world.identity(), in: .task, ["customer": .reference(id)])
    try ann.sync()
    try bob.sync()
    #expect(bob.value("phone", of: id) == .text("2"))
    #expect(bob.base.count == 6)
    try unshare()
    #expect(try bob.sync().flatMap(\.departed) == [id])
    #expect(Set(bob.base.keys) == [own])
    #expect(ann.base.count == 5)
  }

  @Test func `a laptop that was off hears of the end, and of a sharing it missed nothing`() throws {
    try share()
    try bob.sync()
    try unshare()
    ann.write(id, ["phone": .text("3")])
    try ann.sync()
    try bob.sync()
    #expect(Set(bob.base.keys) == [own])
    try share()
    try unshare()
    #expect(try bob.sync().flatMap(\.records).isEmpty)
    #expect(Set(bob.base.keys) == [own])
    try share()
    try bob.sync()
    #expect(bob.base.count == 5)
    #expect(bob.value("phone", of: id) == .text("3"))
  }

  @Test func `a sharing ends by itself`() throws {
    try share(["until": "+2h"])
    try bob.sync()
    #expect(bob.base[id] != nil)
    world.clock.advance(seconds: 7_199)
    try bob.sync()
    #expect(bob.base[id] != nil)
    world.clock.advance(seconds: 1)
    try bob.sync()
    #expect(bob.base[id] == nil)
    #expect(try world.ask("GET", "records/\(id)/guests")["guests"] == [])
  }

  @Test func `the clock alone makes its end news`() throws {
    try share(["until": "+2h"])
    let head = world.store.head
    world.clock.advance(seconds: 7_200)
    try world.routes.tick()
    #expect(world.store.head > head)
    try bob.sync()
    #expect(bob.base[id] == nil)
  }

  @Test func `a guest writes if he may`() throws {
    try share()
    try bob.sync()
    bob.write(id, ["phone": .text("9")])
    #expect(try bob.sync()[0].receipts[0].refusals.map(\.reason) == [.forbidden])
    try share(["mayWrite": true])
    bob.write(id, ["phone": .text("8")])
    bob.write(world.identity(), in: .contact, ["customer": .reference(id)])
    #expect(try bob.sync()[0].receipts.flatMap(\.refusals).isEmpty)
    try ann.sync()
    #expect(ann.value("phone", of: id) == .text("8"))
    #expect(ann.base.count == 5)
    bob.delete(id)
    #expect(try bob.sync()[0].receipts[0].refusals.map(\.reason) == [.forbidden])
  }

  @Test func `what a guest wrote in good faith is parked once the sharing has ended`() throws {
    try share(["mayWrite": true])
    try bob.sync()
    bob.write(id, ["phone": .text("9")])
    try unshare()
    #expect(try bob.sync()[0].receipts[0].refusals.map(\.isParked) == [true])
    #expect(try world.ask("GET", "parked")["parked"]?.array?.count == 1)
  }

  @Test func `shared with somebody who sees it anyway, it is there once`() throws {
    let mei = try world.laptop("mei")
    try mei.sync()
    #expect(mei.base.count == 4)
    try share(with: "mei")
    try mei.sync()
    #expect(mei.base.count == 4)
    try unshare(with: "mei")
    #expect(try mei.sync().flatMap(\.departed).isEmpty)
    #expect(mei.base.count == 4)
  }

  @Test func `a guest stays one when the customer changes hands, or is deleted and comes back`()
    throws
  {
    try share()
    try bob.sync()
    try world.assign(id, to: "eve")
    try bob.sync()
    #expect(bob.base.count == 5)
    world.clock.advance(seconds: 10)
    try world.ask("POST", "records/\(id)/delete")
    try bob.sync()
    #expect(Set(bob.base.keys) == [own])
    try world.ask("POST", "records/\(id)/restore", body: ["at": "-5s"])
    try bob.sync()
    #expect(bob.base[id] != nil)
  }

  @Test func `guests are told, and what makes no sense is refused`() throws {
    try share(["mayWrite": true, "until": "+1h"])
    let guests = try world.ask("GET", "records/\(id)/guests")["guests"]?.array
    #expect(guests?.count == 1)
    #expect(guests?[0]["user"] == "bob")
    #expect(guests?[0]["mayWrite"] == true)
    #expect(guests?[0]["until"]?.string != nil)
    let contact = try #require(ann.base.keys.first { $0 != id })
    for (path, body, status) in [
      ("\(id)/share", ["with": "nobody"], 404), ("\(id)/share", [:], 400),
      ("\(id)/share", ["with": "eve", "until": "-1h"], 400),
      ("\(contact)/share", ["with": "eve"], 400), ("\(id)/unshare", ["with": "eve"], 404),
    ] as [(String, JSONValue, Int)] {
      #expect(try world.admin("POST", "records/\(path)", body: body).status == status, "\(path)")
    }
  }
}
