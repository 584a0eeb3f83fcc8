// What is accepted of somebody who lies about what he has seen.
//
// Parked work is merged as its author wrote it, with what he had seen. So his clock counts as far as the
// customer was shown to him, and no further: who accepts it agrees to his words, not to the silent end of
// everybody else's (I3).

import FollowUp
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct ParkingTests {
  let world: World
  let ann: Laptop
  let bob: Laptop
  let acme: RecordID

  init() throws {
    world = try worldOfTeams()
    (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    acme = ann.customer("Acme", ["notes": .text("1")])
    try ann.sync()
    try bob.sync()
  }

  /// Writes a note, and claims to have seen all that the hub has.
  private func lie(_ laptop: Laptop) {
    var change = laptop.change(acme, ["notes": .text("9")])
    change.seen = VectorClock(hub: Position(.max))
    laptop.edit([change])
  }

  private func acceptWhatWaits() throws {
    let item = try #require(
      try Parking(store: world.store, now: world.now).list(.waiting).first)
    try world.ask("POST", "parked/\(item.id)/accept")
  }

  @Test func `who held it once has seen it as it was then`() throws {
    try world.assign(acme, to: "bob")
    try bob.sync()
    try world.assign(acme, to: "ann")
    try ann.sync()
    ann.write(acme, ["notes": .text("2")])
    try ann.sync()
    lie(bob)
    try bob.sync()
    try acceptWhatWaits()
    #expect(try world.openConflicts().count == 1)
  }

  @Test func `when a customer was last heard of is told by the follow-up, and waits for nobody`()
    throws
  {
    try world.assign(acme, to: "bob")
    try bob.sync()
    try world.assign(acme, to: "ann")
    let now = Value.moment(world.now)
    bob.edit([
      bob.change(
        world.identity(), in: .followUp, ["customer": .reference(acme), "occurredAt": now]),
      bob.change(acme, ["lastFollowAt": now, "firstFollowAt": now]),
    ])
    try bob.sync()
    #expect(try Parking(store: world.store, now: world.now).list(.waiting).isEmpty)
    #expect(try world.fields(of: acme)["lastFollowAt"] != nil)
    // Somebody who types it means it.
    bob.edit([bob.change(acme, ["lastFollowAt": now])])
    try bob.sync()
    #expect(try Parking(store: world.store, now: world.now).list(.waiting).count == 1)
  }

  @Test func `what he had seen he replaces`() throws {
    try world.assign(acme, to: "bob")
    try bob.sync()
    try world.assign(acme, to: "ann")
    bob.write(acme, ["notes": .text("9")])
    try bob.sync()
    try acceptWhatWaits()
    #expect(try world.openConflicts().isEmpty)
    #expect(try world.fields(of: acme)["notes"] == "9")
  }
}
