// The step that brings the hub what it needs to know one record by two names.
//
// A twin is never forgotten: a laptop may be away for years, and still has the name that it gave.

import Storage
import SyncCore

extension HubTables {
  static func growForTwins(_ schema: Schema, in connection: Connection) throws {
    try connection.execute(
      """
      -- Records that were made without knowing of another of the same external key, and are that one.
      CREATE TABLE twins (
        record TEXT PRIMARY KEY NOT NULL,  -- as its author called it
        becomes TEXT NOT NULL,
        replica INTEGER NOT NULL,          -- whose it was
        position INTEGER NOT NULL          -- the head when it arrived
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX twins_becomes ON twins (becomes);
      """)
    for collection in schema.collections where collection["externalKey"] != nil {
      try connection.execute(
        """
        CREATE INDEX "\(collection.name)_key" ON "\(collection.name)" (externalKey)
          WHERE externalKey IS NOT NULL
        """)
    }
  }
}
