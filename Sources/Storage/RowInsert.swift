// An INSERT in two sizes: for one row, and for sixteen at once.
//
// Starting and ending a statement, and opening the table and its indexes for it, costs about as much
// as the row itself; sixteen rows share it. Rows are inserted in the order in which they are given.
//
// FAIL and not ABORT: whoever inserts rows is in a transaction that a failure undoes as a whole, and
// to undo one statement alone SQLite would have to copy every page that the statement is about to change.

import CSQLite
import SyncCore

public struct RowInsert: Sendable {
  static let rowsPerStatement = 16

  private let table: String
  private let columnCount: Int
  private let one: (name: String, sql: String)
  private let many: (name: String, sql: String)

  public init(into table: String, columns: [String]) {
    self.table = table
    columnCount = columns.count
    let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
    let row = "(" + columns.map { _ in "?" }.joined(separator: ", ") + ")"
    let rows = Array(repeating: row, count: RowInsert.rowsPerStatement).joined(separator: ", ")
    let into = "INSERT OR FAIL INTO \"\(table)\" (\(names)) VALUES"
    one = ("insert \(table)", "\(into) \(row)")
    many = ("insert many \(table)", "\(into) \(rows)")
  }

  /// Inserts `count` rows. What `bind` leaves out of the row with a number is NULL.
  public func run(
    _ count: Int, in connection: Connection, bind: (RowBinder, Int) throws -> Void
  ) throws {
    precondition(
      count <= 1 || connection.isInTransaction, "rows of \(table) are inserted in a transaction")
    var next = 0
    while next < count {
      let isMany = count - next >= RowInsert.rowsPerStatement
      let (name, sql) = isMany ? many : one
      let statement = try connection.statement(sql, name: name)
      var binder = RowBinder(statement, connection.arena)
      for _ in 0..<(isMany ? RowInsert.rowsPerStatement : 1) {
        try bind(binder, next)
        binder.first += columnCount
        next += 1
      }
      try statement.run()
    }
  }
}

/// Gives one row of a statement its values, by column. Text is lent until the next rows begin.
public struct RowBinder {
  let statement: Statement
  private let arena: RowArena
  /// The parameter of the row's first column.
  fileprivate(set) var first = 0

  /// Begins a statement: all its parameters are NULL.
  init(_ statement: Statement, _ arena: RowArena) {
    self.statement = statement
    self.arena = arena
    statement.clear()
    arena.begin()
  }

  public func bind(_ number: Int64, at column: Int) { statement.bind(number, at: first + column) }
  public func bind(_ bytes: [UInt8], at column: Int) { statement.bind(bytes, at: first + column) }
  public func bind(_ binding: Binding, at column: Int) {
    statement.bind(binding, at: first + column)
  }

  /// An identity as text.
  public func bind(_ id: ULID, at column: Int) {
    arena.bind(id, to: statement, at: first + column)
  }

  /// An identity as sixteen bytes.
  public func bind(bytesOf id: ULID, at column: Int) {
    arena.bind(bytesOf: id, to: statement, at: first + column)
  }

  /// - Throws: `constraint` for a group: its members have columns, it has none.
  func bind(_ value: Value, at column: Int) throws(StorageError) {
    switch value {
    case .text(let text): arena.bind(text, to: statement, at: first + column)
    case .reference(let id): bind(id, at: column)
    default: try statement.bind(value, at: first + column)
    }
  }
}
