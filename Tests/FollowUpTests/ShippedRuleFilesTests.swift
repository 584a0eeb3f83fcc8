// The rule files under `Protocol/Rules` are read like anybody's.

import FollowUp
import Foundation
import Testing

struct ShippedRuleFilesTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Protocol/Rules").path

  static let files: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".json") }.sorted()
  }()

  @Test func `there are examples for every trigger but the plainest`() throws {
    var triggers: Set<String> = []
    for name in ShippedRuleFilesTests.files {
      triggers.formUnion(try book(name).rules.map(\.trigger.name))
    }
    #expect(
      triggers.isSuperset(of: [
        "assigned", "silence", "enters", "changed", "followUp", "date", "anniversary", "created",
      ]))
  }

  @Test(arguments: files) func `a shipped file is a rule book`(_ name: String) throws {
    #expect(try !book(name).rules.isEmpty)
  }

  private func book(_ name: String) throws -> RuleBook {
    let path = "\(ShippedRuleFilesTests.folder)/\(name)"
    let bytes = try #require(FileManager.default.contents(atPath: path))
    return try RuleBook(parsing: Array(bytes), schema: .followUp)
  }
}
