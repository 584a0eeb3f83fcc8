// When a task calls: what is read, and which calls are due.

import SyncCore
import Testing

@testable import FollowUp

private let due = Moment(milliseconds: 1_795_338_000_000)

private func at(_ hours: Int64) -> Moment { due.advanced(milliseconds: hours * 3_600_000) }

@Suite struct ReminderOffsetsTests {
  @Test(
    arguments: [
      ("0", [0]), ("1d,1h,0", [86_400_000, 3_600_000, 0]), ("0, 1H", [3_600_000, 0]),
      ("1h,60m", [3_600_000]), ("1w", [604_800_000]),
    ] as [(String, [Int64])])
  func `offsets are read, each once, the longest first`(text: String, offsets: [Int64]) {
    #expect(ReminderOffsets(text)?.milliseconds == offsets)
  }

  @Test(arguments: ["", "soon", "1d,,0", "-1d", "1d;1h", "3wd", "0,1m,2m,3m,4m,5m,6m,7m,8m"])
  func `anything else is none`(text: String) { #expect(ReminderOffsets(text) == nil) }

  /// In a zone in which it is no midnight.
  private func moment(_ at: Moment) -> DueTime { DueTime(at, in: []) }

  private func calls(_ now: Moment, snoozed: Moment? = nil) throws -> [Moment] {
    try #require(ReminderOffsets("1d,1h,0")).calls(due: moment(due), snoozedUntil: snoozed, by: now)
      .map(\.at)
  }

  @Test func `a call is due from its moment on`() throws {
    #expect(try calls(at(-25)) == [])
    #expect(try calls(at(-24)) == [at(-24)])
    #expect(try calls(at(-1)) == [at(-24), at(-1)])
    #expect(try calls(at(1000)) == [at(-24), at(-1), at(0)])
  }

  @Test func `put off, it calls when that is over, and then as before`() throws {
    #expect(try calls(at(-3), snoozed: at(-2)) == [])
    #expect(try calls(at(-2), snoozed: at(-2)) == [at(-2)])
    #expect(try calls(at(0), snoozed: at(-2)) == [at(-2), at(-1), at(0)])
    #expect(try calls(at(3), snoozed: at(2)) == [at(2)])
  }

  @Test func `of a date, they count from nine, and keep the name they have`() throws {
    let offsets = try #require(ReminderOffsets("1d,1h,0"))
    let zone = QueryTests.zone
    let midnight = QueryTests.moment("2026-11-30T00:00:00+08:00")
    let calls = offsets.calls(
      due: DueTime(midnight, in: [zone]), snoozedUntil: nil,
      by: midnight.advanced(milliseconds: 86_400_000))
    #expect(
      calls.map(\.at) == [
        QueryTests.moment("2026-11-29T09:00:00+08:00"),
        QueryTests.moment("2026-11-30T08:00:00+08:00"),
        QueryTests.moment("2026-11-30T09:00:00+08:00"),
      ])
    let plain = offsets.calls(
      due: moment(midnight), snoozedUntil: nil, by: midnight.advanced(milliseconds: 86_400_000))
    #expect(calls.map(\.parts) == plain.map(\.parts))
  }

  @Test func `another due time is another set of calls, and each has its own name`() throws {
    let offsets = try #require(ReminderOffsets("1d,0"))
    let one = offsets.calls(due: moment(due), snoozedUntil: nil, by: at(100)).map(\.parts)
    let other = offsets.calls(due: moment(at(1)), snoozedUntil: nil, by: at(100)).map(\.parts)
    #expect(Set(one + other).count == 4)
  }
}
