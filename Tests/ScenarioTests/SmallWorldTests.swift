// Small worlds, some of each family; `Simulate --small-worlds all` plays the hundred thousands.

import Simulator
import Testing

@Suite struct SmallWorldTests {
  /// Worlds of one family that are played here.
  static let worldsMax = 20

  @Test(arguments: SmallWorlds.families.map(\.name))
  func `small worlds come to what sets say`(_ name: String) throws {
    let family = try #require(SmallWorlds.families.first { $0.name == name })
    let pool = DiskPool()
    var worlds = 0
    // Far from each other: so all kinds of edits and orders occur, and losses too.
    let stride = Int(Double(family.count) * 0.618) | 1
    for index in 0..<2_000 where worlds < SmallWorldTests.worldsMax {
      if try family.play(index * stride % family.count, pool: pool) { worlds += 1 }
    }
    #expect(worlds == SmallWorldTests.worldsMax)
  }
}
