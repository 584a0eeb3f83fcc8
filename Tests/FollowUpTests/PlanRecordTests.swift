// How well a plan was kept: tables of contacts, in days after the plan's beginning.

import SyncCore
import Testing

@testable import FollowUp

/// 2026-11-22T09:00:00Z
private let start = Moment(milliseconds: 1_795_338_000_000)

private func day(_ days: Double) -> Moment {
  start.advanced(milliseconds: Int64(days * 86_400_000))
}

@Suite struct PlanRecordTests {
  private func record(
    _ contacts: [Double], by now: Double, every: String? = "1w", until: Double? = nil
  ) throws -> PlanRecord {
    let schema = CollectionSchema.plan
    var values = FieldValues()
    values[try #require(schema["startsAt"]).id] = .moment(start)
    values[try #require(schema["every"]).id] = every.map { .text($0) } ?? .null
    values[try #require(schema["until"]).id] = until.map { .moment(day($0)) } ?? .null
    let plan = try #require(ContactPlan(values, made: start))
    return plan.record(
      of: contacts.map(day), at: day(now), in: Almanac(zoneName: "", zone: .utc), team: nil)
  }

  @Test func `by the end of the due day is in time`() throws {
    #expect(try record([0, 7, 14.6], by: 15) == PlanRecord(kept: 3))
    #expect(try record([0, 7, 14.7], by: 15) == PlanRecord(kept: 2, late: 1))
    #expect(try record([14.6, 0, 7], by: 15) == PlanRecord(kept: 3))
  }

  @Test func `each contact moves the next occurrence`() throws {
    #expect(try record([0, 5, 12], by: 13) == PlanRecord(kept: 3))
    #expect(try record([0, 9, 16], by: 17) == PlanRecord(kept: 2, late: 1))
  }

  /// The beginning is 2026-11-22 at nine.
  @Test func `a fixed day is a round of its own, and no contact before it keeps it`() throws {
    #expect(try record([0, 1, 2, 3, 4], by: 5, every: "month -1") == PlanRecord())
    #expect(try record([0, 1, 2], by: 5, every: "03-08") == PlanRecord())
    // The 30th is the eighth day, from its midnight on.
    #expect(try record([1, 7.7, 8, 9], by: 10, every: "month -1") == PlanRecord(kept: 1))
    #expect(try record([1, 9, 10], by: 11, every: "month -1") == PlanRecord(late: 1))
    #expect(
      try record([8, 20, 39], by: 40, every: "month -1") == PlanRecord(kept: 2))
    let missed = try record([1, 39], by: 40, every: "month -1")
    #expect(missed == PlanRecord(kept: 1, skipped: 1))
  }

  @Test func `whole rounds that have gone by were skipped`() throws {
    // Due on the 7th and the 14th day, done on the 15th: one round skipped, one late.
    #expect(try record([0, 15], by: 16) == PlanRecord(kept: 1, late: 1, skipped: 1))
    #expect(
      try record([0], by: 30)
        == PlanRecord(kept: 1, skipped: 3, overdueSince: day(28)))
  }

  @Test func `what has not fallen due is not counted, nor what is over`() throws {
    #expect(try record([], by: -1) == PlanRecord())
    #expect(try record([-3], by: -1) == PlanRecord())
    #expect(try record([], by: 1) == PlanRecord(overdueSince: start))
    #expect(try record([0], by: 100, until: 8) == PlanRecord(kept: 1, overdueSince: day(7)))
    #expect(try record([2], by: 100, every: nil) == PlanRecord(late: 1))
  }
}
