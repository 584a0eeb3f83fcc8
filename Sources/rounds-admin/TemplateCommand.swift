// `template list|show|set|remove|preview`: what rules say to customers, written once and named by rules.
//
// The hub checks a template's variables when it is saved; a rule that names one that is not there is refused.

import CommandKit
import HubClient
import Notation

let templateCommands = [
  templateListCommand, templateShowCommand, templateSetCommand, templateRemoveCommand,
  templatePreviewCommand,
]

private let nameArgument = Command.Argument(
  "NAME", help: Phrase(en: "The template, such as birthday.zh", zh: "模板名称，如 birthday.zh"))

private let templateListCommand = Command(
  ["template", "list"], group: Group.rules,
  summary: Phrase(en: "List the templates of messages", zh: "列出消息模板"),
  examples: [
    Command.Example(
      "rounds-admin template", Phrase(en: "And which rules name them", zh: "以及哪些规则在用"))
  ],
  isDefault: true
) { invocation in
  let document = try invocation.hub().read(["templates"])
  invocation.show(document) { screen in
    screen.list(
      document["templates"]?.array ?? [],
      [.init("TEMPLATE", "模板"), .init("ON", "对象"), .init("RULES", "规则"), .init("TEXT", "内容")],
      orSay: Phrase(en: "No templates.", zh: "没有模板。")
    ) { row in
      let rules = (row["rules"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
      return [
        screen.text(row["name"]), screen.text(row["on"]), rules.isEmpty ? Screen.missing : rules,
        TextWidth.oneLine(screen.text(row["text"])),
      ]
    }
  }
}

private let templateShowCommand = Command(
  ["template", "show"], group: Group.rules,
  summary: Phrase(en: "Show a template", zh: "查看一个模板"), arguments: [nameArgument],
  examples: [
    Command.Example(
      "rounds-admin template show birthday.zh", Phrase(en: "Title and text", zh: "标题与正文"))
  ]
) { invocation in
  let document = try invocation.hub().read(["templates", invocation.argument("NAME")])
  invocation.show(document) { screen in print(document, screen) }
}

private func print(_ document: JSONValue, _ screen: Screen) {
  if let title = document["title"]?.string, !title.isEmpty { screen.head(Phrase(verbatim: title)) }
  for line in (document["text"]?.string ?? "").split(
    omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  { screen.console.print(TextWidth.oneLine(String(line))) }
}

private let templateSetCommand = Command(
  ["template", "set"], group: Group.rules,
  summary: Phrase(en: "Write a template, or change one", zh: "新建或修改模板"),
  arguments: [nameArgument],
  options: [
    Command.Option(
      "on", "COLLECTION",
      help: Phrase(en: "Whose records it is filled from (a new one needs it)", zh: "取值的记录类别（新建时必填）")
    ),
    Command.Option("title", "TEXT", help: Phrase(en: "The subject of a mail", zh: "邮件标题")),
    Command.Option("text", "TEXT", help: Phrase(en: "What it says", zh: "正文")),
    Command.Option(
      "file", "FILE", help: Phrase(en: "What it says, from a file", zh: "从文件读取正文"), values: .file),
  ],
  examples: [
    Command.Example(
      "rounds-admin template set birthday.zh --on contact --text '{name}，祝您生日快乐！'",
      Phrase(
        en: "{name} is the contact's; {customer} and {owner} are there as well",
        zh: "{name} 是联系人姓名，还可以用 {customer}、{owner}"))
  ]
) { invocation in
  var body: [String: JSONValue] = [:]
  for key in ["on", "title", "text"] {
    if let value = invocation.option(key) { body[key] = .string(value) }
  }
  if let path = invocation.option("file") {
    if body["text"] != nil {
      throw CommandFailure.usage(
        Phrase(en: "--text and --file exclude each other.", zh: "--text 与 --file 不能同时使用。"))
    }
    body["text"] = .string(String(decoding: try invocation.console.readFile(path), as: UTF8.self))
  }
  let name = invocation.argument("NAME")
  let answer = try invocation.hub().put(
    ["templates", name], file: Array(JSONValue.object(body).text().utf8))
  invocation.show(answer) { screen in
    screen.say("The template \(name) is saved.", "已保存模板 \(name) 。")
  }
}

private let templateRemoveCommand = Command(
  ["template", "remove"], group: Group.rules,
  summary: Phrase(en: "Remove a template that no rule names", zh: "删除未被规则使用的模板"),
  arguments: [nameArgument],
  examples: [
    Command.Example(
      "rounds-admin template remove birthday.zh",
      Phrase(en: "Refused while a rule names it", zh: "仍被规则使用时拒绝删除"))
  ]
) { invocation in
  let name = invocation.argument("NAME")
  let answer = try invocation.hub().post(["templates", name, "remove"])
  invocation.show(answer) { screen in
    screen.say("The template \(name) is removed.", "已删除模板 \(name) 。")
  }
}

private let templatePreviewCommand = Command(
  ["template", "preview"], group: Group.rules,
  summary: Phrase(en: "Show how a template would read for a record", zh: "预览模板对某条记录的效果"),
  arguments: [nameArgument],
  options: [
    Command.Option("record", "REF", help: Phrase(en: "Whose (needed)", zh: "记录（必填）"))
  ],
  examples: [
    Command.Example(
      "rounds-admin template preview birthday.zh --record contact:Li",
      Phrase(en: "Nothing is sent", zh: "不会发送"))
  ]
) { invocation in
  let body: JSONValue = ["record": .string(try invocation.requiredOption("record"))]
  let answer = try invocation.hub().post(
    ["templates", invocation.argument("NAME"), "preview"], body)
  invocation.show(answer) { screen in print(answer, screen) }
}
