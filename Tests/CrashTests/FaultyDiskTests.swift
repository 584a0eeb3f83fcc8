// The faulty disk itself: it is a disk that SQLite believes, and it loses what it says it loses.
//
// The last of them is the proof that these tests can fail: a connection that does not flush its
// commits is caught losing one.

import FaultyDisk
import Storage
import Testing

@Suite struct FaultyDiskTests {
  private func open(
    _ disk: FaultyDisk, durability: Durability = .full
  ) throws -> Connection {
    let db = try Connection(path: "/t.sqlite", durability: durability, vfs: disk.name)
    try db.execute("CREATE TABLE IF NOT EXISTS t (n INTEGER) STRICT")
    return db
  }

  private func numbers(_ db: Connection) throws -> [Int] {
    try db.all("SELECT n FROM t ORDER BY n") { $0.int(0) }
  }

  @Test func `the write-ahead log works on it for two connections`() throws {
    let disk = FaultyDisk()
    let (first, second) = (try open(disk), try open(disk))
    #expect(try first.first("PRAGMA journal_mode") { $0.text(0) } == "wal")
    try first.run("INSERT INTO t VALUES (1)")
    try second.reading {
      #expect(try numbers(second) == [1])
      try first.run("INSERT INTO t VALUES (2)")
      // A reader keeps its snapshot beside a writer.
      #expect(try numbers(second) == [1])
    }
    #expect(try numbers(second) == [1, 2])
    try first.transaction {
      try second.execute("PRAGMA busy_timeout = 0")
      #expect(throws: StorageError.busy) { try second.run("INSERT INTO t VALUES (3)") }
    }
  }

  @Test func `the last to close takes the log in, and a new disk of the image has everything`()
    throws
  {
    let disk = FaultyDisk()
    var db: Connection? = try open(disk)
    try db?.run("INSERT INTO t VALUES (1)")
    #expect(disk.image().keys.sorted() == ["/t.sqlite", "/t.sqlite-wal"])
    db = nil
    #expect(disk.image().keys.sorted() == ["/t.sqlite"])
    let copy = FaultyDisk(disk.image())
    #expect(try numbers(open(copy)) == [1])
  }

  @Test func `a dead disk answers nothing any more`() throws {
    let disk = FaultyDisk()
    let db = try open(disk)
    disk.arm(.death(at: 1))
    #expect(throws: StorageError.self) { try db.run("INSERT INTO t VALUES (1)") }
    #expect(disk.isDead)
    #expect(throws: StorageError.self) { try open(disk) }
    let survivor = FaultyDisk(disk.image())
    #expect(try numbers(open(survivor)) == [])
  }

  @Test func `a full disk refuses what grows until there is room`() throws {
    let disk = FaultyDisk()
    let db = try open(disk)
    disk.arm(.full(at: 1))
    #expect(throws: StorageError.diskFull) { try db.run("INSERT INTO t VALUES (1)") }
    #expect(throws: StorageError.diskFull) { try db.run("INSERT INTO t VALUES (2)") }
    disk.makeRoom()
    try db.run("INSERT INTO t VALUES (3)")
    #expect(try numbers(db) == [3])
  }

  @Test func `a commit that was not flushed is lost with the power, and one that was is not`()
    throws
  {
    func survives(_ durability: Durability, seed: UInt64) throws -> Bool {
      let disk = FaultyDisk()
      let db = try open(disk, durability: durability)
      try db.run("INSERT INTO t VALUES (1)")
      let survivor = FaultyDisk(disk.image(losing: .unflushed(seed: seed)))
      return try numbers(open(survivor)) == [1]
    }
    for seed in 0..<40 as Range<UInt64> {
      #expect(try survives(.full, seed: seed))
    }
    #expect(try (0..<40 as Range<UInt64>).contains { try !survives(.normal, seed: $0) })
  }
}
