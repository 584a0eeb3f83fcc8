// A binary min-heap of deadlines, for `WaitRoom`.
//
// The parent of the entry at index n sits at (n - 1) / 2 and is never due later than n. Equal
// deadlines come out in seat order, so that who came first is served first.

/// When a seat's wait is over.
struct Deadline: Comparable {
  /// Nanoseconds of the monotonic clock.
  let dueAt: UInt64
  let seat: UInt64

  static func < (left: Deadline, right: Deadline) -> Bool {
    (left.dueAt, left.seat) < (right.dueAt, right.seat)
  }
}

/// Deadlines, the earliest first.
struct DeadlineHeap {
  private var entries: [Deadline] = []

  var count: Int { entries.count }
  var first: Deadline? { entries.first }

  mutating func insert(_ deadline: Deadline) {
    entries.append(deadline)
    var child = entries.count - 1
    while child > 0, entries[child] < entries[(child - 1) / 2] {
      entries.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// The heap must not be empty.
  mutating func removeFirst() -> Deadline {
    precondition(!entries.isEmpty, "An empty heap has no first deadline.")
    entries.swapAt(0, entries.count - 1)
    let first = entries.removeLast()
    sink(from: 0)
    return first
  }

  /// Drops what fails `isWanted`.
  mutating func keep(_ isWanted: (Deadline) -> Bool) {
    // A sorted array is a heap.
    entries = entries.filter(isWanted).sorted()
  }

  private mutating func sink(from start: Int) {
    var parent = start
    while true {
      let left = 2 * parent + 1
      guard left < entries.count else { return }
      let right = left + 1
      let child = right < entries.count && entries[right] < entries[left] ? right : left
      guard entries[child] < entries[parent] else { return }
      entries.swapAt(child, parent)
      parent = child
    }
  }
}
