// Where requests sit that wait for news.
//
// A seat is a continuation in a dictionary and an entry in a heap of deadlines: 10,000 waits are
// 10,000 small values, one lock and one timer, no task that sleeps and no thread. A seat is taken
// *before* its owner looks for news, so that an announcement between the look and the wait is not
// lost. Every wait ends exactly once: by news, its deadline, closing, or its task's cancellation.
// Nothing is ever resumed while the lock is held.

import Dispatch
import Synchronization

/// A registry of waits by key, each with a deadline.
public final class WaitRoom: Sendable {
  /// How a wait ended.
  public enum Outcome: Sendable, Equatable {
    /// Somebody announced the key, or there was news already.
    case news
    /// Nobody did in time.
    case deadline
    /// The room is closed, or the waiting task was cancelled.
    case closing
    /// All slots are taken; nothing was waited for.
    case full
  }

  private struct Seat {
    let key: String
    /// Nil until the owner has looked for news and sits down.
    var continuation: CheckedContinuation<Outcome, Never>?
    /// Set when the wait ended before its owner sat down.
    var outcome: Outcome?
  }

  private struct State {
    var seats: [UInt64: Seat] = [:]
    var seatsByKey: [String: Set<UInt64>] = [:]
    /// May hold entries of seats that are gone; they are skipped, and swept when they prevail.
    var deadlines = DeadlineHeap()
    var seatNext: UInt64 = 0
    var isClosed = false
    /// What the timer is set to; `.max` when it is idle.
    var armedFor = UInt64.max
    let timer: any DispatchSourceTimer
  }

  private let slotsMax: Int
  private let state: Mutex<State>

  public init(slotsMax: Int) {
    precondition(slotsMax > 0, "A room with \(slotsMax) slots is none.")
    self.slotsMax = slotsMax
    let queue = DispatchQueue(label: "rounds.wait-room")
    state = Mutex(State(timer: DispatchSource.makeTimerSource(queue: queue)))
    state.withLock { state in
      state.timer.setEventHandler { [weak self] in self?.endOverdueWaits() }
      state.timer.schedule(deadline: .distantFuture)
      state.timer.activate()
    }
  }

  deinit {
    close()
    state.withLock { $0.timer.cancel() }
  }

  /// Requests that wait now.
  public var waiting: Int { state.withLock { $0.seats.count } }

  /// Takes a seat, looks for news by `isNews`, and waits if there is none.
  public func wait(
    key: String, atMost limit: Duration, unless isNews: () async -> Bool = { false }
  ) async -> Outcome {
    let seat: UInt64
    switch state.withLock({ Self.takeSeat(key, slotsMax: slotsMax, in: &$0) }) {
    case .refused(let outcome): return outcome
    case .taken(let number): seat = number
    }
    if await isNews() {
      state.withLock { Self.leave(seat, in: &$0) }
      return .news
    }
    let dueAt = DispatchTime.now().uptimeNanoseconds &+ limit.nanoseconds
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let early = state.withLock { state in
          Self.sitDown(seat, continuation, dueAt: dueAt, in: &state)
        }
        if let early { continuation.resume(returning: early) }
      }
    } onCancel: {
      end([seat], with: .closing)
    }
  }

  /// Wakes everybody who waits for `key`.
  public func announce(_ key: String) {
    let seats = state.withLock { $0.seatsByKey[key] ?? [] }
    if !seats.isEmpty { end(seats.sorted(), with: .news) }
  }

  /// Wakes everybody and lets nobody in again.
  public func close() {
    let seats = state.withLock { state in
      state.isClosed = true
      return state.seats.keys.sorted()
    }
    end(seats, with: .closing)
  }

  // MARK: - Moves, all under the lock

  private enum Entrance {
    case taken(UInt64)
    case refused(Outcome)
  }

  private static func takeSeat(
    _ key: String, slotsMax: Int, in state: inout State
  ) -> Entrance {
    if state.isClosed { return .refused(.closing) }
    if state.seats.count >= slotsMax { return .refused(.full) }
    let seat = state.seatNext
    state.seatNext += 1
    state.seats[seat] = Seat(key: key)
    state.seatsByKey[key, default: []].insert(seat)
    return .taken(seat)
  }

  /// Returns the outcome if the wait is over before it began.
  private static func sitDown(
    _ seat: UInt64, _ continuation: CheckedContinuation<Outcome, Never>, dueAt: UInt64,
    in state: inout State
  ) -> Outcome? {
    if let outcome = state.seats[seat]?.outcome {
      leave(seat, in: &state)
      return outcome
    }
    state.seats[seat]?.continuation = continuation
    state.deadlines.insert(Deadline(dueAt: dueAt, seat: seat))
    if state.deadlines.count > 2 * state.seats.count + 64 {
      let seats = state.seats
      state.deadlines.keep { seats[$0.seat] != nil }
    }
    arm(&state)
    return nil
  }

  private static func leave(_ seat: UInt64, in state: inout State) {
    guard let key = state.seats.removeValue(forKey: seat)?.key else { return }
    state.seatsByKey[key]?.remove(seat)
    if state.seatsByKey[key]?.isEmpty == true { state.seatsByKey[key] = nil }
  }

  private static func arm(_ state: inout State) {
    let dueAt = state.deadlines.first?.dueAt ?? .max
    guard dueAt != state.armedFor else { return }
    state.armedFor = dueAt
    let moment = dueAt == .max ? .distantFuture : DispatchTime(uptimeNanoseconds: dueAt)
    state.timer.schedule(deadline: moment, leeway: .milliseconds(5))
  }

  // MARK: - Endings

  private func end(_ seats: [UInt64], with outcome: Outcome) {
    let continuations = state.withLock { state in
      seats.compactMap { seat -> CheckedContinuation<Outcome, Never>? in
        guard let continuation = state.seats[seat]?.continuation else {
          if state.seats[seat]?.outcome == nil { state.seats[seat]?.outcome = outcome }
          return nil
        }
        Self.leave(seat, in: &state)
        return continuation
      }
    }
    for continuation in continuations { continuation.resume(returning: outcome) }
  }

  private func endOverdueWaits() {
    let now = DispatchTime.now().uptimeNanoseconds
    let overdue = state.withLock { state in
      var seats: [UInt64] = []
      while let first = state.deadlines.first, first.dueAt <= now {
        seats.append(state.deadlines.removeFirst().seat)
      }
      state.armedFor = .max
      Self.arm(&state)
      return seats
    }
    end(overdue, with: .deadline)
  }
}

extension Duration {
  /// Never negative, and short enough to be added to any clock reading.
  fileprivate var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    return UInt64(min(seconds, 1_000_000_000)) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
  }
}
