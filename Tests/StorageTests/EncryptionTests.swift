// Encrypted files: nothing readable on the disk, one key opens, and every other is told so.
//
// What needs SQLCipher is skipped where the library of this build is plain SQLite; there the one
// thing to show is that a key is refused, and never a plain file made.

import Foundation
import Testing

@testable import Storage

private let needsCipher = ConditionTrait.enabled(
  if: Connection.canEncrypt, "this build has no SQLCipher (ROUNDS_SQLCIPHER=1)")

@Suite struct EncryptionTests {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "rounds-\(UUID().uuidString)").path()
  var path: String { folder + "/a.sqlite" }

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func key(_ byte: UInt8) throws -> StorageKey {
    try #require(StorageKey(bytes: Array(repeating: byte, count: 32)))
  }

  private func removeFolder() throws { try FileManager.default.removeItem(atPath: folder) }

  private func bytes() throws -> Data {
    try FileManager.default.contentsOfDirectory(atPath: folder).reduce(into: Data()) {
      $0 += try Data(contentsOf: URL(filePath: folder + "/" + $1))
    }
  }

  @Test(needsCipher) func `nothing that was written can be read in the files`() throws {
    defer { #expect(throws: Never.self) { try removeFolder() } }
    let db = try Connection(path: path, key: key(7))
    try db.execute("CREATE TABLE customer (name TEXT) STRICT")
    try db.run("INSERT INTO customer VALUES (?)", .text("Acme of Springfield"))
    // Once with the text in the log, once in the file.
    for checkpoint in ["SELECT 1", "PRAGMA wal_checkpoint(TRUNCATE)"] {
      try db.execute(checkpoint)
      let bytes = try bytes()
      #expect(bytes.count > 8_000)
      for text in ["Acme", "customer", "SQLite format 3"] {
        #expect(bytes.range(of: Data(text.utf8)) == nil, "\(text) after \(checkpoint)")
      }
    }
  }

  @Test(needsCipher) func `the key opens it again, also to read only, and another does not`() throws
  {
    defer { #expect(throws: Never.self) { try removeFolder() } }
    do {
      let db = try Connection(path: path, key: key(7))
      try db.execute("CREATE TABLE t (n INTEGER) STRICT; INSERT INTO t VALUES (42)")
      #expect(try db.purge())
    }
    for access in [Access.readWrite, .readOnly] {
      let db = try Connection(path: path, access: access, key: key(7))
      #expect(try db.first("SELECT n FROM t") { $0.int(0) } == 42)
    }
    #expect(throws: StorageError.wrongKey(path: path)) {
      _ = try Connection(path: path, key: key(8))
    }
    #expect(throws: StorageError.corrupt(reason: "file is not a database")) {
      _ = try Connection(path: path)
    }
  }

  @Test(needsCipher) func `a page that somebody changed is refused`() throws {
    defer { #expect(throws: Never.self) { try removeFolder() } }
    do {
      let db = try Connection(path: path, key: key(7))
      try db.execute("CREATE TABLE t (n TEXT) STRICT")
      for _ in 0..<200 {
        try db.run("INSERT INTO t VALUES (?)", .text(String(repeating: "x", count: 100)))
      }
    }
    var bytes = try Data(contentsOf: URL(filePath: path))
    bytes[bytes.count - 2000] ^= 1
    try bytes.write(to: URL(filePath: path))
    let db = try Connection(path: path, key: key(7))
    #expect(throws: StorageError.self) { _ = try db.all("SELECT n FROM t") { $0.text(0) } }
  }

  @Test(.disabled(if: Connection.canEncrypt, "this build has SQLCipher"))
  func `without SQLCipher a key is refused and no file is left plain`() throws {
    defer { #expect(throws: Never.self) { try removeFolder() } }
    #expect(throws: StorageError.cannotEncrypt) { _ = try Connection(path: path, key: key(7)) }
    #expect(try bytes().isEmpty)
  }

  @Test func `a key is 64 digits and never prints itself`() throws {
    let digits = String(repeating: "0F", count: 32)
    let key = try #require(StorageKey(hexadecimal: digits))
    #expect(key.bytes == Array(repeating: 15, count: 32))
    for bad in ["", String(digits.dropLast()), digits + "00", String(repeating: "0g", count: 32)] {
      #expect(StorageKey(hexadecimal: bad) == nil, "\(bad)")
    }
    var dumped = "\(key)" + String(reflecting: key)
    dump(key, to: &dumped)
    #expect(!dumped.contains("15") && !dumped.lowercased().contains("0f"))
  }
}
