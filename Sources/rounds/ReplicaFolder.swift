// The folder of a replica: where it is, what is in it, and who may read it.
//
//     ROUNDS_HOME, else XDG_DATA_HOME/rounds, else ~/.local/share/rounds   0700
//       replica.sqlite (with -wal and -shm)                                0600
//       replica.key      where the database is encrypted: what its key is made of, and never the key
//       sync.lock        held by the one `rounds sync` that runs
//       join.request     the identity of a join whose answer has not arrived yet
//       carried/         bundles of colleagues, and the hub's answers to them (`Carried`)
//       revoked          all that is left of a laptop that was revoked: when, and how much it handed over
//
// Files are made under umask 077, so that no moment exists in which others could read them.

import CommandKit
import Digest
import Glibc
import Replica
import SyncCore

struct ReplicaFolder {
  let path: String

  init(_ path: String) { self.path = path }

  init(environment: [String: String]) throws {
    func set(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    if let home = set("ROUNDS_HOME") {
      self.init(home)
    } else if let data = set("XDG_DATA_HOME"), data.hasPrefix("/") {
      self.init(data + "/rounds")
    } else if let home = set("HOME") {
      self.init(home + "/.local/share/rounds")
    } else {
      throw RepError.homeUnknown
    }
  }

  var databasePath: String { path + "/replica.sqlite" }
  /// There where the database is encrypted, and only there.
  var keyNotePath: String { path + "/replica.key" }
  private var lockPath: String { path + "/sync.lock" }
  private var revocationPath: String { path + "/revoked" }
  private var requestPath: String { path + "/join.request" }

  /// While a damaged replica is made anew.
  var newDatabasePath: String { databasePath + ".new" }

  var hasDatabase: Bool { access(databasePath, F_OK) == 0 }

  /// A join was begun, and nothing of it has come to the disk yet.
  var isJoining: Bool {
    var status = stat()
    return access(requestPath, F_OK) == 0 && stat(databasePath, &status) == 0 && status.st_size == 0
  }

  /// Makes the folder, and those above it, for this user alone.
  func make() throws {
    var made = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      made += "/" + part
      guard mkdir(made, 0o700) != 0, errno != EEXIST else { continue }
      throw RepError.folder(path: made, reason: String(cString: strerror(errno)))
    }
  }

  /// Runs `body` so that files it makes are this user's alone.
  static func privately<T>(_ body: () throws -> T) rethrows -> T {
    let before = umask(0o077)
    defer { umask(before) }
    return try body()
  }

  // MARK: One sync at a time

  /// The right to sync, until it is given back or the process ends, however it ends.
  struct SyncLock: ~Copyable {
    fileprivate let descriptor: Int32
    deinit { close(descriptor) }
  }

  func lockForSync() throws -> SyncLock {
    let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw RepError.folder(path: lockPath, reason: String(cString: strerror(errno)))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw RepError.syncRunning
    }
    return SyncLock(descriptor: descriptor)
  }

  // MARK: The end

  /// What is written down of the end of this laptop. Files that a crash left over are removed.
  func revocation() throws -> Revocation? {
    let numbers = read(revocationPath).split(separator: "\n").compactMap { Int64($0) }
    guard numbers.count == 2 else { return nil }
    removeFiles()
    return Revocation(at: Moment(milliseconds: numbers[0]), handedOver: Int(numbers[1]))
  }

  /// Removes everything and leaves a note.
  func wipe(after revocation: Revocation) throws {
    try write("\(revocation.at.milliseconds)\n\(revocation.handedOver)\n", to: revocationPath)
    removeFiles()
  }

  func forgetRevocation() { unlink(revocationPath) }

  /// Also of use where a database was made and nobody was enrolled in it.
  func removeDatabase() {
    for suffix in ["", "-wal", "-shm"] {
      unlink(databasePath + suffix)
      unlink(newDatabasePath + suffix)
    }
    for name in keptFolders() { removeKept(name) }
    unlink(keyNotePath)
  }

  private func removeFiles() {
    removeDatabase()
    unlink(lockPath)
    unlink(requestPath)
    Carried(self).remove()
  }

  /// Folders with files of damaged replicas (`Rebuild`).
  private func keptFolders() -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasPrefix(ReplicaFolder.keptPrefix) { names.append(name) }
    }
    return names
  }

  static let keptPrefix = "damaged-"

  private func removeKept(_ name: String) {
    for folder in ["\(path)/\(name)/reading", "\(path)/\(name)"] {
      for file in ["replica.sqlite", "replica.sqlite-wal", "replica.sqlite-shm", "replica.key"] {
        unlink("\(folder)/\(file)")
      }
      rmdir(folder)
    }
  }

  // MARK: A join whose answer may be lost

  /// The identity of the request for this code: the one remembered, or the new one, remembered from
  /// here on. The code itself is a secret and is kept as its hash.
  func joinRequest(for code: String, or new: ULID) throws -> ULID {
    let hash = Digest.ofSecret(code).map { String($0, radix: 16) }.joined(separator: ".")
    let lines = read(requestPath).split(separator: "\n")
    if lines.count == 2, lines[1] == hash, let known = ULID(lines[0]) { return known }
    try write("\(new)\n\(hash)\n", to: requestPath)
    return new
  }

  func forgetJoinRequest() { unlink(requestPath) }

  func read(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = fread(&buffer, 1, buffer.count, file)
    return String(decoding: buffer.prefix(count), as: UTF8.self)
  }

  func write(_ text: String, to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw RepError.folder(path: path, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    // A crash between the answer and its enrolment repeats this very request, so it must be there.
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
      throw RepError.folder(path: path, reason: String(cString: strerror(errno)))
    }
  }
}
