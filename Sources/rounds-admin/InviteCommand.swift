// `invite`: a one-time code with which a user's laptop joins.
//
// The code is the only thing that has to reach the rep; it is used up by the first laptop that
// shows it. `--json` prints exactly `{"code","expiresAt"}` (`Protocol/Commands.md`).

import CommandKit
import Notation

/// The longest an invitation may be good for, in milliseconds; the hub's own limit.
private let expiryMillisecondsMax: Int64 = 30 * 86_400_000

let inviteCommand = Command(
  ["invite"], group: Group.people,
  summary: Phrase(en: "Make a one-time code for a laptop of a user", zh: "为用户的终端生成一次性加入码"),
  arguments: [Command.Argument("NAME", help: Phrase(en: "The user", zh: "用户名"))],
  options: [
    Command.Option(
      "expires", "SPAN", help: Phrase(en: "How long it is good for (24h)", zh: "有效时长（24h）"))
  ],
  examples: [
    Command.Example(
      "rounds-admin invite ann --expires 7d",
      Phrase(en: "A code that ann can use within a week", zh: "ann 一周内可用的加入码"))
  ]
) { invocation in
  let name = invocation.argument("NAME")
  let span = try invocation.duration("expires") ?? 86_400_000
  guard (1000...expiryMillisecondsMax).contains(span) else {
    throw invocation.unreadable(
      "expires", invocation.option("expires") ?? "",
      Phrase(en: "a length of time from 1s to 30d", zh: "1s 到 30d 之间的时长"))
  }
  let hub = try invocation.hub()
  let answer = try hub.post(
    ["invites"], ["user": .string(name), "expiresInSeconds": .integer(span / 1000)])
  let document: JSONValue = [
    "code": answer["code"] ?? .null, "expiresAt": answer["expiresAt"] ?? .null,
  ]
  invocation.show(document) { screen in
    let code = screen.text(answer["code"])
    screen.rows([
      (screen.word(Phrase(en: "Code", zh: "加入码")), code),
      (screen.word(Phrase(en: "Expires", zh: "有效期至")), screen.time(answer["expiresAt"])),
    ])
    screen.next([
      (
        "rounds join \(hub.address.text) --code \(Screen.quoted(code))",
        Phrase(en: "for \(name) to type on the laptop", zh: "由 \(name) 在终端上输入")
      )
    ])
  }
}
