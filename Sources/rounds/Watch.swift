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

  /// What became of the hub.
  private enum Contact: Equatable {
    case made
    /// Nobody answered, or somebody who said when to come again.
    case missed(retryAfterSeconds: Int?)
  }

  func run() throws {
    try interruption.listen()
    var random = replica.outside.random()
    var failures = 0
    var syncedAt: Int64?
    var hasNews = true
    while !interruption.isRequested {
      let now = replica.console.now()
      let isStale = syncedAt.map { now - $0 >= Watch.syncIntervalMilliseconds } ?? true
      var contact = Contact.made
      if try hasNews || isStale || replica.store.waitingCount() > 0 {
        contact = try sync()
        if contact == .made { syncedAt = now }
      }
      try notifier?.call()
      replica.console.flush()
      guard !interruption.isRequested else { break }
      if contact == .made { (hasNews, contact) = try waitForNews() }
      guard case .missed(let seconds) = contact else {
        failures = 0
        continue
      }
      failures += 1
      hasNews = true
      interruption.pause(
        milliseconds: Watch.pause(failures, retryAfterSeconds: seconds, using: &random))
    }
  }

  /// Whether the hub could be reached.
  private func sync() throws -> Contact {
    let work = SyncWork(replica: replica)
    do {
      let report = try work.run()
      let hasMoved = report.accepted + report.duplicate + report.records + report.departed > 0
      if hasMoved || isJSON { try work.printReport(report, asJSON: isJSON) }
      return .made
    } catch RepError.offline(let waiting, let why, let seconds) {
      replica.console.remark(
        why.words
          + Phrase(
            en: " Everything is saved here; \(waiting) waiting to go up.",
            zh: "所有内容都已保存在本机；\(waiting) 项等待上传。"))
      return .missed(retryAfterSeconds: seconds)
    }
  }

  private func waitForNews() throws -> (hasNews: Bool, Contact) {
    let state = try replica.store.state()
    var patience = HTTPHubLink.Patience()
    patience.waitSeconds = Watch.waitSeconds
    let line = try replica.line(patience: patience)
    do {
      let news = try interruption.whileIdle { () throws(HubLinkError) in
        try line.wait(cursor: state.cursor, epoch: state.epoch)
      }
      return (news == .arrived, .made)
    } catch {
      guard error.isAbsence else { throw error }
      // A sync may go well where a wait does not: a hub whose seats are all taken. Without a pause
      // the two would take turns as fast as they can.
      return (true, .missed(retryAfterSeconds: line.retryAfterSeconds))
    }
  }

  /// How long to stay away: as long as the hub said, and up to half of it more, but never less than
  /// after as many failures anyway.
  static func pause(
    _ failures: Int, retryAfterSeconds: Int?, using random: inout some RandomNumberGenerator
  ) -> Int64 {
    let backOff = backOff(failures, using: &random)
    guard let seconds = retryAfterSeconds else { return backOff }
    let asked = Int64(seconds) * 1000
    return max(backOff, asked + Int64.random(in: 0...asked / 2, using: &random))
  }

  /// Twice as long with each failure, half of it drawn.
  static func backOff(_ failures: Int, using random: inout some RandomNumberGenerator) -> Int64 {
    let doubled = backOffMillisecondsMin << Int64(min(failures - 1, 10))
    let longest = min(doubled, backOffMillisecondsMax)
    return longest / 2 + Int64.random(in: 0...longest / 2, using: &random)
  }
}
