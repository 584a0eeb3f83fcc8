// One request on its way through the server, from its headers to the last byte of its answer.
//
//     receiving ─► handling ─► answered ─► queued   the usual way
//     receiving ─► discarding ─► queued         refused: the body is read and thrown away
//
// The socket thread of the connection moves everything but one step: `handling ─► answered` is
// moved by the handler's task or, in a stop that has run out of patience, by `abandon`. That step
// and the suspension it ends happen under one lock, so a connection is resumed exactly once, and
// always before the daemon can be stopped. No more than `ServingLimits.bodyBytesMax` is ever held
// for one, and all of them together stay within a budget.

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
    /// Of the budget, until the request has been handled.
    var bytesTaken = 0
    var answerBytesTaken = 0
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
  private let bodies: ByteBudget
  /// How many bytes of bodies may be held when this one grows.
  private let ceiling: Int
  private let handle: MHDConnection
  private let state: Mutex<State>

  init(
    _ head: RequestHead, refusal: HTTPResponse?, over connection: ConnectionRecord,
    handle: MHDConnection, limits: ServingLimits, bodies: ByteBudget, isKnown: Bool
  ) {
    self.head = head
    self.connection = connection
    self.handle = handle
    self.limits = limits
    self.bodies = bodies
    ceiling = isKnown ? limits.bodiesBytesMax : limits.strangersBytesMax
    startedAt = monotonicNanoseconds()
    let phase = refusal.map { Phase.discarding(bytes: 0, $0) } ?? .receiving
    state = Mutex(State(phase: phase, summary: Summary()))
  }

  var summary: Summary { state.withLock { $0.summary } }

  // MARK: - Moves of the socket thread

  /// Takes a piece of the body, or counts and forgets it.
  func receive(_ piece: UnsafeRawBufferPointer) -> Appetite {
    let bytesReceived = state.withLock { state in
      state.summary.bytesReceived += piece.count
      return state.summary.bytesReceived
    }
    connection.expect(within: limits.seconds(for: bytesReceived), since: startedAt)
    return state.withLock { state in
      switch state.phase {
      case .receiving:
        let bytes = state.body.count + piece.count
        if let refusal = refusal(of: bytes, in: &state) {
          state.body = []
          state.phase = .discarding(bytes: bytes, refusal)
        } else {
          state.body.append(contentsOf: piece)
        }
      case .discarding(let bytes, let refusal):
        state.phase = .discarding(bytes: bytes + piece.count, refusal)
        return bytes + piece.count > limits.discardBytesMax ? .drop : .more
      case .handling, .answered, .queued:
        return .drop
      }
      return .more
    }
  }

  /// Takes what a body of so many bytes needs from the budget, or says why it cannot be.
  private func refusal(of bytes: Int, in state: inout State) -> HTTPResponse? {
    if bytes > limits.bodyBytesMax { return .bodyTooLarge(bytesMax: limits.bodyBytesMax) }
    let missing = max(0, bytes - limits.bodyBytesFree) - state.bytesTaken
    if missing <= 0 { return nil }
    guard bodies.take(missing, under: ceiling) else {
      return .unavailable(retryAfterSeconds: ServingLimits.retrySeconds)
    }
    state.bytesTaken += missing
    return nil
  }

  /// The answer, or a short one where no more long ones can be held.
  func hold(_ response: HTTPResponse, in answers: ByteBudget, under ceiling: Int) -> HTTPResponse {
    let bytes = response.body.count
    if bytes <= limits.bodyBytesFree { return response }
    let isTaken = answers.take(bytes, under: ceiling)
    return state.withLock { state in
      state.answerBytesTaken = isTaken ? bytes : 0
      if isTaken { return response }
      let refusal = HTTPResponse.unavailable(retryAfterSeconds: ServingLimits.retrySeconds)
      state.summary.status = refusal.status
      state.summary.bytesSent = refusal.body.count
      return refusal
    }
  }

  /// What was held for the body and the answer is free again.
  func giveBack(answersTo answers: ByteBudget) {
    let (body, answer) = state.withLock { state in
      defer { (state.bytesTaken, state.answerBytesTaken) = (0, 0) }
      return (state.bytesTaken, state.answerBytesTaken)
    }
    bodies.give(body)
    answers.give(answer)
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
  ///
  /// - Returns: whether the caller is still sending, and cannot be answered.
  func abandon() -> Bool {
    let refusal = HTTPResponse.unavailable(retryAfterSeconds: ServingLimits.retrySeconds)
    let (task, isSending) = state.withLock { state -> (Task<Void, Never>?, Bool) in
      switch state.phase {
      case .receiving:
        // Should the rest be there already, nobody may begin to handle it.
        state.phase = .discarding(bytes: state.body.count, refusal)
        state.body = []
        return (nil, true)
      case .discarding: return (nil, true)
      case .handling(let task):
        state.phase = .answered(refusal)
        MHD_resume_connection(handle.pointer)
        return (task, false)
      case .answered, .queued: return (nil, false)
      }
    }
    task?.cancel()
    return isSending
  }
}

/// The library's connection, as far as other threads may have it.
// Safe: the pointer is used only to suspend and to resume, which the library allows from any
// thread, and only in the phases in which `Exchange` proves that the connection is alive.
struct MHDConnection: @unchecked Sendable {
  let pointer: OpaquePointer
}
