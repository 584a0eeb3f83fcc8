// The step that brings the hub what it needs to know one record by two names.
//
// A twin is never forgotten: a laptop may be away for years, and still has the name that it gave. Beside the
// twins stand the codes that two customers share.

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
    try connection.execute(
      """
      -- Codes that more than one living customer has, or had: one case each.
      CREATE TABLE duplicates (
        conflict TEXT PRIMARY KEY NOT NULL,
        field INTEGER NOT NULL,
        value TEXT NOT NULL,
        since INTEGER NOT NULL,            -- position at which the second one came
        closed_at INTEGER,
        apart TEXT NOT NULL,               -- customers of which somebody said that they are not one
        UNIQUE (field, value)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE duplicate_records (
        record TEXT NOT NULL,
        conflict TEXT NOT NULL,
        PRIMARY KEY (record, conflict)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX customer_code ON customer (creditCode) WHERE creditCode IS NOT NULL;
      """)
  }
}
