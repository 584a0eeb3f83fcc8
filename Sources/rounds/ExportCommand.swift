// `rounds export COLLECTION`: records as a table that `rounds import` reads back, as JSON, as cards for a
// telephone, or as entries for a calendar.
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
        help: Phrase(
          en: "csv (without --json the default), json, vcf (cards) or ics (calendar)",
          zh: "csv（默认）、json、vcf（名片）或 ics（日历）")),
      Command.Option(
        "where", "EXPR", help: Phrase(en: "Only those that answer yes", zh: "只导出符合条件的记录")),
      Command.Option(
        "output", "FILE", help: Phrase(en: "Write to FILE, not to stdout", zh: "写入文件而不是标准输出"),
        aliases: ["o"], values: .file),
    ],
    examples: [
      Command.Example(
        "rounds export customer --where 'region = 华东' --output 华东.csv",
        Phrase(en: "The customers of a region as a table", zh: "把一个地区的客户导出为表格")),
      Command.Example(
        "rounds export contact --format vcf --output contacts.vcf",
        Phrase(en: "All contacts for the telephone", zh: "把联系人导入手机通讯录")),
      Command.Example(
        "rounds export task --format ics --where 'status is empty' --output tasks.ics",
        Phrase(en: "Open tasks for a calendar", zh: "把未完成的任务导入日历")),
    ],
    notes: [
      Phrase(
        en: "Only what your role may export: rounds-admin policy explain tells it.",
        zh: "仅导出您的角色有权导出的记录，详见 rounds-admin policy explain。"),
      Phrase(
        en: "What is exported as csv can be imported again: rounds import finds its records by id.",
        zh: "导出的 csv 可以再次导入：rounds import 会按编号找到原来的记录。"),
      Phrase(
        en: """
          Cards and entries keep the identity of their record: read a second time by the same \
          program, they change what is there.
          """,
        zh: "名片和日历条目保留记录的编号：同一程序再次读入时会更新原有条目。"),
    ]
  ) { try export($0, outside) }
}

private func export(_ invocation: Invocation, _ outside: Outside) throws {
  let format = try ExportFormat(invocation)
  let replica = try OpenReplica(invocation, outside)
  guard let collection = Schema.followUp[invocation.argument("COLLECTION")] else {
    preconditionFailure("the word reader let through an unknown collection")
  }
  let query = try invocation.option("where").map { try Query(parsing: $0, for: collection) }
  let right = try ExportRight(replica.state, of: collection)
  let export = Export(replica.store, of: collection, zone: replica.zone)
  var sink = ExportSink(invocation)
  var printer = try format.printer(replica, collection, export)
  var count = 0
  sink.take(printer.beginning())
  try export.forEachRow(where: query, of: right.owners, at: replica.today) { row in
    let piece = try printer.record(row)
    sink.take(piece)
    if !piece.isEmpty { count += 1 }
  }
  sink.take(printer.end(count))
  try sink.finish(count)
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
