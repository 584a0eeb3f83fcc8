// `outbox`, `outbox retry`, `outbox cancel`: what rules wrote to the world outside, what of it is stuck, and why.
//
// What was sent is sent: nothing here takes a message back. A retry begins its story anew, under the same
// identity, so a receiver that has it already knows it again.

import CommandKit
import HubClient
import Notation

let outboxCommands = [outboxListCommand, outboxRetryCommand, outboxCancelCommand]

private let idArgument = Command.Argument("ID", help: Phrase(en: "The message", zh: "消息编号"))

private let statuses = ["queued", "failed", "sent", "cancelled"]

private let outboxListCommand = Command(
  ["outbox", "list"], group: Group.rules,
  summary: Phrase(
    en: "List messages that wait or are stuck, and silent destinations",
    zh: "列出等待发送或发送失败的消息，以及无响应的目的地"),
  options: [
    Command.Option(
      "status", "STATUS",
      help: Phrase(en: "Only these (usual: queued and failed)", zh: "只列出这种状态（默认 queued 和 failed）"),
      values: .oneOf(statuses + ["all"])),
    Command.Option("limit", "N", help: Phrase(en: "The last N", zh: "最近 N 条")),
  ],
  examples: [
    Command.Example(
      "rounds-admin outbox", Phrase(en: "What has not left the house", zh: "尚未发出的消息")),
    Command.Example(
      "rounds-admin outbox list --status failed",
      Phrase(en: "What somebody has to look at", zh: "需要人工处理的消息")),
  ],
  isDefault: true
) { invocation in
  var query: [HubQuery] = []
  let status = invocation.option("status")
  if let status, status != "all" { query.append(HubQuery("status", status)) }
  if let limit = invocation.option("limit") { query.append(HubQuery("limit", limit)) }
  var document = try invocation.hub().read(["outbox"], query: query)
  if status == nil {
    let waiting = (document["messages"]?.array ?? []).filter {
      ["queued", "failed"].contains($0["status"]?.string ?? "")
    }
    document["messages"] = .array(waiting)
  }
  invocation.show(document) { screen in
    screen.list(
      document["messages"]?.array ?? [],
      [
        .init("ID", "编号"), .init("STATUS", "状态"), .init("CHANNEL", "渠道"), .init("TO", "发往"),
        .init("CUSTOMER", "客户"), .init("TRIES", "次数"), .init("NEXT", "下次"), .init("WHY", "原因"),
      ],
      orSay: Phrase(en: "Everything has left the house.", zh: "没有等待发送的消息。")
    ) { row in
      [
        screen.text(row["id"]), screen.word(word(for: row["status"]?.string ?? "")),
        screen.text(row["channel"]), screen.text(row["address"]), screen.text(row["name"]),
        screen.text(row["tries"]), screen.relativeTime(row["nextTry"]), screen.text(row["fault"]),
      ]
    }
    showSilent(document, screen)
  }
}

private func showSilent(_ document: JSONValue, _ screen: Screen) {
  for place in document["destinations"]?.array ?? [] {
    let (name, fault) = (screen.text(place["name"]), screen.text(place["fault"]))
    let failures = place["failures"]?.integer ?? 0
    screen.say(
      "\(name) has not answered \(failures) times: \(fault)",
      "\(name) 已连续 \(failures) 次无响应：\(fault)")
  }
}

private func word(for status: String) -> Phrase {
  switch status {
  case "queued": Phrase(en: "queued", zh: "等待发送")
  case "failed": Phrase(en: "failed", zh: "发送失败")
  case "sent": Phrase(en: "sent", zh: "已发送")
  case "cancelled": Phrase(en: "cancelled", zh: "已取消")
  default: Phrase(verbatim: status)
  }
}

private let outboxRetryCommand = Command(
  ["outbox", "retry"], group: Group.rules,
  summary: Phrase(en: "Try a message again at once", zh: "立即重新发送一条消息"),
  arguments: [idArgument],
  examples: [
    Command.Example(
      "rounds-admin outbox retry 01JD3QX8",
      Phrase(en: "After its destination was mended", zh: "目的地恢复之后"))
  ]
) { invocation in
  let id = invocation.argument("ID")
  let answer = try invocation.hub().post(["outbox", id, "retry"])
  invocation.show(answer) { screen in
    screen.say("\(id) is queued again.", "\(id) 已重新排队。")
  }
}

private let outboxCancelCommand = Command(
  ["outbox", "cancel"], group: Group.rules,
  summary: Phrase(en: "Give a message up", zh: "放弃一条消息"),
  arguments: [idArgument],
  examples: [
    Command.Example(
      "rounds-admin outbox cancel 01JD3QX8",
      Phrase(en: "It is never sent", zh: "不再发送"))
  ]
) { invocation in
  let id = invocation.argument("ID")
  let answer = try invocation.hub().post(["outbox", id, "cancel"])
  invocation.show(answer) { screen in screen.say("\(id) is cancelled.", "已取消 \(id) 。") }
}
