// How much there is: numbers for `rounds status` and for the sections of `rounds show --360`.
//
// Counting never reads a record.

import Storage
import SyncCore

extension ReplicaStore {
  /// Records of a collection that are shown.
  public func recordCount(of collection: CollectionSchema) throws -> Int {
    // Of a page that is not copied, counting touches the first bytes alone.
    try db.scanning {
      try db.first("SELECT count(*) FROM \"\(table(collection).name)\"") { $0.int(0) } ?? 0
    }
  }

  /// What the replica takes on the disk, without its log.
  public func sizeBytes() throws -> Int64 {
    try db.first("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size") {
      $0.integer(0)
    } ?? 0
  }

  /// Records of a collection, by id: all of them, or the first ones.
  public func rows(
    of collection: CollectionSchema, limit: Int? = nil
  ) throws -> [CollectionRow] {
    let table = table(collection)
    return try db.all(
      table.selectSQL + " ORDER BY id LIMIT ?", .integer(limit.map { Int64($0) } ?? -1)
    ) { try table.row($0) }
  }

  /// Records of a collection that belong to a customer, by id.
  public func rows(
    of collection: CollectionSchema, belongingTo customer: RecordID
  ) throws -> [CollectionRow] {
    guard let root = collection.rootField.flatMap({ collection[$0] }) else { return [] }
    let table = table(collection)
    // A task that went to another department belongs to nobody's customer any more, and is about one.
    let also = collection["about"].map { " OR \"\($0.name)\" = ?1" } ?? ""
    return try db.all(
      table.selectSQL + " WHERE \"\(root.name)\" = ?1\(also) ORDER BY id", .id(customer)
    ) { try table.row($0) }
  }
}
