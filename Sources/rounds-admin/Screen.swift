// Words, times and values on the console, in the language of the person who reads.
//
// What records hold was written by others: it is printed without control characters, so that no
// note can rewrite a terminal. What the hub leaves out is shown as a dash, never made up.

import CommandKit
import Notation

struct Screen {
  let console: Console

  init(_ console: Console) { self.console = console }

  static let missing = "–"

  // MARK: - Lines

  func say(_ phrase: Phrase) { console.print(word(phrase)) }

  func say(_ en: String, _ zh: String) { say(Phrase(en: en, zh: zh)) }

  func space() { console.print("") }

  func word(_ phrase: Phrase) -> String { phrase.text(console.language) }

  /// A heading in bold.
  func head(_ phrase: Phrase) { console.print(console.styled(word(phrase), .bold)) }

  /// Label and text in two columns; the text is wrapped under itself.
  func row(_ label: String, _ text: String, labelColumns: Int, _ style: Console.Style? = nil) {
    let indent = labelColumns + 4
    var left = "  " + TextWidth.padded(label, columns: labelColumns) + "  "
    let room = console.outputIsTerminal ? max(20, console.width - indent) : Int.max
    for line in paragraphs(text).flatMap({ TextWidth.wrapped($0, columns: room) }) {
      console.print((left + (style.map { console.styled(line, $0) } ?? line)).droppingLastSpaces)
      left = String(repeating: " ", count: indent)
    }
  }

  /// Rows whose labels stand in one column.
  func rows(_ rows: [(label: String, text: String)]) {
    let columns = rows.map { TextWidth.columns(of: $0.label) }.max() ?? 0
    for row in rows { self.row(row.label, row.text, labelColumns: columns) }
  }

  /// A column of a list; numbers stand right.
  struct Column {
    var title: Phrase
    var alignment = TextTable.Alignment.left

    init(_ en: String, _ zh: String, _ alignment: TextTable.Alignment = .left) {
      (title, self.alignment) = (Phrase(en: en, zh: zh), alignment)
    }
  }

  /// A list as a table; where there is nothing to list, that is said.
  func list(
    _ rows: [JSONValue], _ columns: [Column], orSay nothing: Phrase,
    cells: (JSONValue) -> [String]
  ) {
    guard !rows.isEmpty else { return say(nothing) }
    var table = TextTable(columns.map { TextTable.Column(word($0.title), $0.alignment) })
    for row in rows { table.add(cells(row)) }
    table.print(to: console)
  }

  private func paragraphs(_ text: String) -> [String] {
    text.split(omittingEmptySubsequences: false) { $0.isNewline }
      .map { TextWidth.oneLine(String($0)) }
  }

  /// Commands to copy, each with what it does.
  func next(_ commands: [(line: String, does: Phrase)]) {
    space()
    head(Phrase(en: "Next:", zh: "接下来："))
    let columns = commands.map { TextWidth.columns(of: $0.line) }.max() ?? 0
    for command in commands {
      console.print(
        "  " + TextWidth.padded(command.line, columns: columns) + "  "
          + console.styled("# " + word(command.does), .dim))
    }
  }

  // MARK: - Text

  func text(_ value: JSONValue?) -> String {
    guard let value, !value.isNull else { return Screen.missing }
    return TextWidth.oneLine(self.value(value))
  }

  /// `ann on ann-thinkpad`
  func person(_ author: JSONValue?, _ device: JSONValue?) -> String {
    let author = author?.string ?? word(Phrase(en: "somebody", zh: "某人"))
    guard let device = device?.string, !device.isEmpty else { return TextWidth.oneLine(author) }
    return TextWidth.oneLine(
      word(Phrase(en: "\(author) on \(device)", zh: "\(author)（\(device)）")))
  }

  /// A value of a field; an empty one is named, because empty is a value, too.
  func value(_ value: JSONValue) -> String {
    switch value {
    case .null: word(Phrase(en: "(empty)", zh: "（空）"))
    case .bool(let value): word(value ? Phrase(en: "yes", zh: "是") : Phrase(en: "no", zh: "否"))
    case .string(""): word(Phrase(en: "(empty)", zh: "（空）"))
    case .string(let text): title(text) ?? exactTime(text) ?? text
    case .integer, .number: value.text()
    case .array(let values): values.map(self.value).joined(separator: word(separator))
    case .object(let members):
      members.sorted { $0.key < $1.key }
        .map { "\($0.key) \(self.value($0.value))" }.joined(separator: word(separator))
    }
  }

  /// What is stored in both languages, such as a reminder's title, in the reader's; nil for any other text.
  private func title(_ text: String) -> String? {
    guard text.hasPrefix("{"), let titles = try? JSONValue(parsing: text),
      titles.object?.count == 2, let en = titles["en"]?.string, let zh = titles["zh"]?.string
    else { return nil }
    return word(Phrase(en: en, zh: zh))
  }

  private var separator: Phrase { Phrase(en: ", ", zh: "、") }

  // MARK: - Times

  func moment(_ value: JSONValue?) -> Int64? {
    value?.string.flatMap { ISO8601.parse($0, zone: console.zone) }
  }

  /// `2026-11-21 10:24 (23 hours ago)`
  func time(_ value: JSONValue?) -> String {
    guard let moment = moment(value) else { return text(value) }
    let relative = RelativeTime.text(moment, now: console.now())
    return word(
      Phrase(
        en: "\(console.time(moment)) (\(relative.en))",
        zh: "\(console.time(moment))（\(relative.zh)）"))
  }

  /// `23 hours ago`
  func relativeTime(_ value: JSONValue?) -> String {
    guard let moment = moment(value) else { return text(value) }
    return word(RelativeTime.text(moment, now: console.now()))
  }

  /// A moment as the hub writes one, in local time and to its last digit; nil for other text.
  private func exactTime(_ text: String) -> String? {
    let isMoment = text.utf8.count >= 22 && text.utf8.dropFirst(10).first == UInt8(ascii: "T")
    guard isMoment, let moment = ISO8601.parse(text, zone: .utc) else { return nil }
    if moment % 60_000 == 0 { return console.time(moment) }
    let local = ISO8601.string(milliseconds: moment, in: console.zone)
    return String(local.dropLast(6).map { $0 == "T" ? " " : $0 })
  }
}

extension Screen {
  /// A word for a shell: quoted where it must be.
  static func quoted(_ word: String) -> String {
    let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_.:/+@%=".contains($0) }
    if isPlain, !word.isEmpty { return word }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: #"'\''"#) + "'"
  }
}

extension String {
  fileprivate var droppingLastSpaces: String {
    String(reversed().drop { $0 == " " }.reversed())
  }
}
