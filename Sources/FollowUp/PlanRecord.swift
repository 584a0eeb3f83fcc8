// How well a plan to keep in touch was kept: occurrences that were kept, came late, or were skipped.
//
// Pure. Each contact moves the next occurrence, as `ContactPlan.next` does, so the walk goes from contact to contact. A
// contact by the end of the due day is in time; one that comes after whole rounds have gone by has skipped them. Of fixed
// days each is a round of its own, which the first contact from then on keeps. It must never count what has not fallen
// due yet.

import SyncCore

public struct PlanRecord: Hashable, Sendable {
  public var kept = 0
  public var late = 0
  public var skipped = 0
  /// The occurrence that waits, where it is due already.
  public var overdueSince: Moment?

  public init(kept: Int = 0, late: Int = 0, skipped: Int = 0, overdueSince: Moment? = nil) {
    self.kept = kept
    self.late = late
    self.skipped = skipped
    self.overdueSince = overdueSince
  }
}

extension ContactPlan {
  /// A century of days: no plan has more rounds.
  private static let roundsMax = 36_525

  /// - Parameter contacts: when the customer was contacted, in any order.
  public func record(
    of contacts: [Moment], at now: Moment, in almanac: Almanac, team: String?
  ) -> PlanRecord {
    var record = PlanRecord()
    let first: Moment? = every.map { $0.first(from: startsAt, in: almanac) } ?? startsAt
    guard var due = first else { return record }
    let end = min(now, until ?? now)
    for contact in contacts.sorted() where contact >= startsAt && contact <= end {
      // A fixed day stays where it is: a contact before it is none of its rounds.
      if every?.isFixed == true, contact < due { continue }
      skip(to: contact, &due, &record, almanac, team)
      if contact <= ContactPlan.endOfDay(due, in: almanac) {
        record.kept += 1
      } else {
        record.late += 1
      }
      guard let every else { return record }
      guard let next = every.next(after: contact, in: almanac, team: team) else { return record }
      due = next
    }
    skip(to: end, &due, &record, almanac, team)
    if due <= end { record.overdueSince = due }
    return record
  }

  /// Goes over the rounds that have gone by.
  private func skip(
    to moment: Moment, _ due: inout Moment, _ record: inout PlanRecord, _ almanac: Almanac,
    _ team: String?
  ) {
    guard let every else { return }
    for _ in 0..<ContactPlan.roundsMax {
      guard let next = every.next(after: due, in: almanac, team: team), next <= moment, next > due
      else { return }
      record.skipped += 1
      due = next
    }
  }

  private static func endOfDay(_ moment: Moment, in almanac: Almanac) -> Moment {
    let midnight = almanac.moment(onDayOf: moment, hour: 0, minute: 0)
    let next = almanac.zone.adding(days: 1, toMilliseconds: midnight.milliseconds)
    return next.map { Moment(milliseconds: $0 - 1) } ?? moment
  }
}
