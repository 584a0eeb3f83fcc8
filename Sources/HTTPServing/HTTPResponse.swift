// One answer, complete, as a plain value, and the refusals every server needs.
//
// A response must never carry `Connection`, `Content-Length`, `Transfer-Encoding` or `Date`: the
// library writes these; an answer that tries is sent as 500. Whether the connection stays open is the server's decision, not the handler's.

/// A status, headers and a whole body.
public struct HTTPResponse: Sendable, Equatable {
  /// 200 … 599.
  public var status: Int
  /// Sent sorted by name, so that the same answer is always the same bytes.
  public var headers: [String: String]
  public var body: [UInt8]

  public init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
    precondition((200...599).contains(status), "No handler may answer with status \(status).")
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// One line of plain text.
  public static func text(_ text: String, status: Int = 200) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: ["Content-Type": "text/plain; charset=utf-8"],
      body: Array((text + "\n").utf8))
  }

  /// 400: the request makes no sense.
  public static func badRequest(_ reason: String) -> HTTPResponse { text(reason, status: 400) }

  /// 404: nothing lives at this path.
  public static let notFound = text("Nothing lives here.", status: 404)

  /// 405: the path exists, but only for other methods.
  public static func methodNotAllowed(allowed: [String]) -> HTTPResponse {
    var response = text("This path takes another method.", status: 405)
    response.headers["Allow"] = allowed.sorted().joined(separator: ", ")
    return response
  }

  /// 413: the body is longer than this server takes.
  public static func bodyTooLarge(bytesMax: Int) -> HTTPResponse {
    text("A body may have at most \(bytesMax) bytes.", status: 413)
  }

  /// 431: the request line and headers are longer than this server takes.
  public static func headersTooLarge(bytesMax: Int) -> HTTPResponse {
    text("Headers may have at most \(bytesMax) bytes.", status: 431)
  }

  /// 503: not now; ask again later.
  public static func unavailable(retryAfterSeconds: Int) -> HTTPResponse {
    var response = text("Not now; ask again later.", status: 503)
    response.headers["Retry-After"] = String(retryAfterSeconds)
    return response
  }

  /// Itself, or 500 if a header would break the framing: a value may be made from what somebody
  /// typed, and a line break in it must not become a second header, or a second answer.
  var fitToSend: HTTPResponse {
    let isFit = headers.allSatisfy { name, value in
      !name.isEmpty && !Self.reserved.contains(name.lowercased())
        && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
        && !value.isEmpty && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
    return isFit ? self : .text("The answer could not be written.", status: 500)
  }

  /// Written by the library.
  private static let reserved = ["connection", "content-length", "date", "transfer-encoding"]
}
