// Records that are deleted, worked on all the same, and brought back.
//
// Every test begins with a customer and a contact of it that ann and bob both hold.

import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct LifecycleTests {
  let world: World
  let ann: Laptop
  let bob: Laptop
  let id: RecordID
  let contact: RecordID

  init() throws {
    world = try World()
    (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    id = ann.customer("Acme", ["phone": .text("1")])
    contact = world.identity()
    ann.write(contact, in: .contact, ["customer": .reference(id), "name": .text("Mr Li")])
    try ann.sync()
    try bob.sync()
  }

  @Test func `a deleted customer leaves every laptop with all that is its`() throws {
    ann.delete(id)
    try ann.sync()
    try bob.sync()
    #expect(bob.base.isEmpty)
    #expect(ann.base.isEmpty)
    let record = try world.ask("GET", "records/\(id)")
    #expect(record["deleted"] == true)
    #expect(record["fields"]?["name"] == "Acme")
  }

  @Test func `an edit that did not know of a deletion keeps the record, for review`() throws {
    ann.delete(id)
    bob.write(id, ["phone": .text("2")])
    try ann.sync()
    try bob.sync()
    let open = try world.openConflicts()
    #expect(open.map { $0["field"] } == ["lifecycle"])
    #expect(open.first?["values"]?.array?.map { $0["value"] } == ["deleted", "alive"])
    try ann.sync()
    #expect(ann.value("phone", of: id) == .text("2"))
    #expect(ann.base[contact] != nil)
  }

  @Test func `work on a deleted record goes on after whoever knew has settled it`() throws {
    ann.delete(id)
    bob.write(id, ["phone": .text("2")])
    try ann.sync()
    try bob.sync()
    for verdict in ["alive", "deleted"] {
      let conflict = try #require(
        try world.ask("GET", "conflicts")["conflicts"]?[0]?["id"]?.string)
      try world.ask("POST", "conflicts/\(conflict)/resolve", body: ["value": .string(verdict)])
      #expect(try world.openConflicts().isEmpty)
      let isDeleted = try world.ask("GET", "records/\(id)")["deleted"] == true
      #expect(isDeleted == (verdict == "deleted"))
    }
    try bob.sync()
    #expect(bob.base[id] == nil)
  }

  /// `rounds follow` notes a visit and, in the same edit, what it means for the customer. What it replaces
  /// there makes it count from later on than as work on a child.
  @Test(arguments: [true, false])
  func `an edit of a root and of a new child of it meets its deletion`(isDeletionFirst: Bool) throws
  {
    ann.delete(id)
    let visit = ["customer": Value.reference(id), "occurredAt": .moment(world.now)]
    bob.edit([
      bob.change(world.identity(), in: .followUp, visit), bob.change(id, ["phone": .text("2")]),
    ])
    for laptop in isDeletionFirst ? [ann, bob] : [bob, ann] { try laptop.sync() }
    #expect(try world.openConflicts().map { $0["field"] } == ["lifecycle"])
    #expect(try HubCheck.run(on: world.store) == [])
    try bob.sync()
    bob.write(id, ["phone": .text("3")])
    try bob.sync()
    #expect(try world.fields(of: id)["phone"] == "3")
  }

  @Test func `a new child revives a root that was deleted meanwhile`() throws {
    ann.delete(id)
    let visit = world.identity()
    bob.write(
      visit, in: .followUp, ["customer": .reference(id), "occurredAt": .moment(world.now)])
    try ann.sync()
    try bob.sync()
    #expect(try world.openConflicts().map { $0["field"] } == ["lifecycle"])
    try ann.sync()
    #expect(Set(ann.base.keys).isSuperset(of: [id, contact, visit]))
  }

  @Test func `what an administrator did to a child is work that a deletion had not seen`() throws {
    try world.ask("POST", "records/\(contact)/set", body: ["assignments": ["name=Ms Li"]])
    ann.delete(id)
    try ann.sync()
    #expect(try world.openConflicts().map { $0["field"] } == ["lifecycle"])
    ann.delete(id)
    try ann.sync()
    #expect(try world.ask("GET", "records/\(id)")["deleted"] == true)
  }

  @Test func `a deleted customer is restored with its children`() throws {
    let before = try ISO8601Text(world.now)
    world.clock.advance(seconds: 60)
    // One edit deletes the customer and its contact, as a cautious program would.
    ann.edit([
      ann.change(id, ["lifecycle": Lifecycle.deleted.value]),
      ann.change(contact, in: .contact, ["lifecycle": Lifecycle.deleted.value]),
    ])
    try ann.sync()
    try bob.sync()
    #expect(bob.base[id] == nil)
    let restored = try world.ask(
      "POST", "records/customer:Acme/restore", body: ["at": .string(before.text)])
    #expect(restored["deleted"] == nil)
    #expect(restored["fields"]?["phone"] == "1")
    try bob.sync()
    #expect(Set(bob.base.keys).isSuperset(of: [id, contact]))
  }

  @Test func `one field goes back to what it was, and the others stay`() throws {
    let before = try ISO8601Text(world.now)
    world.clock.advance(seconds: 60)
    ann.write(id, ["phone": .text("9"), "email": .text("a@b")])
    try ann.sync()
    let path = "records/\(id)/restore"
    try world.ask("POST", path, body: ["field": "phone", "at": .string(before.text)])
    #expect(try world.fields(of: id)["phone"] == "1")
    #expect(try world.fields(of: id)["email"] == "a@b")
    try world.ask("POST", path, body: ["at": .string(before.text)])
    #expect(try world.fields(of: id)["email"] == nil)
    #expect(try world.admin("POST", path, body: ["at": "2020-01-01"]).status == 400)
    #expect(try world.admin("POST", path, body: [:]).status == 400)
  }

  @Test func `a contact that leaves a deleted customer takes nothing wrong with it`() throws {
    let other = ann.customer("Other")
    try ann.sync()
    try bob.sync()
    ann.delete(id)
    try ann.sync()
    // bob moves the contact to a living customer, not knowing of the deletion.
    bob.write(contact, in: .contact, ["customer": .reference(other)])
    try bob.sync()
    try ann.sync()
    #expect(ann.base[contact]?.root == other)
  }

  private struct ISO8601Text {
    var text: String
    init(_ moment: Moment) throws {
      text = ISO8601.string(milliseconds: moment.milliseconds, in: .utc)
    }
  }
}
