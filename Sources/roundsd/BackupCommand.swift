// `backup` and `restore`: a copy made while the hub serves, and a hub made of a copy.
//
// Nothing is ever overwritten: neither a backup nor a folder that holds a hub.

import CommandKit
import Digest
import Hub
import Notation
import SyncCore

let backupCommand: Command = Command(
  ["backup"], group: Group.safety,
  summary: Phrase(
    en: "Copy the hub into one file, also while it serves", zh: "把服务器备份为一个文件，可在运行中进行"),
  options: [
    dataOption,
    Command.Option(
      "to", "FILE", help: Phrase(en: "The file to make (needed)", zh: "要生成的文件（必填）"),
      values: .file),
  ],
  examples: [
    Command.Example(
      "roundsd backup --data /var/lib/rounds --to /backup/rounds-$(date +%F).sqlite",
      Phrase(en: "A night's backup, from cron", zh: "由 cron 每晚备份"))
  ],
  notes: [
    Phrase(
      en: """
        Archives (roundsd archive) are copied beside the file, each once however many backups lie there. \
        Keep them with the backups that need them.
        """,
      zh: "归档文件（roundsd archive）会复制到备份文件旁边，同一文件夹只存一份；请与需要它们的备份一起保存。")
  ]
) { invocation in
  let (path, file) = (try invocation.required("data"), try invocation.required("to"))
  let archives = try Backup.write(from: path, to: file)
  if invocation.isJSON {
    invocation.console.print(json: ["file": .string(file), "archives": archives.json])
  } else {
    invocation.console.print(file)
  }
  try archives.requireAll(
    Phrase(en: "The backup \(file) was made", zh: "备份 \(file) 已生成"))
}

let restoreCommand: Command = Command(
  ["restore"], group: Group.safety,
  summary: Phrase(en: "Make a hub of a backup", zh: "从备份恢复服务器"),
  options: [
    Command.Option(
      "from", "FILE", help: Phrase(en: "The backup (needed)", zh: "备份文件（必填）"), values: .file),
    dataOption,
  ],
  examples: [
    Command.Example(
      "roundsd restore --from /backup/rounds-2026-11-22.sqlite --data /var/lib/rounds-new",
      Phrase(en: "Into an empty folder", zh: "恢复到空文件夹"))
  ],
  notes: [
    Phrase(
      en: """
        Laptops send again what the backup has not got: with their next sync the work of the time \
        since is back. Never run the old hub and the restored one side by side.
        """,
      zh: "各笔记本下次同步时会补发备份之后的内容。切勿同时运行旧服务器与恢复后的服务器。")
  ]
) { invocation in
  let (file, path) = (try invocation.required("from"), try invocation.required("data"))
  let archives = try Backup.restore(
    from: file, to: path, now: Moment(milliseconds: invocation.console.now()),
    random: SystemRandom())
  if invocation.isJSON {
    invocation.console.print(json: ["data": .string(path), "archives": archives.json])
  } else {
    invocation.console.print(path)
  }
  try archives.requireAll(Phrase(en: "The hub in \(path) was made", zh: "\(path) 中的服务器已恢复"))
}

extension [CarriedArchive] {
  fileprivate var json: JSONValue {
    .array(map { ["name": .string($0.name), "outcome": .string($0.outcome.rawValue)] })
  }

  /// Whoever runs this from a timetable must hear of it, though the work itself is done.
  fileprivate func requireAll(_ done: Phrase) throws {
    let missing = filter { $0.outcome == .missing }.map(\.name)
    guard !missing.isEmpty else { return }
    let names = Phrase(
      en: missing.joined(separator: ", "), zh: missing.joined(separator: "、"))
    throw CommandFailure(
      .fault,
      Phrase(
        en: "\(done.en), but without these archives, which are not there: \(names.en)",
        zh: "\(done.zh)，但缺少这些归档文件：\(names.zh)"),
      hint: Phrase(
        en: "Syncs need none of them. Put them beside the hub's database when you find them.",
        zh: "同步不需要它们；找到后请放回服务器数据库所在的文件夹。"))
  }
}
