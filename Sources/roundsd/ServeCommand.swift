// `serve`: checks what it was told, then hands over to `Daemon` for the life of the process.
//
// Everything that can be refused without touching the network is refused here, before the command
// leaves the table; what comes later is told the same way and ends the process itself.

import CommandKit
import Dispatch
import Glibc
import HTTPServing
import Hub
import Notation

let serveCommand: Command = Command(
  ["serve"], group: Group.running,
  summary: Phrase(en: "Serve a hub until SIGTERM", zh: "运行服务器，直到收到 SIGTERM"),
  options: [
    dataOption,
    Command.Option(
      "listen", "HOST:PORT",
      help: Phrase(
        en: "Where to listen; port 0 is any free one (127.0.0.1:7440)",
        zh: "监听地址；端口 0 表示任意空闲端口（127.0.0.1:7440）")),
    Command.Option(
      "tls-cert", "FILE", help: Phrase(en: "Certificate chain, PEM", zh: "证书链（PEM）"),
      values: .file),
    Command.Option(
      "tls-key", "FILE", help: Phrase(en: "Its private key, PEM", zh: "私钥（PEM）"), values: .file),
    Command.Option(
      "behind-proxy",
      help: Phrase(
        en: "A proxy in front does TLS: listen without it", zh: "前面的代理负责 TLS：自身不使用 TLS")),
    Command.Option(
      "backups", "DIR",
      help: Phrase(
        en: "Where rounds-admin backup puts its copies", zh: "rounds-admin backup 存放备份的文件夹"),
      values: .file),
    Command.Option(
      "outbox", "DIR",
      help: Phrase(
        en: "Write mail and SMS into this folder, for another program to send",
        zh: "把待发的邮件和短信写入此文件夹，由其他程序发送"), values: .file),
    Command.Option(
      "mail-program", "FILE",
      help: Phrase(
        en: "Hand mail to this program (sendmail -i -t)", zh: "把邮件交给此程序（按 sendmail -i -t 调用）"),
      values: .file),
    Command.Option(
      "mail-from", "ADDRESS",
      help: Phrase(en: "Who sends mail (rounds@localhost)", zh: "发件地址（rounds@localhost）")),
    Command.Option(
      "webhook-key", "FILE",
      help: Phrase(
        en: "Sign webhooks with the key in this file, its owner's alone",
        zh: "用此文件中的密钥为 webhook 签名（仅文件所有者可读）"),
      values: .file),
    Command.Option(
      "log", "FORMAT", help: Phrase(en: "Log lines as text or json", zh: "日志格式：text 或 json"),
      values: .oneOf(LogLine.Format.allCases.map(\.rawValue))),
  ],
  examples: [
    Command.Example(
      "roundsd serve --data /var/lib/rounds",
      Phrase(en: "On this machine only", zh: "仅限本机")),
    Command.Example(
      "roundsd serve --data /var/lib/rounds --listen 0.0.0.0:443 --tls-cert c.pem --tls-key k.pem",
      Phrase(en: "For laptops everywhere", zh: "供各地笔记本访问")),
    Command.Example(
      "roundsd serve --data /var/lib/rounds --mail-program /usr/sbin/sendmail --mail-from sales@example.com",
      Phrase(en: "Send the mail that rules write", zh: "发送规则产生的邮件")),
  ],
  notes: [
    Phrase(
      en:
        "SIGTERM and SIGINT answer what is under way and end; SIGHUP reads certificate and rules anew.",
      zh: "SIGTERM 与 SIGINT 会答完进行中的请求后退出；SIGHUP 重新读取证书与规则。"),
    Phrase(
      en: """
        Webhooks that rules ask for are sent by HTTP POST with an Idempotency-Key. Mail and SMS wait until \
        there is a way out for them; rounds-admin outbox shows what waits and what is stuck.
        """,
      zh: """
        规则要求的 webhook 以 HTTP POST 发出，并带有 Idempotency-Key。邮件和短信在配置发送方式之前一直排队；\
        rounds-admin outbox 可查看排队和发送失败的消息。
        """),
  ]
) { invocation in
  let console = invocation.console
  let settings = try ServeSettings(invocation)
  let folder = try HubFolder(serving: settings.data)
  let daemon = Daemon(settings, folder, console)
  let isJSON = invocation.isJSON
  // The one task of the process besides those of its requests; the main thread is lent to signals.
  Task {
    var code = ExitCode.done
    do {
      try await daemon.run()
    } catch {
      let failure =
        (error as? CommandFailure) ?? Failures.explain(error)
        ?? CommandFailure(.fault, Phrase(verbatim: "\(error)"))
      code = failure.exitCode
      console.errors.write(
        isJSON
          ? failure.json(language: console.language).text() + "\n"
          : failure.text(program: roundsdTable.program, language: console.language))
    }
    console.flush()
    exit(code.rawValue)
  }
  dispatchMain()
}

/// What `serve` was told, checked.
struct ServeSettings: Sendable {
  var data: String
  var host = "127.0.0.1"
  var port: UInt16 = 7440
  /// Paths of certificate and key.
  var tls: (certificate: String, key: String)?
  /// A proxy does TLS, and all requests come from its address.
  var isBehindProxy = false
  var waysOut = WaysOut()
  /// Where backups go that are asked for over the network.
  var backups: String?
  var log = LogLine.Format.text
  var isJSON: Bool

  init(_ invocation: Invocation) throws {
    data = try invocation.required("data")
    isJSON = invocation.isJSON
    if let typed = invocation.option("listen") { try listen(typed) }
    log = invocation.option("log").flatMap { LogLine.Format(rawValue: $0) } ?? .text
    switch (invocation.option("tls-cert"), invocation.option("tls-key")) {
    case (let certificate?, let key?): tls = (certificate, key)
    case (nil, nil): break
    default:
      throw CommandFailure.usage(
        Phrase(
          en: "--tls-cert and --tls-key belong together.", zh: "--tls-cert 与 --tls-key 必须同时给出。"))
    }
    isBehindProxy = invocation.flag("behind-proxy")
    try readWaysOut(invocation)
    backups = invocation.option("backups")
    if let backups { try ServeSettings.requireFolder(backups) }
    if tls == nil && !isLoopback && !isBehindProxy {
      throw CommandFailure.usage(
        Phrase(
          en: "Without TLS the hub listens on this machine only, and \(host) is more than that.",
          zh: "没有 TLS 时只能监听本机地址，\(host) 超出了本机。"),
        hint: Phrase(
          en: "Give --tls-cert and --tls-key, or --behind-proxy if a proxy does TLS.",
          zh: "请给出 --tls-cert 与 --tls-key；若由代理负责 TLS，请加 --behind-proxy。"))
    }
  }

  private static func requireFolder(_ folder: String) throws {
    guard access(folder, W_OK | X_OK) != 0 else { return }
    throw CommandFailure.usage(
      Phrase(en: "\(folder) is no folder to write to.", zh: "\(folder) 不是可写入的文件夹。"))
  }

  private mutating func readWaysOut(_ invocation: Invocation) throws {
    waysOut.folder = invocation.option("outbox")
    waysOut.mailProgram = invocation.option("mail-program")
    if let folder = waysOut.folder { try ServeSettings.requireFolder(folder) }
    if let program = waysOut.mailProgram, access(program, X_OK) != 0 {
      throw CommandFailure.usage(
        Phrase(en: "\(program) is no program to run.", zh: "\(program) 不是可运行的程序。"))
    }
    waysOut.webhookKey = try invocation.option("webhook-key").map {
      try ServeSettings.secret(in: $0)
    }
    guard let sender = invocation.option("mail-from") else { return }
    guard let address = MailText.address(sender) else {
      throw CommandFailure.usage(
        Phrase(en: "\(sender) is no mail address.", zh: "\(sender) 不是邮件地址。"))
    }
    waysOut.sender = address
  }

  private static func secret(in path: String) throws -> [UInt8] {
    let missing = CommandFailure.usage(
      Phrase(en: "There is no key in \(path) .", zh: "\(path) 中没有密钥。"))
    do throws(PrivateFile.SecretFailure) {
      let key = try PrivateFile.readSecret(path)
      if key.isEmpty { throw PrivateFile.SecretFailure.unreadable(path: path) }
      return key
    } catch {
      guard case .exposed = error else { throw missing }
      throw CommandFailure.usage(
        Phrase(en: "Others can read \(path) : that is no key.", zh: "其他人可以读取 \(path) ，不能作为密钥。"),
        hint: Phrase(
          en: "Make a new key there, and: chmod 600 \(path)", zh: "请更换密钥并执行：chmod 600 \(path)"))
    }
  }

  private mutating func listen(_ typed: String) throws {
    let colon = typed.lastIndex(of: ":")
    let name = colon.map { String(typed[..<$0]) } ?? ""
    guard let colon, let port = UInt16(typed[typed.index(after: colon)...]), !name.isEmpty else {
      throw CommandFailure.usage(
        Phrase(en: "\(typed) is no HOST:PORT.", zh: "\(typed) 不是 HOST:PORT 的形式。"),
        hint: Phrase(
          en: "Write 127.0.0.1:7440 or [::1]:7440 .", zh: "写法如 127.0.0.1:7440 或 [::1]:7440 。"))
    }
    let isBracketed = name.hasPrefix("[") && name.hasSuffix("]")
    host = isBracketed ? String(name.dropFirst().dropLast()) : name
    self.port = port
  }

  private var isLoopback: Bool {
    host == "localhost" || host == "::1" || PeerAddress(host: host, port: port).isLoopback
  }

  /// The address that a program on the same machine, or the world, calls.
  func url(port: UInt16) -> String {
    let name = host.contains(":") ? "[\(host)]" : host
    return "\(tls == nil ? "http" : "https")://\(name):\(port)"
  }
}
