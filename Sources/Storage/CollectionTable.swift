// One STRICT table per collection, with real columns, for both halves.
//
//     id TEXT PRIMARY KEY | one column a field … | updatedAt | extra | as_of | what the hub adds
//
// `as_of` is the one integer of metadata a record costs on a replica: the hub position of the state
// it was received in; 0 means the hub has never shown it. `extra` is NULL but for fields that a
// newer schema sent and this program does not know: kept, and forwarded untouched.
//
// Text, references and decimals are TEXT; integers, booleans (0/1) and moments (milliseconds since
// 1970) are INTEGER; sets are JSON arrays in TEXT. Any SQL tool can read all of it.

import SyncCore

/// One row.
public struct CollectionRow: Sendable {
  public var id: RecordID
  /// Column values; nulls are absent.
  public var values: FieldValues
  public var updatedAt: Moment
  public var asOf: Position
  /// Unknown fields, as bytes of the wire; usually none.
  public var extra: [UInt8]

  public init(
    id: RecordID, values: FieldValues, updatedAt: Moment, asOf: Position, extra: [UInt8] = []
  ) {
    self.id = id
    self.values = values
    self.updatedAt = updatedAt
    self.asOf = asOf
    self.extra = extra
  }
}

/// A class, because it is handed along with every row; it never changes.
public final class CollectionTable: Sendable {
  /// A column that only one half has, after the shared ones.
  public struct Addition: Sendable {
    public var name: String
    public var declaration: String
    public init(_ name: String, _ declaration: String) {
      self.name = name
      self.declaration = declaration
    }
  }

  public let schema: CollectionSchema
  public let name: String
  public let columns: [FieldSchema]
  private let additions: [Addition]
  private let upsert: (name: String, sql: String)
  private let insert: RowInsert
  public let selectSQL: String
  public let selectByID: String
  /// Place of a field's column among `columns`, by its number; -1 where it has none.
  private let placeByNumber: [Int16]

  public init(_ schema: CollectionSchema, additions: [Addition] = []) {
    self.schema = schema
    self.additions = additions
    name = schema.name
    columns = schema.columns
    var places = [Int16](repeating: -1, count: Int(schema.fields.last?.id.rawValue ?? 0) + 1)
    for (place, column) in schema.columns.enumerated() {
      places[Int(column.id.rawValue)] = Int16(place)
    }
    placeByNumber = places
    let fixed = ["updatedAt", "extra", "as_of"] + additions.map(\.name)
    let columnNames = ["id"] + columns.map(\.name) + fixed
    let names = columnNames.map { "\"\($0)\"" }.joined(separator: ", ")
    let marks = columnNames.map { _ in "?" }.joined(separator: ", ")
    upsert = (
      "upsert \(schema.name)",
      "INSERT OR REPLACE INTO \"\(schema.name)\" (\(names)) VALUES (\(marks))"
    )
    insert = RowInsert(into: schema.name, columns: columnNames)
    selectSQL = "SELECT \(names) FROM \"\(schema.name)\""
    selectByID = selectSQL + " WHERE id = ?"
  }

  // MARK: Definition

  /// The table and its guards.
  public func create(in connection: Connection) throws {
    let fields = columns.map { "  \"\($0.name)\" \($0.type.columnType)," }
    let more = additions.map { ",\n  \"\($0.name)\" \($0.declaration)" }.joined()
    try connection.execute(
      """
      CREATE TABLE "\(name)" (
        id TEXT PRIMARY KEY NOT NULL,
      \(fields.joined(separator: "\n"))
        "updatedAt" INTEGER NOT NULL,
        extra BLOB,
        as_of INTEGER NOT NULL\(more)
      ) STRICT, WITHOUT ROWID
      """)
    try CollectionTable.createGuards(on: name, in: connection)
  }

  /// Adds the columns that a table made for an earlier schema lacks.
  ///
  /// - Returns: false where there is no such table yet.
  public func grow(in connection: Connection) throws -> Bool {
    let names = try connection.all("SELECT name FROM pragma_table_info(?)", .text(name)) {
      $0.text(0)
    }
    guard !names.isEmpty else { return false }
    for column in columns where !names.contains(column.name) {
      try connection.execute(
        "ALTER TABLE \"\(name)\" ADD COLUMN \"\(column.name)\" \(column.type.columnType)")
    }
    return true
  }

  /// Triggers that refuse writes by programs other than ours, with a sentence that says why.
  public static func createGuards(on table: String, in connection: Connection) throws {
    for action in ["INSERT", "UPDATE", "DELETE"] {
      try connection.execute(
        """
        CREATE TRIGGER "guard_\(table)_\(action.lowercased())" BEFORE \(action) ON "\(table)" BEGIN
          SELECT RAISE(ABORT, 'Only Rounds writes this file: a change made here would be missing \
        from its change log and be lost at the next sync. Use the rounds command instead.');
        END
        """)
    }
  }

  // MARK: Writing

  /// Writes a whole row, new or not.
  public func upsert(
    _ row: CollectionRow, adding more: [Binding] = [], in connection: Connection
  ) throws {
    let statement = try connection.statement(upsert.sql, name: upsert.name)
    try bind(row, more, to: RowBinder(statement, connection.arena))
    try statement.run()
  }

  /// Writes a row that must not be there yet.
  public func insert(
    _ row: CollectionRow, adding more: [Binding] = [], in connection: Connection
  ) throws {
    try insert.run(1, in: connection) { binder, _ in try bind(row, more, to: binder) }
  }

  /// Writes the rows of records that are created here: what a creation writes is all there is, and
  /// the hub has not shown any of it. The rows must not be there yet.
  public func insert(
    _ creations: [Change], updatedAt: Moment, in connection: Connection
  ) throws {
    precondition(additions.isEmpty, "only the hub adds columns, and the hub creates nothing here")
    try insert.run(creations.count, in: connection) { binder, index in
      binder.bind(creations[index].record, at: 0)
      try bind(creations[index].writes, to: binder)
      binder.bind(updatedAt.milliseconds, at: columns.count + 1)
      binder.bind(0, at: columns.count + 3)
    }
  }

  /// Writes some fields of a row that is there, each a value of a field with a column, and nothing else.
  /// Its time does not go back.
  public func update(
    _ id: RecordID, _ writes: [FieldWrite], updatedAt: Moment, in connection: Connection
  ) throws {
    // By the numbers of the fields it is found without making its text.
    let key = writes.reduce(into: "update \(name)") { $0 += " \($1.field.rawValue)" }
    let binder = RowBinder(
      try connection.statement(updateSQL(writes), name: key), connection.arena)
    for index in writes.indices {
      if case .put(let value, _) = writes[index].action { try binder.bind(value, at: index) }
    }
    binder.bind(updatedAt.milliseconds, at: writes.count)
    binder.bind(id, at: writes.count + 1)
    try binder.statement.run()
  }

  private func updateSQL(_ writes: [FieldWrite]) -> String {
    let names = writes.map { write in
      guard let column = column(of: write.field), case .put = write.action else {
        preconditionFailure("\(name) has no column for field \(write.field.rawValue)")
      }
      return "\"\(columns[column - 1].name)\" = ?, "
    }
    return
      "UPDATE \"\(name)\" SET \(names.joined())\"updatedAt\" = max(\"updatedAt\", ?) WHERE id = ?"
  }

  // MARK: Binding

  private func bind(_ row: CollectionRow, _ more: [Binding], to binder: RowBinder) throws {
    precondition(more.count == additions.count, "\(name) has \(additions.count) additional columns")
    binder.bind(row.id, at: 0)
    for entry in row.values.entries { try bind(entry.value, of: entry.field, to: binder) }
    let fixed = columns.count + 1
    binder.bind(row.updatedAt.milliseconds, at: fixed)
    if !row.extra.isEmpty { binder.bind(row.extra, at: fixed + 1) }
    binder.bind(Int64(clamping: row.asOf.rawValue), at: fixed + 2)
    for (offset, binding) in more.enumerated() { binder.bind(binding, at: fixed + 3 + offset) }
  }

  /// What a creation writes. By index: a `for` would copy (retain and release) every write.
  private func bind(_ writes: [FieldWrite], to binder: RowBinder) throws {
    for index in writes.indices {
      let field = writes[index].field
      switch writes[index].action {
      case .put(.group(let members), _) where column(of: field) == nil:
        for member in members.entries { try bind(member.value, of: member.field, to: binder) }
      case .put(let value, _): try bind(value, of: field, to: binder)
      case .alter(let adding, _): try bind(Value(elements: Set(adding)), of: field, to: binder)
      }
    }
  }

  /// What the schema does not know is in `extra`, or only in the change log, and is passed over.
  private func bind(_ value: Value, of field: FieldID, to binder: RowBinder) throws {
    if let column = column(of: field) { try binder.bind(value, at: column) }
  }

  /// The number of a field's column in a row; nil where it has none.
  private func column(of field: FieldID) -> Int? {
    guard field.rawValue < placeByNumber.count else { return nil }
    let place = Int(placeByNumber[Int(field.rawValue)])
    return place < 0 ? nil : place + 1
  }

  public func delete(_ id: RecordID, in connection: Connection) throws {
    try connection.run("DELETE FROM \"\(name)\" WHERE id = ?", .id(id))
  }

  /// Sets the as-of and the time of the last change, and nothing else.
  public func setAsOf(
    _ id: RecordID, _ asOf: Position, updatedAt: Moment, in connection: Connection
  ) throws {
    try connection.run(
      "UPDATE \"\(name)\" SET as_of = ?, \"updatedAt\" = ? WHERE id = ?",
      .position(asOf), .moment(updatedAt), .id(id))
  }

  // MARK: Reading

  /// The row that a statement which began with `selectSQL` stands on.
  public func row(_ statement: Statement) throws -> CollectionRow {
    let id = try statement.id(0)
    var values = FieldValues()
    values.reserveCapacity(columns.count)
    // By index: a `for` would copy (retain and release) the names and rules of every column.
    for offset in columns.indices where !statement.isNull(offset + 1) {
      values[columns[offset].id] = try statement.value(offset + 1, as: columns[offset].type)
    }
    let fixed = columns.count + 1
    return CollectionRow(
      id: id, values: values, updatedAt: statement.moment(fixed),
      asOf: statement.position(fixed + 2), extra: statement.blob(fixed + 1))
  }

  /// The same row without its values.
  public func head(_ statement: Statement) throws -> CollectionRow {
    let fixed = columns.count + 1
    return CollectionRow(
      id: try statement.id(0), values: FieldValues(), updatedAt: statement.moment(fixed),
      asOf: statement.position(fixed + 2))
  }

  /// The state that row was received in, and when it was last changed.
  public func asOf(_ statement: Statement) -> Position { statement.position(columns.count + 3) }
  public func updatedAt(_ statement: Statement) -> Moment { statement.moment(columns.count + 1) }
  /// Whether fields lie beside that row that the schema does not know.
  public func hasExtra(_ statement: Statement) -> Bool { !statement.isNull(columns.count + 2) }

  /// The number of the first additional column in a row of `selectSQL`.
  public var additionsIndex: Int { columns.count + 4 }

  public func row(_ id: RecordID, in connection: Connection) throws -> CollectionRow? {
    try connection.first(selectByID, .id(id)) { try row($0) }
  }

  public func exists(_ id: RecordID, in connection: Connection) throws -> Bool {
    try connection.first("SELECT 1 FROM \"\(name)\" WHERE id = ?", .id(id)) { _ in true } ?? false
  }
}
