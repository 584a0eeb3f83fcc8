// Messages on their way out: taken once, tried again in time, given up in the end, and never sent to somebody
// who wants none any more.
//
// The hub keeps count and the test is the carrier, so every outcome is named. Time moves only by `clock.advance`.

import FollowUp
import Notation
import SyncCore
import Testing

@testable import Hub

@Suite struct OutboxTests {
  let world: World
  let ann: Laptop
  static let all = Set(Delivery.Channel.allCases)
  static let silence = DeliveryOutcome.unavailable("nobody answers", retryAfterSeconds: nil)

  init() throws {
    world = try World()
    ann = try world.laptop("ann")
    let rule: JSONValue = [
      "id": "hello", "version": 1, "on": "customer", "trigger": ["created": [:]], "repeat": "once",
      "do": [["message": "mail", "title": "Hello {name}", "text": "Dear {name}"]],
    ]
    let hook: JSONValue = [
      "id": "hook", "version": 1, "on": "customer", "trigger": ["tagged": "hook"],
      "do": [["webhook": "https://Example.com:8443/a?b"]],
    ]
    try world.ask("PUT", "rules", body: .object(["version": 2, "rules": .array([rule, hook])]))
  }

  private func take(_ channels: Set<Delivery.Channel> = all) throws -> [Delivery] {
    let taken = try world.routes.takeDeliveries(channels)
    try world.checkItself()
    return taken
  }

  private func settle(_ deliveries: [Delivery], _ outcome: DeliveryOutcome) throws {
    try world.routes.settleDeliveries(deliveries.map { ($0, outcome) })
    try world.checkItself()
  }

  private func messages(_ status: String? = nil) throws -> [JSONValue] {
    try #require(
      try world.ask("GET", "outbox", status.map { ["status": $0] } ?? [:])["messages"]?.array)
  }

  private func customer(_ name: String) -> RecordID {
    ann.customer(name, ["email": .text("\(name)@example.com")])
  }

  @Test func `a message is taken once, sent, and told in the audit log`() throws {
    _ = customer("acme")
    try ann.sync()
    let taken = try take()
    #expect(taken.map(\.address) == ["acme@example.com"])
    #expect(taken.map(\.title) == ["Hello acme"])
    #expect(try take().isEmpty)
    try settle(taken, .delivered)
    let sent = try #require(try messages("sent").first)
    #expect(sent["tries"] == 1 && sent["fault"] == .null && sent["place"] == "mail")
    let entries = try #require(try world.ask("GET", "audit")["entries"]?.array)
    #expect(entries.first?["action"] == "message sent")
    #expect(entries.first?["user"] == "roundsd")
    // The laptop is told, too.
    try ann.sync()
    #expect(ann.base[taken[0].id]?.values[field("status", in: .message)] == .text("sent"))
  }

  @Test func `who dies between the attempt and its end makes it once more, as the same`() throws {
    _ = customer("acme")
    try ann.sync()
    let first = try take()
    world.clock.advance(seconds: Outbox.leaseMilliseconds / 1000 - 1)
    #expect(try take().isEmpty)
    world.clock.advance(seconds: 2)
    #expect(try take() == first)
  }

  @Test func `no answer is tried again ever later, and is stuck in the end`() throws {
    _ = customer("acme")
    try ann.sync()
    var waits: [Int64] = []
    for _ in 0..<DeliveryTerms.triesMax {
      var minutes: Int64 = 0
      var taken = try take()
      while taken.isEmpty, minutes < 2_000 {
        world.clock.advance(seconds: 60)
        minutes += 1
        taken = try take()
      }
      waits.append(minutes)
      try settle(taken, OutboxTests.silence)
    }
    // From the fifth on its place rests as well; the longer of the two waits counts.
    #expect(waits == [0, 1, 4, 16, 64, 256, 360, 360, 360, 360])
    let stuck = try #require(try messages("failed").first)
    #expect(stuck["fault"] == "nobody answers" && stuck["tries"] == 10)
    world.clock.advance(seconds: 1_000_000)
    #expect(try take().isEmpty)
    // A person begins its story anew, or ends it.
    let id = try #require(stuck["id"]?.string)
    try world.ask("POST", "outbox/\(id)/retry")
    #expect(try take().map(\.id.description) == [id])
    try world.ask("POST", "outbox/\(id)/cancel")
    #expect(try messages("cancelled").count == 1)
    #expect(try world.admin("POST", "outbox/\(id)/cancel").status == 409)
    let again = try world.admin("POST", "outbox/\(id)/retry")
    #expect(again.status == 409 && again.json["error"]?["code"] == "cancelled")
    #expect(try take().isEmpty)
  }

  @Test func `a place that keeps silent rests, and one message asks for the others`() throws {
    for number in 0..<12 { _ = customer("c\(number)") }
    try ann.sync()
    try settle(try take([.mail]), OutboxTests.silence)
    let places = try #require(try world.ask("GET", "outbox")["destinations"]?.array)
    #expect(places.map { $0["name"] } == ["mail"])
    #expect(places.first?["failures"] == 8)
    // The four that were not taken wait without having been tried.
    #expect(try take([.mail]).isEmpty)
    #expect(try messages("queued").filter { $0["tries"] == 0 }.count == 4)
    world.clock.advance(seconds: 3600)
    let probe = try take([.mail])
    #expect(probe.count == 1)
    try settle(probe, .delivered)
    #expect(try world.ask("GET", "outbox")["destinations"] == [])
    #expect(try take([.mail]).count == Outbox.roundMax)
  }

  @Test func `whoever changes his mind before it is sent gets nothing`() throws {
    let id = ann.customer("acme")
    let (wants, wantsNone) = (world.identity(), world.identity())
    try ann.sync()
    #expect(try messages().isEmpty)
    for (contact, name) in [(wantsNone, "li"), (wants, "wu")] {
      ann.write(
        contact, in: .contact,
        ["customer": .reference(id), "name": .text(name), "email": .text("\(name)@example.com")])
    }
    try ann.sync()
    // The rule had nobody to write to; with an address it has.
    world.clock.advance(seconds: 3600)
    try world.routes.tick()
    let queued = try messages("queued")
    try #require(queued.count == 1)
    let addressee = queued[0]["address"] == "li@example.com" ? wantsNone : wants
    ann.write(addressee, in: .contact, ["doNotContact": .boolean(true)])
    try ann.sync()
    #expect(try take().isEmpty)
    #expect(try messages("cancelled").map { $0["fault"] } == ["the contact wants no messages"])
  }

  @Test func `a customer who is gone gets nothing`() throws {
    let id = customer("acme")
    try ann.sync()
    ann.delete(id)
    try ann.sync()
    #expect(try take().isEmpty)
    #expect(try messages("sent").isEmpty)
  }

  @Test func `a channel without a way out waits, and uses up nothing`() throws {
    _ = customer("acme")
    try ann.sync()
    #expect(try take([.webhook, .sms]).isEmpty)
    #expect(try take([]).isEmpty)
    #expect(try messages("queued").map { $0["tries"] } == [0])
  }

  @Test func `the place of a webhook is its host and port`() {
    func place(_ address: String) -> String {
      Delivery(
        id: ULID(milliseconds: 1, randomHigh: 0, randomLow: 0), channel: .webhook,
        address: address, title: "", text: "", dueAt: Moment(milliseconds: 0)
      ).place
    }
    #expect(place("https://Example.com:8443/a?b") == "example.com:8443")
    #expect(place("http://example.com") == "example.com")
    #expect(place("http://example.com?x=/") == "example.com")
    #expect(place("nonsense") == "webhook")
  }
}
