// The folder: one server at a time, an end that is proven, copies, and damage that is found.
//
// On real files, because locks, modes and write-ahead logs are what is tested. Another boot is made
// by writing another boot id into the file that tells it.

import Digest
import FollowUp
import Foundation
import Glibc
import Notation
import Storage
import SyncCore
import Testing
import Wire

@testable import Hub

/// A folder of its own, removed with everything in it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/rounds-hub-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else {
      throw StorageError.cannotOpen(path: "/tmp", reason: String(cString: strerror(errno)))
    }
    path = String(cString: made)
  }

  deinit {
    guard let folder = opendir(path) else { return }
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      unlink("\(path)/\(name)")
    }
    closedir(folder)
    rmdir(path)
  }
}

/// Chance that looks whether a file is there each time it is asked.
struct Witness: RandomNumberGenerator {
  let path: String
  private var random = SystemRandom()

  init(of path: String) { self.path = path }

  mutating func next() -> UInt64 {
    #expect(access(path, F_OK) != 0, "half a hub has the place of a whole one")
    return random.next()
  }
}

@Suite struct HubFolderTests {
  private let folder: TemporaryFolder
  private let now = Moment(milliseconds: 1_764_000_000_000)

  init() throws {
    folder = try TemporaryFolder()
    _ = try HubFolder.initialise(
      folder.path, workspace: "Acme", admin: "root", now: now, random: SystemRandom())
  }

  private func serve(_ body: (HubStore, HubFolder.Beginning) throws -> Void) throws {
    let served = try HubFolder(serving: folder.path)
    defer { withExtendedLifetime(served) {} }
    let (store, beginning) = try served.openStore(now: now, random: SystemRandom())
    try body(store, beginning)
  }

  private func mode(_ name: String) -> mode_t {
    var status = stat()
    return stat("\(folder.path)/\(name)", &status) == 0 ? status.st_mode & 0o777 : 0
  }

  @Test func `only its owner reads a hub, and there is one hub a folder`() throws {
    #expect(mode("hub.sqlite") == 0o600)
    try serve { _, _ in #expect(mode("hub.sqlite-wal") == 0o600) }
    #expect(throws: HubError.alreadyInitialised(path: folder.path)) {
      try HubFolder.initialise(
        folder.path, workspace: "B", admin: "x", now: now, random: SystemRandom())
    }
    let empty = try TemporaryFolder()
    #expect(throws: HubError.notInitialised(path: empty.path)) {
      try HubFolder(serving: empty.path)
    }
  }

  @Test func `a second daemon is refused`() throws {
    try serve { _, beginning in
      #expect(beginning == .clean)
      #expect(throws: HubError.alreadyServed(path: folder.path)) {
        try HubFolder(serving: folder.path)
      }
    }
    try serve { store, _ in try store.setClean(true) }
  }

  @Test func `a killed daemon keeps its epoch, a machine that went down begins another`() throws {
    var epochs: [UInt32] = []
    try serve { store, _ in epochs.append(store.epoch) }
    try serve { store, beginning in
      #expect(beginning == .unclean)
      epochs.append(store.epoch)
    }
    let serving = try #require(fopen("\(folder.path)/serving", "w"))
    fputs("another boot\n", serving)
    fclose(serving)
    try serve { store, beginning in
      #expect(beginning == .branched)
      epochs.append(store.epoch)
      try store.setClean(true)
    }
    try serve { store, beginning in
      #expect(beginning == .clean)
      epochs.append(store.epoch)
    }
    #expect(epochs[0] == epochs[1])
    #expect(epochs[1] != epochs[2])
    #expect(epochs[2] == epochs[3])
  }

  @Test func `an old file in the hub's place is noticed, and begins another epoch`() throws {
    let copy = try TemporaryFolder()
    let (database, old) = ("\(folder.path)/hub.sqlite", "\(copy.path)/old")
    try DatabaseFile.copy(database, to: old)
    var epochs: [UInt32] = []
    let folder = try HubFolder(serving: folder.path)
    do {
      let (store, _) = try folder.openStore(now: now, random: SystemRandom())
      // Anything that takes a position.
      try store.transaction { store.head = store.head.next }
      epochs.append(store.epoch)
      try folder.note(store)
      try store.setClean(true)
    }
    for ending in ["", "-wal", "-shm"] { unlink(database + ending) }
    try DatabaseFile.copy(old, to: database)
    let (store, beginning) = try folder.openStore(now: now, random: SystemRandom())
    epochs.append(store.epoch)
    #expect(beginning == .rolledBack)
    #expect(epochs[0] != epochs[1])
    try store.setClean(true)
    #expect(try folder.openStore(now: now, random: SystemRandom()).beginning == .clean)
  }

  @Test func `a backup is made while the hub serves, and restored in a new epoch`() throws {
    let (copy, target) = (try TemporaryFolder(), try TemporaryFolder())
    let file = "\(copy.path)/backup"
    var epoch: UInt32 = 0
    try serve { store, _ in
      epoch = store.epoch
      _ = try store.addUser("ann", role: .rep, team: nil, now: now)
      try Backup.write(from: folder.path, to: file)
      #expect(throws: HubError.exists(what: "file", name: file)) {
        try Backup.write(from: folder.path, to: file)
      }
      #expect(access("\(file).partial", F_OK) != 0)
    }
    try Backup.restore(from: file, to: target.path, now: now, random: SystemRandom())
    #expect(throws: HubError.alreadyInitialised(path: target.path)) {
      try Backup.restore(from: file, to: target.path, now: now, random: SystemRandom())
    }
    #expect(try HubCheck.run(on: target.path, random: SystemRandom()) == [])
    let (store, beginning) = try HubFolder(serving: target.path)
      .openStore(now: now, random: SystemRandom())
    #expect(beginning == .clean)
    #expect(store.epoch != epoch)
    #expect(try store.branchPosition(after: epoch) == store.head)
    #expect(try store.users().map(\.name) == ["ann", "root"])
  }

  /// Chance is asked for the new epoch: then whatever could be killed has not been made yet.
  @Test func `a hub has its place only when it is whole`() throws {
    let (backup, other) = ("\(folder.path)/backup", try TemporaryFolder())
    try Backup.write(from: folder.path, to: backup)
    let database = HubFolder.databasePath(in: other.path)
    try Backup.restore(
      from: backup, to: other.path, now: now, random: Witness(of: database))
    #expect(access(database, F_OK) == 0)
    let third = try TemporaryFolder()
    _ = try HubFolder.initialise(
      third.path, workspace: "W", admin: "root", now: now,
      random: Witness(of: HubFolder.databasePath(in: third.path)))
    #expect(try HubCheck.run(on: third.path, random: SystemRandom()) == [])
  }

  @Test func `a hub whose file is empty, torn or spoiled is not served and not written to`() throws
  {
    let database = HubFolder.databasePath(in: folder.path)
    let sound = try #require(FileManager.default.contents(atPath: database))
    var zeroed = sound
    zeroed.replaceSubrange(4096 * 3..<4096 * 4, with: Data(count: 4096))
    for damaged in [Data(), sound.dropLast(1000), sound.prefix(4096 * 5), zeroed] {
      try Data(damaged).write(to: URL(fileURLWithPath: database))
      #expect {
        try serve { _, _ in }
      } throws: { error in
        if case .corrupt? = error as? StorageError { true } else { false }
      }
      #expect(FileManager.default.contents(atPath: database) == Data(damaged))
    }
  }

  @Test func `what is no backup is told as that, and leaves nothing behind`() throws {
    let target = try TemporaryFolder()
    let backup = "\(folder.path)/backup"
    try Backup.write(from: folder.path, to: backup)
    let whole = try #require(FileManager.default.contents(atPath: backup))
    let other = "\(folder.path)/other"
    try Connection(path: other).execute("PRAGMA journal_mode = DELETE; CREATE TABLE t (a)")
    let database = try #require(FileManager.default.contents(atPath: other))
    let cases: [(bytes: Data, isDamaged: Bool)] = [
      (Data(repeating: 0x67, count: 80_000), false), (Data(), false), (database, false),
      (whole.prefix(10), false), (whole.prefix(20_000), true),
    ]
    for (bytes, isDamaged) in cases {
      let file = "\(folder.path)/file"
      try bytes.write(to: URL(fileURLWithPath: file))
      #expect {
        try Backup.restore(from: file, to: target.path, now: now, random: SystemRandom())
      } throws: { error in
        switch error as? HubError {
        case .notABackup(file): !isDamaged
        case .backupDamaged(file, _): isDamaged
        default: false
        }
      }
      #expect(access("\(target.path)/hub.sqlite", F_OK) != 0)
    }
    #expect(throws: HubError.notABackup(path: folder.path)) {
      try Backup.restore(from: folder.path, to: target.path, now: now, random: SystemRandom())
    }
    #expect(throws: HubError.notFound(what: "file", name: "\(target.path)/none")) {
      try Backup.restore(
        from: "\(target.path)/none", to: target.path, now: now, random: SystemRandom())
    }
  }
}

@Suite struct HubCheckTests {
  /// Each way of bending a database by hand, and what is said about it.
  @Test(arguments: [
    ("UPDATE scopes SET digest = zeroblob(16)", [HubCheck.Kind.digest]),
    ("UPDATE customer SET phone = 'x'", [.columns]),
    ("UPDATE customer SET state = x'FF'", [.state]),
    ("UPDATE customer SET disputed = 2", [.disputed]),
    ("DELETE FROM feed", [.feed]),
    ("UPDATE feed SET position = 1", [.feed]),
    ("UPDATE conflict SET status = 'resolved'", [.ledger]),
    ("DELETE FROM ledger", [.ledger]),
    ("DELETE FROM log WHERE counter = 1", [.log, .edits]),
    ("DELETE FROM edits", [.edits]),
    ("DELETE FROM history", [.edits]),
    ("UPDATE replicas SET hash = zeroblob(16)", [.log]),
  ])
  func `damage is found where it is`(sql: String, kinds: [HubCheck.Kind]) throws {
    let world = try World()
    let (ann, bob) = (try world.laptop("ann"), try world.laptop("bob"))
    let id = ann.customer("Acme", ["phone": .text("1"), "legalName": .text("A")])
    try ann.sync()
    try bob.sync()
    ann.write(id, ["legalName": .text("B")])
    bob.write(id, ["legalName": .text("C")])
    try ann.sync()
    try bob.sync()
    #expect(try HubCheck.run(on: world.store) == [])
    try world.store.db.execute(sql)
    try world.store.reload()
    let found = Set(try HubCheck.run(on: world.store).map(\.kind))
    #expect(found.isSuperset(of: kinds), "\(found)")
  }
}
