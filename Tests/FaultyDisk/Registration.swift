// A faulty disk as SQLite knows it: a table of C functions, and what each makes of its arguments.
//
// Only translation between C and Swift; what a call does is `FaultyDisk`'s, `StoredFile`'s and
// `OpenFile`'s. Nothing here fails by itself.

import CSQLite
import Glibc

/// A name in SQLite's list of file systems, for as long as this lives.
final class Registration {
  let name: String
  private let cName: UnsafeMutablePointer<CChar>
  private let vfs: UnsafeMutablePointer<sqlite3_vfs>

  init() {
    vfs = .allocate(capacity: 1)
    vfs.initialize(to: sqlite3_vfs())
    // No other that lives has this address.
    name = "faulty-\(UInt(bitPattern: vfs))"
    let characters = Array(name.utf8CString)
    cName = .allocate(capacity: characters.count)
    cName.initialize(from: characters, count: characters.count)
  }

  deinit {
    vfs.deallocate()
    cName.deallocate()
  }

  func register(_ disk: FaultyDisk) {
    // Randomness, time and sleep are the machine's own.
    if let real = sqlite3_vfs_find(nil) { vfs.pointee = real.pointee }
    vfs.pointee.iVersion = 2
    vfs.pointee.szOsFile = Int32(MemoryLayout<FileRecord>.size)
    vfs.pointee.pNext = nil
    vfs.pointee.zName = UnsafePointer(cName)
    vfs.pointee.pAppData = Unmanaged.passUnretained(disk).toOpaque()
    vfs.pointee.xOpen = openFile
    vfs.pointee.xDelete = { vfs, name, isFlushed in
      faultyDisk(of: vfs).delete(text(name), isFlushed: isFlushed != 0)
    }
    vfs.pointee.xAccess = { vfs, name, _, result in
      guard faultyDisk(of: vfs).look() else { return FailureCode.access }
      result?.pointee = faultyDisk(of: vfs).has(text(name)) ? 1 : 0
      return SQLITE_OK
    }
    vfs.pointee.xFullPathname = { _, name, capacity, result in
      guard let name, let result, strlen(name) < capacity else { return SQLITE_CANTOPEN }
      strcpy(result, name)
      return SQLITE_OK
    }
    sqlite3_vfs_register(vfs, 0)
  }

  func unregister() { sqlite3_vfs_unregister(vfs) }
}

/// What SQLite allocates for each open file.
private struct FileRecord {
  var base: sqlite3_file
  var file: Unmanaged<OpenFile>?
}

private func faultyDisk(of vfs: UnsafeMutablePointer<sqlite3_vfs>?) -> FaultyDisk {
  guard let data = vfs?.pointee.pAppData else { preconditionFailure("a VFS without its disk") }
  return Unmanaged<FaultyDisk>.fromOpaque(data).takeUnretainedValue()
}

private func record(
  _ file: UnsafeMutablePointer<sqlite3_file>?
) -> UnsafeMutablePointer<FileRecord> {
  guard let file else { preconditionFailure("SQLite has lost its file") }
  return UnsafeMutableRawPointer(file).assumingMemoryBound(to: FileRecord.self)
}

private func opened(_ file: UnsafeMutablePointer<sqlite3_file>?) -> OpenFile {
  guard let handle = record(file).pointee.file else { preconditionFailure("the file is closed") }
  return handle.takeUnretainedValue()
}

private func text(_ name: UnsafePointer<CChar>?) -> String {
  name.map { String(cString: $0) } ?? ""
}

private func openFile(
  _ vfs: UnsafeMutablePointer<sqlite3_vfs>?, _ name: UnsafePointer<CChar>?,
  _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32,
  _ resulting: UnsafeMutablePointer<Int32>?
) -> Int32 {
  let disk = faultyDisk(of: vfs)
  // Temporary databases are kept in memory; a file without a name would be a setting gone wrong.
  guard let name else { return SQLITE_CANTOPEN }
  record(file).pointee.base.pMethods = nil
  guard let stored = disk.open(text(name), isCreating: flags & SQLITE_OPEN_CREATE != 0) else {
    return disk.isDead ? SQLITE_IOERR : SQLITE_CANTOPEN
  }
  let handle = OpenFile(stored, name: text(name), on: disk)
  record(file).initialize(
    to: FileRecord(
      base: sqlite3_file(pMethods: UnsafePointer(methods)), file: .passRetained(handle)))
  resulting?.pointee = flags
  return SQLITE_OK
}

// A table that is filled once, before anybody can see it, and never written again.
private nonisolated(unsafe) let methods: UnsafeMutablePointer<sqlite3_io_methods> = {
  let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
  methods.initialize(to: sqlite3_io_methods())
  methods.pointee.iVersion = 2
  addFileCalls(to: &methods.pointee)
  addLockCalls(to: &methods.pointee)
  addSharedMemoryCalls(to: &methods.pointee)
  return methods
}()

private func addFileCalls(to methods: inout sqlite3_io_methods) {
  methods.xClose = { file in
    opened(file).close()
    record(file).pointee.file?.release()
    record(file).pointee.file = nil
    return SQLITE_OK
  }
  methods.xRead = { file, target, count, offset in
    let handle = opened(file)
    guard let target, handle.disk.reads() else { return FailureCode.read }
    let contents = handle.file.contents
    let start = min(Int(offset), contents.count)
    let end = min(start + Int(count), contents.count)
    contents[start..<end].withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { target.copyMemory(from: base, byteCount: bytes.count) }
    }
    // SQLite wants the rest zeroed.
    memset(target + (end - start), 0, Int(count) - (end - start))
    return end - start == Int(count) ? SQLITE_OK : FailureCode.shortRead
  }
  methods.xWrite = { file, source, count, offset in
    let handle = opened(file)
    let bytes = Array(UnsafeRawBufferPointer(start: source, count: Int(count)))
    return handle.disk.write(bytes, to: handle.file, at: Int(offset))
  }
  methods.xTruncate = { file, bytes in
    opened(file).disk.truncate(opened(file).file, to: Int(bytes))
  }
  methods.xSync = { file, _ in opened(file).disk.flush(opened(file).file, called: opened(file).name)
  }
  methods.xFileSize = { file, bytes in
    guard opened(file).disk.look() else { return FailureCode.size }
    bytes?.pointee = Int64(opened(file).file.contents.count)
    return SQLITE_OK
  }
  methods.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
  methods.xSectorSize = { _ in 4096 }
  methods.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
}

private func addLockCalls(to methods: inout sqlite3_io_methods) {
  methods.xLock = { file, level in
    guard opened(file).disk.look() else { return FailureCode.lock }
    return opened(file).file.lock(opened(file), to: level) ? SQLITE_OK : SQLITE_BUSY
  }
  methods.xUnlock = { file, level in
    opened(file).level = min(opened(file).level, level)
    return SQLITE_OK
  }
  methods.xCheckReservedLock = { file, result in
    guard opened(file).disk.look() else { return FailureCode.checkLock }
    let isReserved = opened(file).file.handles.contains { $0.level >= SQLITE_LOCK_RESERVED }
    result?.pointee = isReserved ? 1 : 0
    return SQLITE_OK
  }
}

private func addSharedMemoryCalls(to methods: inout sqlite3_io_methods) {
  methods.xShmMap = { file, region, size, isExtending, result in
    let handle = opened(file)
    guard handle.disk.look() else { return FailureCode.mapMemory }
    handle.isMapped = true
    // On a real disk this memory is a file.
    let isGrowing = isExtending != 0 && handle.file.sharedMemory.count <= Int(region)
    if isGrowing, handle.disk.isFull { return FailureCode.memorySize }
    while isExtending != 0, handle.file.sharedMemory.count <= Int(region) {
      let memory = UnsafeMutableRawPointer.allocate(byteCount: Int(size), alignment: 8)
      memset(memory, 0, Int(size))
      handle.file.sharedMemory.append(memory)
    }
    let regions = handle.file.sharedMemory
    result?.pointee = Int(region) < regions.count ? regions[Int(region)] : nil
    return SQLITE_OK
  }
  methods.xShmLock = { file, offset, count, flags in
    let handle = opened(file)
    let mask = (UInt32(1) << UInt32(count) - 1) << UInt32(offset)
    if flags & SQLITE_SHM_UNLOCK != 0 {
      handle.sharedSlots &= ~mask
      handle.exclusiveSlots &= ~mask
      return SQLITE_OK
    }
    guard handle.disk.look() else { return FailureCode.lockSlots }
    let isExclusive = flags & SQLITE_SHM_EXCLUSIVE != 0
    return handle.file.lockSlots(handle, mask, exclusively: isExclusive) ? SQLITE_OK : SQLITE_BUSY
  }
  // One thread: what was written is there.
  methods.xShmBarrier = { _ in }
  methods.xShmUnmap = { file, _ in
    opened(file).unmap()
    return SQLITE_OK
  }
}
