// `rounds attention`: values of one's own that the hub did not accept, with the reason.
//
// They are kept until their author decides: write them again on what is shown now, or let them go.

import CommandKit
import FollowUp
import Notation
import Replica
import SyncCore

func attentionCommands(_ outside: Outside) -> [Command] {
  [
    listDrafts(outside), showDraft(outside), retryDraft(outside), referDraft(outside),
    discardDraft(outside),
  ]
}

private let draftArgument = Command.Argument(
  "ID", help: Phrase(en: "An entry, or the beginning of its id", zh: "条目的编号或开头"))

/// What becomes of a parked value, which is not its author's to decide.
private let waiting = Phrase(
  en: "  It waits at the hub for the record's new owner or a manager.",
  zh: "  该内容保留在服务器上，等待记录的新负责人或主管处理。")

/// What was parked, and whoever decides did not want.
private let turnedDown = Phrase(
  en: "  It was discarded at the hub, and is here alone now.",
  zh: "  该内容已在服务器上被放弃，现仅保留在本机。")

/// What there is to say besides the reason.
private func say(whereabouts draft: Draft, on screen: Screen) {
  if draft.isParked { screen.say(waiting) }
  if draft.reason == .discarded { screen.say(turnedDown) }
}

private func listDrafts(_ outside: Outside) -> Command {
  Command(
    ["attention", "list"], group: Group.attention,
    summary: Phrase(en: "List your values that were refused", zh: "列出未被接受的值"),
    isDefault: true
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let drafts = try replica.store.drafts()
    if invocation.isJSON {
      return invocation.console.print(
        json: ["attention": .array(drafts.map { json($0, replica) })])
    }
    let screen = Screen(invocation.console)
    if drafts.isEmpty {
      return screen.say(Phrase(en: "Nothing needs attention.", zh: "没有待处理的事项。"))
    }
    for draft in drafts {
      let document = json(draft, replica)
      let field = document["field"]?.string ?? document["collection"]?.string ?? ""
      invocation.console.print(
        "\(draft.id)  \(field): \(screen.value(document["value"] ?? .null))  "
          + TextWidth.oneLine(screen.word(draft.words)))
      say(whereabouts: draft, on: screen)
    }
  }
}

private func showDraft(_ outside: Outside) -> Command {
  Command(
    ["attention", "show"], group: Group.attention,
    summary: Phrase(en: "Show a refused value", zh: "显示一个未被接受的值"),
    arguments: [draftArgument]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let draft = try draft(invocation, replica)
    let document = json(draft, replica)
    if invocation.isJSON { return invocation.console.print(json: document) }
    let screen = Screen(invocation.console)
    let rows = (document.object ?? [:]).sorted { $0.key < $1.key }
    screen.rows(rows.map { (label: $0.key, text: screen.value($0.value)) })
    say(whereabouts: draft, on: screen)
  }
}

private func retryDraft(_ outside: Outside) -> Command {
  Command(
    ["attention", "retry"], group: Group.attention,
    summary: Phrase(en: "Write a refused value again", zh: "重新写入未被接受的值"),
    arguments: [draftArgument]
  ) { invocation in
    try writeAgain(invocation, outside, isReferred: false)
  }
}

private func referDraft(_ outside: Outside) -> Command {
  Command(
    ["attention", "refer"], group: Group.attention,
    summary: Phrase(en: "Leave a refused value to a manager", zh: "把未被接受的值交给主管决定"),
    arguments: [draftArgument],
    notes: [
      Phrase(
        en: """
          It goes up once more with the next sync. Where you still may not write it, it waits at the           hub for whoever may, who accepts or discards it.
          """,
        zh: "下次同步时再次上传。如您仍无权写入，则保留在服务器上，由有权者接收或放弃。")
    ]
  ) { invocation in
    try writeAgain(invocation, outside, isReferred: true)
  }
}

private func writeAgain(
  _ invocation: Invocation, _ outside: Outside, isReferred: Bool
) throws {
  let replica = try OpenReplica(invocation, outside)
  let draft = try draft(invocation, replica)
  try replica.store.retry(draft, isReferred: isReferred, at: replica.now)
  let title = try Finder(replica.store).found(draft.record)?.title ?? ""
  try replica.printSaved(invocation, title, draft.record)
}

private func discardDraft(_ outside: Outside) -> Command {
  Command(
    ["attention", "discard"], group: Group.attention,
    summary: Phrase(en: "Let a refused value go", zh: "放弃未被接受的值"),
    arguments: [draftArgument]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let draft = try draft(invocation, replica)
    try replica.store.discard(draft)
    if invocation.isJSON {
      return invocation.console.print(json: ["id": .string(draft.id.description)])
    }
    Screen(invocation.console).say(
      Phrase(en: "Discarded \(draft.id)", zh: "已放弃 \(draft.id)"))
  }
}

private func draft(_ invocation: Invocation, _ replica: OpenReplica) throws -> Draft {
  let typed = invocation.argument("ID")
  let range = typed.count >= Finder.prefixCharactersMin ? ULID.range(prefix: typed) : nil
  let found = try replica.store.drafts().filter { range?.contains($0.id) ?? false }
  guard let first = found.first else { throw RepError.draftMissing(typed) }
  guard found.count == 1 else { throw RepError.draftAmbiguous(typed) }
  return first
}

private func json(_ draft: Draft, _ replica: OpenReplica) -> JSONValue {
  let collection = replica.store.schema[draft.collection]
  func name(_ field: FieldID) -> String {
    collection?.displayName(of: field) ?? "#\(field.rawValue)"
  }
  func value(_ write: FieldWrite) -> JSONValue {
    switch write.action {
    case .put(let value, _): FieldText.json(value, in: replica.zone, schema: collection)
    case .alter(let adding, let removing):
      [
        "added": .array(adding.map { .string($0) }),
        "removed": .array(removing.map { .string($0) }),
      ]
    }
  }
  let members = draft.change.writes.map { (name($0.field), value($0)) }
  let whole = JSONValue.object(Dictionary(members, uniquingKeysWith: { first, _ in first }))
  let at = ISO8601.string(milliseconds: draft.at.milliseconds, in: replica.zone)
  return [
    "id": .string(draft.id.description), "record": .string(draft.record.description),
    "collection": .string(collection?.name ?? "#\(draft.collection.rawValue)"),
    "field": draft.field.map { .string(name($0)) } ?? .null,
    "value": draft.field == nil ? whole : draft.change.writes.first.map(value) ?? .null,
    "reason": .string("\(draft.reason)"), "text": .string(draft.text), "at": .string(at),
    "parked": .bool(draft.isParked),
  ]
}
