// One answer, complete, as a plain value, and the refusals every server needs.
//
// A response must never carry `Connection`, `Content-Length`, `Transfer-Encoding` or `Date`: the
// library writes these; an answer that tries is sent as 500. Whether the connection stays open is
// the server's decision, not the handler's.

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

  /// The error document of the protocol; the words are ours, so they need no escaping.
  private static func refusal(
    _ status: Int, _ code: StaticString, _ message: String, hint: StaticString? = nil
  ) -> HTTPResponse {
    let hint = hint.map { "\"\($0)\"" } ?? "null"
    let text = "{\"error\":{\"code\":\"\(code)\",\"hint\":\(hint),\"message\":\"\(message)\"}}\n"
    return HTTPResponse(
      status: status, headers: ["Content-Type": "application/json"], body: Array(text.utf8))
  }

  /// 400: the request makes no sense.
  static func badRequest(_ reason: StaticString) -> HTTPResponse {
    refusal(400, "badRequest", "\(reason)")
  }

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
    refusal(413, "tooLarge", "A body may have at most \(bytesMax) bytes.")
  }

  /// 415: nothing is unpacked here, so nothing can swell.
  static let packed = refusal(
    415, "packedBody", "Compressed bodies are not taken here.", hint: "Send the body as it is.")

  /// 429: too many of them from one caller.
  public static func tooMany(retryAfterSeconds: Int) -> HTTPResponse {
    refusal(
      429, "tooMany", "Too many requests in a short time.",
      hint: "Nothing is lost: ask again later."
    ).later(retryAfterSeconds)
  }

  /// 431: the request line and headers are longer than this server takes.
  public static func headersTooLarge(bytesMax: Int) -> HTTPResponse {
    refusal(431, "headersTooLarge", "Headers may have at most \(bytesMax) bytes.")
  }

  /// 503: not now; ask again later.
  public static func unavailable(retryAfterSeconds: Int) -> HTTPResponse {
    refusal(503, "later", "Not now; ask again later.").later(retryAfterSeconds)
  }

  private func later(_ seconds: Int) -> HTTPResponse {
    var response = self
    response.headers["Retry-After"] = String(seconds)
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
