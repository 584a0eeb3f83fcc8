// `history`: what happened to a record, told newest first: when, who, on which device, what.
//
// Order is the hub's commit order (position), not the clocks'. Times of the laptops may therefore
// step back in the story; that is the truth and must not be sorted away.

import CommandKit
import HubClient
import Notation

let historyCommand = Command(
  ["history"], group: Group.records,
  summary: Phrase(en: "Tell what happened to a record, newest first", zh: "按时间倒序讲述一条记录的变更"),
  arguments: [referenceArgument],
  options: [
    Command.Option("field", "F", help: Phrase(en: "Only of this field", zh: "只看这个字段")),
    Command.Option(
      "owner",
      help: Phrase(en: "Whose it has been, from when to when, and why", zh: "历任负责人、起止时间与原因")),
  ],
  examples: [
    Command.Example(
      "rounds-admin history 'customer:Acme GmbH' --field notes",
      Phrase(en: "How the notes came to be", zh: "备注字段的来龙去脉"))
  ]
) { invocation in
  let reference = invocation.argument("REF")
  let isAboutOwners = invocation.flag("owner")
  let field = isAboutOwners ? "owner" : invocation.option("field")
  let document = try invocation.hub().read(
    ["records", reference, "history"], query: field.map { [HubQuery("field", $0)] } ?? [])
  if isAboutOwners {
    let chain = OwnerChain(history: document["history"]?.array ?? [])
    return invocation.show(["owners": chain.json]) { screen in
      for span in chain.spans { show(span, on: screen) }
    }
  }
  invocation.show(document) { screen in
    let entries = (document["history"]?.array ?? []).map { HistoryEntry($0) }
    HistoryStory(reference: reference, field: field, screen: screen).print(entries)
    printMissing(document["missing"]?.array ?? [], screen)
  }
}

/// A part of the past is never shown as if it were the whole.
private func printMissing(_ missing: [JSONValue], _ screen: Screen) {
  for archive in missing {
    let (name, reason) = (screen.text(archive["archive"]), screen.text(archive["reason"]))
    let words = Phrase(
      en: "More may be in the archive \(name), which cannot be read: \(reason)",
      zh: "归档 \(name) 中可能还有更早的内容，但无法读取：\(reason)")
    screen.console.print(screen.console.styled(screen.word(words), .red))
  }
}

private func show(_ span: OwnerChain.Span, on screen: Screen) {
  let who = span.owner ?? span.pool.map { "(\($0))" } ?? Screen.missing
  let reason = span.reason.map { ": \($0)" } ?? ""
  let until = span.until.map { screen.time(.string($0)) } ?? ""
  screen.console.print(
    "\(screen.time(.string(span.from))) – \(until)  \(who)  \(span.cause.rawValue) \(span.by)\(reason)"
  )
}

/// One accepted or refused edit of a record.
struct HistoryEntry {
  let document: JSONValue

  init(_ document: JSONValue) { self.document = document }

  var position: Int64 { document["position"]?.integer ?? -1 }

  var changes: [(field: String, value: JSONValue)] {
    (document["changes"]?.object ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  var refused: [JSONValue] { document["refused"]?.array ?? [] }
}

struct HistoryStory {
  let reference: String
  let field: String?
  let screen: Screen

  func print(_ entries: [HistoryEntry]) {
    guard !entries.isEmpty else { return screen.say("Nothing has happened yet.", "还没有任何变更。") }
    let newestFirst = entries.sorted { $0.position > $1.position }
    for (number, entry) in newestFirst.enumerated() {
      if number > 0 { screen.space() }
      print(entry)
    }
    guard newestFirst.count > 1, let at = newestFirst[1].document["at"]?.string else { return }
    let only = field.map { " --field \(Screen.quoted($0))" } ?? ""
    let line = "restore \(Screen.quoted(reference))\(only) --at \(Screen.quoted(at))"
    screen.next([
      (
        "\(adminTable.program) \(line)",
        Phrase(en: "as it was before the newest edit", zh: "恢复到最近一次编辑之前")
      )
    ])
  }

  private func print(_ entry: HistoryEntry) {
    let document = entry.document
    let when = screen.time(document["at"])
    let who = screen.person(document["author"], document["device"])
    let place = screen.word(
      Phrase(
        en: "position \(screen.text(document["position"])), edit \(screen.text(document["dot"]))",
        zh: "位置 \(screen.text(document["position"]))，编辑 \(screen.text(document["dot"]))"))
    let head = screen.console.styled(
      screen.word(Phrase(en: "\(when), \(who)", zh: "\(when)，\(who)")), .bold)
    screen.console.print("\(head)  \(screen.console.styled(place + archive(document), .dim))")
    for change in entry.changes {
      for line in lines(of: change.field, change.value) { row(line) }
    }
    for refusal in entry.refused { row(refusalText(refusal)) }
    if entry.changes.isEmpty, entry.refused.isEmpty {
      row(screen.word(Phrase(en: "changed nothing", zh: "没有改变任何内容")))
    }
  }

  /// Where an entry was read from, if not from the database.
  private func archive(_ document: JSONValue) -> String {
    guard let name = document["archive"]?.string else { return "" }
    return screen.word(Phrase(en: ", from \(name)", zh: "，出自 \(name)"))
  }

  private func row(_ text: String) { screen.row("-", text, labelColumns: 1) }

  private func lines(of field: String, _ value: JSONValue) -> [String] {
    if field == "lifecycle", let text = lifecycle(value) { return [screen.word(text)] }
    let isAlteration = value["added"]?.array != nil || value["removed"]?.array != nil
    guard isAlteration else {
      if value.isNull { return [screen.word(Phrase(en: "cleared \(field)", zh: "清空 \(field)"))] }
      let text = screen.value(value)
      return [screen.word(Phrase(en: "set \(field) to \(text)", zh: "\(field) 改为 \(text)"))]
    }
    var lines: [Phrase] = []
    if let added = value["added"]?.array, !added.isEmpty {
      let list = screen.value(.array(added))
      lines.append(Phrase(en: "added \(list) to \(field)", zh: "\(field) 增加 \(list)"))
    }
    if let removed = value["removed"]?.array, !removed.isEmpty {
      let list = screen.value(.array(removed))
      lines.append(Phrase(en: "took \(list) out of \(field)", zh: "\(field) 去掉 \(list)"))
    }
    return lines.map(screen.word)
  }

  private func lifecycle(_ value: JSONValue) -> Phrase? {
    switch value.string {
    case "alive": Phrase(en: "brought the record to life", zh: "建立或恢复了这条记录")
    case "deleted": Phrase(en: "deleted the record", zh: "删除了这条记录")
    default: nil
    }
  }

  /// A refusal is a word, or a document with field, reason and text.
  private func refusalText(_ refusal: JSONValue) -> String {
    let field = refusal["field"]?.string
    let reason =
      refusal["text"]?.string ?? refusal["reason"]?.string
      ?? (refusal.object == nil ? screen.text(refusal) : Screen.missing)
    let what = field.map { "\($0): " } ?? ""
    return screen.word(Phrase(en: "refused \(what)\(reason)", zh: "被拒绝 \(what)\(reason)"))
  }
}
