// Edits on their way in: accepted once, refused in part or whole, and logs that are not ours.
//
// A copy of a laptop is made with `Laptop.clone`, at any point of its life.

import FollowUp
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct PushTests {
  @Test func `an edit is accepted, and the same edit again is a duplicate of it`() throws {
    let world = try World()
    let ann = try world.laptop("ann")
    let id = ann.customer("Acme")
    let first = try ann.send(ann.request())
    #expect(first.receipts.map(\.isDuplicate) == [false])
    let again = try ann.send(ann.request())
    #expect(again.receipts.map(\.isDuplicate) == [true])
    #expect(again.receipts.first?.position == first.receipts.first?.position)
    #expect(try world.fields(of: id)["name"] == "Acme")
  }

  @Test func `a stranger's token is refused in words`() throws {
    let world = try World()
    let ann = try world.laptop("ann")
    for token in [nil, "nonsense"] {
      let answer = world.routes.answer(
        HubRequest("POST", "/v1/sync", bearerToken: token, body: ann.request().encoded()))
      #expect(answer.status == 401)
      #expect(answer.contentType.hasPrefix("text/plain"))
    }
  }

  @Test func `somebody else's token makes nobody of him`() throws {
    let world = try World()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    _ = ann.customer("By ann")
    try ann.sync()
    // bob's laptop says that it is ann's: it is given a name of its own, which is bob's.
    let answer = world.routes.answer(
      HubRequest("POST", "/v1/sync", bearerToken: bob.token, body: ann.request().encoded()))
    guard case .forked(let name, let common) = try SyncResponse(decoding: answer.body).detour else {
      Issue.record("no fork")
      return
    }
    #expect(common == .empty)
    #expect(try world.ask("GET", "replicas/\(name.rawValue)")["user"] == "bob")
    #expect(try world.ask("GET", "replicas/1")["counter"] == 1)
  }

  @Test func `a log that begins beyond the hub's is asked to begin earlier`() throws {
    let world = try World()
    let ann = try world.laptop("ann")
    for name in ["A", "B", "C"] { _ = ann.customer(name) }
    #expect(try ann.send(ann.request(after: 2)).detour == .gap(.empty))
  }

  @Test func `a copy of a laptop goes on under another name, whichever comes second`() throws {
    let world = try World()
    let ann = try world.laptop("ann")
    let shared = ann.customer("Shared")
    try ann.sync()
    let copy = ann.clone()
    _ = ann.customer("By the original")
    let late = copy.customer("By the copy")
    try ann.sync()
    let answer = try copy.send(copy.request())
    guard case .forked(let name, let common) = answer.detour else {
      Issue.record("no fork: \(answer)")
      return
    }
    #expect(common == copy.head(1))
    // The answer was lost; the next one says the same.
    #expect(try copy.send(copy.request()).detour == answer.detour)
    copy.replica = name
    copy.log.removeFirst()
    copy.acknowledged = 0
    try copy.sync()
    #expect(copy.base[late] != nil)
    #expect(copy.base[shared] != nil)
  }

  @Test func `a name that was kept for a copy knows what the copy was sent meanwhile`() throws {
    let world = try World()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    let copy = ann.clone()
    // Somebody says that this laptop is bob's, and throws the name away that it is given.
    var lie = copy.request()
    lie.replica = bob.replica
    guard case .forked = try copy.send(lie).detour else {
      Issue.record("no fork")
      return
    }
    let id = bob.customer("Acme", ["phone": .text("1")])
    try bob.sync()
    try copy.sync()
    copy.write(id, ["phone": .text("2")])
    _ = ann.customer("By the original")
    try ann.sync()
    guard case .forked(let name, let common) = try copy.send(copy.request()).detour else {
      Issue.record("no fork")
      return
    }
    #expect(common == .empty)
    copy.replica = name
    try copy.sync()
    let phone = try #require(CollectionSchema.customer["phone"]?.id)
    let record = try #require(try world.store.load(id, in: .customer))
    #expect(record.state[phone].siblings.map(\.value) == [.text("2")])
  }

  @Test func `an edit that both copies hold takes effect once`() throws {
    let world = try World()
    let ann = try world.laptop("ann")
    let id = ann.customer("Once")
    let copy = ann.clone()
    try ann.sync()
    _ = copy.customer("More")
    _ = ann.customer("Other")
    try ann.sync()
    guard case .forked(let name, let common) = try copy.send(copy.request()).detour else {
      Issue.record("no fork")
      return
    }
    #expect(common.counter == Counter(1))
    copy.replica = name
    // This copy does not trust its first edit to have arrived.
    let answer = try copy.send(copy.request(after: 0))
    #expect(answer.receipts.map(\.isDuplicate) == [true, false])
    let history = try #require(try world.ask("GET", "records/\(id)/history")["history"]?.array)
    #expect(history.count { $0["author"] == "ann" } == 1)
  }

  @Test func `each refusal has its reason, and the rest of the change is accepted`() throws {
    let world = try World()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    let id = ann.customer("Acme")
    try ann.sync()
    try bob.sync()
    bob.write(id, ["owner": .text("bob"), "phone": .text("1")])
    bob.write(id, ["phone": .integer(5)])
    bob.edit([Change(record: id, collection: CollectionID(99), seen: .init(), writes: [])])
    bob.write(
      world.identity(), in: .contact, ["customer": .reference(world.identity())])
    bob.edit([
      Change(
        record: id, collection: CollectionSchema.customer.id, seen: .init(),
        writes: [.put(FieldID(99), .text("from a newer program"))])
    ])
    let answer = try bob.send(bob.request())
    #expect(
      answer.receipts.map { $0.refusals.map(\.reason) } == [
        [.hubOnly], [.wrongType], [.unknownCollection], [.missingReference], [.unknownField],
      ])
    #expect(answer.receipts.map { $0.position != nil } == [true, false, false, false, false])
    #expect(try world.fields(of: id)["phone"] == "1")
    #expect(try world.fields(of: id)["owner"] == "ann")
  }

  @Test func `an atomic edit stands or falls whole`() throws {
    let world = try World()
    let ann = try world.laptop("ann")
    let (first, second) = (world.identity(), world.identity())
    ann.edit(
      isAtomic: true,
      [
        ann.change(first, ["name": .text("A")]),
        ann.change(second, ["name": .text("B"), "phone": .integer(1)]),
      ])
    let receipt = try #require(try ann.send(ann.request()).receipts.first)
    #expect(receipt.position == nil)
    #expect(receipt.refusals.map(\.reason).sorted { $0.rawValue < $1.rawValue }.first == .wrongType)
    #expect(try world.admin("GET", "records/\(first)").status == 404)
  }

  @Test func `what cannot be read is kept aside, and the rest flows`() throws {
    let world = try World()
    let ann = try world.laptop("ann")
    ann.log.append([0xFF, 0xFF, 0xFF])
    let id = ann.customer("Acme")
    let answer = try ann.send(ann.request())
    #expect(answer.receipts.map { $0.refusals.first?.reason } == [.malformed, nil])
    #expect(try world.fields(of: id)["name"] == "Acme")
  }

  @Test func `a fact is never changed, and an edit of a deleted record is refused to who knew`()
    throws
  {
    let world = try World()
    let ann = try world.laptop("ann")
    let id = ann.customer("Acme")
    let fact = world.identity()
    ann.write(
      fact, in: .followUp, ["customer": .reference(id), "occurredAt": .moment(world.now)])
    try ann.sync()
    ann.write(fact, in: .followUp, ["text": .text("other")])
    ann.delete(id)
    ann.write(id, ["phone": .text("1")])
    let receipts = try ann.send(ann.request()).receipts
    #expect(receipts.map { $0.refusals.first?.reason } == [.immutable, nil, .recordDeleted])
  }

  @Test func `a request of another epoch or protocol is sent elsewhere`() throws {
    let world = try World()
    let ann = try world.laptop("ann")
    let old = world.store.epoch
    _ = ann.customer("Acme")
    try ann.sync()
    try world.store.branchEpoch(now: world.now)
    #expect(
      try ann.send(ann.request()).detour
        == .branched(epoch: world.store.epoch, at: world.store.head))
    #expect(world.store.epoch != old)
    var request = ann.request()
    request.version = 99
    #expect(try ann.send(request).detour == .unsupported(protocolNeeded: protocolVersion))
  }

  @Test(arguments: [
    Value.group(FieldValues([(field("address"), .integer(7))])),
    .group(FieldValues([(field("address"), .group(FieldValues([(field("city"), .text("x"))])))])),
    .group(FieldValues([(field("phone"), .text("not of this group"))])), .text("no group at all"),
  ])
  func `what is no address is refused alone, and the rest goes on`(value: Value) throws {
    let world = try World()
    let ann = try world.laptop("ann")
    let id = ann.customer("Acme")
    ann.write(id, ["phone": .text("2"), "postalAddress": value])
    let answer = try ann.send(ann.request())
    #expect(answer.receipts.last?.refusals.map(\.reason) == [.wrongType])
    #expect(try world.fields(of: id)["phone"] == "2")
    #expect(try world.fields(of: id)["address"] == nil)
  }

  @Test func `a forged clock hides nobody's value`() throws {
    let world = try World()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    let id = ann.customer("Acme", ["legalName": .text("Old")])
    try ann.sync()
    try bob.sync()
    ann.write(id, ["legalName": .text("By ann")])
    try ann.sync()
    var forged = bob.change(id, ["legalName": .text("By bob")])
    forged.seen = VectorClock(
      hub: Position(1_000), replicas: [ann.replica: Counter(1_000), .hub: Counter(1_000)])
    bob.edit([forged])
    try bob.sync()
    #expect(try world.openConflicts().count == 1)
  }

  @Test(arguments: [Int64.min, .max, -1, 0])
  func `a clock at the end of all time is no harm`(milliseconds: Int64) throws {
    let world = try World()
    let ann = try world.laptop("ann")
    let id = ann.customer("Acme")
    var request = ann.request()
    request.clock = Moment(milliseconds: milliseconds)
    #expect(try ann.send(request).receipts.count == 1)
    #expect(try world.fields(of: id)["name"] == "Acme")
    #expect(try world.ask("GET", "replicas/1")["skewMilliseconds"]?.integer != 0)
  }

  @Test func `an identity is not taken by a record of another collection`() throws {
    let world = try World()
    let ann = try world.laptop("ann")
    let id = ann.customer("Acme")
    try ann.sync()
    ann.write(id, in: .contact, ["name": .text("Ann")])
    ann.write(id, ["phone": .text("1")])
    let answer = try ann.send(ann.request())
    #expect(answer.receipts.map { $0.refusals.map(\.reason) } == [[.malformed], []])
    #expect(try world.fields(of: id)["phone"] == "1")
  }
}
