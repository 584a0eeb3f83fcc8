// Small worlds, some of each family; `Simulate --small-worlds all` plays the hundred thousands.

import Simulator
import Testing

@Suite struct SmallWorldTests {
  /// Worlds of one family that are played here.
  static let worldsMax = 60

  @Test(arguments: SmallWorlds.families.map(\.name))
  func `small worlds come to what sets say`(_ name: String) throws {
    let family = try #require(SmallWorlds.families.first { $0.name == name })
    let pool = DiskPool()
    var worlds = 0
    // Far from each other, and by an odd stride: so all kinds of edits and orders occur.
    let stride = max(1, family.count / (SmallWorldTests.worldsMax * 8)) | 1
    for number in Swift.stride(from: 0, to: family.count, by: stride)
    where worlds < SmallWorldTests.worldsMax {
      if try family.play(number, pool: pool) { worlds += 1 }
    }
    #expect(worlds > SmallWorldTests.worldsMax / 2)
  }
}
