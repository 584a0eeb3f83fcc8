// A prepared statement: bind, step, read columns. Numbers of parameters and columns begin at 0.
//
// Bytes are copied on the way in and on the way out, so nothing here outlives a step.

import CSQLite
import SyncCore

/// A parameter of a statement.
public enum Binding: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])
  /// An identity, as its text.
  case id(ULID)

  public static func position(_ position: Position) -> Binding {
    .integer(Int64(clamping: position.rawValue))
  }
  public static func counter(_ counter: Counter) -> Binding {
    .integer(Int64(clamping: counter.rawValue))
  }
  public static func replica(_ replica: ReplicaID) -> Binding { .integer(Int64(replica.rawValue)) }
  public static func moment(_ moment: Moment) -> Binding { .integer(moment.milliseconds) }
  public static func count(_ number: Int) -> Binding { .integer(Int64(number)) }
  /// 64 bits, kept as SQLite's signed integer.
  public static func bits(_ number: UInt64) -> Binding { .integer(Int64(bitPattern: number)) }
  public static func epoch(_ number: UInt32) -> Binding { .integer(Int64(number)) }
  public static func optional(_ text: String?) -> Binding { text.map { .text($0) } ?? .null }
}

public final class Statement {
  let handle: OpaquePointer
  /// Keeps the connection open as long as a statement of it lives.
  private unowned let connection: Connection
  private let sql: String
  public private(set) var isBusy = false

  init(_ connection: Connection, _ sql: String) throws(StorageError) {
    self.connection = connection
    self.sql = sql
    var prepared: OpaquePointer?
    let code = sqlite3_prepare_v3(
      connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
    guard code == SQLITE_OK, let prepared else {
      throw code == SQLITE_OK
        ? .sql(code: code, reason: "no statement", sql: sql) : connection.failure(code, sql: sql)
    }
    handle = prepared
  }

  deinit { sqlite3_finalize(handle) }

  // MARK: Binding

  public func bind(_ bindings: [Binding]) throws(StorageError) {
    for (index, binding) in bindings.enumerated() { bind(binding, at: index) }
  }

  public func bind(_ binding: Binding, at index: Int) {
    switch binding {
    case .null: bindNull(at: index)
    case .integer(let value): bind(value, at: index)
    case .real(let value): sqlite3_bind_double(handle, Int32(index + 1), value)
    case .text(let value): bind(value, at: index)
    case .blob(let value): bind(value, at: index)
    case .id(let value): bind(value, at: index)
    }
  }

  /// Every parameter is NULL again.
  func clear() { sqlite3_clear_bindings(handle) }

  /// An identity as its text.
  public func bind(_ id: ULID, at index: Int) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: ULID.textLength) { text in
      id.write(into: text)
      text.withMemoryRebound(to: CChar.self) { characters in
        _ = rounds_bind_text(
          handle, Int32(index + 1), characters.baseAddress, Int32(ULID.textLength))
      }
    }
  }

  /// An identity as sixteen bytes.
  public func bind(bytesOf id: ULID, at index: Int) {
    withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { bytes in
      _ = rounds_bind_blob(handle, Int32(index + 1), bytes.baseAddress, Int32(bytes.count))
    }
  }

  public func bindNull(at index: Int) { sqlite3_bind_null(handle, Int32(index + 1)) }

  public func bind(_ value: Int64, at index: Int) {
    sqlite3_bind_int64(handle, Int32(index + 1), value)
  }

  public func bind(_ value: String, at index: Int) {
    var value = value
    _ = value.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        // An empty string has no base address, and SQLite reads a null pointer as NULL.
        rounds_bind_text(
          handle, Int32(index + 1), characters.baseAddress ?? emptyText, Int32(bytes.count))
      }
    }
  }

  public func bind(_ value: [UInt8], at index: Int) {
    _ = value.withUnsafeBytes {
      rounds_bind_blob(handle, Int32(index + 1), $0.baseAddress, Int32($0.count))
    }
  }

  // MARK: Running

  /// The next row is there to be read, or (false) there is none and the statement is reset.
  public func step() throws(StorageError) -> Bool {
    let code = sqlite3_step(handle)
    switch code {
    case SQLITE_ROW:
      isBusy = true
      return true
    case SQLITE_DONE:
      reset()
      return false
    default:
      // Make the error before the reset: resetting may change the message.
      let error = connection.failure(code, sql: sql)
      reset()
      throw error
    }
  }

  /// Runs to the end, ignoring rows.
  public func run() throws(StorageError) {
    while try step() {}
  }

  /// Runs to the end with bytes that are lent for the time it runs, and not copied.
  public func run(lending bytes: UnsafeRawBufferPointer, at index: Int) throws(StorageError) {
    _ = rounds_bind_blob_static(handle, Int32(index + 1), bytes.baseAddress, Int32(bytes.count))
    defer { bindNull(at: index) }
    try run()
  }

  public func reset() {
    sqlite3_reset(handle)
    isBusy = false
  }

  // MARK: Columns

  public var columnCount: Int { Int(sqlite3_column_count(handle)) }
  public func columnName(_ index: Int) -> String {
    sqlite3_column_name(handle, Int32(index)).map { String(cString: $0) } ?? ""
  }

  public func isNull(_ index: Int) -> Bool {
    sqlite3_column_type(handle, Int32(index)) == SQLITE_NULL
  }

  public func integer(_ index: Int) -> Int64 { sqlite3_column_int64(handle, Int32(index)) }
  public func int(_ index: Int) -> Int { Int(integer(index)) }
  public func bool(_ index: Int) -> Bool { integer(index) != 0 }
  public func bits(_ index: Int) -> UInt64 { UInt64(bitPattern: integer(index)) }

  public func text(_ index: Int) -> String {
    guard let bytes = sqlite3_column_text(handle, Int32(index)) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, Int32(index)))
    return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  /// The bytes of a text, without a string of it; they are SQLite's, and end with `body`.
  public func withText<Result>(
    _ index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    let bytes = sqlite3_column_text(handle, Int32(index))
    let count = Int(sqlite3_column_bytes(handle, Int32(index)))
    return try body(UnsafeBufferPointer(start: bytes, count: count))
  }

  public func optionalText(_ index: Int) -> String? { isNull(index) ? nil : text(index) }

  public func blob(_ index: Int) -> [UInt8] {
    guard let bytes = sqlite3_column_blob(handle, Int32(index)) else { return [] }
    return Array(
      UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, Int32(index)))))
  }

  /// An identity kept as text. Our own tables hold nothing else in such a column.
  public func id(_ index: Int) throws(StorageError) -> ULID {
    guard let id = withText(index, { ULID(utf8: $0) }) else {
      throw .corrupt(reason: "column \(columnName(index)) holds no identity")
    }
    return id
  }

  public func position(_ index: Int) -> Position { Position(UInt64(clamping: integer(index))) }
  public func counter(_ index: Int) -> Counter { Counter(UInt64(clamping: integer(index))) }
  public func replica(_ index: Int) -> ReplicaID { ReplicaID(UInt32(clamping: integer(index))) }
  public func moment(_ index: Int) -> Moment { Moment(milliseconds: integer(index)) }

  public func epoch(_ index: Int) -> UInt32 { UInt32(clamping: integer(index)) }

  /// The column as SQLite holds it, for SQL that people type.
  public func value(_ index: Int) -> Binding {
    switch sqlite3_column_type(handle, Int32(index)) {
    case SQLITE_INTEGER: .integer(integer(index))
    case SQLITE_FLOAT: .real(sqlite3_column_double(handle, Int32(index)))
    case SQLITE_TEXT: .text(text(index))
    case SQLITE_BLOB: .blob(blob(index))
    default: .null
    }
  }
}

// A pointer to one byte that is never freed nor written: shared safely.
private nonisolated(unsafe) let emptyText: UnsafePointer<CChar> = {
  let byte = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
  byte.pointee = 0
  return UnsafePointer(byte)
}()
