// A sequence: steps towards one contact, one after the other, until he answers.
//
// It is a plan whose steps are a rule's: who enrols a contact makes a plan, and a rule about plans of this name
// counts its steps from the plan's beginning. So steps are tasks and reminders like any others, and go when the
// plan ends. A pause holds the clock: what was left of a wait is left of it afterwards. A reply, or a meeting,
// ends it, wherever it was noted down.

import Notation
import SyncCore

/// One contact's run through a sequence, as its plan tells it.
public struct SequenceRun: Hashable, Sendable {
  /// What the plan's `channel` says.
  public static let channel = "sequence"
  /// Follow-ups of these channels are meetings, whoever began them.
  private static let meetings: Set<Channel> = [.meeting, .visit, .event]

  public var plan: RecordID
  public var name: String
  public var customer: RecordID?
  /// Nil: whoever there is at the customer.
  public var contact: RecordID?
  public var startsAt: Moment
  /// Running or paused; neither done nor given up.
  public var isOpen: Bool
  /// Since when it is held.
  public var pausedAt: Moment?

  /// Nil: a plan of another kind.
  public init?(_ plan: RecordID, _ values: FieldValues) {
    let schema = CollectionSchema.plan
    func value(_ name: String) -> Value { schema[name].map { values[$0.id] } ?? .null }
    guard value("channel").text == SequenceRun.channel, let name = value("topic").text else {
      return nil
    }
    self.plan = plan
    self.name = name
    customer = value("customer").recordID
    contact = value("contact").recordID
    startsAt = value("startsAt").moment ?? plan.moment
    let height = Ladder.planStates.height(of: value("status"))
    isOpen = Ladder.isOpen(plan: value("status"))
    let isHeld = height == Ladder.planStates.height(of: .text("notStarted"))
    pausedAt = isHeld ? value("until").moment : nil
  }

  // MARK: What its person does

  public static func beginning(
    _ name: String, with contact: RecordID?, of customer: RecordID, by user: String, at now: Moment
  ) -> [String: Value] {
    [
      "customer": .reference(customer), "contact": contact.map { .reference($0) } ?? .null,
      "title": .text(name), "topic": .text(name), "channel": .text(channel),
      "startsAt": .moment(now), "status": .text("running"), "assignee": .text(user),
    ]
  }

  /// Nil: it is held already, or over.
  public func paused(at now: Moment) -> [String: Value]? {
    guard isOpen, pausedAt == nil else { return nil }
    return ["status": .text("notStarted"), "until": .moment(now)]
  }

  /// Goes on with what was left of its wait; nil: it is not held.
  public func resumed(at now: Moment) -> [String: Value]? {
    guard isOpen, let pausedAt else { return nil }
    let held = max(0, now.milliseconds(since: pausedAt))
    return [
      "status": .text("running"), "until": .null,
      "startsAt": .moment(startsAt.advanced(milliseconds: held)),
    ]
  }

  /// Goes on after it was closed with the customer: what was left of its wait then is left of it now.
  public func reopened(closedAt moment: Moment, at now: Moment) -> [String: Value] {
    let held = max(0, now.milliseconds(since: moment))
    return [
      "status": .text("running"), "until": .null,
      "startsAt": .moment(startsAt.advanced(milliseconds: held)),
    ]
  }

  public static func ended(_ status: String, at moment: Moment) -> [String: Value] {
    ["status": .text(status), "until": .moment(moment)]
  }

  // MARK: What ends it

  /// When this record ended it; nil: it does not. A reply is what a customer said (`feedback`), or a follow-up that
  /// came from him; a meeting is a follow-up in person. Each is of this contact, or of nobody in particular.
  public func end(by id: RecordID, in collection: CollectionID, _ values: FieldValues) -> Moment? {
    guard isOpen, let schema = Schema.followUp[collection] else { return nil }
    func value(_ name: String) -> Value { schema[name].map { values[$0.id] } ?? .null }
    let moment: Moment
    switch schema {
    case .feedback: moment = id.moment
    case .followUp:
      let channel = value("channel").text.flatMap { Channel(rawValue: $0) }
      let isMeeting = channel.map(SequenceRun.meetings.contains) ?? false
      guard isMeeting || value("direction").text == "in" else { return nil }
      moment = value("occurredAt").moment ?? id.moment
    default: return nil
    }
    let person = value("contact").recordID
    guard contact == nil || person == nil || person == contact else { return nil }
    // What was before it began is no answer to it.
    return moment >= plan.moment ? moment : nil
  }
}

extension SequenceRun {
  /// Later than anything is due: what a held sequence waits for.
  static let never = Moment(milliseconds: 253_402_300_799_000)

  /// When a step of this record is due: not while its sequence is held.
  static func due(_ moment: Moment, of subject: FactRecord) -> Moment {
    guard subject.collection == CollectionSchema.plan.id,
      let pausedAt = SequenceRun(subject.id, subject.values)?.pausedAt, moment > pausedAt
    else { return moment }
    return never
  }
}

extension RuleBook {
  /// Whether there are steps under this name.
  public func hasSequence(named name: String, at now: Moment) -> Bool {
    let id = ULID(milliseconds: UInt64(clamping: now.milliseconds), randomHigh: 0, randomLow: 0)
    var values = FieldValues()
    for (key, value) in SequenceRun.beginning(name, with: nil, of: id, by: "", at: now) {
      if let field = CollectionSchema.plan[key] { values[field.id] = value }
    }
    let record = QueryRecord(id: id, values: values, updatedAt: now)
    return rules.contains { rule in
      guard rule.collection.id == CollectionSchema.plan.id, case .date = rule.trigger,
        let condition = rule.condition
      else { return false }
      return condition.fields.contains(CollectionSchema.plan["topic"]?.id ?? .lifecycle)
        && condition.matches(record, at: now, in: .utc)
    }
  }
}

extension Value {
  fileprivate var recordID: RecordID? { if case .reference(let id) = self { id } else { nil } }
}
