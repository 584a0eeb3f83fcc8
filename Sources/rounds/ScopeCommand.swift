// `rounds scope`: how much of what he may see somebody keeps on this laptop.
//
// Told before it is chosen, where the hub can be reached: how much that would be. What is chosen is
// kept here and travels with every sync; what then leaves the laptop leaves it wholly, and is there
// again with the first sync after a wider choice. What is open is kept however old it is, so that a
// narrow scope loses nobody a follow-up.

import CommandKit
import Notation
import Replica

func scopeCommands(_ outside: Outside) -> [Command] { [showScope(outside), setScope(outside)] }

private func showScope(_ outside: Outside) -> Command {
  Command(
    ["scope", "show"], group: Group.sync,
    summary: Phrase(en: "Show how much this laptop keeps", zh: "显示本机保留的范围"), isDefault: true
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let keeping = Keeping(replica.state.narrowing)
    let counts = try replica.store.schema.collections.map {
      ($0.name, try replica.store.recordCount(of: $0))
    }
    let bytes = try replica.store.sizeBytes()
    if invocation.isJSON {
      var document = keeping.json
      document["records"] = .object(
        Dictionary(counts.map { ($0.0, .integer(Int64($0.1))) }, uniquingKeysWith: { $1 }))
      document["bytes"] = .integer(bytes)
      return replica.console.print(json: document)
    }
    let screen = Screen(replica.console)
    screen.say(keeping.phrase)
    screen.say(Phrase(verbatim: Keeping.amount(counts, bytes)))
  }
}

private func setScope(_ outside: Outside) -> Command {
  Command(
    ["scope", "set"], group: Group.sync,
    summary: Phrase(en: "Choose how much this laptop keeps", zh: "选择本机保留的范围"),
    arguments: [
      Command.Argument(
        "REACH",
        help: Phrase(
          en: "all that you may see, your team's, or mine", zh: "all 全部可见，team 本团队，mine 仅自己"),
        values: .oneOf(["all", "team", "mine"]))
    ],
    options: [
      Command.Option(
        "days", "N",
        help: Phrase(
          en: "Only customers with whom something happened in the last N days, or is open",
          zh: "只保留最近 N 天有动静或有未完事项的客户")),
      Command.Option(
        "tag", "T",
        help: Phrase(
          en: "Only customers with this tag (or another that is named)", zh: "只保留带此标签的客户"),
        isRepeatable: true),
      Command.Option(
        "dry-run", help: Phrase(en: "Only tell how much it would be", zh: "只估算大小，不更改")),
    ],
    examples: [
      Command.Example(
        "rounds scope set mine --days 90",
        Phrase(en: "My customers that are alive", zh: "我的活跃客户")),
      Command.Example("rounds scope set all", Phrase(en: "Everything again", zh: "恢复全部")),
    ],
    notes: [
      Phrase(
        en: """
          Open tasks, reminders, deals and next steps keep a customer here however old it is. What \
          was shared with you stays, and pools stay with all.
          """,
        zh: "有未完成的任务、提醒、商机或下次跟进的客户始终保留。共享给您的客户始终保留；公海客户仅在 all 时保留。")
    ]
  ) { invocation in
    try choose(Keeping(try Keeping.narrowing(invocation)), invocation, outside)
  }
}

private func choose(
  _ keeping: Keeping, _ invocation: Invocation, _ outside: Outside
) throws {
  let replica = try OpenReplica(invocation, outside)
  let extent = try keeping.extent(replica)
  let isDry = invocation.flag("dry-run")
  if !isDry { try replica.store.keep(keeping.isAll ? nil : keeping.narrowing) }
  if invocation.isJSON {
    var document = keeping.json
    document["estimate"] = extent ?? .null
    document["saved"] = .bool(!isDry)
    return replica.console.print(json: document)
  }
  let screen = Screen(replica.console)
  screen.say(keeping.phrase)
  screen.say(extent.map(Keeping.size) ?? Keeping.sizeUnknown)
  guard !isDry else { return }
  screen.say(
    Phrase(
      en: "Saved; the next sync brings it about: rounds sync", zh: "已保存；下次同步生效：rounds sync"))
}
