// Which tasks of one person call now: each of their offsets once on this laptop, whatever happens after (I6).
//
// A call is claimed before it is made, as reminders are. What was missed while the laptop was off is claimed with the
// last of it, so that a task calls once for all of it.

import Digest
import FollowUp
import Notation
import Storage
import SyncCore

public struct TaskCall: Hashable, Sendable {
  public var task: RecordID
  public var customer: RecordID?
  public var title: String
  public var due: Moment
  /// How many earlier calls nobody heard, this one included where it is late.
  public var missed: Int
}

extension ReplicaStore {
  /// Claims what tasks have to call for by now.
  ///
  /// - Parameter zone: that of whoever is called.
  public func claimTaskCalls(
    of user: String, at now: Moment, in zone: LocalZone
  ) throws -> [TaskCall] {
    try transaction {
      let zones = try dueZones(with: zone)
      let tasks = try db.all(
        """
        SELECT id, customer, title, dueAt, snoozedUntil, remind FROM task
        WHERE remind IS NOT NULL AND remind <> '' AND dueAt IS NOT NULL
          AND coalesce(assignee, '') IN ('', ?)
          AND coalesce(status, '') NOT IN ('done', 'cancelled')
        ORDER BY dueAt, id
        """, .text(user)
      ) { row in
        (
          call: TaskCall(
            task: try row.id(0), customer: row.isNull(1) ? nil : try row.id(1), title: row.text(2),
            due: row.moment(3), missed: 0),
          snoozedUntil: row.isNull(4) ? nil : row.moment(4), offsets: ReminderOffsets(row.text(5))
        )
      }
      return try tasks.compactMap { task in
        let due = DueTime(task.call.due, in: zones)
        return try claim(
          task.call,
          task.offsets?.calls(due: due, snoozedUntil: task.snoozedUntil, by: now) ?? [], at: now)
      }
    }
  }

  private func claim(
    _ task: TaskCall, _ calls: [ReminderOffsets.Call], at now: Moment
  ) throws -> TaskCall? {
    var fresh: [Moment] = []
    for call in calls {
      let id = Digest.identity(at: call.at, ["remind", task.task.description] + call.parts)
      try noteCalled(id, at: now)
      if db.changes == 1 { fresh.append(call.at) }
    }
    guard let last = fresh.max() else { return nil }
    var task = task
    let isLate = now.milliseconds(since: last) > ReminderOffsets.punctualMilliseconds
    task.missed = fresh.count - (isLate ? 0 : 1)
    return task
  }
}
