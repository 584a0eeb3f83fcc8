// `rounds list COLLECTION`: the records that answer a question, in an order.
//
// Without `--sort` records come in the order in which they were made;
// records without a value for the sort field come last, whichever the direction.

import CommandKit
import FollowUp
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
    let isPlain = invocation.option("where") == nil && invocation.option("sort") == nil
    var rows = try replica.store.rows(of: collection, limit: isPlain ? limit : nil)
    if let text = invocation.option("where") {
      let query = try Query(parsing: text, for: collection)
        .resolved(at: replica.today, in: replica.zone)
      rows = rows.filter { row in
        let record = QueryRecord(id: row.id, values: row.values, updatedAt: row.updatedAt)
        return query.matches(record, at: replica.today, in: replica.zone)
      }
    }
    if let typed = invocation.option("sort") { try sort(&rows, by: typed, collection) }
    let total = isPlain ? try replica.store.recordCount(of: collection) : rows.count
    try printRecords(
      rows.prefix(limit ?? rows.count).map { ($0, collection) }, of: total, invocation, replica)
  }
}

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
