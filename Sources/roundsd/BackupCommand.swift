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
  ]
) { invocation in
  let (path, file) = (try invocation.required("data"), try invocation.required("to"))
  try Backup.write(from: path, to: file)
  if invocation.isJSON { return invocation.console.print(json: ["file": .string(file)]) }
  invocation.console.print(file)
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
  try Backup.restore(
    from: file, to: path, now: Moment(milliseconds: invocation.console.now()),
    random: SystemRandom())
  if invocation.isJSON { return invocation.console.print(json: ["data": .string(path)]) }
  invocation.console.print(path)
}
