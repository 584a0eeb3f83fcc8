// The table of Tidy's self-test, second half: escapes, comments, SQL, tests, documents.
//
// Next to each breach stand its near misses: what a careless pattern would also catch.

extension SelfTest {
  static let escapeCases = [
    Case("Sources/Hub/Feed.swift", "let a = b!.c", "1 unproven"),
    Case("Sources/Hub/Feed.swift", "// The key was put there above.\nlet a = b[1]!"),
    Case("Sources/Hub/Feed.swift", "// Both were put there above.\nlet a = b!\nlet c = d!"),
    Case("Sources/Hub/Feed.swift", "let a = 1 // A remark.\nlet b = c!", "2 unproven"),
    Case("Sources/Hub/Feed.swift", "if !a, b != c, (!d) { e(\"f!\") }"),
    Case("Sources/Hub/Feed.swift", "let a = try! b()\nlet c: Int!", "1 unproven", "2 unproven"),
    Case("Sources/Hub/Feed.swift", "let a = b as! C", "1 unproven"),
    Case("Sources/Hub/Feed.swift", "let a = \"\\(b!)\"", "1 unproven"),
    Case("Sources/Hub/Feed.swift", "final class A: @unchecked Sendable {}", "1 unproven"),
    Case("Sources/Hub/Feed.swift", "nonisolated(unsafe) let a = 1", "1 unproven"),
    Case("Sources/Hub/Feed.swift", "do { try a() } catch {}", "1 swallowed-error"),
    Case("Sources/Hub/Feed.swift", "do { try a() } catch { throw b }"),
    Case("Sources/Hub/Feed.swift", "try? store.run(sql)", "1 swallowed-error"),
    Case("Sources/Hub/Feed.swift", "let a = try? read(sql)\nwrite(a)"),
    Case("Tests/HubTests/FeedTests.swift", "defer { try? folder.remove() }"),
  ]

  static let commentCases = [
    Case("Sources/Hub/Feed.swift", "// TODO: later", "1 todo"),
    Case("Sources/Hub/Feed.swift", "// TODO(pool-quota): ask for the quota first."),
    Case("Sources/Hub/Feed.swift", "/// FIXME", "1 todo"),
    Case("Sources/Hub/Feed.swift", "let a = \"TODO\"\n// A todo list, and Method.todo."),
    Case("Sources/Hub/Feed.swift", "// let a = 1", "1 dead-code"),
    Case("Sources/Hub/Feed.swift", "//if a {\n//}", "1 dead-code", "2 dead-code"),
    Case("Sources/Hub/Feed.swift", "// func run(a: Int)", "1 dead-code"),
    Case("Sources/Hub/Feed.swift", "// store.run(a);", "1 dead-code"),
    Case("Sources/Hub/Feed.swift", "// let go of the lock; if it fails (a\n// test) it ends;"),
    Case("Sources/Hub/Feed.swift", "///     let a = 1\n/// ```\n/// let a = 1\n/// ```"),
  ]

  static let sqlCases = [
    Case("Sources/Hub/Feed.swift", "a(\"SELECT id from feed\")", "1 sql"),
    Case("Sources/Hub/Feed.swift", "a(\"insert into feed values (1)\")", "1 sql"),
    Case("Sources/Hub/Feed.swift", "a(\"\"\"\n  SELECT a\n  FROM b where c\n  \"\"\")", "1 sql"),
    Case("Sources/Hub/Feed.swift", "a(\"SELECT 'set in on', \\\"from\\\" FROM a -- as in\")"),
    Case("Sources/Hub/Feed.swift", "a(\"Select a record or create it\")\nb(\"Update the set\")"),
    Case("Sources/Hub/Feed.swift", "a(\"SELECT text, conflict FROM conflict\")"),
    Case("Sources/Hub/Feed.swift", "a(\"SELECT \\(columns.all) FROM a\")"),
  ]

  static let testCases = [
    Case("Tests/HubTests/FeedTests.swift", "@Test func testFeed() { a() }", "1 test-name"),
    Case("Tests/HubTests/FeedTests.swift", "@Test func `a feed ends`() { a() }"),
    Case("Tests/HubTests/FeedTests.swift", "@Test(\"A feed ends\") func end() { a() }"),
    Case(
      "Tests/HubTests/FeedTests.swift", "@Test(arguments: 1)\nfunc end() { a() }", "2 test-name"),
    Case("Tests/HubTests/FeedTests.swift", "@Test func `a feed ends`() {}", "1 empty-test"),
  ]

  static let documentCases = [
    Case("README.md", "See `Sources/Hub/Feed.swift`, `Sources/Hub/` and `Tools/test --quick`."),
    Case("README.md", "One\n`Sources/Hub/Food.swift`", "2 missing-path"),
    Case("README.md", "`Tests/<Target>Tests/…`, Sources/Nothing, [web](https://example.org/a)"),
    Case("README.md", "[there](Sources/Hub/Feed.swift) [here](Sources/No.swift)", "1 missing-path"),
    Case("Sources/Hub/Feed.swift", "// See `Sources/Hub/Fed.swift`.", "1 missing-path"),
    Case("README.md", "Look into /tmp/rounds", "1 machine-path"),
    Case("README.md", "scope/root, /rooted, /working, and ~/work/main"),
    Case("Tools/test", "#!/usr/bin/env bash\ncd /work/main", "2 machine-path"),
  ]
}
