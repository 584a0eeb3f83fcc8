// Packed answers: only for whoever asks, only where it pays, and the same bytes in the end.

import HTTPServing
import HubClient
import Testing

@Suite struct PackingTests {
  private let page = Array(String(repeating: "Kraft & Söhne, Hamburg; ", count: 400).utf8)

  @Test func `a long answer comes packed and is the same`() async throws {
    let page = page
    try await withServer { _ in
      HTTPResponse(status: 200, body: page)
    } _: { server in
      let reply = try await call(HTTPCall(url: "http://127.0.0.1:\(server.port)/"))
      #expect(reply.body == page)
      #expect(reply.headers["content-encoding"] == "zstd")
      let length = Int(reply.headers["content-length"] ?? "") ?? .max
      #expect(length < page.count / 4)
    }
  }

  @Test(arguments: ["gzip", "br;q=1, zstd;q=0", "zstandard", "*"])
  func `who does not take it is sent it as it is`(accepted: String) async throws {
    let page = page
    let handler: HTTPServer.Handler = { request in
      #expect(request.headers["accept-encoding"] == accepted)
      return HTTPResponse(status: 200, body: page)
    }
    try await withServer(handler: handler) { server in
      var asked = HTTPCall(url: "http://127.0.0.1:\(server.port)/")
      asked.headers["Accept-Encoding"] = accepted
      let reply = try await call(asked)
      #expect(reply.headers["content-encoding"] == nil)
      #expect(reply.body == page)
    }
  }

  @Test(arguments: [(200, 1_023), (404, 9_600)])
  func `what is short, and what is a refusal, stays as it is`(
    status: Int, count: Int
  ) async throws {
    let body = Array(page.prefix(count))
    try await withServer { _ in
      HTTPResponse(status: status, body: body)
    } _: { server in
      let reply = try await call(HTTPCall(url: "http://127.0.0.1:\(server.port)/"))
      #expect(reply.headers["content-encoding"] == nil)
      #expect(reply.body == body)
    }
  }

  @Test func `an answer that swells beyond what was asked for is cut off`() async throws {
    let zeros = [UInt8](repeating: 0, count: 4 << 20)
    try await withServer { _ in
      HTTPResponse(status: 200, body: zeros)
    } _: { server in
      var asked = HTTPCall(url: "http://127.0.0.1:\(server.port)/")
      asked.responseBytesMax = 1 << 20
      let error = try await failure(of: asked)
      #expect(error == .tooLarge(bytesMax: 1 << 20))
    }
  }
}
