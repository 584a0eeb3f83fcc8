// What a revoked laptop still brings is parked, whole and once; and nothing goes back to it.

import FollowUp
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct LastPushTests {
  let world: World
  let ann: Laptop
  let customer: RecordID

  init() throws {
    world = try World()
    ann = try world.laptop("ann")
    customer = ann.customer("Acme")
    try ann.sync()
  }

  private func parked() throws -> [Parking.Item] {
    try Parking(store: world.store, now: world.now).list(.waiting)
  }

  private func follow(_ count: Int) {
    for index in 0..<count {
      ann.write(
        world.identity(), in: .followUp,
        [
          "customer": .reference(customer), "text": .text("visit \(index)"),
          "occurredAt": .moment(world.now),
        ])
    }
  }

  @Test(arguments: ["replicas/1/revoke", "users/ann/disable"])
  func `forty visits of a laptop that was shut out are parked, once`(path: String) throws {
    follow(40)
    ann.write(customer, ["phone": .text("1")])
    try world.ask("POST", path)
    let head = world.store.head
    // The first part of a long push is answered as any other.
    var first = ann.request()
    first.edits = Array(first.edits.prefix(30))
    first.isPushOnly = true
    for _ in 0..<2 {
      let answer = try ann.send(first)
      #expect(answer.detour == nil)
      #expect(answer.receipts.count == 30)
      #expect(answer.receipts.allSatisfy { $0.position == nil })
      let refusals = answer.receipts.flatMap(\.refusals)
      #expect(refusals.allSatisfy { $0.isParked && $0.reason == .revoked })
      #expect(try parked().count == 30)
    }
    for _ in 0..<2 {
      let last = try ann.send(ann.request())
      #expect(last.detour == .revoked)
      #expect(last.position == head)
      #expect(last.receipts.count == 41)
      #expect(last.records.isEmpty && last.settings == nil)
      #expect(try parked().count == 41)
    }
    #expect(world.store.head == head)
    #expect(try world.ask("GET", "replicas/1")["counter"] == 42)
  }

  @Test func `what was accepted before the laptop was shut out keeps its verdict`() throws {
    follow(2)
    let request = ann.request()
    let accepted = try ann.send(request).receipts.map(\.position)
    try world.ask("POST", "replicas/1/revoke")
    let again = try ann.send(request)
    #expect(again.detour == .revoked)
    #expect(again.receipts.map(\.position) == accepted)
    #expect(try parked().isEmpty)
  }

  @Test func `a copy of a revoked laptop is revoked, too`() throws {
    let copy = ann.clone()
    follow(1)
    try ann.sync()
    try world.ask("POST", "replicas/1/revoke")
    copy.write(customer, ["phone": .text("2")])
    guard case .forked(let replica, let common)? = try copy.send(copy.request()).detour else {
      Issue.record("the copy was not found")
      return
    }
    (copy.replica, copy.acknowledged) = (replica, 0)
    copy.log = [copy.log[Int(common.counter.rawValue)]]
    #expect(try copy.send(copy.request()).detour == .revoked)
    #expect(try parked().count == 1)
  }

  @Test func `a retired laptop is turned away at once`() throws {
    follow(3)
    try world.ask("POST", "replicas/1/retire")
    let answer = try ann.send(ann.request())
    #expect(answer.detour == .revoked)
    #expect(answer.position == .start && answer.receipts.isEmpty)
    #expect(try parked().isEmpty)
  }
}
