// What can be seen of a database file before SQLite touches it.
//
// SQLite makes an empty file a new database, throws away the log beside it, and takes a last page
// that is cut off for one that ends in zeros. For a file that must be somebody's database this is
// damage, and to be told before anything is written. Only sizes are looked at: no page is read. Here is
// also how a file that nobody has open is copied.

import Glibc

public enum DatabaseFile {
  /// Throws where a file cannot be the whole database that it was.
  ///
  /// A last page that is cut off is no damage while the log has it: then a checkpoint was cut short,
  /// and the next connection does it again.
  public static func checkSize(of path: String) throws(StorageError) {
    guard let bytes = size(of: path) else { return }
    if bytes == 0 { throw .corrupt(reason: "\(path) is empty") }
    let log = size(of: path + "-wal") ?? 0
    if log == 0, bytes % Int64(pageBytes(of: path)) != 0 {
      throw .corrupt(reason: "\(path) ends within a page")
    }
  }

  private static func size(of path: String) -> Int64? {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : nil
  }

  /// From the header (https://sqlite.org/fileformat.html, 1.3.2); 512, the least, where it makes no sense.
  private static func pageBytes(of path: String) -> Int {
    guard let file = fopen(path, "re") else { return leastPageBytes }
    defer { fclose(file) }
    var header = [UInt8](repeating: 0, count: 18)
    guard fread(&header, 1, header.count, file) == header.count else { return leastPageBytes }
    let bytes = Int(header[16]) << 8 | Int(header[17])
    // 65,536 does not fit, and is written as 1.
    if bytes == 1 { return 65_536 }
    return bytes >= leastPageBytes ? bytes : leastPageBytes
  }

  private static let leastPageBytes = 512

  // MARK: Copying

  private static let chunkBytes = 1 << 20

  /// Copies a file that nobody writes meanwhile, and has it on the disk when this returns.
  ///
  /// - Throws: `cannotOpen`, `diskFull`, `disk`; what was written until then stays.
  public static func copy(_ file: String, to target: String) throws(StorageError) {
    guard let source = fopen(file, "re") else {
      throw .cannotOpen(path: file, reason: String(cString: strerror(errno)))
    }
    defer { fclose(source) }
    guard let sink = fopen(target, "we") else {
      throw .cannotOpen(path: target, reason: String(cString: strerror(errno)))
    }
    var buffer = [UInt8](repeating: 0, count: chunkBytes)
    var isWhole = true
    while isWhole {
      let count = fread(&buffer, 1, buffer.count, source)
      if count == 0 { break }
      isWhole = fwrite(buffer, 1, count, sink) == count
    }
    isWhole = isWhole && ferror(source) == 0 && fflush(sink) == 0 && fsync(fileno(sink)) == 0
    let failure = errno
    let isClosed = fclose(sink) == 0
    guard isWhole && isClosed else {
      throw failure == ENOSPC ? .diskFull : .disk(reason: String(cString: strerror(failure)))
    }
  }
}
