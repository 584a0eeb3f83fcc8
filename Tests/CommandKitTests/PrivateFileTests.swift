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

  @Test func `a secret is the first line of a file that is its owner's alone`() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/secret"
    func expose(_ mode: Int) throws {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
    try PrivateFile.write(Array("s3cret\r\nmore\n".utf8), to: path, replacing: false)
    for mode in [0o600, 0o400, 0o700] {
      try expose(mode)
      #expect(try PrivateFile.readSecret(path) == Array("s3cret".utf8))
    }
    for mode in [0o640, 0o604, 0o620, 0o602, 0o601, 0o666] {
      try expose(mode)
      #expect(throws: PrivateFile.SecretFailure.exposed(path: path)) {
        try PrivateFile.readSecret(path)
      }
    }
    for path in [folder, folder + "/none"] {
      #expect(throws: PrivateFile.SecretFailure.unreadable(path: path)) {
        try PrivateFile.readSecret(path)
      }
    }
  }
}
