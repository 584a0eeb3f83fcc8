// How often somebody may ask, on a clock that the test moves.
//
// Who is known is counted by his token, a stranger by his address; neither table grows beyond its
// bound. Whole requests go through the daemon's own desk to a real hub.

import HTTPServing
import Hub
import Notation
import SyncCore
import Synchronization
import Testing
import Wire

@testable import roundsd

@Suite struct RateTableTests {
  static let second: UInt64 = 1_000_000_000

  @Test func `a minute's worth may come at once, and then one after another as time passes`() {
    var table = RateTable(perMinute: 60, keysMax: 10)
    for _ in 0..<60 { #expect(table.add(1, at: 5) == nil) }
    #expect(table.add(1, at: 5) == 1)
    #expect(table.add(2, at: 5) == nil)
    #expect(table.add(1, at: 5 + Self.second) == nil)
    #expect(table.add(1, at: 5 + Self.second) == 1)
    for _ in 0..<60 { #expect(table.add(1, at: 200 * Self.second) == nil) }
    #expect(table.add(1, at: 200 * Self.second) == 1)
  }

  @Test func `whoever is refused is not counted, so that he comes in when he was told to`() {
    var table = RateTable(perMinute: 6, keysMax: 10)
    for _ in 0..<6 { _ = table.add(1, at: 0) }
    for _ in 0..<1000 { #expect(table.add(1, at: 0) == 10) }
    #expect(table.add(1, at: 10 * Self.second) == nil)
  }

  @Test func `a clock that stands still or goes back lets nobody in and fails nobody`() {
    var table = RateTable(perMinute: 1, keysMax: 10)
    #expect(table.add(1, at: 100) == nil)
    #expect(table.add(1, at: 0) == 60)
    #expect(table.add(1, at: .max) == nil)
  }

  @Test func `a full table forgets who is at rest before it forgets everybody`() {
    var table = RateTable(perMinute: 60, keysMax: 4)
    for key in 0..<3 { _ = table.add(key, at: 0) }
    for _ in 0..<60 { _ = table.add(3, at: Self.second) }
    // The first three are at rest by now.
    #expect(table.add(4, at: 2 * Self.second) == nil)
    #expect(table.count == 2)
    #expect(table.add(3, at: Self.second) == 1)
    for key in 5..<100_000 { #expect(table.add(key, at: 2 * Self.second) == nil) }
    #expect(table.count <= 4)
  }
}

@Suite struct TurnstileTests {
  private static let far = PeerAddress(host: "203.0.113.7", port: 4)
  private static let wrongCode =
    JoinRequest(
      code: "AAAABBBBCCCC", device: "laptop", request: ULID(high: 1, low: 1)
    ).encoded()
  private static let near = PeerAddress(host: "127.0.0.1", port: 4)

  private final class Clock: Sendable {
    let now = Mutex<UInt64>(0)
    func pass(seconds: UInt64) { now.withLock { $0 += seconds * RateTableTests.second } }
  }

  private static func open(
    isBehindProxy: Bool = false
  ) async throws -> (desk: Desk, token: String, clock: Clock, hub: HubActor) {
    let field = try Field(users: [])
    let token = try #require(
      try field.routes.store.addUser(
        "root", role: .admin, team: nil, now: Moment(milliseconds: field.state.now())))
    let routes = Unchecked(field.routes)
    let hub = HubActor()
    try await hub.open { routes.value }
    let clock = Clock()
    let desk = Desk(
      hub: hub, room: WaitRoom(slotsMax: 4), turnstile: Turnstile(isBehindProxy: isBehindProxy),
      now: { clock.now.withLock { $0 } })
    return (desk, token, clock, hub)
  }

  private static func ask(
    _ desk: Desk, _ token: String?, from peer: PeerAddress, _ method: String = "GET",
    _ path: String = "/v1/admin/users", body: [UInt8] = []
  ) async -> HTTPResponse {
    await desk.serve(
      HTTPRequest(
        method: method, path: path,
        headers: token.map { ["authorization": "Bearer \($0)"] } ?? [:], body: body, peer: peer))
  }

  @Test func `wrong tokens are counted by address, and do not touch who is known there`()
    async throws
  {
    let (desk, token, clock, hub) = try await Self.open()
    #expect(await Self.ask(desk, token, from: Self.far).status == 200)
    for guess in 0..<Turnstile.failuresPerAddressMax {
      #expect(await Self.ask(desk, "guess\(guess)", from: Self.far).status == 401)
    }
    let refused = await Self.ask(desk, "another", from: Self.far)
    #expect(refused.status == 429)
    #expect(refused.headers["Retry-After"] == "1")
    let error = try JSONValue(parsing: refused.body)["error"]
    #expect(error?["code"]?.string == "tooMany")
    #expect(error?["message"]?.string?.isEmpty == false)
    #expect(await Self.ask(desk, token, from: Self.far).status == 200)
    let other = PeerAddress(host: "203.0.113.8", port: 4)
    #expect(await Self.ask(desk, "another", from: other).status == 401)
    clock.pass(seconds: 1)
    #expect(await Self.ask(desk, "another", from: Self.far).status == 401)
    try await hub.close()
  }

  @Test func `bundles without a token are a stranger's, and a bad one costs its carrier nothing`()
    async throws
  {
    let (desk, token, _, hub) = try await Self.open()
    #expect(await Self.ask(desk, token, from: Self.far).status == 200)
    // One came in already, while the token was still unknown.
    for _ in 1..<Turnstile.requestsPerAddressMax {
      #expect(await Self.ask(desk, nil, from: Self.far, "POST", "/v1/bundle").status == 400)
    }
    #expect(await Self.ask(desk, nil, from: Self.far, "POST", "/v1/bundle").status == 429)
    #expect(await Self.ask(desk, token, from: Self.far, "POST", "/v1/bundle").status == 400)
    #expect(desk.knows(["authorization": "Bearer \(token)"]))
    try await hub.close()
  }

  @Test(arguments: [(peer: near, isBehindProxy: false), (peer: far, isBehindProxy: true)])
  func `where many share an address, nobody is locked out by another's guesses`(
    row: (peer: PeerAddress, isBehindProxy: Bool)
  ) async throws {
    let (desk, token, _, hub) = try await Self.open(isBehindProxy: row.isBehindProxy)
    for guess in 0..<Turnstile.failuresPerSharedAddressMax {
      #expect(await Self.ask(desk, "guess\(guess)", from: row.peer).status == 401)
    }
    #expect(await Self.ask(desk, "another", from: row.peer).status == 429)
    // Never seen before, and good.
    #expect(await Self.ask(desk, token, from: row.peer).status == 200)
    try await hub.close()
  }

  @Test func `wrong codes are counted as wrong tokens are`() async throws {
    let (desk, _, _, hub) = try await Self.open()
    for _ in 0..<Turnstile.failuresPerAddressMax {
      let answer = await Self.ask(
        desk, nil, from: Self.far, "POST", "/v1/join", body: Self.wrongCode)
      #expect(answer.status == 403)
    }
    let refused = await Self.ask(
      desk, nil, from: Self.far, "POST", "/v1/join", body: Self.wrongCode)
    #expect(refused.status == 429)
    try await hub.close()
  }

  @Test func `a token has its rate, and others have theirs`() async throws {
    let (desk, token, clock, hub) = try await Self.open()
    #expect(await Self.ask(desk, token, from: Self.near).status == 200)
    let request = HubRequest("GET", "/", bearerToken: token)
    for _ in 0..<Turnstile.requestsPerTokenMax {
      #expect(desk.turnstile.wait(request, from: Self.near, at: 0) == nil)
    }
    #expect(await Self.ask(desk, token, from: Self.near).status == 429)
    #expect(await Self.ask(desk, nil, from: Self.near, "GET", "/healthz").status == 200)
    clock.pass(seconds: 1)
    #expect(await Self.ask(desk, token, from: Self.near).status == 200)
    try await hub.close()
  }

  @Test func `strangers are counted by address wherever they ask`() async throws {
    let (desk, token, _, hub) = try await Self.open()
    let request = HubRequest("GET", "/metrics", bearerToken: "made up")
    for _ in 0..<Turnstile.requestsPerAddressMax {
      #expect(desk.turnstile.wait(request, from: Self.far, at: 0) == nil)
    }
    #expect(await Self.ask(desk, nil, from: Self.far, "GET", "/metrics").status == 429)
    #expect(await Self.ask(desk, nil, from: Self.near, "GET", "/metrics").status == 200)
    // A token is known only where the hub has looked at it.
    #expect(await Self.ask(desk, "made up", from: Self.near, "GET", "/healthz").status == 200)
    #expect(!desk.turnstile.knows("made up"))
    #expect(await Self.ask(desk, token, from: Self.near).status == 200)
    #expect(desk.turnstile.knows(token))
    try await hub.close()
  }

  @Test func `a token that is good no more is a stranger's`() async throws {
    let (desk, token, _, hub) = try await Self.open()
    #expect(await Self.ask(desk, token, from: Self.near).status == 200)
    let request = HubRequest("GET", "/v1/admin/users", bearerToken: token)
    #expect(desk.turnstile.note(401, for: request, from: Self.near, at: 0) == nil)
    #expect(!desk.turnstile.knows(token))
    try await hub.close()
  }

  @Test func `a HEAD asks whether the daemon lives`() async throws {
    let (desk, _, _, hub) = try await Self.open()
    #expect(await Self.ask(desk, nil, from: Self.near, "HEAD", "/healthz").status == 200)
    #expect(await Self.ask(desk, nil, from: Self.near, "HEAD", "/v1/sync").status == 405)
    try await hub.close()
  }
}
