// `user add`, `user set`, `user list`, `user disable`: who works here.
//
// A token is printed once, on stdout, and nowhere else: the hub keeps only its hash.

import CommandKit
import Notation

let userCommands =
  [
    userAddCommand, userSetCommand, userListCommand, userDisableCommand, handoverCommand,
  ] + awayCommands

private let nameArgument = Command.Argument("NAME", help: Phrase(en: "The user", zh: "用户名"))

private let roles = ["rep", "manager", "admin", "service"]

private let userAddCommand = Command(
  ["user", "add"], group: Group.people,
  summary: Phrase(en: "Add a user", zh: "添加用户"),
  arguments: [nameArgument],
  options: [
    Command.Option(
      "role", "ROLE", help: Phrase(en: "What the user may do (needed)", zh: "用户的角色（必填）"),
      values: .oneOf(roles)),
    Command.Option("team", "T", help: Phrase(en: "The user's team", zh: "所属团队")),
  ],
  examples: [
    Command.Example(
      "rounds-admin user add ann --role rep --team north",
      Phrase(en: "A rep; invite her next", zh: "销售代表；接着发出邀请")),
    Command.Example(
      "rounds-admin user add erp --role service",
      Phrase(en: "A program; prints its token once", zh: "程序账号；令牌只显示一次")),
  ]
) { invocation in
  let name = invocation.argument("NAME")
  var document: JSONValue = [
    "name": .string(name), "role": .string(try invocation.requiredOption("role")),
  ]
  if let team = invocation.option("team") { document["team"] = .string(team) }
  let answer = try invocation.hub().post(["users"], document)
  invocation.show(answer) { screen in
    screen.say("\(name) is added.", "已添加 \(name) 。")
    printToken(answer, screen)
    screen.next([
      (
        "\(adminTable.program) invite \(Screen.quoted(name))",
        Phrase(en: "a code for a laptop", zh: "为其终端生成加入码")
      )
    ])
  }
}

private func printToken(_ answer: JSONValue, _ screen: Screen) {
  guard let token = answer["token"]?.string else { return }
  screen.rows([(screen.word(Phrase(en: "Token", zh: "令牌")), token)])
  screen.say("It is shown only this once; keep it safe.", "令牌只显示这一次，请妥善保存。")
}

private let userSetCommand = Command(
  ["user", "set"], group: Group.people,
  summary: Phrase(en: "Give a user another role or team", zh: "修改用户的角色或团队"),
  arguments: [nameArgument],
  options: [
    Command.Option(
      "role", "ROLE", help: Phrase(en: "What the user may do", zh: "用户的角色"),
      values: .oneOf(roles)),
    Command.Option("team", "T", help: Phrase(en: "The user's team", zh: "所属团队")),
    Command.Option("no-team", help: Phrase(en: "Take the user out of the team", zh: "移出团队")),
  ],
  examples: [
    Command.Example(
      "rounds-admin user set ann --role manager --team north",
      Phrase(en: "ann leads the north; she gets a token", zh: "ann 成为 north 的主管，并得到令牌")),
    Command.Example(
      "rounds-admin user set ann --no-team", Phrase(en: "Between two teams", zh: "暂不属于任何团队")),
  ],
  notes: [
    Phrase(
      en: "What the user's laptops hold follows with their next sync.",
      zh: "该用户终端上的内容在下次同步时随之变化。")
  ]
) { invocation in
  let name = invocation.argument("NAME")
  var document: JSONValue = [:]
  if let role = invocation.option("role") { document["role"] = .string(role) }
  let team = try invocation.oneOf("team", orFlag: "no-team")
  if let team { document["team"] = team }
  guard document != [:] else {
    throw CommandFailure.usage(
      Phrase(en: "There is nothing to change.", zh: "没有要修改的内容。"),
      hint: Phrase(
        en: "Give --role R , --team T or --no-team .", zh: "请给出 --role R 、--team T 或 --no-team 。"))
  }
  let answer = try invocation.hub().post(["users", name], document)
  invocation.show(answer) { screen in
    let team = answer["team"]?.string
    let role = role(answer["role"], screen)
    screen.say(
      team.map {
        Phrase(en: "\(name) is \(role) in team \($0).", zh: "\(name) 现为\(role)，属于团队 \($0) 。")
      } ?? Phrase(en: "\(name) is \(role), in no team.", zh: "\(name) 现为\(role)，不属于任何团队。"))
    printToken(answer, screen)
  }
}

extension Invocation {
  /// The text of an option, null where a flag says that there is to be none, nil where neither is
  /// there.
  func oneOf(_ name: String, orFlag flag: String) throws(CommandFailure) -> JSONValue? {
    let text = option(name)
    if text != nil && self.flag(flag) {
      throw .usage(
        Phrase(
          en: "The options --\(name) and --\(flag) exclude each other.",
          zh: "选项 --\(name) 与 --\(flag) 不能同时使用。"))
    }
    return text.map { .string($0) } ?? (self.flag(flag) ? .null : nil)
  }
}

private let userListCommand = Command(
  ["user", "list"], group: Group.people, summary: Phrase(en: "List the users", zh: "列出用户"),
  examples: [
    Command.Example("rounds-admin user list", Phrase(en: "Everybody", zh: "所有用户"))
  ],
  isDefault: true
) { invocation in
  let document = try invocation.hub().read(["users"])
  invocation.show(document) { screen in
    let users = document["users"]?.array ?? []
    guard !users.isEmpty else { return screen.say("No users.", "没有用户。") }
    var table = TextTable([
      TextTable.Column(screen.word(Phrase(en: "USER", zh: "用户"))),
      TextTable.Column(screen.word(Phrase(en: "ROLE", zh: "角色"))),
      TextTable.Column(screen.word(Phrase(en: "TEAM", zh: "团队"))),
      TextTable.Column(screen.word(Phrase(en: "STATUS", zh: "状态"))),
    ])
    for user in users {
      let isDisabled = user["disabled"]?.bool == true
      let until = user["away"]?["until"].map { screen.time($0) }
      table.add([
        screen.text(user["name"]), role(user["role"], screen), screen.text(user["team"]),
        screen.word(
          isDisabled
            ? Phrase(en: "disabled", zh: "已停用")
            : until.map { Phrase(en: "away, until \($0)", zh: "不在岗，至 \($0)") }
              ?? Phrase(en: "active", zh: "正常")),
      ])
    }
    table.print(to: screen.console)
  }
}

private func role(_ role: JSONValue?, _ screen: Screen) -> String {
  switch role?.string {
  case "rep": screen.word(Phrase(en: "rep", zh: "销售代表"))
  case "manager": screen.word(Phrase(en: "manager", zh: "主管"))
  case "admin": screen.word(Phrase(en: "admin", zh: "管理员"))
  case "service": screen.word(Phrase(en: "service", zh: "程序"))
  default: screen.text(role)
  }
}

private let userDisableCommand = Command(
  ["user", "disable"], group: Group.people,
  summary: Phrase(en: "Shut a user out, with all laptops and tokens", zh: "停用用户及其所有终端和令牌"),
  arguments: [nameArgument],
  examples: [
    Command.Example("rounds-admin user disable ann", Phrase(en: "ann has left", zh: "ann 已离职"))
  ],
  notes: [
    Phrase(
      en: "What the user wrote stays. Customers keep their owner until somebody assigns them.",
      zh: "该用户写过的内容会保留。其客户的负责人不变，直到重新分配。")
  ]
) { invocation in
  let name = invocation.argument("NAME")
  let answer = try invocation.hub().post(["users", name, "disable"])
  invocation.show(answer) { screen in
    screen.say("\(name) is shut out.", "已停用 \(name) 。")
  }
}
