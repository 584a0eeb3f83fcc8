// The order of `rounds today`, and where a day begins and ends.
//
// The present is 2026-11-22 10:00 in Shanghai. What is due at local midnight is due on that day,
// and not already late when the day begins.

import FollowUp
import Notation
import SyncCore
import Testing

struct TodayTests {
  static let now = QueryTests.now
  static let bounds = DayBounds(at: now, in: QueryTests.zone)

  static func candidate(
    _ source: TodayCandidate.Source, _ title: String, _ due: String, id: UInt64 = 1
  ) -> TodayCandidate {
    TodayCandidate(
      source, id: ULID(high: 0, low: id), record: nil, title: title, due: QueryTests.moment(due))
  }

  @Test func `a day runs from local midnight to local midnight`() {
    #expect(TodayTests.bounds.start == QueryTests.moment("2026-11-22T00:00:00+08:00"))
    #expect(TodayTests.bounds.end == QueryTests.moment("2026-11-23T00:00:00+08:00"))
    let week = DayBounds(at: TodayTests.now, days: 7, in: .utc)
    #expect(week.start == QueryTests.moment("2026-11-22T00:00:00Z"))
    #expect(week.end == QueryTests.moment("2026-11-29T00:00:00Z"))
    #expect(DayBounds(at: TodayTests.now, days: -3, in: QueryTests.zone) == TodayTests.bounds)
  }

  @Test func `overdue comes first, then today, plans and reminders, each by due time`() {
    let candidates = [
      TodayTests.candidate(.reminder, "reminder, now", "2026-11-22T09:00:00+08:00"),
      TodayTests.candidate(.plan, "plan, today", "2026-11-22T18:00:00+08:00"),
      TodayTests.candidate(.plan, "plan, missed", "2026-11-20T18:00:00+08:00"),
      TodayTests.candidate(.task, "tonight", "2026-11-22T23:59:59+08:00"),
      TodayTests.candidate(.task, "tomorrow", "2026-11-23T00:00:00+08:00"),
      TodayTests.candidate(.task, "some time today", "2026-11-22T00:00:00+08:00"),
      TodayTests.candidate(.task, "at nine", "2026-11-22T09:00:00+08:00"),
      TodayTests.candidate(.task, "b last week", "2026-11-15T09:00:00+08:00"),
      TodayTests.candidate(.task, "a last week", "2026-11-15T09:00:00+08:00", id: 3),
      TodayTests.candidate(.task, "a last week", "2026-11-15T09:00:00+08:00", id: 2),
    ]
    let expected = [
      "overdue true a last week", "overdue true a last week", "overdue true b last week",
      "overdue true at nine", "dueToday false some time today", "dueToday false tonight",
      "plan true plan, missed", "plan false plan, today", "reminder true reminder, now",
    ]
    for candidates in [candidates, candidates.reversed()] {
      let items = Today.items(
        candidates, at: TodayTests.now, within: TodayTests.bounds, in: [QueryTests.zone])
      #expect(items.map { "\($0.kind.rawValue) \($0.isOverdue) \($0.title)" } == expected)
      #expect(items[0].id < items[1].id)
    }
  }

  @Test func `more days show what is due in them`() {
    let tomorrow = TodayTests.candidate(.task, "tomorrow", "2026-11-23T00:00:00+08:00")
    let bounds = DayBounds(at: TodayTests.now, days: 2, in: QueryTests.zone)
    #expect(
      Today.items([tomorrow], at: TodayTests.now, within: bounds, in: [QueryTests.zone]).count == 1)
    #expect(
      Today.items([tomorrow], at: TodayTests.now, within: TodayTests.bounds, in: [QueryTests.zone])
        .isEmpty)
  }

  @Test func `the kinds are declared in their order`() {
    #expect(TodayItem.Kind.allCases == TodayItem.Kind.allCases.sorted())
  }
}
