// A hub and its laptops on faulty disks, in one process: the real stores, routes and sessions.
//
// A scene is what lies on the disks, and a value; a stage is that scene with the machines switched
// on. Every stage of one scene does the same, call for call: time stands where it is put, and every
// random number comes from a seed.

import FaultyDisk
import FollowUp
import Hub
import Notation
import Replica
import Simulator
import Storage
import SyncCore
import Testing
import Wire

enum Machine: Hashable, Sendable, CustomStringConvertible {
  case hub
  case laptop(Int)

  var path: String { self == .hub ? "/hub.sqlite" : "/replica.sqlite" }
  var description: String {
    switch self {
    case .hub: "hub"
    case .laptop(let number): "laptop \(number)"
    }
  }
}

/// Everything on all disks, and what people carry around.
struct Scene: Sendable {
  var disks: [Machine: FaultyDisk.Image] = [:]
  /// The administrator's token.
  var token = ""
  /// An invitation that nobody has used yet.
  var code = ""
  var now = WorldClock.start
}

final class Stage {
  private(set) var disks: [Machine: FaultyDisk]
  let clock = WorldClock()
  let token: String
  let code: String
  private let seed: UInt64
  private(set) var openRoutes: Routes?
  private var openStores: [Int: ReplicaStore] = [:]
  /// Customers, by name, that a machine has confirmed to have.
  var confirmed: [Machine: Set<String>] = [:]

  init(_ scene: Scene, seed: UInt64 = 1) {
    disks = scene.disks.mapValues { FaultyDisk($0) }
    (token, code) = (scene.token, scene.code)
    self.seed = seed
    clock.advance(milliseconds: scene.now.milliseconds - WorldClock.start.milliseconds)
  }

  func disk(_ machine: Machine) -> FaultyDisk {
    if let disk = disks[machine] { return disk }
    let disk = FaultyDisk()
    disks[machine] = disk
    return disk
  }

  /// What the disks hold now; of one of them, what a death leaves.
  func scene(afterDeathOf victim: Machine? = nil, losing loss: Loss = .nothing) -> Scene {
    var scene = Scene(token: token, code: code, now: clock.now)
    for (machine, disk) in disks {
      scene.disks[machine] = disk.image(losing: machine == victim ? loss : .nothing)
    }
    return scene
  }

  /// Switches all machines off. The last connection of a file takes its log in and removes it.
  func close() {
    openRoutes = nil
    openStores = [:]
  }

  // MARK: Machines

  func connection(_ machine: Machine) throws -> Connection {
    try Connection(path: machine.path, vfs: disk(machine).name)
  }

  func random(_ salt: UInt64) -> SplitMix64 { SplitMix64(seed: seed &* 1_000 &+ salt) }

  func routes() throws -> Routes {
    if let openRoutes { return openRoutes }
    let store = try HubStore(connection(.hub), schema: .followUp, random: random(1))
    let clock = clock
    let routes = Routes(store) { clock.now }
    openRoutes = routes
    return routes
  }

  func store(_ number: Int) throws -> ReplicaStore {
    if let store = openStores[number] { return store }
    let store = try ReplicaStore(
      connection(.laptop(number)), schema: .followUp, random: random(UInt64(number) + 10))
    openStores[number] = store
    return store
  }

  // MARK: Network

  func post(_ path: String, _ body: [UInt8], token: String = "") throws -> HubResponse {
    try routes().answer(HubRequest("POST", path, bearerToken: token, body: body))
  }

  /// Syncs a laptop to the end.
  func sync(_ number: Int, recordsMax: UInt32 = 0) throws {
    clock.advance(milliseconds: 1_000)
    let store = try store(number)
    let clock = clock
    let line = Line(stage: self, token: try store.state().token)
    _ = try SyncRun(store, recordsMax: recordsMax) { clock.now }.run(over: line)
  }

  /// A call of the administrators' interface.
  func admin(_ method: String, _ path: String, _ body: JSONValue) throws {
    clock.advance(milliseconds: 1_000)
    let answer = try routes().answer(
      HubRequest(method, "/v1/admin/\(path)", bearerToken: token, body: body.bytes()))
    guard (200..<300).contains(answer.status) else {
      throw Refusal(status: answer.status, text: String(decoding: answer.body, as: UTF8.self))
    }
  }

  func join(_ number: Int, code: String) throws {
    let store = try store(number)
    guard try store.stateIfJoined() == nil else { return }
    // The program remembers the identity of the request beside the file (`join.request`).
    let request = JoinRequest(
      code: code, device: "laptop-\(number)", request: ULID(high: 7, low: UInt64(number)))
    let answer = try post("/v1/join", request.encoded())
    guard answer.status == 200 else { throw Refusal(status: answer.status, text: "join") }
    try store.enrol(JoinResponse(decoding: answer.body), url: "", device: "d", rules: "{}")
  }
}

/// The hub would not.
struct Refusal: Error {
  var status: Int
  var text: String
}

/// Requests carried to the hub of the same stage.
struct Line: HubLink {
  let stage: Stage
  let token: String

  func join(_ request: [UInt8]) throws(HubLinkError) -> [UInt8] { try carry("/v1/join", request) }
  func sync(_ request: [UInt8]) throws(HubLinkError) -> [UInt8] { try carry("/v1/sync", request) }

  private func carry(_ path: String, _ bytes: [UInt8]) throws(HubLinkError) -> [UInt8] {
    let answer: HubResponse
    do {
      answer = try stage.post(path, bytes, token: token)
    } catch {
      // A hub that does not start answers nothing.
      throw .unreachable(reason: "\(error)")
    }
    guard answer.status == 200 else {
      throw .refused(status: answer.status, text: String(decoding: answer.body, as: UTF8.self))
    }
    return answer.body
  }
}
