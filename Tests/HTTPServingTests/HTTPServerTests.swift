// The server as a well-behaved caller sees it: requests arrive whole, answers come back whole.

import Dispatch
import HTTPServing
import HubClient
import Synchronization
import Testing

@Suite struct HTTPServerTests {
  @Test func `a request arrives with its method, path, query, headers and body`() async throws {
    let seen = Mutex<HTTPRequest?>(nil)
    try await withServer { request in
      seen.withLock { $0 = request }
      return HTTPResponse(status: 201, headers: ["X-Kind": "echo"], body: request.body.reversed())
    } _: { server in
      let body = (0...255).map { UInt8($0) }
      let reply = try await call(
        HTTPCall(
          method: "POST", url: server.url("/a%20b/c?cursor=7&name=M%C3%BCller&cursor=8"),
          headers: ["X-Device": "laptop 3"], body: body))
      #expect(reply.status == 201)
      #expect(reply.headers["x-kind"] == "echo")
      #expect(reply.body == body.reversed())
      #expect(reply.bytesUp == 256)
      #expect(reply.bytesDown == 256)
      let request = try #require(seen.withLock { $0 })
      #expect(request.method == "POST")
      #expect(request.path == "/a b/c")
      #expect(request.query == ["cursor": "7", "name": "Müller"])
      #expect(request.headers["x-device"] == "laptop 3")
      #expect(request.headers["content-type"] == nil)
      #expect(request.body == body)
      #expect(request.peer.isLoopback)
    }
  }

  @Test(arguments: ["GET", "POST", "PUT", "DELETE", "PATCH"])
  func `an empty body is a request like any other`(method: String) async throws {
    try await withServer { request in
      .text("\(request.method) \(request.body.count)")
    } _: { server in
      let reply = try await call(HTTPCall(method: method, url: server.url("/")))
      #expect(String(decoding: reply.body, as: UTF8.self) == "\(method) 0\n")
    }
  }

  @Test func `a body of exactly the limit arrives and returns unharmed`() async throws {
    try await withServer { request in
      HTTPResponse(status: 200, body: request.body)
    } _: { server in
      let body = (0..<ServingLimits().bodyBytesMax).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let reply = try await call(HTTPCall(method: "PUT", url: server.url("/"), body: body))
      #expect(reply.status == 200)
      #expect(reply.body == body)
    }
  }

  @Test func `two calls of one client travel over one connection`() async throws {
    try await withServer { request in
      .text(String(request.peer.port))
    } _: { server in
      let url = server.url("/")
      let ports = try await blocking {
        let client = HTTPClient()
        return try (0..<3).map { _ in try client.send(HTTPCall(url: url)).body }
      }
      #expect(ports.count == 3)
      #expect(Set(ports).count == 1)
    }
  }

  @Test func `two hundred requests from eight threads are all answered, each its own`()
    async throws
  {
    try await withServer { request in
      HTTPResponse(status: 200, body: request.body)
    } _: { server in
      let url = server.url("/")
      let right = try await blocking {
        let right = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
          let client = HTTPClient()
          for number in 0..<25 {
            let body = Array("\(thread) \(number)".utf8)
            let reply = try? client.send(HTTPCall(method: "POST", url: url, body: body))
            if reply?.body == body { right.add(1, ordering: .relaxed) }
          }
        }
        return right.load(ordering: .relaxed)
      }
      #expect(right == 200)
    }
  }

  @Test(arguments: [
    ["X-Name": "a\r\nX-Evil: b"], ["X-Name": "a\u{0}"], ["X Name": "a"], ["": "a"],
    ["X-Name": ""], ["Content-Length": "0"], ["connection": "close"],
  ])
  func `a header that would break the answer makes it a plain 500`(
    headers: [String: String]
  ) async throws {
    try await withServer { _ in
      HTTPResponse(status: 200, headers: headers)
    } _: { server in
      let reply = try await call(HTTPCall(url: server.url("/")))
      #expect(reply.status == 500)
      #expect(reply.headers["x-evil"] == nil)
    }
  }

  @Test func `the log tells method, path, status and sizes, and never the query`() async throws {
    let lines = Mutex<[RequestLogLine]>([])
    let log: HTTPServer.RequestLog = { line in lines.withLock { $0.append(line) } }
    try await withServer(log: log) { _ in
      .notFound
    } _: { server in
      let reply = try await call(
        HTTPCall(method: "POST", url: server.url("/x?token=secret"), body: [1, 2, 3]))
      #expect(reply.status == 404)
    }
    // After the stop, so that the line is there.
    let line = try #require(lines.withLock { $0.first })
    #expect(lines.withLock { $0.count } == 1)
    #expect(line.method == "POST")
    #expect(line.path == "/x")
    #expect(line.status == 404)
    #expect(line.bytesReceived == 3)
    #expect(line.bytesSent == HTTPResponse.notFound.body.count)
    #expect(line.microseconds > 0)
  }

  @Test func `a taken port and an unknown host are told as such`() async throws {
    try await withServer { _ in
      .notFound
    } _: { server in
      let second = HTTPServer(
        configuration: HTTPServerConfiguration(port: server.port)
      ) { _ in .notFound }
      #expect {
        try second.start()
      } throws: { error in
        guard case .portNotTaken(_, server.port, _) = error as? HTTPServerError else {
          return false
        }
        return true
      }
    }
    let nowhere = HTTPServer(
      configuration: HTTPServerConfiguration(host: "no such host")
    ) { _ in .notFound }
    #expect(throws: HTTPServerError.self) { try nowhere.start() }
  }
}
