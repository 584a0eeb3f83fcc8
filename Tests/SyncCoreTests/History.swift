// Small histories: who wrote what, having seen what – every one that the model can bring about.
//
// A history of n changes is numbered so that a change has seen only changes of smaller numbers.
// What it has seen is closed: whoever saw a change saw what that change had seen, and everybody has
// seen his own earlier changes. Replicas are numbered in the order in which they first write,
// because only the order of dots tells them apart.
//
//     changes        1    2    3    4     5
//     histories      1    3   18  156  1656
//
// Delivery orders are all those in which causes come before effects, as at the hub.

import SyncCore

/// Numbers of changes, as bits.
typealias Changes = Int

struct History {
  /// By change: the index of its replica.
  var authors: [Int] = []
  /// By change: the changes its author had seen.
  var seen: [Changes] = []

  /// Every history of `count` changes, once.
  static func all(of count: Int) -> [History] {
    var histories: [History] = []
    _ = Exhaustive.count { choices in
      var history = History()
      for change in 0..<count {
        let newcomer = (history.authors.max() ?? -1) + 1
        let author = choices.pick(below: min(newcomer + 1, 3))
        let seen = choices.pick(below: 1 << change)
        guard history.isClosed(seen, for: author) else { return false }
        history.authors.append(author)
        history.seen.append(seen)
      }
      histories.append(history)
      return true
    }
    return histories
  }

  static func all(upTo count: Int) -> [History] { (1...count).flatMap { all(of: $0) } }

  private func isClosed(_ seen: Changes, for author: Int) -> Bool {
    authors.indices.allSatisfy { change in
      seen.has(change) ? seen & self.seen[change] == self.seen[change] : authors[change] != author
    }
  }

  var count: Int { authors.count }

  /// Every order in which the changes can arrive.
  var orders: [[Int]] {
    Array(0..<count).permutations.filter { order in
      var arrived: Changes = 0
      for change in order {
        guard arrived & seen[change] == seen[change] else { return false }
        arrived |= 1 << change
      }
      return true
    }
  }

  func dot(_ change: Int) -> Dot {
    let earlier = authors[..<change].count { $0 == authors[change] }
    return Dot(ReplicaID(UInt32(authors[change] + 1)), Counter(UInt64(earlier + 1)))
  }

  /// What the change had seen, told by replicas alone: the same in every order of arrival.
  func clock(_ change: Int) -> VectorClock {
    var clock = VectorClock()
    for other in 0..<change where seen[change].has(other) {
      let dot = dot(other)
      clock.replicas[dot.replica] = max(dot.counter, clock.replicas[dot.replica, default: .none])
    }
    return clock
  }

  /// What the change had seen, told by a position and its author's own counter; nil where no
  /// position of this order tells it, because the author would have had to skip something.
  func hubClock(_ change: Int, in order: [Int]) -> VectorClock? {
    let own = (0..<change).reduce(0) { $0 | (authors[$1] == authors[change] ? 1 << $1 : 0) }
    var prefix: Changes = 0
    for position in 0...order.count {
      if prefix | own == seen[change] {
        return VectorClock(hub: Position(UInt64(position))).knowingOwn(before: dot(change))
      }
      if position < order.count { prefix |= 1 << order[position] }
    }
    return nil
  }

  /// The changes that no other change has seen and replaced.
  func survivors(keeping kept: (Int) -> Changes = { _ in 0 }) -> [Int] {
    (0..<count).filter { change in
      !(0..<count).contains { seen[$0].has(change) && !kept($0).has(change) }
    }
  }

  func stamp(_ change: Int, at position: Int, time: Int = 0) -> ChangeStamp {
    let authority = Authority(rawValue: UInt8(authors[change])) ?? .member
    return ChangeStamp(
      position: Position(UInt64(position + 1)), dot: dot(change),
      time: HybridTimestamp(rawValue: UInt64(time)), authority: authority)
  }
}

extension Changes {
  func has(_ change: Int) -> Bool { self >> change & 1 == 1 }
}

extension Sibling {
  /// A sibling without its position, which is the order of arrival itself.
  struct Unplaced: Hashable {
    var dot: Dot
    var value: Value
    var time: HybridTimestamp
    init(_ sibling: Sibling) {
      dot = sibling.stamp.dot
      value = sibling.value
      time = sibling.stamp.time
    }
  }
}

extension FieldState {
  var unplaced: [Sibling.Unplaced] { siblings.map { Sibling.Unplaced($0) } }
}
