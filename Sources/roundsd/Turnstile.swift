// How often somebody may ask, and how often he may be wrong.
//
// A caller who is known – his token was good before – is counted by his token, and nothing that
// others do at his address touches him. Who is unknown is counted by his address: what he asks,
// and how often he was wrong, by an unknown token or a wrong code. Behind a proxy all callers have
// one address, and so have all programs of this machine: there a wrong one is turned away only
// after it was looked at, so that nobody is locked out by what his neighbours try. Secrets stay
// hard to guess either way: they are far longer than any number of tries. It must never keep a
// token, and never grow with what strangers send.

import HTTPServing
import Hub
import Synchronization

final class Turnstile: Sendable {
  /// Requests of one token in a minute: thirty times what a busy laptop needs, and a script's worth.
  static let requestsPerTokenMax = 12_000
  /// Requests of one address in a minute, of callers that are not known yet.
  static let requestsPerAddressMax = 3_000
  /// Wrong tokens and codes of one address in a minute.
  static let failuresPerAddressMax = 60
  /// The same where many share the address: this machine, or a proxy.
  static let failuresPerSharedAddressMax = 600
  /// Tokens that are remembered as good, and addresses that are counted.
  static let knownMax = 20_000
  static let addressesMax = 10_000

  private struct State {
    /// Hashes of tokens that the hub has taken.
    var known: Set<Int> = []
    var requests = RateTable(perMinute: requestsPerTokenMax, keysMax: knownMax)
    var strangers = RateTable(perMinute: requestsPerAddressMax, keysMax: addressesMax)
    var failures = RateTable(perMinute: failuresPerAddressMax, keysMax: addressesMax)
    var sharedFailures = RateTable(perMinute: failuresPerSharedAddressMax, keysMax: addressesMax)
  }

  private let isBehindProxy: Bool
  private let state = Mutex(State())

  init(isBehindProxy: Bool) { self.isBehindProxy = isBehindProxy }

  /// Whether this token was good the last time.
  func knows(_ token: String?) -> Bool {
    guard let token else { return false }
    return state.withLock { $0.known.contains(token.hashValue) }
  }

  /// After how many seconds to come back; nil: come in.
  func wait(_ request: HubRequest, from peer: PeerAddress, at now: UInt64) -> Int? {
    let (token, address) = (request.bearerToken?.hashValue, peer.network.hashValue)
    return state.withLock { state in
      if let token, state.known.contains(token) {
        // A wait that sits costs nothing; one that is answered at once is counted then.
        let isWait = request.path == "/v1/wait"
        return isWait ? state.requests.wait(token, at: now) : state.requests.add(token, at: now)
      }
      if isShared(peer) { return nil }
      return state.failures.wait(address, at: now) ?? state.strangers.add(address, at: now)
    }
  }

  /// Takes note of what the hub said; a wrong one too many is told to come back in so many seconds.
  func note(
    _ status: Int, for request: HubRequest, from peer: PeerAddress, at now: UInt64
  ) -> Int? {
    let (token, address) = (request.bearerToken?.hashValue, peer.network.hashValue)
    let isWrong = status == 401 || (status == 403 && request.path == "/v1/join")
    return state.withLock { state in
      if isWrong {
        if let token { state.known.remove(token) }
        if isShared(peer) { return state.sharedFailures.add(address, at: now) }
        _ = state.failures.add(address, at: now)
      } else if let token, Turnstile.asksForToken(request), status < 500 {
        if state.known.count >= Turnstile.knownMax { state.known = [] }
        state.known.insert(token)
      }
      return nil
    }
  }

  /// A wait found its answer at once: whoever asks like that again and again is counted.
  func countWait(_ request: HubRequest, at now: UInt64) {
    guard let token = request.bearerToken?.hashValue else { return }
    state.withLock { state in
      if state.known.contains(token) { _ = state.requests.add(token, at: now) }
    }
  }

  private func isShared(_ peer: PeerAddress) -> Bool { isBehindProxy || peer.isLoopback }

  /// Only where the hub looks at a token does its answer say that the token is good.
  private static func asksForToken(_ request: HubRequest) -> Bool {
    switch request.path {
    case "/v1/sync", "/v1/wait", "/v1/history", "/v1/scope": true
    default: request.path.hasPrefix("/v1/admin/")
    }
  }
}
