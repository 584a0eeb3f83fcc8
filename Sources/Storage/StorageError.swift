// What can go wrong with a database file, as facts.
//
// The codes of SQLite that mean one thing to a person are one case here. No sentences: the programs
// make those, with a hint what to do next, in one file each.

public enum StorageError: Error, Hashable, Sendable {
  /// The file or its folder cannot be opened.
  case cannotOpen(path: String, reason: String)
  /// Another process holds the lock longer than the busy time-out.
  case busy
  /// No room on the disk; nothing was written.
  case diskFull
  /// The file is no SQLite database, or a page of it is damaged.
  case corrupt(reason: String)
  /// The file may only be read.
  case readOnly
  /// The file was written by a newer program (`found`) than this one (`known`).
  case newerSchema(found: Int, known: Int)
  /// The key does not open the file; or its first page is damaged, which looks the same.
  case wrongKey(path: String)
  /// The SQLite of this machine cannot encrypt; SQLCipher can.
  case cannotEncrypt
  /// SQLite or SQLCipher is of this version, and the tables need a newer one.
  case libraryTooOld(found: String, needed: String)
  /// The disk failed to read or write.
  case disk(reason: String)
  /// A constraint of the schema refused the row.
  case constraint(reason: String)
  /// SQL that somebody typed, or that a program got wrong.
  case sql(code: Int32, reason: String, sql: String)
}
