// `rounds conflicts`: values that were written without knowing of each other, and what became of
// them. Shown are those that touch one's own edits; nothing that lost is lost.
//
// Restoring and settling are ordinary edits that have seen every value. They are saved here at once
// and judged by the hub like any others.

import CommandKit
import FollowUp
import Notation
import Replica
import SyncCore

func conflictsCommands(_ outside: Outside) -> [Command] {
  [
    listConflicts(outside), showConflict(outside), restoreConflict(outside),
    settleConflict(outside),
  ]
}

private let conflictArgument = Command.Argument(
  "ID", help: Phrase(en: "A conflict, or the beginning of its id", zh: "冲突的编号或开头"))

private func listConflicts(_ outside: Outside) -> Command {
  Command(
    ["conflicts", "list"], group: Group.attention,
    summary: Phrase(en: "List conflicts that touch your edits", zh: "列出涉及您的修改的冲突"),
    options: [
      Command.Option("all", help: Phrase(en: "Also those of others", zh: "也列出他人的冲突")),
      Command.Option(
        "status", "STATUS", help: Phrase(en: "Only those in this state", zh: "只列出此状态的冲突"),
        values: .oneOf(["open", "settled", "resolved"])),
    ],
    isDefault: true
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let author = invocation.flag("all") ? nil : replica.state.user
    let conflicts = try replica.store.conflicts(touching: author).filter { conflict in
      invocation.option("status").map { $0 == conflict.status } ?? true
    }
    if invocation.isJSON {
      let json = try RecordJSON(replica.store, zone: replica.zone)
      return invocation.console.print(
        json: ["conflicts": .array(conflicts.map { json.json($0) })])
    }
    let screen = Screen(invocation.console)
    if conflicts.isEmpty { return screen.say(Phrase(en: "No conflicts.", zh: "没有冲突。")) }
    for conflict in conflicts {
      let title = try Finder(replica.store).found(conflict.record)?.title ?? ""
      let values = conflict.values.map { screen.value($0.value) }.joined(separator: " | ")
      invocation.console.print(
        "\(conflict.id)  \(conflict.status)  \(TextWidth.oneLine(title)) \(conflict.field): \(values)"
      )
    }
  }
}

private func showConflict(_ outside: Outside) -> Command {
  Command(
    ["conflicts", "show"], group: Group.attention,
    summary: Phrase(en: "Show a conflict with all its values", zh: "显示冲突及其所有值"),
    arguments: [conflictArgument]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let conflict = try conflict(invocation, replica)
    if invocation.isJSON {
      let json = try RecordJSON(replica.store, zone: replica.zone, only: conflict.record)
      return invocation.console.print(json: json.json(conflict))
    }
    try show(conflict, replica)
  }
}

private func show(_ conflict: Conflict, _ replica: OpenReplica) throws {
  let screen = Screen(replica.console)
  let title = try Finder(replica.store).found(conflict.record)?.title ?? ""
  screen.head("\(title)  \(conflict.field)  \(conflict.status)")
  screen.rows([
    (Phrase(en: "record", zh: "记录"), Phrase(verbatim: conflict.record.description)),
    (Phrase(en: "before", zh: "之前"), Phrase(verbatim: screen.value(conflict.base))),
    (Phrase(en: "rule", zh: "规则"), Phrase(verbatim: conflict.rule)),
  ])
  for (index, branch) in conflict.values.enumerated() {
    let skew = branch.skew.map { RelativeTime.length(milliseconds: $0) }
    let off = skew.map {
      screen.word(Phrase(en: ", clock off by \($0.en)", zh: "，时钟偏差 \($0.zh)"))
    }
    let isShown = branch.value == conflict.shown
    let mark = isShown ? screen.word(Phrase(en: " (shown)", zh: "（当前显示）")) : ""
    replica.console.print(
      "  \(index + 1): \(screen.value(branch.value))\(mark)  "
        + TextWidth.oneLine("\(branch.author), \(branch.device), \(screen.time(branch.at))")
        + (off ?? ""))
  }
  if conflict.isDuplicate {
    return screen.say(
      Phrase(
        en: "These customers share a code; an administrator decides which is kept.",
        zh: "这些客户使用同一编码；由管理员决定保留哪一个。"))
  }
  let command = "rounds conflicts \(conflict.isOpen ? "settle" : "restore") \(conflict.id)"
  screen.say(
    conflict.isOpen
      ? Phrase(en: "Decide with: \(command) --take N", zh: "做决定：\(command) --take N")
      : Phrase(en: "Write your value again with: \(command)", zh: "恢复自己的值：\(command)"))
}

private func restoreConflict(_ outside: Outside) -> Command {
  Command(
    ["conflicts", "restore"], group: Group.attention,
    summary: Phrase(en: "Write your own losing value again", zh: "恢复自己落选的值"),
    arguments: [conflictArgument]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let conflict = try conflict(invocation, replica)
    if conflict.isDuplicate { throw RepError.duplicateCustomers(conflict.id) }
    if conflict.isOpen { throw RepError.conflictOpen(conflict.id) }
    guard let branch = conflict.losingBranch(of: replica.state.user) else {
      throw RepError.nothingLost(conflict.id)
    }
    try write(branch.value, over: conflict, invocation, replica)
  }
}

private func settleConflict(_ outside: Outside) -> Command {
  Command(
    ["conflicts", "settle"], group: Group.attention,
    summary: Phrase(en: "Decide an open conflict", zh: "了结未决冲突"),
    arguments: [conflictArgument],
    options: [
      Command.Option("take", "N", help: Phrase(en: "With its Nth value", zh: "采用第 N 个值")),
      Command.Option("value", "V", help: Phrase(en: "With another value", zh: "采用另外的值")),
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let conflict = try conflict(invocation, replica)
    let (number, text) = (try invocation.integer("take"), invocation.option("value"))
    guard (number == nil) != (text == nil) else { throw RepError.takeOrValue }
    if conflict.isDuplicate { throw RepError.duplicateCustomers(conflict.id) }
    guard conflict.isOpen else {
      throw RepError.conflictClosed(conflict.id, status: conflict.status)
    }
    if let number {
      guard (1...max(1, conflict.values.count)).contains(number) else {
        throw RepError.noSuchBranch(
          number, field: conflict.field, branches: conflict.values.count)
      }
      return try write(conflict.values[number - 1].value, over: conflict, invocation, replica)
    }
    try write(
      value(text ?? "", of: conflict, replica), over: conflict, invocation, replica)
  }
}

/// What was typed as a value of the disputed unit; of a group, its leading member.
private func value(
  _ text: String, of conflict: Conflict, _ replica: OpenReplica
) throws -> Value {
  if conflict.unit == .lifecycle {
    guard let lifecycle = Lifecycle(.text(text)) else {
      throw RepError.valueNotAllowed(
        field: conflict.field, text: text, allowed: ["alive", "deleted"])
    }
    return lifecycle.value
  }
  let shown = try replica.store.table(conflict.collection)
    .row(conflict.record, in: replica.store.db)?.values
  var writing = FieldWriting(replica, conflict.collection, current: shown ?? FieldValues())
  try writing.take([.set(field: conflict.field, value: text)])
  try writing.checkTitle()
  return conflict.collection.unitValue(of: conflict.unit, from: writing.values)
}

private func write(
  _ value: Value, over conflict: Conflict, _ invocation: Invocation, _ replica: OpenReplica
) throws {
  let write = RecordWrite(
    conflict.record, in: conflict.collection, [.put(conflict.unit, value)])
  try replica.store.write([write], at: replica.now)
  let text = "\(conflict.field)=\(Screen(replica.console).value(value))"
  try replica.printSaved(
    invocation, text, conflict.record, with: ["conflict": .string(conflict.id.description)])
}

private func conflict(_ invocation: Invocation, _ replica: OpenReplica) throws -> Conflict {
  let typed = invocation.argument("ID")
  guard case .one(let found) = try Finder(replica.store).reference(typed),
    found.collection == .conflict, let conflict = try replica.store.conflict(found.id)
  else {
    if case .several(let candidates) = try Finder(replica.store).reference(typed) {
      throw RepError.ambiguous(reference: typed, candidates: candidates)
    }
    throw RepError.conflictMissing(typed)
  }
  return conflict
}
