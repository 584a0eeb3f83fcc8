// The way to the hub, as a replica needs it: bytes out, bytes back.
//
// Two real implementations: `HubClient.HTTPHubLink` over the network, and the simulator's, which
// carries the same bytes through a network that drops, repeats, delays and cuts.

/// Why no answer came. Nothing is known about whether the hub acted; sending again is always safe.
public enum HubLinkError: Error, Hashable, Sendable {
  /// Nobody answered: no network, no daemon, a cut.
  case unreachable(reason: String)
  /// The hub answered "later": it is busy, it is leaving, or its disk is full.
  case unavailable(status: Int, text: String)
  /// The hub answered that it will not: the token is unknown or revoked, the request too large.
  case refused(status: Int, text: String)
}

public protocol HubLink {
  /// `POST /v1/join` with a `JoinRequest`; the answer is a `JoinResponse`.
  func join(_ request: [UInt8]) throws(HubLinkError) -> [UInt8]
  /// `POST /v1/sync` with a `SyncRequest`; the answer is a `SyncResponse`.
  func sync(_ request: [UInt8]) throws(HubLinkError) -> [UInt8]
}
