// All that the daemon's program can do: the table of contents of this folder, a file a verb.
//
// Nothing is decided here. The words are the contract in `Protocol/Commands.md`.

import CommandKit

let roundsdTable: CommandTable = CommandTable(
  program: "roundsd", version: "0.1.0",
  summary: Phrase(
    en: "The hub that laptops running rounds sync with", zh: "供各台 rounds 笔记本同步的服务器"),
  notes: [
    Phrase(
      en: """
        A hub is a folder. Make it with init, run it with serve, copy it with backup while it runs, \
        and look after it with rounds-admin.
        """,
      zh: "一个服务器就是一个文件夹：用 init 创建，用 serve 运行，运行中可用 backup 备份，用 rounds-admin 管理。")
  ],
  commands: [
    initCommand, serveCommand, backupCommand, restoreCommand, checkCommand,
    archiveCommand, archivesCommand,
  ],
  explain: { Failures.explain($0) })

/// Headings of the overview.
enum Group {
  static let running = Phrase(en: "Running a hub", zh: "运行")
  static let safety = Phrase(en: "Keeping it safe", zh: "安全")
}

/// The option that every command of this program needs.
let dataOption = Command.Option(
  "data", "DIR", help: Phrase(en: "The folder of the hub (needed)", zh: "服务器的文件夹（必填）"),
  values: .file)

extension Invocation {
  /// An option without which the command makes no sense.
  func required(_ name: String) throws -> String {
    if let value = option(name), !value.isEmpty { return value }
    throw CommandFailure.usage(
      Phrase(en: "The option --\(name) is needed.", zh: "缺少选项 --\(name) 。"))
  }
}
