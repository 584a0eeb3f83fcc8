// `rounds reopen REF`: takes up again what was closed when a customer was released: tasks, plans and promises.
//
// A release closes what its owner had planned, for it is off his day. Whoever has the customer now is offered it,
// and decides: nothing is reopened by itself, and nothing of a customer that is not his.

import CommandKit
import FollowUp
import Notation
import Replica
import SyncCore

func reopenCommand(_ outside: Outside) -> Command {
  Command(
    ["reopen"], group: Group.everyDay,
    summary: Phrase(
      en: "Take up again what was closed with a release", zh: "重新开启释放客户时关闭的任务、计划和承诺"),
    arguments: [referenceArgument],
    options: [
      Command.Option("all", help: Phrase(en: "All of a customer's", zh: "该客户的全部内容"))
    ],
    examples: [
      Command.Example(
        "rounds reopen customer:Acme", Phrase(en: "What there is to take up", zh: "查看可重新开启的任务")),
      Command.Example(
        "rounds reopen customer:Acme --all", Phrase(en: "All of it is yours to do", zh: "全部转为您的待办")),
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let found = try replica.record(invocation.argument("REF"))
    let closed = ClosedWork(replica)
    let items: [ClosedWork.Item]
    switch found.collection {
    case .customer: items = try closed.of(found.id)
    case .task, .plan, .promise:
      items = try closed.of(replica.customer(of: found)).filter { $0.id == found.id }
    default: throw RepError.unsuitable(found, suitable: ["customer", "task", "plan", "promise"])
    }
    let isToReopen = invocation.flag("all") || found.collection != .customer
    if isToReopen, !items.isEmpty {
      try closed.requireOwner(of: try replica.customer(of: found))
      try closed.reopen(items)
    }
    closed.show(items, invocation, areReopened: isToReopen)
  }
}
