// One rule: when something is so, or has stayed so for long enough, something is to be done.
//
// A rule is data, read by `RuleBook` and never changed. It says nothing of *now*: what it asks for
// follows from committed facts alone (`Effects.swift`), so that every order in which the facts arrive
// gives the same effects (I6).

import SyncCore

public struct Rule: Hashable, Sendable {
  /// How often one record can be the occasion.
  public enum Repetition: String, CaseIterable, Hashable, Sendable {
    /// Once in the life of a record.
    case once
    /// Once on a day of the company's calendar.
    case perDay
    /// Once for each occasion; a change that came and went within one sync is none.
    case perChange
    /// Once for each occasion, however short.
    case each
  }

  /// What is done some time after the occasion, or before it.
  public struct Step: Hashable, Sendable {
    public var timing: Timing
    /// In the order in which they are carried out.
    public var actions: [RuleAction]
  }

  /// Part of the identity of its effects: a renamed rule asks anew.
  public let id: String
  /// Counts up whenever the rule is rewritten; noted on what it makes, no part of its identity.
  public let version: Int
  public let collection: CollectionSchema
  /// Of the rules of one group, the first one that asks for anything for a record is asked alone.
  public let group: String?
  public let trigger: Trigger
  /// What must be so of the record itself; nil: nothing.
  public let condition: Query?
  /// What must be so of the customer that the record belongs to.
  public let customerCondition: Query?
  /// What must be so of the customer's last follow-up; where there is none, nothing is.
  public let lastFollowUpCondition: Query?
  public let repetition: Repetition
  public let steps: [Step]
}

/// When a step is due, seen from its occasion.
public struct Timing: Hashable, Sendable {
  public enum Shift: Hashable, Sendable {
    case none
    case after(Delay)
    case before(Delay)

    var isAfter: Bool { if case .after = self { true } else { false } }
  }

  /// A time of day in the company's zone.
  public struct WallTime: Hashable, Sendable {
    public var hour: Int
    public var minute: Int
  }

  public var shift: Shift
  /// Set: at this time of that day.
  public var at: WallTime?
  /// Put off to when the owner's team works.
  public var isWorkingTime: Bool

  static let atOnce = Timing(shift: .none, at: nil, isWorkingTime: false)

  /// - Parameter earliest: before it, nothing is due.
  func moment(
    from occasion: Moment, notBefore earliest: Moment? = nil, in almanac: Almanac, team: String?
  ) -> Moment {
    var moment =
      switch shift {
      case .none: occasion
      case .after(let delay): delay.after(occasion, in: almanac, team: team)
      case .before(let delay): delay.before(occasion, in: almanac, team: team)
      }
    if let at { moment = almanac.moment(onDayOf: moment, hour: at.hour, minute: at.minute) }
    if let earliest { moment = max(moment, earliest) }
    return isWorkingTime ? almanac.firstWorkingMoment(atOrAfter: moment, team: team) : moment
  }
}

extension Rule {
  /// The collections whose records its effects depend on.
  var collections: Set<CollectionID> {
    var collections: Set = [collection.id, CollectionSchema.customer.id]
    if lastFollowUpCondition != nil { collections.insert(CollectionSchema.followUp.id) }
    return collections
  }

  /// The customer's fields that the rule's effects depend on.
  var customerFields: Set<FieldID> {
    let customer = CollectionSchema.customer
    var fields = Set(
      ["owner", "assignedAt", "lastFollowAt", "name"].compactMap { customer[$0]?.id })
    fields.formUnion(customerCondition?.fields ?? [])
    guard collection.id == customer.id else { return fields }
    fields.formUnion(condition?.fields ?? [])
    fields.formUnion(trigger.fields)
    return fields.union(steps.flatMap(\.actions).flatMap { $0.fields(of: customer) })
  }
}
