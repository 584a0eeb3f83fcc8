// How long after, as a rule may count it: plain time, months, working days or working hours.
//
//     1d12h   2w   1mo   3wd   2wh
//
// Plain units may be mixed, with a day of 24 hours as in `TimeSpan`. The others need a calendar and
// stand alone: nobody knows what “one month and two working hours” means when it ends on a holiday.

import Notation
import SyncCore

/// A stretch of time that may depend on the calendar. Always more than nothing.
public struct Delay: Hashable, Sendable {
  private enum Amount: Hashable {
    case span(TimeSpan)
    case months(Int)
    case workingDays(Int)
    case workingHours(Int)
  }

  private let amount: Amount

  /// What a delay looks like, for messages.
  public static let examples = ["30m", "24h", "1d12h", "2w", "3wd", "2wh", "1mo"]

  /// A century, for each unit that needs a calendar.
  private static let limits: [(unit: String, max: Int)] = [
    ("mo", 1200), ("wd", Almanac.searchDaysMax), ("wh", Almanac.searchDaysMax * 24),
  ]

  /// Reads plain spans (`s`, `m`, `h`, `d`, `w`, mixed), or one number of months (`mo`), working days
  /// (`wd`) or working hours (`wh`). nil for anything else, for nothing, and for more than a century.
  public init?(_ text: String) {
    let text = text.lowercased()
    guard let (unit, max) = Delay.limits.first(where: { text.hasSuffix($0.unit) }) else {
      guard let span = TimeSpan(text) else { return nil }
      amount = .span(span)
      return
    }
    let digits = text.dropLast(unit.count).utf8
    guard (1...10).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
      let count = Int(Substring(digits)), (1...max).contains(count)
    else { return nil }
    switch unit {
    case "mo": amount = .months(count)
    case "wd": amount = .workingDays(count)
    default: amount = .workingHours(count)
    }
  }

  /// The moment when it has passed.
  public func after(_ moment: Moment, in almanac: Almanac, team: String?) -> Moment {
    moved(moment, sign: 1, in: almanac, team: team)
  }

  /// The moment from which it has passed by `moment`.
  public func before(_ moment: Moment, in almanac: Almanac, team: String?) -> Moment {
    moved(moment, sign: -1, in: almanac, team: team)
  }

  private func moved(
    _ moment: Moment, sign: Int, in almanac: Almanac, team: String?
  ) -> Moment {
    switch amount {
    case .span(let span): moment.advanced(milliseconds: Int64(sign) * span.milliseconds)
    case .months(let count): almanac.adding(months: sign * count, to: moment)
    case .workingDays(let count):
      almanac.adding(workingDays: sign * count, to: moment, team: team)
    case .workingHours(let count):
      almanac.adding(
        workingMilliseconds: Int64(sign * count) * 3_600_000, to: moment, team: team)
    }
  }

  /// Does it need working hours and holidays?
  public var isWorkingTime: Bool {
    switch amount {
    case .workingDays, .workingHours: true
    case .span, .months: false
    }
  }
}

extension Delay: CustomStringConvertible {
  /// As it is read again.
  public var description: String {
    switch amount {
    case .span(let span): span.description
    case .months(let count): "\(count)mo"
    case .workingDays(let count): "\(count)wd"
    case .workingHours(let count): "\(count)wh"
    }
  }
}
