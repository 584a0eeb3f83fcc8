// A damaged replica: what waited to go up is found again, on real files with real damage.

import Foundation
import Replica
import Storage
import SyncCore
import Testing

@testable import Simulator

@Suite final class RescueTests {
  let folder = FileManager.default.temporaryDirectory.appending(path: "rounds-\(UUID().uuidString)")
  let cluster: Cluster

  init() throws {
    cluster = try Cluster(seed: 3)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    // Nothing is lost when a temporary folder stays.
    _ = try? FileManager.default.removeItem(at: folder)
  }

  func path(_ name: String) -> String { folder.appending(path: name).path() }

  func store(_ name: String) throws -> ReplicaStore {
    try ReplicaStore(
      Connection(path: path(name)), schema: cluster.schema, random: SplitMix64(seed: 9))
  }

  /// A laptop that has synced a customer, and has written to it since, on a file of its own.
  func damagedLaptop(edits: Int) throws -> Laptop {
    let laptop = try cluster.join("A", user: "ann", role: .rep)
    let customer = try laptop.store.mint(at: cluster.clock.now)
    try write("Acme", to: customer, on: laptop, isCreation: true)
    try cluster.sync(laptop)
    for number in 0..<edits { try write("Acme \(number)", to: customer, on: laptop) }
    try laptop.store.db.run("VACUUM INTO ?", .text(path("old")))
    return laptop
  }

  func write(
    _ name: String, to customer: RecordID, on laptop: Laptop, isCreation: Bool = false
  ) throws {
    try cluster.write(
      [
        RecordWrite(
          customer, in: .customer, [.put(FieldID(2), .text(name))], isCreation: isCreation)
      ], on: laptop)
  }

  /// Makes a page of the file unreadable.
  func destroy(page: Int) throws {
    let file = try FileHandle(forUpdating: folder.appending(path: "old"))
    try file.seek(toOffset: UInt64((page - 1) * 4096))
    try file.write(contentsOf: Data(repeating: 0xA5, count: 4096))
    try file.close()
  }

  func rootPage(of table: String) throws -> Int {
    let db = try Connection(path: path("old"), access: .readOnly)
    return try #require(
      try db.first("SELECT rootpage FROM sqlite_master WHERE name = ?", .text(table)) { $0.int(0) })
  }

  @Test func `a laptop whose customers cannot be read is made anew, and syncs on`() throws {
    let laptop = try damagedLaptop(edits: 3)
    try destroy(page: rootPage(of: "customer"))
    let rescue = try Rescue(copy: path("old"))
    #expect(rescue.isIdentified)
    #expect(rescue.waiting == 3)
    let new = try store("new")
    #expect(try rescue.rebuild(new, now: cluster.clock.now) == 3)
    laptop.store = new
    laptop.memory = LaptopMemory()
    #expect(try cluster.sync(laptop))
    #expect(try new.waitingCount() == 0)
    let name = try cluster.hub.store.db.first("SELECT name FROM customer") { $0.text(0) }
    #expect(name == "Acme 2")
    let shown = try new.db.first("SELECT name FROM customer") { $0.text(0) }
    #expect(shown == "Acme 2")
    // The log goes on where it was: no other identity, nothing taken twice.
    #expect(try new.incidents().map(\.kind) == [.rebuilt(edits: 3)])
    let edits = try cluster.hub.store.db.first("SELECT count(*) FROM edits") { $0.int(0) }
    #expect(edits == 4)
  }

  @Test func `of a log with a broken page what is before and behind it is found`() throws {
    _ = try damagedLaptop(edits: 400)
    let root = try rootPage(of: "change_log")
    let db = try Connection(path: path("old"), access: .readOnly)
    let leaves = try db.all(
      "SELECT pageno FROM dbstat WHERE name = 'change_log' AND pagetype = 'leaf' ORDER BY path"
    ) { $0.int(0) }
    try #require(leaves.count > 4)
    #expect(!leaves.contains(root))
    try destroy(page: leaves[leaves.count / 2])
    let rescue = try Rescue(copy: path("old"))
    #expect(!rescue.isWhole)
    #expect(rescue.waiting > 300)
    #expect(rescue.waiting < 400)
  }

  @Test func `a definition that makes no sense keeps nobody from the rest`() throws {
    _ = try damagedLaptop(edits: 3)
    let url = folder.appending(path: "old")
    var bytes = try Data(contentsOf: url)
    let found = try #require(bytes.range(of: Data("\"creditCode\" TEXT".utf8)))
    bytes[found.upperBound - 1] = UInt8(ascii: "P")
    try bytes.write(to: url)
    let rescue = try Rescue(copy: path("old"))
    #expect(rescue.isIdentified)
    #expect(rescue.waiting == 3)
  }

  @Test func `a last page that is cut off takes only itself`() throws {
    _ = try damagedLaptop(edits: 3)
    let url = folder.appending(path: "old")
    let bytes = try Data(contentsOf: url)
    try bytes.dropLast(3_000).write(to: url)
    let rescue = try Rescue(copy: path("old"))
    #expect(rescue.isIdentified)
    #expect(rescue.waiting == 3)
  }

  @Test func `without its identity a laptop joins anew and hands over what waited`() throws {
    let laptop = try damagedLaptop(edits: 2)
    try destroy(page: rootPage(of: "replica"))
    let rescue = try Rescue(copy: path("old"))
    #expect(!rescue.isIdentified)
    #expect(try rescue.rebuild(store("new"), now: cluster.clock.now) == nil)
    laptop.isGone = true
    let heir = try cluster.join("B", user: "ann", role: .rep)
    try cluster.sync(heir)
    #expect(try rescue.handOver(to: heir.store, now: cluster.clock.now) == 2)
    #expect(try rescue.handOver(to: heir.store, now: cluster.clock.now) == 0, "known by now")
    heir.memory.pending = Set(try heir.store.pendingEntries().map { try $0.edit().id })
    #expect(try cluster.sync(heir))
    let name = try cluster.hub.store.db.first("SELECT name FROM customer") { $0.text(0) }
    #expect(name == "Acme 1")
  }

  @Test func `a file that is no database at all says so`() throws {
    try Data(repeating: 7, count: 8192).write(to: folder.appending(path: "old"))
    #expect(throws: StorageError.self) { try Rescue(copy: self.path("old")) }
  }
}
