// The moments at which a trigger's occasion arose, read off the facts.
//
// - `assigned`: the assignment, while nobody has followed up since.
// - `silence`: the last of follow-up, assignment and creation. Due `after` that: the instant is the
//   first at which the silence, still open, can no longer turn out shorter.
// - what the calendar repeats: each day in the window, at its time.

import Notation
import SyncCore

extension Trigger {
  public func occasions(
    of subject: FactRecord, _ rule: Rule, _ facts: CustomerFacts, window: Range<Moment>,
    in almanac: Almanac
  ) -> [Moment] {
    switch self {
    case .created: [subject.id.moment]
    case .assigned: [facts.assignment].compactMap(\.self)
    case .silence: facts.owner == nil ? [] : [facts.lastSign]
    case .holds(let field, let value, let since):
      value.isSame(as: subject.values[field], in: field, of: subject.collection)
        ? [subject.values[since].moment ?? subject.id.moment] : []
    case .date(let field): [subject.values[field].day(in: almanac)].compactMap(\.self)
    case .anniversary(let field):
      Trigger.anniversaries(of: subject.values[field], in: almanac, window: window)
    case .every(let days, let time):
      // What was before the record was made is nothing that anybody missed.
      days.moments(at: time, in: almanac, window: window).filter { $0 >= subject.id.moment }
    case .changed, .tagged, .followedUp:
      facts.occasions(for: rule).filter { $0.subject == subject.id }.map(\.at)
    }
  }

  private static func anniversaries(
    of value: Value, in almanac: Almanac, window: Range<Moment>
  ) -> [Moment] {
    guard let date = value.text.flatMap({ MonthDay($0) }) else { return [] }
    return almanac.anniversaries(
      of: date, isLunar: date.isLunar, from: window.lowerBound, to: window.upperBound
    ).compactMap { day in
      almanac.zone.milliseconds(of: day).map { Moment(milliseconds: $0) }
    }
  }
}

extension RuleBook {
  /// The next occasion that the calendar repeats, not before a moment; nil: there is none within a year.
  public func nextOccasion(
    for facts: CustomerFacts, after moment: Moment, _ context: RuleContext
  ) -> Moment? {
    let window = moment..<moment.advanced(milliseconds: 370 * 24 * 3_600_000)
    let month = moment..<moment.advanced(milliseconds: 40 * 24 * 3_600_000)
    return rules.flatMap { rule -> [Moment] in
      let subjects =
        rule.collection.id == CollectionSchema.customer.id
        ? [facts.customer] : facts.records.filter { $0.collection == rule.collection.id }
      switch rule.trigger {
      case .anniversary:
        return subjects.flatMap {
          rule.trigger.occasions(of: $0, rule, facts, window: window, in: context.almanac)
        }
      case .every:
        // The same days for each of them.
        return subjects.first.map {
          rule.trigger.occasions(of: $0, rule, facts, window: month, in: context.almanac)
        } ?? []
      default: return []
      }
    }.min()
  }
}

extension CustomerFacts {
  private func moment(_ name: String) -> Moment? {
    CollectionSchema.customer[name].flatMap { values[$0.id].moment }
  }

  /// When the customer was assigned, unless somebody has followed up since.
  fileprivate var assignment: Moment? {
    guard owner != nil, let assignedAt = moment("assignedAt") else { return nil }
    if let lastFollowAt = moment("lastFollowAt"), lastFollowAt >= assignedAt { return nil }
    return assignedAt
  }

  /// When something was last heard.
  fileprivate var lastSign: Moment {
    [moment("assignedAt"), moment("lastFollowAt")].compactMap(\.self).reduce(record.moment, max)
  }
}

extension Value {
  /// A moment, or a date: its midnight.
  fileprivate func day(in almanac: Almanac) -> Moment? {
    if let moment { return moment }
    guard let text, let milliseconds = TimeText.parse(text, now: 0, zone: almanac.zone) else {
      return nil
    }
    return Moment(milliseconds: milliseconds)
  }
}

extension Trigger.Days {
  /// The window is some weeks long; each of its days is asked.
  fileprivate func moments(
    at time: Timing.WallTime, in almanac: Almanac, window: Range<Moment>
  ) -> [Moment] {
    var moments: [Moment] = []
    var day = almanac.moment(onDayOf: window.lowerBound, hour: 0, minute: 0)
    while day < window.upperBound {
      let civil = almanac.zone.civilTime(atMilliseconds: day.milliseconds)
      let moment = almanac.moment(onDayOf: day, hour: time.hour, minute: time.minute)
      if includes(civil, in: almanac), window.contains(moment) { moments.append(moment) }
      guard
        let next = almanac.zone.adding(days: 1, toMilliseconds: day.milliseconds),
        next > day.milliseconds
      else { break }
      day = Moment(milliseconds: next)
    }
    return moments
  }

  private func includes(_ day: CivilTime, in almanac: Almanac) -> Bool {
    switch self {
    case .all: return true
    case .working: return almanac.isWorkingDay(day, team: nil)
    case .week(let weekdays): return weekdays.contains(CivilDay(day).weekday)
    case .month(let number):
      if number > 0 { return day.day == number }
      let next = CivilDay(number: CivilDay(day).number + 1)
      return next.midnight.day == 1
    }
  }
}

/// When nobody is reminded: from one time of day up to another, often over midnight.
public struct QuietHours: Hashable, Sendable {
  public var from: Timing.WallTime
  public var to: Timing.WallTime

  /// The moment itself, or the end of the quiet hours it lies in.
  func end(of moment: Moment, in almanac: Almanac) -> Moment {
    let civil = almanac.zone.civilTime(atMilliseconds: moment.milliseconds)
    let minute = civil.hour * 60 + civil.minute
    let (from, to) = (self.from.hour * 60 + self.from.minute, self.to.hour * 60 + self.to.minute)
    let isQuiet = from <= to ? (from..<to).contains(minute) : minute >= from || minute < to
    guard isQuiet else { return moment }
    let end = almanac.moment(onDayOf: moment, hour: self.to.hour, minute: self.to.minute)
    if end >= moment { return end }
    guard let next = almanac.zone.adding(days: 1, toMilliseconds: end.milliseconds) else {
      return moment
    }
    return Moment(milliseconds: next)
  }
}
