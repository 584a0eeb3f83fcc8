// A laptop's bundles and their answers: the bytes of a sync, days apart, out of order, twice.
//
// The hub is the real one. Between writing and reading lies whatever a stick lies through: a sync that
// was faster, a newer bundle, a restored hub, a copied disk.

import Digest
import Storage
import SyncCore
import Testing
import Wire

@testable import Hub
@testable import Replica
@testable import Simulator

@Suite struct BundleTests {
  let cluster: Cluster
  let laptop: Laptop
  let customer: RecordID

  init() throws {
    (cluster, laptop, customer) = try Cluster.withCustomer()
    try cluster.sync(laptop)
  }

  func set(_ value: String, on other: Laptop? = nil) throws {
    try cluster.write(
      [RecordWrite(customer, in: .customer, [.put(FieldID(9), .text(value))])],
      on: other ?? laptop)
  }

  func write() throws -> PackedBundle { try laptop.store.writeBundle(at: cluster.clock.now) }

  func post(_ packed: PackedBundle) throws -> [UInt8] {
    let answer = cluster.hub.routes.answer(HubRequest("POST", "/v1/bundle", body: packed.file))
    try #require(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
    return answer.body
  }

  @discardableResult
  func read(_ answer: [UInt8], on other: Laptop? = nil) throws -> BundleOutcome {
    let clock = cluster.clock
    return try BundleReading((other ?? laptop).store) { clock.now }.take(answer)
  }

  /// The requests in a bundle, as the hub reads them.
  func requests(_ packed: PackedBundle) throws -> [[UInt8]] {
    let body = try BundleBody(decoding: Bundle(file: packed.file).body)
    return try BundleContent(decoding: try #require(cluster.hub.store.key.open(body.box))).messages
  }

  func waiting() throws -> Int { try laptop.store.waitingCount() }

  func value() throws -> String? {
    try laptop.store.db.first("SELECT phone FROM customer") { $0.text(0) }
  }

  // MARK: The bytes

  @Test func `what is in the box is what a sync would send, byte for byte`() throws {
    for isIdle in [true, false] {
      if !isIdle { try set("1") }
      let clock = cluster.clock
      var packed = try SyncRequest(decoding: try #require(try requests(write()).first))
      let sent = try SyncRun(laptop.store) { clock.now }.nextRequest()
      // The number only tells one request's answer from another's.
      packed.request = try SyncRequest(decoding: sent).request
      #expect(packed.encoded() == sent)
    }
  }

  @Test func `a bundle is at most 400 bytes longer than its requests`() throws {
    for value in ["1", String(repeating: "x", count: 100_000)] {
      try set(value)
      let packed = try write()
      let inside = try requests(packed).reduce(0) { $0 + $1.count }
      #expect(packed.file.count - inside <= 400)
      print("bundle: \(packed.file.count) bytes for \(inside) of requests")
    }
  }

  @Test func `more than one push goes into one bundle, in the order of a sync`() throws {
    let text = String(repeating: "x", count: 900_000)
    for number in 0..<10 { try set("\(number)\(text)") }
    let packed = try write()
    let pushes = try requests(packed).map { try SyncRequest(decoding: $0) }
    #expect(pushes.count > 1 && packed.isAll && packed.edits == 10)
    #expect(pushes.map(\.isPushOnly) == pushes.indices.map { $0 < pushes.count - 1 })
    // The same pushes go over a line, one after another.
    let clock = cluster.clock
    let run = SyncRun(laptop.store) { clock.now }
    for push in pushes {
      let sent = try SyncRequest(decoding: try run.nextRequest())
      #expect(sent.edits == push.edits && sent.head == push.head)
      #expect(sent.isPushOnly == push.isPushOnly && sent.cursor == push.cursor)
      let token = try laptop.store.state().token
      let answer = cluster.hub.routes.answer(
        HubRequest("POST", "/v1/sync", bearerToken: token, body: sent.encoded()))
      try run.receive(answer.body)
    }
    #expect(try waiting() == 0)
    // And what arrived by itself is a duplicate in the bundle, without a second effect.
    let outcome = try read(post(packed))
    #expect(outcome.isLate)
  }

  @Test func `what is more than a bundle holds waits for the next one`() throws {
    let text = String(repeating: "x", count: 900_000)
    for number in 0..<14 { try set("\(number)\(text)") }
    let first = try write()
    #expect(!first.isAll && first.edits < 14)
    #expect(first.file.count < Limits.bundleBytesMax + 1000)
    let pushes = try requests(first).map { try SyncRequest(decoding: $0) }
    #expect(pushes.map(\.isPushOnly) == pushes.map { _ in true })
    let outcome = try read(post(first))
    #expect(!outcome.report.isUpToDate && !outcome.isLate)
    #expect(try waiting() == 14 - first.edits)
    let second = try write()
    #expect(second.isAll)
    let rest = try read(post(second))
    #expect(rest.report.isUpToDate)
    #expect(try waiting() == 0)
    #expect(try value() == "13\(text)")
  }

  @Test func `what is remembered of a bundle holds no value`() throws {
    try set("CANARY")
    _ = try write()
    let kept = try laptop.store.db.all("SELECT content FROM bundles") { $0.blob(0) }
    #expect(kept.count == 1)
    #expect(!kept.contains { String(decoding: $0, as: UTF8.self).contains("CANARY") })
  }

  @Test func `so many bundles are remembered, and no more`() throws {
    for _ in 0...ReplicaStore.bundlesMax {
      cluster.clock.advance(milliseconds: 1)
      _ = try write()
    }
    #expect(try laptop.store.writtenBundles().count == ReplicaStore.bundlesMax)
  }

  // MARK: Answers

  @Test func `an answer does what the sync's would have done`() throws {
    try set("1")
    let packed = try write()
    #expect(try waiting() == 1)
    cluster.clock.advance(milliseconds: 3 * WorldClock.day)
    let outcome = try read(post(packed))
    #expect(outcome.report.accepted == 1 && outcome.report.isUpToDate && !outcome.isLate)
    #expect(try waiting() == 0)
    #expect(try value() == "1")
    #expect(try laptop.store.state().clockOffsetMilliseconds == 0)
    #expect(try laptop.store.writtenBundles().first?.answeredAt == cluster.clock.now)
    let cursor = try laptop.store.state().cursor
    // A sync after it finds nothing to do.
    #expect(try cluster.sync(laptop))
    #expect(try laptop.store.state().cursor == cursor)
    #expect(try laptop.store.pendingEntries().isEmpty)
  }

  @Test func `an answer that is read again changes nothing`() throws {
    try set("1")
    let answer = try post(write())
    try read(answer)
    let state = try laptop.store.state()
    #expect(try read(answer).isRepeated)
    #expect(try laptop.store.state() == state)
  }

  /// Killed between two of its messages: what was done is done, the rest follows.
  @Test func `an interrupted reading is begun again and goes on`() throws {
    let text = String(repeating: "x", count: 900_000)
    for number in 0..<10 { try set("\(number)\(text)") }
    let answer = try post(write())
    try laptop.store.db.execute(
      """
      CREATE TEMP TRIGGER cut BEFORE UPDATE OF cursor ON replica BEGIN
        SELECT RAISE(ABORT, 'cut');
      END
      """)
    #expect(throws: (any Error).self) { try read(answer) }
    #expect(try waiting() < 10)
    try laptop.store.db.execute("DROP TRIGGER cut")
    let outcome = try read(answer)
    #expect(outcome.report.isUpToDate && !outcome.isRepeated)
    #expect(try waiting() == 0 && laptop.store.pendingEntries().isEmpty)
  }

  @Test func `after a sync that was faster the answer is late and loses nothing`() throws {
    try set("1")
    let answer = try post(write())
    try cluster.sync(laptop)
    try set("2")
    let state = try laptop.store.state()
    #expect(try read(answer).isLate)
    #expect(try laptop.store.state() == state)
    #expect(try value() == "2" && waiting() == 1)
  }

  @Test func `answers of two bundles may come in any order`() throws {
    for isSwapped in [false, true] {
      try set("1")
      let first = try write()
      try set("2")
      let second = try write()
      let answers = try [post(first), post(second)]
      for answer in isSwapped ? answers.reversed() : answers { try read(answer) }
      #expect(try waiting() == 0)
      #expect(try value() == "2")
      #expect(try cluster.sync(laptop))
      #expect(try laptop.store.pendingEntries().isEmpty)
    }
  }

  /// Delivered in the wrong order, too: the older one shows less than the hub has.
  @Test func `a bundle that arrives after a newer one does no harm`() throws {
    try set("1")
    let first = try write()
    try set("2")
    let second = try write()
    let newer = try post(second)
    let older = try post(first)
    let id = try laptop.store.state().id
    try read(older)
    #expect(try waiting() == 1, "the first edit has its verdict")
    try read(newer)
    #expect(try waiting() == 0)
    #expect(try laptop.store.state().id == id, "it is no copy of itself")
    #expect(try value() == "2")
    #expect(try cluster.sync(laptop))
  }

  @Test func `an edit written after the bundle stays on top and waits`() throws {
    try set("1")
    let packed = try write()
    try set("2")
    try read(post(packed))
    #expect(try value() == "2" && waiting() == 1)
    try read(post(write()))
    #expect(try waiting() == 0)
    #expect(try value() == "2")
  }

  // MARK: Detours

  @Test func `a copy of the laptop is found by its bundle, and goes on as another`() throws {
    let copy = try cluster.clone(laptop, as: "A2")
    try set("1")
    try cluster.sync(laptop)
    try set("copy", on: copy)
    let packed = try copy.store.writeBundle(at: cluster.clock.now)
    let outcome = try read(post(packed), on: copy)
    #expect(outcome.report.isReidentified)
    #expect(try copy.store.state().id != laptop.store.state().id)
    #expect(try copy.store.waitingCount() == 1)
    let next = try copy.store.writeBundle(at: cluster.clock.now)
    try read(post(next), on: copy)
    #expect(try copy.store.waitingCount() == 0)
  }

  @Test func `a restored hub's answer begins the new epoch, and the next bundle brings all`() throws
  {
    try cluster.backUpHub()
    try set("1")
    try cluster.sync(laptop)
    try cluster.restoreHub(backup: 0)
    try read(post(write()))
    #expect(try laptop.store.state().cursor == .start)
    // The hub lacks what it had taken once.
    for _ in 0..<3 where try !laptop.store.state().isUpToDate { try read(post(write())) }
    #expect(try waiting() == 0)
    #expect(try value() == "1")
    let name = try cluster.hub.store.db.first("SELECT phone FROM customer") { $0.text(0) }
    #expect(name == "1")
  }

  // MARK: Whose answer

  @Test func `an answer that is another laptop's, forged or unknown is refused`() throws {
    let other = try cluster.join("B", user: "bob", role: .rep)
    try cluster.sync(other)
    try set("1")
    let packed = try write()
    let answer = try post(packed)
    #expect(throws: BundleError.otherLaptop) { try read(answer, on: other) }
    #expect(throws: BundleError.ownRequest) { try laptop.store.check(bundle: packed.file) }
    #expect(try other.store.check(bundle: packed.file).kind == .request)
    for index in answer.indices {
      var altered = answer
      altered[index] ^= 0x10
      #expect(throws: BundleError.self) { try read(altered) }
    }
    for count in answer.indices {
      #expect(throws: BundleError.self) { try read(Array(answer.prefix(count))) }
    }
    #expect(try waiting() == 1)
    try laptop.store.db.run("DELETE FROM bundles")
    #expect(throws: BundleError.unknown) { try read(answer) }
  }

  @Test func `a hub that is not ours answers nothing here`() throws {
    let foreign = try Cluster(seed: 2)
    let theirs = try foreign.join("A", user: "ann", role: .rep)
    try foreign.sync(theirs)
    let packed = try theirs.store.writeBundle(at: foreign.clock.now)
    #expect(throws: BundleError.otherHub) { try laptop.store.check(bundle: packed.file) }
    let refusal = cluster.hub.routes.answer(
      HubRequest("POST", "/v1/bundle", body: packed.file))
    #expect(refusal.status == 403)
  }
}

extension ReplicaState {
  /// As far as one can see without asking.
  fileprivate var isUpToDate: Bool { cursor > .start && page.isEmpty && !hasMismatch }
}
