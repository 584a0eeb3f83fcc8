// From words to commands: what runs, what is refused, and what the refusal says.
// Programs run in process on a console in memory; the exit code, stdout and stderr are compared
// whole, for they are a contract.

import Testing

@testable import CommandKit

@Suite struct CommandTableTests {
  /// To compare it letter by letter with every name would take most of a minute.
  @Test func `a word that is much longer is near to nothing`() {
    let word = String(repeating: "a", count: 50_000)
    #expect(Suggestion.nearest(to: word, among: ["agenda", "attention"]).isEmpty)
    #expect(Suggestion.nearest(to: "agendaa", among: ["agenda", "attention"]) == ["agenda"])
  }

  @Test func `words reach the command they mean`() {
    let cases: [([String], String)] = [
      (["list", "customers"], #"list COLLECTION=["customers"]"#),
      (["list", "customers", "--limit", "5"], #"list COLLECTION=["customers"] --limit=["5"]"#),
      (["list", "--limit=5", "customers"], #"list COLLECTION=["customers"] --limit=["5"]"#),
      (["list", "-n", "5", "customers"], #"list COLLECTION=["customers"] --limit=["5"]"#),
      (
        ["list", "customers", "--where", "a=1", "--where=b=-2", "--all"],
        #"list COLLECTION=["customers"] --where=["a=1", "b=-2"] --all=[""]"#
      ),
      (["--quiet", "list", "customers"], #"list COLLECTION=["customers"]"#),
      (["list", "--", "customers"], #"list COLLECTION=["customers"]"#),
      (["conflicts"], "conflicts list"), (["conflicts", "list"], "conflicts list"),
      (["--lang", "zh", "conflicts"], "conflicts list"),
      (
        ["conflicts", "--quiet", "settle", "7", "--take", "2"],
        #"conflicts settle ID=["7"] --take=["2"]"#
      ),
      (
        ["conflicts", "settle", "-7", "--take", "-1"], #"conflicts settle ID=["-7"] --take=["-1"]"#
      ),
      (
        ["conflicts", "settle", "--take=2", "--", "--x"],
        #"conflicts settle ID=["--x"] --take=["2"]"#
      ),
    ]
    for (words, expected) in cases {
      let console = Console()
      #expect(sampleTable.run(words, console: console) == .done, "\(words)")
      #expect(console.output.text == expected + "\n", "\(words)")
      #expect(console.errors.text == "", "\(words)")
    }
  }

  private static let listUsage =
    "rounds list COLLECTION [--limit N] [--where EXPR]… [--format FORMAT] [--since T] "
    + "[--within SPAN] [--all]"

  /// Words, message, hint; every error, in the order of precedence.
  private static let refusals: [([String], String, String)] = [
    (
      ["lst"], "There is no command lst .",
      "Did you mean list ? See all commands with: rounds help"
    ),
    (["frobnicate"], "There is no command frobnicate .", "See all commands with: rounds help"),
    (
      ["conflicts", "setle"], "rounds conflicts cannot be followed by setle .",
      "Did you mean settle ? Write one of: list, settle"
    ),
    (["schema"], "rounds schema needs one more word.", "Write one of: show"),
    (["schema", "x"], "rounds schema cannot be followed by x .", "Write one of: show"),
    (["list"], "rounds list needs COLLECTION .", "Usage: \(listUsage)"),
    (
      ["list", "custmers"], "COLLECTION cannot be custmers .",
      "Did you mean customers ? Write one of: customers, contacts"
    ),
    (["list", "contacts", "x"], "rounds list cannot use the word x .", "Usage: \(listUsage)"),
    (
      ["list", "contacts", "--lmit", "1"], "rounds list has no option --lmit .",
      "Did you mean --limit ? Write one of: --limit, --where, --format, --since, "
        + "--within, --all, --json, --lang, --quiet, --help, --version"
    ),
    (["list", "contacts", "--limit"], "The option --limit needs a value.", "Write --limit N"),
    (
      ["list", "contacts", "--limit", "--all"], "The option --limit needs a value.",
      "Write --limit N"
    ),
    (
      ["list", "contacts", "--limit", "x"], "The option --limit cannot be x .",
      "Write a whole number, 1 to 1000"
    ),
    (
      ["list", "contacts", "--limit=0"], "The option --limit cannot be 0 .",
      "Write a whole number, 1 to 1000"
    ),
    (
      ["list", "contacts", "--limit=1", "--limit=2"], "The option --limit is written twice.",
      "Usage: \(listUsage)"
    ),
    (["list", "contacts", "--all=1"], "The option --all takes no value.", "Usage: \(listUsage)"),
    (
      ["list", "contacts", "--format", "cvs"], "--format cannot be cvs .",
      "Did you mean csv ? Write one of: text, csv"
    ),
    (
      ["list", "contacts", "--since", "soon"], "The option --since cannot be soon .",
      "Write a time: 2026-11-28, 11-28 14:30, tomorrow 09:00, +3d, -2h"
    ),
    (
      ["list", "contacts", "--within", "x"], "The option --within cannot be x .",
      "Write a length of time: 90s, 30m, 24h, 7d"
    ),
    (
      ["conflicts", "settle", "7"], "conflicts settle needs the option --take .",
      "See the usage with: conflicts settle --help"
    ),
    (
      ["set", "01J", "x"], "Not a field and a value: x",
      "Write field=value, field+=tag, field-=tag, field=@file or field="
    ),
    (
      ["list", "contacts", "--lang", "tlh"], "--lang cannot be tlh .",
      "Write one of: en, zh, zh-Hans"
    ),
  ]

  @Test func `a usage error exits 2, leaves stdout empty and names what is allowed`() {
    for (words, message, hint) in CommandTableTests.refusals {
      let console = Console()
      #expect(sampleTable.run(words, console: console) == .usage, "\(words)")
      #expect(console.output.text == "", "\(words)")
      #expect(console.errors.text == "rounds: \(message)\nHint: \(hint)\n", "\(words)")
    }
  }

  @Test func `times are read by the console's clock and zone`() {
    #expect(
      run("list", "contacts", "--since", "-2h", "--within", "1h30m").out
        == "1795307062000 5400000\n")
  }

  @Test func `assignments are read as positionals`() {
    let ran = run("set", "01J", "note=-5", "tag+=a=b", "tag-=c", "text=@note.txt", "x=", "at=@@me")
    #expect(
      ran.out == """
        set(field: "note", value: "-5")
        add(field: "tag", value: "a=b")
        remove(field: "tag", value: "c")
        set(field: "text", value: "From a file")
        set(field: "x", value: "")
        set(field: "at", value: "@me")

        """)
    #expect(run("set", "01J", "text=@none").exit == .notFound)
  }

  @Test func `failures are worded in both languages`() {
    #expect(
      run("fail", "refused")
        == Run(exit: .refused, out: "", err: "rounds: A rule says no.\nHint: Ask your manager.\n"))
    #expect(
      run("fail", "refused", "--lang=zh").err == "rounds: 规则不允许。\n提示: 请联系主管。\n")
    #expect(
      run("lst", environment: ["LANG": "zh_CN.UTF-8"]).err
        == "rounds: 没有命令 lst 。\n提示: 您是想写 list 吗？查看全部命令：rounds help\n")
  }

  @Test func `errors of libraries are explained, or are our fault`() {
    #expect(
      run("fail", "known") == Run(exit: .unreachable, out: "", err: "rounds: The hub is away.\n"))
    #expect(
      run("fail")
        == Run(exit: .fault, out: "", err: "rounds: Something went wrong: UnknownFault()\n"))
  }

  @Test func `with --json a failure is one JSON document on stderr`() {
    #expect(
      run("fail", "refused", "--json")
        == Run(
          exit: .refused, out: "",
          err: #"{"error":{"code":"refused","exit":4,"hint":"Ask your manager.","message":"#
            + #""A rule says no."}}"# + "\n"))
    #expect(run("--json", "lst").err.hasPrefix(#"{"error":{"code":"usage","exit":2,"#))
    #expect(run("fail", "--json").err.contains(#""hint":null"#))
  }

  @Test func `results go to stdout and remarks only to a terminal`() {
    #expect(run("conflicts").err == "")
    #expect(run("conflicts", isTerminal: true).err == "A remark\n")
    #expect(run("conflicts", "--quiet", isTerminal: true).err == "")
    #expect(run("conflicts", "--json") == Run(exit: .done, out: "[\"conflicts list\"]\n", err: ""))
  }

  @Test func `the version is asked for anywhere before the dashes`() {
    #expect(run("--version").out == "rounds 1.2.3\n")
    #expect(run("list", "--version").out == "rounds 1.2.3\n")
    #expect(run("list", "--", "--version").exit == .usage)
  }
}
