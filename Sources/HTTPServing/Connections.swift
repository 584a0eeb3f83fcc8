// The open connections: how many an address has, and which take too long to say what they want.
//
// The library's own idle time-out starts again with every byte, so a caller that sends a byte now
// and then would hold its connection for ever. Here each connection has a moment by which the
// head, and then the body, must be complete; one timer a second looks for the overdue and shuts
// their sockets, which the library then notices and cleans up. When there is hardly room for new
// callers, those that would be overdue first make room before their time. A descriptor is only ever shut
// while its record is listed, and it is unlisted before the library closes it: it can never be
// somebody else's by then. Connections that wait for a handler have no moment.

import Dispatch
import Glibc
import Synchronization

/// One open connection.
final class ConnectionRecord: Sendable {
  let peer: PeerAddress
  let descriptor: Int32
  /// What a handshake may show; nil without TLS.
  let certificates: Certificates?
  /// Nanoseconds of the monotonic clock; `.max` while nothing is due. Moved by the socket thread.
  private let dueAt: Atomic<UInt64>
  /// Of the request that is being read now; written and read by the socket thread.
  let isLineGarbled = Atomic(false)

  init(peer: PeerAddress, descriptor: Int32, certificates: Certificates? = nil) {
    self.certificates = certificates
    self.peer = peer
    self.descriptor = descriptor
    dueAt = Atomic(.max)
  }

  /// What is on its way must be complete in so many seconds.
  func expect(within seconds: Int, since start: UInt64 = monotonicNanoseconds()) {
    dueAt.store(start &+ UInt64(seconds) &* 1_000_000_000, ordering: .relaxed)
  }

  /// Everything has been received.
  func expectNothing() { dueAt.store(.max, ordering: .relaxed) }

  func isOverdue(at now: UInt64) -> Bool { due < now }

  /// `.max` while nothing is due.
  var due: UInt64 { dueAt.load(ordering: .relaxed) }
}

/// All open connections of one server.
final class Connections: Sendable {
  private struct State {
    var records: [ObjectIdentifier: ConnectionRecord] = [:]
    var countByNetwork: [String: Int] = [:]
    /// Shut to make room, and not yet gone.
    var leaving: Set<ObjectIdentifier> = []
    var timer: (any DispatchSourceTimer)?
  }

  /// 0 means unlimited.
  private let perAddressMax: Int
  private let crowdedAt: Int
  private let state = Mutex(State())

  init(perAddressMax: Int, crowdedAt: Int) {
    self.perAddressMax = perAddressMax
    self.crowdedAt = crowdedAt
  }

  func startSweeping() {
    let queue = DispatchQueue(label: "rounds.connections")
    state.withLock { state in
      let timer = DispatchSource.makeTimerSource(queue: queue)
      timer.setEventHandler { [weak self] in self?.shutOverdue(at: monotonicNanoseconds()) }
      timer.schedule(deadline: .now() + 1, repeating: 1, leeway: .milliseconds(100))
      timer.activate()
      state.timer = timer
    }
  }

  func stopSweeping() {
    state.withLock { state in
      state.timer?.cancel()
      state.timer = nil
    }
  }

  /// Whether one more connection from there is welcome.
  func hasRoom(for peer: PeerAddress) -> Bool {
    if perAddressMax == 0 || peer.isLoopback { return true }
    return state.withLock { $0.countByNetwork[peer.network, default: 0] < perAddressMax }
  }

  func add(_ record: ConnectionRecord) {
    state.withLock { state in
      state.records[ObjectIdentifier(record)] = record
      if state.records.count - state.leaving.count > crowdedAt { Self.makeRoom(in: &state) }
      state.countByNetwork[record.peer.network, default: 0] += 1
    }
  }

  func remove(_ record: ConnectionRecord) {
    state.withLock { state in
      guard state.records.removeValue(forKey: ObjectIdentifier(record)) != nil else { return }
      state.leaving.remove(ObjectIdentifier(record))
      let count = state.countByNetwork[record.peer.network, default: 1] - 1
      state.countByNetwork[record.peer.network] = count == 0 ? nil : count
    }
  }

  /// Hangs up on a caller that cannot be answered.
  func shut(_ record: ConnectionRecord) {
    state.withLock { state in
      guard state.records[ObjectIdentifier(record)] != nil else { return }
      shutdown(record.descriptor, Int32(SHUT_RDWR))
    }
  }

  /// Shuts those that would be due first among all that have yet to say something: a flood of
  /// silent callers pushes out its own, and nobody who waits for an answer. A sixteenth at once,
  /// so that a flood is sorted now and then and not for each of its callers.
  private static func makeRoom(in state: inout State) {
    let idle = state.records.values.filter {
      $0.due != .max && !state.leaving.contains(ObjectIdentifier($0))
    }
    let count = max(1, state.records.count / 16)
    for record in idle.sorted(by: { $0.due < $1.due }).prefix(count) {
      state.leaving.insert(ObjectIdentifier(record))
      shutdown(record.descriptor, Int32(SHUT_RDWR))
    }
  }

  private func shutOverdue(at now: UInt64) {
    state.withLock { state in
      for record in state.records.values where record.isOverdue(at: now) {
        // The caller may have hung up meanwhile; then there is nothing left to shut.
        shutdown(record.descriptor, Int32(SHUT_RDWR))
      }
    }
  }
}

/// A clock that never goes backwards.
func monotonicNanoseconds() -> UInt64 { DispatchTime.now().uptimeNanoseconds }
