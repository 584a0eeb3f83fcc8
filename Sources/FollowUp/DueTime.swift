// When something is due: at a moment, or on a day – a date that was given without a time.
//
// Pure. A date is stored as the midnight at which its day begins. It calls at nine in the morning of that day and is in
// time until the day is over; nothing may count from its midnight, at which nobody works. Whose midnight it is, the caller
// says: the company's, and where somebody looks from elsewhere, his own.

import Notation
import SyncCore

public struct DueTime: Hashable, Sendable {
  /// The hour at which a date calls, as wall time.
  static let callingHour = 9

  /// As it is stored.
  public let moment: Moment
  /// From when on it may call: the moment, or nine in the morning.
  public let calls: Moment
  /// Where it is only a date: the first moment after its day.
  public let dayEnd: Moment?
  /// Where it is only a date: that date.
  public let day: CivilDay?
  private let zone: LocalZone?

  /// - Parameter zones: those in which a midnight is a date; the first one that has it so counts.
  public init(_ moment: Moment, in zones: [LocalZone]) {
    self.moment = moment
    for zone in zones {
      let day = CivilDay(zone.civilTime(atMilliseconds: moment.milliseconds))
      var nine = day.midnight
      nine.hour = DueTime.callingHour
      guard zone.moment(of: day.midnight) == moment, let calls = zone.moment(of: nine),
        let end = zone.moment(of: day.advanced(by: 1).midnight)
      else { continue }
      self.calls = calls
      dayEnd = end
      self.day = day
      self.zone = zone
      return
    }
    calls = moment
    dayEnd = nil
    day = nil
    zone = nil
  }

  /// The last moment at which it is in time.
  public var deadline: Moment { dayEnd?.advanced(milliseconds: -1) ?? moment }

  public func isOverdue(at now: Moment) -> Bool { deadline < now }

  /// Where it is only a date: how many days after the present one it is; negative where it was before.
  public func days(from now: Moment) -> Int? {
    guard let day, let zone else { return nil }
    return day.number - CivilDay(zone.civilTime(atMilliseconds: now.milliseconds)).number
  }
}

extension CollectionSchema {
  private static let deadlines: Set = [
    "dueAt", "nextFollowAt", "nextAt", "closeAt", "endsOn", "until",
  ]

  /// Whether something should be done, or ends, by what stands in the field; a beginning is no deadline.
  func isDeadline(_ field: FieldID) -> Bool {
    self[field].map { CollectionSchema.deadlines.contains($0.name) } ?? false
  }
}
