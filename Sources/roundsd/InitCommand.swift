// `init`: makes the folder, the database and the first administrator.
//
// The token is printed once and kept nowhere; only its hash is stored.

import CommandKit
import Digest
import Hub
import Notation
import SyncCore

let initCommand: Command = Command(
  ["init"], group: Group.running,
  summary: Phrase(en: "Make a hub in an empty folder", zh: "在空文件夹中创建服务器"),
  options: [
    dataOption,
    Command.Option(
      "workspace", "NAME", help: Phrase(en: "The company's name (needed)", zh: "公司名称（必填）")),
    Command.Option(
      "admin", "NAME", help: Phrase(en: "The first administrator (needed)", zh: "首位管理员（必填）")),
    Command.Option(
      "zone", "ZONE",
      help: Phrase(
        en: "The company's time zone, such as Asia/Shanghai", zh: "公司时区，例如 Asia/Shanghai")),
  ],
  examples: [
    Command.Example(
      "roundsd init --data /var/lib/rounds --workspace Acme --admin ann",
      Phrase(en: "Prints ann's token, once", zh: "输出 ann 的令牌，仅此一次"))
  ]
) { invocation in
  let path = try invocation.required("data")
  let workspace = try invocation.required("workspace")
  let admin = try invocation.required("admin")
  let console = invocation.console
  let token = try HubFolder.initialise(
    path, workspace: workspace, admin: admin, zone: invocation.option("zone"),
    now: Moment(milliseconds: console.now()),
    random: SystemRandom())
  if invocation.isJSON {
    return console.print(json: [
      "workspace": .string(workspace), "admin": .string(admin), "token": .string(token),
    ])
  }
  console.print(token)
  console.remark(
    Phrase(
      en: """
        This is the token of \(admin), shown once: put it into ROUNDS_TOKEN for rounds-admin.
        Now run: roundsd serve --data \(path)
        """,
      zh: """
        这是 \(admin) 的令牌，只显示一次：请放入 ROUNDS_TOKEN 供 rounds-admin 使用。
        接下来运行：roundsd serve --data \(path)
        """))
}
