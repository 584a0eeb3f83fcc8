// Where text goes: a file descriptor with a buffer, or memory in tests.
//
// A reader that leaves early (`rounds list | head`) is no failure: the first EPIPE closes the sink
// and everything after it is dropped. Any other failure (a full disk) closes it too, but is kept,
// and `CommandTable.run` turns it into exit 1: an export cut short must not look done. A sink must
// never trap and never throw.
//
// Invariant: bytes leave in the order they were written, whole, or not at all after a close.

import Glibc
import Synchronization

/// Stdout or stderr of a program.
public final class OutputSink: Sendable {
  /// Bytes held back before they are written to a descriptor.
  public static let bufferBytesMax = 64 << 10

  private enum End: Equatable {
    case open, readerLeft
    case failed(errorNumber: Int32)
  }

  private struct State {
    var pending: [UInt8] = []
    /// Moves once, away from `.open`.
    var end = End.open
  }

  /// The descriptor, or nil for memory. The sink does not own it and never closes it.
  private let descriptor: Int32?
  private let isBuffered: Bool
  private let state = Mutex(State())

  /// Writes to a descriptor; unbuffered for stderr, so that remarks appear at once.
  public init(descriptor: Int32, isBuffered: Bool) {
    self.descriptor = descriptor
    self.isBuffered = isBuffered
  }

  /// Keeps everything, for tests.
  public init() {
    descriptor = nil
    isBuffered = true
  }

  /// True once the reader has left or writing failed; a long output may stop early.
  public var isClosed: Bool { state.withLock { $0.end != .open } }

  /// Why writing failed, in the system's words; nil also when the reader merely left.
  public var failure: String? {
    guard case .failed(let errorNumber) = state.withLock({ $0.end }) else { return nil }
    return String(cString: strerror(errorNumber))
  }

  /// What a sink in memory holds.
  public var text: String {
    state.withLock { String(decoding: $0.pending, as: UTF8.self) }
  }

  public func write(_ text: String) {
    write(Array(text.utf8))
  }

  public func write(_ bytes: [UInt8]) {
    state.withLock { state in
      guard state.end == .open else { return }
      state.pending.append(contentsOf: bytes)
      if !isBuffered || state.pending.count >= OutputSink.bufferBytesMax { drain(&state) }
    }
  }

  /// Writes what is held back.
  public func flush() {
    state.withLock { drain(&$0) }
  }

  private func drain(_ state: inout State) {
    guard let descriptor else { return }
    var rest = state.pending[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno == EAGAIN {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = Glibc.poll(&poll, 1, -1)
      } else if errno != EINTR {
        state.end = errno == EPIPE ? .readerLeft : .failed(errorNumber: errno)
        break
      }
    }
    state.pending.removeAll(keepingCapacity: true)
  }
}
