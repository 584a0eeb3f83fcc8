// A small program with every feature of the kit, and a way to run it in process.
// Its bodies print what they were given, so that a test sees how words were understood. It must
// never do anything a test does not look at.

import CommandKit
import Notation

/// What a run left behind.
struct Run: Equatable {
  var exit: ExitCode
  var out: String
  var err: String
}

struct UnknownFault: Error {}
struct KnownFault: Error {}

let everyDay = Phrase(en: "Every day", zh: "每天")
let sorting = Phrase(en: "Sorting out", zh: "处理")

/// Prints what the body was given, so that tests can read it.
@Sendable func echo(_ invocation: Invocation) throws {
  var words = [invocation.command.path.joined(separator: " ")]
  for argument in invocation.command.arguments {
    words.append("\(argument.name)=\(invocation.arguments(argument.name))")
  }
  for option in invocation.command.options where invocation.flag(option.name) {
    words.append("--\(option.name)=\(invocation.options(option.name))")
  }
  invocation.console.remark(Phrase(en: "A remark", zh: "备注"))
  if invocation.isJSON {
    invocation.console.print(json: .array(words.map { .string($0) }))
  } else {
    invocation.console.print(words.joined(separator: " "))
  }
}

let listCommand = Command(
  ["list"], group: everyDay,
  summary: Phrase(en: "List the records of a collection", zh: "列出某类记录"),
  arguments: [
    Command.Argument(
      "COLLECTION", help: Phrase(en: "Which kind of record", zh: "哪类记录"),
      values: .oneOf(["customers", "contacts"]))
  ],
  options: [
    Command.Option(
      "limit", "N", help: Phrase(en: "Print at most N", zh: "最多输出 N 条"), aliases: ["n"]),
    Command.Option(
      "where", "EXPR", help: Phrase(en: "Keep what matches", zh: "只保留符合条件的"),
      isRepeatable: true),
    Command.Option(
      "format", "FORMAT", help: Phrase(en: "The form", zh: "格式"),
      values: .oneOf(["text", "csv"])),
    Command.Option("since", "T", help: Phrase(en: "Changed since", zh: "此后变更")),
    Command.Option("within", "SPAN", help: Phrase(en: "Changed within", zh: "此段时间内变更")),
    Command.Option("all", help: Phrase(en: "Also the closed ones", zh: "包括已关闭的")),
  ],
  examples: [
    Command.Example(
      "rounds list customers --limit 5", Phrase(en: "The first five", zh: "前五条"))
  ],
  notes: [Phrase(en: "Records are sorted by name.", zh: "记录按名称排序。")]
) { invocation in
  _ = try invocation.integer("limit", in: 1...1000)
  let times = [try invocation.time("since"), try invocation.duration("within")]
  if times.contains(where: { $0 != nil }) {
    return invocation.console.print(times.map { $0.map(String.init) ?? "-" }.joined(separator: " "))
  }
  try echo(invocation)
}

let setCommand = Command(
  ["set"], group: everyDay, summary: Phrase(en: "Change fields of a record", zh: "修改记录的字段"),
  arguments: [
    Command.Argument("REF", help: Phrase(en: "The record", zh: "记录"), values: .dynamic("record")),
    Command.Argument(
      "field=value", .oneOrMore, help: Phrase(en: "A change to a field", zh: "字段的修改")),
  ],
  options: [
    Command.Option(
      "owner", "REF", help: Phrase(en: "Give it to", zh: "交给"), values: .dynamic("user")),
    Command.Option("map", "FILE", help: Phrase(en: "A map", zh: "映射文件"), values: .file),
  ]
) { invocation in
  for assignment in try invocation.assignments("field=value") {
    invocation.console.print("\(assignment)")
  }
}

let conflictsList = Command(
  ["conflicts", "list"], group: sorting,
  summary: Phrase(en: "Show the conflicts that touch my edits", zh: "列出涉及我的修改的冲突"),
  isDefault: true, run: echo)

let conflictsSettle = Command(
  ["conflicts", "settle"], group: sorting,
  summary: Phrase(en: "Settle a conflict", zh: "解决冲突"),
  arguments: [Command.Argument("ID", help: Phrase(en: "The conflict", zh: "冲突"))],
  options: [Command.Option("take", "N", help: Phrase(en: "Take value N", zh: "取第 N 个值"))]
) { invocation in
  _ = try invocation.requiredOption("take")
  try echo(invocation)
}

let schemaShow = Command(
  ["schema", "show"], group: sorting, summary: Phrase(en: "Show the schema", zh: "显示结构"),
  run: echo)

let failCommand = Command(
  ["fail"], group: sorting, summary: Phrase(en: "Fail", zh: "失败"),
  arguments: [Command.Argument("HOW", .optional, help: Phrase(en: "How", zh: "方式"))],
  isHidden: true
) { invocation in
  switch invocation.optionalArgument("HOW") {
  case "known": throw KnownFault()
  case "refused":
    throw CommandFailure(
      .refused, Phrase(en: "A rule says no.", zh: "规则不允许。"),
      hint: Phrase(en: "Ask your manager.", zh: "请联系主管。"))
  default: throw UnknownFault()
  }
}

let sampleTable = CommandTable(
  program: "rounds", version: "1.2.3",
  summary: Phrase(en: "Customer follow-up that works offline", zh: "离线可用的客户跟进"),
  commands: [
    listCommand, setCommand, conflictsList, conflictsSettle, schemaShow, failCommand,
  ],
  explain: { error in
    error is KnownFault
      ? CommandFailure(.unreachable, Phrase(en: "The hub is away.", zh: "无法连接。")) : nil
  },
  candidates: { request in
    if request.kind == "user" { throw UnknownFault() }
    return [
      Candidate("customers:Acme", note: "Acme\tLtd"), Candidate("customers:Borealis"),
      Candidate("01JXYZ"),
    ]
  })

func run(
  _ words: String..., environment: [String: String] = [:], isTerminal: Bool = false
) -> Run {
  let console = Console(
    environment: environment, now: { 1_795_314_262_000 },
    zone: .fixed(offsetSeconds: 8 * 3600), isTerminal: isTerminal,
    readFile: { path in
      guard path == "note.txt" else { throw CommandFailure.unreadableFile(path) }
      return Array("From a file\n".utf8)
    })
  let exit = sampleTable.run(words, console: console)
  return Run(exit: exit, out: console.output.text, err: console.errors.text)
}
