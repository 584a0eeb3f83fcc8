// `policy show`, `policy check`, `policy apply`, `policy explain`: who may see and change what.
//
// A policy file goes to the hub as it is, like a rule file, so that a complaint can name the line.
// Explanations are the hub's own: a command must never work out by itself what somebody may do.

import CommandKit
import HubClient
import Notation

let policyCommands = [
  policyShowCommand, policyCheckCommand, policyApplyCommand, policyExplainCommand,
]

private let fileArgument = Command.Argument(
  "FILE", help: Phrase(en: "A policy file", zh: "权限策略文件"), values: .file)

private let policyShowCommand = Command(
  ["policy", "show"], group: Group.policy,
  summary: Phrase(
    en: "Print the policy in force as a file to edit", zh: "以可编辑的文件形式输出生效的权限策略"),
  examples: [
    Command.Example(
      "rounds-admin policy show > policy.json",
      Phrase(en: "Start a policy from what is there", zh: "以现有策略为起点"))
  ],
  isDefault: true
) { invocation in
  let document = try invocation.hub().read(["policy"])
  // As its author wrote it, layout included, for somebody is going to edit it.
  invocation.show(document) { screen in
    let text = document["text"]?.string ?? document["policy"]?.text(pretty: true) ?? ""
    screen.console.output.write(text.hasSuffix("\n") ? text : text + "\n")
  }
}

private let policyCheckCommand = Command(
  ["policy", "check"], group: Group.policy,
  summary: Phrase(
    en: "Have the hub check a policy file without applying it", zh: "让服务器检查权限策略文件，但不应用"),
  arguments: [fileArgument],
  examples: [
    Command.Example(
      "rounds-admin policy check policy.json",
      Phrase(en: "Exit code 2 names the fault", zh: "退出码 2 表示有错并指出位置"))
  ]
) { invocation in
  let answer = try invocation.hub().put(
    ["policy"], query: [HubQuery("check", "true")], file: try jsonFile(invocation))
  guard answer["applied"]?.bool == false else { throw RuleFileError.appliedInTrial }
  invocation.show(answer) { screen in
    screen.say("The policy is sound; nothing was changed.", "权限策略没有问题；未作任何修改。")
  }
}

private let policyApplyCommand = Command(
  ["policy", "apply"], group: Group.policy,
  summary: Phrase(en: "Put a policy file into force", zh: "应用权限策略文件"),
  arguments: [fileArgument],
  examples: [
    Command.Example(
      "rounds-admin policy apply policy.json",
      Phrase(
        en: "Laptops hold what they may see after their next sync", zh: "各终端下次同步后只保留有权查看的内容"))
  ],
  notes: [
    Phrase(
      en:
        "The file replaces the policy; older versions are kept. What was written before is judged "
        + "by the new one when it arrives.",
      zh: "文件会替换现行策略，旧版本会保留。之前离线写下的内容，在到达服务器时按新策略判断。")
  ]
) { invocation in
  let answer = try invocation.hub().put(["policy"], file: try jsonFile(invocation))
  let version = answer["version"]
  invocation.show(answer) { screen in
    screen.say(
      "Policy \(screen.text(version)) is in force.", "权限策略第 \(screen.text(version)) 版已生效。")
  }
}

private let policyExplainCommand = Command(
  ["policy", "explain"], group: Group.policy,
  summary: Phrase(en: "Tell what somebody may do with a record, and why", zh: "说明某人对一条记录有哪些权限及原因"),
  arguments: [
    Command.Argument("USER", help: Phrase(en: "The user", zh: "用户名")), referenceArgument,
  ],
  examples: [
    Command.Example(
      "rounds-admin policy explain ann 'customer:Acme GmbH'",
      Phrase(en: "Why ann cannot change it", zh: "查看 ann 为何不能修改"))
  ]
) { invocation in
  let document = try invocation.hub().read(
    ["policy", "explain"],
    query: [
      HubQuery("user", invocation.argument("USER")),
      HubQuery("record", invocation.argument("REF")),
    ])
  invocation.show(document) { screen in printExplanation(document, screen) }
}

private func printExplanation(_ document: JSONValue, _ screen: Screen) {
  let user = screen.text(document["user"])
  let name = "\(screen.text(document["collection"])) \(screen.text(document["record"]))"
  screen.head(
    Phrase(
      en: "\(user) (\(screen.text(document["role"]))) and \(name)",
      zh: "\(user)（\(screen.text(document["role"]))）与 \(name)"))
  screen.say(
    document["sees"]?.bool == true
      ? Phrase(en: "\(user) sees the record.", zh: "\(user) 能看到这条记录。")
      : Phrase(en: "\(user) does not see the record.", zh: "\(user) 看不到这条记录。"))
  if document["guestWrites"]?.bool == true {
    screen.say(
      "It is shared with \(user), who may write to it.", "该记录已共享给 \(user) ，并允许其修改。")
  }
  screen.space()
  screen.rows(
    (document["actions"]?.array ?? []).map { line in
      let isAllowed = line["allowed"]?.bool == true
      let verdict = screen.word(
        isAllowed ? Phrase(en: "yes.", zh: "可以。") : Phrase(en: "no.", zh: "不可以。"))
      return (screen.text(line["action"]), "\(verdict) \(screen.text(line["why"]))")
    })
  for (key, label) in [
    ("hidden", Phrase(en: "Hidden fields", zh: "隐藏的字段")),
    ("readOnly", Phrase(en: "Read-only fields", zh: "只读的字段")),
  ] {
    guard let fields = document[key]?.array, !fields.isEmpty else { continue }
    screen.space()
    screen.rows([(screen.word(label), screen.value(.array(fields)))])
  }
}
