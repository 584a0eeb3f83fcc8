// `lead add key=value…`: a lead by hand, or from a script, through the same door as a website's form.
//
// The hub decides whether it is somebody new. The answer never says who the one is that is known already.

import CommandKit
import HubClient
import Notation

let leadCommands = [leadAddCommand]

private let leadAddCommand = Command(
  ["lead", "add"], group: Group.records,
  summary: Phrase(en: "Hand in a lead, as a form would", zh: "录入一条线索（与网站表单相同）"),
  arguments: [
    Command.Argument(
      "key=value", .oneOrMore,
      help: Phrase(
        en: "name, source; contact, phone, email, region, industry, campaign, notes, key, pool",
        zh: "name、source 必填；可选 contact、phone、email、region、industry、campaign、notes、key、pool"))
  ],
  examples: [
    Command.Example(
      "rounds-admin lead add name=Acme source=官网 phone=13800000000 campaign=2026-spring key=form-4711",
      Phrase(en: "Sent twice, it is one lead", zh: "重复提交也只算一条"))
  ]
) { invocation in
  var document: [String: JSONValue] = [:]
  for assignment in try invocation.assignments("key=value") {
    guard case .set(let key, let text) = assignment else {
      throw CommandFailure.usage(Phrase(en: "Write key=value here.", zh: "这里请写 key=value 。"))
    }
    document[key] = .string(text)
  }
  let answer = try invocation.hub().post(["leads"], .object(document))
  invocation.show(answer) { screen in
    switch answer["status"]?.string {
    case "new":
      let id = screen.text(answer["id"])
      screen.say("A new customer: \(id)", "新客户：\(id)")
    case "known":
      screen.say(
        "Somebody we know: whoever looks after him has a task.", "已有此客户：已通知其负责人。")
    default: screen.say("This lead was handed in before.", "此线索此前已录入。")
    }
  }
}
