// One laptop and the hub's answers, real and forged: sealing, cuts, detours, what is not known yet.

import Digest
import FollowUp
import Replica
import Simulator
import Storage
import SyncCore
import Testing
import Wire

@Suite struct SyncRunTests {
  let cluster: Cluster
  let laptop: Laptop
  let customer: RecordID

  init() throws {
    (cluster, laptop, customer) = try Cluster.withCustomer()
  }

  func run() -> SyncRun {
    let clock = cluster.clock
    return SyncRun(laptop.store) { clock.now }
  }

  func set(_ value: String) throws {
    try cluster.write(
      [RecordWrite(customer, in: .customer, [.put(FieldID(9), .text(value))])], on: laptop)
  }

  @Test func `sealed bytes never change, and what is written later follows them`() throws {
    let first = try SyncRequest(decoding: run().nextRequest())
    try set("1")
    let second = try SyncRequest(decoding: run().nextRequest())
    #expect(first.edits.count == 1)
    #expect(second.edits.count == 2)
    #expect(second.edits[0] == first.edits[0])
    #expect(second.head == first.head)
    let counters = try laptop.store.pendingEntries().map(\.counter)
    #expect(counters == [Counter(1), Counter(2)])
  }

  @Test func `a sync brings people and rules`() throws {
    try cluster.sync(laptop)
    let people = try laptop.store.db.all("SELECT name FROM people ORDER BY name") { $0.text(0) }
    #expect(people == ["admin", "ann"])
    #expect(try laptop.store.state().rules.contains("first-contact"))
    #expect(try laptop.store.state().settings > 0)
  }

  @Test(arguments: [Int64.min, .max])
  func `a hub whose clock is at the end of all time is no harm`(milliseconds: Int64) throws {
    let present = cluster.clock.now
    try laptop.store.noteClock(
      sentAt: present, receivedAt: present, hubTime: Moment(milliseconds: milliseconds))
    #expect(try laptop.store.corrected(present).milliseconds.magnitude > 1 << 62)
  }

  /// The answer to `request` that completes a cut with these records.
  func answer(
    _ request: SyncRequest, _ records: [RecordImage], departed: [RecordID] = []
  ) -> [UInt8] {
    var response = SyncResponse(
      request: request.request, epoch: request.epoch, hubTime: cluster.clock.now)
    response.receipts = request.edits.enumerated().map { index, _ in
      Receipt(position: Position(UInt64(index) + 2))
    }
    response.records = records
    response.departed = departed
    response.position = Position(9)
    response.isSweep = request.cursor == .start
    return response.encoded()
  }

  func image(_ collection: UInt32, _ values: [(UInt32, Value)]) -> RecordImage {
    RecordImage(
      record: customer, collection: CollectionID(collection), asOf: Position(8),
      values: FieldValues(values.map { (FieldID($0.0), $0.1) }), updatedAt: cluster.clock.now)
  }

  @Test func `fields of a newer program are kept through local edits`() throws {
    let sync = run()
    let request = try SyncRequest(decoding: sync.nextRequest())
    let newer = image(1, [(2, .text("Acme")), (99, .text("from the future"))])
    try sync.receive(answer(request, [newer]))
    #expect(sync.report.isUpToDate)
    try set("1")
    let base = try #require(try laptop.store.baseImage(of: customer, in: CollectionID(1)))
    #expect(base.values[FieldID(99)] == .text("from the future"))
    let folded = try laptop.store.foldedView(of: customer, in: .customer)
    #expect(folded.view.values?[FieldID(99)] == .text("from the future"))
  }

  @Test func `records of a collection that is not known yet are kept aside`() throws {
    let sync = run()
    let request = try SyncRequest(decoding: sync.nextRequest())
    var unknown = image(77, [(5, .integer(3))])
    unknown.record = RecordID(high: 1, low: 1)
    try sync.receive(answer(request, [image(1, [(2, .text("Acme"))]), unknown]))
    #expect(try laptop.store.baseImage(of: unknown.record, in: CollectionID(77)) == unknown)
    #expect(sync.report.isUpToDate)
  }

  @Test func `what came before its column did is shown when the program is updated`() throws {
    let cluster = try Cluster(seed: 1, programs: Programs(formerLaptops: [true]))
    let former = try cluster.join("A", user: "ann", role: .rep)
    let newer = try cluster.join("A2", user: "ann", role: .rep)
    let (written, untouched) = (
      try newer.store.mint(at: cluster.clock.now), try newer.store.mint(at: cluster.clock.now)
    )
    let name = try #require(CollectionSchema.customer["name"]).id
    let (region, phone) = (
      try #require(CollectionSchema.customer["region"]).id,
      try #require(CollectionSchema.customer["phone"]).id
    )
    for id in [written, untouched] {
      let fields: [FieldWrite] = [.put(name, .text("Acme")), .put(region, .text("North"))]
      try cluster.write(
        [RecordWrite(id, in: .customer, fields, isCreation: true)], on: newer)
    }
    for laptop in [newer, former] { try cluster.sync(laptop) }
    try cluster.write([RecordWrite(written, in: .customer, [.put(phone, .text("1"))])], on: former)
    try cluster.update(former)
    let regions = try former.store.db.all("SELECT region FROM customer") { $0.text(0) }
    #expect(regions == ["North", "North"])
    try cluster.checkViewLaw(on: former)
  }

  @Test(arguments: [true, false])
  func `what is not known yet leaves with its customer, or alone`(_ isCustomer: Bool) throws {
    var unknown = image(77, [(2, .reference(customer)), (5, .integer(3))])
    unknown.record = RecordID(high: 1, low: 1)
    let first = run()
    try first.receive(
      answer(SyncRequest(decoding: first.nextRequest()), [image(1, [(2, .text("Acme"))]), unknown]))
    let second = run()
    try second.receive(
      answer(
        SyncRequest(decoding: second.nextRequest()), [],
        departed: [isCustomer ? customer : unknown.record]))
    #expect(try laptop.store.baseImage(of: unknown.record, in: CollectionID(77)) == nil)
    #expect(try (laptop.store.state().digest == SetDigest()) == isCustomer)
  }

  /// The hub may be restored to before the answer, and say again that it is due.
  @Test(arguments: [("done", true), ("acknowledged", true), ("snoozed", false)])
  func `a reminder that was answered elsewhere never calls here`(
    _ response: String, _ isSilent: Bool
  ) throws {
    func field(_ name: String) throws -> UInt32 {
      try #require(CollectionSchema.reminder[name]).id.rawValue
    }
    let sync = run()
    let request = try SyncRequest(decoding: sync.nextRequest())
    var reminder = image(
      CollectionSchema.reminder.id.rawValue,
      [
        (try field("dueAt"), .moment(cluster.clock.now)),
        (try field("response"), .text(response)),
      ].sorted { $0.0 < $1.0 })
    reminder.record = RecordID(high: 1, low: 1)
    try sync.receive(answer(request, [image(1, [(2, .text("Acme"))]), reminder]))
    #expect(sync.report.isUpToDate)
    #expect(try laptop.store.hasCalled(reminder.record) == isSilent)
  }

  @Test func `an answer to another question changes nothing`() throws {
    let sync = run()
    var request = try SyncRequest(decoding: sync.nextRequest())
    request.request &+= 1
    try sync.receive(answer(request, []))
    #expect(try laptop.store.waitingCount() == 1)
    #expect(try laptop.store.state().cursor == .start)
  }

  @Test func `an answer that makes no sense is refused, and the next sync goes on`() throws {
    let sync = run()
    var request = try SyncRequest(decoding: sync.nextRequest())
    request.edits = []
    #expect(throws: ReplicaError.self) { try sync.receive(answer(request, [])) }
    #expect(throws: ReplicaError.self) { try run().receive([0xFF, 0xFF, 0xFF]) }
    #expect(try laptop.store.waitingCount() == 1)
    #expect(try cluster.sync(laptop))
    #expect(try laptop.store.waitingCount() == 0)
  }

  @Test func `a sync that is overtaken by another process's does no harm`() throws {
    let slow = run()
    let request = try slow.nextRequest()
    let late = answer(try SyncRequest(decoding: request), [])
    try cluster.sync(laptop)
    try set("1")
    let cursor = try laptop.store.state().cursor
    try slow.receive(late)
    #expect(!slow.report.isUpToDate)
    #expect(try laptop.store.state().cursor == cursor)
    #expect(try laptop.store.table(.customer).exists(customer, in: laptop.store.db))
    #expect(try laptop.store.waitingCount() == 1)
  }

  @Test func `a page that comes too late is not staged into another pull`() throws {
    let slow = run()
    let request = try SyncRequest(decoding: try slow.nextRequest())
    var page = try SyncResponse(decoding: answer(request, [image(1, [(2, .text("old"))])]))
    (page.page, page.position) = ([1], .start)
    try cluster.sync(laptop)
    try slow.receive(page.encoded())
    #expect(try laptop.store.db.first("SELECT count(*) FROM staging") { $0.int(0) } == 0)
    #expect(try laptop.store.state().page == [])
    #expect(try cluster.sync(laptop))
  }
}
