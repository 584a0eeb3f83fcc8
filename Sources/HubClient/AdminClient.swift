// Calls the hub's admin interface: JSON there, JSON back, one error type.
//
// It knows no verbs; `rounds-admin` does. What a person typed becomes a path only through
// `HubPath`, and the token travels in a header. It must never retry: a POST may have worked.

import Notation
import Wire

/// Why a call of the admin interface brought no document.
public enum AdminError: Error, Equatable, Sendable {
  /// A name that cannot stand in a path: nothing, `.` or `..`.
  case unnameable(String)
  /// Words that no request can carry.
  case tooLong
  /// The call could not be made, or no answer came.
  case unanswered(HTTPClientError)
  /// The hub said no.
  case refused(HubRefusal)
  /// A proxy answered for a hub that is away.
  case nobodyHome(status: Int)
  /// Whoever answered is not a hub.
  case stranger(status: Int)
}

/// One admin's line to one hub.
public final class AdminClient {
  /// How long a call may take, in seconds; reports over a million records take their time.
  public static let seconds = 60.0
  /// Of a whole address: beyond that web servers answer with a page of their own, before a hub reads a word.
  static let addressBytesMax = 8_000
  /// How long to look for the hub, in seconds.
  public static let connectSeconds = 5.0

  public let address: HubAddress
  private let token: String
  private let languages: String
  private let client: HTTPClient

  /// - Parameters:
  ///   - languages: what the hub should word its refusals in, as `Accept-Language` has it.
  ///   - authoritiesPath: PEM certificates to trust in place of the system's (`ROUNDS_CA`).
  public init(
    _ address: HubAddress, token: String, languages: String, authoritiesPath: String? = nil
  ) {
    self.address = address
    self.token = token
    self.languages = languages
    client = HTTPClient(authoritiesPath: authoritiesPath)
  }

  /// `GET /v1/admin/PATH?QUERY`
  public func read(_ path: [String], query: [HubQuery] = []) throws(AdminError) -> JSONValue {
    try send("GET", path, query, body: nil)
  }

  /// `POST /v1/admin/PATH?QUERY` with a document.
  public func post(
    _ path: [String], query: [HubQuery] = [], _ document: JSONValue = [:]
  ) throws(AdminError) -> JSONValue {
    try send("POST", path, query, body: document.bytes())
  }

  /// `PUT /v1/admin/PATH?QUERY` with a file as it is, so that the hub can name its lines.
  public func put(
    _ path: [String], query: [HubQuery] = [], file: [UInt8]
  ) throws(AdminError) -> JSONValue {
    try send("PUT", path, query, body: file)
  }

  /// `POST /v1/bundle`: what the hub answers to a laptop's bundle. It asks nobody for a token; ours says
  /// that we are no stranger.
  public func answer(toBundle file: [UInt8]) throws(AdminError) -> [UInt8] {
    let type = "application/x-protobuf"
    var call = call("POST", HubPath(fixed: "/v1/bundle"), accepting: type)
    call.headers["Content-Type"] = type
    call.body = file
    return try AdminClient.body(of: try reply(to: call))
  }

  private func send(
    _ method: String, _ path: [String], _ query: [HubQuery], body: [UInt8]?
  ) throws(AdminError) -> JSONValue {
    guard let hubPath = HubPath(["v1", "admin"] + path) else {
      throw .unnameable(path.first { ["", ".", ".."].contains($0) } ?? "")
    }
    var call = call(method, hubPath, query, accepting: "application/json")
    guard call.url.utf8.count <= AdminClient.addressBytesMax else { throw .tooLong }
    if let body {
      call.headers["Content-Type"] = "application/json"
      call.body = body
    }
    return try AdminClient.document(of: try reply(to: call))
  }

  private func call(
    _ method: String, _ path: HubPath, _ query: [HubQuery] = [], accepting type: String
  ) -> HTTPCall {
    HTTPCall(
      method: method, url: address.url(path, query: query),
      headers: [
        "Accept": type, "Accept-Language": languages, "Authorization": "Bearer \(token)",
      ],
      timeoutSeconds: AdminClient.seconds, connectTimeoutSeconds: AdminClient.connectSeconds,
      responseBytesMax: Limits.bodyBytesMax)
  }

  private func reply(to call: HTTPCall) throws(AdminError) -> HTTPReply {
    do {
      return try client.send(call)
    } catch {
      throw .unanswered(error)
    }
  }

  private static func document(of reply: HTTPReply) throws(AdminError) -> JSONValue {
    let body = try body(of: reply)
    // 204, or an answer that has nothing to add.
    if body.isEmpty { return [:] }
    guard let document = try? JSONValue(parsing: body) else {
      throw .stranger(status: reply.status)
    }
    return document
  }

  private static func body(of reply: HTTPReply) throws(AdminError) -> [UInt8] {
    switch HubAnswer(reply) {
    case .done(let body): return body
    case .refused(let refusal): throw .refused(refusal)
    case .nobodyHome(let status): throw .nobodyHome(status: status)
    case .stranger(let status): throw .stranger(status: status)
    }
  }
}
