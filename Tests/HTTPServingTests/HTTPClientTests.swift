// The client against servers that are missing, broken, strange or too generous.

import Glibc
import HTTPServing
import HubClient
import Testing

@Suite struct HTTPClientTests {
  /// What a server of one answer makes of a call.
  private func outcome(
    of answer: String, _ call: (String) -> HTTPCall = { HTTPCall(url: $0) }
  ) async throws -> HTTPClientError? {
    let listener = try RawSocket.listening()
    defer { listener.close() }
    async let served: Void = blocking {
      let socket = try listener.accepted()
      try socket.read(upTo: "\r\n\r\n")
      socket.write(answer)
      socket.close()
    }
    let error = try await failure(of: call("http://127.0.0.1:\(listener.port)/"))
    try await served
    return error
  }

  @Test func `a port where nobody listens is unreachable, and at once`() async throws {
    let listener = try RawSocket.listening()
    let port = listener.port
    listener.close()
    let start = ContinuousClock.now
    let error = try await failure(of: HTTPCall(url: "http://127.0.0.1:\(port)/"))
    #expect(ContinuousClock.now - start < .seconds(2))
    guard case .unreachable(host: "127.0.0.1", reason: _) = error else {
      Issue.record("Got \(String(describing: error)).")
      return
    }
  }

  @Test func `a name that does not exist is unreachable`() async throws {
    let error = try await failure(
      of: HTTPCall(url: "http://hub.invalid/", timeoutSeconds: 10))
    switch error {
    case .unreachable(host: "hub.invalid", reason: _), .timedOut: break
    default: Issue.record("Got \(String(describing: error)).")
    }
  }

  @Test(arguments: [
    (
      answer: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
      cut: HTTPClientError.cut(bytes: 4)
    ),
    (answer: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", cut: .cut(bytes: 0)),
    (answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nhalf", cut: .cut(bytes: 4)),
    (answer: "", cut: .cut(bytes: 0)),
  ])
  func `an answer that breaks off is cut, wherever it breaks`(
    row: (answer: String, cut: HTTPClientError)
  ) async throws {
    #expect(try await outcome(of: row.answer) == row.cut)
  }

  @Test func `something that is not HTTP is told as such`() async throws {
    let error = try await outcome(of: "220 mail.example ESMTP\r\n")
    guard case .notHTTP = error else {
      Issue.record("Got \(String(describing: error)).")
      return
    }
  }

  @Test(arguments: [true, false])
  func `an answer longer than allowed is too large, announced or not`(
    isAnnounced: Bool
  ) async throws {
    let length = isAnnounced ? "Content-Length: 11\r\n" : "Connection: close\r\n"
    let answer = "HTTP/1.1 200 OK\r\n\(length)\r\n01234567890"
    let error = try await outcome(of: answer) { HTTPCall(url: $0, responseBytesMax: 10) }
    #expect(error == .tooLarge(bytesMax: 10))
  }

  @Test func `headers without end are too large`() async throws {
    let flood = String(repeating: "X: \(String(repeating: "y", count: 1000))\r\n", count: 70)
    let error = try await outcome(of: "HTTP/1.1 200 OK\r\n\(flood)\r\n")
    #expect(error == .tooLarge(bytesMax: HTTPCall(url: "").responseBytesMax))
  }

  @Test func `silence is a time-out`() async throws {
    let listener = try RawSocket.listening()
    defer { listener.close() }
    let error = try await failure(
      of: HTTPCall(url: "http://127.0.0.1:\(listener.port)/", timeoutSeconds: 0.2))
    #expect(error == .timedOut(afterSeconds: 0.2))
  }

  /// A hub that was stopped: its machine takes connections, and nobody answers them.
  @Test func `silence once connected ends a call long before its time`() async throws {
    let listener = try RawSocket.listening()
    defer { listener.close() }
    let call = HTTPCall(
      url: "http://127.0.0.1:\(listener.port)/", timeoutSeconds: 600, silenceSecondsMax: 1)
    #expect(try await failure(of: call) == .silent(forSeconds: 1))
  }

  @Test(arguments: ["", "hub", "ftp://hub/", "file:///etc/passwd", "http://", "http://a b/"])
  func `an address that is none is refused before anything is sent`(url: String) async throws {
    let error = try await failure(of: HTTPCall(url: url))
    switch error {
    // `hub` without a scheme is a name to libcurl only with guessing, which is off.
    case .badURL(url): break
    default: Issue.record("Got \(String(describing: error)).")
    }
  }

  @Test func `a line break in a header is refused before anything is sent`() async throws {
    let error = try await failure(
      of: HTTPCall(url: "http://127.0.0.1:1/", headers: ["X-Name": "a\r\nX-Evil: b"]))
    #expect(error == .badHeader(name: "X-Name"))
  }

  @Test func `a redirect is an answer and is not followed`() async throws {
    let calls = Tally()
    try await withServer { _ in
      calls.add()
      return HTTPResponse(status: 302, headers: ["Location": "/elsewhere"])
    } _: { server in
      let reply = try await call(HTTPCall(url: server.url("/")))
      #expect(reply.status == 302)
      #expect(reply.headers["location"] == "/elsewhere")
    }
    #expect(calls.count == 1)
  }

  @Test func `a client goes on after a failed call`() async throws {
    try await withServer { _ in
      .text("well")
    } _: { server in
      let url = server.url("/")
      let statuses = try await blocking {
        let client = HTTPClient()
        #expect(throws: HTTPClientError.self) {
          try client.send(HTTPCall(url: url, responseBytesMax: 1))
        }
        return [try client.send(HTTPCall(url: url)).status]
      }
      #expect(statuses == [200])
    }
  }
}
