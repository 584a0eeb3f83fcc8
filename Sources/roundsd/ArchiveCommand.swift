// `archive` and `archives`: old history goes into files of its own, and which there are.
//
// It may run beside the daemon, from a timetable, and be ended at any moment: done again, it does what
// is missing. Syncs notice nothing of it. A trial run writes nothing.

import CommandKit
import Digest
import Hub
import Notation
import SyncCore

let archiveCommand: Command = Command(
  ["archive"], group: Group.safety,
  summary: Phrase(en: "Move old history into a packed file", zh: "把较早的变更历史移入压缩归档文件"),
  options: [
    dataOption,
    Command.Option(
      "before", "TIME",
      help: Phrase(
        en: "What is older than this: 2025-01-01, -730d", zh: "早于此时间的内容：2025-01-01、-730d")),
    Command.Option(
      "keep-months", "N",
      help: Phrase(
        en: "What is older than this month and the N before it", zh: "早于本月及之前 N 个月的内容")),
    Command.Option(
      "dry-run", help: Phrase(en: "Say what would be moved; write nothing", zh: "只说明会移动什么，不写入")),
  ],
  examples: [
    Command.Example(
      "roundsd archive --data /var/lib/rounds --keep-months 24 --dry-run",
      Phrase(en: "How much is older than two years", zh: "两年以前的历史有多少")),
    Command.Example(
      "roundsd archive --data /var/lib/rounds --keep-months 24",
      Phrase(en: "Each month, from cron", zh: "由 cron 每月执行")),
  ],
  notes: [
    Phrase(
      en: """
        Only the history of changes is moved: records, follow-ups, conflicts and the audit log stay. \
        rounds-admin history reads archives by itself. Keep the files beside hub.sqlite; roundsd backup \
        takes them along. The room that is freed in hub.sqlite is used again; the file does not shrink.
        """,
      zh: """
        只移动变更历史：记录、跟进、冲突和审计日志都保留。rounds-admin history 会自动读取归档。请把归档文件留在 \
        hub.sqlite 旁边，roundsd backup 会一并复制。hub.sqlite 腾出的空间会被再次使用，文件本身不会变小。
        """)
  ]
) { invocation in
  let path = try invocation.required("data")
  let isTrial = invocation.flag("dry-run")
  let report = try Archiving.run(
    on: path, before: try boundary(invocation), isTrial: isTrial,
    now: Moment(milliseconds: invocation.console.now()), random: SystemRandom())
  if invocation.isJSON { return invocation.console.print(json: report.json(isTrial: isTrial)) }
  show(report, isTrial: isTrial, invocation)
}

/// One of the two ways to say what is old.
private func boundary(_ invocation: Invocation) throws -> Moment {
  let months = try invocation.integer("keep-months", in: 1...1200)
  switch (try invocation.time("before"), months) {
  case (let moment?, nil): return Moment(milliseconds: moment)
  case (nil, let months?):
    let zone = invocation.console.zone
    let today = zone.civilTime(atMilliseconds: invocation.console.now())
    let count = today.year * 12 + today.month - 1 - months
    let first = CivilTime(year: count / 12, month: count % 12 + 1, day: 1)
    guard let moment = zone.milliseconds(of: first) else { break }
    return Moment(milliseconds: moment)
  default: break
  }
  throw CommandFailure.usage(
    Phrase(
      en: "Say what is old with one of --before and --keep-months.",
      zh: "请用 --before 或 --keep-months 其中之一说明多早算旧。"))
}

private func show(_ report: Archiving.Report, isTrial: Bool, _ invocation: Invocation) {
  func say(_ en: String, _ zh: String) {
    invocation.console.print(Phrase(en: en, zh: zh).text(invocation.language))
  }
  let through = report.through.rawValue
  if report.entries == 0 {
    say("Nothing more is old enough.", "没有更早的内容可以归档。")
  } else if isTrial {
    say(
      "\(report.entries) entries would be archived, up to position \(through).",
      "将归档 \(report.entries) 条，到位置 \(through) 为止。")
  }
  for archive in report.archives {
    say(
      "\(archive.name): \(archive.entries) entries, \(archive.bytes) bytes",
      "\(archive.name)：\(archive.entries) 条，\(archive.bytes) 字节")
  }
  let (removed, bytes, kept) = (report.removed, report.removedBytes, report.kept)
  say(
    "Out of the database: \(removed) entries with \(bytes) bytes; \(kept) stay there, for syncs.",
    "移出数据库：\(removed) 条，\(bytes) 字节；另有 \(kept) 条因同步需要而保留。")
}

extension Archiving.Report {
  fileprivate func json(isTrial: Bool) -> JSONValue {
    [
      "dryRun": .bool(isTrial), "entries": .integer(Int64(entries)),
      "through": .integer(Int64(clamping: through.rawValue)),
      "removed": .integer(Int64(removed)), "removedBytes": .integer(removedBytes),
      "kept": .integer(Int64(kept)), "archives": .array(archives.map(\.json)),
    ]
  }
}

extension Archive {
  fileprivate var json: JSONValue {
    [
      "name": .string(name), "after": .integer(Int64(clamping: after.rawValue)),
      "last": .integer(Int64(clamping: last.rawValue)), "entries": .integer(Int64(entries)),
      "bytes": .integer(bytes),
      "madeAt": .string(ISO8601.string(milliseconds: madeAt.milliseconds, in: .utc)),
    ]
  }
}

let archivesCommand: Command = Command(
  ["archives"], group: Group.safety,
  summary: Phrase(en: "List the archives of a hub, oldest first", zh: "列出服务器的归档文件，最早的在前"),
  options: [dataOption],
  examples: [
    Command.Example(
      "roundsd archives --data /var/lib/rounds",
      Phrase(en: "Which files belong to the hub", zh: "哪些文件属于该服务器"))
  ]
) { invocation in
  let archives = try Archiving.list(in: try invocation.required("data"))
  let console = invocation.console
  if invocation.isJSON {
    return console.print(json: ["archives": .array(archives.map(\.json))])
  }
  guard !archives.isEmpty else {
    let nothing = Phrase(en: "There is no archive yet.", zh: "还没有归档文件。")
    return console.print(nothing.text(invocation.language))
  }
  var table = TextTable([
    TextTable.Column(Phrase(en: "FILE", zh: "文件").text(invocation.language)),
    TextTable.Column(Phrase(en: "POSITIONS", zh: "位置").text(invocation.language), .right),
    TextTable.Column(Phrase(en: "ENTRIES", zh: "条目").text(invocation.language), .right),
    TextTable.Column(Phrase(en: "BYTES", zh: "字节").text(invocation.language), .right),
  ])
  for archive in archives {
    table.add([
      archive.name, "\(archive.after.rawValue + 1)–\(archive.last.rawValue)",
      "\(archive.entries)", "\(archive.bytes)",
    ])
  }
  table.print(to: console)
}
