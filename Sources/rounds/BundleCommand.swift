// `rounds bundle write`, `read` and `list`: a sync without a network, in files that anybody may carry.
//
// A bundle is the very sync that would go over the network, boxed for the hub and signed by this
// laptop. It may be lost, brought twice or by several people: edits stay here until verdicts come,
// and count once. Of a colleague's bundle nothing can be read here; it is carried to the hub.

import CommandKit
import Notation
import Replica
import SyncCore

func bundleCommands(_ outside: Outside) -> [Command] {
  [writeBundle(outside), readBundle(outside), listBundles(outside)]
}

private let file = Command.Argument(
  "FILE", help: Phrase(en: "The bundle", zh: "数据包文件"), values: .file)

private func writeBundle(_ outside: Outside) -> Command {
  Command(
    ["bundle", "write"], group: Group.sync,
    summary: Phrase(
      en: "Pack what waits into a file to be carried to the hub", zh: "把待上传内容打包成文件，由人带给服务器"),
    arguments: [file],
    options: [Command.Option("force", help: Phrase(en: "Replace FILE", zh: "覆盖已有文件"))],
    examples: [
      Command.Example(
        "rounds bundle write /media/stick/ann.bundle",
        Phrase(en: "A colleague reads it, and syncs", zh: "同事读取后同步即可送达"))
    ],
    notes: [
      Phrase(
        en: """
          Only the hub can read it. Give it to a colleague (rounds bundle read) or to an admin \
          (rounds-admin bundle take), and take the answer in with rounds bundle read. A bundle that \
          is lost costs nothing: write another.
          """,
        zh: """
          只有服务器能读取。可交给同事（rounds bundle read）或管理员（rounds-admin bundle take），\
          取回答复后用 rounds bundle read 读入。丢失也没有关系，重新打包即可。
          """)
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let path = invocation.argument("FILE")
    let packed = try replica.store.writeBundle(at: replica.now)
    do throws(PrivateFile.Failure) {
      try PrivateFile.write(packed.file, to: path, replacing: invocation.flag("force"))
    } catch {
      throw CommandFailure(error)
    }
    if invocation.isJSON {
      return replica.console.print(
        json: [
          "id": .string(packed.id.description), "file": .string(path),
          "edits": .integer(Int64(packed.edits)), "bytes": .integer(Int64(packed.file.count)),
          "complete": .bool(packed.isAll),
        ])
    }
    let size = ByteSize.text(Int64(packed.file.count))
    let screen = Screen(replica.console)
    screen.say(
      Phrase(
        en:
          "Packed \(packed.edits) edits into \(path) (\(size)); they wait here until an answer comes",
        zh: "已将 \(packed.edits) 项打包到 \(path) （\(size)）；收到答复前仍保留在本机"))
    if !packed.isAll {
      screen.say(
        Phrase(
          en: "More waits than a bundle holds: write another when this one is answered",
          zh: "一个数据包装不下：收到答复后请再打包一次"))
    }
  }
}

private func readBundle(_ outside: Outside) -> Command {
  Command(
    ["bundle", "read"], group: Group.sync,
    summary: Phrase(en: "Take an answer in, or a colleague's bundle along", zh: "读入答复，或代同事携带数据包"),
    arguments: [file],
    examples: [
      Command.Example(
        "rounds bundle read /media/stick/ann.answer",
        Phrase(en: "The hub's answer to a bundle of yours", zh: "服务器对您的数据包的答复")),
      Command.Example(
        "rounds bundle read /media/stick/ann.bundle",
        Phrase(en: "Ann's bundle goes up with your next sync", zh: "下次同步时一并送达")),
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let file = try invocation.console.readFile(invocation.argument("FILE"))
    let found = try replica.store.check(bundle: file)
    switch found.kind {
    case .answer: try takeAnswer(file, id: found.body.id, replica, invocation)
    case .request:
      let item = try Carried(replica.folder).keep(file, found.body)
      BundleScreen(replica.console).carries(item, asJSON: invocation.isJSON)
    }
  }
}

private func takeAnswer(
  _ file: [UInt8], id: ULID, _ replica: OpenReplica, _ invocation: Invocation
) throws {
  let lock = try replica.folder.lockForSync()
  let console = replica.console
  let reading = BundleReading(replica.store) { Moment(milliseconds: console.now()) }
  let outcome: BundleOutcome
  do {
    outcome = try reading.take(file)
  } catch ReplicaError.wiped(let revocation) {
    try replica.folder.wipe(after: revocation)
    throw ReplicaError.wiped(revocation)
  }
  let waiting = try replica.store.waitingCount()
  BundleScreen(console).took(outcome, id: id, waiting: waiting, asJSON: invocation.isJSON)
  _ = consume lock
}

private func listBundles(_ outside: Outside) -> Command {
  Command(
    ["bundle", "list"], group: Group.sync,
    summary: Phrase(en: "List own bundles, and those carried for others", zh: "列出自己的和代带的数据包"),
    isDefault: true
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let screen = BundleScreen(replica.console)
    let (own, carried) = (try replica.store.writtenBundles(), Carried(replica.folder).items())
    if invocation.isJSON { screen.printJSON(own, carried) } else { screen.list(own, carried) }
  }
}
