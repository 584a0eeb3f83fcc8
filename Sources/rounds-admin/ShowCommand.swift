// `show`: one record as the hub has it, and which of its fields are disputed.
//
// The name comes first, then the other fields by name. A disputed field shows every value, because
// the one that stands in the record is only the one that the rule shows for now.

import CommandKit
import Notation

let referenceArgument = Command.Argument(
  "REF",
  help: Phrase(
    en: "The record: its id, the beginning of it, or collection:name",
    zh: "记录：编号、编号开头，或 类别:名称"))

let showCommand = Command(
  ["show"], group: Group.records,
  summary: Phrase(en: "Show a record", zh: "查看一条记录"),
  arguments: [referenceArgument],
  examples: [
    Command.Example(
      "rounds-admin show 'customer:Acme GmbH'",
      Phrase(en: "By its exact name", zh: "按完整名称查找"))
  ]
) { invocation in
  let document = try invocation.hub().read(["records", invocation.argument("REF")])
  invocation.show(document) { screen in RecordPage(record: document, screen: screen).print() }
}

struct RecordPage {
  let record: JSONValue
  let screen: Screen

  /// What names a record comes first.
  static func isBefore(_ left: String, _ right: String) -> Bool {
    let heads = ["name", "title"]
    let ranks = [left, right].map { heads.firstIndex(of: $0) ?? heads.count }
    return (ranks[0], left) < (ranks[1], right)
  }

  func print() {
    let id = screen.text(record["id"])
    let collection = screen.text(record["collection"])
    let isDeleted = record["deleted"]?.bool == true
    let mark = isDeleted ? Phrase(en: "  (deleted)", zh: "（已删除）") : Phrase(verbatim: "")
    screen.head(Phrase(verbatim: "\(collection) \(id)") + mark)
    let fields = record["fields"]?.object ?? [:]
    let disputed = record["disputed"]?.object ?? [:]
    var rows = fields.filter { !$0.value.isNull }.sorted { RecordPage.isBefore($0.key, $1.key) }
      .map { (label: $0.key, text: screen.value($0.value)) }
    rows.append(
      (screen.word(Phrase(en: "(created)", zh: "（创建）")), screen.time(record["createdAt"])))
    rows.append(
      (screen.word(Phrase(en: "(updated)", zh: "（更新）")), screen.time(record["updatedAt"])))
    screen.rows(rows)
    guard !disputed.isEmpty else { return }
    for (field, values) in disputed.sorted(by: { $0.key < $1.key }) {
      screen.space()
      screen.head(Phrase(en: "Disputed: \(field)", zh: "有争议：\(field)"))
      for (number, value) in zip(1..., values.array ?? []) {
        screen.row(String(number), screen.value(value["value"] ?? .null), labelColumns: 2)
        let who = screen.person(value["author"], value["device"])
        screen.row("", "\(who), \(screen.time(value["at"]))", labelColumns: 2, .dim)
      }
    }
    let reference = Screen.quoted(record["id"]?.string ?? "REF")
    screen.next([
      (
        "\(adminTable.program) conflicts --record \(reference)",
        Phrase(en: "what there is to decide", zh: "查看需要决定的冲突")
      )
    ])
  }
}
