// `pool list`, `show`, `add`, `set`, `apply`, `move`: the pools, and putting a customer into one.
//
// A pool is a document of the hub's. `set` sends some of its keys and `apply` all of them; what a
// key may hold the hub knows, so a value goes there as the JSON that it reads as, or as a text.

import CommandKit
import HubClient
import Notation

let poolCommands = [
  poolListCommand, poolShowCommand, poolAddCommand, poolSetCommand, poolApplyCommand,
  poolMoveCommand,
]

private let nameArgument = Command.Argument("NAME", help: Phrase(en: "The pool", zh: "公海名称"))

/// Keys whose values are lists, typed with commas.
private let listKeys: Set<String> = ["members", "admins"]

private let poolListCommand = Command(
  ["pool", "list"], group: Group.pools, summary: Phrase(en: "List the pools", zh: "列出公海"),
  examples: [
    Command.Example("rounds-admin pool", Phrase(en: "One line a pool", zh: "每个公海一行"))
  ],
  isDefault: true
) { invocation in
  let document = try invocation.hub().read(["pools"])
  invocation.show(document) { screen in
    let pools = document["pools"]?.array ?? []
    if pools.isEmpty { return screen.say("No pools.", "没有公海。") }
    var table = TextTable([
      TextTable.Column(screen.word(Phrase(en: "POOL", zh: "公海"))),
      TextTable.Column(screen.word(Phrase(en: "CUSTOMERS", zh: "客户数")), .right),
      TextTable.Column(screen.word(Phrase(en: "MEMBERS", zh: "成员"))),
      TextTable.Column(screen.word(Phrase(en: "ADMINS", zh: "管理员"))),
      TextTable.Column(screen.word(Phrase(en: "A DAY", zh: "每日上限")), .right),
      TextTable.Column(screen.word(Phrase(en: "AT MOST", zh: "持有上限")), .right),
    ])
    for pool in pools {
      table.add([
        screen.text(pool["name"]), screen.text(pool["customers"]), names(pool["members"]),
        names(pool["admins"]), screen.text(pool["claimsPerDay"]), screen.text(pool["holdMax"]),
      ])
    }
    table.print(to: screen.console)
  }
}

private let poolShowCommand = Command(
  ["pool", "show"], group: Group.pools,
  summary: Phrase(en: "Print a pool as a file to edit", zh: "以可编辑的文件形式输出公海设置"),
  arguments: [nameArgument],
  examples: [
    Command.Example(
      "rounds-admin pool show east > east.json",
      Phrase(en: "Edit it, and pool apply it", zh: "编辑后用 pool apply 应用"))
  ]
) { invocation in
  var document = try invocation.hub().read(["pools", invocation.argument("NAME")])
  invocation.show(document) { screen in
    // How many customers lie in it, and whose it takes back, is no setting.
    document["customers"] = nil
    let owners = names(document["recycledFrom"])
    if document["recycledFrom"] != nil {
      screen.console.remark(
        Phrase(
          en: "It takes back customers of: \(owners) . Of several pools the first by name does.",
          zh: "自动回收以下人员的客户：\(owners) 。多个公海都适用时，以名称最靠前的为准。"))
    }
    document["recycledFrom"] = nil
    screen.console.output.write(document.text(pretty: true) + "\n")
  }
}

private let poolAddCommand = Command(
  ["pool", "add"], group: Group.pools, summary: Phrase(en: "Add a pool", zh: "添加公海"),
  arguments: [nameArgument],
  options: [
    Command.Option(
      "members", "LIST",
      help: Phrase(
        en: "ann,team:north ; without it: everybody", zh: "成员，如 ann,team:north ；默认所有人")),
    Command.Option(
      "admins", "LIST", help: Phrase(en: "Users who answer for it", zh: "公海管理员")),
  ],
  examples: [
    Command.Example(
      "rounds-admin pool add east --members team:north,bob --admins mei",
      Phrase(en: "A pool for a team and one more", zh: "供一个团队和另一人使用的公海"))
  ]
) { invocation in
  let name = invocation.argument("NAME")
  var document: JSONValue = ["name": .string(name)]
  for key in listKeys.sorted() {
    if let text = invocation.option(key) { document[key] = value(text, of: key) }
  }
  let answer = try invocation.hub().post(["pools"], document)
  invocation.show(answer) { screen in
    screen.say("Pool \(name) is added.", "已添加公海 \(name) 。")
  }
}

private let poolSetCommand = Command(
  ["pool", "set"], group: Group.pools,
  summary: Phrase(en: "Change settings of a pool", zh: "修改公海设置"),
  arguments: [
    nameArgument,
    Command.Argument(
      "key=value", .oneOrMore,
      help: Phrase(
        en: """
          members, admins, claimable, claimsPerDay, holdMax, coolDownDays, newDataDelayHours, recycle
          """,
        zh: """
          members、admins、claimable、claimsPerDay、holdMax、coolDownDays、newDataDelayHours、recycle
          """)),
  ],
  examples: [
    Command.Example(
      "rounds-admin pool set east claimsPerDay=5 members=team:north,bob",
      Phrase(en: "Two settings at once", zh: "一次修改两项设置"))
  ]
) { invocation in
  let name = invocation.argument("NAME")
  var document: JSONValue = [:]
  for assignment in try invocation.assignments("key=value") {
    guard case .set(let key, let text) = assignment else {
      throw CommandFailure.usage(
        Phrase(en: "Write key=value here.", zh: "这里请写 key=value 。"))
    }
    document[key] = value(text, of: key)
  }
  let answer = try invocation.hub().post(["pools", name], document)
  invocation.show(answer) { screen in
    screen.say("Pool \(name) is changed.", "已修改公海 \(name) 。")
  }
}

private let poolApplyCommand = Command(
  ["pool", "apply"], group: Group.pools,
  summary: Phrase(en: "Add or replace the pool in a file", zh: "按文件添加或替换公海"),
  arguments: [
    Command.Argument("FILE", help: Phrase(en: "A pool file", zh: "公海文件"), values: .file)
  ],
  examples: [
    Command.Example(
      "rounds-admin pool apply east.json",
      Phrase(en: "What the file does not say is as usual", zh: "文件中未写的设置取默认值"))
  ]
) { invocation in
  let file = try invocation.console.readFile(invocation.argument("FILE"))
  let answer = try invocation.hub().put(["pools"], file: file)
  let name = answer["name"]?.string ?? ""
  invocation.show(answer) { screen in
    screen.say("Pool \(name) is applied.", "已应用公海 \(name) 。")
  }
}

private let poolMoveCommand = Command(
  ["pool", "move"], group: Group.pools,
  summary: Phrase(en: "Put a customer into a pool", zh: "把客户放入公海"),
  arguments: [referenceArgument],
  options: [
    Command.Option("pool", "P", help: Phrase(en: "The pool (needed)", zh: "公海名称（必填）")),
    Command.Option(
      "reason", "TEXT", help: Phrase(en: "Why; for the next owner", zh: "原因，供下一位负责人参考")),
  ],
  examples: [
    Command.Example(
      "rounds-admin pool move customer:Acme --pool east --reason 'Nobody calls'",
      Phrase(en: "Its members see it after their next sync", zh: "公海成员下次同步后即可看到"))
  ]
) { invocation in
  let reference = invocation.argument("REF")
  let pool = try invocation.requiredOption("pool")
  var document: JSONValue = ["record": .string(reference)]
  if let reason = invocation.option("reason") { document["reason"] = .string(reason) }
  let answer = try invocation.hub().post(["pools", pool, "take"], document)
  invocation.show(answer) { screen in
    screen.say("\(reference) is in the pool \(pool).", "\(reference) 已放入公海 \(pool) 。")
  }
}

/// What was typed, as the hub reads it.
private func value(_ text: String, of key: String) -> JSONValue {
  guard listKeys.contains(key) else { return (try? JSONValue(parsing: text)) ?? .string(text) }
  return .array(text.split(separator: ",").map { .string(String($0)) })
}

private func names(_ list: JSONValue?) -> String {
  TextWidth.oneLine((list?.array ?? []).compactMap(\.string).joined(separator: ","))
}
