// `rounds doctor --rebuild` and `--rescue`: a damaged replica, made anew.
//
//     replica.sqlite (damaged)      stays as it is until the new one is whole and on the disk
//     damaged-TIME/                 the old files, copied; nothing in it is ever deleted
//     replica.sqlite.new            the new one while it is made; then renamed over the old one
//
// What is read, is read from the copy. A crash at any point leaves either the damaged replica or the new
// one in place, and the copy beside it; the same command typed again does the rest.

import CommandKit
import FollowUp
import Glibc
import Notation
import Replica
import Storage
import SyncCore

struct Rebuild {
  private let invocation: Invocation
  private let outside: Outside
  private let folder: ReplicaFolder

  private static let endings = ["", "-wal", "-shm"]

  init(_ invocation: Invocation, _ outside: Outside) throws {
    self.invocation = invocation
    self.outside = outside
    folder = try ReplicaFolder(environment: invocation.console.environment)
  }

  private var now: Moment { Moment(milliseconds: invocation.console.now()) }

  // MARK: The own folder

  func run() throws {
    guard folder.hasDatabase else { throw ReplicaError.notJoined(path: folder.path) }
    let lock = try folder.lockForSync()
    let saved = try ReplicaFolder.privately { try rebuild() }
    invocation.console.remark(
      Phrase(
        en: "The damaged files are kept in \(saved.folder) .", zh: "损坏的文件保留在 \(saved.folder) 。"))
    _ = consume lock
    let replica = try OpenReplica(folder, invocation.console, outside)
    // Records come back from the hub; without a network they come with the next sync.
    let isSynced = try sync(replica)
    guard !invocation.isJSON else {
      return invocation.console.print(json: [
        "edits": .integer(Int64(saved.edits)), "whole": .bool(saved.isWhole),
        "kept": .string(saved.folder), "synced": .bool(isSynced),
      ])
    }
    tell(saved, isSynced: isSynced)
  }

  private struct Saved {
    var folder: String
    var edits: Int
    var isWhole: Bool
  }

  private func rebuild() throws -> Saved {
    let key = try KeyFinder(folder, invocation.console, outside).keyOfDatabase()
    let kept = try keepCopy()
    let rescue = try self.rescue(of: kept, key, or: .nothingToRescue(path: kept))
    let new = folder.newDatabasePath
    for ending in Rebuild.endings { unlink(new + ending) }
    let edits = try makeNew(at: new, key, from: rescue)
    guard let edits else { throw RepError.identityLost(kept: kept, waiting: rescue.waiting) }
    // The old log goes first: beside the new file it would be taken for the new file's own.
    for ending in ["-wal", "-shm"] { unlink(folder.databasePath + ending) }
    guard rename(new, folder.databasePath) == 0 else {
      throw RepError.folder(path: new, reason: String(cString: strerror(errno)))
    }
    return Saved(folder: kept, edits: edits, isWhole: rescue.isWhole)
  }

  /// - Returns: how many edits wait in it; nil where the identity is lost.
  private func makeNew(
    at path: String, _ key: StorageKey?, from rescue: Rescue
  ) throws -> Int? {
    let db = try Connection(path: path, key: key)
    let store = try ReplicaStore(db, schema: .followUp, random: outside.random())
    let edits = try rescue.rebuild(store, now: now)
    // All of it in the one file that is renamed, and none in a log beside it.
    _ = try db.purge()
    return edits
  }

  /// Copies the files as they are.
  private func keepCopy() throws -> String {
    let name = ISO8601.string(milliseconds: now.milliseconds, in: .utc).prefix(19)
      .replacing(":", with: "")
    let kept = "\(folder.path)/\(ReplicaFolder.keptPrefix)\(name)"
    guard mkdir(kept, 0o700) == 0 || errno == EEXIST else {
      throw RepError.folder(path: kept, reason: String(cString: strerror(errno)))
    }
    try Rebuild.copy(from: folder.path, to: kept)
    // What finds the key of an encrypted file; never the key.
    if access(folder.keyNotePath, F_OK) == 0 {
      try DatabaseFile.copy(folder.keyNotePath, to: ReplicaFolder(kept).keyNotePath)
    }
    return kept
  }

  private static func copy(from source: String, to target: String) throws {
    for ending in endings {
      let (from, to) = ("\(source)/replica.sqlite\(ending)", "\(target)/replica.sqlite\(ending)")
      guard access(from, F_OK) == 0 else { continue }
      try DatabaseFile.copy(from, to: to)
    }
  }

  /// What is left in a folder, read from a copy that is thrown away: reading may write to the file.
  private func rescue(
    of kept: String, _ key: StorageKey?, or failure: RepError
  ) throws -> Rescue {
    let scratch = "\(kept)/reading"
    guard mkdir(scratch, 0o700) == 0 || errno == EEXIST else {
      throw RepError.folder(path: scratch, reason: String(cString: strerror(errno)))
    }
    defer {
      for ending in Rebuild.endings { unlink("\(scratch)/replica.sqlite\(ending)") }
      rmdir(scratch)
    }
    try Rebuild.copy(from: kept, to: scratch)
    do {
      return try Rescue(copy: "\(scratch)/replica.sqlite", key: key)
    } catch StorageError.corrupt {
      throw failure
    }
  }

  private func sync(_ replica: OpenReplica) throws -> Bool {
    let lock = try folder.lockForSync()
    var isSynced = true
    do {
      _ = try SyncWork(replica: replica).run()
    } catch RepError.offline {
      isSynced = false
    }
    _ = consume lock
    return isSynced
  }

  private func tell(_ saved: Saved, isSynced: Bool) {
    let console = invocation.console
    console.print(
      Phrase(
        en: "The replica is new. Edits that waited and are saved: \(saved.edits)",
        zh: "副本已重建。救回的待上传修改：\(saved.edits) 项"
      ).text(console.language))
    if !saved.isWhole {
      console.print(
        Phrase(
          en: "Not every row of the old file could be read; what was lost on it may be lost.",
          zh: "旧文件中有些行无法读取，这部分内容可能已丢失。"
        ).text(console.language))
    }
    if !isSynced {
      console.print(
        Phrase(
          en: "The hub was not reached: the records come with the next rounds sync .",
          zh: "未能连接服务器：下次 rounds sync 时会取回记录。"
        ).text(console.language))
    }
  }

  // MARK: Another folder

  /// Takes over the edits that wait in a damaged folder; this laptop has joined anew.
  func rescue(from path: String) throws {
    let replica = try OpenReplica(invocation, outside)
    guard access("\(path)/replica.sqlite", F_OK) == 0 else {
      throw ReplicaError.notJoined(path: path)
    }
    let key = try KeyFinder(ReplicaFolder(path), invocation.console, outside).keyOfDatabase()
    let rescue = try ReplicaFolder.privately {
      try self.rescue(of: path, key, or: .nothingToTakeOver(path: path))
    }
    if let owner = rescue.owner {
      let own = (replica.state.workspace, replica.state.user)
      guard owner == own else {
        throw RepError.notOwnFolder(path: path, user: owner.user, workspace: owner.workspace)
      }
    }
    let edits = try rescue.handOver(to: replica.store, now: now)
    if invocation.isJSON {
      return invocation.console.print(json: [
        "edits": .integer(Int64(edits)), "whole": .bool(rescue.isWhole),
      ])
    }
    invocation.console.print(
      Phrase(
        en: "Edits taken over: \(edits). They go up with the next rounds sync .",
        zh: "已接管 \(edits) 项修改，下次 rounds sync 时上传。"
      ).text(invocation.language))
  }
}
