// How a conflict is put to an admin: at a glance, whole.
//
// Everything needed to decide stands on one screen: what both sides had started from, every value
// with its number, who wrote it, on which device and when, which value people see now and by which
// rule, and the commands that settle it. It must never hide a value.

import CommandKit
import Notation

/// The whole of a conflict on one screen.
struct ConflictPage {
  let conflict: Conflict
  let screen: Screen
  private var document: JSONValue { conflict.document }

  func print() {
    printHead()
    let labels = labels
    let columns = labels.map { TextWidth.columns(of: screen.word($0)) }.max() ?? 0
    func row(_ label: Phrase, _ text: String) {
      screen.row(screen.word(label), text, labelColumns: columns)
    }
    screen.space()
    row(Label.record, "\(screen.text(document["collection"])) \(screen.text(document["record"]))")
    row(Label.field, screen.text(document["field"]))
    row(Label.base, screen.value(document["base"] ?? .null))
    for candidate in conflict.candidates { print(candidate, labelColumns: columns) }
    screen.space()
    if conflict.shownNumbers.isEmpty {
      row(Label.shown, screen.value(document["shown"] ?? .null))
    }
    row(Label.rule, ruleText)
    if let note = document["note"]?.string, !note.isEmpty { row(Label.note, note) }
    screen.next(nextCommands)
  }

  private func printHead() {
    let id = screen.text(document["id"])
    let who = screen.text(document["resolvedBy"])
    let when = screen.time(document["resolvedAt"])
    let status: Phrase =
      switch conflict.status {
      case .open: Phrase(en: "open, somebody has to decide", zh: "待处理，需要有人决定")
      case .settled:
        Phrase(
          en: "settled by its rule, other values can be restored",
          zh: "已按规则处理，其他值仍可恢复")
      case .resolved: Phrase(en: "resolved by \(who), \(when)", zh: "已由 \(who) 解决，\(when)")
      case nil: Phrase(verbatim: screen.text(document["status"]))
      }
    screen.head(
      Phrase(en: "Conflict \(id) : \(status.en)", zh: "冲突 \(id) ：\(status.zh)"))
  }

  private enum Label {
    static let record = Phrase(en: "Record", zh: "记录")
    static let field = Phrase(en: "Field", zh: "字段")
    static let base = Phrase(en: "Base", zh: "原值")
    static let isShown = Phrase(en: "(shown)", zh: "（显示中）")
    static let shown = Phrase(en: "Shown", zh: "显示值")
    static let rule = Phrase(en: "Rule", zh: "规则")
    static let note = Phrase(en: "Note", zh: "备注")

    static func value(_ number: Int) -> Phrase {
      Phrase(en: "Value \(number)", zh: "值 \(number)")
    }
  }

  private var labels: [Phrase] {
    [Label.record, Label.field, Label.base, Label.isShown, Label.shown, Label.rule, Label.note]
      + conflict.candidates.map { Label.value($0.number) }
  }

  private func print(_ candidate: Conflict.Candidate, labelColumns: Int) {
    let isShown = !conflict.isDuplicate && conflict.shownNumbers.contains(candidate.number)
    let author = candidate.document
    screen.space()
    screen.row(
      screen.word(Label.value(candidate.number)),
      conflict.isDuplicate
        ? "\(screen.text(candidate.document["name"]))  \(screen.text(candidate.document["record"]))"
        : screen.value(candidate.value),
      labelColumns: labelColumns, .bold)
    let who = screen.person(author["author"], author["device"])
    let when = screen.time(author["at"])
    let dot = screen.text(author["dot"])
    screen.row(
      isShown ? screen.word(Label.isShown) : "",
      screen.word(
        Phrase(en: "\(who), \(when), edit \(dot)", zh: "\(who)，\(when)，编辑 \(dot)")),
      labelColumns: labelColumns)
    if let skew = author["skew"]?.integer, skew != 0 {
      screen.row("", screen.word(ConflictPage.skewText(skew)), labelColumns: labelColumns, .yellow)
    }
  }

  static func skewText(_ milliseconds: Int64) -> Phrase {
    let length = RelativeTime.length(milliseconds: milliseconds)
    return milliseconds > 0
      ? Phrase(en: "This device's clock was \(length.en) ahead.", zh: "该设备的时钟快了 \(length.zh)。")
      : Phrase(en: "This device's clock was \(length.en) behind.", zh: "该设备的时钟慢了 \(length.zh)。")
  }

  private var ruleText: String {
    let rule = document["rule"]?.string ?? Screen.missing
    let version = screen.text(document["ruleVersion"])
    let meaning = MergeRuleText.meaning(of: rule)
    return screen.word(
      Phrase(
        en: "\(rule), version \(version)" + (meaning.map { ": \($0.en)" } ?? ""),
        zh: "\(rule)，版本 \(version)" + (meaning.map { "：\($0.zh)" } ?? "")))
  }

  private func duplicateCommands(
    _ command: String, _ id: String
  ) -> [(line: String, does: Phrase)] {
    conflict.candidates.map { candidate in
      let number = candidate.number
      return (
        "\(command) resolve \(id) --take \(number)",
        Phrase(
          en: "keep customer \(number), and make the others part of it",
          zh: "保留客户 \(number)，其余并入该客户")
      )
    } + [
      (
        "\(command) resolve \(id) --value apart",
        Phrase(en: "they are not one", zh: "并非同一客户，保持各自独立")
      )
    ]
  }

  private var nextCommands: [(line: String, does: Phrase)] {
    let id = Screen.quoted(document["id"]?.string ?? "ID")
    let command = "\(adminTable.program) conflicts"
    if conflict.isDuplicate {
      return conflict.status == .open ? duplicateCommands(command, id) : []
    }
    var lines: [(line: String, does: Phrase)] = []
    switch conflict.status {
    case .resolved, nil:
      lines.append(
        ("\(command) reopen \(id)", Phrase(en: "ask for a new decision", zh: "重新决定")))
    case .open, .settled:
      let isOpen = conflict.status == .open
      let others = conflict.candidates.filter {
        isOpen || !conflict.shownNumbers.contains($0.number)
      }
      lines += others.map { candidate in
        let number = candidate.number
        return (
          "\(command) resolve \(id) --take \(number)",
          Phrase(en: "take value \(number)", zh: "采用值 \(number)")
        )
      }
      lines.append(
        (
          "\(command) resolve \(id) --value '…'",
          Phrase(en: "write another value", zh: "另写一个值")
        ))
    }
    let record = Screen.quoted(document["record"]?.string ?? "REF")
    let field = Screen.quoted(document["field"]?.string ?? "F")
    lines.append(
      (
        "\(adminTable.program) history \(record) --field \(field)",
        Phrase(en: "how it came to this", zh: "查看来龙去脉")
      ))
    return lines
  }
}

/// What each merge rule does, in a line.
enum MergeRuleText {
  static func meaning(of rule: String) -> Phrase? {
    switch rule {
    case "latest": Phrase(en: "the latest value is shown", zh: "显示最新的值")
    case "ranked":
      Phrase(
        en: "the value of the higher-ranked author is shown", zh: "显示级别较高的作者写的值")
    case "review":
      Phrase(
        en: "the latest value is shown until somebody decides", zh: "在有人决定之前显示最新的值")
    case "union": Phrase(en: "everything that was added is kept", zh: "保留所有添加的内容")
    case "greatest": Phrase(en: "the greatest value is shown", zh: "显示最大的值")
    case "least": Phrase(en: "the least value is shown", zh: "显示最小的值")
    case "furthest": Phrase(en: "the furthest stage is shown", zh: "显示最靠后的阶段")
    case "firstAccepted":
      Phrase(en: "the value that reached the hub first is shown", zh: "显示最先到达服务器的值")
    case "hubOnly": Phrase(en: "only the hub writes this field", zh: "只有服务器能写这个字段")
    case "once": Phrase(en: "the field is written once", zh: "该字段只能写一次")
    case "editRevives":
      Phrase(
        en: "a deleted record that was edited lives on until somebody decides",
        zh: "被删除但又被修改的记录会保留，直到有人决定")
    case "duplicate":
      Phrase(
        en: "customers that share a code all stay until somebody decides",
        zh: "使用同一编码的客户都会保留，直到有人决定")
    case "deletionWins": Phrase(en: "the record stays deleted", zh: "记录保持删除状态")
    default: nil
    }
  }
}
