// All commands of `rounds`: the table of contents of this program.
//
// A command is in the file of its verb. Every one but `join` works offline, or says what it would
// need the hub for; every write is saved here before anything is printed.

import CommandKit
import FollowUp
import Replica
import SyncCore

/// The headings of the overview.
enum Group {
  static let everyDay = Phrase(en: "Every day", zh: "每天")
  static let deals = Phrase(en: "Deals", zh: "商机")
  static let records = Phrase(en: "Records", zh: "记录")
  static let sync = Phrase(en: "Staying in sync", zh: "同步")
  static let attention = Phrase(en: "Sorting out", zh: "处理分歧")
  static let exchange = Phrase(en: "In and out", zh: "导入导出")
  static let machine = Phrase(en: "Looking inside", zh: "查看内部")
}

func commandTable(_ outside: Outside) -> CommandTable {
  CommandTable(
    program: "rounds", version: "0.1.0",
    summary: Phrase(
      en: "Follow up customers, with or without a network", zh: "客户跟进管理，离线也能用"),
    notes: [homeNote],
    commands: everyDayCommands(outside) + leadCommands(outside) + [convertCommand(outside)]
      + oppCommands(outside)
      + recordCommands(outside)
      + syncCommands(outside) + conflictsCommands(outside) + attentionCommands(outside)
      + exchangeCommands(outside) + machineCommands(outside),
    explain: Failures.explain,
    candidates: { try candidates($0, outside) })
}

private func everyDayCommands(_ outside: Outside) -> [Command] {
  [
    todayCommand(outside), agendaCommand(outside), briefCommand(outside), followCommand(outside),
    timelineCommand(outside), plansCommand(outside), suggestCommand(outside),
    serviceLevelCommand(outside),
    feedbackCommand(outside), promiseCommand(outside),
    doneCommand(outside), snoozeCommand(outside),
    ackCommand(outside), stageCommand(outside), claimCommand(outside), releaseCommand(outside),
    reopenCommand(outside), guideCommand(outside),
  ] + cadenceCommands(outside) + visitCommands(outside) + teamCommands(outside)
    + taskCommands(outside)
}

private func recordCommands(_ outside: Outside) -> [Command] {
  [
    addCommand(outside), setCommand(outside), deleteCommand(outside), showCommand(outside),
    listCommand(outside), findCommand(outside), historyCommand(outside),
  ]
}

private func syncCommands(_ outside: Outside) -> [Command] {
  [joinCommand(outside), syncCommand(outside), statusCommand(outside)] + scopeCommands(outside)
    + bundleCommands(outside)
}

/// Import and export.
private func exchangeCommands(_ outside: Outside) -> [Command] {
  [importCommand(outside), exportCommand(outside)] + ingestCommands(outside)
}

private func machineCommands(_ outside: Outside) -> [Command] {
  [sqlCommand(outside), doctorCommand(outside), reportCommand(outside)]
    + dateCommands(outside) + rulesCommands(outside)
}

private let homeNote = Phrase(
  en: """
    ROUNDS_HOME names the folder of your replica (without it: the data folder of your account). \
    REF is an id, at least four characters of one, or collection:name. Everything is saved on this \
    laptop first; rounds sync sends it when there is a network.
    """,
  zh: """
    ROUNDS_HOME 指定数据副本所在的文件夹（默认在您的数据目录中）。REF 可以是编号、编号的前四个以上字符，\
    或“类别:名称”。所有内容都先保存在本机；有网络时用 rounds sync 上传。
    """)

/// Records whose id or name begins with what was typed.
private func candidates(
  _ request: CompletionRequest, _ outside: Outside
) throws -> [Candidate] {
  guard request.kind == "record" else { return [] }
  let folder = try ReplicaFolder(environment: request.console.environment)
  let replica = try OpenReplica(folder, request.console, outside)
  switch try Finder(replica.store).reference(request.partial) {
  case .one(let found): return [Candidate(found.id.description, note: found.title)]
  case .several(let found): return found.map { Candidate($0.id.description, note: $0.title) }
  case .unreadable:
    return Schema.followUp.collections.map { Candidate($0.name + ":") }
  case .none, .unknownCollection: return []
  }
}
