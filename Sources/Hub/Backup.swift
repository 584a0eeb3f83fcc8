// Copies of a hub: made while it serves, and brought back as a hub of a new epoch.
//
// `VACUUM INTO` copies one snapshot, without free pages, beside a daemon that goes on. The copy is
// made under a name of its own, checked and synced, and only then given the name that was asked for:
// a file of that name is always a whole backup. A restored hub begins a new epoch at its head, so
// that laptops clamp what they know and send again what the backup has not got; without that they
// would believe positions that now mean something else. The archives that a hub names go along, as files
// beside the backup: they never change, so many backups in one folder share one copy of each.

import Digest
import Glibc
import Storage
import SyncCore

public enum Backup {
  /// Writes a copy of the hub in `folder` to `file`, which must not exist, and its archives beside that.
  ///
  /// - Returns: what became of each archive.
  @discardableResult
  public static func write(from folder: String, to file: String) throws -> [CarriedArchive] {
    let database = HubFolder.databasePath(in: folder)
    try HubFolder.requireHub(in: folder)
    guard access(file, F_OK) != 0 else { throw HubError.exists(what: "file", name: file) }
    let draft = "\(file).partial"
    unlink(draft)
    try HubFolder.makePrivateFile(draft)
    defer { unlink(draft) }
    // The connection may read only; its own switch would forbid writing the copy, too.
    let connection = try Connection(path: database, access: .readOnly)
    try connection.execute("PRAGMA query_only = OFF")
    try connection.run("VACUUM INTO ?", .text(draft))
    try check(draft)
    // First: a backup that has its name has all that it needs.
    let archives = try CarriedArchive.carry(
      namedIn: draft, from: folder, to: HubFolder.parent(of: file))
    try HubFolder.syncFile(draft)
    // Unlike renaming, linking never replaces what somebody else put there meanwhile.
    guard link(draft, file) == 0 else {
      throw errno == EEXIST
        ? HubError.exists(what: "file", name: file) as any Error
        : StorageError.cannotOpen(path: file, reason: String(cString: strerror(errno)))
    }
    try HubFolder.syncFolder(HubFolder.parent(of: file))
    try noteDurable(file, in: database)
    return archives
  }

  /// Tells the hub up to where its last backup goes: laptops may then forget what they keep for it.
  private static func noteDurable(_ file: String, in database: String) throws {
    let copy = try Connection(path: file, access: .readOnly)
    let saved = try copy.first("SELECT epoch, head FROM hub") { ($0.epoch(0), $0.position(1)) }
    let hub = try Connection(path: database)
    // A hub that no newer daemon has opened yet has no such mark.
    let hasMark = try hub.first(
      "SELECT 1 FROM pragma_table_info('hub') WHERE name = 'durable'", body: { _ in true })
    guard let (epoch, head) = saved, hasMark != nil else { return }
    try hub.run(
      "UPDATE hub SET durable = max(durable, ?) WHERE epoch = ?", .position(head), .epoch(epoch))
  }

  /// Makes a hub in an empty folder of a backup, in a new epoch, with the archives that lie beside it.
  ///
  /// - Returns: what became of each archive.
  @discardableResult
  public static func restore(
    from file: String, to folder: String, now: Moment, random: any RandomNumberGenerator
  ) throws -> [CarriedArchive] {
    guard access(file, R_OK) == 0 else { throw HubError.notFound(what: "file", name: file) }
    guard access("\(file)-wal", F_OK) != 0 else {
      throw HubError.badRequest(
        "\(file) is a database in use and no backup. Make one with: roundsd backup")
    }
    guard isDatabase(file) else { throw HubError.notABackup(path: file) }
    try HubFolder.makePrivateFolder(folder)
    let locked = try HubFolder(locking: folder)
    defer { withExtendedLifetime(locked) {} }
    let database = HubFolder.databasePath(in: locked.path)
    guard access(database, F_OK) != 0 else { throw HubError.alreadyInitialised(path: folder) }
    // With its new epoch or not at all: under the old one laptops would believe what it has not got.
    return try HubFolder.drafting(database) { draft in
      try DatabaseFile.copy(file, to: draft)
      do {
        try check(draft)
      } catch StorageError.corrupt(let reason) {
        throw HubError.backupDamaged(path: file, reason: reason)
      } catch HubError.notInitialised {
        throw HubError.notABackup(path: file)
      }
      let archives = try CarriedArchive.carry(
        namedIn: draft, from: HubFolder.parent(of: file), to: locked.path)
      let store = try HubStore(Connection(path: draft), schema: .followUp, random: random)
      try store.branchEpoch(now: now)
      try store.setClean(true)
      return archives
    }
  }

  /// Up to where a backup goes.
  public static func position(of file: String) throws -> Position {
    let connection = try Connection(path: file, access: .readOnly)
    guard let head = try connection.first("SELECT head FROM hub", body: { $0.position(0) }) else {
      throw HubError.notABackup(path: file)
    }
    return head
  }

  /// Everything that `HubCheck` looks at, in the backup itself, with the archives that lie beside it.
  public static func examine(_ file: String) throws -> [HubCheck.Finding] {
    let connection = try Connection(path: file, access: .readOnly)
    return try HubCheck.run(
      on: HubStore(connection, schema: .followUp, random: SystemRandom()))
  }

  /// What was written is read back.
  private static func check(_ file: String) throws {
    let connection = try Connection(path: file, access: .readOnly)
    let verdict = try connection.first("PRAGMA quick_check(1)") { $0.text(0) }
    guard verdict == "ok" else {
      throw StorageError.corrupt(reason: "\(file): \(verdict ?? "unreadable")")
    }
    // Asked for by name first: of a file without that table only SQLite's words would be told.
    let tables = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'hub'"
    guard try connection.first(tables, body: { _ in true }) != nil,
      try connection.first("SELECT 1 FROM hub", body: { _ in true }) != nil
    else { throw HubError.notInitialised(path: file) }
  }

  /// How every file of SQLite begins.
  private static let magic = Array("SQLite format 3\0".utf8)

  private static func isDatabase(_ file: String) -> Bool {
    guard let opened = fopen(file, "r") else { return false }
    defer { fclose(opened) }
    var bytes = [UInt8](repeating: 0, count: magic.count)
    return fread(&bytes, 1, bytes.count, opened) == bytes.count && bytes == magic
  }
}
