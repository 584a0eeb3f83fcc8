// A million mutated messages: none traps, and whatever can be read can be written and read again.
//
// Each case takes valid messages of one type and bends them: flipped bits, cuts, splices with other
// messages, lengths blown up, random bytes. The seed is printed and can be given back in
// ROUNDS_SEED.

import Foundation
import Testing

@testable import Wire

struct FuzzTests {
  static let seed =
    ProcessInfo.processInfo.environment["ROUNDS_SEED"].flatMap { UInt64($0) }
    ?? UInt64.random(in: 0 ... .max)
  static let inputsPerKind = 1_000_000 / MessageKind.all.count + 1

  @Test(arguments: MessageKind.all)
  func `no bytes trap, and what was read reads the same after writing`(_ kind: MessageKind) throws {
    let nameBits = kind.name.rawValue.utf8.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) }
    var generator = SeededGenerator(seed: Self.seed ^ nameBits)
    var corpus: [[UInt8]] = []
    while corpus.count < 200 {
      let bytes = kind.random(&generator)
      if bytes.count <= 160 { corpus.append(bytes) }
    }
    var readable = 0
    for _ in 0..<Self.inputsPerKind {
      let input = generator.mutated(generator.pick(corpus), splicing: generator.pick(corpus))
      do {
        _ = try kind.rewrite(input)
        readable += 1
      } catch is WireError {
        continue
      } catch {
        Issue.record("seed \(Self.seed): \(error) from \(input)")
        return
      }
    }
    print(
      "fuzz \(kind.name.rawValue): seed \(Self.seed), \(Self.inputsPerKind) inputs, \(readable) readable"
    )
    #expect(readable > 0 && readable < Self.inputsPerKind)
  }
}

extension SeededGenerator {
  fileprivate mutating func mutated(_ bytes: [UInt8], splicing other: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...below(2) {
      guard !bytes.isEmpty else { return self.bytes(below(24)) }
      let index = below(bytes.count)
      switch below(8) {
      case 0, 1: bytes[index] ^= 1 << UInt8(below(8))
      case 2: bytes[index] = UInt8(truncatingIfNeeded: next())
      case 3: bytes.removeSubrange(index...)
      case 4: bytes.removeSubrange(..<index)
      case 5: bytes.replaceSubrange(index..., with: other.suffix(below(other.count + 1)))
      case 6: bytes.replaceSubrange(index...index, with: pick(Self.lengths))
      default: bytes.insert(contentsOf: self.bytes(below(4) + 1), at: index)
      }
    }
    return bytes
  }

  /// Varints that claim much: 127, 16,383, 2 GiB, 2^63, all 64 bits, and more than that.
  private static let lengths: [[UInt8]] = [
    [0x7F], [0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF, 0x07],
    [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
    [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
    [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
  ]
}
