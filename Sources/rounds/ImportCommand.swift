// `rounds import FILE --into COLLECTION`: a table of another program becomes records.
//
// Deciding is the library's (`Import`, `ImportColumns`); here the file is read, the map is found,
// progress is shown and the result is told. The whole table is read once before anything is
// written, so that a damaged file is refused whole.

import CommandKit
import Notation
import Replica
import SyncCore
import Tabular

func importCommand(_ outside: Outside) -> Command {
  Command(
    ["import"], group: Group.exchange,
    summary: Phrase(en: "Import a table from another program", zh: "导入其他程序的表格"),
    arguments: [
      Command.Argument(
        "FILE", help: Phrase(en: "A CSV file with a header", zh: "带表头的 CSV 文件"), values: .file)
    ],
    options: importOptions,
    examples: [
      Command.Example(
        "rounds import 客户.csv --into customer --dry-run",
        Phrase(en: "See what would be done", zh: "先看看会做什么")),
      Command.Example(
        "rounds import accounts.csv --into customer --map accounts.sdl --encoding windows-1252",
        Phrase(en: "Accounts from Salesforce, with its own map", zh: "导入 Salesforce 客户及其映射")),
    ],
    notes: importNotes
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    try ImportRun(invocation, replica).run()
  }
}

private let importOptions = [
  Command.Option(
    "into", "COLLECTION", help: Phrase(en: "What the rows become", zh: "导入为哪类记录"),
    values: .oneOf(
      Schema.followUp.collections.filter(ImportColumns.isImportable).map(\.name))),
  Command.Option(
    "map", "FILE",
    help: Phrase(
      en: "Which header is which field: JSON {\"header\":\"field\"} or a Salesforce .sdl",
      zh: "表头与字段的对应：JSON {\"表头\":\"字段\"} 或 Salesforce .sdl"), values: .file),
  Command.Option(
    "key", "FIELD",
    help: Phrase(
      en: "Rows and records with the same FIELD are the same",
      zh: "FIELD 相同的行与记录视为同一条")),
  Command.Option(
    "encoding", "E",
    help: Phrase(
      en: "Read the file as GBK, Big5, windows-1252 …", zh: "按 GBK、Big5、windows-1252 等编码读取")),
  Command.Option(
    "errors", "FILE",
    help: Phrase(
      en: "Where rows that were not imported go (errors.csv)", zh: "未导入的行写到哪里（errors.csv）"),
    values: .file),
  Command.Option(
    "dry-run", help: Phrase(en: "Say what would be done, write nothing", zh: "只说明会做什么，不写入")),
]

private let importNotes = [
  Phrase(
    en: """
      Headers are matched with fields by the map, else by name, in English and Chinese. Without \
      --encoding a file is read by its byte order mark, else as UTF-8, else as GB18030.
      """,
    zh: """
      表头先按映射对应字段，其次按中英文名称识别。不指定 --encoding 时，依次按字节顺序标记、UTF-8、\
      GB18030 读取。
      """),
  Phrase(
    en: """
      Without --key a row is the record with its externalKey, or where it has none, with its name \
      (of the same customer). So the same file again changes nothing. With --key a row without \
      that field is skipped. Of two rows with one key the later is an error.
      """,
    zh: """
      不指定 --key 时，按 externalKey 匹配记录；没有 externalKey 的行按名称（同一客户之内）匹配。\
      因此重复导入同一文件不会有任何变化。指定 --key 时，没有该字段的行会跳过。键重复时，后面的行算错误。
      """),
  Phrase(
    en: """
      Existing records get only what differs. Empty cells clear nothing, tags are only added, \
      owners stay, and nothing is ever deleted. New customers are yours unless the file names \
      somebody of your workspace.
      """,
    zh: """
      已有记录只写入不同之处：空单元格不清除内容，标签只增不减，负责人不变，绝不删除记录。\
      新客户归您所有，除非文件写明了工作区中的其他人。
      """),
]

/// One import: from the words of the command to the lines of its result.
struct ImportRun {
  private let invocation: Invocation
  private let replica: OpenReplica
  private let path: String
  private let collection: CollectionSchema
  private let isTrial: Bool

  init(_ invocation: Invocation, _ replica: OpenReplica) throws {
    self.invocation = invocation
    self.replica = replica
    path = invocation.argument("FILE")
    isTrial = invocation.flag("dry-run")
    let name = try invocation.requiredOption("into")
    guard let collection = Schema.followUp[name] else {
      preconditionFailure("the word reader let through an unknown collection")
    }
    self.collection = collection
  }

  func run() throws {
    let text = try decoded(path, as: invocation.option("encoding"))
    let map = try readMap()
    let rows = try TableFailures.inFile(path) { () throws(TabularError) in
      try ImportRun.countRows(text)
    }
    let reader = try TableFailures.inFile(path) { () throws(TabularError) in try CSVReader(text) }
    let (columns, prepared) = try prepare(reader.header, map)
    var work = prepared
    var errors = try ErrorsFile(
      invocation.option("errors"), for: reader.header, of: path, language: invocation.language)
    try importAll(reader, rows: rows, with: &work, errors: &errors)
    let errorsPath = isTrial && invocation.option("errors") == nil ? nil : try errors.write()
    let result = ImportResult(
      path: path, text: text, columns: columns, keyFields: work.keyFields, report: work.report,
      errors: errors, errorsPath: errorsPath, isTrial: isTrial)
    if invocation.isJSON {
      invocation.console.print(json: result.json(invocation.language))
    } else {
      for line in result.lines { invocation.console.print(line.text(invocation.language)) }
    }
  }

  private func prepare(_ header: CSVHeader, _ map: FieldMap?) throws -> (ImportColumns, Import) {
    do {
      let columns = try ImportColumns(header, map: map, into: collection)
      let work = try Import(
        replica.store, columns, key: invocation.option("key"), zone: replica.zone,
        mode: isTrial ? .trial : .write)
      return (columns, work)
    } catch let refusal as ImportRefusal {
      throw Failures.words(for: refusal)
    }
  }

  private func decoded(_ path: String, as name: String?) throws -> DecodedText {
    let bytes = try invocation.console.readFile(path)
    return try TableFailures.inFile(path) { () throws(TabularError) in
      guard let name else { return try TextDecoder.decode(bytes) }
      return try TextDecoder.decode(bytes, as: try TextEncoding(name: name))
    }
  }

  private func readMap() throws -> FieldMap? {
    guard let path = invocation.option("map") else { return nil }
    let text = try decoded(path, as: nil)
    let opening = text.utf8.first { $0 > 0x20 }
    let isJSON = path.hasSuffix(".json") || opening == UInt8(ascii: "{")
    return try TableFailures.inFile(path) { () throws(TabularError) in
      isJSON ? try FieldMap(json: text) : try FieldMap(sdl: text)
    }
  }

  /// Reads the table to its end: what is wrong with it as a whole comes out here.
  private static func countRows(_ text: DecodedText) throws(TabularError) -> Int {
    let reader = try CSVReader(text)
    var rows = 0
    while try reader.next() != nil { rows += 1 }
    return rows
  }

  private func importAll(
    _ reader: CSVReader, rows: Int, with work: inout Import, errors: inout ErrorsFile
  ) throws {
    var bar = ProgressBar(Phrase(en: "Importing", zh: "正在导入"), console: invocation.console)
    defer { bar.finish() }
    do {
      while case let batch = try reader.nextBatch(), !batch.isEmpty {
        errors.append(
          try work.take(batch, at: Moment(milliseconds: invocation.console.now())))
        bar.update(work.report.rows, of: rows)
      }
    } catch {
      bar.finish()
      if !isTrial, work.report.rows > 0 {
        let done = work.report.rows
        invocation.console.warn(
          Phrase(
            en: "The first \(done) rows are imported; the same command again does the rest.",
            zh: "前 \(done) 行已导入；再次运行同一命令即可继续。"))
      }
      throw error
    }
  }
}
