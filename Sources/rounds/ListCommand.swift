// `rounds list COLLECTION` and `rounds find TEXT`: records by a question, or by what they say.
//
// Both print the same document. Without `--sort` records come in the order in which they were made;
// records without a value for the sort field come last, whichever the direction.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore

func listCommand(_ outside: Outside) -> Command {
  Command(
    ["list"], group: Group.records,
    summary: Phrase(en: "List the records of a collection", zh: "列出某类记录"),
    arguments: [
      Command.Argument(
        "COLLECTION", help: Phrase(en: "Which kind of record", zh: "记录的类别"),
        values: .oneOf(Schema.followUp.collections.map(\.name)))
    ],
    options: [
      Command.Option(
        "where", "EXPR", help: Phrase(en: "Only those that answer yes", zh: "只列出符合条件的记录")),
      Command.Option(
        "sort", "F", help: Phrase(en: "By this field; -F backwards", zh: "按字段排序，-F 为倒序")),
      limitOption,
    ],
    examples: [
      Command.Example(
        "rounds list customer --where 'tags contains 高价值 and lastFollowAt < -5d' --sort -lastFollowAt",
        Phrase(en: "Silent high-value customers", zh: "久未跟进的高价值客户"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    guard let collection = Schema.followUp[invocation.argument("COLLECTION")] else {
      preconditionFailure("the word reader let through an unknown collection")
    }
    let limit = try invocation.integer("limit")
    var rows = try replica.store.rows(of: collection)
    if let text = invocation.option("where") {
      let query = try Query(parsing: text, for: collection)
        .resolved(at: replica.today, in: replica.zone)
      rows = rows.filter { row in
        let record = QueryRecord(id: row.id, values: row.values, updatedAt: row.updatedAt)
        return query.matches(record, at: replica.today, in: replica.zone)
      }
    }
    if let typed = invocation.option("sort") { try sort(&rows, by: typed, collection) }
    try printRecords(rows.map { ($0, collection) }, limit: limit, invocation, replica)
  }
}

func findCommand(_ outside: Outside) -> Command {
  Command(
    ["find"], group: Group.records,
    summary: Phrase(en: "Search all texts", zh: "搜索所有文本"),
    arguments: [
      Command.Argument("TEXT", .oneOrMore, help: Phrase(en: "What to look for", zh: "要找的内容"))
    ],
    options: [limitOption]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let text = invocation.arguments("TEXT").joined(separator: " ")
    guard !text.allSatisfy(\.isWhitespace) else { throw RepError.nothingToFind }
    let searched: [CollectionSchema] = [.customer, .contact, .opportunity, .task, .followUp]
    let finder = Finder(replica.store)
    let found = try searched.flatMap { collection in
      try finder.rows(containing: text, in: collection).map { ($0, collection) }
    }
    try printRecords(found, limit: try invocation.integer("limit"), invocation, replica)
  }
}

private let limitOption = Command.Option(
  "limit", "N", help: Phrase(en: "Print at most N", zh: "最多输出 N 条"))

private func sort(
  _ rows: inout [CollectionRow], by typed: String, _ collection: CollectionSchema
) throws {
  let isBackwards = typed.hasPrefix("-")
  let name = isBackwards ? String(typed.dropFirst()) : typed
  let key: (CollectionRow) -> Value
  switch name {
  case "id": key = { .reference($0.id) }
  case "createdAt": key = { .moment($0.id.moment) }
  case "updatedAt": key = { .moment($0.updatedAt) }
  default:
    guard let field = collection[name], !field.isGroup else {
      throw RepError.fieldUnknown(
        name, collection: collection.name,
        known: collection.columns.map(\.name) + ["id", "createdAt", "updatedAt"])
    }
    if case .furthest(let ladder) = field.rule {
      // A stage sorts by its rung, whatever its spelling.
      key = { row in
        let value = row.values[field.id]
        return value.isNull ? .null : .integer(Int64(ladder.height(of: value)))
      }
    } else {
      key = { $0.values[field.id] }
    }
  }
  let keyed = rows.map { (key: key($0), row: $0) }
  rows = keyed.sorted { left, right in
    if left.key.isNull != right.key.isNull { return right.key.isNull }
    if left.key != right.key { return (left.key < right.key) != isBackwards }
    return left.row.id < right.row.id
  }.map(\.row)
}

private func printRecords(
  _ records: [(CollectionRow, CollectionSchema)], limit: Int?, _ invocation: Invocation,
  _ replica: OpenReplica
) throws {
  let printed = records.prefix(limit ?? records.count)
  guard invocation.isJSON else {
    let screen = Screen(invocation.console)
    for (row, collection) in printed {
      let title = TextWidth.oneLine(collection.title(of: row.values))
      invocation.console.print(
        "\(row.id)  \(TextWidth.padded(collection.name, columns: 11)) \(title)")
    }
    let (shown, total) = (printed.count, records.count)
    if shown < total || total == 0 {
      screen.console.remark(
        Phrase(en: "\(shown) of \(total) records", zh: "共 \(total) 条，显示 \(shown) 条"))
    }
    return
  }
  let json = try RecordJSON(replica.store, zone: replica.zone)
  let documents = try printed.map { try json.json($0.0, in: $0.1) }
  invocation.console.print(
    json: ["records": .array(documents), "total": .integer(Int64(records.count))])
}
