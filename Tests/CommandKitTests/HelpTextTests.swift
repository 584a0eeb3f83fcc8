// Help pages, compared whole.
// They are what a newcomer reads first, in both languages, so every change to them should be seen
// in a diff of this file.

import CommandKit
import Testing

@Suite struct HelpTextTests {
  private let sharedOptions = """

    Options of every command
      --json      Print one JSON document
      --lang L    Speak en or zh-Hans
      --quiet     Print no remarks and no progress
      --help, -h  Show help
      --version   Show the version

    """

  private let sharedOptionsInChinese = """

    所有命令的选项
      --json      输出一个 JSON 文档
      --lang L    使用的语言：en 或 zh-Hans
      --quiet     不输出备注和进度
      --help, -h  显示帮助
      --version   显示版本

    """

  @Test func `the overview lists every command under its heading`() {
    let overview = """
      rounds: Customer follow-up that works offline

      Usage: rounds COMMAND

      Every day
        list  List the records of a collection
        set   Change fields of a record

      Sorting out
        conflicts [list]  Show the conflicts that touch my edits
        conflicts settle  Settle a conflict
        schema show       Show the schema

      About this program
        help        Explain a command
        completion  Print a completion script for a shell
      \(sharedOptions)
      Help for one command: rounds help COMMAND

      """
    for words in [[], ["help"], ["--help"], ["-h"], ["nonsense", "--help"]] {
      let console = Console()
      #expect(sampleTable.run(words, console: console) == .done)
      #expect(console.output.text == overview, "\(words)")
    }
  }

  @Test func `help is found by what somebody wants, in either language`() {
    let page = """
      Commands about Conflict
        conflicts [list]  Show the conflicts that touch my edits
        conflicts settle  Settle a conflict

      Help for one command: rounds help COMMAND

      """
    let console = Console()
    #expect(sampleTable.run(["help", "Conflict"], console: console) == .done)
    #expect(console.output.text == page)
    let none = Console()
    #expect(sampleTable.run(["help", "conflict", "records"], console: none) == .usage)
    #expect(none.output.text.isEmpty)
  }

  @Test func `the overview in Chinese`() {
    #expect(
      run("--lang", "zh").out == """
        rounds: 离线可用的客户跟进

        用法：rounds COMMAND

        每天
          list  列出某类记录
          set   修改记录的字段

        处理
          conflicts [list]  列出涉及我的修改的冲突
          conflicts settle  解决冲突
          schema show       显示结构

        关于本程序
          help        说明一个命令
          completion  输出命令行补全脚本
        \(sharedOptionsInChinese)
        查看某个命令的帮助：rounds help 命令

        """)
  }

  @Test func `a command's page has usage, arguments, options, examples and notes`() {
    let page = """
      List the records of a collection

      Usage: rounds list COLLECTION [--limit N] [--where EXPR]… [--format FORMAT]
          [--since T] [--within SPAN] [--all]

      Arguments
        COLLECTION  Which kind of record (customers, contacts)

      Options
        --limit N, -n    Print at most N
        --where EXPR     Keep what matches
        --format FORMAT  The form (text, csv)
        --since T        Changed since
        --within SPAN    Changed within
        --all            Also the closed ones

      Examples
        rounds list customers --limit 5
            The first five

      Records are sorted by name.
      \(sharedOptions)
      """
    for words in [["list", "--help"], ["help", "list"], ["list", "--limit", "x", "-h"]] {
      let console = Console()
      #expect(sampleTable.run(words, console: console) == .done)
      #expect(console.output.text == page, "\(words)")
    }
  }

  @Test func `a command's page in Chinese`() {
    #expect(
      run("help", "list", "--lang=zh").out == """
        列出某类记录

        用法：rounds list COLLECTION [--limit N] [--where EXPR]… [--format FORMAT]
            [--since T] [--within SPAN] [--all]

        参数
          COLLECTION  哪类记录（customers, contacts）

        选项
          --limit N, -n    最多输出 N 条
          --where EXPR     只保留符合条件的
          --format FORMAT  格式（text, csv）
          --since T        此后变更
          --within SPAN    此段时间内变更
          --all            包括已关闭的

        示例
          rounds list customers --limit 5
              前五条

        记录按名称排序。
        \(sharedOptionsInChinese)
        """)
  }

  @Test func `a verb with sub-verbs explains the default and lists them all`() {
    #expect(
      run("conflicts", "--help").out == """
        Show the conflicts that touch my edits

        Usage: rounds conflicts list

        Commands of conflicts
          conflicts [list]  Show the conflicts that touch my edits
          conflicts settle  Settle a conflict
        \(sharedOptions)
        """)
  }

  @Test func `a verb without a default lists its sub-verbs`() {
    #expect(
      run("help", "schema").out == """
        Commands of schema
          schema show  Show the schema
        \(sharedOptions)
        """)
  }

  @Test func `narrow consoles get wrapped pages`() {
    let console = Console(width: 40)
    _ = sampleTable.run(["help", "list"], console: console)
    let lines = console.output.text.split(separator: "\n")
    #expect(lines.count > 20)
    #expect(lines.allSatisfy { TextWidth.columns(of: $0) <= 44 })
  }

  @Test func `help for an unknown command is a usage error`() {
    #expect(run("help", "lst").exit == .usage)
  }
}
