// What a laptop knows under names that are not its own, and what of that its copies know.
//
// Two copies of one disk may send the same edit: the second is told that the first's is his. A copy that
// left before that has never seen it, and must not pass for one that has: what it writes would replace
// in silence what its author was never shown (I3). One that left afterwards must not be in conflict
// with itself (I13). These tests never look at the rows that say so; they ask what becomes of a value.

import FollowUp
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct LineageTests {
  /// The copy says that it is somebody else: it is given a name of its own, and sends under that what has
  /// no verdict yet.
  private func rename(_ copy: Laptop, notLike other: Laptop) throws {
    var request = copy.request()
    request.replica = other.replica
    copy.log.removeFirst(copy.acknowledged)
    try takeName(of: copy.send(request), copy)
  }

  /// The copy's log is not the one that the hub knows.
  private func part(_ copy: Laptop, pulling: Bool = true) throws {
    try takeName(of: copy.send(copy.request()), copy, pulling: pulling)
  }

  private func takeName(
    of answer: SyncResponse, _ copy: Laptop, pulling: Bool = true
  ) throws {
    guard case .forked(let name, let common) = answer.detour else {
      Issue.record("no fork: \(answer)")
      return
    }
    copy.replica = name
    copy.log.removeFirst(Int(common.counter.rawValue))
    copy.acknowledged = 0
    if pulling { try copy.sync() }
  }

  /// A customer in dispute is one that somebody did not know of.
  private func values(of id: RecordID, in world: World) throws -> [Value] {
    let name = try #require(CollectionSchema.customer["legalName"]?.id)
    let record = try #require(try world.store.load(id, in: .customer))
    return record.state[name].siblings.map(\.value).sorted { "\($0)" < "\($1)" }
  }

  private func write(_ text: String, to id: RecordID, on laptop: Laptop) {
    laptop.write(id, ["legalName": .text(text)])
  }

  @Test func `a copy does not know what its parent learnt after they had parted`() throws {
    let world = try World()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    let id = ann.customer("Acme")
    try ann.sync()
    let early = ann.clone()
    write("shared", to: id, on: ann)
    let twin = ann.clone()
    try rename(twin, notLike: bob)
    // The twin's came first: from now on this log knows the twin's name, too.
    try ann.sync()
    write("early", to: id, on: early)
    try part(early)
    #expect(try values(of: id, in: world) == [.text("early"), .text("shared")])
    #expect(try world.openConflicts().count == 1)
  }

  @Test func `a copy knows what its parent had learnt before they parted`() throws {
    let world = try World()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    let id = ann.customer("Acme")
    try ann.sync()
    write("shared", to: id, on: ann)
    let twin = ann.clone()
    try rename(twin, notLike: bob)
    let request = ann.request()
    let late = ann.clone()
    _ = try ann.send(request)
    // The answer was lost, and somebody had copied the disk: both go on.
    write("late", to: id, on: late)
    late.acknowledged = 2
    _ = ann.customer("Other")
    try ann.sync()
    try part(late)
    #expect(try values(of: id, in: world) == [.text("late")])
  }

  @Test(arguments: 0...3)
  func `of several shared edits a copy knows those before they parted`(known: Int) throws {
    let world = try World()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    let customers = (0..<3).map { ann.customer("\($0)") }
    try ann.sync()
    for id in customers { write("shared", to: id, on: ann) }
    let (twin, copy) = (ann.clone(), ann.clone())
    copy.log.removeLast(3 - known)
    try rename(twin, notLike: bob)
    _ = ann.customer("Other")
    try ann.sync()
    for id in customers { write("copy", to: id, on: copy) }
    try part(copy)
    for (number, id) in customers.enumerated() {
      let wanted: [Value] = number < known ? [.text("copy")] : [.text("copy"), .text("shared")]
      #expect(try values(of: id, in: world) == wanted)
    }
  }

  @Test func `a name that was kept for a copy and retired meanwhile is given to nobody`() throws {
    let world = try World()
    let ann = try world.laptop("ann")
    _ = ann.customer("Acme")
    try ann.sync()
    let (first, second) = (ann.clone(), ann.clone())
    _ = ann.customer("By the original")
    try ann.sync()
    try part(first)
    try world.ask("POST", "replicas/\(first.replica.rawValue)/retire", body: [:])
    let id = second.customer("By the second copy")
    try part(second)
    #expect(second.replica != first.replica)
    #expect(try world.fields(of: id)["name"] == "By the second copy")
  }

  @Test func `a revoked laptop is not given the name that was kept for it before`() throws {
    let world = try World()
    let ann = try world.laptop("ann")
    _ = ann.customer("Acme")
    try ann.sync()
    let copy = ann.clone()
    _ = ann.customer("By the original")
    try ann.sync()
    guard case .forked(let kept, _) = try copy.send(copy.request()).detour else {
      Issue.record("no fork")
      return
    }
    try world.ask("POST", "replicas/\(ann.replica.rawValue)/revoke", body: [:])
    guard case .forked(let name, _) = try copy.send(copy.request()).detour else {
      Issue.record("no fork")
      return
    }
    #expect(name != kept)
    copy.replica = name
    copy.log = []
    copy.acknowledged = 0
    let answer = try copy.send(copy.request())
    #expect(answer.detour == .revoked)
    #expect(answer.records.isEmpty)
  }

  /// The tables as they were before it was noted when something was learnt.
  private func undate(_ world: World) throws {
    try world.store.db.execute(
      """
      ALTER TABLE lineage RENAME TO dated;
      CREATE TABLE lineage (
        replica INTEGER NOT NULL, ancestor INTEGER NOT NULL, counter INTEGER NOT NULL,
        PRIMARY KEY (replica, ancestor)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO lineage SELECT replica, ancestor, max(counter) FROM dated GROUP BY 1, 2;
      DROP TABLE dated
      """)
  }

  @Test func `what an older hub noted without a date counts for who learnt it, and no copy`() throws
  {
    let world = try World()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    let id = ann.customer("Acme")
    try ann.sync()
    let early = ann.clone()
    write("shared", to: id, on: ann)
    let twin = ann.clone()
    try rename(twin, notLike: bob)
    _ = try ann.send(ann.request())
    try undate(world)
    try world.store.db.execute(HubTables.datedLineage)
    // It has not been shown its own words as the twin's: it knows them all the same.
    write("later", to: id, on: ann)
    _ = try ann.send(ann.request())
    #expect(try values(of: id, in: world) == [.text("later")])
    write("early", to: id, on: early)
    try part(early)
    #expect(try values(of: id, in: world) == [.text("early"), .text("later")])
  }

  @Test func `what a copy was born with it knows by an older hub's file, too`() throws {
    let world = try World()
    let ann = try world.laptop("ann")
    let id = ann.customer("Acme")
    try ann.sync()
    write("before", to: id, on: ann)
    let copy = ann.clone()
    _ = try ann.send(ann.request())
    copy.acknowledged = 2
    _ = ann.customer("Other")
    try ann.sync()
    try part(copy, pulling: false)
    try undate(world)
    try world.store.db.execute(HubTables.datedLineage)
    write("after", to: id, on: copy)
    try copy.sync()
    #expect(try values(of: id, in: world) == [.text("after")])
  }
}
