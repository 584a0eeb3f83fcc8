// `bundle take`: a laptop's bundle that somebody brought on a stick, and the hub's answer to it.
//
// The bundle is signed by its laptop and boxed for the hub: an admin can neither read nor alter it,
// and brings it like anybody else. What comes back is for that laptop alone.

import CommandKit
import HubClient
import Notation

let bundleCommands = [takeCommand]

private let takeCommand = Command(
  ["bundle", "take"], group: Group.people,
  summary: Phrase(
    en: "Give a laptop's bundle to the hub and write its answer", zh: "把终端的数据包交给服务器，并保存答复"),
  arguments: [
    Command.Argument("FILE", help: Phrase(en: "The bundle", zh: "数据包文件"), values: .file)
  ],
  options: [
    Command.Option(
      "answer", "FILE", help: Phrase(en: "Where the answer goes (needed)", zh: "答复文件（必填）"),
      values: .file),
    Command.Option("force", help: Phrase(en: "Replace the answer's file", zh: "覆盖已有的答复文件")),
  ],
  examples: [
    Command.Example(
      "rounds-admin bundle take ann.bundle --answer ann.answer",
      Phrase(
        en: "Ann takes the answer in with: rounds bundle read ann.answer",
        zh: "对方用 rounds bundle read ann.answer 读入"))
  ],
  notes: [
    Phrase(
      en: "A bundle that is brought again, by whomever, has no second effect; its answer is new.",
      zh: "同一个数据包再次送达不会重复生效，只会得到新的答复。")
  ]
) { invocation in
  let answerPath = try invocation.requiredOption("answer")
  let bundle = try invocation.console.readFile(invocation.argument("FILE"))
  let answer = try invocation.hub().answer(toBundle: bundle)
  do throws(PrivateFile.Failure) {
    try PrivateFile.write(answer, to: answerPath, replacing: invocation.flag("force"))
  } catch {
    throw CommandFailure(error)
  }
  let document: JSONValue = [
    "answer": .string(answerPath), "bytes": .integer(Int64(answer.count)),
  ]
  invocation.show(document) { screen in
    screen.say(
      "The hub has taken the bundle; take the answer back: \(answerPath)",
      "服务器已收下数据包，请带回答复：\(answerPath)")
  }
}
