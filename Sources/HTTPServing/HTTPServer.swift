// An HTTP/1.1 and TLS server over GNU libmicrohttpd: requests in, answers out, as plain values.
//
// Start here. `Service` is what the library calls, `Exchange` is one request, `WaitRoom` is where
// a handler waits. Socket threads only move bytes; each complete request suspends its connection
// and runs the handler in one task. A suspended connection neither times out nor notices that the
// caller is gone, so a handler that waits must wait in a `WaitRoom`, which has deadlines.
// The server knows nothing of sync, and a stopped server never starts again.

import CMicroHTTPD
import Dispatch
import Glibc
import Synchronization

/// One line about one finished request; never holds query values, headers or bodies.
public struct RequestLogLine: Sendable, Equatable {
  public let method: String
  public let path: String
  /// Nil when the connection ended before there was an answer.
  public let status: Int?
  public let bytesReceived: Int
  public let bytesSent: Int
  /// From the headers to the last byte of the answer.
  public let microseconds: Int
}

/// A server on one port.
public final class HTTPServer: Sendable {
  public typealias Handler = @Sendable (HTTPRequest) async -> HTTPResponse
  /// Called on a socket thread; must be quick.
  public typealias RequestLog = @Sendable (RequestLogLine) -> Void
  /// Whether somebody with these headers is known, and may have more room for what he brings.
  /// Called on a socket thread; must be quick.
  public typealias Acquaintance = @Sendable (_ headers: [String: String]) -> Bool

  private enum State {
    case new
    case running(Running)
    case stopped
  }

  /// What must be given back after the daemon is gone.
  // Safe: the pointers are touched by `start`, which makes them, and by the one `stop` that takes
  // them out of the state; the functions they are handed to are allowed on any thread.
  private struct Running: @unchecked Sendable {
    let daemon: OpaquePointer
    let port: UInt16
    let service: Unmanaged<Service>
  }

  private let configuration: HTTPServerConfiguration
  private let waitRooms: [WaitRoom]
  private let service: Service
  private let state = Mutex(State.new)

  /// Rooms given here are closed by `stop`.
  public init(
    configuration: HTTPServerConfiguration, waitRooms: [WaitRoom] = [], log: RequestLog? = nil,
    knows: @escaping Acquaintance = { _ in true }, handler: @escaping Handler
  ) {
    self.configuration = configuration
    self.waitRooms = waitRooms
    service = Service(
      limits: configuration.limits, certificates: configuration.tls.map { _ in Certificates() },
      log: log, knows: knows, handler: handler)
  }

  deinit {
    if case .running(let running) = state.withLock({ $0 }) {
      preconditionFailure("The server on port \(running.port) was let go before `stop`.")
    }
  }

  /// Opens the port and begins to answer.
  public func start() throws(HTTPServerError) {
    precondition(state.withLock { if case .new = $0 { true } else { false } }, "Started twice.")
    if let tls = configuration.tls { try service.certificates?.replace(with: tls) }
    let listening = try ListeningSocket.open(host: configuration.host, port: configuration.port)
    // Released by `stop` after the daemon is gone, or right below if it never came.
    let retained = Unmanaged.passRetained(service)
    var settings = self.settings(listening, retained)
    guard let daemon = rounds_mhd_start(&settings) else {
      let reason = errno
      close(listening.descriptor)
      retained.release()
      throw .pollingNotStarted(errno: reason)
    }
    service.connections.startSweeping()
    let running = Running(daemon: daemon, port: listening.port, service: retained)
    state.withLock { $0 = .running(running) }
  }

  /// The port it listens on; only while it runs.
  public var port: UInt16 {
    guard case .running(let running) = state.withLock({ $0 }) else {
      preconditionFailure("A server that does not run has no port.")
    }
    return running.port
  }

  /// Shows this certificate from the next handshake on; connections that are there go on.
  public func replaceIdentity(_ identity: TLSIdentity) throws(HTTPServerError) {
    precondition(configuration.tls != nil, "A server without TLS has no certificate to replace.")
    try service.certificates?.replace(with: identity)
  }

  /// Requests that have begun and are not fully answered.
  public var requestsInFlight: Int { service.flights.count }

  /// What it holds of bodies of requests, in bytes, beyond what each may have for nothing.
  public var bodyBytesHeld: Int { service.bodyBytesHeld }

  /// Takes no new connections, ends all waits, gives the handlers `drainSeconds` to answer,
  /// answers 503 for those that have not, hangs up on those that are still sending, and closes
  /// everything. A second call does nothing.
  public func stop(drainSeconds: Double) async {
    let taken = state.withLock { state -> Running? in
      guard case .running(let running) = state else { return nil }
      state = .stopped
      return running
    }
    guard let running = taken else { return }
    // From here new callers are accepted and closed. `MHD_quiesce_daemon`, which would keep them out
    // altogether, is not safe beside the library's own threads: both take the listening socket out
    // of the epoll set, and the second one to do so aborts the process.
    service.beginStopping()
    for room in waitRooms { room.close() }
    await service.flights.allLanded(within: drainSeconds)
    for exchange in service.flights.shut() where exchange.abandon() {
      service.connections.shut(exchange.connection)
    }
    await service.flights.allLanded(within: Self.farewellSeconds)
    service.connections.stopSweeping()
    await withCheckedContinuation { continuation in
      // It joins threads, which must not hold up the shared pool.
      DispatchQueue(label: "rounds.server-stop").async {
        // Closes the listening socket too.
        MHD_stop_daemon(running.daemon)
        // Retained by `start`.
        running.service.release()
        continuation.resume()
      }
    }
  }

  /// What the library notes of the headers of a request, and the headers of its answer.
  private static let parsedHeaderBytesMax = 3 * 1024
  /// For the 503 answers of abandoned requests to get out.
  private static let farewellSeconds = 0.5

  private func settings(
    _ listening: ListeningSocket, _ service: Unmanaged<Service>
  ) -> rounds_mhd_settings {
    let limits = configuration.limits
    var settings = rounds_mhd_settings()
    settings.listen_socket = listening.descriptor
    settings.threads = UInt32(configuration.socketThreads)
    settings.connections_max = UInt32(limits.connectionsMax)
    // Room for the headers, as text and as parsed, and for pieces of the body. The library touches all of
    // it for each connection.
    settings.connection_memory_bytes = limits.headerBytesMax + Self.parsedHeaderBytesMax
    settings.idle_timeout_seconds = UInt32(limits.idleTimeoutSeconds)
    settings.certificate = configuration.tls == nil ? nil : Certificates.retrieve
    settings.accept = Service.accept
    settings.access = Service.access
    settings.completed = Service.completed
    settings.connection_changed = Service.connectionChanged
    settings.request_line = Service.requestLine
    settings.context = service.toOpaque()
    return settings
  }
}
