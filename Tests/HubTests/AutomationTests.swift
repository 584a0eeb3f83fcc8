// What follows by itself: owners, contact times, reminders; by an edit, by time, and by late facts.
//
// With the rules that every workspace begins with. Time moves only by `clock.advance`, so "nothing
// happens the second time" is exact.

import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct AutomationTests {
  let world: World
  let ann: Laptop

  init() throws {
    world = try World(rules: RuleBook.shippedText)
    ann = try world.laptop("ann")
  }

  private func reminders(_ condition: String? = nil) throws -> [JSONValue] {
    var query = ["collection": "reminder"]
    query["where"] = condition
    return try #require(try world.ask("GET", "records", query)["records"]?.array)
  }

  private func visit(_ customer: RecordID, at moment: Moment) {
    ann.write(
      world.identity(), in: .followUp,
      ["customer": .reference(customer), "occurredAt": .moment(moment), "text": .text("met")])
  }

  @Test func `a new customer is its author's, assigned now, with a first contact to make`() throws {
    let id = ann.customer("Acme")
    try ann.sync()
    let fields = try world.fields(of: id)
    #expect(fields["owner"] == "ann")
    #expect(fields["assignedAt"]?.string != nil)
    let all = try reminders()
    #expect(all.map { $0["fields"]?["rule"] } == ["first-contact"])
    #expect(all.first?["fields"]?["user"] == "ann")
    #expect(all.first?["fields"]?["status"] == "active")
    #expect(ann.base.count == 2)
  }

  /// A laptop whose clock runs two days ahead dates what it writes two days ahead (H-11).
  @Test func `nobody is assigned or contacted in the future`() throws {
    let ahead = world.now.advanced(milliseconds: 2 * 24 * 3_600_000)
    let id = ann.customer("Acme", ["owner": .text("ann"), "assignedAt": .moment(ahead)])
    try ann.sync()
    let customer = try #require(try world.store.load(id, in: .customer))
    #expect(customer.shown[field("assignedAt")] == .moment(world.now))
    let met = ULID(moment: ahead, using: &world.random)
    ann.edit([
      ann.change(
        met, in: .followUp,
        ["customer": .reference(id), "occurredAt": .moment(ahead), "text": .text("met")]),
      ann.change(id, ["lastFollowAt": .moment(ahead)]),
    ])
    try ann.sync()
    let contacted = try #require(try world.store.load(id, in: .customer)).shown
    #expect(contacted[field("lastFollowAt")] == .moment(world.now))
    #expect(contacted[field("firstFollowAt")] == .moment(world.now))
  }

  @Test func `a follow-up that arrives late withdraws the reminder, and moves both contact times`()
    throws
  {
    let id = ann.customer("Acme")
    try ann.sync()
    let met = world.now.advanced(milliseconds: 3_600_000)
    world.clock.advance(seconds: 3 * 24 * 3600)
    visit(id, at: met)
    try ann.sync()
    #expect(try reminders("status = active").isEmpty)
    #expect(try reminders("status = withdrawn").count == 1)
    let fields = try world.fields(of: id)
    #expect(fields["firstFollowAt"] == fields["lastFollowAt"])
    let text = ISO8601.string(milliseconds: met.milliseconds, in: .utc)
    #expect(fields["lastFollowAt"] == .string(text))
    // An older one that comes later moves only the first contact.
    visit(id, at: met.advanced(milliseconds: -60_000))
    try ann.sync()
    #expect(try world.fields(of: id)["lastFollowAt"] == .string(text))
    #expect(try world.fields(of: id)["firstFollowAt"] != .string(text))
  }

  @Test func `silence of a high-value customer reminds, once however often time is looked at`()
    throws
  {
    let id = ann.customer("Acme")
    ann.edit([
      Change(
        record: id, collection: CollectionSchema.customer.id, seen: VectorClock(),
        writes: [FieldWrite(field("tags"), .alter(adding: ["高价值"], removing: []))])
    ])
    visit(id, at: world.now)
    try ann.sync()
    let silent = try reminders("rule = high-value-silence")
    #expect(silent.count == 1)
    #expect(silent.first?["fields"]?["strength"] == "strong")
    world.clock.advance(seconds: 30 * 24 * 3600)
    try world.routes.tick()
    let head = world.store.head
    #expect(try world.routes.tick() == 0)
    #expect(world.store.head == head)
    #expect(try reminders("rule = high-value-silence and status = active").count == 1)
    try world.checkItself()
  }

  @Test func `a reminder far ahead is made when its time comes near`() throws {
    let far = RuleBook.shippedText.replacing("\"24h\"", with: "\"60d\"")
    try world.ask("PUT", "rules", body: try JSONValue(parsing: far))
    _ = ann.customer("Acme")
    try ann.sync()
    #expect(try reminders().isEmpty)
    world.clock.advance(seconds: 50 * 24 * 3600)
    #expect(try world.routes.tick() == 1)
    #expect(try reminders("status = active").count == 1)
    #expect(try world.routes.tick() == 0)
  }

  @Test func `a tick in stretches does the same as a tick at once`() throws {
    try world.ask("PUT", "rules", body: ["version": 1, "rules": []])
    for index in 0...Routes.tickStretch { _ = ann.customer("Customer \(index)") }
    try ann.sync()
    try world.store.setRules(RuleBook.shippedText, .shipped, at: world.now)
    let first = try world.routes.tickOn()
    #expect(first == (Routes.tickStretch, false))
    #expect(try world.routes.tickOn() == (1, true))
    #expect(try world.routes.tickOn() == (0, true))
    #expect(try world.routes.tick() == 0)
    try world.checkItself()
  }

  @Test func `an owner named by an administrator is assigned now and reminded instead`() throws {
    let id = ann.customer("Acme")
    try ann.sync()
    world.clock.advance(seconds: 3600)
    let record = try world.ask(
      "POST", "records/customer:Acme/set", body: ["assignments": ["owner=bob"]])
    #expect(record["fields"]?["owner"] == "bob")
    let active = try reminders("status = active")
    #expect(active.map { $0["fields"]?["user"] } == ["bob"])
    try ann.sync()
    #expect(ann.value("owner", of: id) == .text("bob"))
    // The history names the person, also where the hub wrote more by itself.
    let newest = try world.ask("GET", "records/\(id)/history")["history"]?[0]
    #expect(newest?["author"] == "root")
    #expect(newest?["changes"]?["owner"] == "bob")
    #expect(newest?["changes"]?["assignedAt"]?.string != nil)
  }

  @Test func `rules that are applied change reminders at once, and bad ones change nothing`() throws
  {
    _ = ann.customer("Acme")
    try ann.sync()
    #expect(try reminders("status = active").count == 1)
    let none: JSONValue = ["version": 1, "rules": []]
    #expect(try world.admin("PUT", "rules", ["check": "true"], body: none).status == 200)
    #expect(try reminders("status = active").count == 1)
    let bad = try world.admin("PUT", "rules", body: ["version": 1, "rules": [["id": "x"]]])
    #expect(bad.status == 400)
    #expect(bad.json["error"]?["code"] == "badRules")
    #expect(bad.json["error"]?["path"]?.string?.hasPrefix("$.rules[0]") == true)
    #expect(bad.json["error"]?["line"]?.integer == 1)
    #expect(try reminders("status = active").count == 1)
    let sooner = RuleBook.shippedText.replacing("\"24h\"", with: "\"2h\"")
    let due = try reminders("status = active").first?["fields"]?["dueAt"]
    try world.ask("PUT", "rules", body: try JSONValue(parsing: sooner))
    #expect(try reminders("status = active").first?["fields"]?["dueAt"] != due)
    try world.ask("PUT", "rules", body: none)
    #expect(try reminders("status = active").isEmpty)
    #expect(try world.ask("GET", "rules")["rules"] == none)
    #expect(try world.ask("GET", "rules")["text"] == .string(none.text()))
    try ann.sync()
  }
}
