// `rounds export COLLECTION`: records as a table that `rounds import` reads back, or as JSON.
//
// Records are printed one by one in the order of their ids, on one snapshot: an export may be larger
// than memory. A file is there whole or not at all.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore
import Tabular

func exportCommand(_ outside: Outside) -> Command {
  Command(
    ["export"], group: Group.exchange,
    summary: Phrase(en: "Export the records of a collection", zh: "导出某类记录"),
    arguments: [
      Command.Argument(
        "COLLECTION", help: Phrase(en: "Which kind of record", zh: "记录的类别"),
        values: .oneOf(Schema.followUp.collections.map(\.name)))
    ],
    options: [
      Command.Option(
        "format", "FORMAT",
        help: Phrase(en: "csv (without --json the default) or json", zh: "csv（默认）或 json")),
      Command.Option(
        "where", "EXPR", help: Phrase(en: "Only those that answer yes", zh: "只导出符合条件的记录")),
      Command.Option(
        "output", "FILE", help: Phrase(en: "Write to FILE, not to stdout", zh: "写入文件而不是标准输出"),
        aliases: ["o"], values: .file),
    ],
    examples: [
      Command.Example(
        "rounds export customer --where 'region = 华东' --output 华东.csv",
        Phrase(en: "The customers of a region as a table", zh: "把一个地区的客户导出为表格"))
    ],
    notes: [
      Phrase(
        en: "Only what your role may export: rounds-admin policy explain tells it.",
        zh: "仅导出您的角色有权导出的记录，详见 rounds-admin policy explain。"),
      Phrase(
        en: "What is exported as csv can be imported again: rounds import finds its records by id.",
        zh: "导出的 csv 可以再次导入：rounds import 会按编号找到原来的记录。"),
    ]
  ) { invocation in
    let format = try exportFormat(invocation)
    let replica = try OpenReplica(invocation, outside)
    guard let collection = Schema.followUp[invocation.argument("COLLECTION")] else {
      preconditionFailure("the word reader let through an unknown collection")
    }
    let query = try invocation.option("where").map { try Query(parsing: $0, for: collection) }
    let right = try ExportRight(replica.state, of: collection)
    let export = Export(replica.store, of: collection, zone: replica.zone)
    var sink = ExportSink(invocation)
    var printer: any ExportPrinter =
      switch format {
      case .csv: CSVPrinter(export)
      case .json: try JSONPrinter(replica, collection)
      }
    var count = 0
    sink.take(printer.beginning())
    try export.forEachRow(where: query, of: right.owners, at: replica.today) { row in
      sink.take(try printer.record(row))
      count += 1
    }
    sink.take(printer.end(count))
    try sink.finish(count)
  }
}

/// Whose records somebody may take out as a file, as the hub said with the last sync. What is on the
/// laptop he can read all the same: this keeps an honest person to the policy, and nobody else.
private struct ExportRight {
  /// Nil: everybody's.
  let owners: Set<String>?

  init(_ state: ReplicaState, of collection: CollectionSchema) throws {
    let access = try? JSONValue(parsing: Array(state.access.utf8))
    owners = access?["export"]?[collection.name]?.array.map { Set($0.compactMap(\.string)) }
    guard owners?.isEmpty == true else { return }
    let policy = access?["policy"]?.integer ?? 0
    throw CommandFailure(
      .refused,
      Phrase(
        en: "Your role may not export any \(collection.name) (policy \(policy)).",
        zh: "您的角色不能导出 \(collection.name)（权限策略 \(policy)）。"),
      hint: Phrase(en: "Ask an administrator.", zh: "请联系管理员。"))
  }
}

private enum ExportFormat: String, CaseIterable { case csv, json }

private func exportFormat(_ invocation: Invocation) throws(CommandFailure) -> ExportFormat {
  guard let name = invocation.option("format") else { return invocation.isJSON ? .json : .csv }
  guard let format = ExportFormat(rawValue: name) else {
    throw invocation.unreadable(
      "format", name,
      Phrase(
        en: "csv or json; there is no other format yet", zh: "csv 或 json；暂时没有其他格式"))
  }
  return format
}

/// The two ways of printing records, piece by piece.
private protocol ExportPrinter {
  func beginning() -> [UInt8]
  mutating func record(_ row: CollectionRow) throws -> [UInt8]
  func end(_ count: Int) -> [UInt8]
}

private struct CSVPrinter: ExportPrinter {
  let export: Export
  private var writer = CSVWriter()

  init(_ export: Export) { self.export = export }

  func beginning() -> [UInt8] {
    var writer = CSVWriter()
    writer.append(export.header)
    return writer.takeBytes()
  }

  mutating func record(_ row: CollectionRow) -> [UInt8] {
    writer.append(export.cells(of: row))
    return writer.takeBytes()
  }

  func end(_ count: Int) -> [UInt8] { [] }
}

/// The document of `rounds list --json`.
private struct JSONPrinter: ExportPrinter {
  private let json: RecordJSON
  private let collection: CollectionSchema
  private var isFirst = true

  init(_ replica: OpenReplica, _ collection: CollectionSchema) throws {
    json = try RecordJSON(replica.store, zone: replica.zone)
    self.collection = collection
  }

  func beginning() -> [UInt8] { Array("{\"records\":[".utf8) }

  mutating func record(_ row: CollectionRow) throws -> [UInt8] {
    defer { isFirst = false }
    return Array((isFirst ? "\n" : ",\n").utf8) + (try json.json(row, in: collection).bytes())
  }

  func end(_ count: Int) -> [UInt8] { Array("\n],\"total\":\(count)}\n".utf8) }
}

/// Where the pieces go: to stdout as they come, or into a file at the end.
private struct ExportSink {
  private let console: Console
  private let path: String?
  private var isJSON: Bool
  private var bytes: [UInt8] = []

  init(_ invocation: Invocation) {
    console = invocation.console
    path = invocation.option("output")
    isJSON = invocation.isJSON
  }

  mutating func take(_ piece: [UInt8]) {
    if path == nil { console.output.write(piece) } else { bytes += piece }
  }

  func finish(_ count: Int) throws(CommandFailure) {
    guard let path else { return }
    try WholeFile.write(bytes, to: path)
    if isJSON {
      console.print(json: ["records": .integer(Int64(count)), "output": .string(path)])
    } else {
      console.print(
        Phrase(en: "\(count) records in \(path)", zh: "\(count) 条记录已写入 \(path)")
          .text(console.language))
    }
  }
}
