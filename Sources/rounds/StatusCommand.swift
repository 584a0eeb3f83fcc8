// `rounds status`: what is saved here, what waits to go up, and what needs attention.
//
// Works offline, always exits 0 where there is a replica: being offline is well.

import CommandKit
import Notation
import Replica
import SyncCore

func statusCommand(_ outside: Outside) -> Command {
  Command(
    ["status"], group: Group.sync,
    summary: Phrase(en: "Show what is saved here and what is waiting", zh: "显示已保存和待上传的内容"),
    options: [
      Command.Option(
        "clear",
        help: Phrase(
          en: "Do not tell any more of what happened until now", zh: "不再显示此前发生的事件"))
    ],
    examples: [
      Command.Example(
        "rounds status --clear",
        Phrase(en: "An admin has explained what it told of", zh: "管理员已说明所提示的情况"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    if invocation.flag("clear") { try replica.store.clearIncidents() }
    let status = try Status(replica)
    if invocation.isJSON {
      replica.console.print(json: status.json)
    } else {
      status.printLines()
    }
  }
}

private struct Status {
  let replica: OpenReplica
  let waiting: Int
  let attention: Int
  let conflicts: Int
  let records: [(collection: String, count: Int)]
  /// What there is to explain: doubts until they are cleared, all else for a while.
  let incidents: [Incident]

  init(_ replica: OpenReplica) throws {
    self.replica = replica
    let store = replica.store
    waiting = try store.waitingCount()
    attention = try store.drafts().count
    conflicts = try store.openConflictCount(touching: replica.state.user)
    let since = replica.now.milliseconds - IncidentWords.toldMilliseconds
    incidents = try store.incidents().filter { $0.isDoubt || $0.at.milliseconds > since }
    records = try store.schema.collections.map { collection in
      (collection.name, try store.recordCount(of: collection))
    }
  }

  var json: JSONValue {
    let state = replica.state
    let counts = records.map { ($0.collection, JSONValue.integer(Int64($0.count))) }
    var document: JSONValue = [
      "user": .string(state.user), "device": .string(state.device),
      "workspace": .string(state.workspace), "replica": .integer(Int64(state.id.rawValue)),
      "waiting": .integer(Int64(waiting)),
      "lastSync": state.syncedAt.map {
        .string(ISO8601.string(milliseconds: $0.milliseconds, in: replica.zone))
      } ?? .null,
      "position": .integer(Int64(clamping: state.cursor.rawValue)),
      "attention": .integer(Int64(attention)), "conflicts": .integer(Int64(conflicts)),
      "clockOffsetMilliseconds": .integer(state.clockOffsetMilliseconds),
      "records": .object(Dictionary(counts, uniquingKeysWith: { first, _ in first })),
      "url": .string(state.url), "scope": .string(Keeping(state.narrowing).words),
    ]
    document["encrypted"] = .bool(replica.key != nil)
    document["departed"] = .integer(Int64(state.departedCount))
    document["incidents"] = .array(incidents.map { IncidentWords.json($0, in: replica.zone) })
    return document
  }

  func printLines() {
    let console = replica.console
    let state = replica.state
    let held = records.filter { $0.count > 0 }.map { "\($0.count) \($0.collection)" }
      .joined(separator: ", ")
    let lastSync =
      state.syncedAt.map { RelativeTime.text($0.milliseconds, now: replica.today.milliseconds) }
      ?? Phrase(en: "never", zh: "从未")
    let offset = RelativeTime.length(milliseconds: state.clockOffsetMilliseconds)
    var rows: [(Phrase, Phrase)] = [
      (
        Phrase(en: "You", zh: "用户"),
        Phrase(
          en: "\(state.user) on \(state.device), workspace \(state.workspace)",
          zh: "\(state.user)，设备 \(state.device)，工作区 \(state.workspace)")
      ),
      (Phrase(en: "Hub", zh: "服务器"), Phrase(verbatim: state.url)),
      (
        Phrase(en: "Saved here", zh: "本机已保存"),
        held.isEmpty ? Phrase(en: "nothing yet", zh: "还没有内容") : Phrase(verbatim: held)
      ),
      (
        Phrase(en: "Waiting to go up", zh: "等待上传"),
        Phrase(en: "\(waiting) \(waiting == 1 ? "edit" : "edits")", zh: "\(waiting) 项")
      ),
      (Phrase(en: "Last sync", zh: "上次同步"), lastSync),
      (Phrase(en: "Scope", zh: "范围"), Keeping(state.narrowing).phrase),
      (Phrase(en: "Needs attention", zh: "需要处理"), concerns),
      (
        Phrase(en: "Clock", zh: "时钟"),
        state.clockOffsetMilliseconds.magnitude < 1000
          ? Phrase(en: "agrees with the hub", zh: "与服务器一致")
          : Phrase(
            en: "\(offset.en) \(state.clockOffsetMilliseconds > 0 ? "behind" : "ahead"), corrected",
            zh: "\(state.clockOffsetMilliseconds > 0 ? "慢" : "快") \(offset.zh)，已校正")
      ),
    ]
    if replica.key != nil {
      rows.append((Phrase(en: "On the disk", zh: "磁盘存储"), Phrase(en: "encrypted", zh: "已加密")))
    }
    Screen(console).rows(rows)
    for incident in incidents {
      let line = IncidentWords.sentence(incident, in: replica.zone).text(console.language)
      console.print(incident.isDoubt ? console.styled(line, .red) : console.styled(line, .dim))
    }
    if incidents.contains(where: \.isDoubt) {
      console.remark(
        Phrase(
          en: "When an admin has explained this: rounds status --clear",
          zh: "管理员说明情况之后：rounds status --clear"))
    }
  }

  private var concerns: Phrase {
    if attention + conflicts == 0 { return Phrase(en: "nothing", zh: "无") }
    return Phrase(
      en: "\(attention) refused (rounds attention), \(conflicts) in conflict (rounds conflicts)",
      zh: "\(attention) 项被拒绝（rounds attention），\(conflicts) 项冲突（rounds conflicts）")
  }
}
