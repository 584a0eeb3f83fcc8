// SIGINT and SIGTERM while `rounds sync --watch` runs: an end in order, never in the middle of a step.
//
// Waiting for the hub blocks inside libcurl, where no flag is looked at. So a signal that comes
// while nothing is under way ends the process at once (everything is on the disk then), and one that
// comes during a step is remembered and honoured after it.

import Glibc
import Synchronization

final class Interruption: Sendable {
  private struct State {
    var isRequested = false
    /// Nothing is under way that must not be cut.
    var isIdle = false
  }

  private let state = Mutex(State())
  private let takesSignals: Bool

  /// - Parameter takesSignals: false in tests, where signals are the test runner's.
  init(takesSignals: Bool) { self.takesSignals = takesSignals }

  var isRequested: Bool { state.withLock { $0.isRequested } }

  /// Asks for an end, as a signal does.
  func request() {
    state.withLock { state in
      state.isRequested = true
      // Not `exit`: it would run the libraries' own endings beside a call into them.
      if takesSignals && state.isIdle { _exit(0) }
    }
  }

  /// From here on the two signals are ours: blocked everywhere, and taken by one thread that does
  /// nothing else. It lives as long as the process.
  func listen() throws {
    guard takesSignals else { return }
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    var thread = pthread_t()
    // Retained here, and released by nobody: the thread never ends.
    let own = Unmanaged.passRetained(self).toOpaque()
    let code = pthread_create(&thread, nil, Interruption.awaitSignals, own)
    guard code == 0 else {
      throw RepError.noThread(reason: String(cString: strerror(code)))
    }
  }

  private static let awaitSignals:
    @convention(c) (UnsafeMutableRawPointer?) ->
      UnsafeMutableRawPointer? = { own in
        guard let own else { return nil }
        let interruption = Unmanaged<Interruption>.fromOpaque(own).takeUnretainedValue()
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        var number: Int32 = 0
        while sigwait(&signals, &number) == 0 { interruption.request() }
        return nil
      }

  /// Runs a body that a signal may end together with the process.
  func whileIdle<T, Failure: Error>(_ body: () throws(Failure) -> T) throws(Failure) -> T {
    state.withLock { $0.isIdle = true }
    defer { state.withLock { $0.isIdle = false } }
    return try body()
  }

  /// Lets time pass, or less of it when an end is asked for.
  func pause(milliseconds: Int64) {
    let sliceMilliseconds: Int64 = 100
    var rest = milliseconds
    whileIdle {
      while rest > 0, !isRequested {
        usleep(UInt32(min(rest, sliceMilliseconds) * 1000))
        rest -= sliceMilliseconds
      }
    }
  }
}
