// The sentences of `Failures` about the hub: away, silent, busy, without room, or saying no.
//
// A hub that is not there, or cannot serve now, is no error of anybody here: exit code 5, all is saved,
// and what to do depends on why. Only a hub that says no for good ends otherwise.

import CommandKit
import Wire

extension HubLinkError {
  /// What is told of it, as one sentence.
  var words: Phrase {
    switch self {
    case .unreachable(let reason):
      // Libraries end their reasons as they like.
      let why = reason.hasSuffix(".") ? String(reason.dropLast()) : reason
      return Phrase(en: "The hub cannot be reached: \(why).", zh: "无法连接服务器：\(why)。")
    case .unavailable(status: 507, _):
      return Phrase(
        en: "The hub's disk is full, so it can take nothing now.", zh: "服务器磁盘已满，暂时无法接收内容。")
    case .unavailable(status: 429, _):
      return Phrase(
        en: "The hub had too many requests from here in a short time.", zh: "短时间内向服务器发出的请求过多。")
    case .unavailable(let status, let text):
      let own = text.isEmpty ? "" : ": \(text)"
      let end = text.hasSuffix(".") ? "" : "."
      return Phrase(
        en: "The hub cannot serve now (HTTP \(status))\(own)\(end)",
        zh: "服务器暂时无法服务（HTTP \(status)）。")
    case .refused(let status, _):
      return Phrase(en: "The hub refuses (HTTP \(status)).", zh: "服务器拒绝（HTTP \(status)）。")
    }
  }

  /// What helps; nil: nothing but a network.
  fileprivate func remedy(retryAfterSeconds: Int?) -> Phrase? {
    switch self {
    case .unavailable(status: 507, _):
      Phrase(
        en: "Tell whoever runs the hub to make room on its disk, then try again.",
        zh: "请联系服务器管理员清理磁盘，然后重试。")
    case .unavailable:
      retryAfterSeconds.map { Phrase(en: "Try again in \($0) s.", zh: "请 \($0) 秒后重试。") }
        ?? Phrase(en: "Try again in a minute.", zh: "请一分钟后重试。")
    case .unreachable, .refused: nil
    }
  }
}

extension Failures {
  static func explainOffline(_ error: RepError) -> CommandFailure? {
    switch error {
    case .offline(let waiting, let why, let seconds):
      CommandFailure(
        .unreachable,
        why.words
          + Phrase(
            en: " Everything is saved here; "
              + "\(waiting) \(waiting == 1 ? "edit waits" : "edits wait") to go up.",
            zh: "所有内容都已保存在本机；\(waiting) 项等待上传。"),
        hint: why.remedy(retryAfterSeconds: seconds).map {
          Phrase(en: "Work on. ", zh: "可以继续工作。") + $0
        } ?? Phrase(en: "Work on; sync again when there is a network.", zh: "可以继续工作，有网络时再同步。"))
    case .joinedOffline(let why):
      CommandFailure(
        .unreachable,
        Phrase(
          en: "This laptop has joined, but the first download broke off. ",
          zh: "本机已加入，但首次下载中断。") + why.words,
        hint: Phrase(en: "Go on with: rounds sync", zh: "继续：rounds sync"))
    default: nil
    }
  }

  static func explain(_ error: HubLinkError) -> CommandFailure {
    switch error {
    case .unreachable, .unavailable:
      CommandFailure(.unreachable, error.words, hint: error.remedy(retryAfterSeconds: nil))
    case .refused(let status, let text): refused(status, text)
    }
  }

  private static func refused(_ status: Int, _ text: String) -> CommandFailure {
    let own =
      text.isEmpty ? Phrase(verbatim: "") : Phrase(en: " It says: \(text)", zh: "原因：\(text)")
    switch status {
    case 401:
      return CommandFailure(
        .refused,
        Phrase(en: "The hub does not know this laptop.", zh: "服务器不认识本机。") + own,
        hint: Phrase(en: "Ask an administrator.", zh: "请联系管理员。"))
    case 403, 409:
      return CommandFailure(
        .refused, Phrase(en: "The hub refuses.", zh: "服务器拒绝。") + own)
    case 404:
      return CommandFailure(
        .notFound, Phrase(en: "The hub has no such thing.", zh: "服务器上没有找到。") + own)
    default:
      return CommandFailure(
        .fault,
        Phrase(
          en: "The hub failed (HTTP \(status)). Nothing was lost.",
          zh: "服务器出错（HTTP \(status)）。没有丢失任何内容。") + own)
    }
  }
}
