// Identities: who wrote, where it was committed, and which thing is meant.
//
// Each is a type of its own, so that a position can never be passed for a counter. All of them are
// plain values with a total order; none is ever drawn here – the caller passes bytes or numbers in.

/// One rep's SQLite copy, as the hub numbered it. 0 is the hub itself.
public struct ReplicaID: RawRepresentable, Hashable, Comparable, Sendable {
  public var rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }
  public init(_ rawValue: UInt32) { self.rawValue = rawValue }

  /// The hub, which writes reminders, conflicts and everything that only it decides.
  public static let hub = ReplicaID(0)

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The number of a sealed edit in its replica's change log: 1, 2, 3 … without gaps.
public struct Counter: RawRepresentable, Hashable, Comparable, Sendable {
  public var rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  public static let none = Counter(0)
  public var next: Counter { Counter(rawValue + 1) }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The hub's number for a committed edit. Commit order is position order; 0 is "before everything".
public struct Position: RawRepresentable, Hashable, Comparable, Sendable {
  public var rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  public static let start = Position(0)
  public var next: Position { Position(rawValue + 1) }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Causal identity of a sealed edit: which replica wrote it, and as its how-manieth.
/// The order is only there to break ties the same way everywhere.
public struct Dot: Hashable, Comparable, Sendable, CustomStringConvertible {
  public var replica: ReplicaID
  public var counter: Counter

  public init(_ replica: ReplicaID, _ counter: Counter) {
    self.replica = replica
    self.counter = counter
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.replica, left.counter) < (right.replica, right.counter)
  }

  /// `3:17` – the form in which people and programs name a dot.
  public var description: String { "\(replica.rawValue):\(counter.rawValue)" }

  /// Reads what `description` writes; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let replica = UInt32(parts[0]), let counter = UInt64(parts[1]) else {
      return nil
    }
    self.init(ReplicaID(replica), Counter(counter))
  }
}

/// The number of a collection in the schema, the same on every side for ever.
public struct CollectionID: RawRepresentable, Hashable, Comparable, Sendable {
  public var rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }
  public init(_ rawValue: UInt32) { self.rawValue = rawValue }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The number of a field within its collection, the same on every side for ever.
public struct FieldID: RawRepresentable, Hashable, Comparable, Sendable {
  public var rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }
  public init(_ rawValue: UInt32) { self.rawValue = rawValue }

  /// Every record's life or death. Deleting is a write to this field like any other (`RecordState`).
  public static let lifecycle = FieldID(1)

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A point in wall-clock time: milliseconds since 1970-01-01T00:00:00Z.
public struct Moment: RawRepresentable, Hashable, Comparable, Sendable {
  public var rawValue: Int64
  public init(rawValue: Int64) { self.rawValue = rawValue }
  public init(milliseconds: Int64) { self.rawValue = milliseconds }

  public var milliseconds: Int64 { rawValue }

  /// The moment `milliseconds` later (earlier when negative); stops at the ends of the range.
  public func advanced(milliseconds: Int64) -> Moment {
    let (sum, overflow) = rawValue.addingReportingOverflow(milliseconds)
    return Moment(milliseconds: overflow ? (milliseconds > 0 ? .max : .min) : sum)
  }

  /// How much later this is than the other; stops at the ends of the range. What arrives as a moment
  /// may lie anywhere in it, so that a plain subtraction would trap.
  public func milliseconds(since other: Moment) -> Int64 {
    let (difference, overflow) = rawValue.subtractingReportingOverflow(other.rawValue)
    return overflow ? (rawValue > other.rawValue ? .max : .min) : difference
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
