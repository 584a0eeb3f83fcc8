// What the library calls while a server runs, and nothing else does.
//
// The library knows three kinds of box, each with one retain and one release:
//   the service      retained by `HTTPServer.start`, released after `MHD_stop_daemon`;
//   a connection     retained at `MHD_CONNECTION_NOTIFY_STARTED`, released at `…_CLOSED`;
//   an exchange      retained by the first access callback of a request, released by the
//                    completed callback, which the library calls for each request it told us of.
// The access callback comes: once with the headers alone (an answer queued there makes the
// library close the connection, so only hopeless requests get one), then with each piece of the
// body, then with none (the request is complete), and once more after a resume.

import CMicroHTTPD
import Synchronization

/// The context of every callback.
final class Service: Sendable {
  let limits: ServingLimits
  let connections: Connections
  let flights = Flights()
  /// Nil without TLS; there before the first connection.
  let certificates: Certificates?
  private let bodies = ByteBudget()
  private let answers = ByteBudget()
  private let handler: HTTPServer.Handler
  private let knows: HTTPServer.Acquaintance
  private let log: HTTPServer.RequestLog?
  private let isStopping = Atomic(false)

  init(
    limits: ServingLimits, certificates: Certificates?, log: HTTPServer.RequestLog?,
    knows: @escaping HTTPServer.Acquaintance,
    handler: @escaping HTTPServer.Handler
  ) {
    self.certificates = certificates
    self.knows = knows
    self.limits = limits
    self.log = log
    self.handler = handler
    connections = Connections(
      perAddressMax: limits.connectionsPerAddressMax, crowdedAt: limits.connectionsCrowded)
  }

  var bodyBytesHeld: Int { bodies.bytesHeld }

  /// From now on nobody new is let in, and every answer is the last one of its connection.
  func beginStopping() { isStopping.store(true, ordering: .relaxed) }

  // MARK: - One request, in the order of the callbacks

  /// Returns nil when the server is too far into its stop.
  func begin(_ head: RequestHead, over connection: ConnectionRecord, _ handle: MHDConnection)
    -> Exchange?
  {
    let refusal = head.refusal(under: limits)
    let exchange = Exchange(
      head, refusal: refusal, over: connection, handle: handle, limits: limits, bodies: bodies,
      isKnown: knows(head.headers))
    guard flights.enter(exchange) else { return nil }
    connection.expect(within: limits.seconds(for: 0))
    return exchange
  }

  func proceed(_ exchange: Exchange, _ handle: MHDConnection) -> MHD_Result {
    switch exchange.proceed() {
    case .handle(let request):
      exchange.connection.expectNothing()
      let handler = self.handler
      // The one task of this request; the exchange outlives it, because the task holds it.
      let task = Task {
        let response = await handler(request)
        exchange.answer(response.packed(accepting: request.headers["accept-encoding"]).fitToSend)
      }
      exchange.isHandled(by: task)
      return .YES
    case .send(let response):
      let response = exchange.hold(response, in: answers, under: limits.answersBytesMax)
      exchange.connection.expect(within: limits.seconds(for: response.body.count))
      return send(response, over: handle)
    case .nothing:
      return .YES
    }
  }

  func end(_ exchange: Exchange) {
    exchange.connection.expect(within: limits.idleTimeoutSeconds)
    exchange.giveBack(answersTo: answers)
    flights.leave(exchange)
    guard let log else { return }
    let summary = exchange.summary
    log(
      RequestLogLine(
        method: exchange.head.method, path: exchange.head.path, status: summary.status,
        bytesReceived: summary.bytesReceived, bytesSent: summary.bytesSent,
        microseconds: Int((monotonicNanoseconds() - exchange.startedAt) / 1000)))
  }

  private func send(_ response: HTTPResponse, over handle: MHDConnection) -> MHD_Result {
    let answer = response.body.withUnsafeBytes { body in
      // The library copies the bytes and writes through the pointer never.
      MHD_create_response_from_buffer(
        body.count, UnsafeMutableRawPointer(mutating: body.baseAddress), .RESPMEM_MUST_COPY)
    }
    guard let answer else { return .NO }
    defer { MHD_destroy_response(answer) }
    for (name, value) in response.headers.sorted(by: { $0.key < $1.key }) {
      // `fitToSend` has left nothing the library refuses, so this is memory that ran out.
      if MHD_add_response_header(answer, name, value) == .NO { return .NO }
    }
    if isStopping.load(ordering: .relaxed) {
      MHD_add_response_header(answer, "Connection", "close")
    }
    return MHD_queue_response(handle.pointer, UInt32(response.status), answer)
  }
}

// MARK: - The callbacks themselves

extension Service {
  static func from(_ context: UnsafeMutableRawPointer?) -> Service {
    guard let context else { preconditionFailure("The library lost our context.") }
    return Unmanaged<Service>.fromOpaque(context).takeUnretainedValue()
  }

  static let accept: MHD_AcceptPolicyCallback = { context, address, _ in
    let service = Service.from(context)
    guard let address, !service.isStopping.load(ordering: .relaxed) else { return .NO }
    return service.connections.hasRoom(for: PeerAddress(address)) ? .YES : .NO
  }

  static let connectionChanged: MHD_NotifyConnectionCallback = {
    context, connection, slot, change in
    guard let connection, let slot else { return }
    let service = Service.from(context)
    if change == .CONNECTION_NOTIFY_STARTED {
      let peer = rounds_mhd_client_address(connection).map { PeerAddress($0) } ?? .unknown
      let record = ConnectionRecord(
        peer: peer, descriptor: rounds_mhd_socket(connection), certificates: service.certificates)
      record.expect(within: service.limits.idleTimeoutSeconds)
      service.connections.add(record)
      // Released below, at the close.
      slot.pointee = Unmanaged.passRetained(record).toOpaque()
    } else if let box = slot.pointee {
      // Retained above, at the start.
      service.connections.remove(Unmanaged<ConnectionRecord>.fromOpaque(box).takeRetainedValue())
      slot.pointee = nil
    }
  }

  static let requestLine:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) ->
      UnsafeMutableRawPointer? = { context, uri, connection in
        if let uri, let connection, let record = record(of: connection) {
          // What the library would leave unanswered is closed by the next sweep.
          let isHopeless = RequestLine.hasTooManyArguments(uri)
          record.expect(within: isHopeless ? 0 : Service.from(context).limits.idleTimeoutSeconds)
          record.isLineGarbled.store(RequestLine.isGarbled(uri), ordering: .relaxed)
        }
        // What is returned becomes the request's box; the first access callback makes it.
        return nil
      }

  static let access: MHD_AccessHandlerCallback = {
    context, connection, url, method, _, upload, uploadBytes, box in
    guard let connection, let url, let method, let uploadBytes, let box else { return .NO }
    let service = Service.from(context)
    let handle = MHDConnection(pointer: connection)
    guard let opaque = box.pointee else {
      guard let record = record(of: connection) else { return .NO }
      let head = RequestHead(
        connection, url: url, method: method,
        isLineGarbled: record.isLineGarbled.load(ordering: .relaxed))
      guard let exchange = service.begin(head, over: record, handle)
      else { return .NO }
      // Released in `completed`.
      box.pointee = Unmanaged.passRetained(exchange).toOpaque()
      let isHopeless =
        head.refusal(under: service.limits) != nil && head.isRefusedAtOnce(under: service.limits)
      return isHopeless ? service.proceed(exchange, handle) : .YES
    }
    let exchange = Unmanaged<Exchange>.fromOpaque(opaque).takeUnretainedValue()
    guard uploadBytes.pointee > 0 else { return service.proceed(exchange, handle) }
    let piece = UnsafeRawBufferPointer(start: upload, count: uploadBytes.pointee)
    uploadBytes.pointee = 0
    return exchange.receive(piece) == .more ? .YES : .NO
  }

  static let completed: MHD_RequestCompletedCallback = { context, _, box, _ in
    guard let box, let opaque = box.pointee else { return }
    box.pointee = nil
    // Retained in `access`.
    Service.from(context).end(Unmanaged<Exchange>.fromOpaque(opaque).takeRetainedValue())
  }

  static func record(of connection: OpaquePointer) -> ConnectionRecord? {
    rounds_mhd_connection_context(connection).map {
      Unmanaged<ConnectionRecord>.fromOpaque($0).takeUnretainedValue()
    }
  }
}
