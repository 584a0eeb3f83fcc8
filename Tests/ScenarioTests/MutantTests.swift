// A checker that lets a planted bug through is worth nothing: each one is caught within so many seeds.

import Simulator
import Testing

@Suite struct MutantTests {
  @Test(arguments: Mutant.allCases.filter { $0.seedsMax != nil }) func `a planted bug is caught`(
    _ mutant: Mutant
  ) {
    let pool = DiskPool()
    let simulation = Simulation(laptops: 3, steps: 50, mutant: mutant)
    let limit = UInt64(mutant.seedsMax ?? 0)
    let caught = (1...limit).contains { simulation.run(seed: $0, pool: pool).violation != nil }
    #expect(caught, "not caught in \(limit) seeds")
  }
}
