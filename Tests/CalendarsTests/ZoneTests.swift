// Every zone there is, against Foundation's own calendar: offsets, wall time, months.
//
// Random moments come from a fixed seed. Foundation is the second opinion for everything that the
// almanac works out by itself with its tables.

import Calendars
import FollowUp
import Foundation
import Notation
import SyncCore
import Testing

struct ZoneTests {
  /// 2026-11-22T09:00:00Z
  static let now = Moment(milliseconds: 1_795_338_000_000)
  /// From 2023 to the end of 2032, in seconds: what an almanac made now covers.
  static let window: ClosedRange<Int64> = 1_672_531_200...1_988_150_399
  /// From 2025 to the end of 2030: two years on either side are within the window.
  static let inside: ClosedRange<Int64> = 1_735_689_600...1_924_991_999

  /// SplitMix64 (Steele et al. 2014).
  struct Random: RandomNumberGenerator {
    var seed: UInt64

    mutating func next() -> UInt64 {
      seed &+= 0x9E37_79B9_7F4A_7C15
      var z = seed
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  static func almanac(_ zone: String) throws -> Almanac {
    try Almanac(CalendarSettings(zone: zone), at: now)
  }

  static func calendar(_ zone: String) throws -> Calendar {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: zone))
    return calendar
  }

  /// The zones, each with its almanac and Foundation's calendar.
  static let zones: [(name: String, almanac: Almanac, calendar: Calendar)] =
    TimeZone.knownTimeZoneIdentifiers.sorted().compactMap { name in
      guard let almanac = try? almanac(name), let calendar = try? calendar(name) else { return nil }
      return (name, almanac, calendar)
    }

  @Test func `every zone is made, and the offset is Foundation's at any moment`() {
    #expect(ZoneTests.zones.count == TimeZone.knownTimeZoneIdentifiers.count)
    #expect(ZoneTests.zones.count > 400)
    var random = Random(seed: 1)
    var wrong: [String] = []
    for (name, almanac, calendar) in ZoneTests.zones {
      for _ in 0..<100 {
        let second = Int64.random(in: ZoneTests.window, using: &random)
        let ours = almanac.zone.offsetSeconds(atMilliseconds: second * 1000)
        let date = Date(timeIntervalSince1970: Double(second))
        if ours != calendar.timeZone.secondsFromGMT(for: date) { wrong.append("\(name) \(second)") }
      }
    }
    #expect(wrong == [])
  }

  @Test func `nine o'clock every day is nine o'clock in every zone`() {
    var random = Random(seed: 2)
    var wrong: [String] = []
    for (name, almanac, calendar) in ZoneTests.zones {
      for _ in 0..<50 {
        let second = Int64.random(in: ZoneTests.window, using: &random)
        let moment = Moment(milliseconds: second * 1000)
        let nine = almanac.moment(onDayOf: moment, hour: 9, minute: 0)
        let date = Date(timeIntervalSince1970: Double(second))
        let theirs = calendar.date(bySettingHour: 9, minute: 0, second: 0, of: date)
        let expected = theirs.map { Int64($0.timeIntervalSince1970) * 1000 }
        if nine.milliseconds != expected { wrong.append("\(name) \(second)") }
      }
    }
    #expect(wrong == [])
  }

  @Test func `months are added as Foundation adds them`() {
    var random = Random(seed: 3)
    var wrong: [String] = []
    for (name, almanac, calendar) in ZoneTests.zones {
      for _ in 0..<50 {
        let second = Int64.random(in: ZoneTests.inside, using: &random)
        let moment = Moment(milliseconds: second * 1000)
        // At noon no clock is changed, so that there is one answer.
        let noon = almanac.moment(onDayOf: moment, hour: 12, minute: 0)
        let months = Int.random(in: -24...24, using: &random)
        let date = Date(timeIntervalSince1970: Double(noon.milliseconds / 1000))
        let theirs = calendar.date(byAdding: .month, value: months, to: date)
        let expected = theirs.map { Int64($0.timeIntervalSince1970) * 1000 }
        if almanac.adding(months: months, to: noon).milliseconds != expected {
          wrong.append("\(name) \(second) \(months)")
        }
      }
    }
    #expect(wrong == [])
  }

  @Test(arguments: ["Asia/Shanghai", "America/New_York", "Asia/Kolkata", "Pacific/Tongatapu"])
  func `the last minute of a day belongs to it, wherever the server stands`(zone: String) throws {
    let almanac = try ZoneTests.almanac(zone)
    let date = try #require(MonthDay("11-01"))
    // In New York this day has 25 hours.
    let midnight = CivilTime(year: 2026, month: 11, day: 1)
    let begin = try #require(almanac.zone.milliseconds(of: midnight))
    let next = try #require(
      almanac.zone.milliseconds(of: CivilTime(year: 2026, month: 11, day: 2)))
    #expect((next - begin) / 3_600_000 == (zone == "America/New_York" ? 25 : 24))
    for moment in [begin, next - 1] {
      let moment = Moment(milliseconds: moment)
      let found = almanac.anniversaries(of: date, isLunar: false, from: moment, to: moment)
      #expect(found == [midnight])
    }
    for moment in [begin - 1, next] {
      let moment = Moment(milliseconds: moment)
      #expect(almanac.anniversaries(of: date, isLunar: false, from: moment, to: moment) == [])
    }
  }

  @Test func `a zone that is none is refused with names that look like it`() {
    func near(_ name: String) -> [String] {
      do throws(UnknownZone) {
        _ = try Almanac(CalendarSettings(zone: name), at: ZoneTests.now)
        return []
      } catch {
        return error.near
      }
    }
    #expect(near("Asia/Shangai") == ["Asia/Shanghai"])
    #expect(near("berlin").contains("Europe/Berlin"))
    #expect(near("CST") == ["Asia/Shanghai", "Europe/Berlin", "UTC"])
    #expect(near("") == ["Asia/Shanghai", "Europe/Berlin", "UTC"])
    #expect(near("UTC") == [])
  }

  @Test func `an almanac is made anew while four years of it are left`() throws {
    let almanac = try ZoneTests.almanac("Europe/Berlin")
    let year: Int64 = 366 * 86_400_000
    #expect(!almanac.isRunningOut(at: ZoneTests.now))
    #expect(!almanac.isRunningOut(at: ZoneTests.now.advanced(milliseconds: year)))
    #expect(almanac.isRunningOut(at: ZoneTests.now.advanced(milliseconds: 3 * year)))
    #expect(Almanac.utc.isRunningOut(at: ZoneTests.now))
    #expect(try Almanac(parsing: almanac.json.bytes()) == almanac)
  }
}
