// Every rule over every file, and the counts that may only fall.
//
// Files are judged apart from each other, on as many threads as there are cores, and put together in
// any order: the report is sorted.

struct Inspection: Sendable {
  private(set) var findings: [Finding] = []
  private(set) var remarks: [Finding] = []
  private(set) var fileCount = 0
  private(set) var escapes: [EscapeRules.Escape: Int] = [:]

  /// All that is wrong with one file.
  static func findings(in file: SourceFile, documents: DocumentRules) -> [Finding] {
    Inspection(of: file, documents: documents).findings
  }

  init() {}

  init(of file: SourceFile, documents: DocumentRules) {
    fileCount = 1
    findings = FileRules.findings(in: file) + documents.findings(in: file)
    guard file.isSwift else { return }
    let functions = FunctionRules.functions(in: file)
    let escapes = EscapeRules.escapes(in: file)
    findings += FunctionRules.findings(in: file, functions) + Floors.findings(in: file)
    findings += PurityRules.findings(in: file) + EscapeRules.findings(in: file, escapes)
    findings += CommentRules.findings(in: file) + SQLRules.findings(in: file)
    findings += TestRules.findings(in: file, functions)
    remarks = FileRules.remarks(on: file)
    for (escape, _) in escapes { self.escapes[escape, default: 0] += 1 }
  }

  /// Judges the whole tree below `root`.
  static func ofTree(at root: String) async throws -> Inspection {
    let paths = try Tree.paths(in: root)
    let documents = DocumentRules(paths: paths)
    return try await withThrowingTaskGroup(of: Inspection.self) { group in
      for path in paths {
        group.addTask { Inspection(of: try Tree.file(path, in: root), documents: documents) }
      }
      return try await group.reduce(into: Inspection()) { $0.add($1) }
    }
  }

  private mutating func add(_ other: Inspection) {
    findings += other.findings
    remarks += other.remarks
    fileCount += other.fileCount
    escapes.merge(other.escapes) { $0 + $1 }
  }

  /// What is printed, finding by finding, and the counts at the end.
  var report: [String] {
    var lines = findings.sorted { $0.place < $1.place }.map(\.text)
    lines += remarks.sorted { $0.place < $1.place }.map { "\($0.text) (a remark)" }
    let counts = EscapeRules.Escape.allCases.map { "\(escapes[$0, default: 0]) \($0.rawValue)" }
    let totals = "\(fileCount) files, \(findings.count) findings"
    lines.append("\(totals); \(counts.joined(separator: ", "))")
    return lines
  }
}
