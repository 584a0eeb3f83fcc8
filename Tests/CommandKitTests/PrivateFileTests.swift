// Files to be carried: whole, for their owner alone, and never in place of another by accident.

import Foundation
import Testing

@testable import CommandKit

@Suite struct PrivateFileTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "rounds-\(UUID().uuidString)").path()

  @Test func `a file is written whole, for its owner, and replaced only on demand`() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/a"
    let bytes = Array(repeating: UInt8(7), count: 300_000)
    try PrivateFile.write(bytes, to: path, replacing: false)
    #expect(FileManager.default.contents(atPath: path) == Data(bytes))
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
    #expect(mode as? Int == 0o600)
    #expect(throws: PrivateFile.Failure.exists(path: path)) {
      try PrivateFile.write([1], to: path, replacing: false)
    }
    #expect(FileManager.default.contents(atPath: path)?.count == 300_000)
    try PrivateFile.write([1], to: path, replacing: true)
    #expect(FileManager.default.contents(atPath: path) == Data([1]))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
  }

  @Test func `where nothing can be written nothing is left behind`() throws {
    try FileManager.default.createDirectory(
      atPath: folder + "/a", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // A folder stands where the file is to go.
    #expect(throws: PrivateFile.Failure.self) {
      try PrivateFile.write([1], to: folder + "/a", replacing: true)
    }
    #expect(throws: PrivateFile.Failure.self) {
      try PrivateFile.write([1], to: folder + "/none/a", replacing: false)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
  }
}
