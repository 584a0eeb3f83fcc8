// The past, and somebody who can write the hub's file: every way of changing it leaves a trace.
//
// Each test changes one thing as an intruder would, by SQL, and asks for the finding that tells of it.
// He may make new chains as well; then it is the laptops that know better.

import Digest
import Notation
import Storage
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct AuditTests {
  let world: World
  let ann: Laptop
  let key: KeyPair
  let customer: RecordID

  /// Ann has written a customer and changed it twice, and has signed for all of it.
  init() throws {
    world = try World()
    var random = SplitMix64(state: 5)
    key = KeyPair.make(using: &random)
    let message = JoinRequest(
      code: try world.code(for: "ann"), device: "laptop", request: world.identity(),
      key: key.publicKey.bytes)
    let answer = world.routes.answer(HubRequest("POST", "/v1/join", body: message.encoded()))
    ann = Laptop(world, try JoinResponse(decoding: answer.body))
    customer = ann.customer("Acme")
    try ann.sync()
    ann.write(customer, ["phone": .text("1")])
    ann.edit(isAtomic: true, [ann.change(customer, ["notes": .text("first")])])
    try ann.sync()
    try sign()
    world.isCheckingItself = false
  }

  func sign() throws {
    var request = ann.request()
    request.signature = key.sign(request.head.signedBytes(of: ann.replica), for: .logHead)
    _ = try ann.send(request)
  }

  func findings() throws -> [AuditCheck.Kind] {
    try AuditCheck.run(on: world.store).findings.map(\.kind)
  }

  func change(_ sql: String) throws { try world.store.db.execute(sql) }

  @Test func `an untouched past is whole, and all of it is signed for`() throws {
    let report = try AuditCheck.run(on: world.store)
    #expect(report.findings == [])
    #expect(report.edits == 3)
    #expect(report.signedEdits == 3)
    #expect(report.changes >= 3)
    #expect(report.position == world.store.head)
    #expect(report.entries > 0)
  }

  /// The one change is found three times over: by the chain, by the log, and by nobody's signature.
  @Test func `a value that was changed in the history is found`() throws {
    let old = Change(
      record: customer, collection: CollectionID(1), seen: VectorClock(hub: .start),
      writes: [.put(field("phone"), .text("666"))])
    try world.store.db.run(
      "UPDATE history SET change = ? WHERE record = ? AND position = (SELECT max(position) FROM history) - 1",
      .blob(old.encoded()), .id(customer))
    #expect(Set(try findings()) == [.history, .log])
  }

  @Test(arguments: [
    "UPDATE history SET user = 'eve'", "UPDATE history SET time = time + 1",
    "DELETE FROM history WHERE position = (SELECT min(position) FROM history)",
    "UPDATE history SET skew = 7", "UPDATE checkpoints SET hash = zeroblob(16)",
  ])
  func `what was changed beside it is found`(_ sql: String) throws {
    try change(sql)
    #expect(try findings().contains(.history))
  }

  @Test(arguments: [
    "UPDATE audit SET user = 'eve' WHERE number = 1",
    "UPDATE audit SET details = '{}' WHERE number = 2", "DELETE FROM audit WHERE number = 1",
    "UPDATE audit SET at = at - 1 WHERE number = 1",
  ])
  func `what was changed in the audit log is found`(_ sql: String) throws {
    try change(sql)
    #expect(try findings().contains(.audit))
  }

  @Test func `a last entry that was taken away is missed by the next checkpoint's hash`() throws {
    try world.ask("POST", "users", body: ["name": "zoe", "role": "rep"])
    ann.write(customer, ["phone": .text("2")])
    try ann.sync()
    #expect(try findings() == [])
    try change("DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)")
    #expect(try findings().contains(.history))
  }

  @Test func `what a laptop is said to have written is held against its log`() throws {
    try change("UPDATE log SET sealed = X'00' WHERE sealed IS NOT NULL")
    #expect(try findings().contains(.log))
    try change("UPDATE log SET stamp = stamp + 1")
    #expect(try findings().contains(.log))
  }

  /// Who makes the log anew to fit cannot sign it.
  @Test func `a log that was made anew has no signature`() throws {
    let forged = LogHead.empty.appending([1, 2, 3])
    try world.store.db.run(
      "UPDATE log SET hash = ?, sealed = X'010203', record = NULL WHERE counter = 1",
      .blob(forged.hash.bytes))
    var head = forged
    for counter in 2...3 {
      head = head.appending(ann.log[counter - 1])
      try world.store.db.run(
        "UPDATE log SET hash = ? WHERE counter = ?", .blob(head.hash.bytes),
        .integer(Int64(counter)))
    }
    #expect(try findings() == [.signature])
    try world.store.db.run("UPDATE replicas SET signed_hash = ?", .blob(head.hash.bytes))
    #expect(try findings() == [.signature])
  }

  @Test func `a signature that is not the laptop's own is told and not kept`() throws {
    var random = SplitMix64(state: 99)
    var request = ann.request()
    let thief = KeyPair.make(using: &random)
    request.signature = thief.sign(request.head.signedBytes(of: ann.replica), for: .logHead)
    _ = try ann.send(request)
    #expect(try findings() == [])
    let log = try world.ask("GET", "audit", ["action": "laptop signature"])
    #expect(log["entries"]?.array?.count == 1)
  }

  @Test func `a doubt of what was never shown is nothing, however large`() throws {
    for doubt in [UInt64.max, 1 << 63, world.store.head.rawValue + 1] {
      var request = ann.request()
      request.doubt = Position(doubt)
      _ = try ann.send(request)
    }
    #expect(try world.ask("GET", "audit", ["action": "laptop doubt"])["entries"]?.array == [])
    let replicas = try #require(try world.ask("GET", "replicas")["replicas"]?.array)
    #expect(replicas.allSatisfy { $0["doubt"] == .null })
  }

  @Test func `of many findings of one kind a few are told, and that there are more`() throws {
    for number in 0..<30 { try world.ask("POST", "teams", body: ["name": .string("t\(number)")]) }
    try change("UPDATE audit SET user = 'nobody'")
    let findings = try AuditCheck.run(on: world.store).findings.filter { $0.kind == .audit }
    #expect(findings.count == 21)
    #expect(findings.first?.text == "entry 1: was changed")
    #expect(findings.last?.text == "… and more of the same kind")
  }

  @Test func `a doubt is told until somebody accepts it, and a new one is told again`() throws {
    func doubt() throws -> JSONValue? {
      try world.ask("GET", "replicas/\(ann.replica.rawValue)")["doubt"]
    }
    func accept() throws -> (status: Int, json: JSONValue) {
      try world.admin(
        "POST", "replicas/\(ann.replica.rawValue)/accept", body: ["note": "copied back"])
    }
    #expect(try accept().status == 409)
    for position in [Position(2), Position(3)] {
      var request = ann.request()
      request.doubt = position
      _ = try ann.send(request)
      #expect(try doubt() == .integer(Int64(position.rawValue)))
      #expect(try accept().json["doubt"] == .null)
      #expect(try doubt() == .null)
    }
    let log = try world.ask("GET", "audit", ["action": "replica accept"])
    let entries = try #require(log["entries"]?.array)
    #expect(entries.count == 2)
    #expect(entries.allSatisfy { $0["user"] == "root" && $0["details"] == ["note": "copied back"] })
    #expect(entries.first?["subject"] == .string("\(ann.replica.rawValue)"))
    #expect(
      try world.ask("GET", "audit", ["action": "laptop doubt"])["entries"]?.array?.count == 2)
  }

  /// Somebody has a copy of ann's disk, and uses the identity of her unsent edit for words of his own.
  @Test func `another edit under the same identity is no duplicate, and is kept`() throws {
    let id = world.identity()
    let thief = try world.laptop("bob")
    try thief.sync()
    func edit(_ phone: String, on laptop: Laptop) {
      let change = laptop.change(customer, ["phone": .text(phone)])
      laptop.log.append(Edit(id: id, changes: [change]).encoded())
    }
    edit("stolen", on: thief)
    try thief.sync()
    edit("hers", on: ann)
    let receipt = try #require(try ann.sync().first?.receipts.first)
    #expect(!receipt.isDuplicate)
    #expect(receipt.refusals.map(\.isParked) == [true])
    let parked = try world.ask("GET", "parked", ["status": "waiting"])
    #expect(parked.text().contains("hers"))
    #expect(try findings() == [])
  }

  /// Every cut has a checkpoint, and the next one tells what the one before it was.
  @Test func `a laptop is told its checkpoints`() throws {
    let before = ann.cursor
    let shown = try #require(try world.store.checkpoint(at: before))
    ann.write(customer, ["phone": .text("3")])
    let answer = try #require(try ann.sync().last)
    #expect(answer.checkpointBefore == shown)
    #expect(answer.checkpoint == (try world.store.checkpoint(at: answer.position)))
    #expect(answer.checkpoint != shown)
    let idle = try #require(try ann.sync().last)
    #expect(idle.checkpointBefore == nil)
    #expect(idle.checkpoint == answer.checkpoint)
  }

  @Test func `a checkpoint that a laptop kept convicts a hub that was rewritten with new chains`()
    throws
  {
    let kept = try #require(try world.store.checkpoint(at: ann.cursor))
    let query = ["position": "\(ann.cursor.rawValue)", "hash": kept.text]
    #expect(try world.ask("GET", "audit/verify", query)["ok"]?.bool == true)
    // Everything is made anew: history, and the chain over it.
    try change("UPDATE history SET time = time + 1")
    try change("DELETE FROM checkpoints")
    try world.store.reload()
    world.store.checkpoint = Checkpoint(position: .start, hash: .none, audit: 0)
    try world.store.transaction { try world.store.foundChain() }
    #expect(try world.ask("GET", "audit/verify")["ok"]?.bool == true)
    #expect(try world.ask("GET", "audit/verify", query)["ok"]?.bool == false)
  }

  @Test func `who did what is in the log, and what it was about is not`() throws {
    try world.ask("POST", "teams", body: ["name": "north"])
    try world.ask("POST", "users", body: ["name": "zoe", "role": "rep", "team": "north"])
    try world.ask(
      "POST", "records/\(customer)/set", body: ["assignments": ["phone=secret-number"]])
    _ = try world.admin("POST", "users", body: ["name": "zoe", "role": "rep"])
    let entries = try #require(try world.ask("GET", "audit", ["user": "root"])["entries"]?.array)
    let actions = entries.compactMap { $0["action"]?.string }
    #expect(actions.prefix(3) == ["record set", "user add", "team add"], "newest first")
    #expect(entries[1]["subject"]?.string == "zoe")
    #expect(entries[1]["details"]?["team"]?.string == "north")
    let joins = try world.ask("GET", "audit", ["action": "laptop join"])["entries"]?.array
    #expect(joins?.first?["user"]?.string == "ann")
    let text = try world.ask("GET", "audit").text()
    #expect(!text.contains("secret-number"))
  }

  /// A hub from before there were chains has them from its first start on.
  @Test func `a hub without a chain founds one`() throws {
    try change("DELETE FROM checkpoints; UPDATE hub SET key = NULL")
    let store = try HubStore(
      world.store.db, schema: .followUp, random: SplitMix64(state: 3))
    #expect(try AuditCheck.run(on: store).findings == [])
    #expect(store.checkpoint.position == store.head)
    #expect(store.key != world.store.key)
  }
}
