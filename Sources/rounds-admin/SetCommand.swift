// `set`, `assign`, `delete`: an admin's own changes to a record.
//
// Words go to the hub as they were meant: `field=@file` is read here, because the file is here. The
// hub knows the fields and their types, and judges.

import CommandKit
import Notation

let setCommand = Command(
  ["set"], group: Group.records,
  summary: Phrase(en: "Change fields of a record", zh: "修改记录的字段"),
  arguments: [
    referenceArgument,
    Command.Argument(
      "field=value", .oneOrMore,
      help: Phrase(
        en: "A change: field=value, field+=tag, field-=tag, field=@file, field=",
        zh: "修改：field=value、field+=tag、field-=tag、field=@file、field=")),
  ],
  options: [
    Command.Option(
      "force",
      help: Phrase(
        en: "Move a deal although its stage asks for more; the audit log says so",
        zh: "即使阶段要求未满足也移动商机（记入审计日志）"))
  ],
  examples: [
    Command.Example(
      "rounds-admin set 'customer:Acme GmbH' tier=A tags+=key",
      Phrase(en: "Two fields in one edit", zh: "一次修改两个字段")),
    Command.Example(
      "rounds-admin set 01JD3QX8 stage=won --force",
      Phrase(en: "Past what the process asks first", zh: "越过流程要求")),
  ]
) { invocation in
  let words = try invocation.assignments("field=value").map(\.word)
  try write(invocation.argument("REF"), words, isForced: invocation.flag("force"), invocation)
}

let deleteCommand = Command(
  ["delete"], group: Group.records,
  summary: Phrase(en: "Delete a record", zh: "删除一条记录"),
  arguments: [referenceArgument],
  examples: [
    Command.Example(
      "rounds-admin delete 01JC0000",
      Phrase(en: "It can be restored with restore", zh: "可以用 restore 恢复"))
  ]
) { invocation in
  let reference = invocation.argument("REF")
  let answer = try invocation.hub().post(["records", reference, "delete"])
  invocation.show(answer) { screen in
    screen.say("\(reference) is deleted.", "\(reference) 已删除。")
  }
}

/// Sends assignments as one edit and says so.
func write(
  _ reference: String, _ assignments: [String], isForced: Bool = false, _ invocation: Invocation
) throws {
  var body: JSONValue = ["assignments": .array(assignments.map { .string($0) })]
  if isForced { body["force"] = true }
  let answer = try invocation.hub().post(["records", reference, "set"], body)
  invocation.show(answer) { screen in
    screen.say("\(reference) is changed.", "\(reference) 已修改。")
  }
}

extension Assignment {
  /// As the hub reads it: an `@` in front of a value means nothing there.
  fileprivate var word: String {
    switch self {
    case .set(let field, let value): "\(field)=\(value)"
    case .add(let field, let value): "\(field)+=\(value)"
    case .remove(let field, let value): "\(field)-=\(value)"
    }
  }
}
