// What an import tells at its end: counts, and everything a person should know about his file.
//
// `--json` is a contract: created, updated, unchanged, skipped, errors are always there.

import CommandKit
import Notation
import Replica
import Tabular

struct ImportResult {
  /// Problems told in the result itself; all of them are in the errors file.
  static let problemsMax = 20

  let path: String
  let text: DecodedText
  let columns: ImportColumns
  let keyFields: [String]
  let report: ImportReport
  let errors: ErrorsFile
  /// Nil where nothing was written there.
  let errorsPath: String?
  let isTrial: Bool

  private var counts: [(name: Phrase, key: String, count: Int)] {
    [
      (Phrase(en: "created", zh: "新建"), "created", report.created),
      (Phrase(en: "updated", zh: "更新"), "updated", report.updated),
      (Phrase(en: "unchanged", zh: "未变"), "unchanged", report.unchanged),
      (Phrase(en: "skipped", zh: "跳过"), "skipped", report.skipped),
      (Phrase(en: "errors", zh: "错误"), "errors", report.errors),
    ]
  }

  // MARK: For people

  var lines: [Phrase] {
    let file = TextWidth.oneLine(path)
    let keys = keyFields.joined(separator: ", ")
    let head = Phrase(
      en: "\(file): \(report.rows) rows in \(text.encoding.name), matched by \(keys)",
      zh: "\(file)：\(report.rows) 行，编码 \(text.encoding.name)，按 \(keys) 匹配")
    let trial = Phrase(en: "A dry run: nothing was written.", zh: "试运行：没有写入任何内容。")
    return [head] + (isTrial ? [trial] : []) + countLines + notes + problemLines
  }

  private var countLines: [Phrase] {
    let digits = counts.map { String($0.count).count }.max() ?? 1
    return counts.map { item in
      let number = String(item.count)
      let padding = String(repeating: " ", count: digits - number.count)
      return Phrase(verbatim: "  \(padding)\(number)  ") + item.name
    }
  }

  private var problemLines: [Phrase] {
    let told = errors.failed.prefix(ImportResult.problemsMax).map { row in
      Phrase(en: "  line \(row.line): ", zh: "  第 \(row.line) 行：")
        + Failures.words(for: row.problem)
    }
    let count = errors.failed.count
    var lines = Array(told)
    if told.count < count {
      let more = count - told.count
      lines.append(Phrase(en: "  … and \(more) more", zh: "  ……另有 \(more) 行"))
    }
    if let errorsPath {
      lines.append(
        Phrase(
          en: "\(count) rows were not imported; they are, with the reasons, in \(errorsPath)",
          zh: "\(count) 行没有导入，连同原因写在 \(errorsPath)"))
    }
    return lines
  }

  /// What is not wrong, and yet should be known.
  private var notes: [Phrase] {
    var notes: [Phrase] = []
    if !columns.unmapped.isEmpty {
      let headers = columns.unmapped.map { TextWidth.oneLine($0) }
      notes.append(
        Phrase(
          en: "not imported: \(headers.joined(separator: ", "))",
          zh: "未导入的列：\(headers.joined(separator: "、"))"))
    }
    for source in columns.shared {
      let headers = source.columns.map { TextWidth.oneLine(columns.header.names[$0]) }
      notes.append(
        Phrase(
          en: "\(source.field.name) is the first filled of: \(headers.joined(separator: ", "))",
          zh: "\(source.field.name) 取以下各列中第一个有值的：\(headers.joined(separator: "、"))"))
    }
    if text.privateUseCharacters > 0 {
      notes.append(
        Phrase(
          en: "The file is hardly \(text.encoding.name): \(text.privateUseCharacters) characters "
            + "are none that people write. Perhaps it is Big5: --encoding Big5",
          zh: "文件多半不是 \(text.encoding.name)：有 \(text.privateUseCharacters) 个字符不是文字。"
            + "也许是 Big5：--encoding Big5"))
    }
    return notes + ownerNotes
  }

  private var ownerNotes: [Phrase] {
    var notes: [Phrase] = []
    if !report.strangers.isEmpty {
      let names = report.strangers.keys.sorted().prefix(5).map { TextWidth.oneLine($0) }
      let rows = report.strangers.values.reduce(0, +)
      notes.append(
        Phrase(
          en: "\(rows) new records are yours: their owners are nobody here "
            + "(\(names.joined(separator: ", ")))",
          zh: "\(rows) 条新记录归您所有：文件中的负责人（\(names.joined(separator: "、"))）不在工作区中"))
    }
    if report.ownersKept > 0 {
      notes.append(
        Phrase(
          en: "\(report.ownersKept) rows name another owner; an import does not reassign",
          zh: "\(report.ownersKept) 行写了别的负责人；导入不会改变负责人"))
    }
    return notes
  }

  // MARK: For programs

  func json(_ language: Language) -> JSONValue {
    var json: JSONValue = [
      "rows": .integer(Int64(report.rows)), "encoding": .string(text.encoding.name),
      "key": .array(keyFields.map { .string($0) }),
      "unmapped": .array(columns.unmapped.map { .string($0) }),
      "errorsFile": errorsPath.map { .string($0) } ?? .null, "dryRun": .bool(isTrial),
      "notes": .array(notes.map { .string($0.text(language)) }),
    ]
    for item in counts { json[item.key] = .integer(Int64(item.count)) }
    json["columns"] = .object(
      columns.fieldsByHeader.mapValues { .array($0.map { .string($0) }) })
    json["problems"] = .array(
      errors.failed.prefix(ImportResult.problemsMax).map { row in
        [
          "row": .integer(Int64(row.number)), "line": .integer(Int64(row.line)),
          "reason": .string(Failures.words(for: row.problem).text(language)),
        ]
      })
    return json
  }
}
