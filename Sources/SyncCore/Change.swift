// What people do: an edit, its changes, and their writes.
//
// An edit is what one command does. It goes into the change log as bytes, is sealed (given its dot
// and chain hash) just before its first export, and those bytes never change again; so the dot is
// not part of an `Edit`, and two copies of a cloned laptop hold the same edit under different dots.

/// One user action: one or more record changes written in one local transaction.
public struct Edit: Hashable, Sendable {
  /// The identity of the user's action. Its time part is the milliseconds of `stamp`.
  public var id: EditID
  /// The counter part of `stamp`: not 0 only where several edits fell into one millisecond.
  public var stampCounter: UInt16
  /// Accepted or refused as a whole.
  public var isAtomic: Bool
  /// What its author has no right to is left to whoever has it, instead of being refused.
  public var isReferred: Bool
  public var changes: [Change]

  public init(
    id: EditID, stampCounter: UInt16 = 0, isAtomic: Bool = false, isReferred: Bool = false,
    changes: [Change]
  ) {
    self.id = id
    self.stampCounter = stampCounter
    self.isAtomic = isAtomic
    self.isReferred = isReferred
    self.changes = changes
  }

  /// When it was written, by the author's corrected hybrid clock.
  public var stamp: HybridTimestamp { HybridTimestamp(moment: id.moment, counter: stampCounter) }
}

/// Some fields of one record given values by one edit. An edit changes a record at most once.
public struct Change: Hashable, Sendable {
  public var record: RecordID
  public var collection: CollectionID
  /// What the author had been shown of this record. His own earlier changes are understood.
  public var seen: VectorClock
  /// Sorted by field, each field at most once.
  public var writes: [FieldWrite]

  public init(
    record: RecordID, collection: CollectionID, seen: VectorClock, writes: [FieldWrite]
  ) {
    self.record = record
    self.collection = collection
    self.seen = seen
    self.writes = writes
  }

  /// Deletes or restores, if that is what the change says of the record's lifecycle.
  public var lifecycle: Lifecycle? {
    // By index: a `for` would copy (retain and release) every write.
    for index in writes.indices where writes[index].field == .lifecycle {
      if case .put(let value, _) = writes[index].action { return Lifecycle(value) }
    }
    return nil
  }
}

/// One field given a value, or one set given and taken elements.
public struct FieldWrite: Hashable, Sendable {
  public enum Action: Hashable, Sendable {
    /// Replaces every sibling the author had seen, except those he chose to keep.
    case put(Value, keeping: [Dot] = [])
    /// Adds elements to a set and removes others.
    case alter(adding: [String], removing: [String])
  }

  /// A field, or the group that several fields merge as.
  public var field: FieldID
  public var action: Action

  public init(_ field: FieldID, _ action: Action) {
    self.field = field
    self.action = action
  }

  public static func put(_ field: FieldID, _ value: Value) -> FieldWrite {
    FieldWrite(field, .put(value))
  }
}

/// Whether a record lives. A record's lifecycle is a field like any other (`FieldID.lifecycle`).
public enum Lifecycle: Hashable, Sendable {
  case alive
  case deleted

  public var value: Value {
    switch self {
    case .alive: .text("alive")
    case .deleted: .text("deleted")
    }
  }

  public init?(_ value: Value) {
    switch value {
    case .text("alive"): self = .alive
    case .text("deleted"): self = .deleted
    default: return nil
    }
  }
}
