// Archives: what was moved out of the history is found where it was put, and nobody notices else.
//
// Each test makes a hub with a past on a real file and archives some of it. What is lost, damaged or
// forged afterwards must be told, by name, and must never be in the way of a sync.

import Digest
import Foundation
import Glibc
import Notation
import Storage
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct ArchiveTests {
  let folder: TemporaryFolder
  let world: World
  let ann: Laptop
  let customer: RecordID

  /// Ann has written a customer and changed it eight times.
  init() throws {
    folder = try TemporaryFolder()
    world = try World(path: HubFolder.databasePath(in: folder.path))
    ann = try world.laptop("ann")
    customer = ann.customer("Acme", ["phone": .text("0")])
    try ann.sync()
    for phone in 1...8 {
      world.clock.advance(seconds: 86_400)
      ann.write(customer, ["phone": .text("\(phone)")])
      try ann.sync()
    }
    world.clock.advance(seconds: 86_400)
  }

  @discardableResult
  func archive(
    daysAgo: Int64 = 0, isTrial: Bool = false, entriesPerFile: Int = 500_000
  ) throws -> Archiving.Report {
    let before = world.now.advanced(milliseconds: -daysAgo * 86_400_000)
    let report = try Archiving.run(
      on: world.store, before: before, isTrial: isTrial, now: world.now,
      entriesPerFile: entriesPerFile)
    try world.checkItself()
    return report
  }

  func phones() throws -> [String?] {
    let history = try world.ask("GET", "records/\(customer)/history")["history"]?.array ?? []
    return history.map { $0["changes"]?["phone"]?.string }
  }

  func liveCount() throws -> Int {
    try world.store.db.first("SELECT count(*) FROM history") { $0.int(0) } ?? 0
  }

  func findings() throws -> Set<HubCheck.Kind> {
    Set(try HubCheck.run(on: world.store).map(\.kind))
  }

  @Test func `old history moves into a file, and is told from there`() throws {
    let before = try phones()
    let count = try liveCount()
    let report = try archive(daysAgo: 3)
    #expect(report.entries == 7)
    // The first, the hub's own, and the last that a laptop at the boundary may have written upon.
    #expect(report.kept == 3)
    #expect(try liveCount() == count - report.removed)
    #expect(report.removed == 4)
    #expect(try phones() == before)
    let archive = try #require(report.archives.first)
    let sources = try world.ask("GET", "records/\(customer)/history")["history"]?.array?.map {
      $0["archive"]?.string
    }
    let live = [String?](repeating: nil, count: 4)
    #expect(sources == live + Array(repeating: archive.name, count: 4) + [nil, nil])
    #expect(HubFolder.byteCount(of: world.store.archivePath(archive.name)) == archive.bytes)
    let log = try world.ask("GET", "audit", ["action": "history archive"])
    #expect(log["entries"]?.array?.first?["subject"]?.string == archive.name)
  }

  @Test func `the whole chain is followed through archives, laptop logs included`() throws {
    let before = try AuditCheck.run(on: world.store)
    try archive(daysAgo: 6, entriesPerFile: 2)
    try archive(daysAgo: 2)
    #expect(try world.store.archives().count == 3)
    let after = try AuditCheck.run(on: world.store)
    #expect(after.findings == [])
    #expect((after.changes, after.edits) == (before.changes, before.edits))
    #expect((after.position, after.hash) == (before.position, before.hash))
  }

  @Test func `a trial says what a run does, and writes nothing`() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let trial = try archive(daysAgo: 3, isTrial: true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == names)
    #expect(try world.store.archives() == [])
    let report = try archive(daysAgo: 3)
    #expect((trial.entries, trial.through) == (report.entries, report.through))
    #expect((trial.kept, trial.removed) == (report.kept, report.removed))
    #expect(trial.removedBytes == report.removedBytes)
    #expect(report.removedBytes > 0)
    let again = try archive(daysAgo: 3)
    #expect((again.entries, again.removed, again.archives) == (0, 0, []))
  }

  @Test func `what a laptop brings late is as young as its arrival`() throws {
    let bob = try world.laptop("bob")
    try bob.sync()
    bob.write(customer, ["notes": .text("written long ago")])
    world.clock.advance(seconds: 400 * 86_400)
    ann.write(customer, ["industry": .text("steel")])
    try ann.sync()
    try bob.sync()
    let report = try archive(daysAgo: 100)
    #expect(report.through < world.store.head)
    #expect(try world.fields(of: customer)["notes"] == "written long ago")
    #expect(report.entries == 10)
  }

  /// Its own change is the last and came out as it shows it; but what else there was is not here to see.
  @Test func `a laptop that never heard the answer is sent the whole record`() throws {
    let (cursor, base) = (ann.cursor, ann.base)
    let bob = try world.laptop("bob")
    try bob.sync()
    bob.write(customer, ["phone": .text("bob's")])
    try bob.sync()
    try ann.sync()
    ann.write(customer, ["phone": .text("ann's")])
    try ann.sync()
    _ = ann.customer("Another")
    try ann.sync()
    world.clock.advance(seconds: 86_400)
    try archive()
    (ann.cursor, ann.base) = (cursor, base)
    let answers = try ann.sync()
    #expect(answers.flatMap(\.undisturbed).filter { $0.record == customer } == [])
    #expect(ann.value("phone", of: customer) == .text("ann's"))
  }

  @Test func `a conflict upon what was archived tells the value that both had started from`() throws
  {
    let bob = try world.laptop("bob")
    try bob.sync()
    bob.write(customer, ["legalName": .text("South")])
    ann.write(customer, ["legalName": .text("First")])
    try ann.sync()
    ann.write(customer, ["legalName": .text("Second")])
    try ann.sync()
    let late = try world.laptop("bob")
    try late.sync()
    late.write(customer, ["legalName": .text("Late")])
    for name in ["Third", "Fourth"] {
      ann.write(customer, ["legalName": .text(name)])
      try ann.sync()
    }
    world.clock.advance(seconds: 86_400)
    #expect(try archive().removed > 0)
    try late.sync()
    let conflict = try #require(try world.openConflicts().first)
    #expect(conflict["base"] == "Second")
  }

  @Test func `a record is brought back to how it was before the archive began`() throws {
    let moment = ISO8601.string(
      milliseconds: world.now.milliseconds - 6 * 86_400_000 - 3_600_000, in: .utc)
    try archive()
    try world.ask("POST", "records/\(customer)/restore", body: ["at": .string(moment)])
    #expect(try world.fields(of: customer)["phone"] == "2")
  }

  @Test func `other words under the identity of an archived edit are parked`() throws {
    let id = world.identity()
    let change = ann.change(customer, ["phone": .text("hers")])
    ann.log.append(Edit(id: id, changes: [change]).encoded())
    try ann.sync()
    ann.write(customer, ["phone": .text("10")])
    try ann.sync()
    world.clock.advance(seconds: 86_400)
    try archive()
    let thief = try world.laptop("bob")
    try thief.sync()
    let stolen = thief.change(customer, ["phone": .text("stolen")])
    thief.log.append(Edit(id: id, changes: [stolen]).encoded())
    let receipt = try #require(try thief.sync().first?.receipts.first)
    #expect(receipt.refusals.map(\.isParked) == [true])
  }

  // MARK: Lost, damaged, forged

  enum Harm: CaseIterable { case removed, emptied, cutOff, spoilt, another }

  func harm(_ name: String, _ harm: Harm) throws {
    let url = URL(fileURLWithPath: world.store.archivePath(name))
    let bytes = try Data(contentsOf: url)
    switch harm {
    case .removed: try FileManager.default.removeItem(at: url)
    case .emptied: try Data().write(to: url)
    case .cutOff: try bytes.prefix(bytes.count / 2).write(to: url)
    case .spoilt:
      // In the middle of a block: SQLite itself sees nothing wrong.
      var spoilt = bytes
      while let name = spoilt.range(of: Data("Acme".utf8)) { spoilt[name.lowerBound] ^= 0xFF }
      #expect(spoilt != bytes)
      try spoilt.write(to: url)
    case .another:
      let other = try #require(try world.store.archives().last)
      try Data(contentsOf: URL(fileURLWithPath: world.store.archivePath(other.name))).write(to: url)
    }
  }

  @Test(arguments: Harm.allCases)
  func `a lost archive is told of, and syncs go on`(_ harm: Harm) throws {
    try archive(daysAgo: 5)
    try archive(daysAgo: 2)
    let name = try #require(try world.store.archives().first).name
    try self.harm(name, harm)
    let found = try HubCheck.run(on: world.store)
    #expect(Set(found.map(\.kind)) == [.archive])
    #expect(found.allSatisfy { $0.text.hasPrefix(name) })
    world.isCheckingItself = false
    let bob = try world.laptop("bob")
    bob.write(customer, ["phone": .text("from far")])
    try bob.sync()
    try ann.sync()
    #expect(ann.value("phone", of: customer) == bob.value("phone", of: customer))
    let told = try world.ask("GET", "records/\(customer)/history")
    #expect(told["missing"]?.array?.first?["archive"]?.string == name)
    #expect((told["history"]?.array?.count ?? 0) > 3)
    let at = ISO8601.string(milliseconds: world.now.milliseconds - 8 * 86_400_000, in: .utc)
    let answer = try world.admin(
      "POST", "records/\(customer)/restore", body: ["at": .string(at)])
    #expect(answer.status == 409)
    #expect(answer.json["error"]?["code"] == "archiveMissing")
  }

  /// An intruder who can pack a block as well as we can still cannot make it fit the checkpoints.
  @Test func `a forged archive does not fit the chain`() throws {
    let archive = try #require(try archive(daysAgo: 2).archives.first)
    let db = try Connection(path: world.store.archivePath(archive.name))
    let bytes = try #require(try db.first("SELECT unpacked(packed) FROM blocks") { $0.blob(0) })
    var block = try ArchiveBlock(decoding: bytes)
    block.changes[1].user = "eve"
    let forged = block.encoded()
    try db.run(
      "UPDATE blocks SET bytes = ?, digest = ?, packed = packed(?)", .count(forged.count),
      .blob(Digest.hash128(forged)), .blob(forged))
    #expect(try findings() == [.history])
    #expect(throws: ArchiveFault.self) { try world.store.open(archive).verify() }
  }

  @Test(arguments: [
    "UPDATE history SET time = time + 1 WHERE position = (SELECT min(position) FROM history)",
    "UPDATE archives SET last = last - 1", "DELETE FROM archives",
    "INSERT INTO history SELECT record, 2, 9, collection, time, change, NULL, 1, NULL, NULL FROM history LIMIT 1",
  ])
  func `who changes the database beside the archive is found out`(_ sql: String) throws {
    try archive(daysAgo: 2)
    try world.store.db.execute(sql)
    #expect(!(try findings().isDisjoint(with: [.history, .archive])))
  }

  // MARK: Beside a backup

  @Test func `archives go along with a backup, each once, and come back with it`() throws {
    let (safe, target) = (try TemporaryFolder(), try TemporaryFolder())
    let name = try #require(try archive(daysAgo: 5).archives.first).name
    let first = try Backup.write(from: folder.path, to: "\(safe.path)/monday")
    #expect(first.map(\.outcome) == [.copied])
    try archive(daysAgo: 2)
    let second = try Backup.write(from: folder.path, to: "\(safe.path)/tuesday")
    #expect(second.map(\.outcome) == [.present, .copied])
    let restored = try Backup.restore(
      from: "\(safe.path)/tuesday", to: target.path, now: world.now, random: SystemRandom())
    #expect(restored.map(\.outcome) == [.copied, .copied])
    #expect(try HubCheck.run(on: target.path, random: SystemRandom()) == [])
    unlink("\(safe.path)/\(name)")
    let poor = try TemporaryFolder()
    let missing = try Backup.restore(
      from: "\(safe.path)/tuesday", to: poor.path, now: world.now, random: SystemRandom())
    #expect(missing.map(\.outcome) == [.missing, .copied])
    let kinds = try HubCheck.run(on: poor.path, random: SystemRandom()).map(\.kind)
    #expect(Set(kinds) == [.archive])
  }

  @Test func `an archive that was made before it was noted is taken up, and nothing else is`()
    throws
  {
    let plan = try Archiving(store: world.store, before: world.now, now: world.now).plan()
    let piece = try #require(plan.first)
    let bytes = try ArchiveWriter(store: world.store, piece: piece, now: world.now).write()
    let later = world.now.advanced(milliseconds: 5)
    #expect(try ArchiveWriter(store: world.store, piece: piece, now: later).write() == bytes)
    let path = world.store.archivePath(piece.name)
    try Connection(path: path).execute("UPDATE archive SET workspace = 'other'")
    #expect(throws: ArchiveFault.self) { try archive() }
    #expect(try world.store.archives() == [])
    #expect(try liveCount() == 10)
  }
}
