// Database files for the workloads: made in one folder, copied from templates, gone at the end.
//
// A template is a closed database, so its write-ahead log is empty and one file is all of it.

import Foundation

final class Files {
  let folder: String
  private var count = 0

  init(in parent: String) throws {
    folder = "\(parent)/bench-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit {
    // What cannot be removed is in the folder of the build, and goes with it.
    do { try FileManager.default.removeItem(atPath: folder) } catch { print("left \(folder)") }
  }

  /// A path where there is no file yet.
  func fresh() -> String {
    count += 1
    return "\(folder)/\(count).db"
  }

  func copy(of path: String) throws -> String {
    let copy = fresh()
    try FileManager.default.copyItem(atPath: path, toPath: copy)
    return copy
  }

  /// Makes room for the next run. Whoever still has the file open keeps it.
  func discard(_ path: String) {
    for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
  }

  static func size(of path: String) throws -> Double {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.size] as? NSNumber)?.doubleValue ?? 0
  }
}
