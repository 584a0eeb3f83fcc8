// What the tests of this folder share: a server around a handler, and blocking work kept off the
// pool on which handlers run.
//
// Nothing here waits by the clock. A server is always stopped, also when the body throws; a test
// must never block one of the pool's threads itself, because the handler it waits for needs them.

import Dispatch
import HTTPServing
import HubClient
import Synchronization

/// Runs a server on a free loopback port, and stops it.
func withServer(
  limits: ServingLimits = ServingLimits(), tls: TLSIdentity? = nil, rooms: [WaitRoom] = [],
  log: HTTPServer.RequestLog? = nil,
  knows: @escaping HTTPServer.Acquaintance = { _ in true }, handler: @escaping HTTPServer.Handler,
  _ body: (HTTPServer) async throws -> Void
) async throws {
  let configuration = HTTPServerConfiguration(tls: tls, limits: limits)
  let server = HTTPServer(
    configuration: configuration, waitRooms: rooms, log: log, knows: knows,
    handler: handler)
  try server.start()
  do {
    try await body(server)
  } catch {
    await server.stop(drainSeconds: 1)
    throw error
  }
  await server.stop(drainSeconds: 1)
}

/// Runs work that blocks on a thread of its own.
func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value
{
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue(label: "test.blocking").async {
      continuation.resume(with: Result(catching: work))
    }
  }
}

/// One call by a client of its own.
func call(_ call: HTTPCall) async throws -> HTTPReply {
  try await blocking { try HTTPClient().send(call) }
}

/// The error of one call by a client of its own.
func failure(
  of call: HTTPCall, authoritiesPath: String? = nil
) async throws -> HTTPClientError? {
  try await blocking {
    do throws(HTTPClientError) {
      _ = try HTTPClient(authoritiesPath: authoritiesPath).send(call)
      return nil
    } catch {
      return error
    }
  }
}

extension HTTPServer {
  func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }
}

/// Lets a test go on when something has happened often enough.
final class Tally: Sendable {
  private struct State {
    var count = 0
    var goal = Int.max
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  var count: Int { state.withLock { $0.count } }

  func add() {
    let waiter = state.withLock { state in
      state.count += 1
      return state.count >= state.goal ? state.waiter.take() : nil
    }
    waiter?.resume()
  }

  func reached(_ goal: Int) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.count < goal {
          state.goal = goal
          state.waiter = continuation
        }
        return state.count >= goal
      }
      if isThere { continuation.resume() }
    }
  }
}
