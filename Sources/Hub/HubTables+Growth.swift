// The tables of collections, as they are made, and as they grow with the schema.
//
// A column or a collection of a later schema is added when a program that knows it opens the file; what
// is stored stays as it is.

import Storage
import SyncCore

extension HubTables {
  /// Adds the columns and collections that an earlier schema did not have.
  static func grow(to schema: Schema, in connection: Connection) throws {
    for collection in schema.collections
    where try !CollectionTable(collection, additions: additions).grow(in: connection) {
      try create(collection, in: connection)
    }
  }

  static func create(_ collection: CollectionSchema, in connection: Connection) throws {
    let table = CollectionTable(collection, additions: additions)
    try table.create(in: connection)
    try connection.execute(
      "CREATE INDEX \"\(table.name)_disputed\" ON \"\(table.name)\" (id) WHERE disputed > 0")
    guard collection.rootField != nil else { return }
    try connection.execute(
      "CREATE INDEX \"\(table.name)_root\" ON \"\(table.name)\" (root, as_of)")
  }
}
