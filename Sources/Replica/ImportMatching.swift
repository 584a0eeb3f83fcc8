// Which record a row is about: keys of records, read once before the first row.
//
// A record is found by one text field, or by what people would recognise it by: its title, within
// the customer it belongs to, and for what happens at a time, at that time. Two contacts of one name
// at two customers are two people. Keys are compared exactly, except that canonically equivalent
// texts are equal, as everywhere in Swift.

import Storage
import SyncCore

/// What a key means here.
enum KeyMatch: Hashable {
  case none
  case one(RecordID)
  case several(count: Int)
}

/// The records of a collection by one or more of their fields.
struct KeyIndex {
  /// The leading field is the one that people are told of, and must not be empty.
  let fields: [FieldSchema]
  private var records: [String: KeyMatch] = [:]

  /// What separates the parts of a key: no text that people write contains it.
  private static let separator = "\u{1F}"

  init(_ fields: [FieldSchema], of collection: CollectionSchema, in store: ReplicaStore) throws {
    precondition(!fields.isEmpty, "a key of \(collection.name) without fields")
    self.fields = fields
    let columns = fields.map { "\"\($0.name)\"" }.joined(separator: ", ")
    try store.db.each("SELECT id, \(columns) FROM \"\(collection.name)\"") { row in
      var values = FieldValues()
      for (offset, field) in fields.enumerated() where !row.isNull(offset + 1) {
        values[field.id] = try row.value(offset + 1, as: field.type)
      }
      if let key = key(of: values) { add(try row.id(0), for: key) }
    }
  }

  private mutating func add(_ record: RecordID, for key: String) {
    switch records[key] ?? .none {
    case .none: records[key] = .one(record)
    case .one: records[key] = .several(count: 2)
    case .several(let count): records[key] = .several(count: count + 1)
    }
  }

  /// The key that these values make; nil where the leading field is empty.
  func key(of values: FieldValues) -> String? {
    guard let leading = KeyIndex.part(values[fields[0].id]) else { return nil }
    guard fields.count > 1 else { return leading }
    let others = fields.dropFirst().map { KeyIndex.part(values[$0.id]) ?? "" }
    return ([leading] + others).joined(separator: KeyIndex.separator)
  }

  subscript(key: String) -> KeyMatch { records[key] ?? .none }

  private static func part(_ value: Value) -> String? {
    switch value {
    case .text(let text):
      let trimmed = ImportCell.trimmed(text)
      return trimmed.isEmpty ? nil : trimmed
    case .reference(let id): return id.description
    case .moment(let moment): return String(moment.milliseconds)
    default: return nil
    }
  }
}

extension CollectionSchema {
  /// The fields by which people would recognise a record, the title first.
  var naturalKey: [FieldSchema] {
    let root = rootField.flatMap { self[$0] }
    let time = self["occurredAt"] ?? self["dueAt"]
    return [self[titleField], root, time].compactMap { $0 }
  }
}

/// Records of one collection by what cells call them: an id, an external key, or a title.
struct ReferenceIndex {
  private let collection: CollectionSchema
  private let indexes: [KeyIndex]

  init(_ collection: CollectionSchema, in store: ReplicaStore) throws {
    self.collection = collection
    let named = [collection[ImportColumns.externalKeyName], collection[collection.titleField]]
    indexes = try named.compactMap { $0 }.map { try KeyIndex([$0], of: collection, in: store) }
  }

  func match(_ text: String, in store: ReplicaStore) throws -> KeyMatch {
    if let id = ULID(text), try store.table(collection).exists(id, in: store.db) {
      return .one(id)
    }
    for index in indexes {
      let match = index[text]
      if match != .none { return match }
    }
    return .none
  }
}
