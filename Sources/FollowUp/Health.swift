// How well a deal stands, from 0 to 100: what speaks against it, each with its points.
//
// Pure. It begins at 100, and every reason takes points away; the weights are one table, told in
// `Protocol/Process.md`. A deal that is won or lost has no health. It must never count what the laptop
// does not know as bad: without a limit no stage is too long.

import SyncCore

public struct Health: Hashable, Sendable {
  public enum Cause: String, CaseIterable, Sendable {
    case stageTooLong, silence, tasksMissing, closePassed, noDecisionMaker
  }

  public struct Reason: Hashable, Sendable {
    public var cause: Cause
    /// What it takes away.
    public var points: Int
    /// Days, or a number of tasks; nil where there is nothing to count.
    public var count: Int?
  }

  public var reasons: [Reason]

  public var score: Int { max(0, 100 - reasons.reduce(0) { $0 + $1.points }) }
}

/// What health is judged by.
public struct DealCondition: Hashable, Sendable {
  public var stage: Stage?
  public var since: Moment
  public var lastContactAt: Moment?
  public var madeAt: Moment
  public var tasksMissing: Int
  public var closeAt: Moment?
  public var knowsDecisionMaker: Bool

  public init(
    stage: Stage?, since: Moment, lastContactAt: Moment?, madeAt: Moment, tasksMissing: Int,
    closeAt: Moment?, knowsDecisionMaker: Bool
  ) {
    self.stage = stage
    self.since = since
    self.lastContactAt = lastContactAt
    self.madeAt = madeAt
    self.tasksMissing = tasksMissing
    self.closeAt = closeAt
    self.knowsDecisionMaker = knowsDecisionMaker
  }

  public var isOpen: Bool { stage?.kind ?? .open == .open }

  public func daysInStage(at now: Moment) -> Int { DealCondition.days(from: since, to: now) }

  /// Longer in its stage than the stage's norm.
  public func isRotten(at now: Moment) -> Bool {
    guard isOpen, let limit = stage?.maxDays else { return false }
    return daysInStage(at: now) > limit
  }

  /// Nil: it is over.
  public func health(at now: Moment) -> Health? {
    guard isOpen else { return nil }
    return Health(
      reasons: [tooLong(now), silence(now), missing, closePassed(now), decision].compactMap { $0 })
  }

  // MARK: The table

  private func tooLong(_ now: Moment) -> Health.Reason? {
    guard let limit = stage?.maxDays, isRotten(at: now) else { return nil }
    let days = daysInStage(at: now)
    // 10 points when the norm is passed, 25 when it is doubled.
    let points = min(25, 10 + 15 * (days - limit) / limit)
    return Health.Reason(cause: .stageTooLong, points: points, count: days)
  }

  private func silence(_ now: Moment) -> Health.Reason? {
    // A deal that was made yesterday is not silent, though nobody has talked about it.
    let days = DealCondition.days(from: max(lastContactAt ?? madeAt, madeAt), to: now)
    let points =
      switch days {
      case ...7: 0
      case ...14: 10
      case ...30: 20
      default: 25
      }
    return points == 0 ? nil : Health.Reason(cause: .silence, points: points, count: days)
  }

  private var missing: Health.Reason? {
    guard tasksMissing > 0 else { return nil }
    return Health.Reason(
      cause: .tasksMissing, points: min(20, 10 * tasksMissing), count: tasksMissing)
  }

  private func closePassed(_ now: Moment) -> Health.Reason? {
    guard let closeAt, closeAt < now else { return nil }
    return Health.Reason(
      cause: .closePassed, points: 20, count: DealCondition.days(from: closeAt, to: now))
  }

  private var decision: Health.Reason? {
    knowsDecisionMaker ? nil : Health.Reason(cause: .noDecisionMaker, points: 10, count: nil)
  }

  /// Whole days; none where the clock went back.
  private static func days(from: Moment, to: Moment) -> Int {
    max(0, Int((to.milliseconds - from.milliseconds) / 86_400_000))
  }
}

extension DealCondition {
  /// Whether a contact with this role decides.
  public static func decides(role: String) -> Bool {
    role.contains("决策") || role.lowercased().contains("decision")
  }
}
