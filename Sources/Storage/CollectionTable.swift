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

public struct CollectionTable: Sendable {
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
  private let upsertSQL: String
  private let insertSQL: String
  public let selectSQL: String

  public init(_ schema: CollectionSchema, additions: [Addition] = []) {
    self.schema = schema
    self.additions = additions
    name = schema.name
    columns = schema.columns
    let fixed = ["updatedAt", "extra", "as_of"] + additions.map(\.name)
    let names = (["id"] + columns.map(\.name) + fixed).map { "\"\($0)\"" }
    let marks = names.map { _ in "?" }.joined(separator: ", ")
    let into = "INTO \"\(schema.name)\" (\(names.joined(separator: ", "))) VALUES (\(marks))"
    upsertSQL = "INSERT OR REPLACE \(into)"
    insertSQL = "INSERT \(into)"
    selectSQL = "SELECT \(names.joined(separator: ", ")) FROM \"\(schema.name)\""
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
    try write(upsertSQL, row, more, connection)
  }

  /// Writes a row that must not be there yet.
  public func insert(
    _ row: CollectionRow, adding more: [Binding] = [], in connection: Connection
  ) throws {
    try write(insertSQL, row, more, connection)
  }

  private func write(
    _ sql: String, _ row: CollectionRow, _ more: [Binding], _ connection: Connection
  ) throws {
    precondition(more.count == additions.count, "\(name) has \(additions.count) additional columns")
    let statement = try connection.statement(sql)
    statement.bind(row.id, at: 0)
    var index = 1
    var entries = row.values.entries.makeIterator()
    var entry = entries.next()
    for column in columns {
      // Both are sorted by field; what the schema does not know is in `extra` and is passed over.
      while let current = entry, current.field < column.id { entry = entries.next() }
      if let current = entry, current.field == column.id {
        statement.bind(current.value, at: index)
        entry = entries.next()
      } else {
        statement.bindNull(at: index)
      }
      index += 1
    }
    statement.bind(row.updatedAt.milliseconds, at: index)
    if row.extra.isEmpty {
      statement.bindNull(at: index + 1)
    } else {
      statement.bind(row.extra, at: index + 1)
    }
    statement.bind(Int64(clamping: row.asOf.rawValue), at: index + 2)
    for (offset, binding) in more.enumerated() { statement.bind(binding, at: index + 3 + offset) }
    try statement.run()
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
    for (offset, column) in columns.enumerated() where !statement.isNull(offset + 1) {
      values[column.id] = try statement.value(offset + 1, as: column.type)
    }
    let fixed = columns.count + 1
    return CollectionRow(
      id: id, values: values, updatedAt: statement.moment(fixed),
      asOf: statement.position(fixed + 2), extra: statement.blob(fixed + 1))
  }

  /// The number of the first additional column in a row of `selectSQL`.
  public var additionsIndex: Int { columns.count + 4 }

  public func row(_ id: RecordID, in connection: Connection) throws -> CollectionRow? {
    try connection.first(selectSQL + " WHERE id = ?", .id(id)) { try row($0) }
  }

  public func exists(_ id: RecordID, in connection: Connection) throws -> Bool {
    try connection.first("SELECT 1 FROM \"\(name)\" WHERE id = ?", .id(id)) { _ in true } ?? false
  }
}
