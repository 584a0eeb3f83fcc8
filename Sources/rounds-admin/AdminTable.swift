// All commands of `rounds-admin`: the table of contents of this program.
//
// A command is in the file of its verb. Each one is one call of the hub's admin interface and a way
// to show the answer; the hub decides everything, so a command must never work around a refusal.

import CommandKit

/// The headings of the overview.
enum Group {
  static let conflicts = Phrase(en: "Conflicts", zh: "冲突")
  static let records = Phrase(en: "Records", zh: "记录")
  static let people = Phrase(en: "People and laptops", zh: "人员与终端")
  static let pools = Phrase(en: "Pools", zh: "公海")
  static let policy = Phrase(en: "Rights", zh: "权限")
  static let rules = Phrase(en: "Rules", zh: "规则")
  static let process = Phrase(en: "Sales process", zh: "销售流程")
  static let calendar = Phrase(en: "Calendar", zh: "日历")
  static let audit = Phrase(en: "Audit", zh: "审计")
}

let adminTable = CommandTable(
  program: "rounds-admin", version: "0.1.0",
  summary: Phrase(
    en: "Run a Rounds hub: people, laptops, conflicts, records, rights, rules",
    zh: "管理 Rounds 服务器：人员、终端、冲突、记录、权限、规则"),
  notes: [accessNote],
  commands: conflictsCommands + parkedCommands + recordCommands + peopleCommands + poolCommands
    + recycleCommands + policyCommands + rulesCommands + rulesReportCommands + outboxCommands
    + reportCommands + templateCommands
    + processCommands
    + calendarCommands + auditCommands + backupCommands,
  explain: Failures.explain)

private let recordCommands: [Command] =
  [
    showCommand, listCommand, historyCommand, restoreCommand, setCommand, assignCommand,
    deleteCommand,
  ] + mergeCommands + shareCommands + leadCommands + schemaCommands

private let peopleCommands: [Command] =
  userCommands + teamCommands + [inviteCommand] + replicasCommands + bundleCommands

private let accessNote = Phrase(
  en: """
    ROUNDS_URL is the address of the hub (without it: http://127.0.0.1:7440). ROUNDS_TOKEN is \
    your admin token, or ROUNDS_TOKEN_FILE the file it is in. The token is never an argument: \
    everybody on this machine can read the arguments of a running program, and the shell keeps \
    them in its history. ROUNDS_CA names a PEM file of certificate authorities to trust in place \
    of the system's.
    """,
  zh: """
    ROUNDS_URL 是服务器地址（默认 http://127.0.0.1:7440）。ROUNDS_TOKEN 是您的管理令牌，\
    ROUNDS_TOKEN_FILE 是存放令牌的文件。令牌不能作为参数：本机上的任何人都能看到正在运行的程序的参数，\
    而且 shell 会把它记入历史。ROUNDS_CA 指定一个 PEM 文件，用其中的证书颁发机构代替系统的。
    """)
