// Simulated time and randomness: one seed decides everything that happens in a history.
//
// Nothing in the simulator reads a clock, draws from the system or iterates a Set or Dictionary
// where the order could reach a database, a message, the trace, or the next draw. Generator:
// SplitMix64, from Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (2014).

import Storage
import SyncCore
import Synchronization

public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// Below `bound`, which must not be 0. Slightly uneven, which does not matter here.
  public mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: next() >> 33) % bound
  }

  public mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  public mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[below(elements.count)]
  }

  /// One of the choices, as often as its weight says.
  mutating func pick<Element>(weighted choices: [(Element, Int)]) -> Element {
    var rest = below(choices.reduce(0) { $0 + $1.1 })
    for (element, weight) in choices {
      if rest < weight { return element }
      rest -= weight
    }
    preconditionFailure("weights add up to less than their sum")
  }
}

/// The true time, which only the hub's clock shows. Laptops are off by their skew.
public final class WorldClock: Sendable {
  /// 2026-03-02T01:00:00Z, a Monday morning in Shanghai.
  public static let start = Moment(milliseconds: 1_772_413_200_000)
  public static let day: Int64 = 24 * 3_600_000

  private let time = Mutex(WorldClock.start)

  public init() {}

  public var now: Moment { time.withLock { $0 } }

  public func advance(milliseconds: Int64) {
    time.withLock { $0 = $0.advanced(milliseconds: max(0, milliseconds)) }
  }
}

/// An invariant that does not hold, cited by its number in the design.
public struct Violation: Error, Hashable, CustomStringConvertible {
  public var invariant: String
  public var text: String

  public init(_ invariant: String, _ text: String) {
    self.invariant = invariant
    self.text = text
  }

  public var description: String { "\(invariant): \(text)" }
}

/// 64-bit FNV-1a: fast, and the same in every process, unlike `Hasher`.
public struct TraceHash: Hashable, Sendable {
  public private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  public init() {}

  public mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }
}

extension Connection {
  /// The first column of the first row, as a number; 0 where there is none.
  func count(_ sql: String, _ bindings: Binding...) throws -> Int {
    let statement = try statement(sql)
    try statement.bind(bindings)
    defer { statement.reset() }
    return try statement.step() ? statement.int(0) : 0
  }
}
