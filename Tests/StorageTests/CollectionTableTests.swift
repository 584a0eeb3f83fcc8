// Collection tables: every kind of value in a column and back, unknown fields passed over, and
// migrations that are done or not begun.

import SyncCore
import Testing

@testable import Storage

struct CollectionTableTests {
  static let schema = CollectionSchema(
    9, "thing", title: 2,
    fields: [
      FieldSchema(2, "name", .text, .latest), FieldSchema(3, "count", .integer, .latest),
      FieldSchema(4, "isGood", .boolean, .latest), FieldSchema(5, "price", .decimal, .latest),
      FieldSchema(6, "at", .moment, .latest),
      FieldSchema(7, "owner", .reference(CollectionID(9)), .latest),
      FieldSchema(8, "tags", .set, .union),
      FieldSchema(9, "place", .group([FieldID(10), FieldID(11)]), .latest),
      FieldSchema(10, "street", .text, .latest, group: 9),
      FieldSchema(11, "city", .text, .latest, group: 9),
    ])

  private func database() throws -> (Connection, CollectionTable) {
    let db = try Connection(path: ":memory:")
    let table = CollectionTable(Self.schema)
    try table.create(in: db)
    return (db, table)
  }

  @Test func `every kind of value comes back from its column`() throws {
    let (db, table) = try database()
    let id = ULID(high: 1, low: 2)
    let values = FieldValues([
      (FieldID(2), .text("名")), (FieldID(3), .integer(-7)), (FieldID(4), .boolean(true)),
      (FieldID(5), .decimal(try #require(DecimalNumber("12.50")))),
      (FieldID(6), .moment(Moment(milliseconds: 1_764_000_000_123))),
      (FieldID(7), .reference(ULID(high: 3, low: 4))),
      (FieldID(8), .set(["a\"b\\c", "line\nbreak", "高价值"])), (FieldID(11), .text("苏州")),
    ])
    let row = CollectionRow(
      id: id, values: values, updatedAt: Moment(milliseconds: 9), asOf: Position(4), extra: [1, 2])
    try table.insert(row, in: db)
    let found = try #require(try table.row(id, in: db))
    #expect(found.values == values)
    #expect(found.updatedAt == row.updatedAt && found.asOf == row.asOf && found.extra == [1, 2])
    #expect(
      try db.first("SELECT json_extract(tags, '$[1]') FROM thing") { $0.text(0) } == "line\nbreak")
  }

  @Test func `fields without a column are passed over and the others keep their places`() throws {
    let (db, table) = try database()
    let id = ULID(high: 1, low: 1)
    let values = FieldValues([
      (FieldID(2), .text("n")), (FieldID(99), .text("new")), (FieldID(11), .text("c")),
    ])
    try table.upsert(
      CollectionRow(id: id, values: values, updatedAt: Moment(milliseconds: 0), asOf: .start),
      in: db)
    let found = try #require(try table.row(id, in: db))
    #expect(found.values == FieldValues([(FieldID(2), .text("n")), (FieldID(11), .text("c"))]))
  }

  @Test func `an identity stands in one row however often it is written`() throws {
    let (db, table) = try database()
    let id = ULID(high: 5, low: 5)
    for name in ["a", "b"] {
      try table.upsert(
        CollectionRow(
          id: id, values: FieldValues([(FieldID(2), .text(name))]),
          updatedAt: Moment(milliseconds: 0), asOf: .start), in: db)
    }
    #expect(
      try db.first("SELECT count(*), max(name) FROM thing") { "\($0.int(0)) \($0.text(1))" }
        == "1 b")
  }

  /// What the record with a number is created with.
  private func creation(_ number: Int, name: String? = nil) -> Change {
    let place = Value.group(FieldValues([(FieldID(11), .text("城市 \(number)"))]))
    return Change(
      record: ULID(high: 1, low: UInt64(number)), collection: CollectionID(9), seen: VectorClock(),
      writes: [
        .put(FieldID(2), .text(name ?? "thing \(number)")),
        .put(FieldID(3), .integer(Int64(number))),
        FieldWrite(FieldID(8), .alter(adding: ["b", "a"], removing: ["c"])),
        .put(FieldID(9), place), .put(FieldID(99), .text("of a newer schema")),
      ])
  }

  @Test(arguments: [0, 1, 15, 16, 17, 40])
  func `new records, any number of them, show what they were created with`(count: Int) throws {
    let (db, table) = try database()
    let creations = (0..<count).map { number in
      // Some text is longer than any buffer that was there before it.
      creation(number, name: number % 7 == 3 ? String(repeating: "長", count: 20_000) : nil)
    }
    try db.transaction { try table.insert(creations, updatedAt: Moment(milliseconds: 7), in: db) }
    let rows = try db.all(table.selectSQL + " ORDER BY id") { try table.row($0) }
    #expect(rows.map(\.id) == creations.map(\.record))
    for (row, creation) in zip(rows, creations) {
      var view = RecordView(values: nil)
      view.apply(creation, in: Self.schema)
      let columns = Set(Self.schema.columns.map(\.id))
      let shown = view.values?.entries.filter { columns.contains($0.field) }
      #expect(row.values.entries == shown)
      #expect(row.updatedAt == Moment(milliseconds: 7) && row.asOf == .start && row.extra.isEmpty)
    }
  }

  @Test func `of new records one of which is there already, none is written`() throws {
    let (db, table) = try database()
    #expect(throws: StorageError.self) {
      try db.transaction {
        try table.insert(
          ((0..<20) + [13]).map { creation($0) }, updatedAt: Moment(milliseconds: 0), in: db)
      }
    }
    #expect(try db.first("SELECT count(*) FROM thing") { $0.int(0) } == 0)
  }

  @Test func `a migration that fails half-way has not begun`() throws {
    let db = try Connection(path: ":memory:")
    let first: @Sendable (Connection) throws -> Void = {
      try $0.execute("CREATE TABLE a (n INTEGER) STRICT")
    }
    let broken = Migrations(
      applicationID: 7,
      steps: [
        first,
        {
          try $0.execute("CREATE TABLE b (n INTEGER) STRICT")
          throw Refused()
        },
      ])
    #expect(throws: Refused.self) { try broken.apply(to: db) }
    #expect(try tables(db) == ["a"])
    let mended = Migrations(
      applicationID: 7, steps: [first, { try $0.execute("CREATE TABLE b (n INTEGER) STRICT") }])
    try mended.apply(to: db)
    try mended.apply(to: db)
    #expect(try tables(db) == ["a", "b"])
  }

  @Test func `a file grows once with the version of its schema, after all steps`() throws {
    let db = try Connection(path: ":memory:")
    func open(schema version: UInt32, steps count: Int) throws {
      let steps = (0..<count).map { number in
        { @Sendable (db: Connection) in try db.execute("CREATE TABLE step\(number) (n INTEGER)") }
      }
      try Migrations(
        applicationID: 7, steps: steps,
        growth: Migrations.Growth(to: version) {
          try $0.execute("CREATE TABLE v\(version)_after_\(count) (n INTEGER)")
        }
      ).apply(to: db)
    }
    try open(schema: 3, steps: 1)
    try open(schema: 3, steps: 2)
    try open(schema: 5, steps: 2)
    try open(schema: 5, steps: 2)
    #expect(try tables(db) == ["step0", "step1", "v3_after_1", "v5_after_2"])
    #expect(throws: StorageError.newerSchema(found: 5, known: 4)) {
      try open(schema: 4, steps: 2)
    }
  }

  @Test func `a file of a newer program or of another one is refused untouched`() throws {
    let db = try Connection(path: ":memory:")
    let step: @Sendable (Connection) throws -> Void = { _ in }
    try Migrations(applicationID: 7, steps: [step, step]).apply(to: db)
    #expect(throws: StorageError.newerSchema(found: 2, known: 1)) {
      try Migrations(applicationID: 7, steps: [step]).apply(to: db)
    }
    #expect(throws: StorageError.corrupt(reason: "the file belongs to another program")) {
      try Migrations(applicationID: 8, steps: [step, step]).apply(to: db)
    }
  }

  private func tables(_ db: Connection) throws -> [String] {
    try db.all("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") { $0.text(0) }
  }
}
