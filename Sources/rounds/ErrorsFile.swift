// The rows that were not imported, as a table: row, line, reason, then the cells as they were.
//
// It has a byte order mark, so that spreadsheets read its Chinese, and it can be corrected and
// imported in its turn. An `errors.csv` that stands there, perhaps with the rows of an earlier
// import that nobody has corrected yet, is never touched: the next one is `errors-2.csv`. A file that was named
// is replaced only where an import wrote it, and is not the one that is being imported.

import CommandKit
import FoundationEssentials
import Glibc
import Replica
import Tabular

struct ErrorsFile {
  private static let mark = ["row", "line", "reason"]
  private static let namesMax = 1_000

  private let path: String
  private let header: CSVHeader
  private let language: Language
  /// In the order of the file.
  private(set) var failed: [FailedRow] = []

  /// - Parameter chosen: where the user wants it; nil: `errors.csv`, or the next free name.
  init(
    _ chosen: String?, for header: CSVHeader, of input: String, language: Language
  ) throws(CommandFailure) {
    self.header = header
    self.language = language
    if let chosen {
      guard ErrorsFile.isFree(chosen, input) else { throw ErrorsFile.taken(chosen) }
      path = chosen
      return
    }
    let names = ["errors.csv"] + (2...ErrorsFile.namesMax).map { "errors-\($0).csv" }
    guard let free = names.first(where: { access($0, F_OK) != 0 }) else {
      throw ErrorsFile.taken("errors.csv")
    }
    path = free
  }

  mutating func append(_ rows: [FailedRow]) { failed += rows }

  /// Writes the file, whole or not at all, and returns where; nil where every row was imported.
  func write() throws(CommandFailure) -> String? {
    guard !failed.isEmpty else { return nil }
    // What an errors file of ours is imported again, its first columns are not the user's.
    let own = header.names.starts(with: ErrorsFile.mark) ? ErrorsFile.mark.count : 0
    var writer = CSVWriter(byteOrderMark: .written)
    writer.append(ErrorsFile.mark + header.names.dropFirst(own))
    for row in failed {
      let reason = Failures.words(for: row.problem).text(language)
      writer.append(["\(row.number)", "\(row.line)", reason] + row.cells.dropFirst(own))
    }
    try WholeFile.write(writer.takeBytes(), to: path)
    return path
  }

  /// Whether nothing stands there, or an errors file of an earlier import.
  private static func isFree(_ path: String, _ input: String) -> Bool {
    guard access(path, F_OK) == 0 else { return true }
    if let own = realPath(path), own == realPath(input) { return false }
    let beginning = Array("\u{FEFF}row,line,reason".utf8)
    guard let file = fopen(path, "r") else { return false }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: beginning.count)
    return fread(&bytes, 1, bytes.count, file) == bytes.count && bytes == beginning
  }

  private static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func taken(_ path: String) -> CommandFailure {
    CommandFailure(
      .refused,
      Phrase(
        en: "The file \(path) was not written by an import and is left alone.",
        zh: "文件 \(path) 不是导入生成的，不会覆盖。"),
      hint: Phrase(en: "Name another with --errors FILE .", zh: "请用 --errors FILE 指定其他文件。"))
  }
}

/// Writes a file so that it is there whole or not at all.
enum WholeFile {
  static func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
    do {
      try Data(bytes).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw CommandFailure(
        .fault,
        Phrase(en: "The file \(path) cannot be written.", zh: "无法写入文件 \(path) 。"))
    }
  }
}
