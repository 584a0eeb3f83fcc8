// A golden vector: a file in `Protocol/Vectors` that holds a message in words and in bytes.
//
// The file is a title, an empty line, the meaning field by field, an empty line, and the bytes in
// hexadecimal, 32 to a line. Another implementation needs nothing else to check itself. The values
// are in `GoldenEdits.swift` and `GoldenSyncs.swift`; ROUNDS_RECORD=1 writes the files anew.

import Foundation
import SyncCore
import Testing

@testable import Wire

struct GoldenVector: Sendable, CustomTestStringConvertible {
  let name: String
  let title: String
  let meaning: String
  let bytes: [UInt8]
  /// Reads bytes, compares with the value, and writes what was read.
  let rewrite: @Sendable ([UInt8]) throws -> (isEqual: Bool, bytes: [UInt8])

  init(_ name: String, _ title: String, _ meaning: String, _ message: some WireMessage) {
    self.name = name
    self.title = title
    self.meaning = meaning
    bytes = message.encoded()
    rewrite = { try GoldenVector.rewrite($0, as: message) }
  }

  private static func rewrite<Message: WireMessage>(
    _ bytes: [UInt8], as message: Message
  ) throws -> (isEqual: Bool, bytes: [UInt8]) {
    let read = try Message(decoding: bytes)
    return (read == message, read.encoded())
  }

  var testDescription: String { name }

  static let all = edits + syncs + bundles

  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Protocol/Vectors").standardizedFileURL

  var file: URL { GoldenVector.folder.appending(path: name + ".txt") }

  var text: String {
    let lines = stride(from: 0, to: bytes.count, by: 32).map { start in
      bytes[start..<min(start + 32, bytes.count)].map { String(format: "%02x", $0) }.joined()
    }
    return "\(title)\n\n\(meaning)\n\n\(lines.joined(separator: "\n"))\n"
  }

  /// The bytes of a vector's text: everything after the last empty line.
  static func bytes(ofText text: String) -> [UInt8]? {
    guard let hexadecimal = text.components(separatedBy: "\n\n").last else { return nil }
    let digits = hexadecimal.compactMap(\.hexDigitValue)
    guard digits.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}

// MARK: - The world of the vectors

extension GoldenVector {
  /// 2026-03-02T09:00:00Z.
  static let nine = Moment(milliseconds: 1_772_442_000_000)
  static let epoch: UInt32 = 0x5566_7788
  static let customer = ULID(milliseconds: 1_772_000_000_000, randomHigh: 0x0A0A, randomLow: 1)
  static let visit = ULID(milliseconds: 1_772_000_000_000, randomHigh: 0x0B0B, randomLow: 2)
  static let editID = ULID(
    milliseconds: 1_772_442_000_000, randomHigh: 0xED17, randomLow: 0x0102_0304)
  static let head = LogHead(
    counter: Counter(1203), hash: ChainHash(bytes: Array(0xA0...0xAF)) ?? .none)
  static let digest: [UInt8] = Array(0xD0...0xDF)

  static func edit(_ writes: [FieldWrite]) -> Edit {
    Edit(id: editID, changes: [change(writes)])
  }

  static func change(_ writes: [FieldWrite]) -> Change {
    Change(
      record: customer, collection: CollectionID(1), seen: VectorClock(hub: Position(1_000_000)),
      writes: writes)
  }

  static let phoneEdit = edit([.put(FieldID(6), .text("+49 30 901820"))])
}
