// Connections: all-or-nothing transactions, savepoints, errors as facts, and the guard that keeps
// other programs from writing.

import CSQLite
import Foundation
import SyncCore
import Testing

@testable import Storage

struct ConnectionTests {
  @Test func `a transaction that throws leaves nothing behind`() throws {
    let db = try Connection(path: ":memory:")
    try db.execute("CREATE TABLE t (n INTEGER) STRICT")
    #expect(throws: Refused.self) {
      try db.transaction {
        try db.run("INSERT INTO t VALUES (?)", .integer(1))
        throw Refused()
      }
    }
    #expect(try count(db) == 0)
    #expect(!db.isInTransaction)
  }

  @Test func `an inner transaction that throws undoes only itself`() throws {
    let db = try Connection(path: ":memory:")
    try db.execute("CREATE TABLE t (n INTEGER) STRICT")
    try db.transaction {
      try db.run("INSERT INTO t VALUES (?)", .integer(1))
      #expect(throws: Refused.self) {
        try db.transaction {
          try db.run("INSERT INTO t VALUES (?)", .integer(2))
          throw Refused()
        }
      }
      try db.transaction { try db.run("INSERT INTO t VALUES (?)", .integer(3)) }
    }
    #expect(try db.all("SELECT n FROM t ORDER BY n") { $0.int(0) } == [1, 3])
  }

  @Test func `a full disk is told as such and the transaction is gone`() throws {
    let db = try Connection(path: ":memory:")
    try db.execute("CREATE TABLE t (b BLOB) STRICT")
    try db.execute("PRAGMA max_page_count = 20")
    #expect(throws: StorageError.diskFull) {
      try db.transaction {
        for _ in 0..<100 {
          try db.run("INSERT INTO t VALUES (?)", .blob(Array(repeating: 7, count: 4_000)))
        }
      }
    }
    #expect(try count(db) == 0)
    try db.transaction { try db.run("INSERT INTO t VALUES (?)", .blob([1])) }
    #expect(try count(db) == 1)
  }

  @Test func `a file that is no database is corrupt and not overwritten`() throws {
    try withFile { path in
      let bytes = Array("this is a letter, not a database, and it is long enough".utf8)
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      #expect {
        try Connection(path: path)
      } throws: { error in
        if case .corrupt? = error as? StorageError { true } else { false }
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(bytes))
    }
  }

  @Test func `a missing folder cannot be opened`() {
    #expect {
      try Connection(path: "/nowhere/at/all.sqlite")
    } throws: { error in
      if case .cannotOpen(let path, _)? = error as? StorageError {
        path == "/nowhere/at/all.sqlite"
      } else {
        false
      }
    }
  }

  @Test func `a read-only connection reads and does not write`() throws {
    try withFile { path in
      let db = try Connection(path: path)
      try db.execute("CREATE TABLE t (n INTEGER) STRICT; INSERT INTO t VALUES (5)")
      let reader = try Connection(path: path, access: .readOnly)
      #expect(try reader.first("SELECT n FROM t") { $0.int(0) } == 5)
      #expect(throws: StorageError.readOnly) { try reader.execute("INSERT INTO t VALUES (6)") }
    }
  }

  @Test func `scanning reads what is there and leaves the file as memory for nobody else`() throws {
    try withFile { path in
      let db = try Connection(path: path)
      try db.execute("CREATE TABLE t (n INTEGER) STRICT; INSERT INTO t VALUES (1), (2)")
      func mappedBytes() throws -> Int? { try db.first("PRAGMA mmap_size") { $0.int(0) } }
      let (seen, mapped) = try db.scanning { (try count(db), try mappedBytes()) }
      #expect(seen == 2)
      #expect(mapped != 0)
      #expect(try mappedBytes() == 0)
      #expect(throws: Refused.self) { try db.scanning { throw Refused() } }
      #expect(try mappedBytes() == 0)
      try db.run("INSERT INTO t VALUES (?)", .integer(3))
      let scanned = try db.scanning { try count(db) }
      #expect(scanned == 3)
    }
  }

  @Test func `another program's update is refused with a sentence and ours goes through`() throws {
    try withFile { path in
      let db = try Connection(path: path)
      try db.execute(
        "CREATE TABLE customer (name TEXT) STRICT; INSERT INTO customer VALUES ('Acme')")
      try CollectionTable.createGuards(on: "customer", in: db)
      try db.run("UPDATE customer SET name = ?", .text("Acme Ltd"))
      for sql in [
        "UPDATE customer SET name = 'x'", "DELETE FROM customer",
        "INSERT INTO customer VALUES ('y')",
      ] {
        #expect(
          foreignProgram(runs: sql, on: path)?.hasPrefix("Only Rounds writes this file") == true)
      }
      #expect(foreignProgram(runs: "SELECT name FROM customer", on: path) == nil)
      #expect(try db.first("SELECT name FROM customer") { $0.text(0) } == "Acme Ltd")
    }
  }

  @Test func `values come back as they were bound`() throws {
    let db = try Connection(path: ":memory:")
    try db.execute("CREATE TABLE t (a ANY, b ANY, c ANY, d ANY, e ANY, f ANY) STRICT")
    try db.run(
      "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", .text(""), .text("万  科Ａ\u{0}x"), .blob([]),
      .blob([0, 255]), .bits(.max), .null)
    try db.each("SELECT * FROM t") { row in
      #expect(!row.isNull(0) && row.text(0).isEmpty)
      #expect(row.text(1) == "万  科Ａ\u{0}x")
      #expect(!row.isNull(2) && row.blob(2).isEmpty)
      #expect(row.blob(3) == [0, 255])
      #expect(row.bits(4) == .max)
      #expect(row.isNull(5))
    }
  }

  private func count(_ db: Connection) throws -> Int {
    try db.first("SELECT count(*) FROM t") { $0.int(0) } ?? -1
  }
}

struct Refused: Error {}

/// What SQLite says to a program that knows nothing of us; nil where it has nothing to say.
func foreignProgram(runs sql: String, on path: String) -> String? {
  var db: OpaquePointer?
  defer { sqlite3_close_v2(db) }
  guard sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else {
    return "cannot open"
  }
  return sqlite3_exec(db, sql, nil, nil, nil) == SQLITE_OK
    ? nil : String(cString: sqlite3_errmsg(db))
}

func withFile(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.appendingPathComponent("t.sqlite").path)
}
