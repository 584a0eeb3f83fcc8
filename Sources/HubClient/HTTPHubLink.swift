// The way to the hub over the network: what `rounds` gives its replica as a `HubLink`.
//
// It carries bytes and judges nothing: whether the hub acted is unknown after every failure, and
// sending again is always safe. It must never retry by itself (the session decides) nor follow a
// stranger's answer: a hotel's login page is "unreachable", not a verdict. It counts what `rounds
// sync --json` prints. Not `Sendable`, like the client it keeps: one thread at a time.

import Notation
import SyncCore
import Wire

/// One replica's line to its hub.
public final class HTTPHubLink: HubLink {
  /// What has gone over the line since it was made: bodies only, of joins, syncs and bundles.
  public struct Traffic: Hashable, Sendable {
    public var bytesUp = 0
    public var bytesDown = 0
    /// Requests that were answered.
    public var roundTrips = 0
  }

  /// What a wait ended with.
  public enum News: Hashable, Sendable {
    /// Something in the scope lies behind the cursor: sync.
    case arrived
    /// The hub's time was up; ask again.
    case none
  }

  /// How long each kind of call may take, in seconds.
  public struct Patience: Sendable {
    /// Megabytes over a slow line take minutes.
    public var syncSeconds = 600.0
    /// The hub answers a wait after 50 s, give or take its jitter.
    public var waitSeconds = 60.0
    public var otherSeconds = 30.0
    public var connectSeconds = 10.0
    /// How long a sync may move no byte, once connected: a hub that is stopped, a line that is dead. Not
    /// for waits, which are silent by nature.
    public var silenceSeconds = 30.0

    public init() {}
  }

  public private(set) var traffic = Traffic()
  /// When the last answer said "later": after how many seconds, as far as it said so.
  public private(set) var retryAfterSeconds: Int?
  /// Whether the last call found somebody, and the line broke then.
  public private(set) var wasCut = false
  private let address: HubAddress
  /// Nil only before a join.
  private let token: String?
  private let patience: Patience
  private let client: HTTPClient

  /// - Parameters:
  ///   - token: the device token of a `JoinResponse`; nil to join.
  ///   - authoritiesPath: PEM certificates to trust in place of the system's (`ROUNDS_CA`).
  public init(
    _ address: HubAddress, token: String?, authoritiesPath: String? = nil,
    patience: Patience = Patience()
  ) {
    self.address = address
    self.token = token
    self.patience = patience
    client = HTTPClient(authoritiesPath: authoritiesPath)
  }

  public func join(_ request: [UInt8]) throws(HubLinkError) -> [UInt8] {
    try exchange(HubPath(fixed: "/v1/join"), request, seconds: patience.otherSeconds)
  }

  public func sync(_ request: [UInt8]) throws(HubLinkError) -> [UInt8] {
    try exchange(HubPath(fixed: "/v1/sync"), request, seconds: patience.syncSeconds)
  }

  /// Hands a bundle to the hub, anybody's; what comes back is its answer, for its author alone.
  public func bundle(_ file: [UInt8]) throws(HubLinkError) -> [UInt8] {
    try exchange(HubPath(fixed: "/v1/bundle"), file, seconds: patience.syncSeconds)
  }

  /// Waits until the scope has news behind the cursor, at most `patience.waitSeconds`.
  ///
  /// The hub answers `{"news":true}` at once or in time, and `{"news":false}` when its time is up.
  /// Silence to the end is none, too: the caller asks again either way.
  public func wait(cursor: Position, epoch: UInt32) throws(HubLinkError) -> News {
    let query = [
      HubQuery("cursor", String(cursor.rawValue)), HubQuery("epoch", String(epoch)),
    ]
    let call = call(HubPath(fixed: "/v1/wait"), query, seconds: patience.waitSeconds)
    (retryAfterSeconds, wasCut) = (nil, false)
    let reply: HTTPReply
    do {
      reply = try client.send(call)
    } catch {
      if case .timedOut = error { return .none }
      throw .unreachable(reason: error.reason)
    }
    retryAfterSeconds = reply.retryAfterSeconds
    let body = try HTTPHubLink.body(of: reply)
    // Anything but a clear "no" is worth the one small sync that finds out.
    return (try? JSONValue(parsing: body))?["news"]?.bool == false ? .none : .arrived
  }

  /// The hub's history of a record: `{"history":[…]}`, or of one field of it.
  public func history(
    record: RecordID, field: String? = nil
  ) throws(HubLinkError) -> JSONValue {
    var query = [HubQuery("record", record.description)]
    if let field { query.append(HubQuery("field", field)) }
    return try document(
      call(HubPath(fixed: "/v1/history"), query, seconds: patience.otherSeconds))
  }

  /// What this laptop would hold if it kept this much: `{"records":{…},"bytes":N}`.
  public func extent(of narrowing: Narrowing) throws(HubLinkError) -> JSONValue {
    var call = call(HubPath(fixed: "/v1/scope"), [], seconds: patience.otherSeconds)
    call.method = "POST"
    call.headers["Content-Type"] = "application/x-protobuf"
    call.body = narrowing.encoded()
    return try document(call)
  }

  /// One page of a comparison (`CompareRequest`, `CompareResponse`).
  public func compare(_ request: [UInt8]) throws(HubLinkError) -> [UInt8] {
    try exchange(HubPath(fixed: "/v1/compare"), request, seconds: patience.syncSeconds)
  }

  /// The hashes of the hub's history at these positions: `{"checkpoints":[{"position","hash"}…]}`.
  public func checkpoints(at positions: [Position]) throws(HubLinkError) -> JSONValue {
    let list = positions.map { String($0.rawValue) }.joined(separator: ",")
    return try document(
      call(
        HubPath(fixed: "/v1/checkpoints"), [HubQuery("at", list)], seconds: patience.otherSeconds))
  }

  // MARK: - Calls

  private func document(_ call: HTTPCall) throws(HubLinkError) -> JSONValue {
    let body = try HTTPHubLink.body(of: try send(call))
    do {
      return try JSONValue(parsing: body)
    } catch {
      throw .unreachable(reason: "the answer is not JSON: \(error)")
    }
  }

  private func exchange(
    _ path: HubPath, _ request: [UInt8], seconds: Double
  ) throws(HubLinkError) -> [UInt8] {
    var call = call(path, [], seconds: seconds)
    call.method = "POST"
    call.silenceSecondsMax = patience.silenceSeconds
    call.headers["Content-Type"] = "application/x-protobuf"
    call.headers["Accept"] = "application/x-protobuf"
    call.body = request
    let reply = try send(call)
    traffic.bytesUp += reply.bytesUp
    traffic.bytesDown += reply.bytesDown
    traffic.roundTrips += 1
    return try HTTPHubLink.body(of: reply)
  }

  private func call(_ path: HubPath, _ query: [HubQuery], seconds: Double) -> HTTPCall {
    HTTPCall(
      url: address.url(path, query: query),
      headers: token.map { ["Authorization": "Bearer \($0)"] } ?? [:],
      timeoutSeconds: seconds, connectTimeoutSeconds: patience.connectSeconds,
      responseBytesMax: Limits.bodyBytesMax)
  }

  private func send(_ call: HTTPCall) throws(HubLinkError) -> HTTPReply {
    (retryAfterSeconds, wasCut) = (nil, false)
    do {
      let reply = try client.send(call)
      retryAfterSeconds = reply.retryAfterSeconds
      return reply
    } catch {
      if case .cut = error { wasCut = true }
      throw .unreachable(reason: error.reason)
    }
  }

  private static func body(of reply: HTTPReply) throws(HubLinkError) -> [UInt8] {
    switch HubAnswer(reply) {
    case .done(let body): return body
    case .refused(let refusal) where [429, 503, 507].contains(refusal.status):
      throw .unavailable(status: refusal.status, text: refusal.message)
    case .refused(let refusal): throw .refused(status: refusal.status, text: refusal.message)
    case .nobodyHome(let status):
      throw .unreachable(reason: "nobody is behind the proxy (\(status))")
    case .stranger(let status):
      throw .unreachable(reason: "whoever answered is not a hub (\(status))")
    }
  }
}
