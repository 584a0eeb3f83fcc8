// The steps that bring tasks their place in a queue, and follow-ups the day on which they take or took place, where that is
// another than they say.
//
// Columns of a later schema are added to the collections that there are; what is stored in them stays as
// it is.

import Storage
import SyncCore

extension HubTables {
  static let judgedContacts = """
    -- When a follow-up took place whose time a wrong clock told.
    CREATE TABLE contacts_judged (
      record TEXT PRIMARY KEY NOT NULL,
      root TEXT NOT NULL,
      at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX contacts_judged_root ON contacts_judged (root);
    """

  static func growForQueues(_ schema: Schema, in connection: Connection) throws {
    try grow(to: schema, in: connection)
    // Asked with every change of a customer: which tasks tell of it elsewhere.
    try connection.execute(
      """
      CREATE INDEX IF NOT EXISTS task_about ON task (about) WHERE about IS NOT NULL;

      -- When the next follow-up that was dated ahead of its making takes place.
      CREATE TABLE IF NOT EXISTS contacts_ahead (
        root TEXT PRIMARY KEY NOT NULL,
        at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      """)
  }
}
