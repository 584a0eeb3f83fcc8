// `audit`, `audit verify`: who did what to the hub, and whether its past still says what it said.
//
// Verifying follows every chain from its beginning, and the signatures of laptops. The hub does the work,
// so a hub in wrong hands can lie about it – but not to a laptop that was shown a checkpoint: give its
// position and hash, from `rounds doctor`, and the answer has to fit them.

import CommandKit
import HubClient
import Notation

let auditCommands = [auditListCommand, auditVerifyCommand]

private let auditListCommand = Command(
  ["audit", "list"], group: Group.audit,
  summary: Phrase(en: "List who did what, newest first", zh: "列出操作审计，最新在前"),
  options: [
    Command.Option("user", "NAME", help: Phrase(en: "Only by this person", zh: "只看此人")),
    Command.Option(
      "action", "WORDS",
      help: Phrase(en: "Only what begins like this: user, conflict resolve", zh: "只看以此开头的操作")),
    Command.Option("subject", "NAME", help: Phrase(en: "Only about this", zh: "只看这一对象")),
    Command.Option("since", "TIME", help: Phrase(en: "Only since then", zh: "只看此后")),
    Command.Option("limit", "N", help: Phrase(en: "At most so many", zh: "最多条数")),
  ],
  examples: [
    Command.Example(
      "rounds-admin audit --action user --since -7d", Phrase(en: "Who let whom in", zh: "谁让谁加入"))
  ],
  isDefault: true
) { invocation in
  var query: [HubQuery] = []
  for name in ["user", "action", "subject", "limit"] {
    if let value = invocation.option(name) { query.append(HubQuery(name, value)) }
  }
  if let since = try invocation.moment("since") { query.append(HubQuery("since", since)) }
  let document = try invocation.hub().read(["audit"], query: query)
  invocation.show(document) { printLog(document["entries"]?.array ?? [], $0) }
}

private func printLog(_ entries: [JSONValue], _ screen: Screen) {
  let columns = [
    Screen.Column("NO", "序号", .right), Screen.Column("WHEN", "时间"), Screen.Column("WHO", "人员"),
    Screen.Column("WHAT", "操作"), Screen.Column("ON", "对象"), Screen.Column("DETAILS", "详情"),
  ]
  let nothing = Phrase(en: "Nothing was done yet.", zh: "还没有操作记录。")
  screen.list(entries, columns, orSay: nothing) { entry in
    let details = entry["details"].flatMap { $0.object?.isEmpty == false ? $0 : nil }
    return [
      screen.text(entry["number"]), screen.time(entry["at"]), screen.text(entry["user"]),
      screen.text(entry["action"]), screen.text(entry["subject"]), screen.text(details),
    ]
  }
}

private let auditVerifyCommand = Command(
  ["audit", "verify"], group: Group.audit,
  summary: Phrase(
    en: "Check that nothing in the past was changed", zh: "检查历史没有被改动"),
  options: [
    Command.Option(
      "at", "N:HASH",
      help: Phrase(
        en: "A checkpoint that a laptop was shown (rounds doctor prints it)",
        zh: "某台终端保存的检查点（见 rounds doctor）"))
  ],
  examples: [
    Command.Example(
      "rounds-admin audit verify",
      Phrase(en: "Exit code 1: something was changed", zh: "退出码 1 表示有改动"))
  ]
) { invocation in
  let query = try checkpoint(invocation)
  var document = try invocation.hub().read(["audit", "verify"], query: query)
  let failure = document["ok"]?.bool == true ? nil : changed(document)
  if let failure {
    document["error"] = failure.json(language: invocation.console.language)["error"]
  }
  invocation.show(document) { printReport(document, $0) }
  if let failure { throw ToldFailure(failure) }
}

private func changed(_ report: JSONValue) -> CommandFailure {
  let count = report["findings"]?.array?.count ?? 0
  return CommandFailure(
    .fault,
    Phrase(en: "The past was changed: \(count) findings.", zh: "历史有改动：发现 \(count) 处。"),
    hint: Phrase(
      en: """
        Keep the hub's folder as it is. A backup from before, and the laptops, still have what was \
        changed: see Protocol/Trust.md.
        """,
      zh: "请原样保留服务器文件夹；更早的备份和各终端仍保有原来的内容，参见 Protocol/Trust.md 。"))
}

private func checkpoint(_ invocation: Invocation) throws -> [HubQuery] {
  guard let typed = invocation.option("at") else { return [] }
  let parts = typed.split(separator: ":", maxSplits: 1).map(String.init)
  let isHash = parts.last.map { $0.count == 32 && $0.allSatisfy(\.isHexDigit) } ?? false
  guard parts.count == 2, UInt64(parts[0]) != nil, isHash else {
    throw CommandFailure.usage(
      Phrase(en: "\(typed) is no N:HASH.", zh: "\(typed) 不是 N:HASH 的形式。"),
      hint: Phrase(en: "rounds doctor prints one.", zh: "rounds doctor 会给出一个。"))
  }
  return [HubQuery("position", parts[0]), HubQuery("hash", parts[1])]
}

private func printReport(_ report: JSONValue, _ screen: Screen) {
  func text(_ key: String) -> String { screen.text(report[key]) }
  for finding in report["findings"]?.array ?? [] {
    screen.console.print(
      screen.console.styled(
        "\(screen.text(finding["kind"])): \(screen.text(finding["text"]))", .red))
  }
  screen.rows([
    (screen.word(Phrase(en: "Changes", zh: "变更")), text("changes")),
    (screen.word(Phrase(en: "Checkpoints", zh: "检查点")), text("checkpoints")),
    (screen.word(Phrase(en: "Audit entries", zh: "审计条目")), text("entries")),
    (
      screen.word(Phrase(en: "Edits of laptops", zh: "终端的编辑")),
      screen.word(
        Phrase(
          en: "\(text("edits")), of which \(text("signedEdits")) are signed for",
          zh: "\(text("edits"))，其中 \(text("signedEdits")) 项已签名"))
    ),
    (
      screen.word(Phrase(en: "Last checkpoint", zh: "最新检查点")), "\(text("position")):\(text("hash"))"
    ),
  ])
  if report["ok"]?.bool == true { screen.say("Nothing was changed.", "没有改动。") }
}
