// `rounds sla`: what has to be answered, by when, and whether it was – in working time, without a network.
//
// First contacts have the target of the rule that asked for them, tickets and feedback the date of their own; those who
// turned to us should wait no longer than `--within` says.

import CommandKit
import FollowUp
import Notation
import Replica
import SyncCore

func serviceLevelCommand(_ outside: Outside) -> Command {
  Command(
    ["sla"], group: Group.everyDay,
    summary: Phrase(en: "Show what is to be answered in time", zh: "查看响应时限及达成情况"),
    options: [
      Command.Option(
        "state", "STATE", help: Phrase(en: "Only these", zh: "只看这种状态"),
        values: .oneOf(ServiceLevel.State.allCases.map(\.rawValue))),
      Command.Option(
        "since", "T", help: Phrase(en: "Begun from then on; 30 days", zh: "起始时间，默认 30 天内")),
      Command.Option(
        "within", "SPAN",
        help: Phrase(en: "How long those who turn to us wait; 4wh", zh: "客户来访的响应时限，默认 4wh")),
    ],
    examples: [
      Command.Example("rounds sla --state failed", Phrase(en: "What came too late", zh: "超时的响应"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let calendar = try ServiceCalendar(replica)
    let typed = invocation.option("within") ?? "4wh"
    guard let within = Delay(typed) else {
      throw RepError.valueNotAllowed(field: "--within", text: typed, allowed: Delay.examples)
    }
    let since =
      try replica.moment("since", of: invocation)
      ?? replica.today.advanced(milliseconds: -30 * 86_400_000)
    let state = invocation.option("state").flatMap(ServiceLevel.State.init)
    let levels = try ServiceLevels(replica.store)
      .levels(since: since, within: within, in: calendar.almanac, team: calendar.team)
      .filter { level in state.map { $0 == level.state(at: replica.today) } ?? true }
    guard !invocation.isJSON else {
      return invocation.console.print(
        json: ["levels": .array(levels.map { json($0, calendar, replica) })])
    }
    show(levels, calendar, replica)
  }
}

/// Working time as this laptop reckons it.
private struct ServiceCalendar {
  let almanac: Almanac
  private let teams: [String: String]

  init(_ replica: OpenReplica) throws {
    almanac = try replica.store.almanac() ?? Almanac(zoneName: "", zone: replica.zone)
    let people = try replica.store.db.all("SELECT name, team FROM people") {
      ($0.text(0), $0.text(1))
    }
    teams = Dictionary(people.filter { !$0.1.isEmpty }, uniquingKeysWith: { first, _ in first })
  }

  func team(_ user: String?) -> String? { user.flatMap { teams[$0] } }

  func elapsed(_ level: ServiceLevel, at now: Moment) -> Int64 {
    level.elapsedMilliseconds(at: now, in: almanac, team: team(level.who))
  }
}

private func json(
  _ level: ServiceLevel, _ calendar: ServiceCalendar, _ replica: OpenReplica
) -> JSONValue {
  func time(_ moment: Moment) -> JSONValue {
    .string(ISO8601.string(milliseconds: moment.milliseconds, in: replica.zone))
  }
  return [
    "kind": .string(level.kind.rawValue), "id": .string(level.id.description),
    "customer": level.customer.map { .string($0.description) } ?? .null,
    "title": .string(level.title), "who": level.who.map { .string($0) } ?? .null,
    "began": time(level.began), "due": time(level.due),
    "answeredAt": level.answeredAt.map(time) ?? .null,
    "state": .string(level.state(at: replica.today).rawValue),
    "workingSeconds": .integer(calendar.elapsed(level, at: replica.today) / 1000),
  ]
}

private func show(
  _ levels: [ServiceLevel], _ calendar: ServiceCalendar, _ replica: OpenReplica
) {
  let screen = Screen(replica.console)
  if levels.isEmpty {
    return screen.say(Phrase(en: "Nothing is to be answered.", zh: "没有需要响应的事项。"))
  }
  for level in levels {
    let state = level.state(at: replica.today)
    let elapsed = screen.word(
      RelativeTime.length(milliseconds: calendar.elapsed(level, at: replica.today)))
    let head = TextWidth.padded(screen.word(state.word), columns: 9)
    let kind = TextWidth.padded(screen.word(level.kind.word), columns: 13)
    let line =
      "\(head) \(kind) \(screen.time(level.due))  \(TextWidth.oneLine(level.title)) (\(elapsed)) \(level.id)"
    replica.console.print(state == .failed ? replica.console.styled(line, .red) : line)
  }
}

extension ServiceLevel.State {
  fileprivate var word: Phrase {
    switch self {
    case .due: Phrase(en: "due", zh: "进行中")
    case .fulfilled: Phrase(en: "fulfilled", zh: "已达成")
    case .failed: Phrase(en: "failed", zh: "已超时")
    }
  }
}

extension ServiceLevel.Kind {
  fileprivate var word: Phrase {
    switch self {
    case .firstResponse: Phrase(en: "first contact", zh: "首次响应")
    case .response: Phrase(en: "answer", zh: "客户来访")
    case .ticket: Phrase(en: "ticket", zh: "工单")
    case .feedback: Phrase(en: "feedback", zh: "反馈")
    }
  }
}
