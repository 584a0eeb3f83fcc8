// The baseline: the same customers in a table of plain SQLite, as a careful C program would write them.
//
// Straight to the C library and not through Storage: the baseline must not pay for what it measures.
// The same layout (text primary key, STRICT, WITHOUT ROWID), journal and its length, cache and durability
// as ours; statements are prepared once, values are bound without a copy. No index but the primary key.

import CSQLite

final class PlainSQLite {
  struct Failure: Error {
    let code: Int32
    let message: String
  }

  private let handle: OpaquePointer

  init(path: String) throws {
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
    let code = sqlite3_open_v2(path, &opened, flags, nil)
    guard code == SQLITE_OK, let opened else { throw Failure(code: code, message: path) }
    handle = opened
    try execute(
      """
      PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000;
      PRAGMA wal_autocheckpoint = 4000
      """)
  }

  deinit { sqlite3_close_v2(handle) }

  func createTable(for customers: Customers) throws {
    let columns = customers.fields.map { "\"\($0.name)\" TEXT" }.joined(separator: ", ")
    try execute(
      """
      CREATE TABLE customer (
        id TEXT PRIMARY KEY NOT NULL, \(columns), "updatedAt" INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID
      """)
  }

  func insert(_ customers: Customers, perTransaction size: Int) throws {
    let marks = Array(repeating: "?", count: customers.fields.count + 2).joined(separator: ", ")
    try loop("INSERT INTO customer VALUES (\(marks))", customers, size) { statement, index, text in
      let pieces = customers.fields.count + 1
      for piece in 0..<pieces {
        bind(statement, piece + 1, customers.pieces[index * pieces + piece], of: text)
      }
      sqlite3_bind_int64(statement, Int32(pieces + 1), 1_764_000_000_000 + Int64(index))
    }
  }

  /// Writes one field of every customer. The new value is somebody's else's name.
  func update(_ customers: Customers, field: String, perTransaction size: Int) throws {
    let sql = "UPDATE customer SET \"\(field)\" = ?, \"updatedAt\" = ? WHERE id = ?"
    try loop(sql, customers, size) { statement, index, text in
      let pieces = customers.fields.count + 1
      bind(statement, 1, customers.pieces[(customers.ids.count - 1 - index) * pieces + 1], of: text)
      sqlite3_bind_int64(statement, 2, 1_765_000_000_000 + Int64(index))
      bind(statement, 3, customers.pieces[index * pieces], of: text)
    }
  }

  private func bind(
    _ statement: OpaquePointer, _ number: Int, _ piece: Range<Int>,
    of text: UnsafeBufferPointer<CChar>
  ) {
    guard let start = text.baseAddress else { return }
    _ = rounds_bind_text_static(
      statement, Int32(number), start + piece.lowerBound, Int32(piece.count))
  }

  /// Runs one statement for each customer, `size` of them in a transaction.
  private func loop(
    _ sql: String, _ customers: Customers, _ size: Int,
    bindings: (OpaquePointer, Int, UnsafeBufferPointer<CChar>) -> Void
  ) throws {
    let statements = try (prepare("BEGIN IMMEDIATE"), prepare(sql), prepare("COMMIT"))
    defer {
      for statement in [statements.0, statements.1, statements.2] { sqlite3_finalize(statement) }
    }
    try customers.text.withUnsafeBytes { bytes in
      let text = bytes.bindMemory(to: CChar.self)
      for batch in customers.batches(of: size) {
        try run(statements.0)
        for index in batch {
          bindings(statements.1, index, text)
          try run(statements.1)
        }
        try run(statements.2)
      }
    }
  }

  private func prepare(_ sql: String) throws -> OpaquePointer {
    var statement: OpaquePointer?
    let code = sqlite3_prepare_v3(
      handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    guard let statement else { throw failure(code) }
    return statement
  }

  private func run(_ statement: OpaquePointer) throws {
    let code = sqlite3_step(statement)
    sqlite3_reset(statement)
    guard code == SQLITE_DONE else { throw failure(code) }
  }

  private func execute(_ sql: String) throws {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw failure(code) }
  }

  private func failure(_ code: Int32) -> Failure {
    Failure(code: code, message: String(cString: sqlite3_errmsg(handle)))
  }
}
