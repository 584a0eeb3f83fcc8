// The doctor mends: contents that are not the hub's, a file that cannot be read, a past that was changed.

import Foundation
import Glibc
import Storage
import Testing

@testable import Hub
@testable import rounds

@Suite struct RepDoctorTests {
  let field: Field
  let laptop: Laptop

  init() throws {
    field = try Field()
    laptop = try field.laptop("a")
    _ = laptop.run("add", "customer", "name=Acme", "phone=1")
    _ = laptop.run("add", "customer", "name=Bolt", "phone=2")
    _ = laptop.run("sync")
  }

  var database: String { laptop.home + "/replica.sqlite" }

  /// Writes to the laptop's file as no program of ours does.
  func tamper(_ sql: String) throws {
    try Connection(path: database).execute(sql)
  }

  func check(_ name: String, _ arguments: String...) throws -> (ok: Bool, detail: String) {
    let run = laptop.run(["doctor", "--json"] + arguments)
    let checks = try #require(try run.json["checks"]?.array)
    let found = try #require(checks.first { $0["name"]?.string == name })
    return (found["ok"]?.bool ?? false, found["detail"]?.string ?? "")
  }

  @Test func `a deep look mends what is not the hub's`() throws {
    try tamper("UPDATE customer SET phone = '666' WHERE name = 'Acme'")
    try tamper("DELETE FROM customer WHERE name = 'Bolt'")
    let contents = try check("contents", "--deep")
    #expect(contents.ok)
    #expect(contents.detail.hasPrefix("2 records were not the hub's and are mended"))
    #expect(laptop.run("list", "customer", "--json").out.contains("Bolt"))
    #expect(!laptop.run("list", "customer", "--json").out.contains("666"))
    #expect(try check("contents", "--deep").detail == "every record is the hub's")
    #expect(laptop.run("doctor").exit == .done)
    #expect(laptop.run("status").out.contains("2 records were not the hub's and were mended"))
  }

  @Test func `own words that wait are never mended away`() throws {
    _ = laptop.run("set", "customer:Acme", "phone=3")
    #expect(try check("contents", "--deep").detail == "not compared: sync first")
    #expect(laptop.run("list", "customer", "--json").out.contains("\"phone\":\"3\""))
  }

  @Test func `little room is a warning, and none too`() {
    for free in [0, 1 << 20, Examination.freeBytesMin - 1] {
      let check = Examination.disk(free: free)
      #expect(check.isFine && check.isWarning, "\(free)")
    }
    for free in [Examination.freeBytesMin, .max] {
      let check = Examination.disk(free: free)
      #expect(check.isFine && !check.isWarning, "\(free)")
    }
    #expect(Examination.disk(free: 0).detail.en.hasPrefix("only 0 B free"))
  }

  @Test func `a changed past is told, with what an admin is to type`() throws {
    #expect(try check("history").ok)
    let db = field.routes.store.db
    try db.execute("UPDATE checkpoints SET hash = randomblob(16)")
    let history = try check("history")
    // What the hub holds in memory is right still; only the file was changed.
    #expect(history.ok)
    try db.execute("DELETE FROM checkpoints")
    _ = laptop.run("set", "customer:Acme", "phone=3")
    _ = laptop.run("sync")
    let told = try check("history")
    #expect(!told.ok)
    #expect(told.detail.contains("rounds-admin audit verify"))
    #expect(laptop.run("doctor").exit == .fault)
    #expect(laptop.run("status").exit == .done)
    // Once it is explained it is told no more, and what follows is compared again.
    #expect(laptop.run("status").out.contains("is not the one shown here before"))
    let cleared = laptop.run("status", "--clear")
    #expect(cleared.exit == .done && !cleared.out.contains("is not the one shown"))
    #expect(laptop.run("doctor").exit == .done)
    _ = laptop.run("set", "customer:Acme", "phone=4")
    #expect(laptop.run("sync").exit == .done)
    #expect(try check("history").detail.hasPrefix("1 checkpoints fit"))
    try db.execute("DELETE FROM checkpoints")
    _ = laptop.run("set", "customer:Acme", "phone=5")
    _ = laptop.run("sync")
    #expect(try !check("history").ok)
  }

  @Test func `a damaged replica is made anew, with what waited`() throws {
    field.state.connect(false)
    _ = laptop.run("set", "customer:Acme", "phone=3")
    _ = laptop.run("add", "customer", "name=Cato")
    try destroyPage(of: "customer")
    let broken = laptop.run("list", "customer")
    #expect(broken.exit == .fault)
    #expect(broken.err.contains("rounds doctor --rebuild"))
    let offline = laptop.run("doctor", "--rebuild", "--json")
    #expect(offline.exit == .done)
    #expect(try offline.json["edits"]?.integer == 2)
    #expect(try offline.json["synced"]?.bool == false)
    let kept = try #require(try offline.json["kept"]?.string)
    #expect(FileManager.default.fileExists(atPath: kept + "/replica.sqlite"))
    field.state.connect(true)
    #expect(laptop.run("sync").exit == .done)
    let list = laptop.run("list", "customer", "--json").out
    for name in ["Acme", "Bolt", "Cato"] { #expect(list.contains(name)) }
    #expect(list.contains("\"phone\":\"3\""))
    #expect(laptop.run("doctor", "--deep").exit == .done)
    #expect(laptop.run("status").out.contains("made anew"))
  }

  @Test func `without an identity the way is told, and leads there`() throws {
    field.state.connect(false)
    _ = laptop.run("add", "customer", "name=Cato")
    try destroyPage(of: "replica")
    let lost = laptop.run("doctor", "--rebuild")
    #expect(lost.exit == .fault)
    let folder = try #require(
      lost.err.split(separator: " ").last.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    )
    field.state.connect(true)
    let heir = try field.laptop("b")
    #expect(heir.run("doctor", "--rescue", folder).out.contains("Edits taken over: 1"))
    #expect(heir.run("sync").exit == .done)
    #expect(heir.run("list", "customer").out.contains("Cato"))
  }

  @Test(arguments: [100, 4096])
  func `a file whose beginning was overwritten is told as lost, and nobody else is blamed`(
    bytes: Int
  ) throws {
    _ = laptop.run("add", "customer", "name=Cato")
    let file = try #require(FileHandle(forUpdatingAtPath: database))
    try file.write(contentsOf: Data(repeating: 0xA5, count: bytes))
    try file.close()
    for log in ["-wal", "-shm"] { _ = unlink(database + log) }
    #expect(laptop.run("status").exit == .fault)
    let own = laptop.run("doctor", "--rebuild")
    #expect(own.exit == .fault)
    #expect(own.err.contains("Move replica.sqlite out of ROUNDS_HOME and join again"))
    let heir = try field.laptop("b")
    let rescue = heir.run("doctor", "--rescue", laptop.home)
    #expect(rescue.exit == .fault)
    #expect(rescue.err.contains("/a/replica.sqlite cannot be opened any more"))
    #expect(!rescue.err.contains("ROUNDS_HOME"))
    #expect(heir.run("list", "customer").out.contains("Acme"))
  }

  @Test func `a copy of a laptop is explained`() throws {
    let twin = Laptop(field, "twin")
    try FileManager.default.copyItem(atPath: laptop.home, toPath: twin.home)
    _ = laptop.run("add", "customer", "name=Cato")
    _ = twin.run("add", "customer", "name=Dora")
    _ = laptop.run("sync")
    _ = twin.run("sync")
    #expect(twin.run("status").out.contains("a copy of this laptop was found"))
    #expect(!laptop.run("status").out.contains("a copy of this laptop"))
  }

  private func destroyPage(of table: String) throws {
    let db = try Connection(path: database)
    let page = try #require(
      try db.first("SELECT rootpage FROM sqlite_master WHERE name = ?", .text(table)) { $0.int(0) })
    _ = try db.purge()
    let again = try #require(
      try db.first("SELECT rootpage FROM sqlite_master WHERE name = ?", .text(table)) { $0.int(0) })
    #expect(page > 0)
    let file = try FileHandle(forUpdating: URL(filePath: database))
    try file.seek(toOffset: UInt64((again - 1) * 4096))
    try file.write(contentsOf: Data(repeating: 0xA5, count: 4096))
    try file.close()
  }
}
