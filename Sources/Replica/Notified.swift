// Which reminders have called on this laptop: each calls once, whatever happens after (I6).
//
// The mark is on the disk before the call is made. A crash in between loses the call and keeps the
// reminder on the list; the other order would call twice.

import Storage
import SyncCore

extension ReplicaStore {
  /// Whether the reminder has not called yet; from here on it has.
  public func claimCall(of reminder: RecordID, at now: Moment) throws -> Bool {
    try transaction {
      try noteCalled(reminder, at: now)
      return db.changes == 1
    }
  }

  /// The reminder has called, or need not any more.
  func noteCalled(_ reminder: RecordID, at now: Moment) throws {
    try db.run("INSERT OR IGNORE INTO notified VALUES (?, ?)", .id(reminder), .moment(now))
  }

  /// Whether the reminder has called.
  public func hasCalled(_ reminder: RecordID) throws -> Bool {
    try db.first("SELECT 1 FROM notified WHERE reminder = ?", .id(reminder)) { _ in true } ?? false
  }
}
