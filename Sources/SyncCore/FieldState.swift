// The heart: which values of one field survive.
//
// A field's state is the set of its *siblings*: the accepted values that no other accepted change
// has seen. Merging asks two separate questions, and this file answers only the first:
//
//   1. Which values survive? The same for every field, and by causality alone:
//
//          siblings' = siblings.filter { !seen.covers($0) } + [new]
//
//      One sibling left: the change simply came later. More: people wrote without knowing of each
//      other, and all of their values are kept.
//   2. Which of them is shown? A pure function of the set: `MergeRule`. Nothing is pruned by it, so
//      two versions of a rule can never destroy each other's values (invariant I15).
//
// The order of arrival of concurrent changes leaves no trace here (I1), a change already accepted is
// a no-op (I2), and a value that an author saw and replaced never comes back, unless he said `keep`
// (I13). No clock is read, nothing is drawn, nothing is stored.

/// One surviving value, and the accepted change that wrote it.
public struct Sibling: Hashable, Sendable {
  public var value: Value
  public var stamp: ChangeStamp

  public init(value: Value, stamp: ChangeStamp) {
    self.value = value
    self.stamp = stamp
  }
}

public struct FieldState: Hashable, Sendable {
  /// The survivors, sorted by dot, then by value: a set with a reproducible order.
  ///
  /// In a field of the `union` rule every sibling is one *element* of the set. In every other field
  /// each is a whole value.
  public private(set) var siblings: [Sibling]

  /// - Parameter siblings: in any order.
  public init(siblings: [Sibling] = []) {
    self.siblings = siblings.sorted(by: Sibling.precedes)
  }

  /// Accepts a write of a whole value.
  ///
  /// - Parameters:
  ///   - seen: what the author had been shown, his own earlier changes included.
  ///   - keeping: dots of siblings that the author saw and deliberately left standing.
  public mutating func put(
    _ value: Value, stamp: ChangeStamp, seen: VectorClock, keeping: Set<Dot> = []
  ) {
    guard !hasAccepted(stamp.dot) else { return }
    siblings.removeAll { seen.covers($0.stamp) && !keeping.contains($0.stamp.dot) }
    insert(Sibling(value: value, stamp: stamp))
  }

  /// Accepts additions to and removals from a set (an add-wins set: a removal removes what it had
  /// seen, so an element that somebody else added meanwhile stays).
  public mutating func alter(
    adding: [String], removing: [String], stamp: ChangeStamp, seen: VectorClock
  ) {
    guard !hasAccepted(stamp.dot) else { return }
    let touched = Set(adding).union(removing)
    siblings.removeAll { sibling in
      guard case .text(let element) = sibling.value else { return false }
      return touched.contains(element) && seen.covers(sibling.stamp)
    }
    for element in Set(adding).sorted() { insert(Sibling(value: .text(element), stamp: stamp)) }
  }

  /// Accepts the mere fact that the record was worked on: `value` replaces what the author saw of
  /// the *same* value, and leaves every other sibling alone. See `RecordState` on lifecycles.
  public mutating func touch(_ value: Value, stamp: ChangeStamp, seen: VectorClock) {
    guard !hasAccepted(stamp.dot) else { return }
    siblings.removeAll { $0.value == value && seen.covers($0.stamp) }
    insert(Sibling(value: value, stamp: stamp))
  }

  /// The greatest stamp that a change with this clock replaces; nil where it replaces nothing.
  public func greatestTime(coveredBy seen: VectorClock) -> HybridTimestamp? {
    siblings.lazy.filter { seen.covers($0.stamp) }.map(\.stamp.time).max()
  }

  /// Whether every sibling was known to an author with this clock.
  public func isCovered(by seen: VectorClock) -> Bool {
    siblings.allSatisfy { seen.covers($0.stamp) }
  }

  private func hasAccepted(_ dot: Dot) -> Bool {
    siblings.contains { $0.stamp.dot == dot }
  }

  private mutating func insert(_ sibling: Sibling) {
    let index = siblings.firstIndex { Sibling.precedes(sibling, $0) } ?? siblings.endIndex
    siblings.insert(sibling, at: index)
  }
}

extension Sibling {
  static func precedes(_ left: Sibling, _ right: Sibling) -> Bool {
    (left.stamp.dot, left.value) < (right.stamp.dot, right.value)
  }
}
