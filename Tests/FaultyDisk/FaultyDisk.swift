// A disk in memory that counts what SQLite asks of it, and fails where a test says.
//
// It is a VFS of SQLite (https://sqlite.org/vfs.html) with a name of its own, so one process can have
// as many as it likes; real files and other connections never notice. Write-ahead logging works on
// it, with shared memory and locks, for any number of connections of this process. What it holds is
// an image, a value: the same disk can be broken in a thousand ways, each time from the same bytes.
//
// It is for one thread. It never gives back a disk that died: `image(losing:)` says what is left,
// and a new disk is made of that.

import CSQLite

public final class FaultyDisk {
  /// All that is on a disk: contents by name.
  public typealias Image = [String: [UInt8]]

  /// What to open connections with (`Connection(path:vfs:)`).
  public let name: String
  public private(set) var counts = CallCounts()
  /// Whether its machine is dead: every call fails.
  public private(set) var isDead = false
  /// Whether the fault has happened.
  public private(set) var hasStruck = false
  /// Called after each flush, with the name of the file.
  public var onFlush: ((String) -> Void)?

  private var fault = Fault.none
  private(set) var isFull = false
  private var files: [String: StoredFile]
  /// Files that were deleted, and a power cut may bring back.
  private var deleted: [String: StoredFile] = [:]
  private let registration: Registration

  public init(_ image: Image = [:]) {
    files = image.mapValues { StoredFile($0, isListed: true) }
    registration = Registration()
    name = registration.name
    registration.register(self)
  }

  deinit { registration.unregister() }

  /// Counts from here on, and breaks where the fault says.
  public func arm(_ fault: Fault) {
    counts = CallCounts()
    self.fault = fault
    hasStruck = false
  }

  /// From now on nothing fits any more.
  public func fillUp() { isFull = true }

  public func makeRoom() {
    isFull = false
    fault = .none
  }

  /// What is on it, for whoever starts the machine again.
  public func image(losing loss: Loss = .nothing) -> Image {
    guard case .unflushed(let seed) = loss else { return files.mapValues(\.contents) }
    var random = LossGenerator(state: seed)
    var image: Image = [:]
    // By name: chance must not hang on the order of a dictionary.
    for name in Set(files.keys).union(deleted.keys).sorted() {
      // What was made or deleted since the folder was flushed may have been for nothing.
      let isLost = files[name]?.isListed == false && random.next() & 1 == 0
      let isBack = deleted[name] != nil && random.next() & 1 == 0
      let survivor = isBack ? deleted[name] : (isLost ? nil : files[name])
      if let survivor { image[name] = survivor.remains(&random) }
    }
    return image
  }

  // MARK: Calls

  /// A call that changes nothing; false where it fails.
  func look() -> Bool {
    counts.all += 1
    return !isDead
  }

  /// A call that changes the disk; false where the machine dies with it.
  private func change() -> Bool {
    counts.all += 1
    counts.changes += 1
    if case .death(counts.changes) = fault {
      isDead = true
      hasStruck = true
    }
    return !isDead
  }

  /// The file; nil where it cannot be opened.
  func open(_ name: String, isCreating: Bool) -> StoredFile? {
    if let file = files[name] { return look() ? file : nil }
    guard isCreating, change() else { return nil }
    let file = StoredFile([], isListed: false)
    files[name] = file
    return file
  }

  func has(_ name: String) -> Bool { files[name] != nil }

  func delete(_ name: String, isFlushed: Bool) -> Int32 {
    guard let file = files[name] else { return FailureCode.noSuchFile }
    guard change() else { return SQLITE_IOERR }
    files[name] = nil
    deleted[name] = isFlushed || !file.isListed ? nil : file
    return SQLITE_OK
  }

  /// Whether the read that comes now succeeds.
  func reads() -> Bool {
    guard look() else { return false }
    counts.reads += 1
    guard case .unreadable(counts.reads) = fault else { return true }
    hasStruck = true
    return false
  }

  func write(_ bytes: [UInt8], to file: StoredFile, at offset: Int) -> Int32 {
    guard change() else { return SQLITE_IOERR }
    counts.writes += 1
    if case .full(counts.writes) = fault {
      isFull = true
      hasStruck = true
    } else if !isFull || offset + bytes.count <= file.contents.count {
      file.write(bytes, at: offset)
      return SQLITE_OK
    }
    file.write(Array(bytes.prefix(bytes.count / 2)), at: offset)
    return SQLITE_FULL
  }

  func truncate(_ file: StoredFile, to bytes: Int) -> Int32 {
    guard change() else { return SQLITE_IOERR }
    file.truncate(to: bytes)
    return SQLITE_OK
  }

  private func flushFolder() {
    deleted = [:]
    for file in files.values { file.isListed = true }
  }

  func flush(_ file: StoredFile, called name: String) -> Int32 {
    guard change() else { return SQLITE_IOERR }
    counts.flushes += 1
    if case .unflushed(counts.flushes) = fault {
      hasStruck = true
      return FailureCode.flush
    }
    file.flush()
    // SQLite's own file system flushes the folder with the first flush of a new log or journal.
    if !file.isListed { flushFolder() }
    onFlush?(name)
    return SQLITE_OK
  }
}

/// SplitMix64 (Steele, Lea and Flood 2014).
struct LossGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
