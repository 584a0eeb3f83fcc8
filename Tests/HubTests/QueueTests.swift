// Work that goes to another department: who sees it, who takes it, what he is shown of the customer (F-079).
//
// Reps of two teams that see nothing of each other's customers. Every sync on the way proves that what a
// laptop holds is what the hub says it holds.

import Access
import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

extension Laptop {
  /// A task about a customer, for whoever of the queue takes it.
  func queueTask(
    _ title: String, about customer: RecordID?, for queue: String = "team:south",
    _ more: [String: Value] = [:]
  ) -> RecordID {
    let id = world.identity()
    var values = more
    values["title"] = .text(title)
    values["queue"] = .text(queue)
    values["status"] = .text("open")
    if let customer { values["customer"] = .reference(customer) }
    write(id, in: .task, values)
    return id
  }

  func take(_ task: RecordID) { write(task, in: .task, ["take": .text(user)]) }

  func task(_ name: String, of id: RecordID) -> Value {
    base[id]?.values[field(name, in: .task)] ?? .null
  }
}

@Suite struct QueueTests {
  @Test func `a task for another department reaches it with just the fields that it may see`()
    throws
  {
    let world = try worldOfTeams()
    let (ann, bob, eve) = (
      try world.laptop("ann"), try world.laptop("bob"), try world.laptop("eve")
    )
    let id = ann.customer("Acme", ["phone": .text("138"), "industry": .text("press")])
    try ann.sync()
    for laptop in [bob, eve] { try laptop.sync() }
    let task = ann.queueTask("Review the contract", about: id)
    for laptop in [ann, bob, eve] { try laptop.sync() }
    for laptop in [bob, eve] {
      #expect(laptop.task("title", of: task) == .text("Review the contract"))
      #expect(laptop.task("brief", of: task) == .text("customer: name=Acme"))
      #expect(laptop.base[id] == nil)
      #expect(laptop.base.count == 1)
    }
    // Whoever asked for it follows what becomes of it.
    #expect(ann.task("about", of: task) == .reference(id))
    #expect(ann.task("queue", of: task) == .text("team:south"))
  }

  @Test func `what is shown of the customer is what the policy allows, and follows it`() throws {
    let world = try worldOfTeams()
    var policy = try JSONValue(parsing: Array(Policy.standardText.utf8))
    policy["queues"] = [
      "*": ["customer": ["name"]], "team:south": ["customer": ["name", "industry"]],
    ]
    try world.ask("PUT", "policy", body: policy)
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    let id = ann.customer("Acme", ["phone": .text("138"), "industry": .text("press")])
    let task = ann.queueTask("Review", about: id, for: "south")
    for laptop in [ann, bob] { try laptop.sync() }
    #expect(bob.task("brief", of: task) == .text("customer: name=Acme, industry=press"))
    ann.write(id, ["industry": .text("paper"), "phone": .text("139")])
    for laptop in [ann, bob] { try laptop.sync() }
    #expect(bob.task("brief", of: task) == .text("customer: name=Acme, industry=paper"))
  }

  @Test(arguments: [("bob", "eve"), ("eve", "bob")])
  func `of two who take a task offline the first to arrive has it, and the other is told`(
    order: (String, String)
  ) throws {
    let world = try worldOfTeams()
    let ann = try world.laptop("ann")
    let (first, second) = (try world.laptop(order.0), try world.laptop(order.1))
    let task = ann.queueTask("Review", about: ann.customer("Acme"))
    for laptop in [ann, first, second] { try laptop.sync() }
    for laptop in [first, second] { laptop.take(task) }
    #expect(try first.refusals() == [])
    let refusals = try second.refusals()
    #expect(refusals.map(\.rule) == ["taken"])
    #expect(refusals.first?.text.contains(order.0) == true)
    for laptop in [ann, first, second] { try laptop.sync() }
    #expect(first.task("assignee", of: task) == .text(order.0))
    #expect(first.task("take", of: task).isNull)
    #expect(ann.task("assignee", of: task) == .text(order.0))
    // Done by whoever has it, and seen by whoever asked.
    first.write(task, in: .task, ["status": .text("done"), "note": .text("fine")])
    #expect(try first.refusals() == [])
    try ann.sync()
    #expect(ann.task("note", of: task) == .text("fine"))
  }

  @Test func `only members take, and nobody takes by writing his name`() throws {
    let world = try worldOfTeams()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    let task = ann.queueTask("Review", about: ann.customer("Acme"))
    for laptop in [ann, bob] { try laptop.sync() }
    ann.take(task)
    #expect(try ann.refusals().map(\.rule) == ["member"])
    bob.write(task, in: .task, ["assignee": .text("bob")])
    #expect(try bob.refusals().map(\.reason) == [.forbidden])
    bob.write(task, in: .task, ["take": .text("eve")])
    #expect(try bob.refusals().map(\.reason) == [.forbidden])
    #expect(try world.fields(of: task)["assignee"]?.string == nil)
  }

  @Test func `what is given back lies in the queue again`() throws {
    let world = try worldOfTeams()
    let (ann, bob, eve) = (
      try world.laptop("ann"), try world.laptop("bob"), try world.laptop("eve")
    )
    let task = ann.queueTask("Review", about: ann.customer("Acme"))
    for laptop in [ann, bob, eve] { try laptop.sync() }
    bob.take(task)
    for laptop in [bob, eve] { try laptop.sync() }
    #expect(bob.task("assignee", of: task) == .text("bob"))
    bob.write(task, in: .task, ["assignee": .null])
    for laptop in [bob, eve] { #expect(try laptop.refusals() == []) }
    #expect(eve.task("title", of: task) == .text("Review"))
    eve.take(task)
    #expect(try eve.refusals() == [])
  }

  @Test func `a task that is given to somebody who does not see the customer reaches him`() throws {
    let world = try worldOfTeams()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    let (id, task) = (ann.customer("Acme"), world.identity())
    ann.write(
      task, in: .task,
      ["customer": .reference(id), "title": .text("Visit"), "assignee": .text("bob")])
    for laptop in [ann, bob] { try laptop.sync() }
    #expect(bob.task("title", of: task) == .text("Visit"))
    #expect(bob.task("brief", of: task) == .text("customer: name=Acme"))
    #expect(bob.base.count == 1)
    #expect(ann.task("about", of: task) == .reference(id))
  }

  @Test func `where all of a queue see the customer the task stays with it`() throws {
    let world = try World()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    let id = ann.customer("Acme")
    let task = ann.queueTask("Review", about: id, for: "role:rep")
    for laptop in [ann, bob] { try laptop.sync() }
    #expect(bob.task("customer", of: task) == .reference(id))
    bob.take(task)
    #expect(try bob.refusals() == [])
    #expect(bob.task("assignee", of: task) == .text("bob"))
    ann.take(task)
    #expect(try ann.refusals().map(\.rule) == ["taken"])
  }

  @Test func `who joins a department later is sent what lies in its queue`() throws {
    let world = try worldOfTeams()
    let ann = try world.laptop("ann")
    let task = ann.queueTask("Review", about: ann.customer("Acme"))
    try ann.sync()
    try world.ask("POST", "users", body: ["name": "kai", "role": "rep", "team": "south"])
    let kai = try world.laptop("kai")
    try kai.sync()
    #expect(kai.task("title", of: task) == .text("Review"))
    try world.ask("POST", "users/kai", body: ["team": "north"])
    try kai.sync()
    #expect(kai.base[task] == nil)
  }
}
