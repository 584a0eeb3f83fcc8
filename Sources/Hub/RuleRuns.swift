// What rules did, one row for each effect: so that none happens twice.
//
// A row that says `failed` is tried again, alone, later and later; after the last try it stays, for an
// administrator to see.

import FollowUp
import Storage
import SyncCore

struct RuleRuns {
  enum State: String {
    case done, failed
    /// It was not to be done: an open task of the kind, a customer who wants no messages.
    case skipped
    /// Its reason is gone, and so is what it gave.
    case takenBack
  }

  struct Trace {
    var state: State
    var tries: Int
    var at: Moment

    /// When a failed one is tried again: after a minute, and four times as long each time.
    var nextTry: Moment? {
      guard state == .failed, tries < RuleRuns.triesMax else { return nil }
      return at.advanced(milliseconds: 60_000 << Int64(2 * min(tries, RuleRuns.triesMax) - 2))
    }
  }

  static let triesMax = 8

  let store: HubStore

  func traces(of root: RecordID) throws -> [RecordID: Trace] {
    let rows = try store.db.all(
      "SELECT id, state, tries, at FROM runs WHERE root = ?", .id(root)
    ) {
      (
        try $0.id(0),
        Trace(state: State(rawValue: $0.text(1)) ?? .done, tries: $0.int(2), at: $0.moment(3))
      )
    }
    return Dictionary(uniqueKeysWithValues: rows)
  }

  /// Whether something for the customer waits to be tried again.
  func hasFailed(_ root: RecordID) throws -> Bool {
    try traces(of: root).values.contains { $0.nextTry != nil }
  }

  func note(
    _ effect: Effect, id: RecordID, run: RecordID, _ state: State, _ detail: String, at now: Moment
  ) throws {
    try store.db.run(
      """
      INSERT INTO runs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1, ?11, ?12, ?13)
      ON CONFLICT (id) DO UPDATE SET
        state = ?10, tries = tries + 1, at = ?11, position = ?12, detail = ?13, version = ?4
      """, .id(id), .id(run), .text(effect.rule.id), .count(effect.rule.version),
      .id(effect.root), .id(effect.subject.id), .moment(effect.anchor), .text(effect.action.name),
      .moment(effect.dueAt), .text(state.rawValue), .moment(now), .position(store.head),
      .text(detail))
    try store.db.run(
      "UPDATE rules SET fired_at = ? WHERE id = ?", .moment(now), .text(effect.rule.id))
  }
}
