// The last push of a laptop that was revoked, or whose user was disabled: taken in, and merged nowhere.
//
// Nothing of it is judged by rights, for its author has none any more; and nothing is lost, for what
// he wrote in good faith is parked for an administrator (I3). The log is compared as always, so a
// push that is repeated gets the same receipts (I2). No page is ever sent: not a byte about anybody's
// customers leaves for a laptop that must not have it (I8).

import Storage
import SyncCore
import Wire

struct LastPush {
  let store: HubStore
  let intake: Intake
  let now: Moment

  /// Takes one edit that stands at `dot` in its author's log, and parks all of it.
  func take(
    _ pushed: PushedEdit, dot: Dot, from author: Author
  ) throws -> Taken {
    // What cannot be read is quarantined, what is known keeps its verdict: as in any other push.
    guard let edit = try? Edit(decoding: pushed.edit), try !isKnown(edit.id) else {
      return try intake.take(pushed, dot: dot, from: author)
    }
    var records: Set<RecordID> = []
    let refusals = edit.changes.filter { records.insert($0.record).inserted }.map { change in
      Refusal(
        record: change.record, field: nil, reason: .revoked,
        text: "This laptop was revoked. What was written on it waits for an administrator.",
        isParked: true)
    }
    let receipt = Receipt(position: nil, refusals: refusals)
    try Parking(store: store, now: now).park(refusals, of: edit, dot: dot, author: author)
    try intake.record(edit.id, dot: dot, receipt)
    return Taken(edit: edit.id, receipt: receipt)
  }

  private func isKnown(_ edit: EditID) throws -> Bool {
    try store.db.first("SELECT 1 FROM edits WHERE id = ?", .blob(edit.bytes)) { _ in true } ?? false
  }
}

extension ReplicaRow {
  /// It may send what it has, and gets nothing.
  var isShutOut: Bool { status == .revoked || isDisabled }
}
