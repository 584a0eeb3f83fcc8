// One request, complete, as a plain value.
//
// A handler sees nothing of sockets, threads or the C library; a test can make the same value by
// hand and call the handler directly. Nothing in here is trusted: it came from outside.

/// A request whose body has arrived whole.
public struct HTTPRequest: Sendable {
  /// `GET`, `POST` and so on, exactly as sent.
  public let method: String
  /// The percent-decoded path, without the query.
  public let path: String
  /// Percent-decoded; of a repeated name the first value counts.
  public let query: [String: String]
  /// Names in lower case; the values of a repeated name are joined by `, `.
  public let headers: [String: String]
  /// At most `ServingLimits.bodyBytesMax` bytes.
  public let body: [UInt8]
  /// Who is at the other end of the socket; behind a proxy that is the proxy.
  public let peer: PeerAddress

  public init(
    method: String, path: String, query: [String: String] = [:], headers: [String: String] = [:],
    body: [UInt8] = [], peer: PeerAddress = .unknown
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.peer = peer
  }
}
