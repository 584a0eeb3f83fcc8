// What rules ask for, given the facts: every effect for one customer, with the moment it is due.
//
// An effect is the *fixpoint* of its rule over committed facts (merging §7), never an event: the hub
// compares this answer with what there is, in the transaction that changed a fact, writes what is
// missing and takes back what is no longer asked for. So a visit that was made in time and synced late
// withdraws its reminder, and no order of arrival can leave another set behind (I6).
//
// There is no *now*. A reminder is there before it falls due, so a replica holds it ahead of time and
// shows it offline at the right moment. Only what the calendar repeats for ever needs a window.

import Notation
import SyncCore

/// One record as committed.
public struct FactRecord: Hashable, Sendable {
  public var id: RecordID
  public var collection: CollectionID
  public var values: FieldValues

  public init(id: RecordID, collection: CollectionID, values: FieldValues) {
    self.id = id
    self.collection = collection
    self.values = values
  }
}

/// The facts that rules look at: a customer and what is its, as committed.
public struct CustomerFacts: Hashable, Sendable {
  public var record: RecordID
  public var values: FieldValues
  /// Those of the collections that rules are about.
  public var records: [FactRecord]
  public var lastFollowUp: FieldValues?
  public var events: [RuleEvent]
  /// Of the follow-ups, where rules wait for such.
  public var corrections = Corrections()

  public init(
    record: RecordID, values: FieldValues, records: [FactRecord] = [],
    lastFollowUp: FieldValues? = nil, events: [RuleEvent] = []
  ) {
    self.record = record
    self.values = values
    self.records = records
    self.lastFollowUp = lastFollowUp
    self.events = events
  }

  var customer: FactRecord {
    FactRecord(id: record, collection: CollectionSchema.customer.id, values: values)
  }

  var owner: String? {
    CollectionSchema.customer["owner"].flatMap { values[$0.id].text }.flatMap {
      $0.isEmpty ? nil : $0
    }
  }
}

/// One thing that a rule asks for.
public struct Effect: Hashable, Sendable, DerivedIdentity {
  public var rule: Rule
  /// Places of the step in the rule and of the action in the step.
  public var step: Int
  public var number: Int
  public var subject: FactRecord
  public var root: RecordID
  /// The fact that it stands on, such as the assignment. Another anchor is another effect: a customer
  /// assigned a second time is a second first contact.
  public var anchor: Moment
  /// The first moment at which it is due; it may lie far ahead.
  public var dueAt: Moment

  public var action: RuleAction { rule.steps[step].actions[number] }

  /// What makes it this effect and no other. The caller hashes it. Due time, title, user and rule
  /// version may change without a second one coming about.
  public var identityParts: [String] {
    let occasion = rule.repetition == .once ? "once" : String(anchor.milliseconds)
    let parts = [rule.id, subject.id.description, occasion]
    return step == 0 && number == 0 ? parts : parts + ["\(step).\(number)"]
  }

  /// The moment in its identity: of the occasion, or where there is one for ever, of the record.
  public var identityMoment: Moment { rule.repetition == .once ? subject.id.moment : anchor }

  /// What the actions of one step share.
  public var runParts: [String] {
    [rule.id, subject.id.description, String(anchor.milliseconds), "run \(step)"]
  }
}

/// What rules need to know besides records.
public struct RuleContext: Sendable {
  public var almanac: Almanac
  /// The team whose hours count for somebody.
  public var team: @Sendable (_ user: String) -> String?

  public init(almanac: Almanac, team: @escaping @Sendable (String) -> String? = { _ in nil }) {
    self.almanac = almanac
    self.team = team
  }
}

extension RuleBook {
  /// The complete set of effects that are asked for, in the order of the rules. Of a group, the first rule
  /// that asks for anything for a record is the only one.
  ///
  /// - Parameter window: in which occasions that the calendar repeats are looked for.
  public func effects(
    for facts: CustomerFacts, within window: Range<Moment>, _ context: RuleContext
  ) -> [Effect] {
    var effects: [Effect] = []
    var taken: Set<GroupPlace> = []
    for rule in rules {
      guard let group = rule.group else {
        rule.collect(&effects, facts, window, context, quiet)
        continue
      }
      var asked: [Effect] = []
      rule.collect(&asked, facts, window, context, quiet)
      effects += asked.filter { !taken.contains(GroupPlace(group: group, subject: $0.subject.id)) }
      for effect in asked { taken.insert(GroupPlace(group: group, subject: effect.subject.id)) }
    }
    return effects
  }
}

/// A record that a rule of a group has been found for.
private struct GroupPlace: Hashable {
  var group: String
  var subject: RecordID
}

extension RuleBook {
  /// How long ahead of its time a reminder is on the laptops.
  public static let horizonMilliseconds: Int64 = 14 * 24 * 3_600_000

  /// Occasions that the calendar repeats, and that are not over for longer than a day and a half: who was
  /// away for longer is not wished a happy birthday any more.
  public static func window(at now: Moment) -> Range<Moment> {
    now.advanced(
      milliseconds: -36 * 3_600_000)..<now.advanced(
        milliseconds: horizonMilliseconds + 24 * 3_600_000)
  }
}

extension Rule {
  fileprivate func collect(
    _ effects: inout [Effect], _ facts: CustomerFacts, _ window: Range<Moment>,
    _ context: RuleContext, _ quiet: QuietHours?
  ) {
    if collection.id == CollectionSchema.customer.id {
      collect(&effects, about: facts.customer, facts, window, context, quiet)
    } else {
      for record in facts.records where record.collection == collection.id {
        collect(&effects, about: record, facts, window, context, quiet)
      }
    }
  }

  private func collect(
    _ effects: inout [Effect], about subject: FactRecord, _ facts: CustomerFacts,
    _ window: Range<Moment>, _ context: RuleContext, _ quiet: QuietHours?
  ) {
    let subject = facts.counted(subject)
    let team = facts.owner.flatMap(context.team)
    let occasions = trigger.occasions(
      of: subject, self, facts, window: window, in: context.almanac)
    for occasion in occasions {
      let anchor =
        repetition == .perDay
        ? context.almanac.moment(onDayOf: occasion, hour: 0, minute: 0) : occasion
      for (step, content) in steps.enumerated() {
        var dueAt = dueAt(content.timing, occasion, in: context.almanac, team: team)
        guard applies(to: subject, facts, at: dueAt, in: context.almanac.zone) else { continue }
        // A day that was over before there was a record is nobody's to keep.
        if case .anniversary = trigger,
          context.almanac.day(of: dueAt) < context.almanac.day(of: subject.id.moment)
        {
          continue
        }
        dueAt = SequenceRun.due(dueAt, of: subject)
        for (number, action) in content.actions.enumerated() {
          if case .remind = action, let quiet { dueAt = quiet.end(of: dueAt, in: context.almanac) }
          effects.append(
            Effect(
              rule: self, step: step, number: number, subject: subject, root: facts.record,
              anchor: anchor, dueAt: dueAt))
        }
      }
    }
  }

  /// Of a deadline that is only a date a step counts from the hour at which it calls; one that comes after it waits until
  /// its day is over.
  private func dueAt(
    _ timing: Timing, _ occasion: Moment, in almanac: Almanac, team: String?
  ) -> Moment {
    guard case .date(let field) = trigger, collection.isDeadline(field), timing.at == nil else {
      return timing.moment(from: occasion, in: almanac, team: team)
    }
    let due = DueTime(occasion, in: [almanac.zone])
    return timing.moment(
      from: due.calls, notBefore: timing.shift.isAfter ? due.dayEnd : nil, in: almanac, team: team)
  }

  /// Whether the conditions hold. Where they speak of the present they mean the step's own moment, so the
  /// answer is the same whenever it is asked.
  func applies(
    to subject: FactRecord, _ facts: CustomerFacts, at moment: Moment, in zone: LocalZone
  ) -> Bool {
    func holds(_ condition: Query?, _ id: RecordID, _ values: FieldValues) -> Bool {
      guard let condition else { return true }
      // The book refuses conditions that read `updatedAt`.
      let record = QueryRecord(id: id, values: values, updatedAt: id.moment)
      return condition.matches(record, at: moment, in: zone)
    }
    guard holds(condition, subject.id, subject.values),
      holds(customerCondition, facts.record, facts.values)
    else { return false }
    guard let lastFollowUpCondition else { return true }
    guard let last = facts.lastFollowUp else { return false }
    return holds(lastFollowUpCondition, facts.record, last)
  }
}

extension Rule {
  /// Whether the conditions hold for a record of this customer now; no, where the record is gone.
  public func holds(
    for subject: RecordID, _ facts: CustomerFacts, at moment: Moment, in zone: LocalZone
  ) -> Bool {
    let record =
      subject == facts.record ? facts.customer : facts.records.first { $0.id == subject }
    guard let record, record.collection == collection.id else { return false }
    return applies(to: record, facts, at: moment, in: zone)
  }

  /// Each comparison of the rule's conditions, with the part of the rule it stands in.
  public func findings(
    for subject: FactRecord, _ facts: CustomerFacts, at moment: Moment, in zone: LocalZone
  ) -> [(part: String, schema: CollectionSchema, finding: QueryFinding)] {
    func findings(
      _ condition: Query?, _ part: String, _ schema: CollectionSchema, _ id: RecordID,
      _ values: FieldValues
    ) -> [(part: String, schema: CollectionSchema, finding: QueryFinding)] {
      let record = QueryRecord(id: id, values: values, updatedAt: id.moment)
      return (condition?.findings(for: record, of: schema, at: moment, in: zone) ?? []).map {
        (part, schema, $0)
      }
    }
    return findings(condition, "where", collection, subject.id, subject.values)
      + findings(customerCondition, "customer", .customer, facts.record, facts.values)
      + findings(
        lastFollowUpCondition, "lastFollowUp", .followUp, facts.record,
        facts.lastFollowUp ?? FieldValues())
  }
}
