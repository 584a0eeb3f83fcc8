// When messages are carried: whenever something has happened at the hub, and every minute.
//
// Rounds beside the daemon's own work: take a few, carry them on a queue of its own, tell the hub, until there
// are none. A nudge that comes meanwhile is one more look and not one more courier. It is never waited for: a
// daemon that ends leaves attempts whose end nobody tells, and they are made again under the same identity.

import Dispatch
import FollowUp
import Hub
import Synchronization

final class Courier: Sendable {
  private enum State {
    case idle
    /// Under way; whether to look once more afterwards.
    case busy(again: Bool)
    case stopped
  }

  private let ways: WaysOut
  private let queue = DispatchQueue(label: "rounds.courier")
  private let state = Mutex(State.idle)
  /// Nil before `begin`.
  private let hub = Mutex<HubActor?>(nil)
  private let report: @Sendable (_ sent: Int, _ fault: String?) -> Void

  /// - Parameter report: how many were handed over, and why a round came to nothing.
  init(_ ways: WaysOut, report: @escaping @Sendable (_ sent: Int, _ fault: String?) -> Void) {
    self.ways = ways
    self.report = report
  }

  /// From now on there is something to carry.
  func begin(with hub: HubActor) {
    self.hub.withLock { $0 = hub }
    nudge()
  }

  /// Has it look for messages. Quick: called after every commit.
  func nudge() {
    let isToStart = state.withLock { state in
      switch state {
      case .idle:
        state = .busy(again: false)
        return true
      case .busy:
        state = .busy(again: true)
        return false
      case .stopped: return false
      }
    }
    if isToStart { Task { await self.work() } }
  }

  func stop() { state.withLock { $0 = .stopped } }

  private func work() async {
    repeat {
      do {
        while try await round() {}
      } catch {
        report(0, "\(error)")
      }
    } while goesOn()
  }

  private func goesOn() -> Bool {
    state.withLock { state in
      switch state {
      case .busy(again: true):
        state = .busy(again: false)
        return true
      case .busy(again: false), .idle:
        state = .idle
        return false
      case .stopped: return false
      }
    }
  }

  /// - Returns: whether there was anything.
  private func round() async throws -> Bool {
    guard isAtWork, let hub = hub.withLock({ $0 }) else { return false }
    let batch = try await hub.takeDeliveries(ways.channels)
    guard !batch.isEmpty else { return false }
    let results = await carry(batch)
    try await hub.settleDeliveries(results)
    report(results.count { $0.outcome == .delivered }, nil)
    return true
  }

  private var isAtWork: Bool {
    state.withLock { if case .stopped = $0 { false } else { true } }
  }

  /// On the courier's own queue, because every one of them blocks.
  private func carry(
    _ batch: [Delivery]
  ) async -> [(delivery: Delivery, outcome: DeliveryOutcome)] {
    await withCheckedContinuation { continuation in
      queue.async { [ways] in
        let carrier = Carrier(ways)
        continuation.resume(returning: batch.map { ($0, carrier.carry($0)) })
      }
    }
  }
}
