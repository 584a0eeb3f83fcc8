// `user away`, `user back`: who gets no leads for a while.
//
// Nothing is taken from whoever is away; rules that assign pass over him until he is back.

import CommandKit
import Notation

let awayCommands = [awayCommand, backCommand]

private let nameArgument = Command.Argument("NAME", help: Phrase(en: "The user", zh: "用户名"))

private let awayCommand = Command(
  ["user", "away"], group: Group.people,
  summary: Phrase(en: "Let rules give a user no leads for a while", zh: "标记用户不在岗，规则暂不分配线索"),
  arguments: [nameArgument],
  options: [
    Command.Option(
      "until", "T", help: Phrase(en: "When the user is back (needed)", zh: "返岗时间（必填）")),
    Command.Option("from", "T", help: Phrase(en: "From when on (now)", zh: "开始时间（默认现在）")),
  ],
  examples: [
    Command.Example(
      "rounds-admin user away ann --until +7d", Phrase(en: "ann is ill for a week", zh: "ann 病假一周")),
    Command.Example(
      "rounds-admin user away ann --from 2026-12-24 --until 2027-01-02",
      Phrase(en: "A holiday known ahead", zh: "提前登记的休假")),
  ],
  notes: [
    Phrase(
      en: """
        What the user has stays the user's; somebody can still be given a customer by name. Where everybody \
        whom a rule names is away, the lead waits and the rule tries again.
        """,
      zh: "用户已有的客户不变，仍可指名分配。规则所列人员都不在岗时，线索等待，规则稍后重试。")
  ]
) { invocation in
  let name = invocation.argument("NAME")
  _ = try invocation.requiredOption("until")
  var document: JSONValue = [:]
  for option in ["from", "until"] {
    if let time = try invocation.moment(option) { document[option] = .string(time) }
  }
  let answer = try invocation.hub().post(["users", name, "away"], document)
  invocation.show(answer) { screen in
    let until = screen.time(answer["away"]?["until"])
    screen.say("\(name) gets no leads until \(until).", "在 \(until) 之前不给 \(name) 分配线索。")
  }
}

private let backCommand = Command(
  ["user", "back"], group: Group.people,
  summary: Phrase(en: "Let rules give a user leads again", zh: "恢复给用户分配线索"),
  arguments: [nameArgument],
  examples: [
    Command.Example("rounds-admin user back ann", Phrase(en: "ann is back early", zh: "ann 提前返岗"))
  ]
) { invocation in
  let name = invocation.argument("NAME")
  let answer = try invocation.hub().post(["users", name, "back"])
  invocation.show(answer) { screen in
    screen.say("\(name) gets leads again.", "恢复给 \(name) 分配线索。")
  }
}
