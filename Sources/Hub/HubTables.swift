// The hub's tables, and the numbered steps that make them.
//
// The collection tables are the replica's own, plus three columns: the root a record belongs to, its
// siblings (`StoredState`), and how many of its fields await a decision. What is *open* is asked of
// that column, which is written with the siblings it counts – never of a second table.

import Storage
import SyncCore

enum HubTables {
  /// "RHub" in ASCII: a hub is never opened as a replica.
  static let applicationID: Int32 = 0x5248_7562

  static let additions: [CollectionTable.Addition] = [
    .init("root", "TEXT NOT NULL"),
    .init("state", "BLOB NOT NULL"),
    .init("disputed", "INTEGER NOT NULL"),
  ]

  static func migrations(_ schema: Schema) -> Migrations {
    Migrations(
      applicationID: applicationID,
      steps: [
        { connection in
          try connection.execute(bookkeeping)
          for collection in schema.collections { try create(collection, in: connection) }
        },
        { connection in try connection.execute(trust) },
        { connection in
          try grow(to: schema, in: connection)
          try connection.execute(ruleBook)
        },
        { connection in try connection.execute(calendar) },
        { connection in
          try connection.execute(process)
          try grow(to: schema, in: connection)
        },
        { connection in try connection.execute(recycling) },
        { connection in try connection.execute(outbox) },
        { connection in try connection.execute(templates) },
        // Edits that were sealed whole are kept packed.
        { try $0.execute("UPDATE log SET sealed = packed(sealed) WHERE sealed IS NOT NULL") },
        { connection in try connection.execute(ArchiveTables.register) },
        { connection in try growForQueues(schema, in: connection) },
        { connection in try connection.execute(datedLineage) },
        { connection in try growForTwins(schema, in: connection) },
        { connection in try connection.execute(judgedContacts) },
        { connection in try connection.execute(absences) },
      ], growth: Migrations.Growth(to: schema.version) { try grow(to: schema, in: $0) })
  }

  /// What rules have done, and when they must be asked again.
  private static let ruleBook = """
    -- Since when each rule is in force: what fell due before is nobody's to do.
    CREATE TABLE rules (
      id TEXT PRIMARY KEY NOT NULL,
      version INTEGER NOT NULL,
      since INTEGER NOT NULL,
      fired_at INTEGER                   -- when it last asked for anything
    ) STRICT, WITHOUT ROWID;

    -- When the rules have to be asked about a customer again, though nothing has changed.
    CREATE TABLE due (
      root TEXT PRIMARY KEY NOT NULL,
      at INTEGER NOT NULL                -- 0: as soon as there is time
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX due_at ON due (at, root);
    INSERT INTO due SELECT id, 0 FROM customer;

    -- What happened once and is seen in no record: a tag was given, a stage was left.
    CREATE TABLE events (
      root TEXT NOT NULL,
      rule TEXT NOT NULL,
      subject TEXT NOT NULL,
      at INTEGER NOT NULL,
      PRIMARY KEY (root, rule, subject, at)
    ) STRICT, WITHOUT ROWID;

    -- What rules did, each effect once; of reminders, those that an event brought.
    CREATE TABLE runs (
      id TEXT PRIMARY KEY NOT NULL,      -- of the effect
      run TEXT NOT NULL,                 -- shared by the actions of one step
      rule TEXT NOT NULL,
      version INTEGER NOT NULL,
      root TEXT NOT NULL,
      subject TEXT NOT NULL,
      anchor INTEGER NOT NULL,
      action TEXT NOT NULL,
      due_at INTEGER NOT NULL,
      state TEXT NOT NULL,               -- done, failed, skipped
      tries INTEGER NOT NULL,
      at INTEGER NOT NULL,
      position INTEGER NOT NULL,
      detail TEXT NOT NULL               -- what was made, or why it failed
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX runs_subject ON runs (root, at);
    CREATE INDEX runs_rule ON runs (rule, at);
    CREATE INDEX runs_failed ON runs (at) WHERE state = 'failed';
    CREATE INDEX task_ruled ON task (root) WHERE rule IS NOT NULL;
    """

  /// What an admin says of the company's time, and what was made of it.
  private static let calendar = """
    -- One row once somebody has set it.
    CREATE TABLE calendar (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      zone TEXT NOT NULL,
      hours TEXT NOT NULL,               -- as they are typed
      almanac TEXT NOT NULL              -- JSON: made of all this; sent to laptops
    ) STRICT;

    CREATE TABLE team_hours (
      team TEXT PRIMARY KEY NOT NULL,
      hours TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- What deviates from the ordinary week, by the file it came with.
    CREATE TABLE holidays (
      year INTEGER NOT NULL,
      date TEXT NOT NULL,
      name TEXT NOT NULL,
      is_working INTEGER NOT NULL,       -- 1: a make-up day
      PRIMARY KEY (year, date)
    ) STRICT, WITHOUT ROWID;
    """

  /// How deals are won.
  private static let process = """
    -- One row once somebody has applied one.
    CREATE TABLE process (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      text TEXT NOT NULL                 -- JSON, with the moves of stages that are gone; sent to laptops
    ) STRICT;
    """

  /// Customers that go back into their pool by themselves.
  private static let recycling = """
    -- Since when a pool's terms hold.
    CREATE TABLE recycle_terms (
      pool TEXT PRIMARY KEY NOT NULL,
      terms TEXT NOT NULL,               -- JSON, as in its settings
      since INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Customers whose time is up while laptops may hold evidence against it.
    CREATE TABLE recycling (
      root TEXT PRIMARY KEY NOT NULL,
      deadline INTEGER NOT NULL,
      since INTEGER NOT NULL             -- when the hub first saw the deadline behind it
    ) STRICT, WITHOUT ROWID;

    -- Every recycle there was: what was known then, and what became of it.
    CREATE TABLE recycled (
      root TEXT NOT NULL,
      position INTEGER NOT NULL,
      former_owner TEXT NOT NULL,
      pool TEXT NOT NULL,
      rule TEXT NOT NULL,                -- silence, withoutDeal, held
      days INTEGER NOT NULL,
      anchor INTEGER NOT NULL,           -- what the days were counted from
      deadline INTEGER NOT NULL,
      at INTEGER NOT NULL,
      grace_days INTEGER NOT NULL,
      is_confirmed INTEGER NOT NULL,     -- 0: a laptop could still have held evidence
      state TEXT NOT NULL,               -- stands, returned, disputed, settledReturned, settledKept
      evidence TEXT,                     -- a follow-up
      occurred_at INTEGER,
      entered_at INTEGER,
      arrived_at INTEGER,
      settled_by TEXT,
      settled_at INTEGER,
      PRIMARY KEY (root, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX recycled_evidence ON recycled (evidence) WHERE evidence IS NOT NULL;
    """

  /// Keys, chains and proofs.
  private static let trust = """
    ALTER TABLE hub ADD COLUMN key BLOB;                 -- seed of the hub's key pair
    ALTER TABLE hub ADD COLUMN durable INTEGER NOT NULL DEFAULT 0;  -- its last backup holds all up to here

    ALTER TABLE replicas ADD COLUMN key BLOB;            -- public; NULL: it signs nothing
    ALTER TABLE replicas ADD COLUMN signed_counter INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE replicas ADD COLUMN signed_hash BLOB;    -- chain hash there
    ALTER TABLE replicas ADD COLUMN signature BLOB;
    ALTER TABLE replicas ADD COLUMN doubt INTEGER NOT NULL DEFAULT 0;  -- it was once shown another history

    ALTER TABLE log ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0;  -- counter part of a plain edit's stamp
    ALTER TABLE log ADD COLUMN record BLOB;              -- what a plain edit changes; NULL: not plain
    ALTER TABLE log ADD COLUMN sealed BLOB;              -- an edit that is not plain, whole

    -- The hash of the history up to a position, as it was told to laptops.
    CREATE TABLE checkpoints (
      position INTEGER PRIMARY KEY,
      hash BLOB NOT NULL,
      audit INTEGER NOT NULL             -- the last entry of the audit log that is part of it
    ) STRICT;

    -- Who did what, besides writing about customers. Only ever added to.
    CREATE TABLE audit (
      number INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      position INTEGER NOT NULL,         -- head of the history at that time
      user TEXT NOT NULL,
      action TEXT NOT NULL,
      subject TEXT NOT NULL,
      details TEXT NOT NULL,             -- JSON
      hash BLOB NOT NULL                 -- over the hash before it and this entry
    ) STRICT;
    """

  private static let bookkeeping = """
    -- One row: what the hub is, and how far it has come.
    CREATE TABLE hub (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      workspace TEXT NOT NULL,
      epoch INTEGER NOT NULL,            -- random; a restored hub branches a new one
      head INTEGER NOT NULL,             -- position of the last committed edit
      settings INTEGER NOT NULL,         -- version of rules and users
      rules TEXT NOT NULL,               -- JSON
      replicas INTEGER NOT NULL,         -- the last ReplicaID that was issued
      is_clean INTEGER NOT NULL          -- 0 while a daemon serves: after an unclean end, a new epoch
    ) STRICT;

    -- Where each epoch left the one before it.
    CREATE TABLE epochs (
      epoch INTEGER PRIMARY KEY,
      branched_at INTEGER NOT NULL,
      began_at INTEGER NOT NULL
    ) STRICT;

    -- Sets of roots that replicas may hold; the digest is over (record, as-of) of all their records.
    CREATE TABLE scopes (
      scope INTEGER PRIMARY KEY,         -- 0: everything
      kind TEXT NOT NULL,                -- everything, nobody, user, guest, pool, narrowed
      name TEXT NOT NULL,
      digest BLOB NOT NULL,
      UNIQUE (kind, name)
    ) STRICT;

    -- One row per scope and root: where the root last changed, and since when the scope has it; or
    -- where it left.
    CREATE TABLE feed (
      root TEXT NOT NULL,
      scope INTEGER NOT NULL,
      position INTEGER NOT NULL,
      first_at INTEGER NOT NULL,         -- when the scope had it for the first time
      granted_at INTEGER NOT NULL,       -- since when it has it
      is_home INTEGER NOT NULL,          -- 1: the root is this scope's own; one row of each root
      is_gone INTEGER NOT NULL,
      collections INTEGER NOT NULL,      -- bit n: the root has records in collection n
      digest BLOB NOT NULL,              -- over (record, as-of) of the root's living records
      PRIMARY KEY (root, scope)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX feed_position ON feed (scope, position, root);
    CREATE UNIQUE INDEX feed_homes ON feed (position, root) WHERE is_home = 1;

    -- Records that went from one root to another: who holds only the old one lets them go.
    CREATE TABLE moved (
      root TEXT NOT NULL,                -- the old one
      record TEXT NOT NULL,
      position INTEGER NOT NULL,
      current TEXT NOT NULL,             -- where it is now
      PRIMARY KEY (root, record)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX moved_current ON moved (current, position);
    CREATE INDEX moved_record ON moved (record);

    -- Which scopes a person's laptops hold, and since when; or until when they did.
    CREATE TABLE subscriptions (
      user TEXT NOT NULL,
      replica INTEGER NOT NULL,          -- 0: every laptop of his that never was narrowed
      scope INTEGER NOT NULL,
      granted_at INTEGER NOT NULL,
      gone_at INTEGER,
      PRIMARY KEY (user, replica, scope)
    ) STRICT, WITHOUT ROWID;

    -- Laptops that keep, or once kept, less than their people may see.
    CREATE TABLE narrowings (
      replica INTEGER PRIMARY KEY,
      narrowing BLOB NOT NULL,           -- a Narrowing, encoded; empty: it keeps everything again
      judged_at INTEGER NOT NULL         -- at what time "the last days" were counted
    ) STRICT;

    -- Every accepted change, for ever: audit, timeline, restore.
    CREATE TABLE history (
      record TEXT NOT NULL,
      position INTEGER NOT NULL,
      replica INTEGER NOT NULL,
      collection INTEGER NOT NULL,
      time INTEGER NOT NULL,             -- effective hybrid timestamp
      change BLOB NOT NULL,              -- the bytes that the author sealed
      refused BLOB,                      -- fields of it that were refused: refusals, encoded
      is_disturbed INTEGER NOT NULL,     -- 1: what the author's laptop shows is not what came of it
      user TEXT,                         -- who, where it was not the replica's own user
      skew INTEGER,                      -- milliseconds the author's clock was off, if it was noted
      PRIMARY KEY (record, position, replica)
    ) STRICT, WITHOUT ROWID;

    -- Every edit that arrived, by the identity of the user's action: exactly once, one verdict.
    CREATE TABLE edits (
      id BLOB PRIMARY KEY NOT NULL,
      replica INTEGER NOT NULL,          -- the dot it first arrived under
      counter INTEGER NOT NULL,
      position INTEGER,                  -- NULL: nothing of it was accepted, its dot is void
      receipt BLOB                       -- refusals, encoded; usually NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX edits_position ON edits (position);

    -- The log of each replica as far as the hub has it. An edit that both copies of a clone sent
    -- stands in both logs: the second dot is an alias.
    CREATE TABLE log (
      replica INTEGER NOT NULL,
      counter INTEGER NOT NULL,
      edit BLOB NOT NULL,                -- identity
      hash BLOB NOT NULL,                -- chain hash
      PRIMARY KEY (replica, counter)
    ) STRICT, WITHOUT ROWID;

    -- Changes of another identity that a replica knows as its own: it was cloned from it, or both
    -- hold the same edits.
    CREATE TABLE lineage (
      replica INTEGER NOT NULL,
      ancestor INTEGER NOT NULL,
      counter INTEGER NOT NULL,
      PRIMARY KEY (replica, ancestor)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE forks (
      parent INTEGER NOT NULL,
      counter INTEGER NOT NULL,
      hash BLOB NOT NULL,
      child INTEGER NOT NULL,
      PRIMARY KEY (parent, counter, hash)
    ) STRICT, WITHOUT ROWID;

    -- Each concurrent case: which conflict record tells it, and when it was closed.
    CREATE TABLE ledger (
      record TEXT NOT NULL,
      field INTEGER NOT NULL,
      since INTEGER NOT NULL,            -- position at which the field first had two values
      conflict TEXT NOT NULL,
      closed_at INTEGER,                 -- position of what left a single value
      PRIMARY KEY (record, field, since)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX ledger_conflict ON ledger (conflict);

    -- What is left of a deleted record: enough that it never comes back by itself, and can be
    -- brought back by a person.
    CREATE TABLE graveyard (
      record TEXT PRIMARY KEY NOT NULL,
      collection INTEGER NOT NULL,
      root TEXT NOT NULL,
      position INTEGER NOT NULL,
      deleted_at INTEGER NOT NULL,
      state BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX graveyard_root ON graveyard (root, position);

    -- Edits that could not be read or applied: kept, and out of the way of the rest.
    CREATE TABLE quarantine (
      replica INTEGER NOT NULL,
      counter INTEGER NOT NULL,
      edit BLOB NOT NULL,
      reason TEXT NOT NULL,
      arrived_at INTEGER NOT NULL,
      PRIMARY KEY (replica, counter)
    ) STRICT;

    -- Roots that were shared with somebody beyond those who see them by their place.
    CREATE TABLE guests (
      root TEXT NOT NULL,
      user TEXT NOT NULL,
      may_write INTEGER NOT NULL,
      expires_at INTEGER,
      PRIMARY KEY (root, user)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX guests_expiry ON guests (expires_at) WHERE expires_at IS NOT NULL;

    -- What somebody wrote and may no longer write: kept for whoever decides.
    CREATE TABLE parked (
      id TEXT PRIMARY KEY NOT NULL,
      user TEXT NOT NULL,
      replica INTEGER NOT NULL,
      counter INTEGER NOT NULL,
      record TEXT NOT NULL,
      root TEXT NOT NULL,
      change BLOB NOT NULL,              -- the bytes that the author sealed
      reason INTEGER NOT NULL,
      written_at INTEGER NOT NULL,
      arrived_at INTEGER NOT NULL,
      status TEXT NOT NULL,              -- waiting, accepted, discarded
      decided_by TEXT,
      decided_at INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX parked_waiting ON parked (root) WHERE status = 'waiting';

    -- Every policy there ever was, as its author wrote it; the last one is in force, and 0, which is
    -- not here, is the one that every workspace begins with.
    CREATE TABLE policies (
      version INTEGER PRIMARY KEY,
      text TEXT NOT NULL,                -- JSON
      user TEXT NOT NULL,
      applied_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE pools (
      name TEXT PRIMARY KEY NOT NULL,
      settings TEXT NOT NULL             -- JSON
    ) STRICT, WITHOUT ROWID;

    -- Customers that the hub granted out of a pool: one row each, also where they went back.
    CREATE TABLE claims (
      user TEXT NOT NULL,
      pool TEXT NOT NULL,
      root TEXT NOT NULL,
      granted_at INTEGER NOT NULL,
      position INTEGER NOT NULL,
      is_void INTEGER NOT NULL,          -- 1: returned at once, as a mistake; it uses no quota
      PRIMARY KEY (root, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX claims_quota ON claims (user, pool, granted_at);

    -- How each customer last came into a pool.
    CREATE TABLE releases (
      root TEXT PRIMARY KEY NOT NULL,
      pool TEXT NOT NULL,
      former_owner TEXT,                 -- its last owner, if it ever had one
      released_at INTEGER,               -- when he lost it
      entered_at INTEGER NOT NULL        -- when it came into this pool
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE teams (
      name TEXT PRIMARY KEY NOT NULL,
      parent TEXT REFERENCES teams (name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE users (
      name TEXT PRIMARY KEY NOT NULL,
      role TEXT NOT NULL,
      team TEXT REFERENCES teams (name),
      token BLOB,                        -- hash of the token for the admin interface
      created_at INTEGER NOT NULL,
      is_disabled INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Who handed over what was his, and who inherited it: what arrives of him later is the heir's.
    CREATE TABLE handovers (
      user TEXT PRIMARY KEY NOT NULL,
      heir TEXT,
      pool TEXT,                         -- one of the two
      by_user TEXT NOT NULL,
      at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE invites (
      code BLOB PRIMARY KEY NOT NULL,    -- hash
      user TEXT NOT NULL REFERENCES users (name),
      expires_at INTEGER NOT NULL,
      request BLOB,                      -- the join request that used it
      replica INTEGER,
      secret TEXT                        -- the device's token, locked by the code, until its first sync: a lost answer is repeated
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE replicas (
      replica INTEGER PRIMARY KEY,
      user TEXT NOT NULL REFERENCES users (name),
      device TEXT NOT NULL,
      token BLOB NOT NULL,               -- hash
      counter INTEGER NOT NULL,          -- last edit the hub has of it
      hash BLOB NOT NULL,                -- chain hash there
      sent INTEGER NOT NULL,             -- position of the last complete cut it was sent
      confirmed INTEGER NOT NULL,        -- position of the last complete cut it is known to have
      purged INTEGER NOT NULL,           -- what left it up to here is off its disk
      frontier INTEGER NOT NULL,         -- all it wrote up to this time has arrived
      joined_at INTEGER NOT NULL,
      seen_at INTEGER NOT NULL,
      skew INTEGER NOT NULL,             -- its clock minus ours, milliseconds
      schema INTEGER NOT NULL,
      status TEXT NOT NULL,              -- active, forked, revoked, retired
      parent INTEGER
    ) STRICT;
    CREATE INDEX replicas_token ON replicas (token);
    """
}
