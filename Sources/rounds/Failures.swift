// Turns errors into text: what happened, why, what to do, and the exit code. The only such file,
// with `Failures+Libraries` for the errors of the libraries below.
//
// The table of exit codes is `Protocol/Commands.md`. Being offline is no error in itself: only a
// command that cannot do without the hub ends with 5, and it says that nothing is lost.

import CommandKit
import FollowUp
import Replica
import SyncCore

enum Failures {
  @Sendable static func explain(_ error: any Error) -> CommandFailure? {
    guard let error = error as? RepError else { return explainLibrary(error) }
    return explainPlace(error) ?? explainReference(error) ?? explainField(error)
      ?? explainDispute(error) ?? explainRest(error)
  }

  // MARK: The place

  private static func explainPlace(_ error: RepError) -> CommandFailure? {
    switch error {
    case .homeUnknown:
      .usage(
        Phrase(
          en: "Nothing says where your replica is.", zh: "不知道您的数据副本在哪里。"),
        hint: Phrase(
          en: "Set ROUNDS_HOME to a folder of yours.", zh: "请把 ROUNDS_HOME 设为您的一个文件夹。"))
    case .folder(let path, let reason):
      CommandFailure(
        .fault,
        Phrase(en: "\(path) cannot be used: \(reason)", zh: "无法使用 \(path) ：\(reason)"))
    case .noThread(let reason):
      CommandFailure(
        .fault,
        Phrase(en: "No thread can be started: \(reason)", zh: "无法启动线程：\(reason)"))
    case .key(let fault): explain(fault)
    case .badAddress(let typed):
      .usage(
        Phrase(en: "\(typed) is not the address of a hub.", zh: "\(typed) 不是服务器地址。"),
        hint: Phrase(
          en: "Write it like https://hub.example.com or http://127.0.0.1:7440 .",
          zh: "写法如 https://hub.example.com 或 http://127.0.0.1:7440 。"))
    case .syncRunning:
      CommandFailure(
        .refused,
        Phrase(
          en: "Another program is syncing this folder, and one at a time may.",
          zh: "另一个程序正在同步这个文件夹，同一时间只允许一个。"),
        hint: Phrase(
          en: "Wait until it has ended; a rounds sync --watch takes up what you write by itself.",
          zh: "请等它结束；若是 rounds sync --watch ，它会自动同步您写的内容。"))
    default: nil
    }
  }

  // MARK: References

  private static let referenceHint = Phrase(
    en:
      "Write an id, at least \(Finder.prefixCharactersMin) characters of one, or collection:name; "
      + "rounds find TEXT searches.",
    zh: "请写编号、编号的前 \(Finder.prefixCharactersMin) 个以上字符，或“类别:名称”；"
      + "也可以用 rounds find 搜索。")

  private static func explainReference(_ error: RepError) -> CommandFailure? {
    switch error {
    case .noReference(let text):
      CommandFailure(
        .notFound, Phrase(en: "\(text) names no record.", zh: "\(text) 不是任何记录。"),
        hint: referenceHint)
    case .recordMissing(let reference):
      CommandFailure(
        .notFound, Phrase(en: "There is no record \(reference) here.", zh: "这里没有记录 \(reference) 。"),
        hint: referenceHint)
    case .ambiguous(let reference, let candidates):
      .usage(
        Phrase(
          en: "\(reference) could mean several records: \(list(candidates))",
          zh: "\(reference) 可能指多条记录：\(list(candidates))"),
        hint: Phrase(en: "Write more of the id, or all of it.", zh: "请写出更长的编号，或完整编号。"))
    case .collectionUnknown(let name, let known):
      .usage(
        Phrase(en: "There is no collection \(name) .", zh: "没有类别 \(name) 。"),
        hint: oneOf(known))
    case .unsuitable(let found, let suitable):
      .usage(
        Phrase(
          en: "\(found.id) is a \(found.collection.name); this is for: "
            + suitable.joined(separator: ", "),
          zh: "\(found.id) 属于 \(found.collection.name)；此命令只适用于："
            + suitable.joined(separator: "、")))
    case .rulesUnreadable:
      CommandFailure(
        .notFound,
        Phrase(
          en: "This program cannot read the rules in force.", zh: "本程序读不懂生效的规则。"),
        hint: Phrase(en: "Install the newest rounds, and sync.", zh: "请安装最新版 rounds 并同步。"))
    case .noCustomer(let found):
      .usage(
        Phrase(
          en: "\(found.id) belongs to no customer that is here.",
          zh: "\(found.id) 不属于这里的任何客户。"))
    default: nil
    }
  }

  private static func list(_ candidates: [FoundRecord]) -> String {
    candidates.map { found in
      // Reminders keep their title in both languages.
      let title = found.collection == .reminder ? Titles(stored: found.title).zh : found.title
      return "\(found.id) (\(found.collection.name) \(TextWidth.oneLine(title)))"
    }.joined(separator: ", ")
  }

  static func oneOf(_ words: [String]) -> Phrase {
    let all = words.joined(separator: ", ")
    return Phrase(en: "Write one of: \(all)", zh: "可以写：\(all)")
  }

  static func colleagueWasThere(_ name: String, _ hours: Int) -> Phrase {
    Phrase(
      en: "\(name) contacted this customer less than \(hours + 1) h ago.",
      zh: "\(name) 不到 \(hours + 1) 小时前刚联系过该客户。")
  }

  // MARK: Fields and times

  private static func explainField(_ error: RepError) -> CommandFailure? {
    switch error {
    case .fieldUnknown(let name, let collection, let known):
      .usage(
        Phrase(
          en: "A \(collection) has no field \(name) .", zh: "\(collection) 没有字段 \(name) 。"),
        hint: oneOf(known))
    case .valueUnreadable(let field, let text, let type):
      .usage(
        Phrase(
          en: "The field \(field) cannot be \(text) .", zh: "字段 \(field) 不能是 \(text) 。"),
        hint: Phrase(en: "Write ", zh: "请写") + form(of: type))
    case .valueNotAllowed(let field, let text, let allowed):
      .usage(
        Phrase(en: "\(field) cannot be \(text) .", zh: "\(field) 不能是 \(text) 。"),
        hint: oneOf(allowed))
    case .notASet(let field):
      .usage(
        Phrase(
          en: "The field \(field) holds one value, not several.", zh: "字段 \(field) 只有一个值。"),
        hint: Phrase(en: "Write \(field)=value .", zh: "请写 \(field)=值 。"))
    case .titleMissing(let collection, let field):
      .usage(
        Phrase(en: "A \(collection) needs a \(field).", zh: "\(collection) 必须有 \(field)。"),
        hint: Phrase(en: "Write \(field)=…", zh: "请写 \(field)=…"))
    case .hubOnly(let collection, let field):
      CommandFailure(
        .refused,
        field.map {
          Phrase(
            en: "Only the hub writes \($0) of a \(collection).",
            zh: "\(collection) 的 \($0) 只由服务器写入。")
        }
          ?? Phrase(
            en: "Only the hub writes a \(collection).", zh: "\(collection) 只由服务器写入。"))
    case .reasonNeedsDeal:
      .usage(
        Phrase(
          en: "A reason is kept with an opportunity; a customer has no place for it.",
          zh: "原因记录在商机上；客户没有这个字段。"),
        hint: Phrase(
          en: "Write it down with rounds follow , or in notes .",
          zh: "可以用 rounds follow 记录，或写进 notes 。"))
    case .timeUnreadable(let option, let typed):
      .usage(
        Phrase(
          en: "The option --\(option) cannot be \(typed) .", zh: "选项 --\(option) 不能是 \(typed) 。"),
        hint: Phrase(en: "Write ", zh: "请写") + form(of: .moment))
    case .inTheFuture(let option):
      .usage(
        Phrase(
          en: "--\(option) lies in the future; a follow-up is something that has happened.",
          zh: "--\(option) 是将来的时间；跟进记录只记已发生的事。"),
        hint: Phrase(
          en: "Plan with --next and --next-at instead.", zh: "计划请用 --next 和 --next-at 。"))
    case .notAhead(let option):
      .usage(Phrase(en: "--\(option) must lie ahead.", zh: "--\(option) 必须是将来的时间。"))
    default: nil
    }
  }

  private static func form(of type: ValueType) -> Phrase {
    switch type {
    case .integer: Phrase(en: "a whole number", zh: "整数")
    case .decimal: Phrase(en: "a number such as 1200.50", zh: "数字，如 1200.50")
    case .boolean: Phrase(en: "yes or no", zh: "是 或 否")
    case .moment:
      Phrase(
        en: "a time: 2026-11-28, 11-28 14:30, tomorrow 09:00, +3d, -2h",
        zh: "时间：2026-11-28、11-28 14:30、明天 09:00、+3d、-2h")
    case .reference: Phrase(en: "the id of a record", zh: "记录的编号")
    case .text, .set, .group: Phrase(en: "a text", zh: "文本")
    }
  }

  // MARK: Disputes

  private static func explainDispute(_ error: RepError) -> CommandFailure? {
    switch error {
    case .disputed(let record, let field, let branches):
      CommandFailure(
        .refused,
        Phrase(
          en: "The field \(field) is disputed: \(list(branches))",
          zh: "字段 \(field) 有争议：\(list(branches))"),
        hint: Phrase(
          en: "Settle it with rounds set \(record) \(field)=… --settle , "
            + "or change only value N with --keep N .",
          zh: "用 rounds set \(record) \(field)=… --settle 做决定，或用 --keep N 只改第 N 个值。"))
    case .notDisputed(let field):
      .usage(
        Phrase(
          en: "The field \(field) is not disputed, so there is nothing to keep.",
          zh: "字段 \(field) 没有争议，--keep 不适用。"))
    case .noSuchBranch(let number, let field, let branches):
      .usage(
        Phrase(
          en: "\(field) has \(branches) values, and no number \(number).",
          zh: "\(field) 有 \(branches) 个值，没有第 \(number) 个。"))
    case .conflictMissing(let id):
      CommandFailure(
        .notFound, Phrase(en: "There is no conflict \(id) here.", zh: "这里没有冲突 \(id) 。"),
        hint: Phrase(en: "See them with: rounds conflicts --all", zh: "查看：rounds conflicts --all"))
    case .conflictClosed(let id, let status):
      CommandFailure(
        .refused,
        Phrase(
          en: "The conflict \(id) is \(status) already.",
          zh: "冲突 \(id) 已经了结（\(status)）。"),
        hint: Phrase(
          en:
            "Write the field with rounds set , or your own value again with: rounds conflicts restore \(id)",
          zh: "可以用 rounds set 修改字段，或恢复自己的值：rounds conflicts restore \(id)"))
    case .duplicateCustomers(let id): duplicateCustomers(id)
    case .conflictOpen(let id):
      CommandFailure(
        .refused,
        Phrase(
          en: "The conflict \(id) awaits a decision; no value has lost yet.",
          zh: "冲突 \(id) 还在等待决定，没有哪个值落选。"),
        hint: Phrase(
          en: "Decide with: rounds conflicts settle \(id) --take N",
          zh: "做决定：rounds conflicts settle \(id) --take N"))
    case .nothingLost(let id):
      CommandFailure(
        .refused,
        Phrase(
          en: "None of your values lost in the conflict \(id) .", zh: "冲突 \(id) 中没有您落选的值。"))
    case .takeOrValue:
      .usage(
        Phrase(
          en: "Settling needs either --take N or --value V .", zh: "需要 --take N 或 --value V 之一。"))
    default: nil
    }
  }

  // MARK: The rest

  private static func explainRest(_ error: RepError) -> CommandFailure? {
    switch error {
    case .draftMissing(let id):
      CommandFailure(
        .notFound,
        Phrase(en: "Nothing under \(id) needs attention.", zh: "没有编号为 \(id) 的待处理项。"),
        hint: Phrase(en: "See them with: rounds attention", zh: "查看：rounds attention"))
    case .draftAmbiguous(let id):
      .usage(
        Phrase(en: "\(id) could mean several entries.", zh: "\(id) 可能指多项。"),
        hint: Phrase(en: "Write more of the id.", zh: "请写出更长的编号。"))
    case .colleagueWasThere(let name, let hours):
      CommandFailure(
        .refused, colleagueWasThere(name, hours),
        hint: Phrase(
          en: "Read it with rounds brief , or log yours with --anyway .",
          zh: "先用 rounds brief 看看，或加 --anyway 照样记录。"))
    case .onlyForeseen(let id):
      CommandFailure(
        .refused,
        Phrase(
          en: "The reminder \(id) is foreseen here; the hub has not sent it yet.",
          zh: "提醒 \(id) 是本机预见的，服务器还没有下发。"),
        hint: Phrase(
          en: "Sync first, or log the follow-up itself with rounds follow .",
          zh: "请先同步，或用 rounds follow 直接记录跟进。"))
    case .hookFailed(let command, let reason):
      CommandFailure(
        .fault,
        Phrase(en: "The command \(command) failed: \(reason)", zh: "命令 \(command) 失败：\(reason)"))
    case .carriesEnough(let count):
      CommandFailure(
        .refused,
        Phrase(
          en: "This laptop carries \(count) bundles already.", zh: "本机已代带 \(count) 个数据包。"),
        hint: Phrase(en: "Sync, so that they get to the hub.", zh: "请先同步，把它们送达服务器。"))
    case .nothingToFind:
      .usage(Phrase(en: "Nothing to search for was given.", zh: "没有给出要搜索的内容。"))
    case .tooLongToFind(let max): tooLongToFind(max: max)
    case .sqlFailed(let reason):
      .usage(Phrase(en: "SQLite refuses this: \(reason)", zh: "SQLite 拒绝执行：\(reason)"))
    case .sqlWrites:
      CommandFailure(
        .refused,
        Phrase(
          en: "rounds sql only reads: a change made here would be missing from the change log.",
          zh: "rounds sql 只能读取：在这里所做的修改不会进入变更日志。"),
        hint: Phrase(
          en: "Use rounds add , rounds set and rounds delete .",
          zh: "请用 rounds add 、 rounds set 和 rounds delete 。"))
    case .findings(let count):
      CommandFailure(
        .fault,
        Phrase(
          en: "\(count) of the checks found something.", zh: "有 \(count) 项检查发现问题。"))
    default:
      explainContact(error) ?? explainProcess(error) ?? explainRescue(error)
        ?? explainOffline(error)
    }
  }

  private static func explainRescue(_ error: RepError) -> CommandFailure? {
    switch error {
    case .notOwnFolder(let path, let user, let workspace):
      CommandFailure(
        .refused,
        Phrase(
          en:
            "\(path) is \(user)'s, of workspace \(workspace) : what waits there is not this laptop's.",
          zh: "\(path) 属于工作区 \(workspace) 的 \(user) ，其中的修改不属于本机。"),
        hint: Phrase(
          en: "Whoever wrote it joins that workspace, and rescues it there.",
          zh: "请由本人加入该工作区后在那里接管。"))
    case .nothingToRescue(let path):
      CommandFailure(
        .fault,
        Phrase(
          en: "Nothing can be read out of the files in \(path) ; they are kept there.",
          zh: "\(path) 中的文件已完全无法读取，文件保留在原处。"),
        hint: Phrase(
          en: """
            Move replica.sqlite out of ROUNDS_HOME and join again with a new code: all that was ever \
            synced comes back. Keep the files: what had not gone up is only there.
            """,
          zh: "请把 replica.sqlite 移出 ROUNDS_HOME，用新的邀请码重新加入：同步过的内容都会回来。请保留这些文件：未上传的内容只在其中。"))
    case .nothingToTakeOver(let path):
      CommandFailure(
        .fault,
        Phrase(
          en: """
            The file \(path)/replica.sqlite cannot be opened any more, not even in part, so nothing can be \
            taken over from it. This laptop's own folder is as it was.
            """,
          zh: "文件 \(path)/replica.sqlite 已完全无法打开，无法从中接管任何修改。本机自己的文件夹没有变化。"),
        hint: Phrase(
          en: """
            All that was ever synced is on the hub. Keep the folder, or an older copy of it: what had not \
            gone up is only there.
            """,
          zh: "同步过的内容都在服务器上。请保留该文件夹或更早的拷贝：未上传的内容只在其中。"))
    case .identityLost(let kept, let waiting):
      CommandFailure(
        .fault,
        Phrase(
          en: "Who this laptop was cannot be read any more; \(waiting) edits that wait can.",
          zh: "已无法读出本机的身份，但 \(waiting) 项待上传的修改可以读出。"),
        hint: Phrase(
          en: """
            Move replica.sqlite out of ROUNDS_HOME, join again with a new code, and take the edits over: \
            rounds doctor --rescue \(kept)
            """,
          zh: """
            请把 replica.sqlite 移出 ROUNDS_HOME，用新的邀请码重新加入，再接管修改：\
            rounds doctor --rescue \(kept)
            """))
    default: nil
    }
  }

  private static func list(_ branches: [Branch]) -> String {
    branches.enumerated().map { index, branch in
      let value = FieldText.display(branch.value, in: .utc)
      return "\(index + 1) “\(TextWidth.oneLine(value))” (\(branch.author), \(branch.device))"
    }.joined(separator: " · ")
  }
}
