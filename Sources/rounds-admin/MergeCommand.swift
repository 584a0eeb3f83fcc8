// `merge`: two customers become one; `merge undo` makes them two again.
//
// Which of the two is kept is said by what was typed for it, so that nobody has to count; A and B stand for the
// first and the second. The hub does all of it in one step, or nothing.

import CommandKit
import Notation

let mergeCommands = [mergeCommand, mergeUndoCommand]

private let mergeCommand = Command(
  ["merge"], group: Group.records,
  summary: Phrase(en: "Make two customers one", zh: "把两个客户合并为一个"),
  arguments: [
    Command.Argument("A", help: Phrase(en: "A customer", zh: "一个客户")),
    Command.Argument("B", help: Phrase(en: "The other one", zh: "另一个客户")),
  ],
  options: [
    Command.Option(
      "keep", "A|B", help: Phrase(en: "Which of the two stays (needed)", zh: "保留哪一个（必填）")),
    Command.Option(
      "field", "F=A|B",
      help: Phrase(en: "Whose value a field gets", zh: "某个字段取谁的值"), isRepeatable: true),
  ],
  examples: [
    Command.Example(
      "rounds-admin merge 01JC0000 01JD3QX8 --keep 01JC0000 --field phone=01JD3QX8",
      Phrase(en: "The first stays, with the telephone number of the second", zh: "保留第一个，电话取第二个的")),
    Command.Example(
      "rounds-admin merge 'customer:Acme' 'customer:Acme Ltd' --keep B",
      Phrase(en: "The second stays", zh: "保留第二个")),
  ],
  notes: [
    Phrase(
      en: """
        What the one that stays does not say, the other says for it; tags are put together. Contacts, \
        follow-ups, deals and tasks of the other move to it. What laptops still write about the other is \
        taken as written about the one that stays.
        """,
      zh: "保留的客户缺少的内容由另一个补上，标签合并；另一个的联系人、跟进、商机和任务归到保留的客户。终端之后写到另一个客户的内容也归到保留的客户。"),
    Phrase(
      en: "rounds-admin merge undo takes it back, for 30 days.",
      zh: "30 天内可以用 rounds-admin merge undo 撤销。"),
  ]
) { invocation in
  let pair = Pair(first: invocation.argument("A"), second: invocation.argument("B"))
  let keepsFirst = try pair.isFirst(invocation.requiredOption("keep"), of: "keep", invocation)
  var (take, leave): ([JSONValue], [JSONValue]) = ([], [])
  for typed in invocation.options("field") {
    let parts = typed.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { throw pair.unreadable(typed, of: "field", invocation) }
    let isFirst = try pair.isFirst(parts[1], of: "field", invocation)
    if isFirst == keepsFirst {
      leave.append(.string(parts[0]))
    } else {
      take.append(.string(parts[0]))
    }
  }
  let (kept, other) = keepsFirst ? (pair.first, pair.second) : (pair.second, pair.first)
  let answer = try invocation.hub().post(
    ["records", kept, "merge"],
    ["from": .string(other), "take": .array(take), "leave": .array(leave)])
  let id = answer["id"]?.string ?? other
  invocation.show(answer) { screen in
    screen.say(
      "\(other) is part of \(kept) now. Take it back with: rounds-admin merge undo \(id)",
      "\(other) 已并入 \(kept) 。撤销：rounds-admin merge undo \(id)")
  }
}

private let mergeUndoCommand = Command(
  ["merge", "undo"], group: Group.records,
  summary: Phrase(en: "Make a customer two again", zh: "撤销客户合并"),
  arguments: [
    Command.Argument("ID", help: Phrase(en: "The one that did not stay", zh: "未保留的那个客户"))
  ],
  examples: [
    Command.Example(
      "rounds-admin merge undo 01JD3QX8",
      Phrase(en: "It comes back with what was moved from it", zh: "恢复该客户及其移走的内容"))
  ],
  notes: [
    Phrase(
      en: "What somebody has written since the merge stays where he wrote it.",
      zh: "合并之后新写的内容留在原处。")
  ]
) { invocation in
  let reference = invocation.argument("ID")
  let answer = try invocation.hub().post(["records", reference, "unmerge"])
  invocation.show(answer) { screen in
    screen.say("\(reference) is a customer of its own again.", "\(reference) 已恢复为独立客户。")
  }
}

/// Two records by what was typed for them.
private struct Pair {
  let first: String
  let second: String

  func isFirst(
    _ typed: String, of option: String, _ invocation: Invocation
  ) throws(CommandFailure) -> Bool {
    switch typed {
    case first, "A": return true
    case second, "B": return false
    default: throw unreadable(typed, of: option, invocation)
    }
  }

  func unreadable(
    _ typed: String, of option: String, _ invocation: Invocation
  ) -> CommandFailure {
    let prefix = option == "field" ? "FIELD=" : ""
    return invocation.unreadable(
      option, typed,
      Phrase(
        en: "\(prefix)A for \(first) , or \(prefix)B for \(second) .",
        zh: "\(prefix)A（\(first)）或 \(prefix)B（\(second)）。"))
  }
}
