// How well a deal stands: the table of points, line by line.

import SyncCore
import Testing

@testable import FollowUp

private let now = Moment(milliseconds: 1_795_338_000_000)

private func ago(_ days: Int) -> Moment { now.advanced(milliseconds: Int64(-days) * 86_400_000) }

/// A deal of which nothing bad can be said.
private func healthy() -> DealCondition {
  DealCondition(
    stage: SalesProcess.standard.pipelines[0].stages[0],
    since: ago(1), lastContactAt: ago(1), madeAt: ago(100), tasksMissing: 0,
    closeAt: now.advanced(milliseconds: 1), knowsDecisionMaker: true)
}

@Suite struct HealthTests {
  @Test func `a deal of which nothing bad can be said has 100`() {
    #expect(healthy().health(at: now) == Health(reasons: []))
    #expect(healthy().health(at: now)?.score == 100)
  }

  @Test(
    arguments: [(14, 0), (15, 11), (21, 17), (28, 25), (400, 25)])
  func `too long in its stage`(days: Int, points: Int) {
    var deal = healthy()
    deal.since = ago(days)
    #expect(deal.health(at: now)?.score == 100 - points)
    #expect(deal.isRotten(at: now) == (points > 0))
  }

  @Test(arguments: [(7, 0), (8, 10), (14, 10), (15, 20), (30, 20), (31, 25)])
  func `nobody has talked to the customer`(days: Int, points: Int) {
    var deal = healthy()
    deal.lastContactAt = ago(days)
    #expect(deal.health(at: now)?.score == 100 - points)
    deal.lastContactAt = nil
    deal.madeAt = ago(days)
    #expect(deal.health(at: now)?.score == 100 - points)
  }

  @Test func `a deal made after the last contact is no older than itself`() {
    var deal = healthy()
    (deal.lastContactAt, deal.madeAt) = (ago(90), ago(2))
    #expect(deal.health(at: now)?.score == 100)
  }

  @Test func `tasks, the close date and the decision maker`() throws {
    var deal = healthy()
    deal.tasksMissing = 1
    #expect(deal.health(at: now)?.score == 90)
    deal.tasksMissing = 7
    #expect(deal.health(at: now)?.score == 80)
    deal.closeAt = ago(3)
    #expect(deal.health(at: now)?.score == 60)
    deal.knowsDecisionMaker = false
    #expect(deal.health(at: now)?.score == 50)
    (deal.since, deal.lastContactAt) = (ago(99), ago(99))
    let health = try #require(deal.health(at: now))
    #expect(health.score == 0)
    #expect(health.reasons.map(\.cause) == Health.Cause.allCases)
    #expect(health.reasons.map(\.count) == [99, 99, 7, 3, nil])
  }

  @Test func `without a norm no stage is too long, and what is over has no health`() {
    var deal = healthy()
    (deal.stage, deal.since) = (nil, ago(500))
    #expect(deal.health(at: now)?.score == 100 && !deal.isRotten(at: now))
    for stage in SalesProcess.standard.pipelines[0].stages where stage.kind != .open {
      deal.stage = stage
      #expect(deal.health(at: now) == nil && !deal.isRotten(at: now))
    }
  }

  @Test(arguments: [("决策人", true), ("Decision maker", true), ("最终决策者", true), ("user", false)])
  func `who decides`(role: String, decides: Bool) {
    #expect(DealCondition.decides(role: role) == decides)
  }
}
