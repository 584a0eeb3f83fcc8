// How many bytes of one kind a server holds at the same time, so that many together stay bounded.
//
// One body or one answer has its own limit; a thousand of them at once would still fill the memory.
// Who takes gives back exactly as much, once. A budget never waits: it says no, and the caller is
// told to come later.

import Synchronization

/// A count with a ceiling that the taker names, so that some may take less than others.
final class ByteBudget: Sendable {
  private let held = Atomic(0)

  var bytesHeld: Int { held.load(ordering: .relaxed) }

  /// Whether so many more fit under the ceiling; then they are taken.
  func take(_ bytes: Int, under ceiling: Int) -> Bool {
    let after = held.add(bytes, ordering: .relaxed).newValue
    if after <= ceiling { return true }
    give(bytes)
    return false
  }

  func give(_ bytes: Int) {
    let after = held.subtract(bytes, ordering: .relaxed).newValue
    precondition(after >= 0, "\(bytes) bytes came back that were never taken.")
  }
}
