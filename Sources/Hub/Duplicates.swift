// Two customers that claim to be one: the same credit code, or the same external key, on both.
//
// A laptop cannot know of a customer that it does not hold, so both are taken and both stay as they are. The hub
// files one case for each such code, told like any conflict, with one value for each customer, in the
// order in which they came. What is *open* is asked of the customers: two living ones have the code. So a
// corrected code or a deletion closes the case by itself; a third customer, or one that comes back,
// opens the same case again. That two are really two is for a person to say, and counts for these two.
//
// The case is told to nobody but those who see everything: to anybody else it would tell of a
// customer that is not his to see (I8).

import Digest
import FollowUp
import Notation
import Storage
import SyncCore

struct Duplicates {
  /// The rule that a case of this kind names.
  static let rule = "duplicate"
  /// Fields of a customer that no two share.
  static let fields = ["creditCode", "externalKey"].compactMap { CollectionSchema.customer[$0] }

  let store: HubStore
  let now: Moment

  /// A case as it stands in the hub's tables.
  struct Row {
    var conflict: RecordID
    var field: FieldID
    var value: String
    var since: Position
    var closedAt: Position?
    /// Customers of which somebody has said that they are not one.
    var apart: Set<RecordID>

    fileprivate static let columns = "conflict, field, value, since, closed_at, apart"

    fileprivate init(_ row: Statement) throws {
      conflict = try row.id(0)
      (field, value) = (FieldID(UInt32(clamping: row.integer(1))), row.text(2))
      since = row.position(3)
      closedAt = row.isNull(4) ? nil : row.position(4)
      apart = Set(row.text(5).split(separator: " ").compactMap { ULID(String($0)) })
    }
  }

  // MARK: Noticing

  /// Looks whether what was touched shares a code with another customer now, or does no more.
  func settle(_ touched: Touched) throws {
    guard touched.collection == CollectionSchema.customer.id || touched.isRevival else { return }
    let root = touched.root
    let former = try cases(of: root)
    let isAbout =
      touched.isRevival || touched.fields.contains(.lifecycle)
      || Duplicates.fields.contains { touched.fields.contains($0.id) }
    guard isAbout || !former.isEmpty, let customer = try store.load(root, in: .customer) else {
      return
    }
    var looked: Set<FieldID> = []
    for field in Duplicates.fields where customer.isAlive {
      guard let code = customer.shown[field.id].textOrNil, !code.isEmpty else { continue }
      try look(at: field, code, by: touched.author)
      if former.contains(where: { $0.field == field.id && $0.value == code }) {
        looked.insert(field.id)
      }
    }
    for row in former where !looked.contains(row.field) {
      guard let field = CollectionSchema.customer[row.field] else { continue }
      try look(at: field, row.value, by: touched.author)
    }
  }

  private func look(at field: FieldSchema, _ code: String, by user: String) throws {
    let members = try members(field, code)
    let row = try row(field, code)
    guard members.count > 1 else {
      if let row, row.closedAt == nil { try close(row, by: user) }
      return
    }
    if let row, row.closedAt != nil, row.apart.isSuperset(of: members.map(\.id)) { return }
    try tell(members, field, code, row)
  }

  /// The living customers with a code, in the order in which they came.
  private func members(_ field: FieldSchema, _ code: String) throws -> [HubRecord] {
    let ids = try store.db.all(
      "SELECT id FROM customer WHERE \"\(field.name)\" = ? ORDER BY id", .text(code)
    ) { try $0.id(0) }
    guard ids.count > 1 else { return [] }
    return try ids.map { id in
      let first = try store.db.first(
        "SELECT min(position) FROM history WHERE record = ?", .id(id)
      ) { $0.isNull(0) ? Position.start : $0.position(0) }
      return (id: id, first: first ?? .start)
    }
    .sorted { ($0.first, $0.id) < ($1.first, $1.id) }
    .compactMap { try store.load($0.id, in: .customer) }
  }

  // MARK: The case

  private func tell(
    _ members: [HubRecord], _ field: FieldSchema, _ code: String, _ row: Row?
  ) throws {
    let id =
      row?.conflict
      ?? Digest.identity(at: now, [Duplicates.rule, field.name, code])
    if row == nil {
      try store.db.run(
        "INSERT INTO duplicates VALUES (?, ?, ?, ?, NULL, '')", .id(id),
        .integer(Int64(field.id.rawValue)), .text(code), .position(store.head))
    } else {
      try store.db.run("UPDATE duplicates SET closed_at = NULL WHERE conflict = ?", .id(id))
    }
    for member in members {
      try store.db.run(
        "INSERT OR IGNORE INTO duplicate_records VALUES (?, ?)", .id(member.id), .id(id))
    }
    try OwnWrites(store: store, now: now)
      .write(id, in: .conflict, description(members, field, code, since: row?.since))
  }

  private func description(
    _ members: [HubRecord], _ field: FieldSchema, _ code: String, since: Position?
  ) throws -> [String: Value] {
    var authors: Set<String> = []
    let values = try members.map { member in
      let (json, author) = try told(member, field)
      authors.insert(author)
      return json
    }
    return [
      "record": .text(members[0].id.description),
      "collection": .text(CollectionSchema.customer.name), "field": .text(field.name),
      "base": .text("null"), "values": .text(JSONValue.array(values).text()),
      "rule": .text(Duplicates.rule), "ruleVersion": .integer(Int64(store.schema.version)),
      "shown": .text(JSONValue.string(code).text()), "status": .text(ConflictStatus.open.rawValue),
      "since": .integer(Int64((since ?? store.head).rawValue)), "resolvedBy": .null,
      "resolvedAt": .null, "note": .null, "authors": .set(authors.inByteOrder),
    ]
  }

  /// One customer of a case: who gave it the code, and which it is.
  private func told(
    _ member: HubRecord, _ field: FieldSchema
  ) throws -> (json: JSONValue, author: String) {
    let code = member.shown[field.id]
    let stamp = member.state[field.id].siblings.last { $0.value == code }?.stamp
    let writer = try stamp.map { try store.writer(of: $0, record: member.id) }
    let at = stamp?.time.moment ?? member.id.moment
    let title = member.shown[member.schema.titleField].textOrNil
    let json: JSONValue = [
      "value": .string(code.textOrNil ?? ""), "author": .string(writer?.user ?? "?"),
      "device": .string(writer?.device ?? "?"),
      "at": .string(ISO8601.string(milliseconds: at.milliseconds, in: .utc)),
      "dot": .string(stamp?.dot.description ?? ""),
      "skew": writer?.skew.map { .integer($0) } ?? .null,
      "record": .string(member.id.description), "name": .string(title ?? ""),
    ]
    return (json, writer?.user ?? "?")
  }

  private func close(_ row: Row, by user: String) throws {
    try close(row)
    try OwnWrites(store: store, now: now).write(
      row.conflict, in: .conflict,
      [
        "status": .text(ConflictStatus.resolved.rawValue), "resolvedBy": .text(user),
        "resolvedAt": .moment(now),
      ])
  }

  /// - Parameter apart: customers that somebody has said are not one.
  func close(_ row: Row, apart: [RecordID] = []) throws {
    try store.db.run(
      "UPDATE duplicates SET closed_at = ?, apart = ? WHERE conflict = ?", .position(store.head),
      .text(apart.map(\.description).joined(separator: " ")), .id(row.conflict))
  }
}

// MARK: - Reading

extension Duplicates {
  private func row(_ field: FieldSchema, _ code: String) throws -> Row? {
    try store.db.first(
      "SELECT \(Row.columns) FROM duplicates WHERE field = ? AND value = ?",
      .integer(Int64(field.id.rawValue)), .text(code), body: Row.init)
  }

  /// Every case that a customer is or was part of.
  private func cases(of record: RecordID) throws -> [Row] {
    let conflicts = try store.db.all(
      "SELECT conflict FROM duplicate_records WHERE record = ? ORDER BY conflict", .id(record)
    ) { try $0.id(0) }
    return try conflicts.compactMap { try row($0) }
  }

  func row(_ conflict: RecordID) throws -> Row? {
    try store.db.first(
      "SELECT \(Row.columns) FROM duplicates WHERE conflict = ?", .id(conflict), body: Row.init)
  }

  /// The conflict records of all cases that somebody has to decide.
  func open() throws -> Set<RecordID> {
    Set(
      try store.db.all("SELECT conflict FROM duplicates WHERE closed_at IS NULL") { try $0.id(0) })
  }

  /// The living customers that a case is about now.
  func members(of row: Row) throws -> [HubRecord] {
    guard let field = CollectionSchema.customer[row.field] else { return [] }
    return try members(field, row.value)
  }
}
