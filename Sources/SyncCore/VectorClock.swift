// What a change had seen.
//
// In a star everything a replica knows of others came through the hub. So two entries are enough:
// the hub's position up to which the author had this record, and the author's own counter. When the
// hub accepts a change it folds the dot into a position, and from then on the position stands for
// it. Entries of other replicas appear only where changes travelled around the hub (couriered
// bundles, a laptop that was given a new identity). The clock therefore never grows and nothing
// needs pruning.

/// Who wrote an accepted change, and where the hub committed it: all that causality asks for.
public struct ChangeStamp: Hashable, Sendable {
  /// The hub's number for the edit.
  public var position: Position
  /// The author's number for the edit.
  public var dot: Dot
  /// The effective stamp, fixed at acceptance (`HybridTimestamp.effective`).
  public var time: HybridTimestamp
  /// The author's standing towards this record, ranked once at commit.
  public var authority: Authority

  public init(
    position: Position, dot: Dot, time: HybridTimestamp, authority: Authority = .member
  ) {
    self.position = position
    self.dot = dot
    self.time = time
    self.authority = authority
  }
}

/// A person's standing towards a record at the moment of the commit.
public enum Authority: UInt8, Comparable, Sendable {
  case member = 0
  case owner = 1
  case manager = 2
  case admin = 3

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

public struct VectorClock: Hashable, Sendable {
  /// The as-of of the record in the base the change was written on.
  ///
  /// Never a position of something merely staged, nor the cursor: pulls are coalesced per record and
  /// can stop half-way, so either would claim more about this record than its author had.
  public var hub: Position
  /// Changes known by their dots: the author's own earlier ones, and couriered ones.
  public var replicas: [ReplicaID: Counter]

  public init(hub: Position = .start, replicas: [ReplicaID: Counter] = [:]) {
    self.hub = hub
    self.replicas = replicas
  }

  /// Whether the author had been shown the change with this stamp.
  public func covers(_ stamp: ChangeStamp) -> Bool {
    stamp.position <= hub || stamp.dot.counter <= replicas[stamp.dot.replica, default: .none]
  }

  /// Everything that either clock covers.
  public func merged(with other: VectorClock) -> VectorClock {
    VectorClock(
      hub: max(hub, other.hub), replicas: replicas.merging(other.replicas, uniquingKeysWith: max))
  }

  /// The clock of the change with `dot`: an author has always seen his own earlier changes.
  public func knowingOwn(before dot: Dot) -> VectorClock {
    guard dot.counter > Counter(1) else { return self }
    var clock = self
    let previous = Counter(dot.counter.rawValue - 1)
    clock.replicas[dot.replica] = max(previous, clock.replicas[dot.replica, default: .none])
    return clock
  }

  /// The clock without any claim beyond what the hub has in fact sent: a forged clock hides nothing.
  public func clamped(to sent: Position) -> VectorClock {
    VectorClock(hub: min(hub, sent), replicas: replicas)
  }
}
