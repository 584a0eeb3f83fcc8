// When people work in an ordinary week: ranges of wall time for each weekday, as an admin types them.
//
//     mon-fri 09:00-18:00
//     mon-thu 09:00-12:00,13:00-18:00; fri 09:00-15:00
//
// Holidays are not here but in the `Almanac`. A week without any work is refused when it is read:
// whoever looks for the next working moment must come to an end.
//
// Invariant: the ranges of a day are in order, apart from each other, and none is empty.

import Notation

/// The working hours of one week.
public struct WorkingHours: Hashable, Sendable {
  /// A stretch of one day, in minutes of wall time since midnight; the end is not part of it.
  public struct Range: Hashable, Sendable {
    public let from: Int
    /// At most 1440, which is the midnight after.
    public let to: Int
  }

  /// Seven days from Monday; a day without ranges is no working day.
  let week: [[Range]]

  /// Monday to Friday, 09:00 to 18:00.
  public static let standard = WorkingHours(
    week: (0..<7).map { $0 < 5 ? [Range(from: 9 * 60, to: 18 * 60)] : [] })

  /// What working hours look like, for messages.
  public static let examples = [
    "mon-fri 09:00-18:00", "mon-thu 09:00-12:00,13:00-18:00; fri 09:00-15:00",
  ]

  private init(week: [[Range]]) { self.week = week }

  /// Reads days with their ranges, parted by semicolons: `mon-fri 09:00-18:00; sat 09:00-12:00`.
  ///
  /// Days are `mon` to `sun` or 周一 to 周日. nil for anything else, for a day that is named twice, for
  /// ranges out of order, and for a week without work.
  public init?(_ text: String) {
    var week: [[Range]] = Array(repeating: [], count: 7)
    for part in text.lowercased().split(separator: ";", omittingEmptySubsequences: false) {
      let words = part.split(separator: " ")
      guard words.count == 2, let days = WorkingHours.days(words[0]),
        let ranges = WorkingHours.ranges(words[1])
      else { return nil }
      for day in days {
        guard week[day].isEmpty else { return nil }
        week[day] = ranges
      }
    }
    self.init(week: week)
  }

  /// The ranges of a day that is worked although its weekday is free: those of the first working
  /// weekday, since such a day stands in for an ordinary one.
  var makeUpRanges: [Range] { week.first { !$0.isEmpty } ?? [] }

  // MARK: Reading

  private static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
  private static let chineseNames = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]

  private static func days(_ text: Substring) -> ClosedRange<Int>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { name in
      names.firstIndex { $0 == name } ?? chineseNames.firstIndex { $0 == name }
    }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
      first <= last
    else { return nil }
    return first...last
  }

  private static func ranges(_ text: Substring) -> [Range]? {
    var ranges: [Range] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map(minutes)
      guard ends.count == 2, let from = ends[0], let to = ends[1], from < to,
        from >= ranges.last?.to ?? 0
      else { return nil }
      ranges.append(Range(from: from, to: to))
    }
    return ranges
  }

  /// `9:00`, `18:00`, and `24:00` for the end of a day.
  private static func minutes(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
      parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= 1440
    else { return nil }
    return hour * 60 + minute
  }
}

extension WorkingHours: CustomStringConvertible {
  /// The hours as they are typed; equal hours print equal text. Days that follow each other and have
  /// the same hours are written as one part.
  public var description: String {
    var parts: [String] = []
    var first = 0
    while first < week.count {
      var last = first
      while last + 1 < week.count, week[last + 1] == week[first] { last += 1 }
      if !week[first].isEmpty {
        let days = WorkingHours.names[first] + (first == last ? "" : "-" + WorkingHours.names[last])
        parts.append(days + " " + week[first].map(\.description).joined(separator: ","))
      }
      first = last + 1
    }
    return parts.joined(separator: "; ")
  }
}

extension WorkingHours.Range: CustomStringConvertible {
  public var description: String { "\(Self.clock(from))-\(Self.clock(to))" }

  private static func clock(_ minutes: Int) -> String {
    func padded(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
    return padded(minutes / 60) + ":" + padded(minutes % 60)
  }
}
