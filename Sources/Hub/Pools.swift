// Pools of customers that nobody owns (公海): their settings, as the tables keep them.
//
// A customer is in a pool by its field `pool`, and in the pool's scope by its home; who is a member,
// and what may be claimed, `Access` decides.

import Access
import Storage

extension HubStore {
  /// Sorted by name.
  func pools() throws -> [Pool] {
    try db.all("SELECT settings FROM pools ORDER BY name") { row in
      do {
        return try Pool(parsing: Array(row.text(0).utf8), schema: schema)
      } catch {
        throw StorageError.corrupt(reason: "a pool cannot be read: \(error)")
      }
    }
  }
}
