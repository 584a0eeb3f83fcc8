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

extension CollectionRow {
  /// Bytes that the row's identity, texts and references take as text, at most.
  fileprivate var textBytesMax: Int {
    values.entries.reduce(ULID.textLength) { sum, entry in
      switch entry.value {
      case .text(let text): sum + text.utf8.count
      case .reference: sum + ULID.textLength
      default: sum
      }
    }
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
  private let upsert: (name: String, sql: String)
  private let insert: (name: String, sql: String)
  public let selectSQL: String
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
    let names = (["id"] + columns.map(\.name) + fixed).map { "\"\($0)\"" }
    let marks = names.map { _ in "?" }.joined(separator: ", ")
    let into = "INTO \"\(schema.name)\" (\(names.joined(separator: ", "))) VALUES (\(marks))"
    upsert = ("upsert \(schema.name)", "INSERT OR REPLACE \(into)")
    insert = ("insert \(schema.name)", "INSERT \(into)")
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
    try write(upsert, row, more, connection)
  }

  /// Writes a row that must not be there yet.
  public func insert(
    _ row: CollectionRow, adding more: [Binding] = [], in connection: Connection
  ) throws {
    try write(insert, row, more, connection)
  }

  private func write(
    _ kind: (name: String, sql: String), _ row: CollectionRow, _ more: [Binding],
    _ connection: Connection
  ) throws {
    precondition(more.count == additions.count, "\(name) has \(additions.count) additional columns")
    let statement = try connection.statement(kind.sql, name: kind.name)
    statement.clear()
    connection.arena.begin(byteCountMax: row.textBytesMax)
    connection.arena.bind(row.id, to: statement, at: 0)
    for entry in row.values.entries {
      // What the schema does not know is in `extra` and is passed over.
      guard entry.field.rawValue < placeByNumber.count else { continue }
      let place = Int(placeByNumber[Int(entry.field.rawValue)])
      if place < 0 { continue }
      switch entry.value {
      case .text(let text): connection.arena.bind(text, to: statement, at: place + 1)
      case .reference(let id): connection.arena.bind(id, to: statement, at: place + 1)
      default: try statement.bind(entry.value, at: place + 1)
      }
    }
    let fixed = columns.count + 1
    statement.bind(row.updatedAt.milliseconds, at: fixed)
    if !row.extra.isEmpty { statement.bind(row.extra, at: fixed + 1) }
    statement.bind(Int64(clamping: row.asOf.rawValue), at: fixed + 2)
    for (offset, binding) in more.enumerated() { statement.bind(binding, at: fixed + 3 + offset) }
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
