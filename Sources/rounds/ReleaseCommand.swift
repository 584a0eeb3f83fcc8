// `rounds release REF --reason R [--pool P]`: gives a customer up, into a pool.
//
// A request like `claim`: the hub decides, and until then the customer stays where it is. The reason
// is what the next owner begins with. Where no pool is named the hub takes his first one by name.

import CommandKit
import FollowUp
import Replica
import SyncCore

func releaseCommand(_ outside: Outside) -> Command {
  Command(
    ["release"], group: Group.everyDay,
    summary: Phrase(en: "Give a customer up, into a pool", zh: "把客户释放到公海"),
    arguments: [referenceArgument],
    options: [
      Command.Option(
        "reason", "TEXT",
        help: Phrase(en: "Why; for the next owner (needed)", zh: "原因，供下一位负责人参考（必填）")),
      Command.Option(
        "pool", "P",
        help: Phrase(
          en: "The pool; without it: your first one by name", zh: "公海名称；默认为您所在的第一个公海")),
    ],
    examples: [
      Command.Example(
        "rounds release customer:Acme --reason 'No budget this year'",
        Phrase(en: "Others may claim it after the next sync", zh: "下次同步后其他人即可领取"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let found = try replica.customer(invocation.argument("REF"))
    let reason = try invocation.requiredOption("reason")
    let pool = invocation.option("pool") ?? ""
    guard !reason.allSatisfy(\.isWhitespace) else {
      throw CommandFailure.usage(
        Phrase(en: "A release says why: --reason is empty.", zh: "释放客户须说明原因：--reason 为空。"))
    }
    guard !pool.contains(where: \.isWhitespace) else {
      throw CommandFailure.usage(
        Phrase(
          en: "The name of a pool has no spaces: \(pool)", zh: "公海名称不含空格：\(pool)"))
    }
    try replica.ask(
      invocation, for: found, .put(found.collection.id("release"), .text("\(pool) \(reason)")),
      Phrase(
        en:
          "Asked to release \(TextWidth.oneLine(found.title)) ; the hub decides at the next sync.",
        zh: "已申请释放 \(TextWidth.oneLine(found.title)) ；下次同步时由服务器决定。"))
  }
}
