// `rounds doctor`: does everything that must be true of this replica hold – and if not, what helps?
//
// It only reads, and asks the hub where it can be reached; `--deep` also mends records that are not the
// hub's. Any finding makes it exit 1, after all checks have been made and printed; a warning does not. A file that cannot be
// read any more is made anew with `--rebuild`; `--rescue` takes over what waited in another folder.

import CommandKit
import Notation
import Replica

func doctorCommand(_ outside: Outside) -> Command {
  Command(
    ["doctor"], group: Group.machine,
    summary: Phrase(en: "Check this replica, and mend it", zh: "检查并修复本机的数据副本"),
    options: [
      Command.Option(
        "deep",
        help: Phrase(
          en: "Every page and every record; mends what is not the hub's",
          zh: "检查每一页和每一条记录，修复与服务器不一致的内容")),
      Command.Option(
        "rebuild",
        help: Phrase(
          en: "Make a damaged replica anew, with what waits to go up", zh: "重建损坏的副本，保留待上传的修改")),
      Command.Option(
        "rescue", "FOLDER",
        help: Phrase(
          en: "Take over what waits in another, damaged folder", zh: "取回另一个损坏文件夹中待上传的修改"),
        values: .file),
    ],
    examples: [
      Command.Example(
        "rounds doctor --deep", Phrase(en: "When something looks wrong", zh: "看起来不对时")),
      Command.Example(
        "rounds doctor --rebuild", Phrase(en: "When the file is damaged", zh: "文件损坏时")),
    ]
  ) { invocation in
    if invocation.flag("rebuild") { return try Rebuild(invocation, outside).run() }
    if let folder = invocation.option("rescue") {
      return try Rebuild(invocation, outside).rescue(from: folder)
    }
    let replica = try OpenReplica(invocation, outside)
    let checks = Examination(replica, isDeep: invocation.flag("deep")).checks()
    let findings = checks.count { !$0.isFine }
    if invocation.isJSON {
      let documents = checks.map { check -> JSONValue in
        [
          "name": .string(check.name), "ok": .bool(check.isFine),
          "warning": .bool(check.isWarning), "detail": .string(check.detail.en),
        ]
      }
      invocation.console.print(json: ["checks": .array(documents), "ok": .bool(findings == 0)])
    } else {
      for check in checks {
        let mark = check.isFine ? check.isWarning ? "!   " : "ok  " : "!!  "
        let detail = TextWidth.oneLine(check.detail.text(invocation.language))
        let line = mark + TextWidth.padded(check.name, columns: 10) + "  " + detail
        invocation.console.print(
          check.isFine && !check.isWarning ? line : invocation.console.styled(line, .red))
      }
    }
    if findings > 0 { throw RepError.findings(findings) }
  }
}
