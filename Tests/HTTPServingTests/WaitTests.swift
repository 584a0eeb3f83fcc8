// Waiting for news: woken, overdue, closed, full; and the stop of a server full of waiting callers.

import Dispatch
import Glibc
import HTTPServing
import HubClient
import Testing

@Suite struct WaitRoomTests {
  @Test func `an announcement wakes those who wait for it and nobody else`() async {
    let room = WaitRoom(slotsMax: 10)
    let seated = Tally()
    await withTaskGroup(of: (String, WaitRoom.Outcome).self) { group in
      for key in ["a", "a", "b"] {
        group.addTask {
          let outcome = await room.wait(key: key, atMost: .seconds(60)) {
            seated.add()
            return false
          }
          return (key, outcome)
        }
      }
      await seated.reached(3)
      room.announce("a")
      for _ in 0..<2 {
        let woken = await group.next()
        #expect(woken?.0 == "a")
        #expect(woken?.1 == .news)
      }
      #expect(room.waiting == 1)
      room.close()
      #expect(await group.next()?.1 == .closing)
    }
    #expect(room.waiting == 0)
  }

  @Test func `news that comes between the look and the wait is not lost`() async {
    let room = WaitRoom(slotsMax: 1)
    let outcome = await room.wait(key: "a", atMost: .seconds(60)) {
      room.announce("a")
      return false
    }
    #expect(outcome == .news)
    #expect(room.waiting == 0)
  }

  @Test func `news that is there already is not waited for`() async {
    let room = WaitRoom(slotsMax: 1)
    #expect(await room.wait(key: "a", atMost: .seconds(60)) { true } == .news)
    #expect(room.waiting == 0)
  }

  @Test(arguments: [-5, 0, 1, 30])
  func `a wait ends at its deadline`(milliseconds: Int) async {
    let room = WaitRoom(slotsMax: 1)
    let start = ContinuousClock.now
    let limit = Duration.milliseconds(milliseconds)
    #expect(await room.wait(key: "a", atMost: limit) == .deadline)
    #expect(ContinuousClock.now - start >= limit)
    #expect(room.waiting == 0)
  }

  @Test func `deadlines come in their order, not in that of arrival`() async {
    let room = WaitRoom(slotsMax: 3)
    await withTaskGroup(of: Int.self) { group in
      for milliseconds in [400, 200, 20] {
        group.addTask {
          let outcome = await room.wait(key: "a", atMost: .milliseconds(milliseconds))
          #expect(outcome == .deadline)
          return milliseconds
        }
      }
      var order: [Int] = []
      for await milliseconds in group { order.append(milliseconds) }
      #expect(order == [20, 200, 400])
    }
  }

  @Test func `a full room says so and a closed one lets nobody in`() async {
    let room = WaitRoom(slotsMax: 1)
    let seated = Tally()
    async let first = room.wait(key: "a", atMost: .seconds(60)) {
      seated.add()
      return false
    }
    await seated.reached(1)
    #expect(await room.wait(key: "b", atMost: .seconds(60)) == .full)
    room.close()
    #expect(await first == .closing)
    #expect(await room.wait(key: "b", atMost: .seconds(60)) == .closing)
  }

  @Test func `a cancelled wait ends at once`() async {
    let room = WaitRoom(slotsMax: 1)
    let seated = Tally()
    await withTaskGroup(of: WaitRoom.Outcome.self) { group in
      group.addTask {
        await room.wait(key: "a", atMost: .seconds(60)) {
          seated.add()
          return false
        }
      }
      await seated.reached(1)
      group.cancelAll()
      #expect(await group.next() == .closing)
    }
    #expect(room.waiting == 0)
  }

  @Test func `ten thousand waits are woken by one announcement`() async {
    let room = WaitRoom(slotsMax: 10_000)
    let seated = Tally()
    await withTaskGroup(of: WaitRoom.Outcome.self) { group in
      for _ in 0..<10_000 {
        group.addTask {
          await room.wait(key: "a", atMost: .seconds(60)) {
            seated.add()
            return false
          }
        }
      }
      await seated.reached(10_000)
      room.announce("a")
      for await outcome in group { #expect(outcome == .news) }
    }
    #expect(room.waiting == 0)
  }
}

@Suite struct WaitingServerTests {
  private static let request = "GET /v1/wait HTTP/1.1\r\nHost: x\r\n\r\n"

  /// Answers with the outcome of a wait.
  private static func handler(_ room: WaitRoom, _ seated: Tally) -> HTTPServer.Handler {
    { request in
      guard request.path == "/v1/wait" else { return .text("at once") }
      let outcome = await room.wait(key: "news", atMost: .seconds(60)) {
        seated.add()
        return false
      }
      return .text("\(outcome)")
    }
  }

  @Test func `a waiting request is answered when there is news, and others meanwhile`()
    async throws
  {
    let room = WaitRoom(slotsMax: 10)
    let seated = Tally()
    try await withServer(rooms: [room], handler: Self.handler(room, seated)) { server in
      async let waiting = call(HTTPCall(url: server.url("/v1/wait")))
      await seated.reached(1)
      let meanwhile = try await call(HTTPCall(url: server.url("/")))
      #expect(meanwhile.status == 200)
      room.announce("news")
      let answer = try await waiting
      #expect(answer.body == Array("news\n".utf8))
    }
  }

  @Test func `a wait may be longer than the idle time-out`() async throws {
    var limits = ServingLimits()
    limits.idleTimeoutSeconds = 1
    limits.requestTimeoutSeconds = 1
    let room = WaitRoom(slotsMax: 1)
    try await withServer(limits: limits, rooms: [room]) { _ in
      .text("\(await room.wait(key: "news", atMost: .milliseconds(2500)))")
    } _: { server in
      let reply = try await call(HTTPCall(url: server.url("/")))
      #expect(reply.body == Array("deadline\n".utf8))
    }
  }

  @Test func `a stop answers a hundred waiting callers and is quick about it`() async throws {
    let room = WaitRoom(slotsMax: 100)
    let seated = Tally()
    let server = HTTPServer(
      configuration: HTTPServerConfiguration(), waitRooms: [room],
      handler: Self.handler(room, seated))
    try server.start()
    let port = server.port
    let callers = try await blocking {
      try (0..<100).map { _ in
        let socket = try RawSocket.connected(to: port)
        socket.write(Self.request)
        return socket
      }
    }
    await seated.reached(100)
    let start = ContinuousClock.now
    await server.stop(drainSeconds: 4)
    #expect(ContinuousClock.now - start < .seconds(5))
    let answers = try await blocking {
      try callers.map { socket in
        defer { socket.close() }
        return try socket.readToEnd()
      }
    }
    #expect(answers.allSatisfy { $0.hasPrefix("HTTP/1.1 200") && $0.contains("closing") })
    #expect(answers.allSatisfy { $0.contains("Connection: close") })
  }

  @Test func `a stop does not wait for a handler that will not end`() async throws {
    let never = WaitRoom(slotsMax: 1)
    let seated = Tally()
    // The room is not given to the server, so only the lost patience can end the wait.
    let server = HTTPServer(
      configuration: HTTPServerConfiguration(), handler: Self.handler(never, seated))
    try server.start()
    let port = server.port
    let caller = try await blocking {
      let socket = try RawSocket.connected(to: port)
      socket.write(Self.request)
      return socket
    }
    await seated.reached(1)
    let start = ContinuousClock.now
    await server.stop(drainSeconds: 0.1)
    #expect(ContinuousClock.now - start < .seconds(5))
    let answer = try await blocking {
      defer { caller.close() }
      return try caller.readToEnd()
    }
    #expect(answer.hasPrefix("HTTP/1.1 503"))
  }

  @Test func `two hundred servers stop in the middle of a rush and give their ports back`()
    async throws
  {
    for _ in 0..<200 {
      let server = HTTPServer(configuration: HTTPServerConfiguration()) { _ in .text("here") }
      try server.start()
      let port = server.port
      let callers = try await blocking {
        try (0..<8).map { _ in
          let socket = try RawSocket.connected(to: port)
          socket.write("GET / HTTP/1.1\r\nHost: hub\r\n\r\n")
          return socket
        }
      }
      await server.stop(drainSeconds: 1)
      for caller in callers { caller.close() }
      #expect(throws: SocketFailure(errno: ECONNREFUSED)) { try RawSocket.connected(to: port) }
    }
  }

  @Test func `a caller that hangs up while waiting harms nobody`() async throws {
    let room = WaitRoom(slotsMax: 10)
    let seated = Tally()
    try await withServer(rooms: [room], handler: Self.handler(room, seated)) { server in
      let port = server.port
      try await blocking {
        for _ in 0..<5 {
          let socket = try RawSocket.connected(to: port)
          socket.write(Self.request)
          socket.close()
        }
      }
      await seated.reached(5)
      room.announce("news")
      #expect(try await call(HTTPCall(url: server.url("/"))).status == 200)
    }
  }
}
