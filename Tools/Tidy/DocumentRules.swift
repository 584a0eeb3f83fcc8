// Documents tell the truth: each path they name exists, and none is a path of somebody's machine.
//
// Looked at: Markdown, the comments of Swift files, and scripts. A path is what stands in backticks
// and begins with one of the folders of the tree; placeholders (`<Target>`, `*`, `…`) name no file.

import Foundation

struct DocumentRules {
  static let folders = ["Sources/", "Tests/", "Tools/", "Protocol/", ".ci/"]
  static let machinePaths = ["/work", "/root", "/home", "/tmp"]

  /// Files and folders of the tree, from its root.
  let known: Set<String>

  init(paths: [String]) {
    var known: Set<String> = []
    for path in paths {
      var parts = path.split(separator: "/")
      while !parts.isEmpty, known.insert(parts.joined(separator: "/")).inserted {
        parts.removeLast()
      }
    }
    self.known = known
  }

  func findings(in file: SourceFile) -> [Finding] {
    var found: [Finding] = []
    for (line, text) in prose(of: file) {
      if text.contains("`") {
        for path in namedPaths(in: text) where !known.contains(path) {
          found.append(file.finding(.missingPath, line, "\(path) does not exist"))
        }
      }
      if let path = machinePath(in: text) {
        found.append(file.finding(.machinePath, line, "\(path) is a path of one machine"))
      }
      if file.isMarkdown {
        found += brokenLinks(in: text, of: file).map {
          file.finding(.missingPath, line, "the link to \($0) leads nowhere")
        }
      }
    }
    return found
  }

  /// The lines that people read.
  private func prose(of file: SourceFile) -> [(line: Int, text: String)] {
    if file.isSwift {
      return file.tokens.filter { $0.kind == .comment }.map { ($0.line, $0.text) }
    }
    let isScript = file.lines.first?.hasPrefix("#!") == true
    guard file.isMarkdown || isScript else { return [] }
    return file.lines.enumerated().map { ($0 + 1, String($1)) }
  }

  private func namedPaths(in text: String) -> [String] {
    let parts = text.split(separator: "`", omittingEmptySubsequences: false)
    // Odd parts stand between two backticks.
    return parts.enumerated().filter { $0.offset % 2 == 1 }.compactMap { _, part in
      let word = part.split(separator: " ").first.map(String.init) ?? ""
      guard Self.folders.contains(where: { word.hasPrefix($0) }) else { return nil }
      if word.contains(where: { "<>*…{}[]:#$".contains($0) }) { return nil }
      return word.hasSuffix("/") ? String(word.dropLast()) : word
    }
  }

  private func machinePath(in text: String) -> String? {
    guard text.contains("/") else { return nil }
    for path in Self.machinePaths {
      var rest = Substring(text)
      while let range = rest.range(of: path) {
        let before = range.lowerBound == text.startIndex ? nil : text[..<range.lowerBound].last
        let after = text[range.upperBound...].first
        // With a letter in front it is a part of something else, with one behind another word.
        let begins = before.map { !$0.isLetter && !$0.isNumber && !"_-./~>)}".contains($0) } ?? true
        let ends = after.map { !$0.isLetter && !$0.isNumber && !"_-".contains($0) } ?? true
        if begins, ends { return path }
        rest = rest[range.upperBound...]
      }
    }
    return nil
  }

  /// Targets of `[…](…)` that point into the tree and miss.
  private func brokenLinks(in text: String, of file: SourceFile) -> [String] {
    let folder = file.path.split(separator: "/").dropLast().map(String.init)
    return text.components(separatedBy: "](").dropFirst().compactMap { part in
      let target = part.prefix { $0 != ")" && $0 != "#" && $0 != " " }
      guard !target.isEmpty, !target.contains(":") else { return nil }
      var parts = folder
      for step in target.split(separator: "/") {
        if step == ".." {
          _ = parts.popLast()
        } else if step != "." {
          parts.append(String(step))
        }
      }
      let path = parts.joined(separator: "/")
      return path.isEmpty || known.contains(path) ? nil : String(target)
    }
  }
}
