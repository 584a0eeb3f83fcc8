// The folder a hub lives in: who serves it, and whether it ended well.
//
//     DIR/hub.sqlite   the database (and SQLite's own -wal and -shm beside it), mode 0600
//     DIR/serving      locked by the daemon that serves; its text is the boot it was started in, and
//                      how far it had come
//
// After an unclean end the question is whether an acknowledged commit can be missing; if so the hub
// must begin a new epoch, so that laptops send again what they still have. Every commit is written
// with `synchronous=FULL`, but even before it reaches the disk it is in the kernel's page cache: a
// daemon that was killed, however hard, has lost nothing as long as the machine did not go down. So
// the boot id in `serving` is compared with the running kernel's. The same boot: every commit is
// there, and the epoch goes on. Another boot, or none on record: nobody can prove what the disk kept
// when the power went, and a new epoch costs the laptops one pull. The file is written and synced
// before the first request, so a stale text can only name another boot and err on the safe side.

import Calendars
import FollowUp
import Glibc
import Storage
import SyncCore

public final class HubFolder: Sendable {
  public let path: String
  /// Holds the lock as long as it is open.
  private let lock: Int32

  public static func databasePath(in folder: String) -> String { "\(folder)/hub.sqlite" }
  private static func servingPath(in folder: String) -> String { "\(folder)/serving" }
  private static let bootIDPath = "/proc/sys/kernel/random/boot_id"

  // MARK: Making one

  /// Makes a hub in a folder that is empty or not there, with its first administrator.
  ///
  /// - Returns: the administrator's token.
  public static func initialise(
    _ path: String, workspace: String, admin: String, zone: String? = nil, now: Moment,
    random: any RandomNumberGenerator
  ) throws -> String {
    try makePrivateFolder(path)
    let folder = try HubFolder(locking: path)
    // The lock must last to the end, and not to the last use of its owner.
    defer { withExtendedLifetime(folder) {} }
    let database = databasePath(in: folder.path)
    guard access(database, F_OK) != 0 else { throw HubError.alreadyInitialised(path: path) }
    return try drafting(database) { draft in
      let connection = try Connection(path: draft)
      return try connection.transaction {
        try HubStore.initialise(
          connection, schema: .followUp, workspace: workspace, rules: RuleBook.shippedText,
          now: now, random: random)
        let store = try HubStore(connection, schema: .followUp, random: random)
        guard let token = try store.addUser(admin, role: .admin, team: nil, now: now) else {
          preconditionFailure("an administrator was made without a token")
        }
        if let zone { try store.setCalendar(CalendarSettings(zone: zone), at: now) }
        return token
      }
    }
  }

  /// Makes a database under a name of its own, and gives it its place when it is whole: whatever kills
  /// us, half a hub is never taken for one. `body` closes what it opens.
  static func drafting<T>(_ database: String, _ body: (String) throws -> T) throws -> T {
    let draft = "\(database).partial"
    let files = ["", "-wal", "-shm"].map { draft + $0 }
    func clear() { for file in files { unlink(file) } }
    clear()
    defer { clear() }
    try makePrivateFile(draft)
    let result = try body(draft)
    try syncFile(draft)
    // Unlike renaming, linking never replaces what somebody else put there meanwhile.
    guard link(draft, database) == 0 else {
      throw StorageError.cannotOpen(path: database, reason: String(cString: strerror(errno)))
    }
    try syncFolder(parent(of: database))
    return result
  }

  static func parent(of file: String) -> String {
    guard let slash = file.lastIndex(of: "/") else { return "." }
    return slash == file.startIndex ? "/" : String(file[..<slash])
  }

  // MARK: Serving one

  /// Takes the folder for this process alone.
  public convenience init(serving path: String) throws {
    try HubFolder.requireHub(in: path)
    try self.init(locking: path)
  }

  static func requireHub(in path: String) throws {
    guard access(HubFolder.databasePath(in: path), F_OK) == 0 else {
      throw HubError.notInitialised(path: path)
    }
  }

  init(locking path: String) throws {
    let file = HubFolder.servingPath(in: path)
    let descriptor = Glibc.open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw StorageError.cannotOpen(path: file, reason: String(cString: strerror(errno)))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw HubError.alreadyServed(path: path)
    }
    self.path = path
    lock = descriptor
  }

  deinit { close(lock) }

  /// What became of the epoch at the start.
  public enum Beginning: Hashable, Sendable {
    /// The last daemon ended in order.
    case clean
    /// It was killed, and everything it committed is there.
    case unclean
    /// The machine went down under it: a new epoch.
    case branched
    /// The database is older than what was served from this folder: somebody has put an old file in
    /// its place. A new epoch.
    case rolledBack
  }

  /// Opens the store to serve it. The same process may close it and open it again.
  public func openStore(
    now: Moment, random: any RandomNumberGenerator
  ) throws -> (store: HubStore, beginning: Beginning) {
    let database = HubFolder.databasePath(in: path)
    try DatabaseFile.checkSize(of: database)
    let connection = try Connection(path: database)
    // Nothing is served from pages that a disk has spoiled, nor written over them.
    try HubCheck.checkPages(of: connection)
    let store = try HubStore(connection, schema: .followUp, random: random)
    let beginning = try beginning(of: store, Note(HubFolder.contents(of: lock)))
    if beginning == .branched || beginning == .rolledBack { try store.branchEpoch(now: now) }
    try note(store)
    try store.setClean(false)
    return (store, beginning)
  }

  private func beginning(of store: HubStore, _ last: Note) throws -> Beginning {
    if last.epoch == store.epoch, last.head > store.head { return .rolledBack }
    if try store.endedClean() { return .clean }
    return try last.boot == HubFolder.boot() && !last.boot.isEmpty ? .unclean : .branched
  }

  /// What the file `serving` says: a line with the boot, and one with the epoch and the head that the
  /// database had at least.
  private struct Note {
    var boot: String
    var epoch: UInt32?
    var head: Position

    init(_ bytes: [UInt8]) {
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      boot = lines.first.map(String.init) ?? ""
      let numbers = lines.dropFirst().first?.split(separator: " ").compactMap { UInt64($0) } ?? []
      epoch = numbers.count == 2 ? UInt32(clamping: numbers[0]) : nil
      head = numbers.count == 2 ? Position(numbers[1]) : .start
    }
  }

  private static func boot() throws -> String {
    let bytes = try contents(of: bootIDPath)
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init)
      ?? ""
  }

  /// Writes down how far the hub has come, so that an older database in its place is noticed.
  public func note(_ store: HubStore) throws {
    let text = "\(try HubFolder.boot())\n\(store.epoch) \(store.head.rawValue)\n"
    let bytes = Array(text.utf8)
    let isWritten =
      ftruncate(lock, 0) == 0 && pwrite(lock, bytes, bytes.count, 0) == bytes.count
      && fsync(lock) == 0
    guard isWritten else { throw StorageError.disk(reason: String(cString: strerror(errno))) }
    try HubFolder.syncFolder(path)
  }

  // MARK: Files

  static func makePrivateFolder(_ path: String) throws {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    throw StorageError.cannotOpen(path: path, reason: String(cString: strerror(errno)))
  }

  /// Made before SQLite opens it, so that it is never readable for others, nor are the two files
  /// beside it, which take over its mode. Throws where there is a file already.
  static func makePrivateFile(_ path: String) throws {
    let file = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw StorageError.cannotOpen(path: path, reason: String(cString: strerror(errno)))
    }
    close(file)
  }

  /// Makes a file of its own and gives it a name that may be taken: by a file that is not what it was.
  static func replacing(_ target: String, _ body: (String) throws -> Void) throws {
    let draft = "\(target).partial"
    unlink(draft)
    defer { unlink(draft) }
    try makePrivateFile(draft)
    try body(draft)
    guard rename(draft, target) == 0 else {
      throw StorageError.cannotOpen(path: target, reason: String(cString: strerror(errno)))
    }
    try syncFolder(parent(of: target))
  }

  /// Nil where there is no such file.
  static func byteCount(of path: String) -> Int64? {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : nil
  }

  static func makePrivateFileIfAbsent(_ path: String) throws {
    if access(path, F_OK) != 0 { try makePrivateFile(path) }
  }

  /// Makes what was created or renamed in a folder survive a power cut.
  static func syncFolder(_ path: String) throws {
    try syncFile(path, flags: O_RDONLY | O_DIRECTORY)
  }

  static func syncFile(_ path: String, flags: Int32 = O_RDONLY) throws {
    let file = Glibc.open(path, flags | O_CLOEXEC)
    guard file >= 0 else {
      throw StorageError.cannotOpen(path: path, reason: String(cString: strerror(errno)))
    }
    defer { close(file) }
    guard fsync(file) == 0 else {
      throw StorageError.disk(reason: String(cString: strerror(errno)))
    }
  }

  /// Empty where the file cannot be read: then nothing is proven by it.
  private static func contents(of path: String) throws -> [UInt8] {
    let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    return contents(of: file)
  }

  private static func contents(of file: Int32) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = pread(file, &bytes, bytes.count, 0)
    return Array(bytes.prefix(max(0, count)))
  }
}
