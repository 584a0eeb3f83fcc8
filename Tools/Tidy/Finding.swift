// One breach of a rule, at one place.
//
// A finding is a fact, printed as `path:line: rule: message`, so that editors jump to it. Remarks
// are findings that do not fail the run: a file that grows, for instance, long before it must split.

struct Finding: Hashable {
  let path: String
  /// Counted from 1.
  let line: Int
  let rule: Rule
  let message: String

  var text: String { "\(path):\(line): \(rule.rawValue): \(message)" }

  /// The order of the printout: by place, then by rule.
  var place: (String, Int, String) { (path, line, rule.rawValue) }
}

/// The rules of the style guide that a machine can hold, by the name they are printed with.
enum Rule: String, CaseIterable {
  case head
  case fileLength = "file-length"
  case functionLength = "function-length"
  case fileName = "file-name"
  case typeName = "type-name"
  case fileEnding = "file-ending"
  case floor
  case purity
  case sleep
  case swallowedError = "swallowed-error"
  case unproven
  case todo
  case deadCode = "dead-code"
  case sql
  case testName = "test-name"
  case emptyTest = "empty-test"
  case missingPath = "missing-path"
  case machinePath = "machine-path"
}
