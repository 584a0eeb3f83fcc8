// `user add`, `user list`, `user disable`: who works here.
//
// A token is printed once, on stdout, and nowhere else: the hub keeps only its hash.

import CommandKit
import Notation

let userCommands = [userAddCommand, userListCommand, userDisableCommand]

private let nameArgument = Command.Argument("NAME", help: Phrase(en: "The user", zh: "用户名"))

private let userAddCommand = Command(
  ["user", "add"], group: Group.people,
  summary: Phrase(en: "Add a user", zh: "添加用户"),
  arguments: [nameArgument],
  options: [
    Command.Option(
      "role", "ROLE", help: Phrase(en: "What the user may do (needed)", zh: "用户的角色（必填）"),
      values: .oneOf(["rep", "manager", "admin", "service"])),
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
    if let token = answer["token"]?.string {
      screen.rows([(screen.word(Phrase(en: "Token", zh: "令牌")), token)])
      screen.say("It is shown only this once; keep it safe.", "令牌只显示这一次，请妥善保存。")
    }
    screen.next([
      (
        "\(adminTable.program) invite \(Screen.quoted(name))",
        Phrase(en: "a code for a laptop", zh: "为其终端生成加入码")
      )
    ])
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
      table.add([
        screen.text(user["name"]), role(user["role"], screen), screen.text(user["team"]),
        screen.word(
          isDisabled ? Phrase(en: "disabled", zh: "已停用") : Phrase(en: "active", zh: "正常")),
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
