// How far a zone is ahead of UTC, and when that changes: what a machine without a table of zones, or
// with another edition of it, needs to see the same wall time.
//
// A table covers a window. Before its first change the first offset holds, after its last one the last:
// it must never guess a rule for years it was not made for; whoever makes one makes it long enough.
//
// Invariant: changes are in order of time, each within a day of UTC and different from the one before.

/// The offsets of one zone over some years.
public struct OffsetTable: Hashable, Sendable {
  /// From a second on, local time is so many seconds ahead of UTC.
  public struct Change: Hashable, Sendable {
    /// Seconds since 1970, UTC.
    public var at: Int64
    public var offset: Int

    public init(at: Int64, offset: Int) {
      self.at = at
      self.offset = offset
    }
  }

  /// Before the first change, in seconds.
  public let first: Int
  public let changes: [Change]

  /// How far a zone may be from UTC, in seconds, exclusive.
  public static let offsetMax = 86_400

  public init(first: Int) {
    precondition(first.magnitude < OffsetTable.offsetMax, "zone offset of \(first) s")
    self.first = first
    changes = []
  }

  /// nil where the changes are out of order, change nothing, or leave the day.
  public init?(first: Int, changes: [Change]) {
    guard first.magnitude < OffsetTable.offsetMax else { return nil }
    var last = Change(at: .min, offset: first)
    for change in changes {
      guard change.at > last.at, change.offset != last.offset,
        change.offset.magnitude < OffsetTable.offsetMax
      else { return nil }
      last = change
    }
    self.first = first
    self.changes = changes
  }

  func offset(at seconds: Int64) -> Int {
    changes.last { $0.at <= seconds }?.offset ?? first
  }

  /// The offset to read a local time with, given as if it were UTC. Where clocks skip it, that is
  /// the offset before the change, which makes it the hour after; where it comes twice, too, which
  /// makes it the first.
  func offset(ofLocal seconds: Int) -> Int {
    var offset = first
    for change in changes {
      if Int64(seconds - offset) < change.at { return offset }
      // The new clocks would read less than this time at the change: it was skipped.
      if Int64(seconds - change.offset) < change.at { return offset }
      offset = change.offset
    }
    return offset
  }
}
