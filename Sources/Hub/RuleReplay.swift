// What rules would have done since a moment, had they been in force: read off the history, and written
// nowhere.
//
// Each customer is followed from one accepted change to the next, with the states the history gives
// (`RecordHistory`); what fell due before the next change would have been done. So a reminder that a visit
// forestalled is none, exactly as it would have been.

import Digest
import FollowUp
import Storage
import SyncCore

struct RuleReplay {
  /// What one rule would have done.
  struct Count {
    var effects = 0
    var customers: Set<RecordID> = []
    /// Of some customers, for a look at them.
    var examples: [(customer: RecordID, dueAt: Moment)] = []
  }

  static let examplesMax = 5

  let store: HubStore
  let rules: RuleBook
  let context: RuleContext
  let window: Range<Moment>
  private(set) var counts: [String: Count] = [:]

  init(store: HubStore, rules: RuleBook, context: RuleContext, window: Range<Moment>) {
    self.store = store
    self.rules = rules
    self.context = context
    self.window = window
  }

  mutating func follow(_ root: RecordID) throws {
    var stage = Stage(root: root, rules: rules, store: store)
    let steps = try stage.steps()
    var done: Set<RecordID> = []
    for (index, step) in steps.enumerated() {
      stage.apply(step)
      let from = max(step.at, window.lowerBound)
      let to =
        index + 1 < steps.count ? min(steps[index + 1].at, window.upperBound) : window.upperBound
      guard from < to, let facts = stage.facts else { continue }
      let span = from.advanced(milliseconds: -1)..<to
      for effect in rules.effects(for: facts, within: span, context)
      where effect.dueAt < to && effect.dueAt >= window.lowerBound {
        let id = effect.identity
        if done.insert(id).inserted { note(effect) }
      }
    }
  }

  private mutating func note(_ effect: Effect) {
    var count = counts[effect.rule.id] ?? Count()
    count.effects += 1
    count.customers.insert(effect.root)
    if count.examples.count < RuleReplay.examplesMax {
      count.examples.append((effect.root, effect.dueAt))
    }
    counts[effect.rule.id] = count
  }
}

/// A customer and what is its, as they were at one moment after the other.
private struct Stage {
  struct Step {
    var at: Moment
    var record: RecordID
    var collection: CollectionSchema
    var entry: RecordHistory.Entry
  }

  let root: RecordID
  let rules: RuleBook
  let store: HubStore
  private var states: [RecordID: (schema: CollectionSchema, state: RecordState)] = [:]
  private var events: [RuleEvent] = []

  init(root: RecordID, rules: RuleBook, store: HubStore) {
    self.root = root
    self.rules = rules
    self.store = store
  }

  /// Every accepted change of the customer and of what is its now, in the order in which they were entered.
  func steps() throws -> [Step] {
    let history = RecordHistory(store: store, zone: .utc)
    var steps: [Step] = []
    for collection in rules.collections.sorted() {
      guard let schema = store.schema[collection] else { continue }
      let ids =
        schema.rootField == nil
        ? [root]
        : try store.db.all(
          "SELECT id FROM \"\(schema.name)\" WHERE root = ? ORDER BY id", .id(root)
        ) {
          try $0.id(0)
        }
      for id in ids {
        steps += try history.entries(of: id).map {
          Step(at: $0.stamp.time.moment, record: id, collection: schema, entry: $0)
        }
      }
    }
    return steps.sorted { ($0.at, $0.entry.stamp.position) < ($1.at, $1.entry.stamp.position) }
  }

  mutating func apply(_ step: Step) {
    let before = states[step.record]?.state
    var state = before ?? RecordState(collection: step.collection.id)
    let writes = step.entry.change.writes.filter {
      !(step.collection[$0.field]?.isRequest ?? false)
    }
    state.accept(
      writes, stamp: step.entry.stamp,
      seen: step.entry.change.seen.knowingOwn(before: step.entry.stamp.dot),
      now: step.entry.stamp.time)
    states[step.record] = (step.collection, state)
    note(writes.map(\.field), before, state, step)
  }

  private mutating func note(
    _ units: [FieldID], _ before: RecordState?, _ state: RecordState, _ step: Step
  ) {
    guard rules.hasEvents else { return }
    var change = RecordChange(
      record: step.record, root: root, collection: step.collection.id, isCreation: before == nil,
      fields: [:], at: step.at)
    for unit in units {
      change.note(
        unit, before: before?.choice(of: unit, in: step.collection).value ?? .null,
        after: state.choice(of: unit, in: step.collection).value, in: step.collection)
    }
    for isWhole in [false, true] { events += rules.events(in: change, isWhole: isWhole) }
  }

  /// Nil: there is no customer yet, or any more.
  var facts: CustomerFacts? {
    guard let customer = states[root], customer.state.isAlive(in: customer.schema) else {
      return nil
    }
    var facts = CustomerFacts(
      record: root, values: customer.state.shown(in: customer.schema), events: events)
    for (id, record) in states.sorted(by: { $0.key < $1.key })
    where id != root && record.state.isAlive(in: record.schema) {
      facts.records.append(
        FactRecord(
          id: id, collection: record.schema.id, values: record.state.shown(in: record.schema)))
    }
    if rules.readsLastFollowUp { facts.lastFollowUp = lastFollowUp(facts) }
    return facts
  }

  private func lastFollowUp(_ facts: CustomerFacts) -> FieldValues? {
    guard let field = CollectionSchema.followUp["occurredAt"]?.id else { return nil }
    return facts.records.filter { $0.collection == CollectionSchema.followUp.id }
      .max { $0.values[field] < $1.values[field] }?.values
  }
}
