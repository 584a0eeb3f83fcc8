// When somebody is next to be heard of: by a customer's cadence, and by a plan.

import FollowUp
import Notation
import SyncCore
import Testing

struct CadenceTests {
  static func plan(_ values: [String: Value]) -> ContactPlan? {
    ContactPlan(
      QueryTests.values(values, .plan), made: QueryTests.moment("2026-01-01T09:00:00Z"))
  }

  @Test func `months keep the day, or end with the month`() {
    let next = Cadence.next(
      every: "1mo", after: QueryTests.moment("2026-01-31T10:00:00Z"), in: .utc, team: nil)
    #expect(next == QueryTests.moment("2026-02-28T10:00:00Z"))
    #expect(Cadence.next(every: "now and then", after: QueryTests.now, in: .utc, team: nil) == nil)
  }

  @Test func `a plan begins, goes on from the last follow-up, and ends`() throws {
    let start = QueryTests.moment("2026-02-02T09:00:00Z")
    let plan = try #require(
      CadenceTests.plan([
        "startsAt": .moment(start), "every": .text("7d"),
        "until": .moment(QueryTests.moment("2026-02-20T00:00:00Z")),
      ]))
    func next(_ last: String?) -> Moment? {
      plan.next(lastFollowUp: last.map(QueryTests.moment), in: .utc, team: nil)
    }
    #expect(next(nil) == start)
    #expect(next("2026-01-30T09:00:00Z") == start)
    #expect(next("2026-02-03T10:00:00Z") == QueryTests.moment("2026-02-10T10:00:00Z"))
    #expect(next("2026-02-14T10:00:00Z") == nil)
  }

  @Test func `a plan that is done asks for nothing, nor one whose rhythm is none`() throws {
    let done = try #require(CadenceTests.plan(["status": .text("已完成")]))
    #expect(done.next(lastFollowUp: nil, in: .utc, team: nil) == nil)
    let once = try #require(CadenceTests.plan([:]))
    #expect(once.next(lastFollowUp: QueryTests.now, in: .utc, team: nil) == nil)
    #expect(CadenceTests.plan(["every": .text("often")]) == nil)
  }
}
