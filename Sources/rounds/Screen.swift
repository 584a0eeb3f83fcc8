// Words, times and values on the console, for the person who reads.
//
// What records hold was written by others: it is printed without control characters, so that no
// note can rewrite a terminal. Nothing here is read by programs; they have `--json`.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore

struct Screen {
  static let missing = "–"
  let console: Console

  init(_ console: Console) { self.console = console }

  func word(_ phrase: Phrase) -> String { phrase.text(console.language) }

  func say(_ phrase: Phrase) { console.print(word(phrase)) }

  func head(_ text: String) { console.print(console.styled(TextWidth.oneLine(text), .bold)) }

  /// Label and text in two columns.
  func rows(_ rows: [(Phrase, Phrase)]) {
    self.rows(rows.map { (word($0.0), word($0.1)) })
  }

  func rows(_ rows: [(label: String, text: String)]) {
    let columns = rows.map { TextWidth.columns(of: $0.label) }.max() ?? 0
    for row in rows {
      let label = TextWidth.padded(row.label, columns: columns)
      console.print("  \(label)  \(TextWidth.oneLine(row.text))")
    }
  }

  /// A value; an empty one is named, because empty is a value, too.
  func value(_ value: Value) -> String {
    let text = TextWidth.oneLine(FieldText.display(value, in: console.zone))
    return text.isEmpty ? word(Phrase(en: "(empty)", zh: "（空）")) : text
  }

  func value(_ json: JSONValue) -> String {
    switch json {
    case .null: word(Phrase(en: "(empty)", zh: "（空）"))
    case .string(let text): TextWidth.oneLine(text)
    case .array(let values): values.map(value).joined(separator: ", ")
    case .object(let members):
      members.sorted { $0.key < $1.key }.map { "\($0.key) \(value($0.value))" }
        .joined(separator: ", ")
    default: json.text()
    }
  }

  func time(_ moment: Moment) -> String { console.time(moment.milliseconds) }

  /// A record's fields, with what is pending and what is disputed.
  func record(_ row: CollectionRow, _ collection: CollectionSchema, _ json: RecordJSON) throws {
    head("\(collection.title(of: row.values))  \(collection.name) \(row.id)")
    let pending = Set(try json.pendingFields(of: row.id, in: collection))
    let disputes = Dictionary(
      json.disputes(of: row.id).map { ($0.field, $0) }, uniquingKeysWith: { first, _ in first })
    var rows: [(label: String, text: String)] = row.values.entries.map { entry in
      let name = collection.displayName(of: entry.field)
      let mark = pending.contains(name) ? word(Phrase(en: " (waiting)", zh: "（待上传）")) : ""
      return (name, value(entry.value) + mark)
    }
    for (field, conflict) in disputes.sorted(by: { $0.key < $1.key }) {
      for (index, branch) in conflict.values.enumerated() {
        rows.append(
          (
            word(Phrase(en: "\(field) disputed", zh: "\(field) 有争议")),
            "\(index + 1): \(value(branch.value)) (\(branch.author), \(branch.device))"
          ))
      }
    }
    self.rows(rows)
  }
}
