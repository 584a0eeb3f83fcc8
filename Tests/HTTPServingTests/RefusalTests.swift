// The server as a bad caller sees it: too much, too slow, too strange. It refuses or hangs up, and
// everybody else is served as before.

import HTTPServing
import HubClient
import Testing

@Suite struct RefusalTests {
  private static var small: ServingLimits {
    var limits = ServingLimits()
    limits.bodyBytesMax = 1000
    return limits
  }

  private static func chunk(_ count: Int) -> String {
    "\(String(count, radix: 16))\r\n\(String(repeating: "x", count: count))\r\n"
  }

  @Test func `a body of one byte too many is refused, and the handler never hears of it`()
    async throws
  {
    let handled = Tally()
    try await withServer { _ in
      handled.add()
      return .text("taken")
    } _: { server in
      let body = [UInt8](repeating: 7, count: ServingLimits().bodyBytesMax + 1)
      let reply = try await call(HTTPCall(method: "POST", url: server.url("/"), body: body))
      #expect(reply.status == 413)
    }
    #expect(handled.count == 0)
  }

  @Test(
    arguments: [
      (label: "announced, a little too long", announced: 1001, pieces: [1001], status: "413"),
      (label: "announced, beyond all patience", announced: 9_000_000, pieces: [], status: "413"),
      (label: "chunked, at the limit", announced: nil, pieces: [999, 1], status: "200"),
      (label: "chunked, one byte too many", announced: nil, pieces: [999, 2], status: "413"),
      (label: "chunked, without end", announced: nil, pieces: [900, 900, 900], status: ""),
    ] as [(label: String, announced: Int?, pieces: [Int], status: String)])
  func `a body is measured while it arrives`(
    row: (label: String, announced: Int?, pieces: [Int], status: String)
  ) async throws {
    try await withServer(limits: Self.small) { request in
      .text("\(request.body.count)")
    } _: { server in
      let port = server.port
      let answer = try await blocking {
        let socket = try RawSocket.connected(to: port)
        defer { socket.close() }
        let length =
          row.announced.map { "Content-Length: \($0)" } ?? "Transfer-Encoding: chunked"
        socket.write("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(length)\r\n\r\n")
        for count in row.pieces {
          socket.write(
            row.announced == nil ? Self.chunk(count) : String(repeating: "x", count: count))
        }
        if row.announced == nil { socket.write("0\r\n\r\n") }
        return try socket.readToEnd()
      }
      let status = answer.split(separator: " ").dropFirst().first.map(String.init) ?? ""
      #expect(status == row.status, "\(row.label)")
    }
  }

  @Test(arguments: [
    (label: "not HTTP", request: "\u{1}\u{2}\u{3} nonsense\r\n\r\n", status: "400"),
    (
      label: "two lengths",
      request:
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "0\r\n\r\n",
      status: "400"
    ),
    (
      label: "no host", request: "GET / HTTP/1.1\r\n\r\n", status: "400"
    ),
    (
      label: "two hosts", request: "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", status: "400"
    ),
    (
      label: "two lengths that differ, and a request hidden behind",
      request:
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 3\r\n\r\n"
        + "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
      status: "400"
    ),
    (
      label: "a coding that nobody knows",
      request:
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      status: "400"
    ),
    (
      label: "a packed body",
      request:
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
      status: "415"
    ),
    (
      label: "a zero byte in the path",
      request: "GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n", status: "400"
    ),
    (
      label: "a percent sign that says nothing",
      request: "GET /a%zz HTTP/1.1\r\nHost: x\r\n\r\n", status: "400"
    ),
    (
      label: "a percent sign at the end",
      request: "GET /a?b=%4 HTTP/1.1\r\nHost: x\r\n\r\n", status: "400"
    ),
    (
      label: "a thousand arguments",
      request: "GET /?" + String(repeating: "a=1&", count: 1000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
      status: ""
    ),
    (
      label: "a length that is none",
      request: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", status: "400"
    ),
    (
      label: "headers beyond the limit",
      request: "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: "
        + String(repeating: "y", count: 17_000) + "\r\n\r\n",
      status: "431"
    ),
  ])
  func `garbage is refused and the connection closed`(
    row: (label: String, request: String, status: String)
  ) async throws {
    let handled = Tally()
    try await withServer { _ in
      handled.add()
      return .text("taken")
    } _: { server in
      let port = server.port
      let answer = try await blocking {
        let socket = try RawSocket.connected(to: port)
        defer { socket.close() }
        socket.write(row.request)
        return try socket.read(upTo: "\r\n\r\n")
      }
      // A close without a word is a refusal too.
      let status = answer.split(separator: " ").dropFirst().first.map(String.init)
      #expect(status == nil || status == row.status, "\(row.label): \(answer)")
    }
    #expect(handled.count == 0)
  }

  @Test func `garbage behind a good request spoils only itself`() async throws {
    try await withServer { _ in
      .text("good")
    } _: { server in
      let port = server.port
      let answer = try await blocking {
        let socket = try RawSocket.connected(to: port)
        defer { socket.close() }
        socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n\u{1}\u{2} \u{3}\r\n\r\n")
        return try socket.readToEnd()
      }
      #expect(answer.hasPrefix("HTTP/1.1 200"))
      #expect(answer.ranges(of: "good").count == 1)
    }
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\nHost: x\r\nX-Half: ",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf",
    "",
  ])
  func `a caller that never finishes is dropped and stops nobody`(start: String) async throws {
    var limits = ServingLimits()
    limits.idleTimeoutSeconds = 1
    limits.requestTimeoutSeconds = 1
    try await withServer(limits: limits) { _ in
      .text("served")
    } _: { server in
      let port = server.port
      let slow = try await blocking {
        let socket = try RawSocket.connected(to: port)
        socket.write(start)
        return socket
      }
      #expect(try await call(HTTPCall(url: server.url("/"))).status == 200)
      let answer = try await blocking {
        defer { slow.close() }
        return try slow.readToEnd()
      }
      #expect(!answer.contains("served"))
      #expect(try await call(HTTPCall(url: server.url("/"))).status == 200)
    }
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\nX: ", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
  ])
  func `a caller that sends a byte now and then is dropped all the same`(
    start: String
  ) async throws {
    var limits = ServingLimits()
    limits.idleTimeoutSeconds = 1
    try await withServer(limits: limits) { _ in
      .text("served")
    } _: { server in
      let port = server.port
      // The pace is set by waiting for an answer that does not come, a tenth of a second each.
      let bytesTaken = try await blocking {
        let socket = try RawSocket.connected(to: port)
        defer { socket.close() }
        socket.write(start)
        var taken = 0
        while taken < 100, !socket.isClosedByPeer(withinMilliseconds: 100) {
          taken += socket.write("y")
        }
        return taken
      }
      #expect(bytesTaken < 60)
    }
  }
}
