// One SQLite connection: open, run, transact, close. The only file, with `Statement`, that calls C.
//
// One file = one connection = one owner for the life of the process; a connection is deliberately
// not Sendable. A transaction body is a synchronous closure, so nothing can slip in between BEGIN
// and COMMIT; it is never held across the network.
//
// Our own connections switch triggers off. Every table carries guard triggers that refuse writes
// with a sentence, so another program that opens the file can read everything and change nothing
// (an UPDATE from elsewhere would not be in the change log, and would be lost at the next sync).

import CSQLite

/// How a file is opened.
public enum Access: Sendable {
  case readWrite
  /// For people's own SQL: the file cannot be changed through it.
  case readOnly
  /// For what is left of a damaged file, of which this is a copy: a definition that makes no sense is
  /// passed over, and the others can be used.
  case salvage
}

/// How much of a power cut a commit survives.
public enum Durability: String, Sendable {
  /// Every commit is on the disk before it returns: what is acknowledged is durable.
  case full = "FULL"
  /// A power cut may undo the last commits, never damage the file.
  case normal = "NORMAL"
  /// For data that can be made again.
  case off = "OFF"
}

public final class Connection {
  /// Milliseconds to wait for another process's lock.
  public static let busyTimeoutMilliseconds: Int32 = 5_000

  public let path: String
  /// The file system that the file is on; nil: the machine's.
  public let vfs: String?
  private(set) var handle: OpaquePointer
  private var statements: [StatementName: Statement] = [:]
  private var transactionDepth = 0
  /// Where rows put their text while a statement of theirs runs.
  let arena = RowArena()

  /// Opens or makes the file. `:memory:` is a database of its own.
  ///
  /// - Parameters:
  ///   - vfs: the name of another file system that SQLite knows; nil: the machine's.
  ///   - key: nil: the file is not encrypted.
  public init(
    path: String, access: Access = .readWrite, durability: Durability = .full, vfs: String? = nil,
    key: StorageKey? = nil
  ) throws(StorageError) {
    self.path = path
    self.vfs = vfs
    try Connection.checkLibrary()
    handle = try Connection.open(path, access, vfs)
    do {
      if let key { try unlock(with: key) }
      try configure(access, durability)
    } catch .diskFull where access == .readWrite {
      // The index of the log is a file, too. Where there is no room for it, it is kept in memory, and
      // the database is this connection's alone: what is on a full disk can be read all the same.
      let alone = try Connection.open(path, access, vfs)
      sqlite3_close_v2(handle)
      handle = alone
      if let key { try unlock(with: key) }
      try execute("PRAGMA locking_mode = EXCLUSIVE")
      try configure(access, durability)
    }
  }

  private static func open(
    _ path: String, _ access: Access, _ vfs: String?
  ) throws(StorageError) -> OpaquePointer {
    let flags =
      switch access {
      case .readWrite: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .salvage: SQLITE_OPEN_READWRITE
      case .readOnly: SQLITE_OPEN_READONLY
      }
    var opened: OpaquePointer?
    let code = sqlite3_open_v2(
      path, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs)
    guard let opened else { throw .cannotOpen(path: path, reason: "out of memory") }
    guard code == SQLITE_OK else {
      let reason = String(cString: sqlite3_errmsg(opened))
      sqlite3_close_v2(opened)
      throw code & 0xFF == SQLITE_CANTOPEN
        ? .cannotOpen(path: path, reason: reason) : error(code, reason, sql: "open")
    }
    sqlite3_busy_timeout(opened, busyTimeoutMilliseconds)
    return opened
  }

  deinit {
    statements.removeAll()
    sqlite3_close_v2(handle)
  }

  private func configure(_ access: Access, _ durability: Durability) throws(StorageError) {
    try addPackingFunctions()
    try addTextSearch()
    switch access {
    case .readOnly:
      try execute("PRAGMA query_only = ON")
    case .salvage:
      try execute("PRAGMA writable_schema = ON")
    case .readWrite:
      rounds_db_config_switch(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0)
      if path != ":memory:" { try execute("PRAGMA journal_mode = WAL") }
      try execute("PRAGMA synchronous = \(durability.rawValue)")
      try execute("PRAGMA foreign_keys = ON")
      try execute("PRAGMA secure_delete = ON")
      try execute("PRAGMA temp_store = MEMORY")
      try execute("PRAGMA cache_size = -16000")
      // 16 MB: a page that is written again and again goes to the database once.
      try execute("PRAGMA wal_autocheckpoint = 4000")
    }
  }

  // MARK: Running

  /// Runs one or more statements that need no parameters and return nothing.
  public func execute(_ sql: String) throws(StorageError) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw failure(code, sql: sql) }
  }

  /// A prepared statement, kept for the next time; ready to bind.
  ///
  /// - Parameter name: a short name to find it by, where looking for the whole text would cost more
  ///   than running it. One name, one text.
  public func statement(
    _ sql: @autoclosure () -> String, name: String? = nil
  ) throws(StorageError) -> Statement {
    let key = StatementName(text: name ?? sql())
    if let statement = statements[key], !statement.isBusy {
      return statement
    }
    let statement = try Statement(self, sql())
    if statements[key] == nil { statements[key] = statement }
    return statement
  }

  /// Runs a statement that returns no rows.
  public func run(_ sql: String, _ bindings: Binding...) throws(StorageError) {
    let statement = try statement(sql)
    try statement.bind(bindings)
    try statement.run()
  }

  /// Calls `body` for each row.
  public func each(
    _ sql: String, _ bindings: Binding..., body: (Statement) throws -> Void
  ) throws {
    let statement = try statement(sql)
    try statement.bind(bindings)
    defer { statement.reset() }
    while try statement.step() { try body(statement) }
  }

  /// What `body` makes of each row.
  public func all<T>(
    _ sql: String, _ bindings: Binding..., body: (Statement) throws -> T
  ) throws -> [T] {
    let statement = try statement(sql)
    try statement.bind(bindings)
    defer { statement.reset() }
    var results: [T] = []
    while try statement.step() { results.append(try body(statement)) }
    return results
  }

  /// What `body` makes of the first row; nil where there is none.
  public func first<T>(
    _ sql: String, _ bindings: Binding..., body: (Statement) throws -> T
  ) throws -> T? {
    let statement = try statement(sql)
    try statement.bind(bindings)
    defer { statement.reset() }
    return try statement.step() ? try body(statement) : nil
  }

  /// The row number that the last insert into a table with row numbers was given.
  public var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

  /// Rows that the last statement changed.
  public var changes: Int { Int(sqlite3_changes64(handle)) }

  /// Rows that were changed since the connection was opened.
  public var totalChanges: Int64 { sqlite3_total_changes64(handle) }

  // MARK: Transactions

  /// Runs `body` in one transaction: all of it is committed, or, when it throws, nothing.
  ///
  /// Inside another transaction it is a savepoint: a throw undoes only `body`.
  public func transaction<T>(_ body: () throws -> T) throws -> T {
    let isOutermost = transactionDepth == 0
    let name = "level\(transactionDepth)"
    try statement(isOutermost ? "BEGIN IMMEDIATE" : "SAVEPOINT \(name)").run()
    transactionDepth += 1
    do {
      let result = try body()
      try statement(isOutermost ? "COMMIT" : "RELEASE \(name)").run()
      transactionDepth -= 1
      return result
    } catch {
      transactionDepth -= 1
      // The first error is the one to tell. SQLite may have rolled back by itself (disk full).
      if sqlite3_get_autocommit(handle) == 0 {
        try execute(isOutermost ? "ROLLBACK" : "ROLLBACK TO \(name); RELEASE \(name)")
      }
      throw error
    }
  }

  /// Runs `body` on one snapshot of the database.
  public func reading<T>(_ body: () throws -> T) throws -> T {
    guard transactionDepth == 0 else { return try body() }
    try statement("BEGIN").run()
    transactionDepth += 1
    defer { transactionDepth -= 1 }
    do {
      let result = try body()
      try statement("COMMIT").run()
      return result
    } catch {
      if sqlite3_get_autocommit(handle) == 0 { try execute("ROLLBACK") }
      throw error
    }
  }

  // MARK: Scanning

  /// More than a laptop's file has; SQLite takes less where it was built for less.
  private static let mappedBytesMax = 1 << 30

  /// Runs `body`, which reads most of the file's pages, over the file as memory: no page is copied.
  ///
  /// Not for all that reads: where the disk fails under a mapped page, the system ends the program, and
  /// there is no error to tell.
  public func scanning<T>(_ body: () throws -> T) throws -> T {
    try execute("PRAGMA mmap_size = \(Connection.mappedBytesMax)")
    let result = Result { try body() }
    try execute("PRAGMA mmap_size = 0")
    return try result.get()
  }

  // MARK: Purging

  /// Rewrites the file without a trace of what was deleted, and empties the write-ahead log.
  ///
  /// `secure_delete` zeroes the place a row was deleted from, but not the copies that balancing left
  /// behind when the row moved from page to page: in a table of some thousand rows a few deleted ones
  /// can still be read. Only a rewritten file has none.
  ///
  /// - Returns: false where another process reads or writes just now; nothing is waited for.
  public func purge() throws -> Bool {
    // Memory that is given back leaves nothing to be read.
    if path == ":memory:" { return true }
    try execute("PRAGMA busy_timeout = 0")
    defer { sqlite3_busy_timeout(handle, Connection.busyTimeoutMilliseconds) }
    do {
      // First the cheap question whether a reader is in the way.
      guard try truncateLog() else { return false }
      try execute("VACUUM")
      return try truncateLog()
    } catch StorageError.busy {
      return false
    }
  }

  /// A file is rewritten for no less than this, and for no less than an eighth of it.
  private static let shrinkBytesMin = 1 << 20

  /// Whether so much of the file is free that rewriting it pays.
  public func isWorthShrinking() throws -> Bool {
    func ask(_ pragma: String) throws -> Int { try first("PRAGMA \(pragma)") { $0.int(0) } ?? 0 }
    let free = try ask("freelist_count")
    guard free > 0 else { return false }
    return try free * ask("page_size") >= Connection.shrinkBytesMin && free * 8 >= ask("page_count")
  }

  private func truncateLog() throws -> Bool {
    try first("PRAGMA wal_checkpoint(TRUNCATE)") { !$0.bool(0) } ?? false
  }

  public var isInTransaction: Bool { transactionDepth > 0 }

  // MARK: Errors

  func failure(_ code: Int32, sql: String) -> StorageError {
    Connection.error(code, String(cString: sqlite3_errmsg(handle)), sql: sql)
  }

  static func error(_ code: Int32, _ reason: String, sql: String) -> StorageError {
    // SQLITE_IOERR_SHMSIZE: there is no room for the index of the log.
    if code == SQLITE_IOERR | 19 << 8 { return .diskFull }
    return switch code & 0xFF {
    case SQLITE_BUSY, SQLITE_LOCKED: .busy
    case SQLITE_FULL: .diskFull
    case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt(reason: reason)
    case SQLITE_READONLY: .readOnly
    case SQLITE_IOERR: .disk(reason: reason)
    case SQLITE_CONSTRAINT: .constraint(reason: reason)
    default: .sql(code: code, reason: reason, sql: sql)
    }
  }
}

/// Finds a prepared statement by its text. Texts that are alike begin alike and differ in their ends, so
/// the end alone is hashed: of a long text, hashing all would cost as much as running it.
private struct StatementName: Hashable {
  private static let hashedLength = 24
  let text: String

  func hash(into hasher: inout Hasher) {
    hasher.combine(text.utf8.count)
    // A string without storage of its own, which no literal is, is found by its length alone.
    text.utf8.withContiguousStorageIfAvailable { bytes in
      let end = UnsafeRawBufferPointer(bytes).suffix(StatementName.hashedLength)
      hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: end))
    }
  }
}
