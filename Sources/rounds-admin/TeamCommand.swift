// `team add`, `team set`, `team list`: the tree of teams, which decides what a manager sees.
//
// The tree is drawn from what the hub says; a team whose parent is not in the list stands at the
// top, and no team is drawn twice, so that a strange answer cannot make the drawing endless.

import CommandKit
import Notation

let teamCommands = [teamAddCommand, teamSetCommand, teamListCommand]

private let teamAddCommand = Command(
  ["team", "add"], group: Group.people, summary: Phrase(en: "Add a team", zh: "添加团队"),
  arguments: [Command.Argument("NAME", help: Phrase(en: "The team", zh: "团队名"))],
  options: [
    Command.Option("parent", "T", help: Phrase(en: "The team it is part of", zh: "上级团队"))
  ],
  examples: [
    Command.Example(
      "rounds-admin team add north --parent germany",
      Phrase(en: "A team within another", zh: "在另一个团队之下"))
  ]
) { invocation in
  let name = invocation.argument("NAME")
  var document: JSONValue = ["name": .string(name)]
  if let parent = invocation.option("parent") { document["parent"] = .string(parent) }
  let answer = try invocation.hub().post(["teams"], document)
  invocation.show(answer) { screen in
    screen.say("Team \(name) is added.", "已添加团队 \(name) 。")
  }
}

private let teamSetCommand = Command(
  ["team", "set"], group: Group.people,
  summary: Phrase(en: "Put a team under another, or at the top", zh: "调整团队的上级"),
  arguments: [Command.Argument("NAME", help: Phrase(en: "The team", zh: "团队名"))],
  options: [
    Command.Option("parent", "P", help: Phrase(en: "The team it is part of", zh: "上级团队")),
    Command.Option("top", help: Phrase(en: "Part of no team", zh: "不属于任何上级")),
  ],
  examples: [
    Command.Example(
      "rounds-admin team set north --parent germany",
      Phrase(en: "Managers of germany see the north", zh: "germany 的主管可看到 north")),
    Command.Example(
      "rounds-admin team set north --top", Phrase(en: "On its own", zh: "成为顶级团队")),
  ]
) { invocation in
  let name = invocation.argument("NAME")
  guard let parent = try invocation.oneOf("parent", orFlag: "top") else {
    throw CommandFailure.usage(
      Phrase(en: "There is nothing to change.", zh: "没有要修改的内容。"),
      hint: Phrase(en: "Give --parent P or --top .", zh: "请给出 --parent P 或 --top 。"))
  }
  let answer = try invocation.hub().post(["teams", name], ["parent": parent])
  invocation.show(answer) { screen in
    screen.say(
      answer["parent"]?.string.map {
        Phrase(en: "Team \(name) is under \($0).", zh: "团队 \(name) 的上级是 \($0) 。")
      } ?? Phrase(en: "Team \(name) is at the top.", zh: "团队 \(name) 为顶级团队。"))
  }
}

private let teamListCommand = Command(
  ["team", "list"], group: Group.people, summary: Phrase(en: "List the teams", zh: "列出团队"),
  examples: [
    Command.Example("rounds-admin team list", Phrase(en: "The tree of teams", zh: "团队树"))
  ],
  isDefault: true
) { invocation in
  let document = try invocation.hub().read(["teams"])
  invocation.show(document) { screen in
    let teams = document["teams"]?.array ?? []
    if teams.isEmpty { return screen.say("No teams.", "没有团队。") }
    for line in TeamTree(teams).lines { screen.console.print(line) }
  }
}

/// Names, each indented below its parent.
struct TeamTree {
  private(set) var lines: [String] = []
  private var children: [String: [String]] = [:]
  private var drawn: Set<String> = []

  init(_ teams: [JSONValue]) {
    let names = teams.compactMap { $0["name"]?.string }.sorted()
    var roots: [String] = []
    for team in teams {
      guard let name = team["name"]?.string else { continue }
      if let parent = team["parent"]?.string, names.contains(parent) {
        children[parent, default: []].append(name)
      } else {
        roots.append(name)
      }
    }
    // Names that hang in a circle have no root above them; they are drawn last.
    for name in roots.sorted() + names { draw(name, depth: 0) }
  }

  private mutating func draw(_ name: String, depth: Int) {
    guard drawn.insert(name).inserted else { return }
    lines.append(String(repeating: "  ", count: depth) + TextWidth.oneLine(name))
    for child in (children[name] ?? []).sorted() { draw(child, depth: depth + 1) }
  }
}
