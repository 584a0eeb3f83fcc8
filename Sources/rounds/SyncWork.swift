// One sync as the commands do it: with progress on the way, and its document at the end.
//
// Deciding is `SyncSession`'s and doing is `SyncRun`'s; here is only what people and scripts see of
// it. A hub that cannot be reached is told as what it is on the road: everything is saved here.

import CommandKit
import HubClient
import Notation
import Replica
import SyncCore
import Wire

struct SyncWork {
  let replica: OpenReplica

  /// Syncs until this laptop is up to date.
  ///
  /// - Throws: `RepError.offline` where the hub cannot be reached; what arrived until then is kept.
  func run() throws -> SyncReport {
    do {
      let line = try replica.line()
      let report = try exchange(over: line)
      try Carrier(replica: replica, line: line).deliver()
      return report
    } catch ReplicaError.wiped(let revocation) {
      try replica.folder.wipe(after: revocation)
      throw ReplicaError.wiped(revocation)
    }
  }

  private func exchange(over line: any HubLine) throws -> SyncReport {
    let console = replica.console
    let run = SyncRun(replica.store) { Moment(milliseconds: console.now()) }
    var progress = DownloadProgress(console)
    run.onProgress = { progress.update($0) }
    defer { progress.finish() }
    var cuts = 0
    while true {
      let answers = run.answers
      do {
        return try run.run(over: line)
      } catch let error as HubLinkError where error.isAbsence {
        // A line that breaks now and then still carries something: smaller pieces, at once.
        cuts = run.answers > answers ? 1 : cuts + 1
        guard line.wasCut, cuts <= SyncWork.cutsMax else {
          throw RepError.offline(
            waiting: try replica.store.waitingCount(), why: error,
            retryAfterSeconds: line.retryAfterSeconds)
        }
        run.takeSmallerPieces()
      }
    }
  }

  /// How often in a row a line may break without carrying anything.
  private static let cutsMax = 4

  /// The document of `rounds sync --json`.
  func document(_ report: SyncReport) throws -> JSONValue {
    let conflicts = try replica.store.openConflictCount(touching: replica.state.user)
    var document: JSONValue = [
      "pushed": [
        "accepted": count(report.accepted), "duplicate": count(report.duplicate),
        "refused": count(report.refused), "parked": count(report.parked),
      ],
      "pulled": ["records": count(report.records), "departed": count(report.departed)],
      "conflicts": count(conflicts), "roundTrips": count(report.roundTrips),
      "bytesUp": count(report.bytesUp), "bytesDown": count(report.bytesDown),
      "position": .integer(Int64(clamping: report.position.rawValue)),
      "fingerprint": .string(report.fingerprint.hexadecimal), "upToDate": .bool(report.isUpToDate),
    ]
    if report.takenOver + report.turnedDown > 0 {
      document["decided"] = [
        "takenOver": count(report.takenOver), "turnedDown": count(report.turnedDown),
      ]
    }
    return document
  }

  func printReport(_ report: SyncReport, asJSON: Bool) throws {
    let console = replica.console
    if asJSON { return console.print(json: try document(report)) }
    let screen = Screen(console)
    let sent = report.accepted + report.duplicate
    let bytes = (
      up: ByteSize.text(Int64(report.bytesUp)), down: ByteSize.text(Int64(report.bytesDown))
    )
    screen.say(
      Phrase(
        en:
          "In sync: \(sent) sent, \(report.records) received (\(bytes.up) up, \(bytes.down) down)",
        zh: "已同步：上传 \(sent) 项，接收 \(report.records) 条（上行 \(bytes.up)，下行 \(bytes.down)）"))
    if report.departed > 0 {
      screen.say(
        Phrase(
          en: "Records that left this laptop: \(report.departed)",
          zh: "已离开本机的记录：\(report.departed) 条"))
    }
    try printConcerns(report)
  }

  /// What somebody has to look at, with the command that shows it.
  private func printConcerns(_ report: SyncReport) throws {
    let screen = Screen(replica.console)
    let conflicts = try replica.store.openConflictCount(touching: replica.state.user)
    if report.refused + report.parked > 0 {
      screen.say(
        Phrase(
          en:
            "\(report.refused + report.parked) of your values were not accepted: rounds attention",
          zh: "有 \(report.refused + report.parked) 个值未被接受：rounds attention"))
    }
    if report.takenOver > 0 {
      screen.say(
        Phrase(
          en: "Values of yours that waited at the hub and were accepted now: \(report.takenOver)",
          zh: "您在服务器上待处理的值已被接收：\(report.takenOver) 个"))
    }
    if report.turnedDown > 0 {
      screen.say(
        Phrase(
          en:
            "Values of yours that waited at the hub and were discarded: \(report.turnedDown) (rounds attention)",
          zh: "您在服务器上待处理的值被放弃：\(report.turnedDown) 个（rounds attention）"))
    }
    if conflicts > 0 {
      screen.say(
        Phrase(
          en: "Open conflicts that touch your edits: \(conflicts) (rounds conflicts)",
          zh: "有 \(conflicts) 个未决冲突涉及您的修改：rounds conflicts"))
    }
  }

  private func count(_ number: Int) -> JSONValue { .integer(Int64(number)) }
}

/// A line on stderr that counts records as they arrive. How many there will be, nobody knows yet.
struct DownloadProgress {
  private static let redrawMilliseconds: Int64 = 100
  private static let barColumns = 20
  private let console: Console
  private let isShown: Bool
  private var drawnAt: Int64?

  init(_ console: Console) {
    self.console = console
    isShown = console.errorsIsTerminal && !console.isQuiet
  }

  mutating func update(_ records: Int) {
    let now = console.now()
    if let drawnAt, now - drawnAt < DownloadProgress.redrawMilliseconds { return }
    guard isShown else { return }
    drawnAt = now
    // The bar fills once in ten thousand records and begins anew: it shows that things move.
    let bar = Bar.text(
      Double(records % 10_000), of: 10_000, columns: DownloadProgress.barColumns)
    let text = Phrase(en: "Downloading \(bar) \(records)", zh: "正在下载 \(bar) \(records) 条")
    console.errors.write("\r\(text.text(console.language))\u{1B}[K")
  }

  mutating func finish() {
    guard isShown, drawnAt != nil else { return }
    drawnAt = nil
    console.errors.write("\r\u{1B}[K")
  }
}
