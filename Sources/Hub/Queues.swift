// Work for another department: where a task goes whose people do not see the customer it is about (F-079).
//
// A laptop holds customers whole or not at all, so such a task cannot stay with its customer. It becomes a
// root of its own: at home in its queue, or with whoever has it, with a few words about the customer that the
// policy allows (`brief`), kept in step. Whoever asked for it and whoever owns the customer see it as guests.
// Nobody is shown a customer, or any field of one, for the sake of a task.

import Access
import FollowUp
import Notation
import Storage
import SyncCore

struct Queues {
  let store: HubStore

  /// Fields of a task that say whom it is for. One that is moved to another customer goes with it.
  private static let deciding = Set(["assignee", "queue"].map { id($0) })

  /// What decides where a task is.
  private struct Place {
    var customer: RecordID?
    var opportunity: RecordID?
    var assignee: String?
    var queue: String?
    /// Key tasks of a stage belong to the deal.
    var isKeyTask: Bool
    /// Who wrote it: it need not reach him.
    var author: String

    init(_ value: (String) -> Value, author: String) {
      customer = value("customer").referenceOrNil
      opportunity = value("opportunity").referenceOrNil
      assignee = value("assignee").textOrNil
      queue = value("queue").textOrNil
      isKeyTask = !value("stage").isNull
      self.author = author
    }
  }

  // MARK: Where a task goes

  /// What somebody's change of a task brings with it.
  func completions(of change: Touched, _ record: HubRecord) throws -> [String: Value] {
    guard record.schema.id == CollectionSchema.task.id,
      change.isCreation || !change.fields.isDisjoint(with: Queues.deciding)
    else { return [:] }
    let shown = record.shown
    return try placed(Place({ shown[Queues.id($0)] }, author: change.author))
  }

  /// The values of a task that the hub makes, and what they bring with them.
  func placed(_ values: [String: Value]) throws -> [String: Value] {
    try values.merging(placed(Place({ values[$0] ?? .null }, author: ""))) { $1 }
  }

  private func placed(_ task: Place) throws -> [String: Value] {
    let permissions = try store.permissions()
    var values: [String: Value] = [:]
    let queue = task.queue.flatMap { TaskQueue($0, in: permissions.organisation) }
    if let queue, queue.words != task.queue { values["queue"] = .text(queue.words) }
    if let customer = task.customer {
      guard try !task.isKeyTask && !reaches(task, queue, permissions) else { return values }
      values["customer"] = .null
      values["about"] = .reference(customer)
      values["brief"] = try brief(customer, task.opportunity, queue, permissions)
    }
    if let queue, task.assignee == nil { try store.open(queue) }
    return values
  }

  /// Whether everybody whom it is for sees the customer.
  private func reaches(
    _ task: Place, _ queue: TaskQueue?, _ permissions: Permissions
  ) throws -> Bool {
    guard let customer = task.customer else { return true }
    let organisation = permissions.organisation
    if let assignee = task.assignee {
      guard assignee != task.author, organisation[assignee]?.isDisabled == false else {
        return true
      }
      return try sees(assignee, customer, permissions)
    }
    guard let queue else { return true }
    let members = organisation.members.map(\.name).filter { queue.isMember($0, organisation) }
    return try !members.isEmpty && members.allSatisfy { try sees($0, customer, permissions) }
  }

  private func sees(
    _ user: String, _ root: RecordID, _ permissions: Permissions
  ) throws -> Bool {
    let scopes = permissions.scopes(of: user)
    if scopes.contains(.everything) { return true }
    return try store.rootFeed(root).scopes.contains {
      try store.scopeName($0).map(scopes.contains) ?? false
    }
  }

  // MARK: What is told of the customer

  /// `customer: name=Acme, industry=press`, a line for each record: the fields that the policy allows.
  private func brief(
    _ customer: RecordID, _ opportunity: RecordID?, _ queue: TaskQueue?, _ permissions: Permissions
  ) throws -> Value {
    let allowed = permissions.policy.allowed(in: queue?.words)
    let zone = try store.almanac()?.zone ?? .utc
    var lines: [String] = []
    for (id, schema) in [(customer, CollectionSchema.customer), (opportunity, .opportunity)] {
      guard let id, let fields = allowed[schema.name],
        let record = try store.load(id, in: schema), record.isAlive
      else { continue }
      let shown = record.shown
      let words = schema.columns.filter { fields.contains($0.name) && !shown[$0.id].isNull }
        .map { "\($0.name)=\(FieldText.display(shown[$0.id], in: zone))" }
      if !words.isEmpty { lines.append("\(schema.name): " + words.joined(separator: ", ")) }
    }
    return lines.isEmpty ? .null : .text(lines.joined(separator: "\n"))
  }

  // MARK: What follows

  /// After a change: who asked is let in, and what is told of a customer is kept in step.
  func settle(_ change: Touched, at now: Moment) throws {
    switch change.collection {
    case CollectionSchema.task.id:
      guard change.isCreation || !change.fields.isDisjoint(with: Queues.deciding) else { return }
      try admit(to: change.record, asker: change.author)
    case CollectionSchema.customer.id, CollectionSchema.opportunity.id:
      if !change.isCreation { try refresh(about: change.root, at: now) }
    default: break
    }
  }

  /// Who asked for a task that went away from its customer goes on seeing it, and so does the owner.
  func admit(to task: RecordID, asker: String) throws {
    guard let record = try store.load(task, in: .task), record.isAlive, record.isRoot,
      let customer = record.shown[Queues.id("about")].referenceOrNil
    else { return }
    let owner = try store.load(customer, in: .customer)?.shown[Queues.owner].textOrNil
    let permissions = try store.permissions()
    for user in Set([asker, owner ?? ""]).sorted()
    where permissions.scopes(of: user).contains(.guest(user)) {
      try store.admit(Guest(user: user, mayWrite: true), to: task)
    }
  }

  private func refresh(about customer: RecordID, at now: Moment) throws {
    let tasks = try store.db.all(
      "SELECT id, opportunity, queue, status FROM task WHERE about = ? ORDER BY id", .id(customer)
    ) { row in
      (
        id: try row.id(0), opportunity: row.isNull(1) ? nil : try row.id(1),
        queue: row.optionalText(2).flatMap { TaskQueue($0) },
        isOpen: Ladder.isOpen(task: row.optionalText(3).map { .text($0) } ?? .null)
      )
    }
    for task in tasks where task.isOpen {
      let brief = try brief(customer, task.opportunity, task.queue, store.permissions())
      try OwnWrites(store: store, now: now).write(task.id, in: .task, ["brief": brief])
      try admit(to: task.id, asker: "")
    }
  }

  private static let owner = CollectionSchema.customer.fieldID("owner")

  static func id(_ name: String) -> FieldID { CollectionSchema.task.fieldID(name) }
}

extension Value {
  fileprivate var referenceOrNil: RecordID? {
    if case .reference(let id) = self { id } else { nil }
  }
}

extension CollectionSchema {
  /// A field that the collection is known to have.
  fileprivate func fieldID(_ name: String) -> FieldID {
    guard let field = self[name] else { preconditionFailure("\(self.name) has no \(name)") }
    return field.id
  }
}

// MARK: Taking

extension Pooling {
  /// What becomes of somebody's wish to have a task out of a queue.
  func answerTake(
    by user: String, of task: HubRecord, _ reach: Reach, _ standing: Standing
  ) -> RequestAnswer {
    guard user == reach.user else {
      return .refused(.forbidden, "Everybody takes for himself alone.")
    }
    let shown = task.shown
    func text(_ name: String) -> String? { shown[Queues.id(name)].textOrNil }
    let organisation = reach.permissions.organisation
    let facts = TakeFacts(
      user: user, queue: text("queue").flatMap { TaskQueue($0, in: organisation) },
      assignee: text("assignee"), isOpen: Ladder.isOpen(task: shown[Queues.id("status")]))
    switch TakeRefusal.decide(facts, organisation) {
    case nil: return .granted
    case .taken(let winner)?:
      let veil = reach.permissions.veil(of: user, in: store.schema)
      let refusal = TakeRefusal.taken(by: veil.name(winner))
      return .refused(.poolRule, "\(refusal.text) (rule \(refusal.rule))")
    case let refusal?:
      return .refused(.poolRule, "\(refusal.text) (rule \(refusal.rule))")
    }
  }

  /// Writes what a granted wish asks for, under the caller's position.
  func grantTake(of task: RecordID, to user: String) throws {
    try OwnWrites(store: store, now: now).write(
      task, in: .task, ["assignee": .text(user)], for: user)
  }
}
