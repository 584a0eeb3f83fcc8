// `rounds sync --watch`: sync, call for what is due, wait for news or for time to pass; again.
//
// Nothing is remembered between rounds but what is on the disk, so it may be ended at any moment.
// The hub answers a wait when there is news; we hang up before that now and then, to see what other
// commands have written here and what has fallen due. Without a hub it backs off, with jitter, so
// that a thousand laptops do not knock at once when the office network is back.

import CommandKit
import HubClient
import Replica
import SyncCore
import Wire

struct Watch {
  /// How long one wait for news may last: also the longest that a due reminder is late.
  static let waitSeconds = 20.0
  /// A sync at least this often, for the clock's sake.
  static let syncIntervalMilliseconds: Int64 = 5 * 60_000
  static let backOffMillisecondsMin: Int64 = 1_000
  static let backOffMillisecondsMax: Int64 = 60_000

  let replica: OpenReplica
  let notifier: Notifier?
  let isJSON: Bool

  private var interruption: Interruption { replica.outside.interruption }

  func run() throws {
    try interruption.listen()
    var random = replica.outside.random()
    var failures = 0
    var syncedAt: Int64?
    var hasNews = true
    while !interruption.isRequested {
      let now = replica.console.now()
      let isStale = syncedAt.map { now - $0 >= Watch.syncIntervalMilliseconds } ?? true
      if try hasNews || isStale || replica.store.waitingCount() > 0 {
        failures = try sync() ? 0 : failures + 1
        if failures == 0 { syncedAt = now }
      }
      try notifier?.call()
      replica.console.flush()
      guard !interruption.isRequested else { break }
      if failures > 0 {
        interruption.pause(milliseconds: Watch.backOff(failures, using: &random))
        hasNews = true
      } else {
        hasNews = try waitForNews()
      }
    }
  }

  /// Whether the hub could be reached.
  private func sync() throws -> Bool {
    let work = SyncWork(replica: replica)
    do {
      let report = try work.run()
      let hasMoved = report.accepted + report.duplicate + report.records + report.departed > 0
      if hasMoved || isJSON { try work.printReport(report, asJSON: isJSON) }
      return true
    } catch RepError.offline(let waiting, let reason) {
      replica.console.remark(
        Phrase(
          en: "Offline: \(reason). Everything is saved here; \(waiting) waiting to go up.",
          zh: "离线：\(reason)。所有内容都已保存在本机；\(waiting) 项等待上传。"))
      return false
    }
  }

  private func waitForNews() throws -> Bool {
    let state = try replica.store.state()
    var patience = HTTPHubLink.Patience()
    patience.waitSeconds = Watch.waitSeconds
    let line = try replica.line(patience: patience)
    do {
      let news = try interruption.whileIdle { () throws(HubLinkError) in
        try line.wait(cursor: state.cursor, epoch: state.epoch)
      }
      return news == .arrived
    } catch .unreachable {
      // The sync that follows finds out, and backs off.
      return true
    }
  }

  /// Twice as long with each failure, half of it drawn.
  static func backOff(_ failures: Int, using random: inout some RandomNumberGenerator) -> Int64 {
    let doubled = backOffMillisecondsMin << Int64(min(failures - 1, 10))
    let longest = min(doubled, backOffMillisecondsMax)
    return longest / 2 + Int64.random(in: 0...longest / 2, using: &random)
  }
}
