// `rounds sql 'SELECT …'`: any question, over a connection of its own that can only read.
//
// The file is opened read-only, so nothing typed here can change it, whatever it is.

import CommandKit
import Notation
import Storage
import SyncCore

func sqlCommand(_ outside: Outside) -> Command {
  Command(
    ["sql"], group: Group.machine,
    summary: Phrase(en: "Ask the database in SQL; reads only", zh: "用 SQL 查询数据库（只读）"),
    arguments: [
      Command.Argument("SELECT", help: Phrase(en: "One statement", zh: "一条语句"))
    ],
    examples: [
      Command.Example(
        "rounds sql 'SELECT stage, count(*) FROM customer GROUP BY stage'",
        Phrase(en: "Customers by stage", zh: "按阶段统计客户"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let connection = try Connection(
      path: replica.folder.databasePath, access: .readOnly, key: replica.key)
    let answer: (columns: [String], rows: [[Binding]])
    do {
      answer = try ask(invocation.argument("SELECT"), connection)
    } catch StorageError.readOnly {
      throw RepError.sqlWrites
    } catch StorageError.sql(_, let reason, _) {
      throw RepError.sqlFailed(reason: reason)
    }
    if invocation.isJSON {
      return invocation.console.print(
        json: [
          "columns": .array(answer.columns.map { .string($0) }),
          "rows": .array(answer.rows.map { .array($0.map(json)) }),
        ])
    }
    guard !answer.columns.isEmpty else { return }
    var table = TextTable(answer.columns.map { TextTable.Column($0) })
    for row in answer.rows { table.add(row.map(text)) }
    table.print(to: invocation.console)
  }
}

private func ask(
  _ sql: String, _ connection: Connection
) throws -> (columns: [String], rows: [[Binding]]) {
  let statement = try connection.statement(sql)
  let columns = (0..<statement.columnCount).map { statement.columnName($0) }
  var rows: [[Binding]] = []
  while try statement.step() { rows.append(columns.indices.map { statement.value($0) }) }
  return (columns, rows)
}

private func json(_ value: Binding) -> JSONValue {
  switch value {
  case .null: .null
  case .integer(let integer): .integer(integer)
  case .real(let number): .number(number)
  case .text(let text): .string(text)
  case .blob(let bytes): .string(bytes.hexadecimal)
  case .id(let id): .string(id.description)
  }
}

private func text(_ value: Binding) -> String {
  switch value {
  case .null: ""
  case .integer(let integer): String(integer)
  case .real(let number): String(number)
  case .text(let text): text
  case .blob(let bytes): bytes.hexadecimal
  case .id(let id): id.description
  }
}
