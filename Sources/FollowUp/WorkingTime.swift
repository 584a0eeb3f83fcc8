// Counts working days and working time: deadlines that stand still at night, at weekends and on
// holidays.
//
// A working day is worked in its own ranges of wall time; where clocks change within one, it is as
// long as it really was. It must never look further than a century, whatever it is asked: beyond, it
// answers with where the search ended.

import Notation
import SyncCore

extension Almanac {
  /// The same wall time on the n-th working day after, or before for negative; 0 changes nothing. The
  /// day of `moment` itself never counts.
  public func adding(workingDays count: Int, to moment: Moment, team: String?) -> Moment {
    let step = count.signum()
    var left = count.magnitude
    let civil = zone.civilTime(atMilliseconds: moment.milliseconds)
    var day = CivilDay(civil)
    for _ in 0..<Almanac.searchDaysMax where left > 0 {
      day = day.advanced(by: step)
      if isWorkingDay(day, team: team) { left -= 1 }
    }
    return count == 0 ? moment : at(civil, on: day) ?? moment
  }

  /// The moment by which so much working time has passed since `moment`, or before it for negative;
  /// 0 changes nothing. An amount that ends with a day's work ends at the end of that day.
  public func adding(
    workingMilliseconds amount: Int64, to moment: Moment, team: String?
  ) -> Moment {
    var left = amount.magnitude
    var reached = moment
    var day = day(of: moment)
    for _ in 0..<Almanac.searchDaysMax where left > 0 {
      let stretches = stretches(on: day, team: team)
      for stretch in amount > 0 ? stretches : stretches.reversed() {
        let (begin, end) =
          amount > 0
          ? (max(stretch.lowerBound, moment), stretch.upperBound)
          : (stretch.lowerBound, min(stretch.upperBound, moment))
        guard begin < end, left > 0 else { continue }
        let taken = min(left, end.milliseconds(since: begin).magnitude)
        left -= taken
        reached =
          amount > 0
          ? begin.advanced(milliseconds: Int64(taken)) : end.advanced(milliseconds: -Int64(taken))
      }
      day = day.advanced(by: amount.signum() > 0 ? 1 : -1)
    }
    return reached
  }

  /// The working time from one moment to another; negative where the second is earlier. At most a
  /// century is counted.
  public func workingMilliseconds(from: Moment, to: Moment, team: String?) -> Int64 {
    if to < from { return -workingMilliseconds(from: to, to: from, team: team) }
    var sum: Int64 = 0
    var day = day(of: from)
    let last = self.day(of: to)
    for _ in 0...Almanac.searchDaysMax where day <= last {
      for stretch in stretches(on: day, team: team) {
        let begin = max(stretch.lowerBound, from)
        let end = min(stretch.upperBound, to)
        if begin < end { sum += end.milliseconds(since: begin) }
      }
      day = day.advanced(by: 1)
    }
    return sum
  }

  /// `moment` itself while people work, otherwise when they begin next.
  public func firstWorkingMoment(atOrAfter moment: Moment, team: String?) -> Moment {
    var day = day(of: moment)
    for _ in 0..<Almanac.searchDaysMax {
      for stretch in stretches(on: day, team: team) where moment < stretch.upperBound {
        return max(stretch.lowerBound, moment)
      }
      day = day.advanced(by: 1)
    }
    return moment
  }

  /// When a day is worked, in order and apart; empty on a free day.
  private func stretches(on day: CivilDay, team: String?) -> [Range<Moment>] {
    var stretches: [Range<Moment>] = []
    for range in ranges(on: day, team: team) {
      guard let from = moment(minutes: range.from, on: day),
        let to = moment(minutes: range.to, on: day)
      else { continue }
      // Where clocks skip the end of one range, it may reach into the next.
      let begin = max(from, stretches.last?.upperBound ?? from)
      if begin < to { stretches.append(begin..<to) }
    }
    return stretches
  }

  private func ranges(on day: CivilDay, team: String?) -> [WorkingHours.Range] {
    let hours = hours(of: team)
    let ordinary = hours.week[day.weekday]
    guard let exception = exceptions[day] else { return ordinary }
    guard exception.isWorking else { return [] }
    return ordinary.isEmpty ? hours.makeUpRanges : ordinary
  }

  private func moment(minutes: Int, on day: CivilDay) -> Moment? {
    // 24:00 is the midnight after.
    var civil = (minutes < 1440 ? day : day.advanced(by: 1)).midnight
    (civil.hour, civil.minute) = (minutes % 1440 / 60, minutes % 60)
    return zone.moment(of: civil)
  }
}
