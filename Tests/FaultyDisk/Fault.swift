// What a disk may do to the programs on it, one fault at a time, at one counted call.
//
// A fault is a value, so a test can play the same work once for every call there is. What a dead
// machine leaves behind is decided separately, when it is looked at (`Loss`).

import CSQLite

/// What goes wrong, and at which call; the first call of its kind is number 1.
public enum Fault: Hashable, Sendable {
  case none
  /// The n-th call that changes the disk does not happen, nor does anything after it.
  case death(at: Int)
  /// There is no room for the n-th write nor, until `makeRoom`, for any that makes a file longer.
  /// Half of what does not fit is written.
  case full(at: Int)
  /// The n-th read fails, once.
  case unreadable(at: Int)
  /// The n-th flush fails, once; what it was to flush may be on the disk or not.
  case unflushed(at: Int)
}

/// What of a dead machine's writes is on its disk.
public enum Loss: Hashable, Sendable {
  /// The process was killed: all that it wrote is there, flushed or not.
  case nothing
  /// The power went: of each file, what was not flushed is there, or not, or in torn sectors, and
  /// no order among those writes was kept. The number decides which.
  case unflushed(seed: UInt64)
}

/// How many calls of each kind a disk has answered.
public struct CallCounts: Hashable, Sendable {
  public var all = 0
  /// Writes, truncations, flushes, deletions, and opening what was not there: between two of these
  /// the disk stays as it is, so dying at any other call leaves the same.
  public var changes = 0
  public var writes = 0
  public var reads = 0
  public var flushes = 0
}

/// SQLite's words for what failed, where its header has them as expressions that Swift cannot read.
enum FailureCode {
  static let read = SQLITE_IOERR | 1 << 8
  static let shortRead = SQLITE_IOERR | 2 << 8
  static let flush = SQLITE_IOERR | 4 << 8
  static let size = SQLITE_IOERR | 7 << 8
  static let access = SQLITE_IOERR | 13 << 8
  static let checkLock = SQLITE_IOERR | 14 << 8
  static let lock = SQLITE_IOERR | 15 << 8
  static let memorySize = SQLITE_IOERR | 19 << 8
  static let lockSlots = SQLITE_IOERR | 20 << 8
  static let mapMemory = SQLITE_IOERR | 21 << 8
  static let noSuchFile = SQLITE_IOERR | 23 << 8
}
