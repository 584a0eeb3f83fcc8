// `rounds guide TOPIC`: how the work goes, in a page each, and a list for somebody's first day.
//
// Built in, so that it is there without a network and before anything was joined. The first day's list is
// ticked off by what is in the replica, and by nothing else: nobody marks his own work as done.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore

func guideCommand(_ outside: Outside) -> Command {
  Command(
    ["guide"], group: Group.everyDay,
    summary: Phrase(en: "Explain how the work goes", zh: "讲解工作方法，附新人清单"),
    arguments: [
      Command.Argument(
        "TOPIC", .optional, help: Phrase(en: "What about", zh: "主题"),
        values: .oneOf(GuidePage.all.map(\.topic)))
    ],
    examples: [
      Command.Example("rounds guide", Phrase(en: "Your first day", zh: "新人第一天")),
      Command.Example("rounds guide pool", Phrase(en: "How pools work", zh: "公海怎样运作")),
    ]
  ) { invocation in
    let topic = invocation.optionalArgument("TOPIC") ?? "start"
    guard let page = GuidePage.all.first(where: { $0.topic == topic }) else {
      preconditionFailure("the word reader let through \(topic)")
    }
    let screen = Screen(invocation.console)
    let steps = topic == "start" ? FirstDay.steps(invocation, outside) : []
    if invocation.isJSON {
      return invocation.console.print(json: [
        "topic": .string(topic), "text": .string(screen.word(page.text)),
        "steps": .array(
          steps.map {
            [
              "does": .string(screen.word($0.does)), "line": .string($0.line),
              "done": .bool($0.isDone),
            ]
          }),
      ])
    }
    invocation.console.print(screen.word(page.text))
    for step in steps {
      invocation.console.print(
        "- [\(step.isDone ? "x" : " ")] \(screen.word(step.does)): \(step.line)")
    }
  }
}

/// What a new colleague does first.
private struct FirstDay {
  var does: Phrase
  var line: String
  var isDone: Bool

  static func steps(_ invocation: Invocation, _ outside: Outside) -> [FirstDay] {
    // Whatever keeps the replica from being read, joining is the first thing to do.
    let replica = try? OpenReplica(
      ReplicaFolder(environment: invocation.console.environment), invocation.console, outside)
    func has(_ sql: String) -> Bool {
      guard let replica else { return false }
      return
        (try? replica.store.db.first(sql, .text(replica.state.user)) { _ in true }) ?? nil ?? false
    }
    let isSent = (try? replica?.store.waitingCount()).map { $0 == 0 } ?? false
    return [
      FirstDay(
        does: Phrase(en: "Join with the code you were given", zh: "用收到的邀请码加入"),
        line: "rounds join URL --code CODE", isDone: replica != nil),
      FirstDay(
        does: Phrase(en: "Add a customer", zh: "添加一个客户"), line: "rounds add customer name=Acme",
        isDone: has("SELECT 1 FROM customer WHERE owner = ? LIMIT 1")),
      FirstDay(
        does: Phrase(en: "Note down a conversation", zh: "记录一次跟进"),
        line: "rounds follow customer:Acme --channel call --text '…'",
        isDone: has("SELECT 1 FROM followUp WHERE author = ? LIMIT 1")),
      FirstDay(
        does: Phrase(en: "Look at your day", zh: "查看今日事项"), line: "rounds today",
        isDone: has("SELECT 1 FROM followUp WHERE author = ? LIMIT 1")),
      FirstDay(
        does: Phrase(en: "Send what you wrote", zh: "同步上传"), line: "rounds sync",
        isDone: isSent && has("SELECT 1 FROM followUp WHERE author = ? LIMIT 1")),
    ]
  }
}
