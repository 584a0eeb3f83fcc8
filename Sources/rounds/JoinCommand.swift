// `rounds join`: enrols this laptop with a one-time code, and downloads what it may hold.
//
// The answer to a join may be lost on the way. The request has an identity that is remembered on the
// disk until the laptop is enrolled, so the same command typed again gets the same answer, and the
// code is not used up for nothing.

import CommandKit
import Digest
import FollowUp
import HubClient
import Notation
import Replica
import Storage
import SyncCore
import Wire

func joinCommand(_ outside: Outside) -> Command {
  Command(
    ["join"], group: Group.sync,
    summary: Phrase(en: "Enrol this laptop and download its records", zh: "将本机加入服务器并下载数据"),
    arguments: [
      Command.Argument("URL", help: Phrase(en: "The address of the hub", zh: "服务器地址"))
    ],
    options: [
      Command.Option(
        "code", "CODE", help: Phrase(en: "The one-time code from an admin", zh: "管理员给的一次性邀请码")),
      Command.Option(
        "device", "NAME", help: Phrase(en: "What to call this laptop", zh: "本机的名称")),
      Command.Option(
        "encrypted", help: Phrase(en: "Encrypt the replica on the disk", zh: "加密保存在磁盘上的数据副本")),
    ],
    examples: [
      Command.Example(
        "rounds join https://hub.example.com --code 7Q2K9M4TX1RB",
        Phrase(en: "Join with a code", zh: "用邀请码加入"))
    ],
    notes: [
      Phrase(
        en: "If the connection breaks, type the same command again: the code is not lost.",
        zh: "如果连接中断，重新输入同一条命令即可，邀请码不会作废。"),
      Phrase(
        en: """
          --encrypted takes the key from ROUNDS_KEY_FILE or ROUNDS_KEY (64 hexadecimal digits), or \
          makes it of a passphrase, from ROUNDS_PASSPHRASE_FILE or the terminal. Every later \
          command asks for the same. Without it nobody can read the replica again.
          """,
        zh: """
          --encrypted 的密钥来自 ROUNDS_KEY_FILE 或 ROUNDS_KEY（64 位十六进制数字），\
          或由口令生成（ROUNDS_PASSPHRASE_FILE 或在终端输入）。之后每条命令都需要同一密钥；\
          丢失后任何人都无法再读取该副本。
          """),
    ]
  ) { try Join(invocation: $0, outside: outside).run() }
}

private struct Join {
  let invocation: Invocation
  let outside: Outside

  private var console: Console { invocation.console }

  func run() throws {
    let code = try invocation.requiredOption("code")
    let folder = try ReplicaFolder(environment: console.environment)
    guard let address = HubAddress(invocation.argument("URL")) else {
      throw RepError.badAddress(invocation.argument("URL"))
    }
    if address.isOpenToEavesdroppers {
      console.remark(
        Phrase(
          en: "Anybody on the way to \(address.text) can read along; use https.",
          zh: "通往 \(address.text) 的途中，任何人都能看到内容；请使用 https。"))
    }
    let key = try ReplicaFolder.privately { try enrol(folder, address, code: code) }
    let replica = try OpenReplica(folder, console, outside, key: key)
    if !invocation.isJSON {
      console.print(
        Phrase(
          en:
            "Joined \(replica.state.workspace) as \(replica.state.user) on \(replica.state.device)",
          zh: "已加入 \(replica.state.workspace) ，用户 \(replica.state.user) ，设备 \(replica.state.device)"
        ).text(console.language))
      console.flush()
    }
    try download(replica)
  }

  /// - Returns: the key of the database; nil: it is not encrypted.
  private func enrol(
    _ folder: ReplicaFolder, _ address: HubAddress, code: String
  ) throws -> StorageKey? {
    // A wipe that a crash cut short is finished first.
    _ = try folder.revocation()
    let key = try prepare(folder)
    var random = outside.random()
    let fresh = ULID(moment: Moment(milliseconds: console.now()), using: &random)
    let device = invocation.option("device") ?? outside.deviceName()
    let pair = KeyPair.make(using: &random)
    let request = JoinRequest(
      code: code, device: device, request: try folder.joinRequest(for: code, or: fresh),
      key: pair.publicKey.bytes)
    let line = outside.line(
      HubCall(address: address, authoritiesPath: console.environment["ROUNDS_CA"]))
    let welcome: JoinResponse
    let answer = try line.join(request.encoded())
    do {
      welcome = try JoinResponse(decoding: answer)
    } catch {
      throw ReplicaError.protocolViolation("the answer cannot be read: \(error)")
    }
    folder.forgetRevocation()
    try store(folder, key).enrol(
      welcome, url: address.text, device: device, rules: RuleBook.shippedText, key: pair)
    folder.forgetJoinRequest()
    return key
  }

  /// Leaves a folder that holds nobody's replica, and says the key that the new one gets.
  private func prepare(_ folder: ReplicaFolder) throws -> StorageKey? {
    let finder = KeyFinder(folder, console, outside)
    let isEncrypted = invocation.flag("encrypted")
    if folder.hasDatabase {
      let key = try finder.keyOfDatabase()
      if let state = try store(folder, key).stateIfJoined() {
        throw ReplicaError.alreadyJoined(path: folder.path, workspace: state.workspace)
      }
      if (key != nil) == isEncrypted { return key }
      // An earlier try began it the other way, and nobody was enrolled in it.
    }
    try folder.make()
    folder.removeDatabase()
    return try finder.keyOfNewDatabase(isEncrypted: isEncrypted)
  }

  private func store(_ folder: ReplicaFolder, _ key: StorageKey?) throws -> ReplicaStore {
    try ReplicaStore(
      Connection(path: folder.databasePath, key: key), schema: .followUp,
      random: outside.random())
  }

  private func download(_ replica: OpenReplica) throws {
    let lock = try replica.folder.lockForSync()
    let work = SyncWork(replica: replica)
    let report: SyncReport
    do {
      report = try work.run()
    } catch RepError.offline(_, let why, _) {
      throw RepError.joinedOffline(why)
    }
    guard invocation.isJSON else { return try work.printReport(report, asJSON: false) }
    console.print(
      json: [
        "user": .string(replica.state.user), "device": .string(replica.state.device),
        "workspace": .string(replica.state.workspace),
        "replica": .integer(Int64(replica.state.id.rawValue)), "url": .string(replica.state.url),
        "sync": try work.document(report),
      ])
    _ = consume lock
  }
}
