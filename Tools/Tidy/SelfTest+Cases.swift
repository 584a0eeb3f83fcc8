// The table of Tidy's self-test, first half: files, functions, floors, purity.
//
// Next to each breach stand its near misses: what a careless pattern would also catch.

extension SelfTest {
  private static let longBody = String(repeating: "  work()\n", count: 60)
  private static let longText = String(repeating: "let a = 1\n", count: 500)

  static let fileCases = [
    Case("Sources/Hub/Feed.swift", "// One.\n// Two.\n\nlet a = 1", "1 head", hasOwnHead: true),
    Case("Sources/Hub/Feed.swift", "import Wire", "1 head", hasOwnHead: true),
    Case("Sources/Hub/Feed.swift", "// One.\n//\n// 3.\n\nimport Wire", hasOwnHead: true),
    Case(
      "Sources/Hub/Feed.swift", String(repeating: "// Line.\n", count: 41), "1 head",
      hasOwnHead: true),
    Case("Sources/Hub/Feed.swift", longText, "497 file-length"),
    Case("Tests/HubTests/FeedTests.swift", longText),
    Case("Sources/Hub/SyncManager.swift", "", "-3 file-name"),
    Case("Sources/Hub/Feed+Helpers.swift", "", "-3 file-name"),
    Case("Sources/Hub/StoreBase.swift", "", "-3 file-name"),
    Case("Sources/Replica/Base.swift", "struct Database {}"),
    Case("Sources/Hub/Feed.swift", "enum FeedUtils {}", "1 type-name"),
    Case("Sources/Hub/Feed.swift", "enum Utilisation {}\nlet manager = \"class Manager\""),
    Case("Sources/Hub/Feed.swift.orig", "", "1 file-ending"),
    Case("Tools/check", "echo", "1 file-ending"),
    Case("Tools/check", "#!/usr/bin/env bash"),
  ]

  static let functionCases = [
    Case("Sources/Hub/Feed.swift", "func a() {\n\(longBody)}", "1 function-length"),
    Case("Sources/Hub/Feed.swift", "init(a: Int = { 1 }()) {\n\(longBody)}", "1 function-length"),
    Case("Sources/Hub/Feed.swift", "var a: Int {\n\(longBody)}", "1 function-length"),
    Case("Sources/Hub/Feed.swift", "func a() {\n\(longBody.dropLast(18))}"),
    Case("Sources/Hub/Feed.swift", "protocol P {\n  func a()\n}\nextension P {\n\(longBody)}"),
    Case("Sources/Hub/Feed.swift", "struct S {\n  let b = S.init()\n\(longBody)}"),
    Case("Sources/Hub/Feed.swift", "func a() { b(\"}\") /* { */ }\n\(longBody)"),
  ]

  static let floorCases = [
    Case("Sources/SyncCore/Dot.swift", "import Foundation", "1 floor"),
    Case("Sources/SyncCore/Dot.swift", "// import Foundation is refused here."),
    Case("Sources/FollowUp/Rule.swift", "import FoundationEssentials\nimport SyncCore"),
    Case("Sources/FollowUp/Rule.swift", "import Storage", "1 floor"),
    Case("Sources/Hub/Feed.swift", "public import struct Foundation.Date", "1 floor"),
    Case("Sources/Hub/Feed.swift", "import CSQLite", "1 floor"),
    Case("Sources/Storage/Connection.swift", "import CSQLite"),
    Case("Sources/Hub/Feed.swift", "import Replica", "1 floor"),
    Case("Sources/Attic/Box.swift", "", "-3 floor"),
    Case("Tests/HubTests/FeedTests.swift", "@testable import Hub\nimport Testing"),
    Case("Tests/HubTests/FeedTests.swift", "import CSodium", "1 floor"),
  ]

  static let purityCases = [
    Case("Sources/Hub/Feed.swift", "let a = Date()", "1 purity"),
    Case("Sources/rounds/Today.swift", "let a = Date()"),
    Case("Sources/Hub/Feed.swift", "let a = Date(timeIntervalSince1970: 0)\nlet b = \"Date()\""),
    Case("Sources/Wire/Edit.swift", "let a = Int.random(in: 0..<(3))", "1 purity"),
    Case("Sources/Wire/Edit.swift", "let a = Int.random(in: 0..<(3), using: &random)"),
    Case("Sources/Replica/Sync.swift", "let a = SystemRandomNumberGenerator()", "1 purity"),
    Case("Sources/Replica/Sync.swift", "let a = try time(from: 3)\nlet b = time(nil)", "2 purity"),
    Case("Sources/FollowUp/Rule.swift", "let a = b.shuffled()", "1 purity"),
    Case("Sources/Hub/Feed.swift", "let a = \"\\(UUID())\"", "1 purity"),
    Case("Tests/HubTests/FeedTests.swift", "try await Task.sleep(for: .seconds(1))", "1 sleep"),
    Case("Tests/HubTests/FeedTests.swift", "usleep(3)\nlet sleep = \"sleep(3)\"", "1 sleep"),
  ]
}
