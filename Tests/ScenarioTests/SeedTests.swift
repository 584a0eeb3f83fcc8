// Simulated histories, a few of the thousands that `Simulate` runs.

import Simulator
import Testing

@Suite struct SeedTests {
  @Test func `the same seed gives the same history`() {
    let simulation = Simulation(laptops: 3, steps: 40)
    for seed in [UInt64(3), 11, 29] {
      let first = simulation.run(seed: seed)
      let second = simulation.run(seed: seed)
      #expect(first.violation == nil)
      #expect(first.traceHash == second.traceHash)
    }
  }

  @Test func `histories keep every invariant`() {
    let pool = DiskPool()
    var coverage = Coverage()
    for seed in UInt64(1)...100 {
      let outcome = Simulation(laptops: 2 + Int(seed % 3), steps: 40).run(seed: seed, pool: pool)
      coverage.add(outcome.coverage)
      #expect(outcome.violation == nil, "seed \(seed)")
    }
    #expect(coverage.missing.isEmpty)
  }
}
