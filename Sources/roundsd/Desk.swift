// Where requests are handed in: HTTP on one side, the hub's plain values on the other.
//
// The only place that waits for anybody: `GET /v1/wait` sits in the wait room until the hub has
// news, or a little less than a minute, jittered, so that laptops that were cut off together do not
// come back together for ever.

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

  func serve(_ request: HTTPRequest) async -> HTTPResponse {
    let asked = HubRequest(
      request.method, request.path, query: request.query,
      bearerToken: Desk.bearerToken(request.headers["authorization"]), body: request.body)
    if asked.method == "GET" && asked.path == "/v1/wait" { return await wait(asked) }
    return Desk.response(await hub.answer(asked))
  }

  private func wait(_ request: HubRequest) async -> HTTPResponse {
    let jitter = Int.random(in: 0...Desk.waitJitterMilliseconds)
    let end = ContinuousClock.now + .milliseconds(Desk.waitMillisecondsMax - jitter)
    while true {
      // Somebody may hear what is meant for another laptop of his, and goes on waiting.
      guard case .wait(let user) = await hub.wait(request) else { break }
      let outcome = await room.wait(key: user, atMost: end - ContinuousClock.now) {
        if case .now = await hub.wait(request) { true } else { false }
      }
      switch outcome {
      case .news: continue
      case .deadline: return Desk.response(await hub.answer(request))
      case .closing, .full: return .unavailable(retryAfterSeconds: Desk.retrySeconds)
      }
    }
    return Desk.response(await hub.answer(request))
  }

  private static func response(_ answer: HubResponse) -> HTTPResponse {
    var headers = ["Content-Type": answer.contentType, "Cache-Control": "no-store"]
    if answer.status == 503 || answer.status == 507 { headers["Retry-After"] = "\(retrySeconds)" }
    return HTTPResponse(status: answer.status, headers: headers, body: answer.body)
  }

  /// What stands after `Bearer`, whose case does not matter (RFC 9110, section 11.1).
  private static func bearerToken(_ header: String?) -> String? {
    guard let header, let space = header.firstIndex(of: " "),
      header[..<space].lowercased() == "bearer"
    else { return nil }
    let token = header[space...].drop { $0 == " " }
    return token.isEmpty ? nil : String(token)
  }
}
