// Every script under `Scripts`, played as written, in other orders, and with every request sent twice.
// Each names its story in the design's list. All orders there are `Tools/check` plays, optimised.

import Foundation
import Simulator
import Testing

@Suite struct ScriptTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Scripts").path

  static let scripts: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".scenario") }.sorted()
  }()

  /// Orders of one script: with more the tests would take minutes.
  static let ordersMax = 6

  @Test func `there are scripts, and each names its story`() throws {
    #expect(ScriptTests.scripts.count > 40)
    for name in ScriptTests.scripts {
      let scenario = try Scenario(file: "\(ScriptTests.folder)/\(name)")
      #expect(scenario.lines.first?.text.hasPrefix("story ") == true, "\(name)")
      #expect(scenario.lines.last?.text == "expect converged", "\(name)")
    }
  }

  @Test(arguments: scripts) func `the story goes as it is told`(_ name: String) throws {
    try ScenarioRunner.play(
      try Scenario(file: "\(ScriptTests.folder)/\(name)"), ordersAtMost: ScriptTests.ordersMax)
  }
}
