// Turns errors into text: what happened, why, what to do, and the exit code. The only such file.
//
// The hub's own words come through as they are (it is asked to speak our language); what it says
// only by a status is worded here. The table of exit codes is `Protocol/Commands.md`.

import CommandKit
import HubClient
import Notation

enum Failures {
  @Sendable static func explain(_ error: any Error) -> CommandFailure? {
    switch error {
    case let error as AccessError: explain(error)
    case let error as AdminError: explain(error)
    case let error as RuleFileError: explain(error)
    default: nil
    }
  }

  // MARK: - What was typed

  private static func explain(_ error: RuleFileError) -> CommandFailure {
    switch error {
    case .notJSON(let path, let fault):
      .usage(
        Phrase(en: "The file \(path) is not JSON: \(fault)", zh: "文件 \(path) 不是 JSON：\(fault)"))
    case .appliedInTrial:
      CommandFailure(
        .fault,
        Phrase(
          en: "The hub was asked only to check the file, but does not say that it did only that.",
          zh: "只要求服务器检查文件，但它没有确认只做了检查。"),
        hint: Phrase(
          en: "See what is in force with: rounds-admin rules show , or policy show",
          zh: "查看生效的内容：rounds-admin rules show 或 policy show"))
    }
  }

  private static func explain(_ error: AccessError) -> CommandFailure {
    switch error {
    case .badAddress(let typed): badAddress(typed)
    case .noToken:
      .usage(
        Phrase(en: "No token is set.", zh: "没有设置令牌。"),
        hint: Phrase(
          en: "Put your admin token in ROUNDS_TOKEN, or its file's path in ROUNDS_TOKEN_FILE .",
          zh: "请把管理令牌放在 ROUNDS_TOKEN 中，或把令牌文件的路径放在 ROUNDS_TOKEN_FILE 中。"))
    case .emptyTokenFile(let path):
      .usage(
        Phrase(en: "The token file \(path) is empty.", zh: "令牌文件 \(path) 是空的。"))
    case .unusableToken:
      .usage(
        Phrase(
          en: "The token holds characters that no token has.", zh: "令牌中含有不可能出现的字符。"),
        hint: Phrase(en: "Copy it again, as one word.", zh: "请重新复制，令牌是一个不含空格的词。"))
    }
  }

  private static func badAddress(_ typed: String) -> CommandFailure {
    .usage(
      Phrase(en: "\(typed) is not the address of a hub.", zh: "\(typed) 不是服务器地址。"),
      hint: Phrase(
        en: "Write ROUNDS_URL like https://hub.example.com or http://127.0.0.1:7440 .",
        zh: "ROUNDS_URL 的写法如 https://hub.example.com 或 http://127.0.0.1:7440 。"))
  }

  // MARK: - The call

  private static func explain(_ error: AdminError) -> CommandFailure {
    switch error {
    case .unnameable(let name):
      .usage(
        Phrase(en: "“\(name)” cannot be the name of anything.", zh: "“\(name)”不能作为名称。"))
    case .tooLong:
      .usage(
        Phrase(
          en: "These words are too long: no record, name or condition is.",
          zh: "内容过长：记录、名称和条件都不会这么长。"))
    case .unanswered(let error): explain(error)
    case .refused(let refusal): explain(refusal)
    case .nobodyHome(let status):
      CommandFailure(
        .unreachable,
        Phrase(
          en: "A proxy answered in place of the hub (HTTP \(status)): the hub is away.",
          zh: "代理代替服务器作了回答（HTTP \(status)）：服务器不在线。"), hint: reachHint)
    case .stranger(let status):
      CommandFailure(
        .unreachable,
        Phrase(
          en: "Whoever answered is not a hub (HTTP \(status)).",
          zh: "回答的不是 Rounds 服务器（HTTP \(status)）。"), hint: reachHint)
    }
  }

  private static let reachHint = Phrase(
    en: "Check ROUNDS_URL , the network, and that roundsd runs there.",
    zh: "请检查 ROUNDS_URL 、网络，以及 roundsd 是否在运行。")

  private static func explain(_ error: HTTPClientError) -> CommandFailure {
    func unreachable(_ en: String, _ zh: String) -> CommandFailure {
      CommandFailure(.unreachable, Phrase(en: en, zh: zh), hint: reachHint)
    }
    let reason = error.reason
    switch error {
    case .badURL(let url): return badAddress(url)
    case .badHeader: return explain(.unusableToken)
    case .libraryMissing:
      return CommandFailure(
        .fault, Phrase(en: "libcurl cannot be loaded: \(reason)", zh: "无法加载 libcurl：\(reason)"),
        hint: Phrase(
          en: "Install it, on Debian with: apt install libcurl4",
          zh: "请安装它，在 Debian 上：apt install libcurl4"))
    case .authoritiesUnreadable(let path): return .unreadableFile(path)
    case .unreachable(let host, _):
      return unreachable(
        "The hub at \(host) cannot be reached: \(reason)", "无法连接服务器 \(host) ：\(reason)")
    case .tls:
      return CommandFailure(
        .unreachable,
        Phrase(
          en: "The hub's certificate is not to be trusted: \(reason)",
          zh: "服务器的证书不可信：\(reason)"),
        hint: Phrase(
          en: "If the hub has a certificate of your own making, name its authority in ROUNDS_CA .",
          zh: "如果证书是自行签发的，请用 ROUNDS_CA 指定颁发机构的证书文件。"))
    case .timedOut(let seconds):
      return unreachable(
        "The hub did not answer within \(Int(seconds)) s; it may still have done as asked.",
        "服务器在 \(Int(seconds)) 秒内没有回答；请求仍可能已经执行。")
    case .silent(let seconds):
      return unreachable(
        "The hub said nothing for \(Int(seconds)) s; it may still have done as asked.",
        "服务器在 \(Int(seconds)) 秒内没有任何回应；请求仍可能已经执行。")
    case .cut:
      return unreachable(
        "The connection broke before the answer was whole; the hub may have done as asked.",
        "连接在回答完整之前中断；请求可能已经执行。")
    case .notHTTP:
      return unreachable(
        "Whoever answered does not speak HTTP: \(reason)", "对方使用的不是 HTTP：\(reason)")
    case .tooLarge(let bytesMax):
      return CommandFailure(
        .fault,
        Phrase(
          en: "The answer is longer than \(ByteSize.text(Int64(bytesMax))).",
          zh: "回答超过 \(ByteSize.text(Int64(bytesMax)))。"),
        hint: Phrase(en: "Ask for less, with --limit N .", zh: "请用 --limit N 减少数量。"))
    case .transfer:
      return CommandFailure(
        .fault, Phrase(en: "The call failed: \(reason)", zh: "调用失败：\(reason)"))
    }
  }

  // MARK: - The hub's no

  private static func explain(_ refusal: HubRefusal) -> CommandFailure {
    if refusal.status == 401 {
      return CommandFailure(
        .refused,
        Phrase(
          en: "The hub does not know your token, or it has been withdrawn.",
          zh: "服务器不认识您的令牌，或者令牌已被撤销。"),
        hint: Phrase(
          en: "Check ROUNDS_TOKEN ; another admin can make you a new one.",
          zh: "请检查 ROUNDS_TOKEN ；可以请其他管理员发一个新的。"))
    }
    let (exit, summary) = meaning(of: refusal.status)
    return CommandFailure(exit, words(of: refusal, summary), hint: hint(of: refusal))
  }

  private static func meaning(of status: Int) -> (ExitCode, Phrase) {
    switch status {
    case 400, 405:
      (.usage, Phrase(en: "The hub does not understand this.", zh: "服务器不接受这个请求。"))
    case 403: (.refused, Phrase(en: "You may not do this.", zh: "您无权执行此操作。"))
    case 404: (.notFound, Phrase(en: "The hub has no such thing.", zh: "服务器上没有找到。"))
    case 409: (.refused, Phrase(en: "This does not go with what is there.", zh: "与现有内容冲突。"))
    case 413: (.fault, Phrase(en: "This is too large for the hub.", zh: "内容过大，服务器不接受。"))
    case 429, 503: (.unreachable, Phrase(en: "The hub is busy.", zh: "服务器暂时不可用。"))
    case 507: (.unreachable, Phrase(en: "The hub's disk is full.", zh: "服务器磁盘已满。"))
    default:
      (.fault, Phrase(en: "The hub failed (HTTP \(status)).", zh: "服务器出错（HTTP \(status)）。"))
    }
  }

  /// The hub's own sentence says more than ours; in Chinese ours goes before it, for a hub may
  /// speak English only.
  private static func words(of refusal: HubRefusal, _ summary: Phrase) -> Phrase {
    guard !refusal.message.isEmpty else { return summary }
    return Phrase(
      en: refusal.status >= 500 && ![503, 507].contains(refusal.status)
        ? "\(summary.en) \(refusal.message)" : refusal.message,
      zh: "\(summary.zh)服务器答复：\(refusal.message)")
  }

  private static func hint(of refusal: HubRefusal) -> Phrase? {
    if !refusal.candidates.isEmpty {
      let names = refusal.candidates.joined(separator: " ")
      return Phrase(en: "Write one of: \(names)", zh: "可以写：\(names)")
    }
    if refusal.status == 507 {
      return Phrase(
        en: """
          Make room on the hub's disk. Meanwhile everything can be read but list , which the audit log \
          would have to tell of.
          """,
        zh: "请清理服务器磁盘。在此期间仍可读取，只有 list 不行，因为它需要写入审计日志。")
    }
    if let seconds = refusal.retryAfterSeconds {
      return Phrase(en: "Try again in \(seconds) s.", zh: "请 \(seconds) 秒后重试。")
    }
    if let hint = refusal.hint, !hint.isEmpty { return Phrase(verbatim: hint) }
    guard [429, 503].contains(refusal.status) else { return nil }
    return Phrase(en: "Try again in a minute.", zh: "请一分钟后重试。")
  }
}
