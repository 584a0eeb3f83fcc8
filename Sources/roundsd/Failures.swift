// Turns errors into text: what happened, why, what to do, and the exit code. The only such file.
//
// What a hub answers over HTTP is worded elsewhere (`Refused` in target Hub); this is for the person
// at the daemon's own terminal.

import CommandKit
import Glibc
import HTTPServing
import Hub
import Storage

enum Failures {
  @Sendable static func explain(_ error: any Error) -> CommandFailure? {
    switch error {
    case let error as HubError: explain(error)
    case let error as StorageError: explain(error)
    case let error as HTTPServerError: explain(error)
    case let error as ArchiveFault:
      CommandFailure(
        .fault,
        Phrase(
          en: "The archive \(error.name) cannot be used: \(error.reason)",
          zh: "无法使用归档 \(error.name) ：\(error.reason)"),
        hint: Phrase(
          en: "Nothing was taken out of the database. Move that file aside, and try again.",
          zh: "数据库未作任何删减。请把该文件移到别处后重试。"))
    default: nil
    }
  }

  // MARK: The hub

  private static func explain(_ error: HubError) -> CommandFailure {
    switch error {
    case .notInitialised(let path):
      CommandFailure(
        .notFound, Phrase(en: "There is no hub in \(path) .", zh: "\(path) 中没有服务器数据。"),
        hint: Phrase(
          en: "Make one: roundsd init --data \(path) --workspace NAME --admin NAME",
          zh: "创建：roundsd init --data \(path) --workspace 名称 --admin 姓名"))
    case .alreadyInitialised(let path):
      CommandFailure(
        .refused,
        Phrase(en: "There is a hub in \(path) already.", zh: "\(path) 中已有服务器数据。"),
        hint: Phrase(en: "Choose an empty folder.", zh: "请选择一个空文件夹。"))
    case .servedByOlder(let path):
      CommandFailure(
        .refused,
        Phrase(
          en: "The hub in \(path) was last served by an older version.",
          zh: "\(path) 中的服务器上次由旧版本运行。"),
        hint: Phrase(en: "Serve it once with this one.", zh: "请先用本版本运行一次 serve。"))
    case .alreadyServed(let path):
      CommandFailure(
        .refused,
        Phrase(en: "Another roundsd serves \(path) .", zh: "另一个 roundsd 正在使用 \(path) 。"),
        hint: Phrase(
          en: "One folder has one daemon; end that one first.", zh: "一个文件夹只能有一个进程，请先停止它。"))
    case .exists(_, let name):
      CommandFailure(
        .refused, Phrase(en: "\(name) exists already.", zh: "\(name) 已存在。"),
        hint: Phrase(en: "Choose another name; nothing is overwritten.", zh: "请换一个名称；不会覆盖任何文件。"))
    case .notFound(_, let name):
      CommandFailure(.notFound, Phrase(en: "There is no \(name) .", zh: "找不到 \(name) 。"))
    case .notABackup(let path):
      .usage(
        Phrase(en: "\(path) is no backup of a hub.", zh: "\(path) 不是服务器的备份文件。"),
        hint: Phrase(
          en: "A backup is made with: roundsd backup --data DIR --to FILE",
          zh: "备份的做法：roundsd backup --data 文件夹 --to 文件"))
    case .backupDamaged(let path, let reason):
      CommandFailure(
        .fault,
        Phrase(
          en: "The backup \(path) is damaged, and nothing was made of it: \(reason)",
          zh: "备份 \(path) 已损坏，没有恢复任何内容：\(reason)"),
        hint: Phrase(
          en: "Restore an older one: laptops send again what it has not got.",
          zh: "请恢复更早的备份：各笔记本会补发其中缺少的内容。"))
    case .badRequest(let text):
      CommandFailure(.usage, Phrase(verbatim: text))
    default:
      CommandFailure(.refused, Phrase(verbatim: Refused(error).message))
    }
  }

  // MARK: Its disk

  private static func explain(_ error: StorageError) -> CommandFailure {
    switch error {
    case .cannotOpen(let path, let reason):
      CommandFailure(
        .fault, Phrase(en: "\(path) cannot be opened: \(reason)", zh: "无法打开 \(path) ：\(reason)"))
    case .busy:
      CommandFailure(
        .fault,
        Phrase(en: "Another program has locked the database.", zh: "数据库被其他程序锁定。"))
    case .diskFull:
      CommandFailure(
        .fault, Phrase(en: "The disk is full; nothing was written.", zh: "磁盘已满，未写入任何内容。"))
    case .corrupt(let reason):
      CommandFailure(
        .fault, Phrase(en: "The database is damaged: \(reason)", zh: "数据库已损坏：\(reason)"),
        hint: CheckAdvice.hint)
    case .newerSchema(let found, let known):
      CommandFailure(
        .fault,
        Phrase(
          en: "The database is of version \(found), and this program knows up to \(known).",
          zh: "数据库版本为 \(found)，本程序最高支持 \(known)。"),
        hint: Phrase(en: "Update roundsd.", zh: "请升级 roundsd。"))
    case .readOnly, .disk, .constraint, .sql, .wrongKey, .cannotEncrypt, .libraryTooOld:
      CommandFailure(
        .fault, Phrase(en: "The database failed: \(error)", zh: "数据库出错：\(error)"))
    }
  }

  // MARK: Its port

  private static func explain(_ error: HTTPServerError) -> CommandFailure {
    switch error {
    case .fileUnreadable(let path, let number):
      CommandFailure(
        .notFound,
        Phrase(
          en: "The file \(path) cannot be read: \(words(number))",
          zh: "无法读取文件 \(path) ：\(words(number))"))
    case .hostUnknown(let host, let reason):
      CommandFailure(
        .usage, Phrase(en: "\(host) is no address here: \(reason)", zh: "\(host) 不是本机地址：\(reason)"))
    case .portNotTaken(let host, let port, let number):
      CommandFailure(
        .fault,
        Phrase(
          en: "Port \(port) of \(host) cannot be taken: \(words(number))",
          zh: "无法使用 \(host) 的端口 \(port)：\(words(number))"),
        hint: Phrase(
          en: "Another program may listen there; choose one with --listen HOST:PORT.",
          zh: "可能已被占用，请用 --listen HOST:PORT 另选一个。"))
    case .certificateRefused:
      CommandFailure(
        .fault,
        Phrase(
          en: "The certificate or its key is no PEM, or they do not belong together.",
          zh: "证书或私钥不是 PEM 格式，或两者不匹配。"))
    case .pollingNotStarted(let number):
      CommandFailure(
        .fault,
        Phrase(en: "The server did not start: \(words(number))", zh: "服务未能启动：\(words(number))"))
    }
  }

  private static func words(_ number: Int32) -> String { String(cString: strerror(number)) }
}
