// `/v1/admin/schema`: what can be kept – every collection and field, what a field holds and how it merges.
//
// Made from the schema that the hub was built with, which is the same for everybody; so whoever may ask the
// interface anything may ask for this.

import FollowUp
import Notation
import SyncCore

extension AdminRoutes {
  func schemaDocument() throws -> JSONValue {
    try require(.read)
    return [
      "version": .integer(Int64(store.schema.version)),
      "collections": .array(store.schema.collections.map(json)),
    ]
  }

  private func json(_ collection: CollectionSchema) -> JSONValue {
    [
      "name": .string(collection.name), "number": .integer(Int64(collection.id.rawValue)),
      "title": .string(collection.displayName(of: collection.titleField)),
      "root": collection.rootField.map { .string(collection.displayName(of: $0)) } ?? .null,
      "immutable": .bool(collection.isImmutable),
      "deletion": .string(collection.rule(of: .lifecycle).name),
      "fields": .array(collection.columns.map { json($0, collection) }),
    ]
  }

  private func json(_ field: FieldSchema, _ collection: CollectionSchema) -> JSONValue {
    var words: [String] = Vocabulary.of(field.name, in: collection)?.words ?? []
    if case .furthest(let ladder) = field.rule { words = ladder.rungs.compactMap(\.first) }
    return [
      "name": .string(field.name), "number": .integer(Int64(field.id.rawValue)),
      "type": .string(type(field.type)), "merge": .string(field.rule.name),
      "group": field.group.map { .string(collection.displayName(of: $0)) } ?? .null,
      "request": .bool(field.isRequest), "words": .array(words.map { .string($0) }),
    ]
  }

  private func type(_ type: ValueType) -> String {
    switch type {
    case .text: "text"
    case .integer: "integer"
    case .boolean: "boolean"
    case .decimal: "decimal"
    case .moment: "time"
    case .set: "set"
    case .group: "group"
    case .reference(let collection):
      store.schema[collection].map { "reference:\($0.name)" } ?? "reference"
    }
  }
}
