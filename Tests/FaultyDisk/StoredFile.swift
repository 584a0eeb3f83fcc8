// One file of a faulty disk: what programs see of it, what a power cut leaves of it, and its locks.
//
// Contents are arrays that share their storage until one is written, so keeping what was flushed
// costs nothing until the next write. Locks are those of SQLite's five levels, and the eight slots
// of a write-ahead log's shared memory; both end with the process, so neither is on the disk.

import CSQLite

final class StoredFile {
  /// What a disk writes as one: of a larger write any part may be missing.
  static let sectorBytes = 512

  enum Change {
    case write(offset: Int, bytes: [UInt8])
    case truncate(bytes: Int)
  }

  /// What programs read.
  private(set) var contents: [UInt8]
  /// What was there when it was last flushed …
  private var flushed: [UInt8]
  /// … and what has happened to it since, in order.
  private var changes: [Change] = []
  /// Whether the folder is known to have it.
  var isListed: Bool

  /// Everything that has it open.
  var handles: [OpenFile] = []
  /// Pages of the log's index, in the memory of this process.
  var sharedMemory: [UnsafeMutableRawPointer] = []

  init(_ contents: [UInt8], isListed: Bool) {
    self.contents = contents
    flushed = contents
    self.isListed = isListed
  }

  deinit { freeSharedMemory() }

  func freeSharedMemory() {
    for region in sharedMemory { region.deallocate() }
    sharedMemory = []
  }

  // MARK: Writing

  func write(_ bytes: [UInt8], at offset: Int) {
    let change = Change.write(offset: offset, bytes: bytes)
    changes.append(change)
    StoredFile.apply(change, to: &contents)
  }

  func truncate(to bytes: Int) {
    let change = Change.truncate(bytes: bytes)
    changes.append(change)
    StoredFile.apply(change, to: &contents)
  }

  func flush() {
    flushed = contents
    changes = []
  }

  private static func apply(_ change: Change, to contents: inout [UInt8]) {
    switch change {
    case .truncate(let count):
      if count < contents.count { contents.removeLast(contents.count - count) }
    case .write(let offset, let bytes):
      let end = offset + bytes.count
      if end > contents.count {
        contents.append(contentsOf: repeatElement(0, count: end - contents.count))
      }
      contents.replaceSubrange(offset..<end, with: bytes)
    }
  }

  // MARK: A power cut

  /// What is on the disk when the power has gone.
  func remains(_ random: inout some RandomNumberGenerator) -> [UInt8] {
    var remains = flushed
    for change in changes {
      switch random.next(upperBound: UInt8(3)) {
      case 0: StoredFile.apply(change, to: &remains)
      case 1: continue
      default: StoredFile.tear(change, &remains, &random)
      }
    }
    return remains
  }

  private static func tear(
    _ change: Change, _ remains: inout [UInt8], _ random: inout some RandomNumberGenerator
  ) {
    guard case .write(let offset, let bytes) = change else { return }
    for start in stride(from: 0, to: bytes.count, by: sectorBytes) where random.next() & 1 == 0 {
      let sector = Array(bytes[start..<min(start + sectorBytes, bytes.count)])
      apply(.write(offset: offset + start, bytes: sector), to: &remains)
    }
  }

  // MARK: Locks

  /// Raises the lock of one that has the file open; false where others are in the way.
  func lock(_ handle: OpenFile, to level: Int32) -> Bool {
    if handle.level >= level { return true }
    let others = handles.filter { $0 !== handle }.map(\.level).max() ?? SQLITE_LOCK_NONE
    switch level {
    case SQLITE_LOCK_SHARED:
      guard others < SQLITE_LOCK_PENDING else { return false }
    case SQLITE_LOCK_RESERVED:
      guard others < SQLITE_LOCK_RESERVED else { return false }
    default:
      guard others < SQLITE_LOCK_RESERVED else { return false }
      // Nobody new gets in while the last readers leave.
      handle.level = SQLITE_LOCK_PENDING
      guard others == SQLITE_LOCK_NONE else { return false }
    }
    handle.level = level
    return true
  }

  /// Takes slots of the shared memory for reading or for oneself; false where others have them.
  func lockSlots(_ handle: OpenFile, _ mask: UInt32, exclusively: Bool) -> Bool {
    let others = handles.filter { $0 !== handle }
    let taken = others.reduce(0) { $0 | $1.exclusiveSlots | (exclusively ? $1.sharedSlots : 0) }
    guard taken & mask == 0 else { return false }
    if exclusively { handle.exclusiveSlots |= mask } else { handle.sharedSlots |= mask }
    return true
  }
}

/// A file as one connection has it open.
final class OpenFile {
  let disk: FaultyDisk
  let file: StoredFile
  let name: String
  var level = SQLITE_LOCK_NONE
  var sharedSlots: UInt32 = 0
  var exclusiveSlots: UInt32 = 0
  var isMapped = false

  init(_ file: StoredFile, name: String, on disk: FaultyDisk) {
    self.file = file
    self.name = name
    self.disk = disk
    file.handles.append(self)
  }

  /// The last that lets go of the index takes it away, as the first to come makes it anew.
  func unmap() {
    isMapped = false
    if !file.handles.contains(where: \.isMapped) { file.freeSharedMemory() }
  }

  func close() {
    unmap()
    file.handles.removeAll { $0 === self }
  }
}

extension RandomNumberGenerator {
  fileprivate mutating func next(upperBound: UInt8) -> UInt8 {
    UInt8(truncatingIfNeeded: (next() >> 33) % UInt64(upperBound))
  }
}
