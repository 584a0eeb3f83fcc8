// Where local time is: the process's own zone (`TZ`, /etc/localtime), a table of offsets that a hub
// sent (so that hub and laptop agree whatever their own tables say), or a fixed offset for tests.
//
// All civil-date arithmetic is glibc's (`gmtime_r`, `timegm`, `localtime_r`, `mktime`); none is
// done by hand. It must never look up the present time: the moment is always an argument.
//
// Invariant: an impossible date (2026-02-30, 25:00) has no moment, in any zone.

import Glibc

/// A date and a time of day as people write them, in no zone.
public struct CivilTime: Hashable, Sendable {
  public var year: Int
  /// From 1.
  public var month: Int
  /// From 1.
  public var day: Int
  public var hour: Int
  public var minute: Int
  public var second: Int
  public var millisecond: Int

  public init(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0,
    millisecond: Int = 0
  ) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
    self.millisecond = millisecond
  }

  /// The same day at midnight.
  public var midnight: CivilTime { CivilTime(year: year, month: month, day: day) }

  init(_ time: tm, millisecond: Int) {
    self.init(
      year: Int(time.tm_year) + 1900, month: Int(time.tm_mon) + 1, day: Int(time.tm_mday),
      hour: Int(time.tm_hour), minute: Int(time.tm_min), second: Int(time.tm_sec),
      millisecond: millisecond)
  }

  var tm: tm {
    var time = Glibc.tm()
    time.tm_year = Int32(clamping: year - 1900)
    time.tm_mon = Int32(clamping: month - 1)
    time.tm_mday = Int32(clamping: day)
    time.tm_hour = Int32(clamping: hour)
    time.tm_min = Int32(clamping: minute)
    time.tm_sec = Int32(clamping: second)
    time.tm_isdst = -1
    return time
  }

  /// The moment if this were UTC, or nil for an impossible date: `timegm` turns 30 February into
  /// 2 March, so what it made is read again and compared.
  fileprivate var secondsInUTC: Int? {
    guard (0...9999).contains(year), (0...999).contains(millisecond) else { return nil }
    var time = tm
    let seconds = timegm(&time)
    return CivilTime(time, millisecond: millisecond) == self ? seconds : nil
  }
}

/// A rule from moments to local time.
public struct LocalZone: Hashable, Sendable {
  private enum Rule: Hashable {
    case process
    case fixed(offsetSeconds: Int)
    case table(OffsetTable)
  }
  private let rule: Rule

  private static let isInitialised: Bool = {
    // POSIX lets `localtime_r` skip reading TZ, so it is read once here.
    tzset()
    return true
  }()

  /// The zone of this process.
  public static let process = LocalZone(rule: .process)
  public static let utc = LocalZone.fixed(offsetSeconds: 0)

  /// A zone that never changes its clocks; offsets are within a day.
  public static func fixed(offsetSeconds: Int) -> LocalZone {
    precondition(offsetSeconds.magnitude < 86_400, "zone offset of \(offsetSeconds) s")
    return LocalZone(rule: .fixed(offsetSeconds: offsetSeconds))
  }

  /// A zone whose clocks change as the table says. One that never changes is a fixed one.
  public static func table(_ table: OffsetTable) -> LocalZone {
    table.changes.isEmpty ? fixed(offsetSeconds: table.first) : LocalZone(rule: .table(table))
  }

  /// When the clocks change, where that is known; nil for the process's zone, which is asked anew
  /// every time.
  public var offsets: OffsetTable? {
    switch rule {
    case .process: nil
    case .fixed(let offsetSeconds): OffsetTable(first: offsetSeconds)
    case .table(let table): table
    }
  }

  /// How far local time is ahead of UTC at a moment.
  public func offsetSeconds(atMilliseconds milliseconds: Int64) -> Int {
    switch rule {
    case .fixed(let offsetSeconds): return offsetSeconds
    case .table(let table): return table.offset(at: milliseconds.flooredSeconds)
    case .process:
      _ = LocalZone.isInitialised
      var seconds = time_t(milliseconds.flooredSeconds)
      var time = tm()
      return localtime_r(&seconds, &time) == nil ? 0 : time.tm_gmtoff
    }
  }

  /// The local date and time at a moment.
  public func civilTime(atMilliseconds milliseconds: Int64) -> CivilTime {
    LocalZone.civilTime(
      atMilliseconds: milliseconds,
      offsetSeconds: offsetSeconds(atMilliseconds: milliseconds))
  }

  /// The moment of a local date and time, or nil for an impossible one. An hour that clocks skip
  /// in spring counts as the hour after it; of an hour that comes twice, a table means the first.
  public func milliseconds(of civil: CivilTime) -> Int64? {
    guard let secondsInUTC = civil.secondsInUTC else { return nil }
    let seconds: Int
    switch rule {
    case .fixed(let offsetSeconds): seconds = secondsInUTC - offsetSeconds
    case .table(let table): seconds = secondsInUTC - table.offset(ofLocal: secondsInUTC)
    case .process:
      _ = LocalZone.isInitialised
      var time = civil.tm
      seconds = mktime(&time)
    }
    return Int64(seconds) * 1000 + Int64(civil.millisecond)
  }

  /// The same local time of day some days later (or earlier).
  public func adding(days: Int, toMilliseconds milliseconds: Int64) -> Int64? {
    var civil = civilTime(atMilliseconds: milliseconds)
    var time = civil.tm
    let (day, isOverflow) = time.tm_mday.addingReportingOverflow(Int32(clamping: days))
    guard !isOverflow else { return nil }
    time.tm_mday = day
    _ = timegm(&time)
    civil = CivilTime(time, millisecond: civil.millisecond)
    return self.milliseconds(of: civil)
  }

  static func civilTime(atMilliseconds milliseconds: Int64, offsetSeconds: Int) -> CivilTime {
    let (local, isOverflow) = milliseconds.flooredSeconds
      .addingReportingOverflow(Int64(offsetSeconds))
    var seconds = time_t(isOverflow ? milliseconds.flooredSeconds : local)
    var time = tm()
    gmtime_r(&seconds, &time)
    let millisecond = Int(milliseconds % 1000)
    return CivilTime(time, millisecond: millisecond < 0 ? millisecond + 1000 : millisecond)
  }
}

extension Int64 {
  /// Whole seconds, rounded down also before 1970.
  fileprivate var flooredSeconds: Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: 1000)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
