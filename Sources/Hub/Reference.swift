// What people call a record – a REF – and the one record it means.
//
// A ULID, a unique prefix of at least four characters, or `collection:exact name`, where the name is
// the collection's title field or its external key. Living records come first; a deleted one is
// found where no living one answers, so that it can be looked at and brought back.

import Storage
import SyncCore

struct Reference {
  /// The fewest characters of an id that are tried.
  static let prefixCharactersMin = 4
  /// Candidates told of an ambiguous reference.
  static let candidatesMax = 10

  let store: HubStore
  /// Whose reference it is; nil: of somebody who sees everything.
  var sight: Sight?

  /// - Throws: `notFound`, also for what is no reference, `ambiguous`, or `badRequest` for a collection
  ///   that does not exist.
  func record(_ text: String) throws -> HubRecord {
    if let id = ULID(text) {
      guard let record = try visible(id) else {
        throw HubError.notFound(what: "record", name: text)
      }
      return record
    }
    let found: [RecordID]
    if let colon = text.firstIndex(of: ":") {
      found = try named(
        String(text[text.index(after: colon)...]), in: String(text[..<colon]))
    } else {
      found = try beginning(with: text)
    }
    guard let first = found.first else { throw HubError.notFound(what: "record", name: text) }
    guard found.count == 1 else {
      throw HubError.ambiguous(
        reference: text, candidates: found.prefix(Reference.candidatesMax).map(\.description))
    }
    return try record(first.description)
  }

  /// The record, if there is one and it may be seen.
  private func visible(_ id: RecordID) throws -> HubRecord? {
    guard let schema = try store.collection(of: id), let record = try store.load(id, in: schema)
    else { return nil }
    return try sight?.shows(record) ?? true ? record : nil
  }

  /// As many as are told of, and one more.
  private func visible(_ ids: [RecordID]) throws -> [RecordID] {
    guard sight != nil else { return ids }
    var found: [RecordID] = []
    for id in ids where found.count <= Reference.candidatesMax {
      if try visible(id) != nil { found.append(id) }
    }
    return found
  }

  /// How many rows are read: those that may not be seen must not crowd out the others.
  private var rowsMax: Int { sight == nil ? Reference.candidatesMax + 1 : Int.max }

  private func beginning(with prefix: String) throws -> [RecordID] {
    guard prefix.count >= Reference.prefixCharactersMin, let range = ULID.range(prefix: prefix)
    else {
      throw Refused(
        404, "notFound",
        """
        \(prefix) names no record. Write an id, at least \(Reference.prefixCharactersMin) \
        characters of one, or collection:exact name.
        """)
    }
    let alive = try store.schema.collections.flatMap { collection in
      try ids(
        "SELECT id FROM \"\(collection.name)\" WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",
        range)
    }
    if !alive.isEmpty { return alive }
    return try ids(
      "SELECT record FROM graveyard WHERE record BETWEEN ? AND ? ORDER BY record LIMIT ?", range)
  }

  private func ids(_ sql: String, _ range: ClosedRange<ULID>) throws -> [RecordID] {
    try visible(
      store.db.all(sql, .id(range.lowerBound), .id(range.upperBound), .count(rowsMax)) {
        try $0.id(0)
      })
  }

  private func named(_ name: String, in collection: String) throws -> [RecordID] {
    guard let schema = store.schema[collection] else {
      let names = store.schema.collections.map(\.name).joined(separator: ", ")
      throw HubError.badRequest("There is no collection \(collection) ; there are \(names).")
    }
    let fields = [schema[schema.titleField], schema["externalKey"]].compactMap { $0 }
    let condition = fields.map { "\"\($0.name)\" = ?1" }.joined(separator: " OR ")
    let alive = try store.db.all(
      "SELECT id FROM \"\(schema.name)\" WHERE \(condition) ORDER BY id LIMIT ?2", .text(name),
      .count(rowsMax)
    ) { try $0.id(0) }
    let seen = try visible(alive)
    return seen.isEmpty ? try visible(deleted(name, in: schema, fields)) : seen
  }

  private func deleted(
    _ name: String, in schema: CollectionSchema, _ fields: [FieldSchema]
  ) throws -> [RecordID] {
    let ids = try store.db.all(
      "SELECT record FROM graveyard WHERE collection = ? ORDER BY record",
      .integer(Int64(schema.id.rawValue))
    ) { try $0.id(0) }
    return try ids.filter { id in
      guard let shown = try store.load(id, in: schema)?.shown else { return false }
      return fields.contains { shown[$0.id] == .text(name) }
    }
  }
}
