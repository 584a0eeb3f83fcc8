// What a laptop signs, keeps and boxes, and when it stops believing its hub.

import Digest
import FollowUp
import Hub
import Replica
import Storage
import SyncCore
import Testing
import Wire

@testable import Simulator

/// Straight to the hub.
private struct Direct: HubLink {
  let routes: Routes
  let token: String

  func join(_ request: [UInt8]) throws(HubLinkError) -> [UInt8] { post("/v1/join", request) }
  func sync(_ request: [UInt8]) throws(HubLinkError) -> [UInt8] { post("/v1/sync", request) }

  private func post(_ path: String, _ body: [UInt8]) -> [UInt8] {
    routes.answer(HubRequest("POST", path, bearerToken: token, body: body)).body
  }
}

@Suite struct ProofTests {
  let cluster: Cluster
  let laptop: Laptop
  let customer: RecordID

  init() throws {
    (cluster, laptop, customer) = try Cluster.withCustomer()
    try cluster.sync(laptop)
  }

  func write(_ name: String) throws {
    try cluster.write(
      [RecordWrite(customer, in: .customer, [.put(FieldID(2), .text(name))])], on: laptop)
  }

  func run() -> SyncRun {
    let clock = cluster.clock
    return SyncRun(laptop.store) { clock.now }
  }

  func signatures() throws -> (counter: Int, laptop: Int) {
    (
      try cluster.hub.store.db.first("SELECT signed_counter FROM replicas") { $0.int(0) } ?? 0,
      try laptop.store.db.first("SELECT signed FROM replica") { $0.int(0) } ?? 0
    )
  }

  @Test func `the request after a push signs for it, once`() throws {
    #expect(try signatures() == (0, 0))
    let request = try SyncRequest(decoding: run().nextRequest())
    #expect(request.signature.count == PublicKey.signatureByteCount)
    try cluster.sync(laptop)
    #expect(try signatures() == (1, 1))
    #expect(try SyncRequest(decoding: run().nextRequest()).signature == [])
    #expect(try AuditCheck.run(on: cluster.hub.store).signedEdits == 1)
  }

  /// A hub that goes on with another past under the same positions.
  @Test func `a rewritten history is noticed, told, and stands in nobody's way`() throws {
    let db = cluster.hub.store.db
    try db.execute("UPDATE checkpoints SET hash = randomblob(16)")
    try cluster.reopenHub()
    #expect(try cluster.sync(laptop))
    let incident = try #require(try laptop.store.incidents().first)
    #expect(incident.isDoubt)
    #expect(incident.kind == .rewritten(try laptop.store.state().cursor))
    try write("Acme Ltd")
    #expect(try cluster.sync(laptop))
    #expect(try laptop.store.waitingCount() == 0)
    #expect(try db.first("SELECT doubt > 0 FROM replicas") { $0.bool(0) } == true)
    let entries = try db.first("SELECT count(*) FROM audit WHERE action = 'laptop doubt'") {
      $0.int(0)
    }
    #expect(entries == 1, "it is told once")
    #expect(try laptop.store.incidents().count == 1, "and noticed once")
  }

  /// Clearing is for its person; the hub has to hear of a doubt all the same.
  @Test func `a doubt that was cleared here still goes to the hub`() throws {
    try cluster.hub.store.db.execute("UPDATE checkpoints SET hash = randomblob(16)")
    try cluster.reopenHub()
    let direct = Direct(
      routes: cluster.hub.routes, token: try laptop.store.state().token)
    let first = run()
    try first.receive(try direct.sync(try first.nextRequest()))
    #expect(try laptop.store.incidents().contains { $0.isDoubt })
    try laptop.store.clearIncidents()
    #expect(try laptop.store.incidents() == [])
    #expect(try SyncRequest(decoding: run().nextRequest()).doubt > .start)
    #expect(try cluster.sync(laptop))
    #expect(try SyncRequest(decoding: run().nextRequest()).doubt == .start)
    let doubt = try cluster.hub.store.db.first("SELECT doubt > 0 FROM replicas") { $0.bool(0) }
    #expect(doubt == true)
    #expect(try laptop.store.incidents() == [])
  }

  /// Somebody copied yesterday's file over today's, and said nothing.
  @Test func `a hub that was rolled back by hand is noticed, and healed`() throws {
    try cluster.backUpHub()
    try write("Acme Ltd")
    try cluster.sync(laptop)
    let epoch = try laptop.store.state().epoch
    try cluster.rollBackHub(backup: 0)
    // Past the checkers: they hold that a position names one state, and here the hub breaks its word.
    let token = try laptop.store.state().token
    _ = try run().run(over: Direct(routes: cluster.hub.routes, token: token))
    #expect(try laptop.store.state().epoch == epoch)
    #expect(try laptop.store.incidents().contains { $0.isDoubt })
    #expect(try laptop.store.incidents().contains { $0.kind == .sentAgain(1) })
    let name = try cluster.hub.store.db.first("SELECT name FROM customer") { $0.text(0) }
    #expect(name == "Acme Ltd")
  }

  @Test func `a hub that was restored in order is no reason for doubt, and is explained`() throws {
    try cluster.backUpHub()
    try write("Acme Ltd")
    try cluster.sync(laptop)
    try cluster.restoreHub(backup: 0)
    #expect(try cluster.sync(laptop))
    let kinds = try laptop.store.incidents().map(\.kind)
    #expect(kinds.count == 2)
    #expect(kinds.contains(.sentAgain(1)))
    #expect(try !laptop.store.incidents().contains { $0.isDoubt })
  }

  /// The last checkpoint of each day is kept, and the newest always.
  @Test func `checkpoints are thinned by the day`() throws {
    for day in 0..<3 {
      for name in ["a", "b"] {
        try write("\(name)\(day)")
        try cluster.sync(laptop)
      }
      cluster.clock.advance(milliseconds: WorldClock.day)
    }
    let kept = try laptop.store.checkpoints()
    #expect(kept.count == 3)
    #expect(kept.last?.position == (try laptop.store.state().cursor))
    for checkpoint in kept {
      #expect(try cluster.hub.store.checkpoint(at: checkpoint.position) == checkpoint.hash)
    }
  }

  /// An import is one edit, long enough to be packed on both sides.
  @Test func `a long edit is kept packed, proves itself, and comes back to a restored hub`() throws
  {
    try cluster.backUpHub()
    let edit = try cluster.write(
      try (1...50).map { number in
        RecordWrite(
          try laptop.store.mint(at: cluster.clock.now), in: .customer,
          [.put(FieldID(2), .text("Customer \(number)"))], isCreation: true)
      }, on: laptop)
    try cluster.sync(laptop)
    let kept = try laptop.store.db.first(
      "SELECT length(payload) * 2 < length(unpacked(payload)) FROM retained WHERE edit = ?",
      .blob(edit.bytes)
    ) { $0.bool(0) }
    #expect(kept == true)
    #expect(try Doctor(laptop.store).checkChain() == nil)
    #expect(try AuditCheck.run(on: cluster.hub.store).findings == [])
    try cluster.restoreHub(backup: 0)
    try cluster.sync(laptop)
    let count = try cluster.hub.store.db.first("SELECT count(*) FROM customer") { $0.int(0) }
    #expect(count == 51)
  }

  /// What it wrote about a customer that has left it the laptop cannot read, and can give back.
  @Test func `an edit in a box comes back to a restored hub`() throws {
    let owner = try #require(CollectionSchema.customer["owner"]).id
    let boss = try cluster.join("M", user: "mia", role: .manager)
    try cluster.makeTeams()
    try cluster.sync(boss)
    try cluster.backUpHub()
    try write("Only Ann knew")
    try cluster.sync(laptop)
    try cluster.sync(boss)
    try cluster.write(
      [RecordWrite(customer, in: .customer, [.put(owner, .text("mia"))])], on: boss)
    try cluster.sync(boss)
    try cluster.sync(laptop)
    let boxed = try laptop.store.db.first(
      "SELECT count(*) FROM retained WHERE digest IS NOT NULL"
    ) { $0.int(0) }
    #expect((boxed ?? 0) > 0)
    let payloads = try laptop.store.db.all("SELECT payload FROM retained") { $0.blob(0) }
    #expect(!payloads.contains { String(decoding: $0, as: UTF8.self).contains("Only Ann knew") })
    // The manager's laptop is gone with the old hub: what comes back comes out of the box.
    boss.isGone = true
    try cluster.restoreHub(backup: 0)
    #expect(try cluster.sync(laptop))
    let name = try cluster.hub.store.db.first("SELECT name FROM customer") { $0.text(0) }
    #expect(name == "Only Ann knew")
  }
}
