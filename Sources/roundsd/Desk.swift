// Where requests are handed in: HTTP on one side, the hub's plain values on the other.
//
// The only place that waits for anybody: `GET /v1/wait` sits in the wait room until the hub has
// news, or a little less than a minute, jittered, so that laptops that were cut off together do not
// come back together for ever.

import Dispatch
import HTTPServing
import Hub

struct Desk: Sendable {
  /// The longest a caller waits, and how much of it is left to chance, in milliseconds.
  static let waitMillisecondsMax = 50_000
  static let waitJitterMilliseconds = 10_000
  /// When to come back after a 503, in seconds.
  static let retrySeconds = 5

  let hub: HubActor
  let room: WaitRoom
  var turnstile = Turnstile(isBehindProxy: false)
  /// Nil: there is nobody who makes backups.
  var shelf: BackupShelf?
  /// Nanoseconds of a clock that never goes backwards.
  var now: @Sendable () -> UInt64 = { DispatchTime.now().uptimeNanoseconds }

  func serve(_ request: HTTPRequest) async -> HTTPResponse {
    let asked = HubRequest(
      Desk.method(of: request), request.path, query: request.query,
      bearerToken: Desk.bearerToken(request.headers), body: request.body)
    if let seconds = turnstile.wait(asked, from: request.peer, at: now()) {
      return .tooMany(retryAfterSeconds: seconds)
    }
    let isWait = asked.method == "GET" && asked.path == "/v1/wait"
    let response = isWait ? await wait(asked) : Desk.response(await answer(asked))
    let seconds = turnstile.note(response.status, for: asked, from: request.peer, at: now())
    return seconds.map { .tooMany(retryAfterSeconds: $0) } ?? response
  }

  /// What the hub answers; where it only allows something that is done beside it, what came of that.
  private func answer(_ request: HubRequest) async -> HubResponse {
    let answer = await hub.answer(request)
    guard answer.status == 200, let shelf, BackupShelf.isAsked(request) else { return answer }
    return await shelf.answer(request)
  }

  /// Whether somebody with these headers may bring more than a stranger.
  func knows(_ headers: [String: String]) -> Bool { turnstile.knows(Desk.bearerToken(headers)) }

  private func wait(_ request: HubRequest) async -> HTTPResponse {
    let jitter = Int.random(in: 0...Desk.waitJitterMilliseconds)
    let end = ContinuousClock.now + .milliseconds(Desk.waitMillisecondsMax - jitter)
    var hasSat = false
    while true {
      // Somebody may hear what is meant for another laptop of his, and goes on waiting.
      guard case .wait(let user) = await hub.wait(request) else { break }
      hasSat = true
      let outcome = await room.wait(key: user, atMost: end - ContinuousClock.now) {
        if case .now = await hub.wait(request) { true } else { false }
      }
      switch outcome {
      case .news: continue
      case .deadline: return Desk.response(await hub.answer(request))
      case .closing, .full: return .unavailable(retryAfterSeconds: Desk.retrySeconds)
      }
    }
    if !hasSat { turnstile.countWait(request, at: now()) }
    return Desk.response(await hub.answer(request))
  }

  private static func response(_ answer: HubResponse) -> HTTPResponse {
    var headers = ["Content-Type": answer.contentType, "Cache-Control": "no-store"]
    if answer.status == 503 || answer.status == 507 { headers["Retry-After"] = "\(retrySeconds)" }
    return HTTPResponse(status: answer.status, headers: headers, body: answer.body)
  }

  /// A HEAD is a GET whose body the server keeps to itself (RFC 9110, section 9.3.2); nobody waits
  /// for one.
  private static func method(of request: HTTPRequest) -> String {
    request.method == "HEAD" && !request.path.hasPrefix("/v1/") ? "GET" : request.method
  }

  /// What stands after `Bearer`, whose case does not matter (RFC 9110, section 11.1).
  private static func bearerToken(_ headers: [String: String]) -> String? {
    guard let header = headers["authorization"], let space = header.firstIndex(of: " "),
      header[..<space].lowercased() == "bearer"
    else { return nil }
    let token = header[space...].drop { $0 == " " }
    return token.isEmpty ? nil : String(token)
  }
}
