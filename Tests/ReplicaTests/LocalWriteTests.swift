// Writing on the laptop: shown at once, kept in the log, refused with words where it is certain.

import FollowUp
import Replica
import Simulator
import Storage
import SyncCore
import Testing
import Wire

@Suite struct LocalWriteTests {
  let cluster: Cluster
  let laptop: Laptop
  let customer: RecordID

  init() throws {
    (cluster, laptop, customer) = try Cluster.withCustomer()
  }

  func set(_ field: UInt32, _ value: Value, isAtomic: Bool = false) throws {
    try cluster.write(
      [RecordWrite(customer, in: .customer, [.put(FieldID(field), value)])], on: laptop)
  }

  func shown(_ field: UInt32) throws -> Value {
    try laptop.store.table(.customer).row(customer, in: laptop.store.db)?.values[FieldID(field)]
      ?? .null
  }

  @Test func `a write is shown and waits, and the view is the fold of what is pending`() throws {
    try set(9, .text("1"))
    try set(9, .text("2"))
    #expect(try shown(9) == .text("2"))
    #expect(try laptop.store.waitingCount() == 3)
    let folded = try laptop.store.foldedView(of: customer, in: .customer)
    #expect(folded.view.values?[FieldID(9)] == .text("2"))
    #expect(folded.base == nil)
  }

  @Test func `members of a group are written as the whole group`() throws {
    try set(13, .text("Shanghai"))
    try set(12, .text("1 Nanjing Road"))
    let last = try #require(try laptop.store.pendingEntries().last).edit()
    let group = FieldValues([
      (FieldID(12), .text("1 Nanjing Road")), (FieldID(13), .text("Shanghai")),
    ])
    #expect(last.changes[0].writes == [.put(FieldID(11), .group(group))])
  }

  @Test func `records created and changed by one edit show what it says`() throws {
    var writes = try (0..<100).map { number in
      let (id, name) = (try laptop.store.mint(at: cluster.clock.now), Value.text("\(number)"))
      guard number % 40 < 37 else {
        return RecordWrite(
          id, in: .contact, [.put(FieldID(2), .reference(customer)), .put(FieldID(3), name)],
          isCreation: true)
      }
      return RecordWrite(
        id, in: .customer,
        [
          .put(FieldID(2), name), .put(FieldID(27), .text("江苏")), .put(FieldID(13), .text("苏州")),
          .put(FieldID(17), .set(["a", "b"])), .put(FieldID(2), .text("\(number)!")),
        ], isCreation: true)
    }
    writes.insert(RecordWrite(customer, in: .customer, [.put(FieldID(9), .text("1"))]), at: 50)
    try cluster.write(writes, on: laptop)
    let edit = try #require(try laptop.store.pendingEntries().last).edit()
    #expect(edit.changes.map(\.record) == writes.map(\.record))
    let place = FieldValues([(FieldID(13), .text("苏州")), (FieldID(27), .text("江苏"))])
    #expect(
      edit.changes[0].writes == [
        .put(FieldID(2), .text("0!")),
        .put(FieldID(11), .group(place)),
        FieldWrite(FieldID(17), .alter(adding: ["a", "b"], removing: [])),
      ])
    #expect(try laptop.store.recordsWithPendingEdits() == Set(writes.map(\.record)))
    #expect(try Doctor(laptop.store).checkViewLaw(isDeep: true) == nil)
  }

  @Test func `a record that is deleted as it is created is not shown`() throws {
    let gone = try laptop.store.mint(at: cluster.clock.now)
    try cluster.write(
      [
        RecordWrite(
          gone, in: .customer,
          [.put(.lifecycle, Lifecycle.deleted.value), .put(FieldID(2), .text("x"))],
          isCreation: true)
      ], on: laptop)
    #expect(try !laptop.store.table(.customer).exists(gone, in: laptop.store.db))
    #expect(try Doctor(laptop.store).checkViewLaw(isDeep: true) == nil)
  }

  @Test func `what the schema forbids for certain is refused here`() throws {
    let visit = try laptop.store.mint(at: cluster.clock.now)
    try cluster.write(
      [
        RecordWrite(
          visit, in: .followUp, [.put(FieldID(2), .reference(customer))], isCreation: true)
      ], on: laptop)
    #expect(throws: ReplicaError.fixed(collection: "followUp", field: nil)) {
      try laptop.store.write(
        [RecordWrite(visit, in: .followUp, [.put(FieldID(5), .text("other"))])],
        at: cluster.clock.now)
    }
    #expect(throws: ReplicaError.tooLarge(field: "notes", bytesMax: Limits.valueBytesMax)) {
      try set(25, .text(String(repeating: "x", count: 5 << 20)))
    }
    #expect(throws: ReplicaError.recordMissing(visit)) {
      try laptop.store.write(
        [RecordWrite(visit, in: .customer, [.put(FieldID(9), .text("1"))])], at: cluster.clock.now)
    }
    #expect(try laptop.store.waitingCount() == 2)
  }

  @Test(arguments: [false, true])
  func `the first write puts the hub's state aside whole, and the second leaves it`(
    hasUnknown: Bool
  ) throws {
    let (moment, elements) = (Value.moment(Moment(milliseconds: 5)), Value.set(["a", "高"]))
    for (field, value) in [
      (UInt32(9), Value.text("1")), (12, .text("1 Nanjing Road")), (17, elements), (22, moment),
    ] {
      try set(field, value)
    }
    try cluster.sync(laptop)
    if hasUnknown {
      let unknown = Value.group(FieldValues([(FieldID(99), .text("x"))]))
      try laptop.store.db.run("UPDATE customer SET extra = ?", .blob(unknown.encoded()))
    }
    let state = try #require(try laptop.store.baseImage(of: customer, in: CollectionID(1)))
    #expect(state.values[FieldID(99)] == (hasUnknown ? .text("x") : .null))
    for value in [Value.text("2"), .null] {
      try set(9, value)
      #expect(try laptop.store.baseImage(of: customer, in: CollectionID(1)) == state)
      #expect(try shown(9) == value)
    }
    #expect(try shown(17) == elements)
    #expect(try shown(22) == moment)
    #expect(try Doctor(laptop.store).checkViewLaw(isDeep: true) == nil)
  }

  @Test func `a row's time does not go back with the clock`() throws {
    func updatedAt() throws -> Moment? {
      try laptop.store.table(.customer).row(customer, in: laptop.store.db)?.updatedAt
    }
    let before = try updatedAt()
    try laptop.store.write(
      [RecordWrite(customer, in: .customer, [.put(FieldID(9), .text("2"))])],
      at: cluster.clock.now.advanced(milliseconds: -3_600_000))
    #expect(try shown(9) == .text("2"))
    #expect(try #require(try updatedAt()) >= #require(before))
  }

  @Test func `stamps grow even where the clock stands still or falls back`() throws {
    try set(9, .text("1"))
    try laptop.store.write(
      [RecordWrite(customer, in: .customer, [.put(FieldID(9), .text("2"))])],
      at: cluster.clock.now.advanced(milliseconds: -3_600_000))
    let stamps = try laptop.store.pendingEntries().map { try $0.edit().stamp }
    #expect(stamps == stamps.sorted())
    #expect(Set(stamps).count == stamps.count)
  }

  @Test func `stamps go by the hub's clock once it has been measured`() throws {
    let now = cluster.clock.now
    try laptop.store.noteClock(
      sentAt: now, receivedAt: now.advanced(milliseconds: 100),
      hubTime: now.advanced(milliseconds: 60_050))
    #expect(try laptop.store.state().clockOffsetMilliseconds == 60_000)
    #expect(try laptop.store.corrected(now) == now.advanced(milliseconds: 60_000))
  }

  @Test func `a draft of a record deleted since does not make it anew`() throws {
    try cluster.sync(laptop)
    try set(20, .text("bob"))
    try cluster.sync(laptop)
    try laptop.store.delete(customer, in: .customer, at: cluster.clock.now)
    let draft = try #require(try laptop.store.drafts().first)
    #expect(throws: ReplicaError.recordMissing(customer)) {
      try laptop.store.retry(draft, at: cluster.clock.now)
    }
    #expect(try laptop.store.drafts().count == 1)
  }

  @Test func `a refused value is a draft, and trying again is a new edit`() throws {
    try cluster.sync(laptop)
    try set(20, .text("bob"))
    try cluster.sync(laptop)
    let draft = try #require(try laptop.store.drafts().first)
    #expect(draft.field == FieldID(20))
    #expect(draft.reason == .hubOnly)
    #expect(try shown(20) == .text("ann"))
    try laptop.store.retry(draft, at: cluster.clock.now)
    #expect(try laptop.store.drafts().isEmpty)
    #expect(try shown(20) == .text("bob"))
    try cluster.sync(laptop)
    #expect(try laptop.store.drafts().count == 1)
  }
}
