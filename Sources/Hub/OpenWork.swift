// What is under way at a customer for somebody: tasks, plans to keep in touch, sequences among them, promises and tickets.
//
// It goes the way its customer goes: closed where the customer is released, so that it is on nobody's day; back as it was
// where the release is undone; along to whoever gets the customer. A ticket is the customer's own trouble: it stays open in
// the pool, and waits for whoever claims him. What is over stays as it is, and tells who did it.
// It must never touch what somebody else was asked to do.

import FollowUp
import Storage
import SyncCore

struct OpenWork {
  /// One collection of such work, each with `assignee` and `status`.
  struct Kind {
    var schema: CollectionSchema
    /// What it is where nothing else is known.
    var beginning: String
    /// What names nobody is on the day of everybody who sees the customer, so it goes with the owner.
    var includesNobodys: Bool
    /// It is closed where the customer is released, and its `note` says so.
    var endsWithRelease = true
    var isOpen: @Sendable (Value) -> Bool
  }

  static let kinds = [
    Kind(schema: .task, beginning: "open", includesNobodys: false) { Ladder.isOpen(task: $0) },
    Kind(schema: .plan, beginning: "running", includesNobodys: true) { Ladder.isOpen(plan: $0) },
    Kind(schema: .promise, beginning: "open", includesNobodys: true) {
      Ladder.isOpen(promise: $0)
    },
    Kind(schema: .ticket, beginning: "open", includesNobodys: false, endsWithRelease: false) {
      Ladder.isOpen(ticket: $0)
    },
  ]

  let store: HubStore
  let now: Moment
  let root: RecordID

  private var writes: OwnWrites { OwnWrites(store: store, now: now) }

  /// What somebody was to do for a customer that is not his any more vanishes from his day.
  func close(of user: String) throws {
    for kind in OpenWork.kinds where kind.endsWithRelease {
      for work in try open(kind, of: user, orNobody: kind.includesNobodys) {
        let note = ClosingNote.text(before: work.note)
        try writes.write(
          work.id, in: kind.schema, ["status": .text("cancelled"), "note": .text(note)])
      }
    }
  }

  /// Undoes what was closed under a position.
  func reopen(closedAt position: Position) throws {
    for kind in OpenWork.kinds where kind.endsWithRelease {
      let closed = try store.db.all(
        """
        SELECT id, note FROM \(kind.schema.name)
        WHERE root = ? AND as_of = ? AND status = 'cancelled' ORDER BY id
        """, .id(root), .position(position)
      ) { (id: try $0.id(0), note: $0.optionalText(1) ?? "") }
      for work in closed {
        guard let note = ClosingNote.words(behind: work.note) else { continue }
        let state = try state(of: work.id, before: position, kind)
        try writes.write(
          work.id, in: kind.schema,
          ["status": state, "note": note.isEmpty ? .null : .text(note)])
      }
    }
  }

  /// Gives the new owner what was the former one's.
  func move(from former: String, to owner: String) throws {
    for kind in OpenWork.kinds {
      for work in try open(kind, of: former, orNobody: false) {
        try writes.write(work.id, in: kind.schema, ["assignee": .text(owner)])
      }
    }
  }

  private func open(
    _ kind: Kind, of user: String, orNobody: Bool
  ) throws -> [(id: RecordID, note: String)] {
    let note = kind.endsWithRelease ? "coalesce(note, '')" : "''"
    let found = try store.db.all(
      """
      SELECT id, status, \(note) FROM \(kind.schema.name)
      WHERE root = ?1 AND (assignee = ?2 OR (?3 AND coalesce(assignee, '') = '')) ORDER BY id
      """, .id(root), .text(user), .integer(orNobody ? 1 : 0)
    ) {
      (
        id: try $0.id(0), state: $0.optionalText(1).map { Value.text($0) } ?? .null,
        note: $0.text(2)
      )
    }
    return found.filter { kind.isOpen($0.state) }.map { ($0.id, $0.note) }
  }

  /// A sequence that was held is held again, and what was begun is begun.
  private func state(
    of id: RecordID, before position: Position, _ kind: Kind
  ) throws -> Value {
    let field = kind.schema["status"]?.id
    let changes = try store.db.all(
      "SELECT change FROM history WHERE record = ? AND position < ? ORDER BY position DESC",
      .id(id), .position(position)
    ) { try Change(decoding: $0.blob(0)) }
    for write in changes.lazy.flatMap(\.writes) where write.field == field {
      if case .put(let value, _) = write.action, kind.isOpen(value) { return value }
    }
    return .text(kind.beginning)
  }
}
