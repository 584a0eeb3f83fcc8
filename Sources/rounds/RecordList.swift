// Records one a line, or as the document that `list` and `find` share: `{"records":[…],"total":N}`.
//
// `total` counts what was found, before `--limit`.

import CommandKit
import Notation
import Replica
import Storage
import SyncCore

let limitOption = Command.Option(
  "limit", "N", help: Phrase(en: "Print at most N", zh: "最多输出 N 条"))

func printRecords(
  _ records: [(CollectionRow, CollectionSchema)], of total: Int, _ invocation: Invocation,
  _ replica: OpenReplica
) throws {
  guard invocation.isJSON else {
    let screen = Screen(invocation.console)
    for (row, collection) in records {
      let title = TextWidth.oneLine(collection.title(of: row.values))
      invocation.console.print(
        "\(row.id)  \(TextWidth.padded(collection.name, columns: 11)) \(title)")
    }
    let shown = records.count
    if shown < total || total == 0 {
      screen.console.remark(
        Phrase(en: "\(shown) of \(total) records", zh: "共 \(total) 条，显示 \(shown) 条"))
    }
    return
  }
  let json = try RecordJSON(replica.store, zone: replica.zone)
  let documents = try records.map { try json.json($0.0, in: $0.1) }
  invocation.console.print(
    json: ["records": .array(documents), "total": .integer(Int64(total))])
}
