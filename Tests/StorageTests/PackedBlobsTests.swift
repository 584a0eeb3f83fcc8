// What `packed` took, `unpacked` gives back, whatever it was.

import SyncCore
import Testing

@testable import Storage

@Suite struct PackedBlobsTests {
  let db: Connection

  init() throws { db = try Connection(path: ":memory:") }

  func ask(_ expression: String, _ value: Binding) throws -> Binding? {
    try db.first("SELECT \(expression)", value) { $0.value(0) }
  }

  @Test func `a long value becomes short and comes back`() throws {
    let long = Binding.blob(Array(String(repeating: "Hamburg Food Ltd. ", count: 60).utf8))
    #expect(try ask("length(packed(?1)) < length(?1) / 5", long) == .integer(1))
    #expect(try ask("unpacked(packed(?1)) = ?1", long) == .integer(1))
  }

  @Test func `short bytes, noise, text and nothing stay as they are`() throws {
    // The high bits of a linear congruence: nothing repeats.
    let noise = sequence(first: UInt64(3)) { $0 &* 6_364_136_223_846_793_005 &+ 1 }
      .prefix(2_000).map { UInt8($0 >> 56) }
    for value in [Binding.blob([]), .blob([1, 2, 3]), .blob(noise), .text("abc"), .null] {
      #expect(try ask("packed(?1)", value) == value)
      #expect(try ask("unpacked(?1)", value) == value)
    }
  }

  @Test func `bytes that look like a frame are told from one`() throws {
    let lookalike = Binding.blob([0x28, 0xB5, 0x2F, 0xFD, 1, 2])
    #expect(try ask("packed(?1) <> ?1", lookalike) == .integer(1))
    #expect(try ask("unpacked(packed(?1))", lookalike) == lookalike)
    // From before there were frames, or damaged: whoever reads it checks its hash.
    #expect(try ask("unpacked(?1)", lookalike) == lookalike)
  }
}
