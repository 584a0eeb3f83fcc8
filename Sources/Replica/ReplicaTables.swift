// The laptop's tables, and the numbered steps that make them.
//
// What people see is one table per collection, with real columns: the *view*. Everything else serves
// the view law (I10): view = base with the replica's own pending edits on top. `base` holds the
// hub's state of only those records that have pending edits; elsewhere the view is the base.

import Storage
import SyncCore

enum ReplicaTables {
  /// "RRep" in ASCII: a replica is never opened as a hub.
  static let applicationID: Int32 = 0x5252_6570

  static func migrations(_ schema: Schema) -> Migrations {
    Migrations(
      applicationID: applicationID,
      steps: [
        { connection in
          try connection.execute(bookkeeping)
          for table in bookkeepingTables {
            try CollectionTable.createGuards(on: table, in: connection)
          }
          for collection in schema.collections {
            try CollectionTable(collection).create(in: connection)
          }
          try connection.execute(indexes)
        },
        { connection in
          try connection.execute(trust)
          for table in trustTables {
            try CollectionTable.createGuards(on: table, in: connection)
          }
        },
        { connection in
          try connection.execute(carriage)
          for table in carriageTables {
            try CollectionTable.createGuards(on: table, in: connection)
          }
        },
        { connection in try grow(to: schema, in: connection) },
        { connection in
          // JSON: the hub's business calendar; NULL: nobody has set one.
          try connection.execute("ALTER TABLE replica ADD COLUMN almanac TEXT")
        },
        { connection in
          // JSON: the hub's sales process; NULL: nobody has applied one.
          try connection.execute("ALTER TABLE replica ADD COLUMN process TEXT")
          try grow(to: schema, in: connection)
        },
        // Long edits that are kept for a restored hub are kept packed.
        { try $0.execute("UPDATE retained SET payload = packed(payload)") },
        { connection in
          try grow(to: schema, in: connection)
          try connection.execute(
            "CREATE INDEX IF NOT EXISTS task_about ON task (about) WHERE about IS NOT NULL")
        },
      ], growth: Migrations.Growth(to: schema.version) { try grow(to: schema, in: $0) })
  }

  /// Tables and columns that an earlier schema did not have. What came for new columns before lies beside
  /// its row, and is put into them; of new collections everything is read again, once, and what is pending
  /// stays.
  private static func grow(to schema: Schema, in connection: Connection) throws {
    for collection in schema.collections {
      let table = CollectionTable(collection)
      if try table.grow(in: connection) {
        try takeIn(table, in: connection)
      } else {
        try table.create(in: connection)
      }
      guard let root = collection.rootField.flatMap({ collection[$0] }) else { continue }
      try connection.execute(
        """
        CREATE INDEX IF NOT EXISTS "\(table.name)_\(root.name)" ON "\(table.name)" ("\(root.name)")
        """)
    }
    // What comes round is asked for each time somebody looks at his day.
    try connection.execute(
      """
      CREATE INDEX IF NOT EXISTS customer_cadence ON customer (cadence) WHERE cadence IS NOT NULL;
      CREATE INDEX IF NOT EXISTS contact_birthday ON contact (birthday) WHERE birthday IS NOT NULL;
      """)
    let orphans = "FROM base WHERE record NOT IN (SELECT record FROM pending)"
    guard try connection.first("SELECT 1 \(orphans)", body: { _ in true }) ?? false else { return }
    try connection.execute("DELETE \(orphans)")
    try connection.execute("DELETE FROM staging")
    try connection.execute("UPDATE replica SET cursor = 0, page = NULL")
  }

  private static func takeIn(_ table: CollectionTable, in connection: Connection) throws {
    let beside = try connection.all(table.selectSQL + " WHERE extra IS NOT NULL") {
      try table.row($0)
    }
    for row in beside {
      let image = try row.image(of: table.schema.id)
      try table.upsert(CollectionRow(image, table.schema), in: connection)
    }
  }

  /// Keys, checkpoints and incidents; and boxes in place of edits that were cut up.
  private static let trust = """
    ALTER TABLE replica ADD COLUMN key BLOB;             -- seed of this device's key pair; NULL: it signs nothing
    ALTER TABLE replica ADD COLUMN hub_key BLOB;         -- public
    ALTER TABLE replica ADD COLUMN signed INTEGER NOT NULL DEFAULT 0;   -- the last own edit it has signed
    ALTER TABLE replica ADD COLUMN durable INTEGER NOT NULL DEFAULT 0;  -- the hub's backup holds all up to here

    -- Edits up to here were chained as version 1 did it, over their bytes: their hashes prove nothing any more.
    ALTER TABLE replica ADD COLUMN chained_after INTEGER NOT NULL DEFAULT 0;
    UPDATE replica
      SET chained_after = max(counter, coalesce((SELECT max(counter) FROM change_log), 0));

    -- Set: `payload` is a box for the hub, and this is the digest of the edit in it.
    ALTER TABLE change_log ADD COLUMN digest BLOB;
    ALTER TABLE retained ADD COLUMN digest BLOB;
    ALTER TABLE retained ADD COLUMN position INTEGER;    -- where the hub committed it, if it did
    ALTER TABLE retained DROP COLUMN is_trimmed;

    -- What the hub's history was at cuts it has shown: the last of each day.
    CREATE TABLE checkpoints (
      position INTEGER PRIMARY KEY,
      hash BLOB NOT NULL,
      at INTEGER NOT NULL                -- hub time
    ) STRICT;

    -- What happened to this laptop and its hub that its person may wonder about.
    CREATE TABLE incidents (
      number INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,               -- by this machine's clock
      kind TEXT NOT NULL,
      position INTEGER NOT NULL,
      detail INTEGER NOT NULL,
      is_told INTEGER NOT NULL           -- 1: the hub has been told, where it is to be
    ) STRICT;
    """

  /// What a bundle asked, for an answer that may come weeks later.
  private static let carriage = """
    CREATE TABLE bundles (
      id BLOB PRIMARY KEY NOT NULL,
      at INTEGER NOT NULL,               -- by this machine's clock
      content BLOB NOT NULL,             -- its requests, without what the edits say
      edits INTEGER NOT NULL,
      counter INTEGER NOT NULL,          -- where the log ended in it …
      hash BLOB NOT NULL,                -- … and the chain hash there
      answered_at INTEGER                -- when its answer was taken in
    ) STRICT, WITHOUT ROWID;
    """

  static let bookkeepingTables = [
    "replica", "change_log", "pending", "base", "departed", "staging", "drafts", "retained",
    "people", "notified", "revoked",
  ]

  static let trustTables = ["checkpoints", "incidents"]

  static let carriageTables = ["bundles"]

  private static let bookkeeping = """
    -- One row: who this laptop is, and how far it has come.
    CREATE TABLE replica (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      id INTEGER NOT NULL,               -- ReplicaID; the hub may issue another (a copy was found)
      user TEXT NOT NULL,
      device TEXT NOT NULL,
      workspace TEXT NOT NULL,
      url TEXT NOT NULL,
      token TEXT NOT NULL,
      epoch INTEGER NOT NULL,            -- of cursor and as-ofs
      cursor INTEGER NOT NULL,           -- position of the last complete cut
      digest BLOB NOT NULL,              -- over (record, as-of) of the base
      counter INTEGER NOT NULL,          -- the last own edit whose verdict has arrived …
      hash BLOB NOT NULL,                -- … and the chain hash there
      page BLOB,                         -- token of an unfinished pull
      heard INTEGER NOT NULL,            -- greatest hybrid timestamp heard of
      clock_offset INTEGER NOT NULL,     -- hub's clock minus ours, milliseconds
      synced_at INTEGER,                 -- hub time of the last complete cut
      settings INTEGER NOT NULL,
      rules TEXT NOT NULL,               -- JSON
      has_mismatch INTEGER NOT NULL,     -- 1: the digest differed; the next pull reads everything again
      purged INTEGER,                    -- set while a purge is owed: up to where all was purged before
      departed_count INTEGER NOT NULL,   -- records that have left this laptop since it joined
      narrowing BLOB,                    -- what it keeps of all it may hold (Narrowing); NULL: all
      access TEXT NOT NULL               -- JSON: what the hub says of this person's rights
    ) STRICT;

    -- Own edits that the base does not contain yet, in order. A sealed one has counter and hash.
    CREATE TABLE change_log (
      sequence INTEGER PRIMARY KEY,
      edit BLOB NOT NULL,                -- identity
      stamp INTEGER NOT NULL,            -- hybrid timestamp
      payload BLOB NOT NULL,             -- the very bytes that are pushed
      epoch INTEGER NOT NULL,            -- in which it was written: what it has seen are positions of it
      counter INTEGER,
      hash BLOB,
      receipt BLOB                       -- the hub's verdict; the edit stays until a cut contains it
    ) STRICT;
    CREATE UNIQUE INDEX change_log_counter ON change_log (counter) WHERE counter IS NOT NULL;

    -- Which records those edits touch.
    CREATE TABLE pending (
      record BLOB NOT NULL,
      sequence INTEGER NOT NULL,
      PRIMARY KEY (record, sequence)
    ) STRICT, WITHOUT ROWID;

    -- The hub's state of records that have pending edits, and of collections we do not know yet.
    CREATE TABLE base (
      record BLOB PRIMARY KEY NOT NULL,
      as_of INTEGER NOT NULL,
      image BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Records that left this laptop while own edits of them, or of what is theirs, were pending.
    CREATE TABLE departed (
      record BLOB PRIMARY KEY NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Pages of a cut that is not complete yet: invisible.
    CREATE TABLE staging (
      number INTEGER PRIMARY KEY,
      page BLOB NOT NULL
    ) STRICT;

    -- Values of mine that the hub refused.
    CREATE TABLE drafts (
      id TEXT PRIMARY KEY NOT NULL,
      edit BLOB NOT NULL,
      record TEXT NOT NULL,
      collection INTEGER NOT NULL,
      field INTEGER NOT NULL,            -- 0: the whole change
      change BLOB NOT NULL,              -- the refused part
      reason INTEGER NOT NULL,
      text TEXT NOT NULL,
      is_parked INTEGER NOT NULL,
      at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Sealed edits that the base contains, for a hub that is restored from an older backup.
    CREATE TABLE retained (
      replica INTEGER NOT NULL,
      counter INTEGER NOT NULL,
      edit BLOB NOT NULL,
      stamp INTEGER NOT NULL,
      payload BLOB NOT NULL,
      epoch INTEGER NOT NULL,
      hash BLOB NOT NULL,
      is_trimmed INTEGER NOT NULL,       -- 1: what it said of records that left is cut out
      PRIMARY KEY (replica, counter)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE people (
      name TEXT PRIMARY KEY NOT NULL,
      role TEXT NOT NULL,
      team TEXT NOT NULL,
      is_disabled INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- One row once this laptop was revoked and has handed over what it had.
    CREATE TABLE revoked (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      at INTEGER NOT NULL,               -- by the hub's clock
      handed_over INTEGER NOT NULL       -- edits that wait for an administrator
    ) STRICT;

    -- Reminders whose banner this laptop has shown.
    CREATE TABLE notified (
      reminder TEXT PRIMARY KEY NOT NULL,
      at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  private static let indexes = """
    CREATE INDEX customer_next ON customer (nextFollowAt) WHERE nextFollowAt IS NOT NULL;
    CREATE INDEX customer_key ON customer (externalKey) WHERE externalKey IS NOT NULL;
    CREATE INDEX contact_customer ON contact (customer);
    CREATE INDEX followUp_customer ON followUp (customer, occurredAt);
    CREATE INDEX opportunity_customer ON opportunity (customer);
    CREATE INDEX task_customer ON task (customer);
    CREATE INDEX task_due ON task (dueAt);
    CREATE INDEX reminder_customer ON reminder (customer);
    CREATE INDEX reminder_due ON reminder (dueAt);
    CREATE INDEX conflict_customer ON conflict (customer);
    CREATE INDEX conflict_record ON conflict (record);
    """
}
