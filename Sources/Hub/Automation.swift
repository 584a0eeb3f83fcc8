// What follows from a change by itself: owners, moments, and whatever rules ask for – in the same
// transaction.
//
// Pure rules say what should be so for a customer (`RuleBook.effects`: the fixpoint over committed facts,
// not an event); `RulePlan` finds the difference to what is so, and `RuleRun` writes it. An effect's
// identity is the hash of rule, subject and anchor, so it exists once whoever thought of it first (I6).
// When a customer has to be looked at again though nothing changes, stands in the table `due`: a tick asks
// for what is due and for nobody else.

import Digest
import FollowUp
import Notation
import Storage
import SyncCore

/// Customers that came with the request under way.
struct Newcomers {
  var made: Set<RecordID> = []
  /// Those that a rule gives away, once all of the request has been taken.
  var waiting: Set<RecordID> = []
}

public struct Automation {
  /// Fields for which the hub keeps the moment since when they have their value, in `…Since`.
  static let dated: [CollectionID: Set<FieldID>] = Dictionary(
    uniqueKeysWithValues: Schema.followUp.collections.map { schema in
      (schema.id, Set(schema.columns.filter { schema[$0.name + "Since"] != nil }.map(\.id)))
    }.filter { !$0.1.isEmpty })

  let store: HubStore
  let rules: RuleBook
  /// Where the hub's calendar days begin and end.
  var zone = LocalZone.utc

  /// The units whose changes these rules have to be told of.
  static func watched(by rules: RuleBook) -> [CollectionID: Set<FieldID>] {
    let always = dated.merging(OwnerChange.watched) { $0.union($1) }
    return rules.rules.filter(\.trigger.isEvent).reduce(into: always) { watched, rule in
      watched[rule.collection.id, default: []].formUnion(
        rule.trigger.watched.map(rule.collection.unit))
    }
  }

  var context: RuleContext {
    get throws {
      let organisation = try store.permissions().organisation
      let almanac = try store.almanac() ?? Almanac(zoneName: "", zone: zone)
      return RuleContext(almanac: almanac) { organisation[$0]?.team }
    }
  }

  /// Reacts to what an edit touched, under the edit's position.
  func react(to touched: [Touched], at now: Moment) throws {
    let collections = rules.collections
    var roots: [RecordID] = []
    for change in touched {
      if change.isCreation, change.collection == CollectionSchema.customer.id {
        store.newcomers.made.insert(change.record)
      }
      if change.collection == CollectionSchema.followUp.id {
        let times = ContactTimes(store: store, now: now)
        try times.judge(change)
        try times.settle(change.root, written: change.record)
      }
      try OwnerChange(store: store, now: now).settle(change)
      try Duplicates(store: store, now: now).settle(change)
      try DealStages(store: store, now: now, zone: zone).settle(change)
      try RecycleReview(store: store, now: now, zone: zone).dispute(change)
      try note(change.change)
      try Queues(store: store).settle(change, at: now)
      if try Sequences(store: store, now: now).settle(change) { roots.append(change.root) }
      // Nobody looked at a customer while it was deleted.
      let concernsRules =
        change.isRevival
        || collections.contains(change.collection)
        || change.collection == CollectionSchema.customer.id
        || change.collection == CollectionSchema.followUp.id
        || change.collection == CollectionSchema.opportunity.id
        || ((rules.hasEscalations || rules.hasRecurring)
          && change.collection == CollectionSchema.reminder.id)
        || (rules.hasRecurring && change.collection == CollectionSchema.task.id)
      if concernsRules && roots.last != change.root { roots.append(change.root) }
    }
    for root in roots { try settle(root, at: now) }
  }

  /// Ends a request: what became of the records it touched, all in all, may be an occasion of its own; and
  /// what is new goes to whom rules give it.
  func conclude(at now: Moment) throws {
    let happenings = store.happenings
    var roots = store.newcomers.waiting
    (store.happenings, store.newcomers) = ([:], Newcomers())
    for (_, change) in happenings.sorted(by: { $0.key < $1.key }) {
      let events = rules.events(in: change, isWhole: true)
      try keep(events, of: change)
      if !events.isEmpty { roots.insert(change.root) }
    }
    for root in roots.sorted() {
      try store.transaction {
        store.head = store.head.next
        try settle(root, at: now)
      }
    }
  }

  /// Looks at customers that are due to be looked at: something falls due by time alone, something failed,
  /// or there are other rules.
  ///
  /// - Returns: for how many customers something changed, and whether that were all.
  func tick(at now: Moment, limit: Int) throws -> (changed: Int, isDone: Bool) {
    let roots = try store.db.all(
      "SELECT root FROM due WHERE at <= ? ORDER BY at, root LIMIT ?", .moment(now), .count(limit)
    ) { try $0.id(0) }
    var changed = 0
    for root in roots {
      if let next = try store.nextContactAhead(of: root), next <= now { try arrive(root, at: now) }
      let plan = try RulePlan(of: root, self, at: now)
      guard !plan.isEmpty else {
        try plan.saveDue(in: store)
        continue
      }
      try store.transaction {
        store.head = store.head.next
        try RuleRun(self, now: now).carryOut(plan)
      }
      changed += 1
    }
    return (changed, roots.count < limit)
  }

  /// A follow-up that was dated ahead takes place now.
  private func arrive(_ root: RecordID, at now: Moment) throws {
    try store.transaction {
      let before = store.head
      store.head = store.head.next
      if try !ContactTimes(store: store, now: now).settle(root) { store.head = before }
      if let next = try store.nextContactAhead(of: root), next <= now {
        try store.db.run("DELETE FROM contacts_ahead WHERE root = ?", .id(root))
      }
    }
  }

  /// Does what the rules ask for a customer, under the caller's position.
  private func settle(_ root: RecordID, at now: Moment) throws {
    try RuleRun(self, now: now).carryOut(RulePlan(of: root, self, at: now))
  }

  // MARK: Events

  /// A rule that says `each` is asked at once; the others when the request ends.
  private func note(_ change: RecordChange) throws {
    guard !change.fields.isEmpty || change.isCreation, rules.hasEvents else { return }
    try keep(rules.events(in: change, isWhole: false), of: change)
    if store.happenings[change.record]?.join(change) == nil {
      store.happenings[change.record] = change
    }
  }

  private func keep(_ events: [RuleEvent], of change: RecordChange) throws {
    guard !events.isEmpty else { return }
    for event in events {
      try store.db.run(
        "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?)", .id(change.root), .text(event.rule),
        .id(event.subject), .moment(event.at))
    }
    // Facts about what something happened to are read because it is on record.
    guard let facts = try store.facts(about: change.root, for: rules) else { return }
    let zone = try context.almanac.zone
    for event in events where !rules.counts(event, among: facts, in: zone) {
      try store.db.run(
        "DELETE FROM events WHERE root = ? AND rule = ? AND subject = ? AND at = ?",
        .id(change.root), .text(event.rule), .id(event.subject), .moment(event.at))
    }
  }

  // MARK: Completions

  /// What a change makes of its own record by itself; it is merged and saved with the change.
  static func completions(
    of change: Touched, _ record: HubRecord, at now: Moment, in store: HubStore
  ) throws -> [String: Value] {
    try assignment(of: change, record, at: now, in: store)
      .merging(sinceWhen(change.change, record.schema)) { $1 }
      .merging(Queues(store: store).completions(of: change, record)) { $1 }
  }

  /// A new customer or deal without an owner is its author's; one that is handed over is assigned now.
  private static func assignment(
    of change: Touched, _ record: HubRecord, at now: Moment, in store: HubStore
  ) throws -> [String: Value] {
    let schema = record.schema
    guard let owner = schema["owner"] else { return [:] }
    guard change.isCreation else {
      guard change.fields.contains(owner.id), schema["assignedAt"] != nil else { return [:] }
      // Whose it is now, it is in no pool any more.
      return ["assignedAt": .moment(now), "pool": .null]
    }
    var values: [String: Value] = [:]
    if !change.fields.contains(owner.id) { values["owner"] = .text(change.author) }
    guard let assignedAt = schema["assignedAt"] else { return values }
    let told =
      change.fields.contains(assignedAt.id)
      ? record.state.choice(of: assignedAt.id, in: schema).value : .null
    if case .moment(let moment) = told {
      let made = try store.made(record.id, by: change, at: now)
      // By a clock that runs ahead its deadlines would come too late, by one that is behind too soon. What is
      // far from when the record was made was meant as it is written.
      let isOfThatMoment =
        abs(moment.milliseconds(since: record.id.moment)) <= ContactTimes.toleranceMilliseconds
      if now < moment {
        values["assignedAt"] = .moment(now)
      } else if isOfThatMoment, moment < made {
        values["assignedAt"] = .moment(made)
      }
    } else if values["owner"] != nil {
      // Since it was written, not since it arrived: a late sync does not make it any younger.
      values["assignedAt"] = .moment(try store.made(record.id, by: change, at: now))
    }
    return values
  }

  /// Since when a stage is what it is: since it was entered, not since it arrived.
  private static func sinceWhen(
    _ change: RecordChange, _ schema: CollectionSchema
  ) -> [String: Value] {
    guard let dated = dated[schema.id] else { return [:] }
    var values: [String: Value] = [:]
    for (field, transition) in change.fields where dated.contains(field) {
      guard transition.before != transition.after, let name = schema[field]?.name else { continue }
      values[name + "Since"] = transition.after.isNull ? .null : .moment(change.at)
    }
    return values
  }
}
