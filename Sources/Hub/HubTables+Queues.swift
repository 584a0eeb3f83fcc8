// The step that brings tasks their place in a queue, and follow-ups that are dated ahead their day.
//
// Columns of a later schema are added to the collections that there are; what is stored in them stays as
// it is.

import Storage
import SyncCore

extension HubTables {
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
