// What may happen in a history: a step is a kind and a number that decides its details.
//
// Steps do not depend on each other's draws, so a failing history can be shrunk by leaving steps
// out. The mix is rough on purpose: few records, many hands, short syncs that break – a gentle
// workload finds nothing (a first model of this design killed almost none of its mutants).

import SyncCore

public struct Step: Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, CaseIterable, Sendable {
    case edit, atomic, create, child, followUp, tag, delete, restoreLife, refused, keep, retry
    case importMany, moveChild
    case sync, round, late, ghostRequest
    case crashLaptop, crashHub, fullDisk, clone, backup, restore, backupHub, restoreHub
    case clockJump, tick, hibernate
    case assign, moveUser, moveTeam, claim, release, policy, rules, lie, narrow, update, decide
  }

  public var kind: Kind
  public var salt: UInt64

  public var description: String { "\(kind.rawValue)#\(String(salt, radix: 16))" }

  static let weights: [(Kind, Int)] = [
    (.edit, 26), (.atomic, 5), (.create, 3), (.child, 5), (.followUp, 4), (.tag, 6), (.delete, 4),
    (.restoreLife, 1), (.refused, 3), (.keep, 3), (.retry, 1), (.importMany, 1), (.moveChild, 2),
    (.sync, 26), (.round, 14), (.late, 5), (.ghostRequest, 2),
    (.crashLaptop, 1), (.crashHub, 1), (.fullDisk, 1), (.clone, 1), (.backup, 2), (.restore, 1),
    (.backupHub, 2), (.restoreHub, 1), (.clockJump, 1), (.tick, 3), (.hibernate, 1),
  ]

  /// With scope churn, claims, policies and lies; and with more retries, which it makes rarer.
  static let weightsWithHands: [(Kind, Int)] =
    weights.map { $0.0 == .retry ? (.retry, 6) : $0 } + [
      (.assign, 4), (.moveUser, 1), (.moveTeam, 1), (.claim, 5), (.release, 4), (.policy, 2),
      (.rules, 2), (.lie, 5), (.narrow, 3), (.update, 2), (.decide, 4),
    ]

  static func draw(_ random: inout SplitMix64, hasHands: Bool) -> Step {
    let kinds = hasHands ? weightsWithHands : weights
    return Step(kind: random.pick(weighted: kinds), salt: random.next())
  }
}

extension Cluster {
  /// Does one step. What it is about is drawn from the step's own number.
  func perform(_ step: Step) throws {
    var random = SplitMix64(seed: step.salt)
    let laptop = random.pick(awake)
    pass(&random)
    note("\(step) on \(laptop.name)")
    switch step.kind {
    case .sync: try syncBadly(laptop, &random)
    case .round: try exchange(laptop, fate: random.pick(weighted: Cluster.fates))
    case .late: if let packet = network.arrive(&random) { try deliverLate(packet) }
    case .ghostRequest:
      if let packet = network.ghost(&random) {
        coverage.note(.lateRequest)
        _ = try deliver(packet)
      }
    case .crashLaptop: try crash(laptop)
    case .crashHub: try restartHub()
    case .fullDisk: try fillsUp(laptop)
    case .clone: if living.count < 5 { _ = try clone(laptop, as: laptop.name + "'") }
    case .backup: if laptop.backups.count < 2 { try backUp(laptop) }
    case .restore:
      if !laptop.backups.isEmpty {
        try restore(laptop, backup: random.below(laptop.backups.count))
      }
    case .backupHub: if hub.backups.count < 2 { try backUpHub() }
    case .restoreHub:
      if !hub.backups.isEmpty { try restoreHub(backup: random.below(hub.backups.count)) }
    case .clockJump:
      laptop.skewMilliseconds = random.pick(weighted: [
        (WorldClock.day * 400, 1), (-WorldClock.day * 400, 1), (3_600_000, 2), (-90_000, 2), (0, 2),
      ])
      coverage.note(.clockJump)
    case .tick:
      clock.advance(milliseconds: Int64(random.below(4 * 24)) * 3_600_000)
      try hub.routes.tick()
    case .hibernate: hibernate(laptop, &random)
    case .assign, .moveUser, .moveTeam: try changeHands(step.kind, &random)
    case .claim: try claim(&random)
    case .release: try release(laptop, &random)
    case .policy: try applyPolicy(&random)
    case .rules: try applyRules(&random)
    case .lie: try lie(laptop, &random)
    case .narrow: try narrow(laptop, &random)
    case .update: try update(laptop)
    case .decide: try decide(&random)
    default: try performEdit(step.kind, on: laptop, &random)
    }
    try checkHub()
  }

  /// The laptop stays in a drawer for months, with whatever waits on it.
  private func hibernate(_ laptop: Laptop, _ random: inout SplitMix64) {
    laptop.wakesAt = clock.now.advanced(
      milliseconds: Int64(20 + random.below(200)) * WorldClock.day)
    coverage.note(.hibernated)
  }

  /// Time goes by: often none at all, so that stamps meet; but in great steps while a laptop sleeps.
  private func pass(_ random: inout SplitMix64) {
    var units = [(Int64(0), 6), (1, 3), (60_000, 4), (3_600_000, 1)]
    if awake.count < living.count { units.append((WorldClock.day, 5)) }
    let unit = random.pick(weighted: units)
    clock.advance(milliseconds: unit * Int64(1 + random.below(20)))
  }

  static let fates: [(Fate, Int)] = [
    (.delivered, 40), (.beforeServer, 6), (.afterCommit, 12), (.repeatedRequest, 8),
    (.repeatedAnswer, 4), (.delayedRequest, 4), (.delayedAnswer, 6), (.hubDies, 1),
    (.laptopDies, 3),
  ]

  /// A sync whose round trips mostly get through.
  private func syncBadly(_ laptop: Laptop, _ random: inout SplitMix64) throws {
    let isGood = random.chance(60)
    var draws = random
    try sync(laptop) { _ in
      isGood || draws.chance(80) ? .delivered : draws.pick(weighted: Cluster.fates)
    }
  }

  // MARK: Rest

  static let restRoundsMax = 8

  /// Faults stop; then, in bounded rounds, nothing is left to do (I12).
  func comeToRest() throws {
    note("rest")
    network.clear()
    for laptop in living {
      laptop.run = nil
      try laptop.disk.makeRoom()
    }
    for _ in 0..<Cluster.restRoundsMax {
      for laptop in living {
        clock.advance(milliseconds: 1_000)
        guard try sync(laptop) else { throw Violation("I12", "\(laptop.name) cannot sync") }
      }
      try hub.routes.tick()
      let isQuiet = try living.allSatisfy { laptop in
        try laptop.store.state().cursor == hub.store.head && laptop.memory.pending.isEmpty
      }
      if isQuiet { return }
    }
    throw Violation("I12", "no rest after \(Cluster.restRoundsMax) rounds")
  }
}
