// A hub in memory with a clock that stands still, and what the tests of this folder ask of it.
//
// The same `Routes` that `roundsd` serves, driven with the same bytes. After every answer the
// hub checks itself (`HubCheck`): no test can leave it in a state that contradicts itself.

import Digest
import FollowUp
import Notation
import Storage
import SyncCore
import Synchronization
import Testing
import Wire

@testable import Hub

/// Random numbers from a seed (Steele et al. 2014).
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// The time, which moves only when it is told to.
final class StoppedClock: Sendable {
  private let milliseconds = Mutex<Int64>(1_764_000_000_000)
  var now: Moment { Moment(milliseconds: milliseconds.withLock { $0 }) }
  func advance(seconds: Int64) { milliseconds.withLock { $0 += seconds * 1000 } }
}

final class World {
  let clock = StoppedClock()
  let routes: Routes
  let adminToken: String
  var random = SplitMix64(state: 42)

  var store: HubStore { routes.store }
  var now: Moment { clock.now }

  init(
    rules: String = "{\"version\":1,\"rules\":[]}", path: String = ":memory:"
  ) throws {
    let connection = try Connection(path: path)
    let clock = clock
    try HubStore.initialise(
      connection, schema: .followUp, workspace: "Acme", rules: rules, now: clock.now,
      random: SplitMix64(state: 1))
    let store = try HubStore(connection, schema: .followUp, random: SplitMix64(state: 2))
    adminToken = try #require(try store.addUser("root", role: .admin, team: nil, now: clock.now))
    for name in ["ann", "bob", "eve"] {
      _ = try store.addUser(name, role: .rep, team: nil, now: clock.now)
    }
    routes = Routes(store) { clock.now }
  }

  /// A new identity, minted now.
  func identity() -> RecordID { ULID(moment: now, using: &random) }

  // MARK: Asking

  /// A call of the administrators' interface: status and document.
  @discardableResult
  func admin(
    _ method: String, _ path: String, _ query: [String: String] = [:], body: JSONValue? = nil,
    token: String? = nil
  ) throws -> (status: Int, json: JSONValue) {
    let answer = routes.answer(
      HubRequest(
        method, "/v1/admin/\(path)", query: query, bearerToken: token ?? adminToken,
        body: body?.bytes() ?? []))
    try checkItself()
    return (answer.status, try JSONValue(parsing: answer.body))
  }

  /// A call that must succeed.
  @discardableResult
  func ask(
    _ method: String, _ path: String, _ query: [String: String] = [:], body: JSONValue? = nil
  ) throws -> JSONValue {
    let (status, json) = try admin(method, path, query, body: body)
    try #require((200..<300).contains(status), "\(method) \(path): \(json.text())")
    return json
  }

  /// Whether the hub checks itself after every answer; a long history does it at its end.
  var isCheckingItself = true

  func checkItself() throws {
    guard isCheckingItself else { return }
    let findings = try HubCheck.run(on: store)
    #expect(findings == [])
  }

  // MARK: Laptops

  func code(for user: String, expiresInSeconds: Int64 = 3600) throws -> String {
    let answer = try ask(
      "POST", "invites",
      body: ["user": .string(user), "expiresInSeconds": .integer(expiresInSeconds)])
    return try #require(answer["code"]?.string)
  }

  func join(_ code: String, request: ULID) throws -> JoinResponse {
    let message = JoinRequest(code: code, device: "laptop", request: request)
    let answer = routes.answer(HubRequest("POST", "/v1/join", body: message.encoded()))
    try #require(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
    return try JoinResponse(decoding: answer.body)
  }

  func laptop(_ user: String) throws -> Laptop {
    Laptop(self, try join(code(for: user), request: identity()))
  }

  // MARK: Looking

  func openConflicts() throws -> [JSONValue] {
    try #require(try ask("GET", "conflicts", ["status": "open"])["conflicts"]?.array)
  }

  func fields(of record: RecordID) throws -> JSONValue {
    try #require(try ask("GET", "records/\(record)")["fields"])
  }
}

func field(_ name: String, in schema: CollectionSchema = .customer) -> FieldID {
  guard let field = schema[name] else { preconditionFailure("\(schema.name) has no \(name)") }
  return field.id
}
