// `process show`, `process check`, `process apply`: which stages deals go through, and what is done there.
//
// A definition goes to the hub byte for byte, so that a complaint can name the line. Only the hub knows
// which stages are in use; a command must never decide where deals go by itself.

import CommandKit
import HubClient
import Notation

let processCommands = [processShowCommand, processCheckCommand, processApplyCommand]

private let fileArgument = Command.Argument(
  "FILE", help: Phrase(en: "A process file", zh: "销售流程文件"), values: .file)

private let moveOption = Command.Option(
  "move-to", "OLD=NEW",
  help: Phrase(
    en: "Deals of a stage that is gone go there; more with commas", zh: "被删除阶段的商机移到哪里；多个用逗号分隔"))

private let processShowCommand = Command(
  ["process", "show"], group: Group.process,
  summary: Phrase(en: "Print the process in force as a file to edit", zh: "以可编辑的文件形式输出销售流程"),
  examples: [
    Command.Example(
      "rounds-admin process show > process.json",
      Phrase(en: "Start a definition from what is there", zh: "以现有流程为起点"))
  ],
  isDefault: true
) { invocation in
  let document = try invocation.hub().read(["process"])
  invocation.show(document) { screen in
    let text = document["text"]?.string ?? document["process"]?.text(pretty: true) ?? ""
    screen.console.output.write(text.hasSuffix("\n") ? text : text + "\n")
  }
}

private let processCheckCommand = Command(
  ["process", "check"], group: Group.process,
  summary: Phrase(
    en: "Have the hub check a process file without applying it", zh: "让服务器检查销售流程文件，但不应用"),
  arguments: [fileArgument], options: [moveOption],
  examples: [
    Command.Example(
      "rounds-admin process check process.json",
      Phrase(en: "Exit code 2 names the fault", zh: "退出码 2 表示有错并指出位置"))
  ]
) { invocation in
  let answer = try put(invocation, [HubQuery("check", "true")])
  guard answer["applied"]?.bool == false else { throw RuleFileError.appliedInTrial }
  invocation.show(answer) { screen in
    screen.say("The process is sound; nothing was changed.", "销售流程没有问题；未作任何修改。")
  }
}

private let processApplyCommand = Command(
  ["process", "apply"], group: Group.process,
  summary: Phrase(en: "Put a process file into force", zh: "应用销售流程文件"),
  arguments: [fileArgument], options: [moveOption],
  examples: [
    Command.Example(
      "rounds-admin process apply process.json --move-to 商务谈判=方案报价",
      Phrase(en: "Without a stage that deals are in", zh: "删除仍有商机的阶段"))
  ],
  notes: [
    Phrase(
      en: """
        The file replaces the process. Moves that laptops make offline under an older one are judged by \
        the new one when they arrive: mapped, or refused with the reason.
        """,
      zh: "文件会替换现行流程。终端离线期间按旧流程所作的阶段变更，到达服务器时按新流程处理：映射到新阶段，或说明原因后退回。")
  ]
) { invocation in
  let answer = try put(invocation, [])
  let moved = answer["dealsMoved"]?.integer ?? 0
  invocation.show(answer) { screen in
    screen.say(
      "The process is in force; laptops have it after their next sync."
        + (moved > 0 ? " \(moved) deals were moved." : ""),
      "销售流程已生效；各终端下次同步后更新。" + (moved > 0 ? "已移动 \(moved) 个商机。" : ""))
  }
}

private func put(_ invocation: Invocation, _ query: [HubQuery]) throws -> JSONValue {
  let moves = invocation.options("move-to")
  let typed = moves.isEmpty ? [] : [HubQuery("moveTo", moves.joined(separator: ","))]
  return try invocation.hub().put(
    ["process"], query: query + typed, file: try jsonFile(invocation))
}
