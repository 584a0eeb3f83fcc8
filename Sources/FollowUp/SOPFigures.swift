// How surely what was to be done was done: tasks by stage and person – in time, late, overdue, given up and why.
//
// Pure counting. A task counts by when it was due; what was due later than the report looks does not count yet.

import SyncCore

/// One task as far as the figures go.
public struct SOPTask: Hashable, Sendable {
  public var user: String
  /// The stage that brought it; else what kind of task it is.
  public var stage: String
  public var status: Value
  public var dueAt: Moment
  public var doneAt: Moment?
  public var note: String

  public init(
    user: String, stage: String, status: Value, dueAt: Moment, doneAt: Moment?, note: String
  ) {
    self.user = user
    self.stage = stage
    self.status = status
    self.dueAt = dueAt
    self.doneAt = doneAt
    self.note = note
  }
}

public struct SOPFigures: Hashable, Sendable {
  /// Of one stage and one person, or all in all.
  public struct Line: Hashable, Sendable {
    public private(set) var onTime = 0
    public private(set) var late = 0
    /// Neither done nor given up, and its time is over.
    public private(set) var overdue = 0
    /// There is time still.
    public private(set) var open = 0
    /// Given up, by reason; "" where nobody gave one.
    public private(set) var skipped: [String: Int] = [:]

    public var total: Int { onTime + late + overdue + open + skipped.values.reduce(0, +) }

    /// Done in time, of all whose time is over; nil: of none.
    public var share: Double? {
      let decided = total - open
      return decided == 0 ? nil : Double(onTime) / Double(decided)
    }

    fileprivate mutating func add(_ task: SOPTask, at now: Moment) {
      if Ladder.isDone(task: task.status) {
        // Without a moment it was done nobody knows when; it is not held against anybody.
        if let doneAt = task.doneAt, doneAt > task.dueAt { late += 1 } else { onTime += 1 }
      } else if !Ladder.isOpen(task: task.status) {
        let isReleased = ClosingNote.words(behind: task.note) != nil
        skipped[isReleased ? ClosingNote.released : task.note, default: 0] += 1
      } else if task.dueAt < now {
        overdue += 1
      } else {
        open += 1
      }
    }
  }

  public struct Key: Hashable, Comparable, Sendable {
    public var stage: String
    public var user: String

    public static func < (left: Key, right: Key) -> Bool {
      (left.stage, left.user) < (right.stage, right.user)
    }
  }

  public private(set) var lines: [Key: Line] = [:]
  public private(set) var all = Line()
  private let now: Moment

  public init(at now: Moment) { self.now = now }

  public mutating func add(_ task: SOPTask) {
    lines[Key(stage: task.stage, user: task.user), default: Line()].add(task, at: now)
    all.add(task, at: now)
  }
}
