// Customers that go back into a pool by themselves, and what keeps them: laptops that have not synced,
// and follow-ups that arrive late (H-01, L2, L3, L4, L6).
//
// The pool takes what nobody followed up for more than five days; the first deadline is at two in the
// morning of the sixth day. Laptops are written by hand, so each test says when they sync.

import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

/// A hub whose pool `east` takes customers back, and two reps in one office.
private struct Office {
  let world: World
  let ann: Laptop
  let bob: Laptop

  init(_ world: World? = nil, _ terms: [String: JSONValue] = [:]) throws {
    self.world = try world ?? World()
    (ann, bob) = (try self.world.laptop("ann"), try self.world.laptop("bob"))
    var recycle: [String: JSONValue] = [
      "after": ["*": 5], "warn": [1], "maxWaitDays": 3, "graceDays": 1,
    ]
    recycle.merge(terms) { $1 }
    try self.world.ask("POST", "pools", body: ["name": "east", "recycle": .object(recycle)])
  }

  /// Lets days pass, and the hub look at what is due.
  func pass(days: Int64 = 0, minutes: Int64 = 0) throws {
    world.clock.advance(seconds: days * 86_400 + minutes * 60)
    try world.routes.tick()
    try world.checkItself()
  }

  /// Ann's customer, as the hub has it since now.
  func customer() throws -> RecordID {
    let id = ann.customer("Acme")
    try ann.sync()
    // Twice: the second says that the laptop has the cut.
    try ann.sync()
    return id
  }

  @discardableResult
  func visit(_ id: RecordID, at moment: Moment? = nil, _ more: [Change] = []) -> RecordID {
    let visit = world.identity()
    let change = ann.change(
      visit, in: .followUp,
      [
        "customer": .reference(id), "occurredAt": .moment(moment ?? world.now),
        "text": .text("met"),
      ])
    ann.edit([change] + more)
    return visit
  }

  func owner(of id: RecordID) throws -> JSONValue? { try world.fields(of: id)["owner"] }

  func reminders(_ condition: String) throws -> [JSONValue] {
    let query = ["collection": "reminder", "where": "rule = pool-recycle and \(condition)"]
    return try #require(try world.ask("GET", "records", query)["records"]?.array)
  }

  func due() throws -> [JSONValue] {
    try #require(try world.ask("GET", "recycling")["customers"]?.array)
  }

  func disputes() throws -> [JSONValue] {
    try #require(try world.ask("GET", "disputes")["disputes"]?.array)
  }
}

@Suite struct RecyclingTests {
  @Test func `it goes when its time is up and every laptop has told everything (L3)`() throws {
    let office = try Office()
    let id = try office.customer()
    let warnings = try office.reminders("status = active")
    #expect(warnings.map { $0["fields"]?["user"] } == ["ann"])
    #expect(warnings.first?["fields"]?["dueAt"] == "2025-11-29T09:00:00+00:00")
    // It is on the laptop ahead of its time.
    let rule = field("rule", in: .reminder)
    #expect(office.ann.base.values.contains { $0.values[rule] == .text("pool-recycle") })
    try office.pass(days: 5)
    #expect(try office.due().isEmpty)
    try office.ann.sync()
    try office.pass(minutes: 599)
    #expect(try office.owner(of: id) == "ann")
    try office.pass(minutes: 1)
    #expect(try office.due().map { $0["confirmed"] } == [false])
    try office.ann.sync()
    #expect(try office.due().map { $0["confirmed"] } == [true])
    try office.pass(minutes: 10)
    let fields = try office.world.fields(of: id)
    #expect(fields["owner"] == nil && fields["pool"] == "east")
    #expect(try office.reminders("status = active and step is empty").isEmpty)
    // Nothing happens twice.
    let head = office.world.store.head
    try office.pass(days: 1)
    #expect(office.world.store.head == head)
  }

  @Test func `who lost it and why is in the history of its owner, and he is told`() throws {
    let office = try Office()
    let id = try office.customer()
    try office.pass(days: 6)
    try office.ann.sync()
    try office.pass(minutes: 10)
    let history = try #require(
      try office.world.ask("GET", "records/\(id)/history", ["field": "owner"])["history"]?.array)
    let reason = history.first?["changes"]?["release"]?.string ?? ""
    #expect(reason.hasPrefix("east 自动回收 recycled: no follow-up for more than 5 days"))
    #expect(reason.contains("since 2025-11-24") && !reason.contains("unconfirmed"))
    #expect(history.first?["author"] == "Acme")
    #expect(try office.world.fields(of: id)["release"] == nil)
    let told = try office.reminders("step = takenBack")
    #expect(told.map { $0["fields"]?["user"] } == ["ann"])
    #expect(told.first?["fields"]?["strength"] == "quiet")
    #expect(told.first?["fields"]?["customer"] == nil)
  }

  @Test func `a silent laptop is waited for, and the manager is told which (L4)`() throws {
    let office = try Office()
    let id = try office.customer()
    try office.pass(days: 6)
    let row = try #require(try office.due().first)
    #expect(row["owner"] == "ann" && row["pool"] == "east" && row["rule"] == "silence")
    #expect(row["days"] == 5 && row["confirmed"] == false)
    #expect(row["late"]?[0]?["user"] == "ann" && row["late"]?[0]?["device"] == "laptop")
    #expect(row["late"]?[0]?["lastSync"] == "2025-11-24T16:00:00+00:00")
    #expect(row["goesAt"] == "2025-12-03T16:00:00+00:00")
    try office.pass(days: 2, minutes: 23 * 60 + 59)
    #expect(try office.owner(of: id) == "ann")
    try office.pass(minutes: 1)
    #expect(try office.owner(of: id) == nil)
    let isConfirmed = try office.world.store.db.first("SELECT is_confirmed FROM recycled") {
      $0.bool(0)
    }
    #expect(isConfirmed == false)
  }

  @Test func `a hub that was off takes nothing away unheard`() throws {
    let office = try Office()
    let id = try office.customer()
    // It serves again long after the deadline, and after any wait counted from there.
    try office.pass(days: 30)
    #expect(try office.owner(of: id) == "ann")
    office.visit(id, at: office.world.now.advanced(milliseconds: -26 * 86_400_000))
    office.visit(id)
    try office.ann.sync()
    try office.pass(days: 3)
    #expect(try office.owner(of: id) == "ann")
    #expect(try office.world.store.db.first("SELECT 1 FROM recycling") { _ in true } == nil)
  }

  @Test func `a laptop that is revoked, or came later, is not waited for; a copy is`() throws {
    let office = try Office()
    let id = try office.customer()
    let copy = office.ann.clone()
    try office.pass(days: 6)
    _ = try office.world.laptop("ann")
    #expect(try office.due().first?["late"]?.array?.count == 1)
    // The original moves on; its copy is found out, and may hold what it wrote.
    office.ann.write(id, ["phone": .text("1")])
    try office.ann.sync()
    copy.write(id, ["phone": .text("2")])
    let answer = try copy.send(copy.request())
    guard case .forked(let child, _)? = answer.detour else {
      Issue.record("the copy was not found out")
      return
    }
    #expect(try office.due().first?["confirmed"] == false)
    try office.world.ask("POST", "replicas/\(child.rawValue)/revoke")
    #expect(try office.due().first?["confirmed"] == true)
  }

  @Test func `nobody has told everything up to a time that is still to come`() throws {
    let office = try Office()
    office.world.clock.advance(seconds: 3600)
    var request = office.ann.request()
    request.frontier = office.world.now.advanced(milliseconds: 400 * 86_400_000)
    _ = try office.ann.send(request)
    let frontier = try office.world.store.db.first(
      "SELECT frontier FROM replicas WHERE replica = ?", .replica(office.ann.replica)
    ) { $0.moment(0) }
    #expect(frontier == office.world.now)
  }

  @Test func `a visit made in time and synced late keeps it, and takes the warning back (L2)`()
    throws
  {
    let office = try Office()
    let id = try office.customer()
    try office.pass(days: 3)
    office.visit(id)
    try office.pass(days: 4)
    #expect(try office.due().map { $0["confirmed"] } == [false])
    try office.ann.sync()
    #expect(try office.due().isEmpty)
    let active = try office.reminders("status = active")
    #expect(active.map { $0["fields"]?["dueAt"] } == ["2025-12-02T09:00:00+00:00"])
    try office.pass(minutes: 30)
    #expect(try office.owner(of: id) == "ann")
  }

  // MARK: Late evidence

  @Test func `a late follow-up brings it back, with all that was closed for it (H-01)`() throws {
    let office = try Office()
    let id = try office.customer()
    let (task, done) = (office.world.identity(), office.world.identity())
    for (task, status) in [(task, "open"), (done, "done")] {
      office.ann.write(
        task, in: .task,
        [
          "customer": .reference(id), "title": .text("call"), "assignee": .text("ann"),
          "status": .text(status),
        ])
    }
    try office.ann.sync()
    try office.pass(days: 5)
    let visit = office.visit(id, [office.ann.change(id, ["phone": .text("7")])])
    try office.pass(days: 1)
    try office.pass(days: 3)
    #expect(try office.owner(of: id) == nil)
    #expect(try office.world.fields(of: task)["status"] == "cancelled")
    #expect(try office.world.fields(of: task)["note"] == "released")
    try office.pass(days: 1)
    #expect(try office.ann.refusals() == [])
    let fields = try office.world.fields(of: id)
    #expect(fields["owner"] == "ann" && fields["pool"] == nil && fields["phone"] == "7")
    #expect(try office.world.fields(of: task)["status"] == "open")
    #expect(try office.world.fields(of: task)["note"] == nil)
    #expect(try office.world.fields(of: done)["status"] == "done")
    let told = try office.reminders("step = takenBack and customer is not empty")
    #expect(told.map { $0["fields"]?["user"] } == ["ann"])
    // Nothing says any more that it went.
    let gone = "status = active and step = takenBack and customer is empty"
    #expect(try office.reminders(gone).isEmpty)
    #expect(try office.disputes().isEmpty)
    let all = try office.world.ask("GET", "disputes", ["status": "all"])["disputes"]?[0]
    #expect(all?["status"] == "returned" && all?["followUp"] == .string("\(visit)"))
    let newest = try office.world.ask("GET", "records/\(id)/history", ["field": "owner"])
    #expect(newest["history"]?[0]?["changes"]?["claim"]?.string?.contains("归还") == true)
    // It is not taken again for the same silence, and what the laptop shows is what the hub has.
    try office.pass(minutes: 20)
    #expect(try office.owner(of: id) == "ann")
    try office.ann.sync()
    #expect(office.ann.value("owner", of: id) == .text("ann"))
  }

  @Test func `where somebody has claimed it, the visit stays and a dispute stands (L6)`() throws {
    let office = try Office(worldOfTeams())
    let id = try office.customer()
    try office.pass(days: 5)
    let visit = office.visit(id)
    try office.pass(days: 1)
    try office.pass(days: 3)
    try office.bob.sync()
    office.bob.claim(id)
    #expect(try office.bob.refusals() == [])
    try office.pass(days: 1)
    #expect(try office.ann.refusals() == [])
    #expect(try office.owner(of: id) == "bob")
    try office.bob.sync()
    #expect(office.bob.value("text", of: visit, in: .followUp) == .text("met"))
    let dispute = try #require(try office.disputes().first)
    #expect(dispute["formerOwner"] == "ann" && dispute["owner"] == "bob")
    #expect(dispute["occurredAt"] == "2025-11-29T16:00:00+00:00")
    #expect(dispute["arrivedAt"] == "2025-12-04T16:00:00+00:00")
    let path = "disputes/\(visit.description.prefix(12))/settle"
    #expect(try office.world.admin("POST", path, body: ["take": "half"]).status == 400)
    let short = try office.world.admin("POST", "disputes/01/settle", body: ["take": "keep"])
    #expect(short.status == 404)
    let settled = try office.world.ask("POST", path, body: ["take": "return"])
    #expect(settled["status"] == "settledReturned" && settled["owner"] == "ann")
    #expect(try office.disputes().isEmpty)
    #expect(try office.world.admin("POST", path, body: ["take": "keep"]).status == 409)
    try office.ann.sync()
    try office.bob.sync()
    #expect(office.ann.value("owner", of: id) == .text("ann"))
    #expect(office.bob.base[id] == nil)
    let entry = try office.world.ask("GET", "audit", ["action": "dispute"])["entries"]?[0]
    #expect(entry?["action"] == "dispute settle" && entry?["details"] == ["take": "return"])
    // Assigned anew, it is not taken again at once.
    try office.pass(days: 1)
    #expect(try office.owner(of: id) == "ann")
  }

  @Test func `kept is kept`() throws {
    let office = try Office()
    let id = try office.customer()
    try office.pass(days: 5)
    let visit = office.visit(id)
    try office.pass(days: 1)
    try office.pass(days: 3)
    try office.world.ask("POST", "records/\(id)/set", body: ["assignments": ["owner=bob"]])
    try office.ann.sync()
    try office.world.ask("POST", "disputes/\(visit)/settle", body: ["take": "keep"])
    #expect(try office.owner(of: id) == "bob")
    #expect(try office.disputes().isEmpty)
  }

  @Test func `a visit that was typed in too late is for a person to decide, also unclaimed`() throws
  {
    // In teams, so that a rep who sees it in the pool alone has no right to write about it.
    let office = try Office(worldOfTeams())
    let id = try office.customer()
    try office.pass(days: 6)
    try office.pass(days: 3)
    #expect(try office.owner(of: id) == nil)
    let visit = office.visit(id, at: office.world.now.advanced(milliseconds: -4 * 86_400_000))
    #expect(try office.ann.refusals() == [])
    #expect(try office.world.fields(of: id)["pool"] == "east")
    #expect(try office.disputes().map { $0["followUp"] } == [.string("\(visit)")])
    #expect(try office.world.fields(of: visit)["text"] == "met")
  }

  @Test func `a visit of a laptop that knew that it was gone proves nothing`() throws {
    let office = try Office(worldOfTeams())
    let id = try office.customer()
    try office.pass(days: 6)
    try office.ann.sync()
    try office.pass(minutes: 10)
    try office.ann.sync()
    try office.ann.sync()
    #expect(try office.owner(of: id) == nil)
    office.visit(id, at: office.world.now.advanced(milliseconds: -86_400_000))
    let refusals = try office.ann.refusals()
    #expect(refusals.map(\.reason) == [.forbidden], "\(refusals)")
    #expect(try office.disputes().isEmpty)
  }

  @Test func `where everybody sees everything, it is for a person to judge`() throws {
    let office = try Office()
    let id = try office.customer()
    try office.pass(days: 6)
    try office.ann.sync()
    try office.pass(minutes: 10)
    try office.ann.sync()
    try office.ann.sync()
    office.visit(id, at: office.world.now.advanced(milliseconds: -86_400_000))
    #expect(try office.ann.refusals() == [])
    #expect(try office.owner(of: id) == nil)
    #expect(try office.disputes().map { $0["formerOwner"] } == ["ann"])
  }

  @Test func `terms that cannot hold are refused, and change nothing`() throws {
    let office = try Office()
    let before = office.world.store.settingsVersion
    for (terms, status) in [
      (["after": ["*": 5], "exclude": "lastFollowAt < -5d"], 400),
      (["after": ["*": 5], "exclude": "colour = red"], 400),
      (["after": ["*": 5], "from": ["zoe"]], 404), (["after": [:]], 400),
    ] as [(JSONValue, Int)] {
      let answer = try office.world.admin("POST", "pools/east", body: ["recycle": terms])
      #expect(answer.status == status, "\(terms)")
    }
    #expect(office.world.store.settingsVersion == before)
  }

  @Test func `a laptop is told the terms for its own person, and of two pools the first`() throws {
    let office = try Office(worldOfTeams())
    try office.world.ask(
      "POST", "pools",
      body: ["name": "a-south", "recycle": ["after": ["*": 9], "from": ["team:south"]]])
    func told(_ laptop: Laptop) throws -> JSONValue? {
      laptop.settings = 0
      let settings = try #require(try laptop.send(laptop.request()).settings)
      return try JSONValue(parsing: settings.access)["recycle"]
    }
    let (ann, bob) = (try told(office.ann), try told(office.bob))
    #expect(ann?["pool"] == "east" && ann?["after"] == ["*": 5])
    #expect(bob?["pool"] == "a-south" && bob?["after"] == ["*": 9] && bob?["from"] == nil)
    let shown = try office.world.ask("GET", "pools/a-south")
    #expect(shown["recycledFrom"] == ["bob", "eve"])
  }
}
