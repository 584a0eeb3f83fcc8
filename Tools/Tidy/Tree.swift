// The files of the tree as git sees them: tracked, or new and not ignored.
//
// The only place that touches the disk, and the only one that runs another program. Nothing is ever
// written.

import Foundation

enum Tree {
  enum Failure: Error { case git(status: Int32) }

  /// Paths from `root`, sorted; what is deleted but not yet committed is left out.
  static func paths(in root: String) throws -> [String] {
    let git = Process()
    git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    git.arguments = [
      "git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard",
    ]
    let pipe = Pipe()
    git.standardOutput = pipe
    try git.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    git.waitUntilExit()
    guard git.terminationStatus == 0 else { throw Failure.git(status: git.terminationStatus) }
    let names = output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    return Set(names).filter { FileManager.default.fileExists(atPath: "\(root)/\($0)") }.sorted()
  }

  /// The file at `path`. Bytes that are no text become replacement characters.
  static func file(_ path: String, in root: String) throws -> SourceFile {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(path)"))
    return SourceFile(path: path, text: String(decoding: data, as: UTF8.self))
  }
}
