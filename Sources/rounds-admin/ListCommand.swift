// `list`: the records of a collection as a table.
//
// Which columns a table has is a matter of taste and of room, so it is decided here; `--json` has
// every field. Filter and order are the hub's.

import CommandKit
import HubClient
import Notation

let listCommand = Command(
  ["list"], group: Group.records,
  summary: Phrase(en: "List the records of a collection", zh: "列出某类记录"),
  arguments: [
    Command.Argument(
      "COLLECTION", help: Phrase(en: "Which kind, such as customer", zh: "类别，例如 customer"))
  ],
  options: [
    Command.Option("where", "EXPR", help: Phrase(en: "Keep what matches", zh: "只保留符合条件的")),
    Command.Option(
      "sort", "F", help: Phrase(en: "By this field; -F the other way", zh: "按此字段排序；-F 为倒序")),
    Command.Option("limit", "N", help: Phrase(en: "At most N records", zh: "最多 N 条")),
  ],
  examples: [
    Command.Example(
      "rounds-admin list customer --where 'owner = ann' --sort -updatedAt --limit 20",
      Phrase(en: "The 20 customers of ann that changed last", zh: "ann 最近变更的 20 个客户"))
  ]
) { invocation in
  let collection = invocation.argument("COLLECTION")
  var query = [HubQuery("collection", collection)]
  for name in ["where", "sort"] {
    if let value = invocation.option(name) { query.append(HubQuery(name, value)) }
  }
  if let limit = try invocation.integer("limit", in: 1...1_000_000) {
    query.append(HubQuery("limit", String(limit)))
  }
  let document = try invocation.hub().read(["records"], query: query)
  invocation.show(document) { screen in
    let records = document["records"]?.array ?? []
    guard !records.isEmpty else { return screen.say("No records.", "没有记录。") }
    RecordTable(collection: collection, screen: screen).print(records)
    let total = document["total"]?.integer ?? Int64(records.count)
    if total > records.count {
      screen.console.remark(
        Phrase(
          en: "\(records.count) of \(total); see more with --limit .",
          zh: "共 \(total) 条，显示 \(records.count) 条；用 --limit 查看更多。"))
    }
  }
}

struct RecordTable {
  /// How many fields a table has at most.
  static let columnsMax = 5
  let collection: String
  let screen: Screen

  /// The fields worth a column, the best first.
  private static let preferred: [String: [String]] = [
    "customer": ["name", "stage", "owner", "phone", "city"],
    "contact": ["name", "title", "phone", "mobile", "customer"],
    "followUp": ["occurredAt", "channel", "author", "text", "customer"],
    "opportunity": ["name", "stage", "amount", "owner", "closeAt"],
    "task": ["title", "status", "assignee", "dueAt", "customer"],
    "reminder": ["title", "status", "user", "dueAt", "rule"],
  ]

  func print(_ records: [JSONValue]) {
    let fields = fields(of: records)
    var table = TextTable(
      [TextTable.Column(screen.word(Phrase(en: "ID", zh: "编号")))]
        + fields.map { TextTable.Column($0) })
    for record in records {
      let values = fields.map { field in
        let value = record["fields"]?[field] ?? .null
        let mark = record["disputed"]?[field] == nil ? "" : " (!)"
        return value.isNull ? "" : screen.value(value) + mark
      }
      table.add([screen.text(record["id"])] + values)
    }
    table.print(to: screen.console)
  }

  private func fields(of records: [JSONValue]) -> [String] {
    let used = Set(
      records.flatMap { ($0["fields"]?.object ?? [:]).filter { !$0.value.isNull }.keys })
    let known = (RecordTable.preferred[collection] ?? []).filter { used.contains($0) }
    let fields = known.isEmpty ? used.sorted(by: RecordPage.isBefore) : known
    return Array(fields.prefix(RecordTable.columnsMax))
  }
}
