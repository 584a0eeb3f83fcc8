// The open connections: how many an address has, and which take too long to say what they want.
//
// The library's own idle time-out starts again with every byte, so a caller that sends a byte now
// and then would hold its connection for ever. Here each connection has a moment by which the
// head, and then the body, must be complete; one timer a second looks for the overdue and shuts
// their sockets, which the library then notices and cleans up. A descriptor is only ever shut
// while its record is listed, and it is unlisted before the library closes it: it can never be
// somebody else's by then. Connections that wait for a handler or read an answer have no moment.

import Dispatch
import Glibc
import Synchronization

/// One open connection.
final class ConnectionRecord: Sendable {
  let peer: PeerAddress
  let descriptor: Int32
  /// Nanoseconds of the monotonic clock; `.max` while nothing is due. Moved by the socket thread.
  private let dueAt: Atomic<UInt64>
  /// Of the request that is being read now; written and read by the socket thread.
  let isLineGarbled = Atomic(false)

  init(peer: PeerAddress, descriptor: Int32) {
    self.peer = peer
    self.descriptor = descriptor
    dueAt = Atomic(.max)
  }

  /// What is being received must be complete in so many seconds.
  func expect(within seconds: Int) {
    let moment = monotonicNanoseconds() &+ UInt64(seconds) &* 1_000_000_000
    dueAt.store(moment, ordering: .relaxed)
  }

  /// Everything has been received.
  func expectNothing() { dueAt.store(.max, ordering: .relaxed) }

  func isOverdue(at now: UInt64) -> Bool { dueAt.load(ordering: .relaxed) < now }
}

/// All open connections of one server.
final class Connections: Sendable {
  private struct State {
    var records: [ObjectIdentifier: ConnectionRecord] = [:]
    var countByHost: [String: Int] = [:]
    var timer: (any DispatchSourceTimer)?
  }

  /// 0 means unlimited.
  private let perAddressMax: Int
  private let state = Mutex(State())

  init(perAddressMax: Int) { self.perAddressMax = perAddressMax }

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
    return state.withLock { $0.countByHost[peer.host, default: 0] < perAddressMax }
  }

  func add(_ record: ConnectionRecord) {
    state.withLock { state in
      state.records[ObjectIdentifier(record)] = record
      state.countByHost[record.peer.host, default: 0] += 1
    }
  }

  func remove(_ record: ConnectionRecord) {
    state.withLock { state in
      guard state.records.removeValue(forKey: ObjectIdentifier(record)) != nil else { return }
      let count = state.countByHost[record.peer.host, default: 1] - 1
      state.countByHost[record.peer.host] = count == 0 ? nil : count
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
