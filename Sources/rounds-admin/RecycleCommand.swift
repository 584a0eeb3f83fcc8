// `pool recycle --dry-run`, `pool disputes`, `pool settle`: which customers go back into a pool,
// on what evidence, and which of them went wrongly.
//
// The hub recycles by itself; here is only asked and settled. What cannot be confirmed is said with its
// reason – which laptop has not synced since when – never as a mere “no”.

import CommandKit
import HubClient
import Notation

let recycleCommands = [poolRecycleCommand, poolDisputesCommand, poolSettleCommand]

private let poolRecycleCommand = Command(
  ["pool", "recycle"], group: Group.pools,
  summary: Phrase(
    en: "Show who loses which customer to which pool, and on what evidence",
    zh: "查看哪些客户将被自动回收到哪个公海，以及依据"),
  options: [
    Command.Option(
      "dry-run", help: Phrase(en: "Only show; the hub recycles by itself", zh: "仅查看；回收由服务器自动执行")),
    Command.Option("now", "T", help: Phrase(en: "As of another time", zh: "按另一时间计算")),
  ],
  examples: [
    Command.Example(
      "rounds-admin pool recycle --dry-run --now +7d",
      Phrase(en: "Who would go within a week if nobody calls", zh: "一周内无人跟进将被回收的客户"))
  ]
) { invocation in
  guard invocation.flag("dry-run") else {
    throw CommandFailure.usage(
      Phrase(en: "The hub recycles by itself.", zh: "自动回收由服务器执行。"),
      hint: Phrase(
        en: "Add --dry-run to see what it is about to do.", zh: "加上 --dry-run 可查看即将回收的客户。"))
  }
  let query = invocation.option("now").map { [HubQuery("now", $0)] } ?? []
  let document = try invocation.hub().read(["recycling"], query: query)
  invocation.show(document) { screen in
    screen.list(
      document["customers"]?.array ?? [],
      [
        Screen.Column("CUSTOMER", "客户"), Screen.Column("OWNER", "负责人"),
        Screen.Column("POOL", "公海"), Screen.Column("RULE", "规则"),
        Screen.Column("SINCE", "起算"), Screen.Column("TIME IS UP", "到期"),
        Screen.Column("EVIDENCE", "依据"),
      ],
      orSay: Phrase(en: "No customer's time is up.", zh: "没有到期的客户。")
    ) { customer in
      [
        screen.text(customer["name"]), screen.text(customer["owner"]),
        screen.text(customer["pool"]), rule(customer, screen), screen.time(customer["since"]),
        screen.time(customer["deadline"]), evidence(customer, screen),
      ]
    }
  }
}

private func rule(_ customer: JSONValue, _ screen: Screen) -> String {
  let days = screen.text(customer["days"])
  switch customer["rule"]?.string {
  case "silence":
    let tier = customer["tier"]?.string.map { " (\($0))" } ?? ""
    return screen.word(
      Phrase(en: "no follow-up in \(days) days\(tier)", zh: "\(days) 天未跟进\(tier)"))
  case "withoutDeal":
    return screen.word(Phrase(en: "no deal in \(days) days", zh: "\(days) 天未成交"))
  case "held": return screen.word(Phrase(en: "held for \(days) days", zh: "已持有 \(days) 天"))
  default: return screen.text(customer["rule"])
  }
}

/// `confirmed`, or who has not told everything yet, and until when he is waited for.
private func evidence(_ customer: JSONValue, _ screen: Screen) -> String {
  if customer["confirmed"]?.bool == true {
    return screen.word(Phrase(en: "confirmed", zh: "已确认"))
  }
  let late = (customer["late"]?.array ?? []).map { laptop -> String in
    let who = screen.person(laptop["user"], laptop["device"])
    guard laptop["lastSync"]?.string != nil else {
      return screen.word(Phrase(en: "\(who) has never synced", zh: "\(who) 从未同步"))
    }
    let time = screen.time(laptop["lastSync"])
    return screen.word(Phrase(en: "\(who) last synced \(time)", zh: "\(who) 上次同步于 \(time)"))
  }
  let list = late.joined(separator: screen.word(Phrase(en: "; ", zh: "；")))
  let until = screen.time(customer["goesAt"])
  return screen.word(
    Phrase(en: "unconfirmed: \(list); goes \(until)", zh: "未确认：\(list)；最迟 \(until) 回收"))
}

private let poolDisputesCommand = Command(
  ["pool", "disputes"], group: Group.pools,
  summary: Phrase(
    en: "List customers that were taken back although somebody had followed them up",
    zh: "列出被自动回收、但之后收到跟进记录的客户"),
  options: [
    Command.Option("all", help: Phrase(en: "Also those that are settled", zh: "包括已处理的"))
  ],
  examples: [
    Command.Example(
      "rounds-admin pool disputes", Phrase(en: "What waits for a decision", zh: "等待决定的争议"))
  ]
) { invocation in
  let query = invocation.flag("all") ? [HubQuery("status", "all")] : []
  let document = try invocation.hub().read(["disputes"], query: query)
  invocation.show(document) { screen in
    screen.list(
      document["disputes"]?.array ?? [],
      [
        Screen.Column("ID", "编号"), Screen.Column("STATUS", "状态"),
        Screen.Column("CUSTOMER", "客户"), Screen.Column("FORMER OWNER", "原负责人"),
        Screen.Column("OWNER", "现负责人"), Screen.Column("RECYCLED", "回收于"),
        Screen.Column("FOLLOW-UP OF", "跟进发生于"), Screen.Column("ENTERED", "录入于"),
        Screen.Column("ARRIVED", "到达于"),
      ],
      orSay: Phrase(en: "Nothing is in dispute.", zh: "没有争议。")
    ) { dispute in
      [
        screen.text(dispute["id"]), status(dispute, screen), screen.text(dispute["name"]),
        screen.text(dispute["formerOwner"]), screen.text(dispute["owner"]),
        screen.time(dispute["recycledAt"]), screen.time(dispute["occurredAt"]),
        screen.time(dispute["enteredAt"]), screen.time(dispute["arrivedAt"]),
      ]
    }
  }
}

private func status(_ dispute: JSONValue, _ screen: Screen) -> String {
  switch dispute["status"]?.string {
  case "open": screen.word(Phrase(en: "open", zh: "待处理"))
  case "returned": screen.word(Phrase(en: "returned by itself", zh: "已自动归还"))
  case "settledReturned": screen.word(Phrase(en: "returned", zh: "已归还"))
  case "settledKept": screen.word(Phrase(en: "kept", zh: "维持现状"))
  default: screen.text(dispute["status"])
  }
}

private let poolSettleCommand = Command(
  ["pool", "settle"], group: Group.pools,
  summary: Phrase(
    en: "Give a customer back to its former owner, or leave it where it is", zh: "将客户归还原负责人，或维持现状"),
  arguments: [
    Command.Argument("ID", help: Phrase(en: "The dispute, or its beginning", zh: "争议编号或其开头"))
  ],
  options: [
    Command.Option(
      "return", help: Phrase(en: "The former owner has it again", zh: "归还原负责人")),
    Command.Option("keep", help: Phrase(en: "Everything stays as it is", zh: "维持现状")),
  ],
  examples: [
    Command.Example(
      "rounds-admin pool settle 01JD3QX8 --return",
      Phrase(en: "The visit took place in time", zh: "拜访确实按时发生"))
  ]
) { invocation in
  let id = invocation.argument("ID")
  guard invocation.flag("return") != invocation.flag("keep") else {
    throw CommandFailure.usage(
      Phrase(en: "Say --return or --keep.", zh: "请写 --return 或 --keep 。"))
  }
  let take = invocation.flag("return") ? "return" : "keep"
  let answer = try invocation.hub().post(["disputes", id, "settle"], ["take": .string(take)])
  invocation.show(answer) { screen in
    let (name, owner) = (screen.text(answer["name"]), screen.text(answer["owner"]))
    if take == "return" {
      screen.say("\(name) is \(owner)'s again.", "\(name) 已归还 \(owner) 。")
    } else {
      screen.say("\(name) stays where it is.", "\(name) 维持现状。")
    }
  }
}
