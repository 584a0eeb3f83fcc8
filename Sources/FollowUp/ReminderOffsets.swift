// How long before its time a task calls: `1d,1h,0`, each once.
//
// Pure. What was missed while the laptop was off calls once when it is on again, and says how many were missed; it
// must never call for each of them, one after another. A task that was put off calls when that is over. Another due
// time is another set of calls. Of a date, they count from the hour at which it calls.

import Notation
import SyncCore

public struct ReminderOffsets: Hashable, Sendable {
  public static let countMax = 8
  public static let example = "1d,1h,0"
  /// A call that is later than this was missed.
  public static let punctualMilliseconds: Int64 = 15 * 60_000

  /// From the longest to the shortest, each once.
  public let milliseconds: [Int64]

  /// Nil for anything but spans and `0`, separated by commas.
  public init?(_ text: String) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count <= ReminderOffsets.countMax else { return nil }
    var offsets: Set<Int64> = []
    for part in parts {
      let part = part.filter { !$0.isWhitespace }
      if part == "0" {
        offsets.insert(0)
      } else if let span = TimeSpan(part.lowercased()) {
        offsets.insert(span.milliseconds)
      } else {
        return nil
      }
    }
    milliseconds = offsets.sorted(by: >)
  }

  /// One moment at which a task calls.
  public struct Call: Hashable, Sendable {
    public var at: Moment
    /// What makes it this call and no other, besides the task.
    public var parts: [String]
  }

  /// Every call of a task that is due by now; none while it is put off.
  public func calls(
    due: DueTime, snoozedUntil: Moment?, by now: Moment
  ) -> [Call] {
    if let snoozedUntil {
      guard snoozedUntil <= now else { return [] }
      // What was before is answered: he has put it off.
      let rest = milliseconds.filter { due.calls.advanced(milliseconds: -$0) > snoozedUntil }
      return [Call(at: snoozedUntil, parts: ["snoozed", "\(snoozedUntil.milliseconds)"])]
        + calls(rest, before: due, by: now)
    }
    return calls(milliseconds, before: due, by: now)
  }

  private func calls(_ offsets: [Int64], before due: DueTime, by now: Moment) -> [Call] {
    offsets.map { offset in
      Call(
        at: due.calls.advanced(milliseconds: -offset),
        parts: ["\(due.moment.milliseconds)", "\(offset)"])
    }.filter { $0.at <= now }
  }
}
