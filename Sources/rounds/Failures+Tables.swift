// Tables that cannot be imported, and rows that were not, in words.
//
// Part of `Failures`; see there. A table is explained with its path, so it is worded where the file
// is read (`TableFailures.inFile`).

import CommandKit
import FollowUp
import Replica
import SyncCore
import Tabular

enum TableFailures {
  /// Runs `body`, which reads this file, and words what goes wrong.
  static func inFile<T>(
    _ path: String, _ body: () throws(TabularError) -> T
  ) throws(CommandFailure) -> T {
    do {
      return try body()
    } catch {
      throw words(for: error, in: path)
    }
  }

  private static func words(for error: TabularError, in path: String) -> CommandFailure {
    switch error {
    case .invalidSequence(let encoding, let evidence, let place):
      return undecodable(path, encoding, evidence, place)
    case .unknownEncoding(let name):
      return .usage(
        Phrase(en: "There is no encoding \(name) .", zh: "没有编码 \(name) 。"),
        hint: Failures.oneOf(TextEncoding.commonNames))
    case .fileTooLarge(_, let bytesMax):
      let limit = ByteSize.text(Int64(bytesMax))
      return .usage(
        Phrase(en: "The file \(path) is larger than \(limit).", zh: "文件 \(path) 超过 \(limit)。"))
    case .fieldMapNotObjectOfStrings:
      return .usage(
        Phrase(
          en: "The map \(path) is not a JSON object of texts.",
          zh: "映射 \(path) 不是由文本组成的 JSON 对象。"),
        hint: Phrase(
          en: "Write it like {\"Account Name\":\"name\",\"Fax\":\"\"}",
          zh: "写法如 {\"客户名称\":\"name\",\"传真\":\"\"}"))
    case .fieldMapEscapeMalformed(let line):
      return .usage(
        Phrase(
          en: "Line \(line) of the map \(path) has a \\u without four digits.",
          zh: "映射 \(path) 第 \(line) 行的 \\u 后面不是四位数字。"))
    case .fieldMapAmbiguous(let header, let other):
      return .usage(
        Phrase(
          en: "The map \(path) sends \(header) and \(other) , one header, to two fields.",
          zh: "映射 \(path) 把同一表头（\(header) 与 \(other)）对应到不同字段。"))
    default:
      return damaged(path, error)
    }
  }

  private static func undecodable(
    _ path: String, _ encoding: TextEncoding, _ evidence: TextEncoding.Evidence, _ place: TextPlace
  ) -> CommandFailure {
    let isAssumed = if case .assumed = evidence { true } else { false }
    let why =
      isAssumed
      ? Phrase(en: ", which was tried because it is not UTF-8", zh: "（因为它不是 UTF-8 而尝试）")
      : Phrase(verbatim: "")
    let others = TextEncoding.commonNames.joined(separator: ", ")
    return .usage(
      Phrase(
        en: "Line \(place.line) of \(path) is no text in \(encoding.name)",
        zh: "\(path) 第 \(place.line) 行不是 \(encoding.name) 文本") + why
        + Phrase(en: ".", zh: "。"),
      hint: Phrase(
        en: "Name the encoding, such as --encoding windows-1252 ; others: \(others)",
        zh: "请指定编码，例如 --encoding windows-1252 ；其他编码：\(others)"))
  }

  private static func damaged(_ path: String, _ error: TabularError) -> CommandFailure {
    let what =
      switch error {
      case .noHeader: Phrase(en: "The file is empty.", zh: "文件是空的。")
      case .headerRejected(let line, let reason):
        Phrase(en: "Its header in line \(line): ", zh: "第 \(line) 行的表头：")
          + Failures.words(for: .unreadable(reason))
      case .tooManyColumns(_, let found, let columnsMax):
        Phrase(
          en: "It has \(found) columns; \(columnsMax) are the most.",
          zh: "共 \(found) 列，最多 \(columnsMax) 列。")
      case .unterminatedQuote(let line):
        Phrase(
          en: "The quote that opens in line \(line) is never closed.",
          zh: "第 \(line) 行的引号没有结束。")
      case .cellTooLong(let line, let bytesMax):
        Phrase(
          en: "A cell of the row in line \(line) is longer than \(ByteSize.text(Int64(bytesMax))); "
            + "perhaps a quote is missing.",
          zh: "第 \(line) 行有单元格超过 \(ByteSize.text(Int64(bytesMax)))，可能缺少引号。")
      default: Phrase(en: "Memory ran out.", zh: "内存不足。")
      }
    return .usage(
      Phrase(
        en: "\(path) cannot be read as a table. Nothing was imported. ",
        zh: "无法把 \(path) 读作表格，没有导入任何内容。") + what)
  }
}

extension Failures {
  static func words(for refusal: ImportRefusal) -> CommandFailure {
    switch refusal {
    case .collectionNotImportable(let name):
      CommandFailure(
        .refused,
        Phrase(en: "Only the hub writes a \(name).", zh: "\(name) 只由服务器写入。"))
    case .unknownKey(let name, let fields):
      .usage(
        Phrase(
          en: "The key \(name) is no field and no header of the file.",
          zh: "键 \(name) 既不是字段，也不是文件的表头。"), hint: oneOf(fields))
    case .keyNotInFile(let field):
      .usage(
        Phrase(en: "No column of the file goes into \(field) .", zh: "文件中没有对应 \(field) 的列。"),
        hint: Phrase(
          en: "Name the column with --map FILE .", zh: "请用 --map FILE 指定列。"))
    case .keyNotText(let field):
      .usage(
        Phrase(en: "\(field) is not text and cannot be the key.", zh: "\(field) 不是文本，不能作为键。"))
    case .nothingToCallBy(let title):
      .usage(
        Phrase(
          en: "No column of the file goes into \(title) , so its rows have no name.",
          zh: "文件中没有对应 \(title) 的列，各行没有名称。"),
        hint: Phrase(
          en: "Say which column it is: --map FILE with {\"header\":\"\(title)\"}",
          zh: "请说明是哪一列：--map FILE，内容如 {\"表头\":\"\(title)\"}"))
    }
  }

  static func words(for problem: ImportProblem) -> Phrase {
    switch problem {
    case .unreadable(let reason): words(for: reason)
    case .badValue(let field, let error):
      Phrase(en: "\(field) cannot be “\(error.text)”", zh: "\(field) 不能是“\(error.text)”")
    case .notAllowed(let field, let text, let allowed):
      Phrase(
        en: "\(field) cannot be “\(text)”, only: \(allowed.joined(separator: ", "))",
        zh: "\(field) 不能是“\(text)”，只能是：\(allowed.joined(separator: "、"))")
    case .unknownReference(let field, let text):
      Phrase(en: "there is no \(field) “\(text)” here", zh: "这里没有 \(field)“\(text)”")
    case .ambiguousReference(let field, let text, let count):
      Phrase(
        en: "\(count) records answer to \(field) “\(text)”",
        zh: "有 \(count) 条记录符合 \(field)“\(text)”")
    case .emptyKey(let field): Phrase(en: "\(field), the key, is empty", zh: "键 \(field) 为空")
    case .keyTwice(let field, let text, let row):
      Phrase(
        en: "\(field) “\(text)” stands in row \(row) already",
        zh: "\(field)“\(text)”在第 \(row) 条数据中已出现")
    case .keyOfSeveral(let field, let text, let count):
      Phrase(
        en: "\(count) records have \(field) “\(text)”; which is meant cannot be told",
        zh: "有 \(count) 条记录的 \(field) 是“\(text)”，无法判断是哪一条")
    case .recordTwice(let row):
      Phrase(en: "row \(row) is the same record already", zh: "与第 \(row) 条数据是同一条记录")
    case .missing(let field): Phrase(en: "\(field) is empty", zh: "\(field) 为空")
    case .fixed(let field):
      Phrase(
        en: "the record is there already, and its \(field) is never changed",
        zh: "记录已存在，其 \(field) 不能修改")
    case .disputed(let field):
      Phrase(
        en: "\(field) is disputed; settle it first with rounds conflicts",
        zh: "\(field) 有争议，请先用 rounds conflicts 裁决")
    }
  }

  private static func words(for reason: RejectedRow.Reason) -> Phrase {
    switch reason {
    case .textAfterClosingQuote:
      Phrase(en: "text follows a closing quote", zh: "结束引号后面还有文字")
    case .nulByte:
      Phrase(en: "the row has a NUL byte; the file is damaged", zh: "含有空字节，文件已损坏")
    case .tooManyCells(let found, let expected):
      Phrase(
        en: "\(found) cells under \(expected) headers", zh: "有 \(found) 个单元格，表头只有 \(expected) 个")
    }
  }
}
