// What can be said of a file as a whole: its head, its length, its name, its ending (rules 7, 10, 22).
//
// The lists are meant to be read: a new kind of file, or a name that should be allowed, is entered
// here in a commit that says why. What is remarked upon does not fail the run.

enum FileRules {
  /// More than a paragraph only where a format or an algorithm is told whole, above its code.
  static let headLines = 3...40
  static let linesMax = 500
  static let testLinesMax = 700
  /// From here on a file is a smell, and is remarked upon.
  static let linesRemarked = 400

  /// A whole word of a file's or a type's name may be none of these: junk drawers begin with them.
  static let refusedWords: Set<String> = [
    "Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common", "Misc",
    "Engine",
  ]

  /// `Base` is a term of the domain (the hub's state under pending changes), so alone it is allowed.
  static let refusedBeginningsAndEnds: Set<String> = ["Base"]

  static let endings: Set<String> = [
    "swift", "md", "h", "modulemap", "proto", "txt", "json", "csv", "py", "sh", "bash", "scenario",
    "service", "timer", "svg", "vcf", "ics", "sdl", "pml",
  ]

  /// Files without an ending that are no programs; every other must begin with `#!`.
  static let names: Set<String> = [
    "LICENSE", ".gitignore", ".gitattributes", ".editorconfig", ".swift-format", "control",
    "conffiles", "changelog", "copyright",
  ]

  static func findings(in file: SourceFile) -> [Finding] {
    var found = ending(of: file)
    guard file.isSwift else { return found }
    found += head(of: file) + length(of: file) + name(of: file) + typeNames(in: file)
    return found
  }

  /// Files long enough to be watched.
  static func remarks(on file: SourceFile) -> [Finding] {
    guard file.isSwift, file.lineCount > linesRemarked, length(of: file).isEmpty else { return [] }
    return [file.finding(.fileLength, 1, "\(file.lineCount) lines; 400 is a smell")]
  }

  // MARK: Single rules

  private static func head(of file: SourceFile) -> [Finding] {
    var count = 0
    for line in file.lines {
      guard line.hasPrefix("//"), !line.hasPrefix("///") else { break }
      count += 1
    }
    // A test names in sentences what it proves; its file needs no more than a line.
    let headLines = file.isTest ? 1...headLines.upperBound : headLines
    if headLines.contains(count) { return [] }
    let wanted = "\(headLines.lowerBound) to \(headLines.upperBound)"
    let message = "the file opens with \(count) comment lines; \(wanted) say what it is for"
    return [file.finding(.head, 1, message)]
  }

  private static func length(of file: SourceFile) -> [Finding] {
    let most = file.isTest ? testLinesMax : linesMax
    guard file.lineCount > most else { return [] }
    return [file.finding(.fileLength, most + 1, "\(file.lineCount) lines; \(most) are the most")]
  }

  private static func name(of file: SourceFile) -> [Finding] {
    let stem = file.name.split(separator: ".").first.map(String.init) ?? file.name
    return stem.split(separator: "+").flatMap { refusedWords(in: String($0)) }.map {
      file.finding(.fileName, 1, "\"\($0)\" in a file name says nothing; name what it does")
    }
  }

  private static func typeNames(in file: SourceFile) -> [Finding] {
    let kinds: Set<String> = ["struct", "class", "enum", "actor", "protocol", "typealias"]
    var found: [Finding] = []
    for (index, token) in file.code.enumerated().dropLast() where token.kind == .word {
      let next = file.code[index + 1]
      guard kinds.contains(token.text), next.kind == .word, !next.isAttached else { continue }
      for word in refusedWords(in: next.text) {
        let message = "\"\(word)\" in the name of \(next.text) says nothing; name what it does"
        found.append(file.finding(.typeName, next.line, message))
      }
    }
    return found
  }

  private static func refusedWords(in name: String) -> [String] {
    let words = camelWords(name)
    var refused = words.filter { refusedWords.contains($0) }
    if words.count > 1 {
      refused += [words.first, words.last].compactMap { $0 }
        .filter { refusedBeginningsAndEnds.contains($0) }
    }
    return refused
  }

  /// `SyncManager` → `Sync`, `Manager`.
  static func camelWords(_ name: String) -> [String] {
    var words: [String] = []
    var word = ""
    for character in name {
      if character.isUppercase, let last = word.last, last.isLowercase {
        words.append(word)
        word = ""
      }
      word.append(character)
    }
    return word.isEmpty ? words : words + [word]
  }

  private static func ending(of file: SourceFile) -> [Finding] {
    if names.contains(file.name) { return [] }
    let parts = file.name.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 1 {
      guard file.lines.first?.hasPrefix("#!") != true else { return [] }
      return [file.finding(.fileEnding, 1, "a file without an ending must begin with #!")]
    }
    let ending = parts.last.map(String.init) ?? ""
    if endings.contains(ending) { return [] }
    return [file.finding(.fileEnding, 1, "files ending in .\(ending) do not belong into git")]
  }
}
