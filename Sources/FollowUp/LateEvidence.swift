// A follow-up that arrives after the customer was taken away: does it prove that it should not have been?
//
// Pure. A recycle is wrong where its limit, counted from that follow-up, had not passed yet. It undoes
// the recycle by itself only where it was also entered in time and nobody has had the customer since;
// everything else is for a person to decide, and nothing is decided in silence. A visit before the
// evidence that the recycle knew of proves nothing.

import SyncCore

/// A recycle, as it was carried out.
public struct Recycled: Hashable, Sendable {
  public var formerOwner: String
  public var reason: RecycleTerm.Reason
  public var days: Int
  /// The latest sign that it knew of.
  public var anchor: Moment
  public var deadline: Moment
  public var at: Moment
  public var graceDays: Int

  public init(
    formerOwner: String, reason: RecycleTerm.Reason, days: Int, anchor: Moment, deadline: Moment,
    at: Moment, graceDays: Int
  ) {
    self.formerOwner = formerOwner
    self.reason = reason
    self.days = days
    self.anchor = anchor
    self.deadline = deadline
    self.at = at
    self.graceDays = graceDays
  }
}

/// A follow-up that arrived.
public struct LateEvidence: Hashable, Sendable {
  public var author: String
  public var occurredAt: Moment
  /// When it was written down, by its edit's own time.
  public var enteredAt: Moment

  public init(author: String, occurredAt: Moment, enteredAt: Moment) {
    self.author = author
    self.occurredAt = occurredAt
    self.enteredAt = enteredAt
  }

  public enum Outcome: Hashable, Sendable {
    /// The recycle stands.
    case nothing
    /// It was wrong, and is undone.
    case returns
    /// It was wrong, or may have been; a person decides.
    case dispute
  }

  /// What it does to a recycle.
  ///
  /// - Parameter isUntouched: the customer lies where it was put; nobody has had it since.
  public func outcome(
    for recycled: Recycled, isUntouched: Bool, at now: Moment, in almanac: Almanac
  ) -> Outcome {
    guard author == recycled.formerOwner, recycled.reason == .silence,
      occurredAt > recycled.anchor, occurredAt < recycled.deadline,
      let deadline = Recycling.deadline(recycled.days, after: occurredAt, in: almanac),
      deadline > recycled.at
    else { return .nothing }
    let grace = Int64(recycled.graceDays) * 24 * 3_600_000
    let isInTime = enteredAt <= recycled.deadline.advanced(milliseconds: grace)
    // Its time may be up meanwhile even so: then nobody is to have it and lose it again at once.
    return isInTime && isUntouched && deadline > now ? .returns : .dispute
  }
}
