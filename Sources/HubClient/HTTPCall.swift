// What `HTTPClient` is asked, what it brings back, and how a call can fail: plain values.
//
// Nothing here knows of sync or of libcurl. Errors are facts; the sentence for a person is made by
// the program. Secrets travel in headers, never in a url, because urls end up in logs.

/// One request.
public struct HTTPCall: Sendable {
  public var method: String
  /// `http://` or `https://`.
  public var url: String
  public var headers: [String: String]
  /// Any bytes; sent as they are.
  public var body: [UInt8]
  /// For the whole call, the connecting included.
  public var timeoutSeconds: Double
  public var connectTimeoutSeconds: Double
  /// How long not a byte may move in either direction once there is a connection; nil: no matter.
  public var silenceSecondsMax: Double?
  /// A longer answer ends the call with `tooLarge`.
  public var responseBytesMax: Int

  public init(
    method: String = "GET", url: String, headers: [String: String] = [:], body: [UInt8] = [],
    timeoutSeconds: Double = 60, connectTimeoutSeconds: Double = 5,
    silenceSecondsMax: Double? = nil, responseBytesMax: Int = 64 * 1024 * 1024
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeoutSeconds = timeoutSeconds
    self.connectTimeoutSeconds = connectTimeoutSeconds
    self.silenceSecondsMax = silenceSecondsMax
    self.responseBytesMax = responseBytesMax
  }
}

/// One answer, whatever its status.
public struct HTTPReply: Sendable, Equatable {
  public let status: Int
  /// Names in lower case; of a repeated name the last value counts.
  public let headers: [String: String]
  public let body: [UInt8]
  /// Body bytes that went up.
  public let bytesUp: Int
  /// Body bytes that came down.
  public let bytesDown: Int
}

/// Why there is no answer.
public enum HTTPClientError: Error, Sendable, Equatable {
  /// libcurl is not installed, or too old; `reason` is the loader's.
  case libraryMissing(reason: String)
  /// Not `http` or `https`, no host, or no url at all.
  case badURL(String)
  /// A header, or the method, holds a line break or another control character.
  case badHeader(name: String)
  /// The file with the certificate authorities cannot be used.
  case authoritiesUnreadable(path: String)
  /// No connection: no network, no such host, nobody listens, or nobody answered in time.
  case unreachable(host: String, reason: String)
  /// The hub's certificate does not hold, or the handshake failed.
  case tls(reason: String)
  /// There was a connection, but the answer did not come in time.
  case timedOut(afterSeconds: Double)
  /// There was a connection, and for so long not a byte moved on it.
  case silent(forSeconds: Double)
  /// The answer is longer than the call allows.
  case tooLarge(bytesMax: Int)
  /// The connection broke after so many bytes of the answer's body.
  case cut(bytes: Int)
  /// Whoever answered does not speak HTTP.
  case notHTTP(reason: String)
  /// Anything else libcurl reports, by its number.
  case transfer(code: UInt32, reason: String)
}
