// When somebody is next to be heard of: a customer's own cadence, or a plan.
//
// Counted from the last follow-up that there was, so that one that came early or late moves the next with
// it. Pure; the calendar is an argument.

import SyncCore

public enum Cadence {
  /// The next contact of a customer who has a cadence of his own; nil for a text that is none.
  public static func next(
    every text: String, after last: Moment, in almanac: Almanac, team: String?
  ) -> Moment? {
    Delay(text).map { $0.after(last, in: almanac, team: team) }
  }
}

/// A plan to keep in touch, as its record says.
public struct ContactPlan: Hashable, Sendable {
  public var startsAt: Moment
  /// Nil: once.
  public var every: Rhythm?
  public var until: Moment?
  public var isOpen: Bool

  /// Nil for a record without a beginning, or whose rhythm is none.
  public init?(_ values: FieldValues, made: Moment) {
    let schema = CollectionSchema.plan
    func value(_ name: String) -> Value { schema[name].map { values[$0.id] } ?? .null }
    // Its steps are a rule's; each is on the list by itself.
    if value("channel").text == SequenceRun.channel { return nil }
    if let text = value("every").text, !text.isEmpty {
      guard let rhythm = Rhythm(text) else { return nil }
      every = rhythm
    }
    startsAt = value("startsAt").moment ?? made
    until = value("until").moment
    isOpen = Ladder.isOpen(plan: value("status"))
  }

  /// The next occurrence; nil: there is none any more.
  public func next(lastFollowUp: Moment?, in almanac: Almanac, team: String?) -> Moment? {
    guard isOpen else { return nil }
    var next: Moment? = every.map { $0.first(from: startsAt, in: almanac) } ?? startsAt
    if let last = lastFollowUp, last >= startsAt {
      next = every.flatMap { $0.next(after: last, in: almanac, team: team) }
    }
    return next.flatMap { next in until.map { next <= $0 } ?? true ? next : nil }
  }
}
