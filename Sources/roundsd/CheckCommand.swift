// `check`: works out twice what can be worked out twice, and says where the two differ.
//
// Exit code 0 means that nothing was found, 1 that something was; findings go to stdout either way.

import CommandKit
import Digest
import Hub
import Notation

let checkCommand: Command = Command(
  ["check"], group: Group.safety,
  summary: Phrase(en: "Look for damage, also while the hub serves", zh: "检查数据是否损坏，可在运行中进行"),
  options: [dataOption],
  examples: [
    Command.Example(
      "roundsd check --data /var/lib/rounds",
      Phrase(en: "Exit code 1: something is wrong", zh: "退出码 1 表示有问题"))
  ]
) { invocation in
  let findings = try HubCheck.run(on: try invocation.required("data"), random: SystemRandom())
  let console = invocation.console
  if invocation.isJSON {
    console.print(json: [
      "ok": .bool(findings.isEmpty),
      "findings": .array(
        findings.map { ["kind": .string($0.kind.rawValue), "text": .string($0.text)] }),
    ])
  } else if findings.isEmpty {
    console.print(Phrase(en: "Nothing is wrong.", zh: "没有发现问题。").text(invocation.language))
  } else {
    for finding in findings { console.print("\(finding.kind.rawValue): \(finding.text)") }
  }
  guard !findings.isEmpty else { return }
  throw CommandFailure(
    .fault,
    Phrase(en: "The hub has \(findings.count) findings.", zh: "发现 \(findings.count) 处问题。"),
    hint: CheckAdvice.hint)
}

/// What to do about a damaged hub.
enum CheckAdvice {
  static let hint = Phrase(
    en: """
      End the daemon and keep the folder as it is. Restore the last backup into an empty folder with \
      roundsd restore , and serve that: laptops send again what it has not got.
      """,
    zh: "请停止服务并原样保留该文件夹；用 roundsd restore 把最近的备份恢复到空文件夹后运行，笔记本会补发缺失的内容。")
}
