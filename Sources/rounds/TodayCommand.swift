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
      en: "List what is overdue, due today, planned, reminded, promised",
      zh: "列出逾期、今日到期、计划、提醒和承诺"),
    options: [
      daysOption,
      Command.Option("md", help: Phrase(en: "As a page of Markdown", zh: "输出 Markdown 页面")),
      Command.Option(
        "working-days",
        help: Phrase(en: "Print nothing on a day that is not worked", zh: "非工作日不输出")),
    ],
    examples: [
      Command.Example(
        "rounds today --md --working-days > today.md",
        Phrase(en: "For a mail every morning but on holidays", zh: "每天早晨发邮件用，节假日除外"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    if invocation.flag("working-days"), try !replica.isWorkingDay() { return }
    let items = try items(invocation, replica, days: 1)
    if invocation.flag("md") { return TodayPage(items: items, replica: replica).print() }
    guard !printed(items, invocation, replica) else { return }
    show(items, replica)
  }
}

/// The same list for a week, day by day.
func agendaCommand(_ outside: Outside) -> Command {
  Command(
    ["agenda"], group: Group.everyDay,
    summary: Phrase(en: "List the days to come", zh: "按天列出之后的安排"), options: [daysOption]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let items = try items(invocation, replica, days: 7)
    guard !printed(items, invocation, replica) else { return }
    let days = Dictionary(grouping: items) { item in
      // What was before is for today.
      if let day = item.day, (item.days ?? 0) >= 0 { return "\(day)" }
      let day = replica.zone.civilTime(
        atMilliseconds: max(item.due, DayBounds(at: replica.today, in: replica.zone).start)
          .milliseconds)
      return ISO8601.string(date: day)
    }
    for (day, items) in days.sorted(by: { $0.key < $1.key }) {
      replica.console.print(replica.console.styled(day, .bold))
      show(items, replica)
    }
    if items.isEmpty { show(items, replica) }
  }
}

private let daysOption = Command.Option(
  "days", "N", help: Phrase(en: "Look N days ahead, today included", zh: "包括今天在内的 N 天"))

private func items(
  _ invocation: Invocation, _ replica: OpenReplica, days: Int
) throws -> [TodayItem] {
  let days = try invocation.integer("days", in: 1...3660) ?? days
  let bounds = DayBounds(at: replica.today, days: days, in: replica.zone)
  let language = invocation.language
  return try TodayList(replica.store, state: replica.state)
    .items(at: replica.today, within: bounds, in: replica.zone) { $0.text(language) }
}

/// Whether they were wanted as a document.
private func printed(
  _ items: [TodayItem], _ invocation: Invocation, _ replica: OpenReplica
) -> Bool {
  guard invocation.isJSON else { return false }
  let hints = hints(for: items, replica)
  invocation.console.print(
    json: ["items": .array(items.map { json($0, hints, in: replica.zone) })])
  return true
}

/// How the customers of these items are best reached. A hint that cannot be had spoils no list.
private func hints(for items: [TodayItem], _ replica: OpenReplica) -> [RecordID: ContactHint] {
  let reading = ContactReading(replica.store)
  return Set(items.compactMap(\.record)).reduce(into: [:]) { hints, customer in
    hints[customer] = try? reading.hint(for: customer, at: replica.today, in: replica.zone)
  }
}

private func json(
  _ item: TodayItem, _ hints: [RecordID: ContactHint], in zone: LocalZone
) -> JSONValue {
  var document: JSONValue = [
    "kind": .string(item.kind.rawValue), "id": .string(item.id.description),
    "record": item.record.map { .string($0.description) } ?? .null,
    "title": .string(item.title),
    "due": .string(ISO8601.string(milliseconds: item.due.milliseconds, in: zone)),
    "overdue": .bool(item.isOverdue),
  ]
  if let hint = item.record.flatMap({ hints[$0] }) {
    document["suggestion"] = [
      "channel": .string(hint.channel), "hour": hint.hour.map { .integer(Int64($0)) } ?? .null,
      "tried": .integer(Int64(hint.tried)), "reached": .integer(Int64(hint.reached)),
      "preferred": .bool(hint.isPreferred),
    ]
  }
  return document
}

extension ContactHint {
  fileprivate var words: Phrase {
    let at = hour.map { Phrase(en: " around \($0):00", zh: " \($0) 点左右") } ?? Phrase(en: "", zh: "")
    let why =
      isPreferred
      ? Phrase(en: ", as they prefer", zh: "（对方偏好）")
      : Phrase(en: ", reached \(reached) of \(tried) times", zh: "（\(tried) 次中接通 \(reached) 次）")
    return Phrase(en: "\(channel)", zh: Vocabulary.channels.chinese(channel)) + at + why
  }
}

private func show(_ items: [TodayItem], _ replica: OpenReplica) {
  let console = replica.console
  let screen = Screen(console)
  if items.isEmpty {
    return screen.say(Phrase(en: "Nothing is due.", zh: "没有到期的事项。"))
  }
  let hints = hints(for: items, replica)
  for item in items {
    let kind = TextWidth.padded(screen.word(item.kind.word), columns: 9)
    let due = screen.word(item.due(at: replica.today))
    let line =
      "\(kind) \(TextWidth.padded(screen.time(of: item), columns: 16))  \(TextWidth.oneLine(item.title)) (\(due)) \(item.id)"
    let isPressing = item.isOverdue || item.isStrong
    console.print(isPressing ? console.styled(line, .red) : line)
    guard let hint = item.record.flatMap({ hints[$0] }) else { continue }
    console.print(console.styled("          \(screen.word(hint.words))", .dim))
  }
}

extension TodayItem {
  /// A date is told in days, anything else to the minute. A reminder says how long it has been there: what it reminds
  /// of may still be in time.
  fileprivate func due(at now: Moment) -> Phrase {
    if let days { return RelativeTime.due(inDays: days) }
    let isThere = kind == .reminder && due <= now
    return (isThere ? RelativeTime.text : RelativeTime.due)(due.milliseconds, now.milliseconds)
  }
}

extension Screen {
  /// When an item is due: a day, or a day and its time.
  func time(of item: TodayItem) -> String {
    item.day.map { "\($0)" } ?? time(item.due)
  }
}

extension TodayItem.Kind {
  var word: Phrase {
    switch self {
    case .overdue: Phrase(en: "overdue", zh: "逾期")
    case .dueToday: Phrase(en: "due", zh: "到期")
    case .plan: Phrase(en: "plan", zh: "计划")
    case .reminder: Phrase(en: "reminder", zh: "提醒")
    case .promise: Phrase(en: "promise", zh: "承诺")
    case .birthday: Phrase(en: "birthday", zh: "生日")
    case .countdown: Phrase(en: "pool", zh: "公海")
    }
  }
}

extension OpenReplica {
  /// Whether the company works today, as far as this laptop knows its calendar.
  fileprivate func isWorkingDay() throws -> Bool {
    let almanac = try store.almanac() ?? Almanac(zoneName: "", zone: zone)
    return almanac.isWorkingDay(almanac.day(of: today), team: try store.team(of: state.user))
  }
}
