// Tidy's own proof: for each rule, text that breaks it and text that comes close and does not.
//
// A case is a path, a snippet and the findings expected, as `line rule`. A head comment is put before
// Swift snippets unless the case is about heads, so lines count from the snippet's own first.

enum SelfTest {
  struct Case {
    let path: String
    let text: String
    let expected: [String]
    let hasOwnHead: Bool

    init(
      _ path: String, _ text: String, _ expected: String..., hasOwnHead: Bool = false
    ) {
      self.path = path
      self.text = text
      self.expected = expected
      self.hasOwnHead = hasOwnHead
    }
  }

  static let cases =
    fileCases + functionCases + floorCases + purityCases + escapeCases + commentCases + sqlCases
    + testCases + documentCases

  /// One line for each case that does not find what it should; also for a rule without a case.
  static func failures() -> [String] {
    let documents = DocumentRules(paths: ["Sources/Hub/Feed.swift", "README.md", "Tools/test"])
    var failures: [String] = []
    var proven: Set<String> = []
    for test in cases {
      let head = test.hasOwnHead || !test.path.hasSuffix(".swift") ? "" : "// 1.\n// 2.\n// 3.\n\n"
      let offset = head.isEmpty ? 0 : 4
      let file = SourceFile(path: test.path, text: head + test.text)
      let found = Inspection.findings(in: file, documents: documents).sorted { $0.place < $1.place }
      let texts = found.map { "\($0.line - offset) \($0.rule.rawValue)" }
      proven.formUnion(found.map(\.rule.rawValue))
      if texts != test.expected {
        failures.append("\(test.path): expected \(test.expected), found \(texts), in: \(test.text)")
      }
    }
    failures += Rule.allCases.filter { !proven.contains($0.rawValue) }.map {
      "no case proves rule \($0.rawValue)"
    }
    return failures
  }
}
