// The errors of the libraries below, worded: storage, replica, hub link, queries, rules.
//
// Part of `Failures`; see there.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore
import Wire

extension Failures {
  static func explainLibrary(_ error: any Error) -> CommandFailure? {
    switch error {
    case let error as ReplicaError: explain(error)
    case let error as BundleError: explain(error)
    case let error as StorageError: explain(error)
    case let error as HubLinkError: explain(error)
    case let error as VisitForm.Fault: explain(error)
    case let error as QueryError:
      .usage(
        Phrase(en: "The condition is no query: \(error)", zh: "条件无法读懂：\(error)"))
    default: nil
    }
  }

  // MARK: Replica

  private static func explain(_ error: ReplicaError) -> CommandFailure? {
    explainRecord(error) ?? explainDeparture(error) ?? explainHub(error)
  }

  private static func explainRecord(_ error: ReplicaError) -> CommandFailure? {
    switch error {
    case .notJoined(let path):
      CommandFailure(
        .notFound,
        Phrase(en: "There is no replica in \(path) .", zh: "\(path) 中没有数据副本。"),
        hint: Phrase(
          en: "Join a hub with: rounds join URL --code CODE",
          zh: "加入服务器：rounds join URL --code CODE"))
    case .alreadyJoined(let path, let workspace):
      CommandFailure(
        .refused,
        Phrase(
          en: "\(path) holds a replica of \(workspace) already.",
          zh: "\(path) 已经是 \(workspace) 的数据副本。"),
        hint: Phrase(
          en: "Set ROUNDS_HOME to another folder to join another hub.",
          zh: "要加入另一个服务器，请把 ROUNDS_HOME 设为其他文件夹。"))
    case .disputed(let record, let field, let branches):
      CommandFailure(
        .refused,
        Phrase(
          en: "The field \(field) of \(record) holds \(branches) values.",
          zh: "\(record) 的字段 \(field) 有 \(branches) 个值。"))
    case .noSuchBranch(let field, let branch, let branches):
      .usage(
        Phrase(
          en: "\(field) has \(branches) values, and no number \(branch).",
          zh: "\(field) 有 \(branches) 个值，没有第 \(branch) 个。"))
    case .recordMissing(let record):
      CommandFailure(
        .notFound,
        Phrase(
          en: "The record \(record) is not here any more.", zh: "记录 \(record) 已经不在这里了。"))
    case .fixed(let collection, let field):
      CommandFailure(
        .refused,
        field.map {
          Phrase(
            en: "\($0) of a \(collection) is set when it is made and never again.",
            zh: "\(collection) 的 \($0) 只在创建时填写，不能再改。")
        }
          ?? Phrase(
            en: "A \(collection) is a fact and is never changed.",
            zh: "\(collection) 是事实记录，不能修改。"),
        hint: Phrase(
          en: "Add a correction with rounds follow and --corrects .",
          zh: "可以用 rounds follow 加 --corrects 补充更正。"))
    case .tooLarge(let field, let bytesMax):
      CommandFailure(
        .refused,
        Phrase(
          en: "The field \(field) takes at most \(ByteSize.text(Int64(bytesMax))).",
          zh: "字段 \(field) 最多 \(ByteSize.text(Int64(bytesMax)))。"))
    default: nil
    }
  }

  private static func explainDeparture(_ error: ReplicaError) -> CommandFailure? {
    switch error {
    case .departed(let record):
      CommandFailure(
        .refused,
        Phrase(
          en: "The record \(record) has left your scope and cannot be written any more.",
          zh: "记录 \(record) 已不在您的范围内，不能再修改。"),
        hint: Phrase(
          en: "What you wrote before is kept and goes up with the next sync.",
          zh: "您之前写的内容已保留，下次同步时上传。"))
    case .parked(let record):
      CommandFailure(
        .refused,
        Phrase(
          en: "The record \(record) is not here any more, so this cannot be written again.",
          zh: "记录 \(record) 已经不在这里了，因此不能重新写入。"),
        hint: Phrase(
          en: "The hub keeps it for the record's new owner or a manager.",
          zh: "服务器保留了该内容，等待记录的新负责人或主管处理。"))
    default: nil
    }
  }

  private static func explainHub(_ error: ReplicaError) -> CommandFailure? {
    switch error {
    case .protocolViolation(let text):
      CommandFailure(
        .fault,
        Phrase(
          en: "The hub's answer makes no sense: \(text). Nothing was lost.",
          zh: "服务器的回答有误：\(text)。没有丢失任何内容。"))
    case .unsupported(let needed):
      CommandFailure(
        .fault,
        Phrase(
          en: "The hub speaks protocol \(needed); this program does not. Nothing was lost.",
          zh: "服务器使用协议 \(needed)，本程序不支持。没有丢失任何内容。"),
        hint: Phrase(en: "Update rounds .", zh: "请更新 rounds 。"))
    case .revoked:
      CommandFailure(
        .refused,
        Phrase(en: "This laptop has been revoked.", zh: "本机已被撤销。"),
        hint: Phrase(en: "Ask an administrator.", zh: "请联系管理员。"))
    case .wiped(let revocation): explain(revocation)
    case .noProgress(let roundTrips):
      CommandFailure(
        .fault,
        Phrase(
          en: "The sync got nowhere in \(roundTrips) round trips; everything is kept.",
          zh: "同步往返 \(roundTrips) 次仍未完成；所有内容都已保留。"),
        hint: Phrase(
          en: "Try again; if it stays so: rounds doctor --deep",
          zh: "请重试；若仍如此：rounds doctor --deep"))
    default: nil
    }
  }

  private static func explain(_ revocation: Revocation) -> CommandFailure {
    let at = ISO8601.string(milliseconds: revocation.at.milliseconds, in: .utc)
    let count = revocation.handedOver
    let edits = count == 1 ? "1 edit" : "\(count) edits"
    return CommandFailure(
      .refused,
      Phrase(
        en: """
          This laptop was revoked on \(at) and holds nothing any more. Unsent work (\(edits)) \
          was handed to the hub for an administrator to accept.
          """,
        zh: "本机已于 \(at) 被吊销，数据已清除。未上传的内容（\(count) 项）已交给服务器，等待管理员接收。"),
      hint: Phrase(
        en: "To use it again, ask an administrator for an invitation and join.",
        zh: "如需再次使用，请向管理员索取邀请码后重新加入。"))
  }

  // MARK: Storage

  private static func explain(_ error: StorageError) -> CommandFailure {
    switch error {
    case .cannotOpen(let path, let reason):
      CommandFailure(
        .fault, Phrase(en: "\(path) cannot be opened: \(reason)", zh: "无法打开 \(path) ：\(reason)"))
    case .busy:
      CommandFailure(
        .fault,
        Phrase(
          en: "Another program is writing the database.", zh: "另一个程序正在写数据库。"),
        hint: Phrase(en: "Try again in a moment.", zh: "请稍后重试。"))
    case .diskFull:
      CommandFailure(
        .fault,
        Phrase(en: "The disk is full; nothing was written.", zh: "磁盘已满，没有写入任何内容。"))
    case .corrupt(let reason):
      CommandFailure(
        .fault,
        Phrase(en: "The database is damaged: \(reason)", zh: "数据库已损坏：\(reason)"),
        hint: Phrase(
          en: "Make it anew, with what waits to go up: rounds doctor --rebuild",
          zh: "重建副本并保留待上传的修改：rounds doctor --rebuild"))
    case .readOnly:
      CommandFailure(
        .fault, Phrase(en: "The database may only be read.", zh: "数据库是只读的。"))
    case .newerSchema(let found, let known):
      CommandFailure(
        .fault,
        Phrase(
          en: "The database is of version \(found); this program knows \(known).",
          zh: "数据库版本为 \(found)，本程序只支持到 \(known)。"),
        hint: Phrase(en: "Update rounds .", zh: "请更新 rounds 。"))
    case .wrongKey, .cannotEncrypt, .libraryTooOld: encryption(error)
    case .disk(let reason):
      CommandFailure(
        .fault, Phrase(en: "The disk failed: \(reason)", zh: "磁盘出错：\(reason)"))
    case .constraint(let reason), .sql(_, let reason, _):
      CommandFailure(
        .fault,
        Phrase(en: "The database refused this: \(reason)", zh: "数据库拒绝：\(reason)"))
    }
  }
}
