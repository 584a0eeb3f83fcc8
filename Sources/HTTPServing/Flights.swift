// The requests that have begun and are not yet fully answered, for a stop that loses none.
//
// Every exchange enters once and leaves once, in the library's callbacks. After `shut` nobody
// enters any more, so that no connection can be suspended behind the back of a stopping daemon:
// the library ends the process if it is stopped with a suspended connection.

import Dispatch
import Synchronization

/// All exchanges of one server.
final class Flights: Sendable {
  private struct State {
    var exchanges: [ObjectIdentifier: Exchange] = [:]
    var isShut = false
    var waiter: CheckedContinuation<Void, Never>?
    /// Tells the deadline of an earlier wait from that of the present one.
    var waits = 0
  }

  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "rounds.flights")

  var count: Int { state.withLock { $0.exchanges.count } }

  /// Whether the exchange may go on.
  func enter(_ exchange: Exchange) -> Bool {
    state.withLock { state in
      if !state.isShut { state.exchanges[ObjectIdentifier(exchange)] = exchange }
      return !state.isShut
    }
  }

  func leave(_ exchange: Exchange) {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.exchanges[ObjectIdentifier(exchange)] = nil
      return state.exchanges.isEmpty ? state.waiter.take() : nil
    }
    waiter?.resume()
  }

  /// Lets nobody in any more and tells who is still there.
  func shut() -> [Exchange] {
    state.withLock { state in
      state.isShut = true
      return Array(state.exchanges.values)
    }
  }

  /// Returns when nobody is left, or after `seconds`. One caller at a time.
  func allLanded(within seconds: Double) async {
    await withCheckedContinuation { continuation in
      let wait = state.withLock { state -> Int? in
        if state.exchanges.isEmpty { return nil }
        precondition(state.waiter == nil, "Two callers wait for \(state.exchanges.count) flights.")
        state.waiter = continuation
        state.waits += 1
        return state.waits
      }
      guard let wait else { return continuation.resume() }
      queue.asyncAfter(deadline: .now() + seconds) { self.giveUp(wait) }
    }
  }

  private func giveUp(_ wait: Int) {
    let waiter = state.withLock { $0.waits == wait ? $0.waiter.take() : nil }
    waiter?.resume()
  }
}
