// `restore`: brings a record, or one field of it, back to what it was at a time.
//
// It is an ordinary new change by the admin, so it can be undone in the same way and is part of the
// history. The time is read like any other time, so `yesterday 18:00` and `-2h` work.

import CommandKit
import Notation

let restoreCommand = Command(
  ["restore"], group: Group.records,
  summary: Phrase(en: "Bring a record back to what it was", zh: "把记录恢复到某个时间的样子"),
  arguments: [referenceArgument],
  options: [
    Command.Option("field", "F", help: Phrase(en: "Only this field", zh: "只恢复这个字段")),
    Command.Option(
      "at", "T", help: Phrase(en: "The time to go back to (needed)", zh: "恢复到的时间（必填）")),
  ],
  examples: [
    Command.Example(
      "rounds-admin restore 01JC0000 --field notes --at 'yesterday 18:00'",
      Phrase(en: "The notes as they were last evening", zh: "昨晚 6 点时的备注")),
    Command.Example(
      "rounds-admin restore 01JC0000 --at -2h",
      Phrase(en: "Everything, deleted or not, as two hours ago", zh: "全部字段，包括被删除的记录，恢复到两小时前")),
  ]
) { invocation in
  let reference = invocation.argument("REF")
  _ = try invocation.requiredOption("at")
  guard let at = try invocation.moment("at") else {
    preconditionFailure("--at was there a line ago")
  }
  var document: JSONValue = ["at": .string(at)]
  if let field = invocation.option("field") { document["field"] = .string(field) }
  let answer = try invocation.hub().post(["records", reference, "restore"], document)
  invocation.show(answer) { screen in
    let time = screen.time(.string(at))
    screen.say("\(reference) is as it was at \(time).", "\(reference) 已恢复到 \(time)的样子。")
  }
}
