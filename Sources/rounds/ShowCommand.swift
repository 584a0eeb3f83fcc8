// `rounds show REF`: one record as this laptop has it; with `--360` everything around its customer.
//
// The sections are those of the customer, also where REF is one of its contacts or deals. Reminders
// that were withdrawn are left out: they are no longer facts about the customer.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore

func showCommand(_ outside: Outside) -> Command {
  Command(
    ["show"], group: Group.records,
    summary: Phrase(en: "Show a record", zh: "显示一条记录"), arguments: [referenceArgument],
    options: [
      Command.Option(
        "360",
        help: Phrase(
          en: "With contacts, follow-ups, deals, tasks, reminders and conflicts",
          zh: "同时显示联系人、跟进、商机、任务、提醒和冲突"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let found = try replica.record(invocation.argument("REF"))
    let row = try replica.row(found)
    let isWide = invocation.flag("360")
    let json = try RecordJSON(replica.store, zone: replica.zone, only: isWide ? nil : found.id)
    guard isWide else {
      if invocation.isJSON {
        return invocation.console.print(json: try json.json(row, in: found.collection))
      }
      return try Screen(invocation.console).record(row, found.collection, json)
    }
    let sections = try sections(around: found, row, replica)
    if invocation.isJSON {
      var document = try json.json(row, in: found.collection)
      for section in sections {
        document[section.name] = [
          "count": .integer(Int64(section.rows.count)),
          "records": .array(try section.rows.map { try json.json($0, in: section.collection) }),
        ]
      }
      return invocation.console.print(json: document)
    }
    try show(row, found, sections, json, replica)
  }
}

/// Records around a customer, under a heading.
private struct Section {
  var name: String
  var heading: Phrase
  var collection: CollectionSchema
  /// Newest first.
  var rows: [CollectionRow]
}

private let headings: [(String, Phrase, CollectionSchema)] = [
  ("contacts", Phrase(en: "Contacts", zh: "联系人"), .contact),
  ("followUps", Phrase(en: "Follow-ups", zh: "跟进"), .followUp),
  ("opportunities", Phrase(en: "Opportunities", zh: "商机"), .opportunity),
  ("tasks", Phrase(en: "Tasks", zh: "任务"), .task),
  ("promises", Phrase(en: "Promises", zh: "承诺"), .promise),
  ("plans", Phrase(en: "Plans", zh: "计划"), .plan),
  ("contracts", Phrase(en: "Contracts", zh: "合同"), .contract),
  ("tickets", Phrase(en: "Tickets", zh: "工单"), .ticket),
  ("feedback", Phrase(en: "Feedback", zh: "反馈"), .feedback),
  ("messages", Phrase(en: "Messages", zh: "消息"), .message),
  ("reminders", Phrase(en: "Reminders", zh: "提醒"), .reminder),
  ("conflicts", Phrase(en: "Conflicts", zh: "冲突"), .conflict),
]

private func sections(
  around found: FoundRecord, _ row: CollectionRow, _ replica: OpenReplica
) throws -> [Section] {
  let root = found.collection.rootField.flatMap { row.values[$0].reference } ?? found.id
  return try headings.map { name, heading, collection in
    var rows = try replica.store.rows(of: collection, belongingTo: root)
    if collection == .reminder {
      let withdrawn = Value.text(ReminderRow.Status.withdrawn.rawValue)
      rows.removeAll { $0.values[collection.id("status")] == withdrawn }
    }
    if collection == .followUp {
      let occurredAt = collection.id("occurredAt")
      rows.sort { ($0.values[occurredAt], $0.id) > ($1.values[occurredAt], $1.id) }
    } else {
      rows.reverse()
    }
    return Section(name: name, heading: heading, collection: collection, rows: rows)
  }
}

private func show(
  _ row: CollectionRow, _ found: FoundRecord, _ sections: [Section], _ json: RecordJSON,
  _ replica: OpenReplica
) throws {
  let screen = Screen(replica.console)
  try screen.record(row, found.collection, json)
  for section in sections where !section.rows.isEmpty {
    replica.console.print("")
    screen.head("\(screen.word(section.heading)) (\(section.rows.count))")
    for row in section.rows {
      replica.console.print("  \(row.id)  \(line(row, section.collection, replica))")
    }
  }
}

/// A record of a section in one line.
private func line(
  _ row: CollectionRow, _ collection: CollectionSchema, _ replica: OpenReplica
) -> String {
  let screen = Screen(replica.console)
  func text(_ name: String) -> String { screen.value(row.values[collection.id(name)]) }
  switch collection {
  case .followUp: return "\(text("occurredAt"))  \(text("channel"))  \(text("text"))"
  case .task: return "\(text("dueAt"))  \(text("status"))  \(text("title"))"
  case .opportunity: return "\(text("stage"))  \(text("amount"))  \(text("name"))"
  case .conflict: return "\(text("field"))  \(text("status"))"
  case .reminder:
    let title = Titles(stored: row.values[collection.id("title")].text ?? "")
    return "\(text("dueAt"))  \(TextWidth.oneLine(title.text(replica.console.language)))"
  default: return TextWidth.oneLine(collection.title(of: row.values))
  }
}
