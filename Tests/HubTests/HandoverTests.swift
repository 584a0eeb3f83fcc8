// Somebody leaves (H-09): all that is hers goes to one heir at once, her laptop hands in what it has
// and is wiped, and what it handed in is the heir's, too.
//
// ann, eve and mei, who leads them, are in the north; bob is in the south. ann leaves.

import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct HandoverTests {
  let world: World
  let mei: String
  let (ann, bob): (Laptop, Laptop)
  /// ann's customer, with a contact, a visit, a deal and a task of its own.
  let acme: RecordID
  let (deal, task, alone, visit): (RecordID, RecordID, RecordID, RecordID)

  init() throws {
    world = try World(rules: RuleBook.shippedText)
    for team in ["north", "south"] {
      try world.ask("POST", "teams", body: ["name": .string(team)])
    }
    let made = try world.ask(
      "POST", "users", body: ["name": "mei", "role": "manager", "team": "north"])
    mei = try #require(made["token"]?.string)
    for (user, team) in [("ann", "north"), ("eve", "north"), ("bob", "south")] {
      try world.ask("POST", "users/\(user)", body: ["team": .string(team)])
    }
    (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    acme = ann.customer("Acme", ["tier": .text("A"), "stage": .text("qualified")])
    let customer = Value.reference(acme)
    (deal, task, alone) = (world.identity(), world.identity(), world.identity())
    visit = world.identity()
    ann.write(world.identity(), in: .contact, ["customer": customer, "name": .text("Li")])
    ann.write(
      visit, in: .followUp,
      [
        "customer": customer, "text": .text("Met"), "next": .text("Send the offer"),
        "occurredAt": .moment(world.now), "author": .text("ann"),
      ])
    ann.write(
      deal, in: .opportunity,
      ["customer": customer, "name": .text("Pumps"), "stage": .text("proposal")])
    let due = world.now.advanced(milliseconds: -1000)
    ann.write(
      task, in: .task,
      [
        "customer": customer, "title": .text("Call"), "assignee": .text("ann"),
        "dueAt": .moment(due),
      ])
    ann.write(alone, in: .task, ["title": .text("Tidy up"), "assignee": .text("ann")])
    try ann.sync()
    try bob.sync()
    world.clock.advance(seconds: 60)
  }

  @discardableResult
  private func handOver(
    _ body: JSONValue = ["to": "bob"], token: String? = nil
  ) throws -> JSONValue {
    let (status, json) = try world.admin("POST", "users/ann/handover", body: body, token: token)
    try #require(status == 200, "\(json.text())")
    return json
  }

  private func total(_ kind: String, _ answer: JSONValue) -> JSONValue? {
    answer["moves"]?[kind]?["total"]
  }

  private func fates(_ kind: String, _ answer: JSONValue) -> [String] {
    (answer["moves"]?[kind]?["records"]?.array ?? []).compactMap { $0["becomes"]?.string }
  }

  private func parked() throws -> [JSONValue] {
    try #require(try world.ask("GET", "parked", ["status": "waiting"])["parked"]?.array)
  }

  // MARK: What goes where

  @Test func `all that was hers is on the heir's laptop after one sync`() throws {
    // What no field names the owner of, and what was made without naming anybody.
    let card = world.identity()
    let (memo, done) = (world.identity(), world.identity())
    ann.write(card, in: .contact, ["name": .text("Somebody")])
    ann.write(memo, in: .task, ["title": .text("Memo")])
    ann.write(done, in: .task, ["assignee": .text("ann"), "status": .text("done")])
    try ann.sync()
    let (hers, settings) = (Set(ann.base.keys), world.store.settingsVersion)
    let answer = try handOver()
    #expect(fates("customers", answer) == ["assigned"])
    #expect(fates("contacts", answer) == ["follows"])
    #expect(fates("opportunities", answer) == ["assigned"])
    #expect(fates("tasks", answer) == ["assigned", "assigned", "assigned"])
    #expect(fates("others", answer) == ["follows"])
    #expect(fates("laptops", answer) == ["revoked"])
    try bob.sync()
    // The reminder that asked her for a first contact is withdrawn, and he is asked.
    #expect(hers.subtracting(bob.base.keys) == [done])
    #expect(bob.value("owner", of: acme) == .text("bob"))
    #expect(bob.value("stage", of: acme) == .text("qualified"))
    #expect(bob.value("owner", of: deal, in: .opportunity) == .text("bob"))
    #expect(bob.value("stage", of: deal, in: .opportunity) == .text("proposal"))
    for task in [task, alone, memo] {
      #expect(bob.value("assignee", of: task, in: .task) == .text("bob"))
    }
    // A fact stays whose it was.
    #expect(bob.value("author", of: visit, in: .followUp) == .text("ann"))
    let reminded = try world.store.db.all(
      "SELECT user, status FROM reminder WHERE root = ? ORDER BY id", .id(acme)
    ) { "\($0.text(0)) \($0.text(1))" }
    #expect(reminded.contains("bob active"))
    #expect(!reminded.contains("ann active"))
    #expect(world.store.settingsVersion > settings)
  }

  @Test func `the history names who handed over`() throws {
    try handOver()
    let history = try world.ask("GET", "records/\(acme)/history")["history"]?.array
    let last = try #require(history?.first { $0["changes"]?["owner"] != nil })
    #expect(last["author"] == "root")
    #expect(last["changes"]?["owner"] == "bob")
  }

  @Test func `a preview tells the same and changes nothing`() throws {
    let before = try HubCheck.run(on: world.store)
    let (head, settings) = (world.store.head, world.store.settingsVersion)
    var preview = try handOver(["to": "bob", "preview": true])
    #expect(world.store.head == head && world.store.settingsVersion == settings)
    #expect(try HubCheck.run(on: world.store) == before)
    #expect(try world.ask("GET", "replicas/1")["status"] == "active")
    try ann.sync()
    var answer = try handOver()
    #expect(preview["preview"] == true && answer["preview"] == false)
    for key in ["preview", "position"] { (preview[key], answer[key]) = (.null, .null) }
    #expect(preview == answer)
  }

  @Test func `the heir gets a brief`() throws {
    let other = ann.customer("Beta")
    try ann.sync()
    try world.ask(
      "POST", "records/\(deal)/set", body: ["assignments": ["amount=1200", "currency=EUR"]])
    let brief = try #require(try handOver(["to": "bob", "preview": true])["brief"])
    let customers = try #require(brief["customers"]?["records"]?.array)
    #expect(customers.map { $0["name"] } == ["Acme", "Beta"])
    #expect(customers.map { $0["tier"] } == ["A", .null])
    #expect(customers[0]["next"] == "Send the offer")
    #expect(customers[1]["id"] == .string(other.description))
    let deals = try #require(brief["opportunities"]?["records"]?.array)
    #expect(deals.map { $0["amount"] } == ["1200"])
    #expect(deals.map { $0["stage"] } == ["proposal"])
    #expect(deals.map { $0["customer"] } == ["Acme"])
    #expect(brief["overdueTasks"]?["records"]?.array?.map { $0["name"] } == ["Call"])
    #expect(brief["conflicts"]?["total"] == 0)
  }

  @Test func `what was shared with her, and what she shared, ends`() throws {
    let his = bob.customer("His")
    try bob.sync()
    let eve = try world.laptop("eve")
    try world.ask("POST", "records/\(his)/share", body: ["with": "ann", "mayWrite": true])
    try world.ask("POST", "records/\(acme)/share", body: ["with": "eve"])
    try eve.sync()
    #expect(eve.base[acme] != nil)
    let answer = try handOver()
    #expect(fates("shares", answer) == ["ends"] && fates("guests", answer) == ["ends"])
    #expect(try eve.sync().flatMap(\.departed) == [acme])
    for record in [his, acme] {
      #expect(try world.ask("GET", "records/\(record)/guests")["guests"] == [])
    }
  }

  @Test func `done again, or for somebody who has nothing, it changes nothing`() throws {
    try handOver()
    let (head, settings) = (world.store.head, world.store.settingsVersion)
    let again = try handOver()
    #expect(total("customers", again) == 0 && total("laptops", again) == 0)
    #expect(world.store.head == head && world.store.settingsVersion == settings)
  }

  // MARK: Her laptop

  @Test func `her laptop hands in what it has, once, and is wiped`() throws {
    ann.write(acme, ["phone": .text("9")])
    try handOver()
    for _ in 0..<2 {
      let answer = try ann.send(ann.request())
      #expect(answer.detour == .revoked)
      #expect(answer.position == world.store.head)
      #expect(answer.records.isEmpty && answer.departed.isEmpty)
      #expect(try parked().count == 1)
    }
    #expect(try world.ask("GET", "replicas/1")["status"] == "revoked")
    try bob.sync()
    #expect(bob.value("phone", of: acme).isNull)
  }

  /// ann was offline: she changed her customer, visited it, made a new one, and a task for herself.
  private func workOffline() -> (new: RecordID, met: RecordID, memo: RecordID) {
    ann.write(acme, ["phone": .text("9")])
    let met = world.identity()
    ann.write(
      met, in: .followUp,
      [
        "customer": .reference(acme), "text": .text("Met again"), "author": .text("ann"),
        "occurredAt": .moment(world.now),
      ])
    let new = ann.customer("New")
    ann.write(world.identity(), in: .contact, ["customer": .reference(new), "name": .text("Wu")])
    let memo = world.identity()
    ann.write(memo, in: .task, ["title": .text("Memo"), "assignee": .text("ann")])
    return (new, met, memo)
  }

  /// Accepts all that waits, in the order in which it is listed.
  private func acceptAll(token: String) throws {
    let waiting = try world.admin("GET", "parked", ["status": "waiting"], token: token).json
    let items = try #require(waiting["parked"]?.array)
    #expect(items.count == 5)
    #expect(items.map { $0["customer"] } == ["Acme", "Acme", "New", .null, .null])
    for item in items {
      let id = try #require(item["id"]?.string)
      let answer = try world.admin("POST", "parked/\(id)/accept", token: token)
      #expect(answer.status == 200, "\(answer.json.text())")
    }
    #expect(try parked().isEmpty)
  }

  @Test func `what arrives later is accepted by a manager, and is the heir's`() throws {
    let offline = workOffline()
    try handOver(["to": "eve"], token: mei)
    _ = try ann.send(ann.request())
    try acceptAll(token: mei)
    let eve = try world.laptop("eve")
    try eve.sync()
    #expect(eve.value("phone", of: acme) == .text("9"))
    #expect(eve.value("text", of: offline.met, in: .followUp) == .text("Met again"))
    #expect(eve.value("author", of: offline.met, in: .followUp) == .text("ann"))
    #expect(eve.value("owner", of: offline.new) == .text("eve"))
    #expect(eve.base.values.contains { $0.root == offline.new && $0.values.entries.count > 1 })
    #expect(eve.value("assignee", of: offline.memo, in: .task) == .text("eve"))
    // Who wrote it is told, and who gave it to whom.
    let history = try world.ask("GET", "records/\(offline.new)/history")["history"]?.array ?? []
    #expect(history.compactMap { $0["author"]?.string } == ["mei", "ann"])
  }

  @Test func `an heir who is a manager accepts it himself, also where the heir left since`() throws
  {
    let offline = workOffline()
    try handOver(["to": "eve"])
    try world.ask("POST", "users/eve/handover", body: ["to": "mei"])
    _ = try ann.send(ann.request())
    try acceptAll(token: mei)
    #expect(try world.fields(of: offline.new)["owner"] == "mei")
    #expect(try world.fields(of: acme)["owner"] == "mei")
    #expect(try world.fields(of: offline.memo)["assignee"] == "mei")
  }

  @Test func `what the heir wrote meanwhile is not overwritten`() throws {
    ann.write(acme, ["notes": .text("hers")])
    try handOver()
    try bob.sync()
    bob.write(acme, ["notes": .text("his")])
    try bob.sync()
    _ = try ann.send(ann.request())
    let id = try #require(try parked().first?["id"]?.string)
    try world.ask("POST", "parked/\(id)/accept")
    #expect(try world.openConflicts().count == 1)
  }

  // MARK: Pools

  @Test func `a pool takes the customers, and the rest names nobody`() throws {
    try world.setPool(["name": "east"])
    let offline = workOffline()
    let answer = try handOver(["toPool": "east"])
    #expect(fates("customers", answer) == ["pooled"])
    #expect(fates("opportunities", answer) == ["unassigned"])
    #expect(fates("tasks", answer).sorted() == ["stays", "unassigned"])
    #expect(fates("reminders", answer).allSatisfy { $0 == "withdrawn" })
    try bob.sync()
    #expect(try bob.claimed(acme) == "")
    #expect(bob.value("assignee", of: task, in: .task).isNull)
    #expect(bob.base[alone] == nil)
    _ = try ann.send(ann.request())
    try acceptAll(token: world.adminToken)
    #expect(try world.fields(of: offline.new)["pool"] == "east")
    #expect(try world.fields(of: offline.new)["owner"] == nil)
  }

  @Test func `a claim that arrives too late can only be discarded`() throws {
    try world.setPool(["name": "east"])
    let id = try world.poolCustomer("Pumps", of: bob)
    try ann.sync()
    ann.claim(id)
    try handOver()
    _ = try ann.send(ann.request())
    let item = try #require(try parked().first?["id"]?.string)
    #expect(try world.admin("POST", "parked/\(item)/accept").status == 403)
    #expect(try world.ask("POST", "parked/\(item)/discard")["status"] == "discarded")
    #expect(try world.fields(of: id)["pool"] == "east")
  }

  // MARK: Who may

  @Test func `a manager hands over between his own people alone`() throws {
    try world.ask("POST", "users", body: ["name": "max", "role": "manager", "team": "north"])
    for (from, to, status) in [
      ("ann", "bob", 403), ("bob", "ann", 403), ("max", "ann", 403), ("root", "ann", 403),
      ("mei", "ann", 400), ("ann", "mei", 200),
    ] {
      let answer = try world.admin(
        "POST", "users/\(from)/handover", body: ["to": .string(to)], token: mei)
      #expect(answer.status == status, "\(from) → \(to): \(answer.json.text())")
    }
  }

  @Test func `what makes no sense is refused, and changes nothing`() throws {
    try world.ask("POST", "users", body: ["name": "erp", "role": "service"])
    try world.ask("POST", "users/eve/disable")
    let head = world.store.head
    for (from, body, status) in [
      ("ann", ["to": "nobody"], 404), ("nobody", ["to": "bob"], 404),
      ("ann", ["toPool": "west"], 404), ("ann", ["to": "ann"], 400), ("ann", [:], 400),
      ("ann", ["to": "bob", "toPool": "east"], 400), ("root", ["to": "bob"], 400),
      ("ann", ["to": "eve"], 403), ("ann", ["to": "erp"], 403),
    ] as [(String, JSONValue, Int)] {
      let answer = try world.admin("POST", "users/\(from)/handover", body: body)
      #expect(answer.status == status, "\(from) \(body.text()): \(answer.json.text())")
    }
    #expect(world.store.head == head)
  }
}
