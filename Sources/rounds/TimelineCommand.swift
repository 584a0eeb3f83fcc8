// `rounds timeline REF`: the story of a customer, in the order in which it happened.
//
// It works offline, and two laptops that have synced tell the same story. With `--full` the hub is asked for every
// move of stages and owners, where the records here know only the last one; without a hub that ends with 5.

import CommandKit
import FollowUp
import HubClient
import Notation
import Replica
import SyncCore
import Wire

func timelineCommand(_ outside: Outside) -> Command {
  Command(
    ["timeline"], group: Group.everyDay,
    summary: Phrase(en: "Tell what happened around a customer", zh: "按时间顺序显示客户的全部往来"),
    arguments: [referenceArgument],
    options: [
      Command.Option("since", "T", help: Phrase(en: "Only from then on", zh: "只看此后的")),
      Command.Option(
        "kind", "KIND", help: Phrase(en: "Only this kind; may be repeated", zh: "只看这类（可重复）"),
        isRepeatable: true, values: .oneOf(TimelineEntry.Kind.allCases.map(\.rawValue))),
      Command.Option(
        "full",
        help: Phrase(en: "Every move of stages and owners, from the hub", zh: "向服务器查询阶段和负责人的每次变化")),
    ],
    examples: [
      Command.Example(
        "rounds timeline customer:Acme --since -90d --kind followUp",
        Phrase(en: "The contacts of a quarter", zh: "近 90 天的跟进"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let customer = try replica.customer(of: replica.record(invocation.argument("REF")))
    let since = try replica.moment("since", of: invocation)
    let kinds = Set(invocation.options("kind").compactMap(TimelineEntry.Kind.init))
    var entries = try Timeline(replica.store).entries(of: customer)
    if invocation.flag("full") { entries = try Moves(replica).complete(entries, of: customer) }
    entries = entries.filter { entry in
      since.map { entry.at >= $0 } ?? true && (kinds.isEmpty || kinds.contains(entry.kind))
    }
    guard invocation.isJSON else { return show(entries, replica) }
    invocation.console.print(
      json: ["timeline": .array(entries.map { json($0, in: replica.zone) })])
  }
}

private func json(_ entry: TimelineEntry, in zone: LocalZone) -> JSONValue {
  [
    "at": .string(ISO8601.string(milliseconds: entry.at.milliseconds, in: zone)),
    "kind": .string(entry.kind.rawValue), "id": .string(entry.id.description),
    "who": entry.who.map { .string($0) } ?? .null, "text": .string(entry.text),
    "corrects": entry.corrects.map { .string($0.description) } ?? .null,
  ]
}

private func show(_ entries: [TimelineEntry], _ replica: OpenReplica) {
  let screen = Screen(replica.console)
  if entries.isEmpty { screen.say(Phrase(en: "Nothing is known.", zh: "没有记录。")) }
  let columns = entries.map { TextWidth.columns(of: screen.word($0.kind.word)) }.max() ?? 0
  for entry in entries {
    let kind = TextWidth.padded(screen.word(entry.kind.word), columns: columns)
    let who = entry.who.map { " (\(TextWidth.oneLine($0)))" } ?? ""
    let mark = entry.corrects.map {
      screen.word(Phrase(en: " – corrects \($0)", zh: " – 更正 \($0)"))
    }
    replica.console.print(
      "\(screen.time(entry.at))  \(kind)  \(TextWidth.oneLine(entry.text))\(who)\(mark ?? "")")
  }
}

/// The moves of stages and owners, as the hub's history has them.
private struct Moves {
  let replica: OpenReplica

  init(_ replica: OpenReplica) { self.replica = replica }

  func complete(_ entries: [TimelineEntry], of customer: RecordID) throws -> [TimelineEntry] {
    let deals = entries.filter { $0.kind == .opportunity }.map(\.id)
    let line = try replica.line()
    var complete = entries.filter { $0.kind != .stage && $0.kind != .owner }
    do {
      complete += try moves(of: customer, "owner", .owner, line)
      for record in [customer] + deals { complete += try moves(of: record, "stage", .stage, line) }
    } catch let error as HubLinkError where error.isAbsence {
      throw RepError.offline(
        waiting: try replica.store.waitingCount(), why: error,
        retryAfterSeconds: line.retryAfterSeconds)
    }
    return complete.sorted(by: TimelineEntry.precedes)
  }

  private func moves(
    of record: RecordID, _ field: String, _ kind: TimelineEntry.Kind, _ line: any HubLine
  ) throws -> [TimelineEntry] {
    let history = try line.history(record: record, field: field)["history"]?.array ?? []
    return history.compactMap { entry in
      guard let value = entry["changes"]?[field]?.string, !value.isEmpty,
        let at = entry["at"]?.string.flatMap({ ISO8601.parse($0, zone: replica.zone) })
      else { return nil }
      return TimelineEntry(
        at: Moment(milliseconds: at), kind: kind, id: record, who: entry["author"]?.string,
        text: value)
    }
  }
}

extension TimelineEntry.Kind {
  fileprivate var word: Phrase {
    switch self {
    case .customer: Phrase(en: "customer", zh: "建立客户")
    case .owner: Phrase(en: "owner", zh: "负责人")
    case .opportunity: Phrase(en: "deal", zh: "商机")
    case .stage: Phrase(en: "stage", zh: "阶段")
    case .followUp: Phrase(en: "follow-up", zh: "跟进")
    case .feedback: Phrase(en: "feedback", zh: "反馈")
    case .ticket: Phrase(en: "ticket", zh: "工单")
    case .task: Phrase(en: "task", zh: "任务")
    case .promise: Phrase(en: "promise", zh: "承诺")
    case .contract: Phrase(en: "contract", zh: "合同")
    case .message: Phrase(en: "message", zh: "消息")
    case .taskDone: Phrase(en: "task done", zh: "任务完成")
    case .promiseKept: Phrase(en: "promise kept", zh: "承诺兑现")
    case .resolved: Phrase(en: "resolved", zh: "已解决")
    }
  }
}
