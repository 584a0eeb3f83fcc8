// The tables of an archive, and the one in which a hub keeps count of its archives.
//
// An archive is an SQLite file of its own, so that it is written whole or not at all, is read where it
// is needed and nowhere else, and can be opened in twenty years with what every machine has. It says of
// itself what it holds and how that is packed. Once it has its place it is never written again.

import Storage

enum ArchiveTables {
  /// "RArc" in ASCII: an archive is never taken for a hub.
  static let applicationID: Int32 = 0x5241_7263
  /// Of the tables below.
  static let version = 1

  /// In the hub's own database.
  static let register = """
    -- Files beside this one with the history up to a position. Each goes on where the one before it
    -- ends, and holds every accepted change of its positions, also those that stand here still.
    CREATE TABLE archives (
      last INTEGER PRIMARY KEY,          -- up to this position
      after INTEGER NOT NULL,            -- after this one
      name TEXT NOT NULL,
      entries INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      made_at INTEGER NOT NULL
    ) STRICT;
    """

  /// In the archive. Most of it is for whoever has nothing but this file.
  static let contents = """
    CREATE TABLE archive (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      version INTEGER NOT NULL,
      workspace TEXT NOT NULL,
      after INTEGER NOT NULL,            -- it holds every accepted change after this position
      last INTEGER NOT NULL,             -- up to this one
      after_hash BLOB NOT NULL,          -- chain hash of the history at "after"
      after_audit INTEGER NOT NULL,      -- the last entry of the audit log that is part of that
      last_hash BLOB NOT NULL,           -- chain hash at "last"
      entries INTEGER NOT NULL,
      made_at INTEGER NOT NULL,          -- milliseconds since 1970
      format TEXT NOT NULL               -- how the blocks are to be read
    ) STRICT;

    -- The hashes that the chain passes through, as they were told to laptops.
    CREATE TABLE checkpoints (
      position INTEGER PRIMARY KEY,
      hash BLOB NOT NULL,
      audit INTEGER NOT NULL,
      audit_hash BLOB NOT NULL           -- of that entry of the audit log
    ) STRICT;

    -- Accepted changes, sorted by record.
    CREATE TABLE blocks (
      number INTEGER PRIMARY KEY,
      first TEXT NOT NULL,               -- the first record of it, and the last
      last TEXT NOT NULL,
      entries INTEGER NOT NULL,
      bytes INTEGER NOT NULL,            -- unpacked
      digest BLOB NOT NULL,              -- BLAKE2b-128 of that
      packed BLOB NOT NULL
    ) STRICT;
    CREATE INDEX blocks_records ON blocks (first, last);
    """

  /// What the file says of itself.
  static let format = """
    blocks.packed is a Zstandard frame (RFC 8878), or, where that is not shorter, what would be in it: a
    protobuf message ArchiveBlock.
    message ArchiveBlock { repeated ArchivedChange changes = 1; }   // by record, position, replica
    message ArchivedChange { bytes record = 1; uint64 position = 2; uint32 replica = 3;
      uint32 collection = 4; fixed64 time = 5; bytes change = 6; bytes refused = 7;
      bool disturbed = 8; string user = 9; optional sint64 skew = 10; }
    record is a ULID of 16 bytes, replica 0 is the hub, time is milliseconds << 16 | counter, change is a
    message Change of rounds.proto as its author sealed it. In the order of position, record, replica the
    changes are the links of the history's chain from after_hash to last_hash; Trust.md says how.
    """
}
