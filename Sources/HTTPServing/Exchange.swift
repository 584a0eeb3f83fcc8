// One request on its way through the server, from its headers to the last byte of its answer.
//
//     receiving ─► handling ─► answered ─► queued   the usual way
//     receiving ─► discarding ─► queued         refused: the body is read and thrown away
//
// The socket thread of the connection moves everything but one step: `handling ─► answered` is
// moved by the handler's task or, in a stop that has run out of patience, by `abandon`. That step
// and the suspension it ends happen under one lock, so a connection is resumed exactly once, and
// always before the daemon can be stopped. No more than `ServingLimits.bodyBytesMax` is ever held.

import CMicroHTTPD
import Synchronization

/// The per-request box that the library carries for us.
final class Exchange: Sendable {
  private enum Phase {
    case receiving
    case discarding(bytes: Int, HTTPResponse)
    case handling(Task<Void, Never>?)
    case answered(HTTPResponse)
    case queued
  }

  private struct State {
    var phase: Phase
    var body: [UInt8] = []
    var summary: Summary
  }

  /// What the request log wants to know at the end.
  struct Summary {
    var bytesReceived = 0
    /// Nil until an answer is queued.
    var status: Int?
    var bytesSent = 0
  }

  /// What the access callback has to do next.
  enum Step {
    case handle(HTTPRequest)
    case send(HTTPResponse)
    case nothing
  }

  /// Whether the library may go on reading.
  enum Appetite { case more, drop }

  let head: RequestHead
  let connection: ConnectionRecord
  let startedAt: UInt64
  private let limits: ServingLimits
  private let handle: MHDConnection
  private let state: Mutex<State>

  init(
    _ head: RequestHead, refusal: HTTPResponse?, over connection: ConnectionRecord,
    handle: MHDConnection, limits: ServingLimits
  ) {
    self.head = head
    self.connection = connection
    self.handle = handle
    self.limits = limits
    startedAt = monotonicNanoseconds()
    let phase = refusal.map { Phase.discarding(bytes: 0, $0) } ?? .receiving
    state = Mutex(State(phase: phase, summary: Summary()))
  }

  var summary: Summary { state.withLock { $0.summary } }

  // MARK: - Moves of the socket thread

  /// Takes a piece of the body, or counts and forgets it.
  func receive(_ piece: UnsafeRawBufferPointer) -> Appetite {
    state.withLock { state in
      state.summary.bytesReceived += piece.count
      switch state.phase {
      case .receiving where state.body.count + piece.count <= limits.bodyBytesMax:
        state.body.append(contentsOf: piece)
      case .receiving:
        let bytes = state.body.count + piece.count
        state.body = []
        state.phase = .discarding(bytes: bytes, .bodyTooLarge(bytesMax: limits.bodyBytesMax))
      case .discarding(let bytes, let refusal):
        state.phase = .discarding(bytes: bytes + piece.count, refusal)
        return bytes + piece.count > limits.discardBytesMax ? .drop : .more
      case .handling, .answered, .queued:
        return .drop
      }
      return .more
    }
  }

  /// The request is complete, or the connection was resumed.
  func proceed() -> Step {
    state.withLock { state in
      switch state.phase {
      case .receiving:
        let request = head.request(with: state.body, from: connection.peer)
        state.body = []
        state.phase = .handling(nil)
        MHD_suspend_connection(handle.pointer)
        return .handle(request)
      case .discarding(_, let response), .answered(let response):
        state.phase = .queued
        state.summary.status = response.status
        state.summary.bytesSent = response.body.count
        return .send(response)
      case .handling, .queued:
        return .nothing
      }
    }
  }

  /// Remembers the task, to cancel it if the server loses patience.
  func isHandled(by task: Task<Void, Never>) {
    state.withLock { state in
      if case .handling = state.phase { state.phase = .handling(task) }
    }
  }

  // MARK: - Moves from elsewhere

  /// The handler is done. Too late is not an error: the server may have answered for it.
  func answer(_ response: HTTPResponse) {
    state.withLock { state in
      guard case .handling = state.phase else { return }
      state.phase = .answered(response)
      MHD_resume_connection(handle.pointer)
    }
  }

  /// Answers 503 in place of a handler that takes too long for a server that stops.
  func abandon() {
    let refusal = HTTPResponse.unavailable(retryAfterSeconds: 5)
    let task = state.withLock { state -> Task<Void, Never>? in
      switch state.phase {
      case .receiving:
        state.phase = .discarding(bytes: state.body.count, refusal)
        state.body = []
      case .handling(let task):
        state.phase = .answered(refusal)
        MHD_resume_connection(handle.pointer)
        return task
      case .discarding, .answered, .queued:
        break
      }
      return nil
    }
    task?.cancel()
  }
}

/// The library's connection, as far as other threads may have it.
// Safe: the pointer is used only to suspend and to resume, which the library allows from any
// thread, and only in the phases in which `Exchange` proves that the connection is alive.
struct MHDConnection: @unchecked Sendable {
  let pointer: OpaquePointer
}
