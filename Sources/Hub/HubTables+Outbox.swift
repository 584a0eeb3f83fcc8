// The tables of messages on their way out.
//
// They count attempts and name destinations that keep silent. What a message is, and whether it was sent, is
// in its record: these tables may be lost, and then every message that waits is tried anew.

extension HubTables {
  static let outbox = """
    -- How often each was tried; the message itself says whether it was sent.
    CREATE TABLE deliveries (
      message TEXT PRIMARY KEY NOT NULL,
      tries INTEGER NOT NULL,
      next_at INTEGER NOT NULL,          -- not before then
      tried_at INTEGER,
      fault TEXT                         -- why the last try came to nothing
    ) STRICT, WITHOUT ROWID;

    -- Destinations that did not answer the last time.
    CREATE TABLE delivery_places (
      name TEXT PRIMARY KEY NOT NULL,    -- a host, or a channel
      failures INTEGER NOT NULL,         -- in a row
      rests_until INTEGER,
      fault TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX message_queued ON message (id) WHERE status = 'queued';
    """

  static let templates = """
    -- What rules say to customers, by name.
    CREATE TABLE templates (
      name TEXT PRIMARY KEY NOT NULL,
      collection TEXT NOT NULL,          -- whose records it is filled from
      title TEXT NOT NULL,
      text TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """
}
