// What a run has in fact exercised: a history that never forks, branches or disputes proves nothing.
//
// A run over the default seeds fails where one of these is zero.

import Storage
import SyncCore
import Wire

public struct Coverage: Sendable {
  public enum Mark: String, CaseIterable, Sendable {
    case openConflict, settledConflict, threeSiblings, deleteEditDispute, revivedRoot, reopenedCase
    case duplicate, alias, void, draft, atomicRefusal, undisturbed, departure
    case multiPage, pageThenEdit, sweep, lateRequest, lateAnswer
    case fork, gap, branch, clone, laptopRestore, hubRestore, laptopCrash, hubCrash, diskFull
    case clockJump, clampedStamp, reminderActive, reminderWithdrawn, retriedDraft, keptBranch
    case importedMany, movedChild
    case handedOver, userMoved, teamMoved, parked, scopeDeparture
    case releasedToPool, claimGranted, claimRefused
    case policyChanged, hiddenField, lie, forgedClock, strangersLie
    case narrowed
    case hibernated, rulesChanged
    case laptopUpdated, hubUpdated, unknownToHub
    case parkedAccepted, parkedDiscarded, decisionTold
  }

  public private(set) var counts: [Mark: Int] = [:]
  private var closedCases: Set<String> = []

  public init() {}

  public subscript(mark: Mark) -> Int { counts[mark, default: 0] }

  /// What nothing in the run has reached.
  public var missing: [Mark] { Mark.allCases.filter { self[$0] == 0 } }

  public mutating func note(_ mark: Mark, _ count: Int = 1) {
    if count > 0 { counts[mark, default: 0] += count }
  }

  public mutating func add(_ other: Coverage) {
    for mark in Mark.allCases { note(mark, other[mark]) }
  }

  mutating func note(_ response: SyncResponse) {
    switch response.detour {
    case .forked: note(.fork)
    case .gap: note(.gap)
    case .branched: note(.branch)
    default: break
    }
    note(.duplicate, response.receipts.filter(\.isDuplicate).count)
    let reasons = response.receipts.flatMap { $0.refusals.map(\.reason) }
    note(.unknownToHub, reasons.count { $0 == .unknownField })
    note(.decisionTold, response.decisions.count)
    note(.undisturbed, response.undisturbed.count)
    note(.departure, response.departed.count)
    if !response.page.isEmpty { note(.multiPage) }
    if response.isSweep && response.isComplete { note(.sweep) }
  }

  /// Cases of the ledger that had been closed and are open again.
  mutating func noteLedger(of hub: HubNode) throws {
    try hub.store.db.each("SELECT conflict, closed_at IS NULL FROM ledger") { row in
      let conflict = row.text(0)
      if !row.bool(1) {
        closedCases.insert(conflict)
      } else if closedCases.remove(conflict) != nil {
        counts[.reopenedCase, default: 0] += 1
      }
    }
  }

  /// What can be counted when a history is over.
  mutating func noteEnd(of hub: HubNode) throws {
    let queries: [(Mark, String)] = [
      (.openConflict, "SELECT count(*) FROM conflict WHERE status = 'open'"),
      (.settledConflict, "SELECT count(*) FROM conflict WHERE status = 'settled'"),
      (.deleteEditDispute, "SELECT count(*) FROM conflict WHERE field = 'lifecycle'"),
      (
        .threeSiblings,
        #"SELECT count(*) FROM conflict WHERE json_array_length("values") > 2"#
      ),
      (
        .revivedRoot,
        """
        SELECT count(*) FROM ledger l WHERE l.field = 1 AND NOT EXISTS
          (SELECT 1 FROM history h WHERE h.record = l.record AND h.position = l.since)
        """
      ),
      (
        .alias,
        "SELECT count(*) FROM log l JOIN edits e ON e.id = l.edit WHERE l.replica <> e.replica"
      ),
      (.clampedStamp, "SELECT count(*) FROM history WHERE skew > 3600000"),
      (.void, "SELECT count(*) FROM edits WHERE position IS NULL"),
      (.reminderActive, "SELECT count(*) FROM reminder WHERE status = 'active'"),
      (.parked, "SELECT count(*) FROM parked"),
      (.scopeDeparture, "SELECT count(*) FROM feed WHERE is_gone = 1"),
      (.reminderWithdrawn, "SELECT count(*) FROM reminder WHERE status = 'withdrawn'"),
    ]
    for (mark, sql) in queries { note(mark, try hub.store.db.count(sql)) }
  }
}
