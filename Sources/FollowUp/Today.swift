// `rounds today`: what a rep has to do, in the order in which he should look at it.
//
// Pure ordering. The caller finds the candidates and passes the boundaries of the day in; this file
// decides what belongs on the list, under which heading, and in which order.

import Notation
import SyncCore

/// The stretch that a list covers: from the beginning of today up to the beginning of another day.
public struct DayBounds: Hashable, Sendable {
  public var start: Moment
  /// The first moment that is no longer covered.
  public var end: Moment

  public init(start: Moment, end: Moment) {
    self.start = start
    self.end = end
  }

  /// Today and the `days - 1` days after it, as the zone has them.
  public init(at now: Moment, days: Int = 1, in zone: LocalZone) {
    let today = zone.civilTime(atMilliseconds: now.milliseconds).midnight
    let start = zone.milliseconds(of: today).map { Moment(milliseconds: $0) } ?? now
    let end = zone.adding(days: max(1, days), toMilliseconds: start.milliseconds)
    self.init(start: start, end: end.map { Moment(milliseconds: $0) } ?? start)
  }
}

/// One line of `rounds today`.
public struct TodayItem: Hashable, Sendable {
  /// The headings, in their order. `--json` prints the raw value.
  public enum Kind: String, CaseIterable, Comparable, Sendable {
    case overdue, dueToday, plan, reminder, promise, birthday, countdown

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
      switch self {
      case .overdue: 0
      case .dueToday: 1
      case .plan: 2
      case .reminder: 3
      case .promise: 4
      case .birthday: 5
      case .countdown: 6
      }
    }
  }

  public var kind: Kind
  /// What the line is about: a task, a customer with a plan, or a reminder.
  public var id: RecordID
  /// The customer it belongs to; nil for a task without one.
  public var record: RecordID?
  public var title: String
  public var due: Moment
  public var isOverdue: Bool
  /// Where it is only a date: that date, and how many days ahead it is; negative where it was before.
  public var day: CivilDay?
  public var days: Int?
  /// It stays above the others of its kind until somebody says that he has seen it.
  public var isStrong = false
}

/// Something that may belong on the list.
public struct TodayCandidate: Hashable, Sendable {
  public enum Source: Hashable, Sendable {
    /// An open task.
    case task
    /// A customer whose next follow-up is planned.
    case plan
    /// What a customer was promised.
    case promise
    case birthday
    /// A reminder that `ReminderState` lists, or one that is still scheduled.
    case reminder
    /// A customer that goes back into the pool soon: told ahead of its day.
    case countdown
  }

  public var source: Source
  public var id: RecordID
  public var record: RecordID?
  public var title: String
  public var due: Moment
  public var isStrong: Bool

  public init(
    _ source: Source, id: RecordID, record: RecordID?, title: String, due: Moment,
    isStrong: Bool = false
  ) {
    self.source = source
    self.id = id
    self.record = record
    self.title = title
    self.due = due
    self.isStrong = isStrong
  }
}

public enum Today {
  /// The candidates that are overdue or due before the end of `bounds`: by kind, strong ones first, then
  /// by due time, title and identity, so that the order is the same everywhere.
  ///
  /// - Parameter zones: those in which a midnight is a date.
  public static func items(
    _ candidates: some Sequence<TodayCandidate>, at now: Moment, within bounds: DayBounds,
    in zones: [LocalZone]
  ) -> [TodayItem] {
    let items = candidates.filter {
      $0.due < bounds.end || $0.source == .countdown
    }.map { candidate in
      let due = DueTime(candidate.due, in: zones)
      let isOverdue = due.isOverdue(at: now)
      return TodayItem(
        kind: kind(candidate.source, isOverdue: isOverdue), id: candidate.id,
        record: candidate.record, title: candidate.title, due: candidate.due, isOverdue: isOverdue,
        day: due.day, days: due.days(from: now), isStrong: candidate.isStrong)
    }
    return items.sorted { left, right in
      if left.kind != right.kind { return left.kind < right.kind }
      if left.isStrong != right.isStrong { return left.isStrong }
      if left.due != right.due { return left.due < right.due }
      if left.title != right.title {
        return left.title.utf8.lexicographicallyPrecedes(right.title.utf8)
      }
      return left.id < right.id
    }
  }

  private static func kind(_ source: TodayCandidate.Source, isOverdue: Bool) -> TodayItem.Kind {
    switch source {
    case .task: isOverdue ? .overdue : .dueToday
    case .plan: .plan
    case .reminder: .reminder
    case .promise: .promise
    case .birthday: .birthday
    case .countdown: .countdown
    }
  }
}
