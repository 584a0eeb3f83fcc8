// What is asked of the hub and what it answers, as plain values: no HTTP library in this target.
//
// `roundsd` makes a request of what came over the socket, a test makes one by hand; both get the
// same answer. Nothing in a request is trusted. The two endpoints that laptops sync through speak
// protobuf and refuse in plain text; everything else speaks JSON.

import FollowUp
import Notation
import Storage
import SyncCore
import Wire

public struct HubRequest: Hashable, Sendable {
  public var method: String
  /// Percent-decoded.
  public var path: String
  public var query: [String: String]
  /// What stood after `Authorization: Bearer`.
  public var bearerToken: String?
  public var body: [UInt8]

  public init(
    _ method: String, _ path: String, query: [String: String] = [:], bearerToken: String? = nil,
    body: [UInt8] = []
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.bearerToken = bearerToken
    self.body = body
  }

  /// The parts of the path.
  var segments: [String] {
    path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { String($0) }
  }

  /// What a path may consist of and name nobody.
  private static let knownParts: Set<String> = [
    "", "v1", "admin", "join", "sync", "wait", "history", "healthz", "metrics", "users", "teams",
    "invites", "replicas", "conflicts", "records", "rules", "disable", "revoke", "retire",
    "resolve", "reopen", "restore", "set", "delete", "policy", "parked", "accept", "discard",
    "guests", "share", "unshare", "handover", "scope", "checkpoints", "compare", "audit", "pools",
    "verify", "bundle", "recycling", "backups", "disputes", "settle",
  ]

  /// The path as it may be logged: what names a record, a person or a device is a `*`.
  public var loggablePath: String {
    var parts: [String] = []
    for (index, part) in segments.enumerated() {
      // The fourth part of an admin path is a name, even where somebody is called like a verb.
      let isName = index == 3 && segments.starts(with: ["v1", "admin"])
      parts.append(HubRequest.knownParts.contains(part) && !isName ? part : "*")
    }
    return "/" + parts.joined(separator: "/")
  }
}

public struct HubResponse: Hashable, Sendable {
  public var status: Int
  public var contentType: String
  public var body: [UInt8]

  public static let protobuf = "application/x-protobuf"

  public init(status: Int = 200, contentType: String, body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  public static func json(_ value: JSONValue, status: Int = 200) -> HubResponse {
    HubResponse(
      status: status, contentType: "application/json",
      body: value.bytes() + [UInt8(ascii: "\n")])
  }

  public static func text(_ text: String, status: Int = 200) -> HubResponse {
    HubResponse(
      status: status, contentType: "text/plain; charset=utf-8", body: Array((text + "\n").utf8))
  }

  static func message(_ message: some WireMessage) -> HubResponse {
    HubResponse(contentType: protobuf, body: message.encoded())
  }
}
