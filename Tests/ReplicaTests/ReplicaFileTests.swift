// The file on the disk: two processes at once, a foreign program, another program's file.

import CSQLite
import FollowUp
import Foundation
import Hub
import Replica
import Simulator
import Storage
import SyncCore
import Testing
import Wire

@Suite final class ReplicaFileTests {
  let folder: URL
  let path: String
  let now = WorldClock.start

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "rounds-replica-\(ProcessInfo.processInfo.globallyUniqueString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appendingPathComponent("replica.db").path
  }

  deinit {
    // What is left in the temporary folder is nobody's.
    _ = try? FileManager.default.removeItem(at: folder)
  }

  func open(seed: UInt64) throws -> ReplicaStore {
    try ReplicaStore(
      Connection(path: path), schema: .followUp, random: SplitMix64(seed: seed))
  }

  func enrolled() throws -> ReplicaStore {
    let store = try open(seed: 1)
    let welcome = JoinResponse(
      replica: ReplicaID(1), token: "t", epoch: 7, workspace: "w", user: "ann", hubTime: now)
    try store.enrol(welcome, url: "http://hub", device: "laptop", rules: "{}")
    return store
  }

  func add(_ name: String, to store: ReplicaStore) throws -> RecordID {
    let id = try store.mint(at: now)
    try store.write(
      [RecordWrite(id, in: .customer, [.put(FieldID(2), .text(name))], isCreation: true)], at: now)
    return id
  }

  @Test func `what a large import needed on its way is given back with the sync`() throws {
    let hub = try HubInMemory(at: now)
    let store = try open(seed: 1)
    try store.enrol(
      try hub.welcome("ann", at: now), url: "http://hub", device: "laptop", rules: "{}")
    let samples = String(repeating: "samples of article ", count: 1_500)
    for number in 0..<60 {
      let values: [FieldWrite] = [
        .put(FieldID(2), .text("Kraft \(number)")), .put(FieldID(25), .text(samples)),
      ]
      try store.write(
        [RecordWrite(try store.mint(at: now), in: .customer, values, isCreation: true)], at: now)
    }
    let report = try SyncRun(store, now: { [now] in now }).run(over: hub)
    #expect(report.isUpToDate)
    #expect(try !store.db.isWorthShrinking())
    let pages = try store.db.first("PRAGMA page_count") { $0.int(0) } ?? 0
    let free = try store.db.first("PRAGMA freelist_count") { $0.int(0) } ?? 0
    #expect(pages > 400)
    #expect(free * 8 < pages)
  }

  @Test func `two processes write one file, and each sees what the other wrote`() throws {
    let first = try enrolled()
    let second = try open(seed: 2)
    let acme = try add("Acme", to: first)
    let brown = try add("Brown", to: second)
    #expect(try first.waitingCount() == 2)
    for store in [first, second] {
      #expect(try store.table(.customer).exists(acme, in: store.db))
      #expect(try store.table(.customer).exists(brown, in: store.db))
    }
    // Both seal the same log: the counters are one series.
    let now = now
    _ = try SyncRun(first) { now }.nextRequest()
    _ = try SyncRun(second) { now }.nextRequest()
    #expect(try first.pendingEntries().map(\.counter) == [Counter(1), Counter(2)])
  }

  @Test func `a laptop joins once`() throws {
    let store = try enrolled()
    let welcome = JoinResponse(
      replica: ReplicaID(2), token: "u", epoch: 7, workspace: "w", user: "ann", hubTime: now)
    #expect(throws: ReplicaError.alreadyJoined(path: path, workspace: "w")) {
      try store.enrol(welcome, url: "http://hub", device: "laptop", rules: "{}")
    }
    #expect(try open(seed: 3).state().id == ReplicaID(1))
  }

  @Test func `another program may read and is refused with a sentence when it writes`() throws {
    let store = try enrolled()
    _ = try add("Acme", to: store)
    var handle: OpaquePointer?
    #expect(sqlite3_open(path, &handle) == SQLITE_OK)
    defer { sqlite3_close(handle) }
    for sql in [
      "UPDATE customer SET name = 'Evil'", "DELETE FROM customer", "DELETE FROM change_log",
      "UPDATE replica SET cursor = 0",
    ] {
      #expect(sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_CONSTRAINT)
      #expect(String(cString: sqlite3_errmsg(handle)).hasPrefix("Only Rounds writes this file"))
    }
    #expect(sqlite3_exec(handle, "SELECT * FROM customer", nil, nil, nil) == SQLITE_OK)
    let names = try store.db.all("SELECT name FROM customer") { $0.text(0) }
    #expect(names == ["Acme"])
  }

  @Test func `a replica survives being closed and opened`() throws {
    let id = try add("Acme", to: try enrolled())
    let store = try open(seed: 4)
    #expect(try store.waitingCount() == 1)
    #expect(try store.foldedView(of: id, in: .customer).view.values?[FieldID(2)] == .text("Acme"))
  }

  @Test func `a file of another program is not touched`() throws {
    let other = try Connection(path: path)
    try other.execute("PRAGMA application_id = 5; PRAGMA user_version = 1; CREATE TABLE t (x)")
    #expect(throws: StorageError.self) { try self.open(seed: 1) }
    #expect(try other.all("SELECT name FROM sqlite_master") { $0.text(0) } == ["t"])
  }
}

/// A hub of this process, without sockets.
private final class HubInMemory: HubLink {
  private let routes: Routes
  private var token = ""

  init(at now: Moment) throws {
    let connection = try Connection(path: ":memory:")
    try HubStore.initialise(
      connection, schema: .followUp, workspace: "w", rules: #"{"version": 1, "rules": []}"#,
      now: now,
      random: SplitMix64(seed: 2))
    let store = try HubStore(connection, schema: .followUp, random: SplitMix64(seed: 3))
    routes = Routes(store) { now }
  }

  /// Makes a user, and takes his laptop in.
  func welcome(_ user: String, at now: Moment) throws -> JoinResponse {
    _ = try routes.store.addUser(user, role: .rep, team: nil, now: now)
    let code = try routes.store.invite(user, expiresAt: now.advanced(milliseconds: 60_000))
    var random = SplitMix64(seed: 4)
    let request = JoinRequest(
      code: code, device: "laptop", request: ULID(moment: now, using: &random))
    let welcome = try JoinResponse(decoding: join(request.encoded()))
    token = welcome.token
    return welcome
  }

  func join(_ request: [UInt8]) throws(HubLinkError) -> [UInt8] { try post("/v1/join", request) }
  func sync(_ request: [UInt8]) throws(HubLinkError) -> [UInt8] { try post("/v1/sync", request) }

  private func post(_ path: String, _ body: [UInt8]) throws(HubLinkError) -> [UInt8] {
    let answer = routes.answer(HubRequest("POST", path, bearerToken: token, body: body))
    guard answer.status == 200 else {
      throw .refused(status: answer.status, text: String(decoding: answer.body, as: UTF8.self))
    }
    return answer.body
  }
}
