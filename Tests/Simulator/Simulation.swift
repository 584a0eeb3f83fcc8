// One history from one seed: a cluster, some steps with every fault there is, then rest and judgement.
//
// A failing history is shrunk by leaving steps out (delta debugging: Zeller and Hildebrandt,
// "Simplifying and Isolating Failure-Inducing Input", 2002) for as long as the same invariant fails.

import Access
import Hub
import SyncCore

public struct Simulation: Sendable {
  public var laptops: Int
  public var steps: Int
  public var mutant: Mutant?
  /// Whether customers change hands and lie in a pool, people and teams move, policies change, and
  /// clients lie. A planted bug that has nothing to do with that is looked for without it: it would
  /// take more seeds to meet.
  var hasHands: Bool { mutant?.isAboutScopes ?? true }

  public init(laptops: Int = 3, steps: Int = 50, mutant: Mutant? = nil) {
    self.laptops = laptops
    self.steps = steps
    self.mutant = mutant
  }

  public struct Outcome: Sendable {
    public var violation: Violation?
    public var coverage: Coverage
    public var traceHash: UInt64
    public var trace: [String]
    public var steps: [Step]
  }

  /// The steps that a seed stands for.
  public func draw(_ seed: UInt64) -> [Step] {
    var random = SplitMix64(seed: seed)
    return (0..<steps).map { _ in Step.draw(&random, hasHands: hasHands) }
  }

  public func run(
    seed: UInt64, steps: [Step]? = nil, keepsTrace: Bool = false, pool: DiskPool = DiskPool()
  ) -> Outcome {
    let steps = steps ?? draw(seed)
    var violation: Violation?
    var cluster: Cluster?
    do {
      let made = try prepare(seed, pool)
      cluster = made
      made.keepsTrace = keepsTrace
      for step in steps { try made.perform(step) }
      try made.comeToRest()
      try made.checkEnd()
      try made.coverage.noteEnd(of: made.hub)
      try made.noteTables()
      made.coverage.note(.draft, try made.living.reduce(0) { try $0 + $1.store.drafts().count })
    } catch let error as Violation {
      violation = error
    } catch {
      violation = Violation("error", "\(error)")
    }
    let outcome = Outcome(
      violation: violation, coverage: cluster?.coverage ?? Coverage(),
      traceHash: cluster?.traceHash.value ?? 0, trace: cluster?.trace ?? [], steps: steps)
    cluster = nil
    do {
      try pool.takeBack()
    } catch {
      preconditionFailure("a simulated disk cannot be wiped: \(error)")
    }
    return outcome
  }

  /// Everybody has joined, and there is something to disagree about.
  private func prepare(_ seed: UInt64, _ pool: DiskPool) throws -> Cluster {
    var random = SplitMix64(seed: seed ^ 0x5EED)
    let programs = hasHands ? Programs.draw(&random, laptops: laptops) : Programs()
    let cluster = try Cluster(
      seed: random.next(), programs: programs, mutant: mutant, pool: pool)
    cluster.recordsMax = random.pick([1, 2, 3, 5, 0])
    let people: [(String, String, Role)] = [
      ("A", "ann", .rep), ("M", "mia", .manager), ("B", "bob", .rep), ("A2", "ann", .rep),
    ]
    for (name, user, role) in people.prefix(laptops) {
      let skew = Int64(random.below(20 * 60_000)) - 10 * 60_000
      try cluster.join(name, user: user, role: role, skew: random.chance(60) ? 0 : skew)
    }
    if hasHands, random.chance(Cluster.teamsPercent) {
      try cluster.makeTeams()
      try cluster.makePool(&random)
    }
    for kind in [Step.Kind.create, .child, .create] {
      try cluster.performEdit(kind, on: cluster.laptops[0], &random)
    }
    for laptop in cluster.laptops { try cluster.sync(laptop) }
    try cluster.fillPool()
    return cluster
  }

  /// A shorter history that breaks the same invariant.
  public func shrink(_ seed: UInt64, _ failing: Outcome, pool: DiskPool) -> Outcome {
    var best = failing
    var chunk = max(1, best.steps.count / 2)
    while true {
      var start = 0
      var hasShrunk = false
      while start < best.steps.count {
        var fewer = best.steps
        fewer.removeSubrange(start..<min(start + chunk, fewer.count))
        let outcome = run(seed: seed, steps: fewer, keepsTrace: true, pool: pool)
        if outcome.violation?.invariant == failing.violation?.invariant {
          best = outcome
          hasShrunk = true
        } else {
          start += chunk
        }
      }
      if chunk == 1 && !hasShrunk { return best }
      if !hasShrunk { chunk = max(1, chunk / 2) }
    }
  }
}

extension Cluster {
  /// The end state becomes a part of the trace: equal hashes mean equal databases.
  func noteTables() throws {
    for (record, image) in try hub.projection().sorted(by: { $0.key < $1.key }) {
      traceHash.add(record.bytes)
      traceHash.add(image.encoded())
    }
  }
}
