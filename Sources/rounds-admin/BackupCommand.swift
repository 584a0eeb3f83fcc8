// `backup`, `backups`: has the hub copy itself into its own backup folder, and lists what lies there.
//
// The copy never travels: it stays on the hub's machine, in the folder that `roundsd serve --backups`
// names. Whoever wants it elsewhere takes it from there.

import CommandKit
import HubClient
import Notation

let backupCommands = [backupCommand, backupsCommand]

private let backupCommand = Command(
  ["backup"], group: Group.audit,
  summary: Phrase(
    en: "Have the hub copy itself into its backup folder", zh: "让服务器在其备份文件夹中生成一份备份"),
  options: [
    Command.Option(
      "keep", "N",
      help: Phrase(
        en: "Keep the newest N and remove older ones", zh: "只保留最新的 N 份，删除更早的")),
    Command.Option(
      "check",
      help: Phrase(
        en: "Check everything in the copy, as roundsd check does", zh: "像 roundsd check 那样完整检查该备份")),
  ],
  examples: [
    Command.Example(
      "rounds-admin backup --keep 14",
      Phrase(en: "Each night, from cron on any machine", zh: "每晚由任意机器上的 cron 执行")),
    Command.Example(
      "rounds-admin backup --check",
      Phrase(en: "Exit code 1: the copy is not sound", zh: "退出码 1 表示备份有问题")),
  ],
  notes: [
    Phrase(
      en: """
        The daemon needs a folder for it: roundsd serve --backups DIR. Restore one with roundsd restore. \
        A copy of a large hub takes longer than the answer may: rounds-admin backups shows it when it is \
        there.
        """,
      zh: """
        守护进程需指定文件夹：roundsd serve --backups DIR。恢复请用 roundsd restore。数据量很大时，备份可能\
        超过应答时限：完成后可在 rounds-admin backups 中看到。
        """)
  ]
) { invocation in
  let keep = try invocation.integer("keep", in: 1...10_000)
  let document = try invocation.hub().post(
    ["backups"],
    [
      "keep": keep.map { .integer(Int64($0)) } ?? .null, "check": .bool(invocation.flag("check")),
    ])
  invocation.show(document) { printBackup(document, $0) }
  let missing = (document["archives"]?.array ?? []).filter { $0["outcome"] == "missing" }
  let count = (document["findings"]?.array?.count ?? 0) + missing.count
  guard count > 0 else { return }
  throw CommandFailure(
    .fault,
    Phrase(
      en: "The backup was made, and is not whole: \(count) findings.",
      zh: "备份已生成，但不完整：发现 \(count) 处问题。"),
    hint: Phrase(
      en: "Older ones were kept. Look at the hub itself with: roundsd check --data DIR",
      zh: "更早的备份都已保留。请用 roundsd check --data 文件夹 检查服务器本身。"))
}

private func printBackup(_ backup: JSONValue, _ screen: Screen) {
  func row(_ en: String, _ zh: String, _ text: String) -> (label: String, text: String) {
    (screen.word(Phrase(en: en, zh: zh)), text)
  }
  var rows = [
    row("File", "文件", screen.text(backup["name"])),
    row("Bytes", "字节", screen.text(backup["bytes"])),
    row("Position", "位置", screen.text(backup["position"])),
  ]
  for finding in backup["findings"]?.array ?? [] {
    rows.append(row("Finding", "问题", screen.text(finding)))
  }
  for archive in backup["archives"]?.array ?? [] where archive["outcome"] == "missing" {
    rows.append(row("Missing", "缺少", screen.text(archive["name"])))
  }
  for name in backup["removed"]?.array ?? [] {
    rows.append(row("Removed", "已删除", screen.text(name)))
  }
  screen.rows(rows)
  if backup["findings"]?.array?.isEmpty == true {
    screen.say("Everything in it was checked, and nothing is wrong.", "已完整检查，没有发现问题。")
  }
}

private let backupsCommand = Command(
  ["backups"], group: Group.audit,
  summary: Phrase(
    en: "List the backups in the hub's folder, newest first", zh: "列出服务器备份文件夹中的备份，最新在前"),
  examples: [
    Command.Example(
      "rounds-admin backups", Phrase(en: "How old the last one is", zh: "最近一份备份有多旧"))
  ]
) { invocation in
  let document = try invocation.hub().read(["backups"])
  invocation.show(document) { screen in
    let columns = [
      Screen.Column("FILE", "文件"), Screen.Column("MADE", "时间"),
      Screen.Column("BYTES", "字节", .right), Screen.Column("POSITION", "位置", .right),
    ]
    screen.list(
      document["backups"]?.array ?? [], columns,
      orSay: Phrase(en: "There is no backup yet.", zh: "还没有备份。")
    ) { backup in
      let isReadable = backup["readable"]?.bool == true
      let unreadable = screen.word(Phrase(en: "cannot be read", zh: "无法读取"))
      return [
        screen.text(backup["name"]), screen.time(backup["at"]), screen.text(backup["bytes"]),
        isReadable ? screen.text(backup["position"]) : unreadable,
      ]
    }
  }
}
