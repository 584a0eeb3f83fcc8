// The codec against Google's protobuf from PyPI: every message type, both directions, with and
// without fields that neither side knows.
//
// The bytes must be the same, not only their meaning: both sides write canonically.

import Foundation
import SyncCore
import Testing

@testable import Wire

@Suite(.enabled(if: Oracle.python != nil))
struct OracleTests {
  static let countPerKind = 500
  static let seed = FuzzTests.seed

  @Test func `Google reads what we write and writes the same bytes`() throws {
    let oracle = try Oracle(python: try #require(Oracle.python), test: "ours")
    defer { oracle.removeFiles() }
    var generator = SeededGenerator(seed: Self.seed)
    let ours = MessageKind.all.flatMap { kind in
      (0..<Self.countPerKind).map { _ in
        Oracle.Message(kind: kind.name.rawValue, bytes: kind.random(&generator))
      }
    }
    try oracle.write(ours, to: "ours")
    let count = try oracle.run(
      "answer", oracle.file("ours").path, oracle.file("same").path, oracle.file("extended").path)
    #expect(count == String(ours.count))
    #expect(try oracle.read("same") == ours)

    // Fields that we do not know make no difference to what we read.
    let extended = try oracle.read("extended")
    #expect(extended.count == ours.count)
    for (message, original) in zip(extended, ours) {
      let kind = try #require(MessageKind.named(message.kind))
      #expect(message.bytes.count > original.bytes.count)
      #expect(try Self.withoutUnknown(kind.rewrite(message.bytes), kind) == original.bytes)
    }
    print("oracle: \(ours.count) messages of ours, and as many extended; seed \(Self.seed)")
  }

  /// The sealed edit in a pushed edit keeps what we do not know, so it is written anew to compare.
  private static func withoutUnknown(_ bytes: [UInt8], _ kind: MessageKind) throws -> [UInt8] {
    func pushed(_ original: PushedEdit) throws -> PushedEdit {
      var edit = original
      if !edit.edit.isEmpty { edit.edit = try Edit(decoding: edit.edit).encoded() }
      return edit
    }
    switch kind.name {
    case .pushedEdit: return try pushed(PushedEdit(decoding: bytes)).encoded()
    case .syncRequest:
      var request = try SyncRequest(decoding: bytes)
      request.edits = try request.edits.map(pushed)
      return request.encoded()
    default: return bytes
    }
  }

  @Test func `we read what Google writes and write the same bytes`() throws {
    let oracle = try Oracle(python: try #require(Oracle.python), test: "theirs")
    defer { oracle.removeFiles() }
    let theirs = oracle.file("theirs").path
    let seed = String(Self.seed)
    let generated = try oracle.run("generate", seed, String(Self.countPerKind), theirs)
    let rewritten = try oracle.read("theirs").map { message in
      let kind = try #require(MessageKind.named(message.kind))
      return Oracle.Message(kind: message.kind, bytes: try kind.rewrite(message.bytes))
    }
    #expect(Set(rewritten.map(\.kind)) == Set(MessageKind.all.map(\.name.rawValue)))
    try oracle.write(rewritten, to: "rewritten")
    let compared = try oracle.run("compare", theirs, oracle.file("rewritten").path)
    #expect(compared == generated)
    print("oracle: \(compared) messages of Google's; seed \(seed)")
  }
}
