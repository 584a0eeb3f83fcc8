// One action of a rule, done once: a task or a ticket made, a field set, an owner found, a message written.
//
// What it writes is the hub's own, for nobody; what it cannot do, it throws with a sentence for the
// administrator, who reads it in `rules runs --failed`.

import Access
import FollowUp
import Notation
import Storage
import SyncCore

struct Doing {
  typealias Outcome = (state: RuleRuns.State, detail: String)

  let store: HubStore
  let now: Moment
  let zone: LocalZone
  let effect: Effect
  let facts: CustomerFacts

  private var writes: OwnWrites { OwnWrites(store: store, now: now) }
  private var schema: CollectionSchema { effect.rule.collection }

  func perform(as id: RecordID, _ context: RuleContext) throws -> Outcome {
    switch effect.action {
    case .remind: return (.done, "")
    case .task(let order): return try make(order, as: id, in: .task, context)
    case .ticket(let order, let severity):
      return try make(
        order, as: id, in: .ticket, context, ["severity": .text(severity), "resolution": .null])
    case .set(let field, let value): return try set(field, to: value)
    case .raise(let field): return try raise(field)
    case .tag(let field, let add, let remove, let isHeld):
      return try tag(field, add, remove, isHeld: isHeld)
    case .assign(let assignment): return try assign(assignment)
    case .pool(let name): return try release(into: name)
    case .message(let message): return try send(message, as: id)
    case .webhook(let url): return try call(url, as: id)
    }
  }

  // MARK: Work for somebody

  private func make(
    _ order: RuleAction.Order, as id: RecordID, in collection: CollectionSchema,
    _ context: RuleContext, _ more: [String: Value] = [:]
  ) throws -> Outcome {
    if order.isUnlessOpen, try hasOpenTask(of: order.kind) {
      return (.skipped, "a task of this kind is open")
    }
    if try store.isOver(effect) { return (.skipped, "the one of an earlier day was open") }
    let owner = effect.owner(facts)
    let people = HubPeople(try store.permissions().organisation)
    let assignee = order.assignee.flatMap {
      people.users($0, owner: owner, author: effect.author).first
    }
    guard assignee != nil || order.queue != nil else {
      throw RuleFailure(reason: "\(order.assignee ?? .owner) is nobody who works here")
    }
    let team = owner.flatMap(context.team)
    var values: [String: Value] = more
    values["customer"] = .reference(facts.record)
    values["title"] = .text(effect.filled(order.title, facts).zh)
    values["kind"] = .text(order.kind)
    values["status"] = .text("open")
    values["assignee"] = assignee.map { .text($0) } ?? .null
    values["queue"] = order.queue.map { .text($0) } ?? .null
    values["dueAt"] = .moment(
      order.due?.after(effect.dueAt, in: context.almanac, team: team) ?? effect.dueAt)
    values["rule"] = .text(effect.rule.id)
    values["subject"] = .text(effect.subject.id.description)
    values["anchor"] = .moment(effect.anchor)
    if effect.subject.collection == CollectionSchema.followUp.id {
      values["followUp"] = .reference(effect.subject.id)
    }
    if collection.id == CollectionSchema.task.id,
      effect.subject.collection == CollectionSchema.opportunity.id
    {
      values["opportunity"] = .reference(effect.subject.id)
    }
    guard collection.id == CollectionSchema.task.id else {
      try writes.write(id, in: collection, values)
      return (.done, "\(collection.name) \(id)")
    }
    let queues = Queues(store: store)
    try writes.write(id, in: .task, queues.placed(values))
    try queues.admit(to: id, asker: owner ?? "")
    return (.done, "task \(id)")
  }

  private func hasOpenTask(of kind: String) throws -> Bool {
    try store.db.first(
      """
      SELECT 1 FROM task WHERE (root = ?1 OR about = ?1) AND kind = ?2
        AND coalesce(status, '') NOT IN ('done', 'cancelled')
      """, .id(facts.record), .text(kind)
    ) { _ in true } ?? false
  }

  // MARK: Fields

  private func set(_ field: FieldID, to value: Value) throws -> Outcome {
    guard let name = schema[field]?.name else { throw RuleFailure(reason: "no such field") }
    try writes.write(effect.subject.id, in: schema, [name: value])
    return (.done, "\(name) = \(FieldText.display(value, in: zone))")
  }

  private func raise(_ field: FieldID) throws -> Outcome {
    let rungs = Ladder.priorities.rungs.compactMap(\.first)
    let now = Ladder.priorities.height(of: effect.subject.values[field])
    // Without a priority it is an ordinary one.
    let next = min((now < 0 ? 1 : now) + 1, rungs.count - 1)
    return try set(field, to: .text(rungs[next]))
  }

  private func tag(
    _ field: FieldID, _ add: [String], _ remove: [String], isHeld: Bool
  ) throws -> Outcome {
    let record = try store.load(effect.subject.id, in: schema)
    let now = Set((record?.shown[field] ?? .null).elements)
    let next = now.subtracting(remove).union(add)
    guard next != now else { return (.skipped, "nothing to change") }
    let outcome = try set(field, to: Value(elements: next))
    // What somebody had given by hand is not the rule's to take back.
    let given = Set(add).subtracting(now)
    return isHeld && !given.isEmpty ? (.done, HeldTags.words(given)) : outcome
  }

  // MARK: Owners

  private func assign(_ assignment: RuleAction.Assignment) throws -> Outcome {
    let people = HubPeople(try store.permissions().organisation)
    var candidates: [String] = []
    for recipient in assignment.candidates {
      for user in people.users(recipient, owner: effect.owner(facts), author: effect.author)
      where people.works(user) && !candidates.contains(user) { candidates.append(user) }
    }
    guard !candidates.isEmpty else {
      throw RuleFailure(reason: "nobody of those whom the rule names works here")
    }
    let absences = Absences(store: store)
    let present = try candidates.filter { try !absences.isAway($0, at: now) }
    guard !present.isEmpty else {
      throw RuleFailure(reason: "each of \(candidates.joined(separator: ", ")) is away")
    }
    let free = try withRoom(present, assignment.max)
    guard let user = try choose(among: free, assignment.manner) else {
      throw RuleFailure(
        reason:
          "each of \(present.joined(separator: ", ")) has \(assignment.max ?? 0) open customers")
    }
    try writes.write(
      facts.record, in: .customer,
      ["owner": .text(user), "assignedAt": .moment(now), "pool": .null])
    // Its history says by which rule.
    try writes.noteRequest(.claim, "\(user) rule \(effect.rule.id)", on: facts.record)
    try OwnerChange(store: store, now: now).follow(
      facts.record, from: facts.values[.customerOwner].textOrNil, to: user)
    return (.done, "\(user) (\(assignment.manner.rawValue))")
  }

  /// Those who have room for another customer.
  private func withRoom(_ candidates: [String], _ max: Int?) throws -> [String] {
    guard let max else { return candidates }
    let pooling = Pooling(store: store, now: now, zone: zone)
    return try candidates.filter { try pooling.held(by: $0) < max }
  }

  private func choose(
    among candidates: [String], _ manner: RuleAction.Assignment.Manner
  ) throws -> String? {
    guard !candidates.isEmpty else { return nil }
    switch manner {
    case .first: return candidates[0]
    case .roundRobin:
      // Whoever has waited longest: so it stays fair when people come and go, and after a restart.
      return try candidates.enumerated().min { left, right in
        let (first, second) = (try lastTurn(of: left.element), try lastTurn(of: right.element))
        return first == second ? left.offset < right.offset : first < second
      }?.element
    case .load:
      let pooling = Pooling(store: store, now: now, zone: zone)
      return try candidates.enumerated().min { left, right in
        let (first, second) = (
          try pooling.held(by: left.element), try pooling.held(by: right.element)
        )
        return first == second ? left.offset < right.offset : first < second
      }?.element
    }
  }

  private func lastTurn(of user: String) throws -> Position {
    try store.db.first(
      """
      SELECT coalesce(max(position), 0) FROM runs
      WHERE rule = ? AND action = 'assign' AND state = 'done' AND detail = ?
      """, .text(effect.rule.id), .text("\(user) (roundRobin)")
    ) { $0.position(0) } ?? .start
  }

  private func release(into name: String) throws -> Outcome {
    guard try store.permissions().pool(name) != nil else {
      throw RuleFailure(reason: "there is no pool \(name)")
    }
    guard let record = try store.load(facts.record, in: .customer), record.isAlive else {
      return (.skipped, "the customer is gone")
    }
    try Pooling(store: store, now: now, zone: zone).put(record, into: name, by: "")
    return (.done, "pool \(name)")
  }

  // MARK: Outside

  private func send(_ message: RuleAction.Message, as id: RecordID) throws -> Outcome {
    guard let (contact, address) = try addressee(message.channel) else {
      throw RuleFailure(
        reason: "nobody at the customer has an address for \(message.channel.rawValue)")
    }
    if let contact, try isOptedOut(contact) { return (.skipped, "the contact wants no messages") }
    let person: Value = contact.map { .reference($0) } ?? .null
    let words = try words(of: message)
    let values: [String: Value] = [
      "contact": person, "channel": .text(message.channel.rawValue), "address": .text(address),
      "title": .text(words.title), "text": .text(words.text),
    ]
    try write(id, values)
    return (.done, "message \(id) to \(contact?.description ?? "the customer")")
  }

  private func words(of message: RuleAction.Message) throws -> (title: String, text: String) {
    guard let name = message.template else {
      return (effect.filled(message.title, facts), effect.filled(message.text, facts))
    }
    guard let template = try Templates(store: store)[name], template.collection == schema else {
      throw RuleFailure(reason: "there is no template \(name) for a \(schema.name)")
    }
    return effect.filled(template, facts)
  }

  private func call(_ url: String, as id: RecordID) throws -> Outcome {
    let at = ISO8601.string(milliseconds: effect.dueAt.milliseconds, in: zone)
    let body: [String: JSONValue] = [
      "rule": .string(effect.rule.id), "subject": .string(effect.subject.id.description),
      "customer": .string(facts.record.description), "effect": .string(id.description),
      "at": .string(at),
    ]
    try write(
      id,
      [
        "channel": .text("webhook"), "address": .text(url),
        "text": .text(JSONValue.object(body).text()),
      ])
    return (.done, "message \(id)")
  }

  private func write(_ id: RecordID, _ values: [String: Value]) throws {
    var values = values
    values["customer"] = .reference(facts.record)
    values["status"] = .text("queued")
    values["rule"] = .text(effect.rule.id)
    values["subject"] = .text(effect.subject.id.description)
    values["anchor"] = .moment(effect.anchor)
    values["dueAt"] = .moment(effect.dueAt)
    try writes.write(id, in: .message, values)
  }

  /// The contact that the record is about or names, else the first with an address; else the customer.
  private func addressee(
    _ channel: RuleAction.Message.Channel
  ) throws -> (contact: RecordID?, address: String)? {
    let columns = channel == .mail ? ["email"] : ["mobile", "phone"]
    func address(_ values: FieldValues, _ schema: CollectionSchema) -> String? {
      columns.compactMap { schema[$0].flatMap { values[$0.id].words } }.first
    }
    let contacts = try contacts()
    var named: RecordID? = schema.id == CollectionSchema.contact.id ? effect.subject.id : nil
    if let field = schema["contact"], case .reference(let id) = effect.subject.values[field.id] {
      named = id
    }
    for contact in contacts where named == nil || contact.id == named {
      if let address = address(contact.values, .contact) { return (contact.id, address) }
    }
    guard named == nil, let own = address(facts.values, .customer) else { return nil }
    return (nil, own)
  }

  private func contacts() throws -> [FactRecord] {
    guard let table = store.table(CollectionSchema.contact.id) else { return [] }
    return try store.db.all(table.selectSQL + " WHERE root = ? ORDER BY id", .id(facts.record)) {
      let row = try table.row($0)
      return FactRecord(id: row.id, collection: CollectionSchema.contact.id, values: row.values)
    }
  }

  private func isOptedOut(_ contact: RecordID) throws -> Bool {
    try store.db.first("SELECT doNotContact IS 1 FROM contact WHERE id = ?", .id(contact)) {
      $0.bool(0)
    } ?? false
  }
}

extension Value {
  /// A text that says something.
  fileprivate var words: String? {
    if case .text(let text) = self, !text.isEmpty { text } else { nil }
  }
}
