// Many bad callers at once: silent ones, slow ones, ones that bring more than can be held. Everybody
// else is served meanwhile, and what is held stays bounded.
//
// Limits are small here, so that a handful of sockets is a flood. Nothing waits by the clock: the
// pace is set by answers, or by a hang-up that has to come.

import HTTPServing
import HubClient
import Testing

@Suite struct FloodTests {
  @Test func `silent callers push out each other and nobody who has something to say`()
    async throws
  {
    var limits = ServingLimits()
    limits.connectionsMax = 32
    try await withServer(limits: limits) { _ in
      .text("served")
    } _: { server in
      let port = server.port
      let silent = try await blocking {
        try (0..<100).map { _ in try RawSocket.connected(to: port) }
      }
      // Long before the first of them would be dropped for its silence.
      let reply = try await call(HTTPCall(url: server.url("/"), timeoutSeconds: 15))
      #expect(reply.status == 200)
      for socket in silent { socket.close() }
    }
  }

  @Test func `who waits for an answer is not pushed out`() async throws {
    var limits = ServingLimits()
    limits.connectionsMax = 32
    let room = WaitRoom(slotsMax: 10)
    let seated = Tally()
    try await withServer(limits: limits, rooms: [room]) { request in
      guard request.path == "/wait" else { return .text("served") }
      let outcome = await room.wait(key: "news", atMost: .seconds(60)) {
        seated.add()
        return false
      }
      return .text("\(outcome)")
    } _: { server in
      async let waiting = call(HTTPCall(url: server.url("/wait")))
      await seated.reached(1)
      let port = server.port
      let silent = try await blocking {
        try (0..<100).map { _ in try RawSocket.connected(to: port) }
      }
      #expect(
        try await call(HTTPCall(url: server.url("/"), timeoutSeconds: 15)).status == 200)
      room.announce("news")
      #expect(try await waiting.body == Array("news\n".utf8))
      for socket in silent { socket.close() }
    }
  }

  @Test func `an answer that nobody takes is given up, and its room with it`() async throws {
    var limits = ServingLimits()
    limits.idleTimeoutSeconds = 1
    limits.requestTimeoutSeconds = 2
    limits.answersBytesMax = 20 << 20
    try await withServer(limits: limits) { _ in
      HTTPResponse(status: 200, body: [UInt8](repeating: 1, count: 16 << 20))
    } _: { server in
      let port = server.port
      let greedy = try await blocking {
        let socket = try RawSocket.connected(to: port)
        socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        try socket.read(upTo: "\r\n\r\n")
        return socket
      }
      // Two of them are more than may be held, where they may not be packed.
      var asked = HTTPCall(url: server.url("/"))
      asked.headers["Accept-Encoding"] = "identity"
      #expect(try await call(asked).status == 503)
      // Until the server has hung up on it; how much is on its way by then, the system decides.
      #expect(try await Self.firstButBusy(HTTPCall(url: server.url("/"))) == 200)
      let rest = try await blocking {
        defer { greedy.close() }
        return try greedy.readToEnd().utf8.count
      }
      #expect(rest < 16 << 20)
    }
  }

  /// Asks again as long as the server says "later": the answers set the pace.
  private static func firstButBusy(_ asked: HTTPCall) async throws -> Int {
    let start = ContinuousClock.now
    var status = 503
    while status == 503, ContinuousClock.now - start < .seconds(20) {
      status = try await call(asked).status
    }
    return status
  }

  @Test(arguments: [(isKnown: false, status: 503), (isKnown: true, status: 200)])
  func `strangers bring only so much at a time, and leave room for those who are known`(
    row: (isKnown: Bool, status: Int)
  ) async throws {
    var limits = ServingLimits()
    limits.bodyBytesFree = 1000
    limits.strangersBytesMax = 150_000
    limits.bodiesBytesMax = 400_000
    let knows: HTTPServer.Acquaintance = { $0["x-known"] != nil }
    try await withServer(limits: limits, knows: knows) { request in
      .text("\(request.body.count)")
    } _: { server in
      let port = server.port
      // Half-sent bodies: what they bring is held and never handled.
      let strangers = try await blocking {
        try (0..<2).map { _ in
          let socket = try RawSocket.connected(to: port)
          socket.write(
            "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 100000\r\n\r\n")
          return socket
        }
      }
      let half = try await blocking {
        let socket = try RawSocket.connected(to: port)
        socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 120001\r\n\r\n")
        socket.write([UInt8](repeating: 7, count: 120_000))
        return socket
      }
      // A small one always fits; it is asked until the server has read all of the half one.
      let start = ContinuousClock.now
      repeat {
        let small = try await call(HTTPCall(method: "POST", url: server.url("/"), body: [1]))
        #expect(small.status == 200)
      } while server.bodyBytesHeld < 119_000 && ContinuousClock.now - start < .seconds(20)
      #expect(server.bodyBytesHeld == 119_000)
      var large = HTTPCall(method: "POST", url: server.url("/"))
      large.body = [UInt8](repeating: 7, count: 100_000)
      if row.isKnown { large.headers["X-Known"] = "yes" }
      #expect(try await call(large).status == row.status)
      half.write([7])
      let first = try await blocking {
        defer { for socket in strangers + [half] { socket.close() } }
        return try half.read(upTo: "120001\n")
      }
      #expect(first.hasPrefix("HTTP/1.1 200"))
      // Nothing is held any more, once the server has put the answered request away.
      large.headers = [:]
      #expect(try await Self.firstButBusy(large) == 200)
    }
  }

  @Test func `a stop hangs up on a body that never ends`() async throws {
    let server = HTTPServer(configuration: HTTPServerConfiguration()) { _ in .text("taken") }
    try server.start()
    let port = server.port
    let slow = try await blocking {
      let socket = try RawSocket.connected(to: port)
      socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
      return socket
    }
    #expect(try await call(HTTPCall(url: server.url("/"))).status == 200)
    let start = ContinuousClock.now
    await server.stop(drainSeconds: 0.2)
    #expect(ContinuousClock.now - start < .seconds(0.6))
    #expect(
      try await blocking {
        defer { slow.close() }
        return try slow.readToEnd()
      } == "")
  }
}
