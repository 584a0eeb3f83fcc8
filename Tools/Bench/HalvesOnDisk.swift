// Hubs and laptops on real files, and the line between them inside this process.
//
// The line measures what the hub takes for each answer, and remembers the requests, so that they can be
// played to copies of the same hub: then nothing but the hub is measured.

import FollowUp
import Glibc
import Hub
import Replica
import Storage
import SyncCore
import Wire

/// This machine's clock.
@Sendable func present() -> Moment {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Moment(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
}

enum OnDisk {
  /// Makes a hub with one user.
  static func makeHub(at path: String) throws {
    let connection = try Connection(path: path)
    try HubStore.initialise(
      connection, schema: .followUp, workspace: "bench", rules: RuleBook.shippedText,
      now: present(), random: SystemRandomNumberGenerator())
    let store = try HubStore(connection, schema: .followUp, random: SystemRandomNumberGenerator())
    _ = try store.addUser("rep", role: .rep, team: nil, now: present())
  }

  static func openHub(at path: String) throws -> Line {
    let store = try HubStore(
      try Connection(path: path), schema: .followUp, random: SystemRandomNumberGenerator())
    return Line(Routes(store, now: present))
  }

  static func openReplica(at path: String) throws -> ReplicaStore {
    try ReplicaStore(
      try Connection(path: path), schema: .followUp, random: SystemRandomNumberGenerator())
  }

  /// Enrols a new replica; with no hub, under an identity made up here.
  static func makeReplica(at path: String, joining line: Line? = nil) throws {
    let store = try openReplica(at: path)
    let welcome =
      try line?.join()
      ?? JoinResponse(
        replica: ReplicaID(1), token: "token", epoch: 1, workspace: "bench", user: "rep",
        hubTime: present())
    try store.enrol(welcome, url: "local:", device: path, rules: "{}")
  }

  /// Runs a sync to its end.
  @discardableResult
  static func sync(_ store: ReplicaStore, over line: Line) throws -> SyncReport {
    line.token = try store.state().token
    return try SyncRun(store, now: present).run(over: line)
  }
}

final class Line: HubLink {
  private let routes: Routes
  var hub: Routes { routes }
  var token = ""
  /// What the hub took for its answers so far.
  private(set) var cost = Cost()
  /// The requests to sync that were answered.
  private(set) var requests: [[UInt8]] = []

  init(_ routes: Routes) { self.routes = routes }

  var db: Connection { routes.store.db }

  func join() throws -> JoinResponse {
    let code = try routes.store.invite("rep", expiresAt: present().advanced(milliseconds: 60_000))
    var random = SystemRandomNumberGenerator()
    let request = JoinRequest(
      code: code, device: "bench", request: ULID(moment: present(), using: &random))
    return try JoinResponse(decoding: try join(request.encoded()))
  }

  func join(_ request: [UInt8]) throws(HubLinkError) -> [UInt8] { try post("/v1/join", request) }

  func sync(_ request: [UInt8]) throws(HubLinkError) -> [UInt8] {
    requests.append(request)
    var answer: Result<[UInt8], HubLinkError> = .success([])
    cost =
      cost
      + Cost.of { answer = Result { () throws(HubLinkError) in try post("/v1/sync", request) } }
    return try answer.get()
  }

  private func post(_ path: String, _ body: [UInt8]) throws(HubLinkError) -> [UInt8] {
    let response = routes.answer(HubRequest("POST", path, bearerToken: token, body: body))
    guard response.status == 200 else {
      throw .refused(status: response.status, text: String(decoding: response.body, as: UTF8.self))
    }
    return response.body
  }
}
