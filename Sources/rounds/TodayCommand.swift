// `rounds today`: what has to be done, one line each, most pressing first.
//
// The command people start the day with, often before there is a network: it opens the file, asks
// three indexed questions and prints. What belongs on the list is `Replica.TodayList`'s business.

import CommandKit
import FollowUp
import Notation
import Replica
import SyncCore

func todayCommand(_ outside: Outside) -> Command {
  Command(
    ["today"], group: Group.everyDay,
    summary: Phrase(
      en: "List what is overdue, due today, planned and reminded", zh: "列出逾期、今日到期、计划和提醒"),
    options: [
      Command.Option(
        "days", "N", help: Phrase(en: "Look N days ahead, today included", zh: "包括今天在内的 N 天"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let days = try invocation.integer("days", in: 1...3660) ?? 1
    let bounds = DayBounds(at: replica.today, days: days, in: replica.zone)
    let language = invocation.language
    let items = try TodayList(replica.store, state: replica.state)
      .items(at: replica.today, within: bounds) { $0.text(language) }
    if invocation.isJSON {
      invocation.console.print(
        json: ["items": .array(items.map { json($0, in: replica.zone) })])
    } else {
      show(items, replica)
    }
  }
}

private func json(_ item: TodayItem, in zone: LocalZone) -> JSONValue {
  [
    "kind": .string(item.kind.rawValue), "id": .string(item.id.description),
    "record": item.record.map { .string($0.description) } ?? .null,
    "title": .string(item.title),
    "due": .string(ISO8601.string(milliseconds: item.due.milliseconds, in: zone)),
    "overdue": .bool(item.isOverdue),
  ]
}

private func show(_ items: [TodayItem], _ replica: OpenReplica) {
  let console = replica.console
  let screen = Screen(console)
  if items.isEmpty {
    return screen.say(Phrase(en: "Nothing is due.", zh: "没有到期的事项。"))
  }
  for item in items {
    let kind = TextWidth.padded(screen.word(item.kind.word), columns: 9)
    let due = screen.word(
      RelativeTime.due(item.due.milliseconds, now: replica.today.milliseconds))
    let line =
      "\(kind) \(screen.time(item.due))  \(TextWidth.oneLine(item.title)) (\(due)) \(item.id)"
    console.print(item.isOverdue ? console.styled(line, .red) : line)
  }
}

extension TodayItem.Kind {
  fileprivate var word: Phrase {
    switch self {
    case .overdue: Phrase(en: "overdue", zh: "逾期")
    case .dueToday: Phrase(en: "due", zh: "到期")
    case .plan: Phrase(en: "plan", zh: "计划")
    case .reminder: Phrase(en: "reminder", zh: "提醒")
    }
  }
}
