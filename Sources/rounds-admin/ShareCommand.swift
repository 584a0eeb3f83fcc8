// `share`, `unshare`, `guests`: a customer that somebody sees beyond what his place gives him.
//
// With a customer go all its records, as when it is assigned; its owner stays who he is.

import CommandKit
import Notation

let shareCommands = [shareCommand, unshareCommand, guestsCommand]

private let withOption = Command.Option(
  "with", "USER", help: Phrase(en: "The other user (needed)", zh: "对方用户（必填）"))

private let shareCommand = Command(
  ["share"], group: Group.records,
  summary: Phrase(en: "Let another user see a customer", zh: "把客户共享给另一位用户"),
  arguments: [referenceArgument],
  options: [
    withOption,
    Command.Option("write", help: Phrase(en: "The user may also write to it", zh: "允许对方修改")),
    Command.Option("until", "T", help: Phrase(en: "Until this time", zh: "共享截止时间")),
  ],
  examples: [
    Command.Example(
      "rounds-admin share 'customer:Acme GmbH' --with bob --until +14d",
      Phrase(en: "bob sees it for two weeks", zh: "bob 两周内可以查看")),
    Command.Example(
      "rounds-admin share 'customer:Acme GmbH' --with bob --write",
      Phrase(en: "bob helps with it, too", zh: "bob 也可以修改")),
  ],
  notes: [
    Phrase(
      en: "Sharing again changes how. When it ends, the customer leaves bob's laptop with its next "
        + "sync.",
      zh: "再次共享会更改共享方式。共享结束后，对方终端在下次同步时移除该客户。")
  ]
) { invocation in
  let reference = invocation.argument("REF")
  let user = try invocation.requiredOption("with")
  var document: JSONValue = ["with": .string(user)]
  if invocation.flag("write") { document["mayWrite"] = true }
  if let until = try invocation.moment("until") { document["until"] = .string(until) }
  let answer = try invocation.hub().post(["records", reference, "share"], document)
  invocation.show(answer) { screen in
    screen.say("\(reference) is shared with \(user).", "已将 \(reference) 共享给 \(user) 。")
  }
}

private let unshareCommand = Command(
  ["unshare"], group: Group.records,
  summary: Phrase(en: "End the sharing of a customer", zh: "结束客户的共享"),
  arguments: [referenceArgument], options: [withOption],
  examples: [
    Command.Example(
      "rounds-admin unshare 'customer:Acme GmbH' --with bob",
      Phrase(en: "bob no longer sees it", zh: "bob 不再能查看"))
  ]
) { invocation in
  let reference = invocation.argument("REF")
  let user = try invocation.requiredOption("with")
  let answer = try invocation.hub().post(
    ["records", reference, "unshare"], ["with": .string(user)])
  invocation.show(answer) { screen in
    screen.say(
      "\(reference) is no longer shared with \(user).", "已结束 \(reference) 对 \(user) 的共享。")
  }
}

private let guestsCommand = Command(
  ["guests"], group: Group.records,
  summary: Phrase(en: "List with whom a customer is shared", zh: "列出客户共享给了哪些用户"),
  arguments: [referenceArgument],
  examples: [
    Command.Example(
      "rounds-admin guests 'customer:Acme GmbH'",
      Phrase(en: "Who sees it besides its owner and his managers", zh: "除负责人及其主管外还有谁能查看"))
  ]
) { invocation in
  let document = try invocation.hub().read(["records", invocation.argument("REF"), "guests"])
  invocation.show(document) { screen in
    let guests = document["guests"]?.array ?? []
    guard !guests.isEmpty else { return screen.say("Shared with nobody.", "没有共享给任何人。") }
    var table = TextTable([
      TextTable.Column(screen.word(Phrase(en: "USER", zh: "用户"))),
      TextTable.Column(screen.word(Phrase(en: "MAY", zh: "权限"))),
      TextTable.Column(screen.word(Phrase(en: "UNTIL", zh: "截止"))),
    ])
    for guest in guests {
      let mayWrite = guest["mayWrite"]?.bool == true
      table.add([
        screen.text(guest["user"]),
        screen.word(mayWrite ? Phrase(en: "write", zh: "可修改") : Phrase(en: "read", zh: "只读")),
        guest["until"]?.string == nil ? Screen.missing : screen.time(guest["until"]),
      ])
    }
    table.print(to: screen.console)
  }
}
