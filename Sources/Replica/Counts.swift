// How much there is: numbers for `rounds status` and for the sections of `rounds show --360`.
//
// Counting never reads a record.

import Storage
import SyncCore

extension ReplicaStore {
  /// Records of a collection that are shown.
  public func recordCount(of collection: CollectionSchema) throws -> Int {
    try db.first("SELECT count(*) FROM \"\(table(collection).name)\"") { $0.int(0) } ?? 0
  }

  /// All records of a collection, by id.
  public func rows(of collection: CollectionSchema) throws -> [CollectionRow] {
    let table = table(collection)
    return try db.all(table.selectSQL + " ORDER BY id") { try table.row($0) }
  }

  /// Records of a collection that belong to a customer, by id.
  public func rows(
    of collection: CollectionSchema, belongingTo customer: RecordID
  ) throws -> [CollectionRow] {
    guard let root = collection.rootField.flatMap({ collection[$0] }) else { return [] }
    let table = table(collection)
    return try db.all(
      table.selectSQL + " WHERE \"\(root.name)\" = ? ORDER BY id", .id(customer)
    ) { try table.row($0) }
  }
}
