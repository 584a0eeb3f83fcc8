// Hybrid logical clock: wall time that never runs backwards along a chain of causes.
//
// Kulkarni et al., "Logical Physical Clocks and Consistent Snapshots in Globally Distributed
// Databases" (2014). 48 bits of milliseconds and a 16-bit counter. Stamps order only values that are
// truly concurrent; who had seen whom is the business of `VectorClock` alone.

public struct HybridTimestamp: RawRepresentable, Hashable, Comparable, Sendable {
  /// Milliseconds since 1970 in the upper 48 bits, the counter in the lower 16.
  public var rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  public init(moment: Moment, counter: UInt16 = 0) {
    let milliseconds = UInt64(clamping: moment.milliseconds) & 0xFFFF_FFFF_FFFF
    rawValue = milliseconds << 16 | UInt64(counter)
  }

  public static let zero = HybridTimestamp(rawValue: 0)

  public var moment: Moment { Moment(milliseconds: Int64(rawValue >> 16)) }
  public var counter: UInt16 { UInt16(truncatingIfNeeded: rawValue) }

  /// The least stamp above this one. When the counter is full it borrows a millisecond.
  public var next: HybridTimestamp { HybridTimestamp(rawValue: rawValue &+ 1) }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// One replica's hybrid logical clock: the greatest stamp it has given or heard of.
public struct HybridClock: Hashable, Sendable {
  public private(set) var last: HybridTimestamp

  public init(last: HybridTimestamp = .zero) { self.last = last }

  /// A stamp for a local event: above everything given or heard before, and not below `now`.
  public mutating func stamp(now: Moment) -> HybridTimestamp {
    last = max(HybridTimestamp(moment: now), last.next)
    return last
  }

  /// Hearing of a stamp: whatever is written from here on ranks above it.
  public mutating func hear(_ stamp: HybridTimestamp) { last = max(last, stamp) }
}

extension HybridTimestamp {
  /// The stamp that a change is ranked with, fixed once when the hub accepts it (invariant I14).
  ///
  /// A stamp from the future is clamped to `now`; and clamping never lets a later write of a causal
  /// chain rank below an earlier one, because it stays above every stamp it covers.
  public func effective(now: HybridTimestamp, covering greatest: HybridTimestamp?) -> Self {
    let clamped = min(self, now)
    guard let greatest else { return clamped }
    return max(clamped, greatest.next)
  }
}
