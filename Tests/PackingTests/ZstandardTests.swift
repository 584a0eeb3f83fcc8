// A frame gives back what went into it, or nothing. What the library promises of its format is not tested
// again.

import Packing
import Testing

@Suite struct ZstandardTests {
  let bytes = Array(String(repeating: "Hamburg Machinery Ltd. ", count: 100).utf8)

  func frame(of bytes: [UInt8]) throws -> [UInt8] {
    try #require(bytes.withUnsafeBytes(Zstandard.frame))
  }

  func content(of frame: [UInt8], bytesMax: Int = 10_000) -> [UInt8]? {
    frame.withUnsafeBytes { Zstandard.content(of: $0, bytesMax: bytesMax) }
  }

  @Test func `what was packed comes back`() throws {
    #expect(try content(of: frame(of: bytes)) == bytes)
    #expect(try content(of: frame(of: [7])) == [7])
    #expect(try content(of: frame(of: [])) == [])
  }

  @Test func `text that repeats itself becomes short`() throws {
    let frame = try frame(of: bytes)
    #expect(frame.count < bytes.count / 10)
    #expect(frame.withUnsafeBytes(Zstandard.isFrame))
    #expect(!bytes.withUnsafeBytes(Zstandard.isFrame))
  }

  @Test func `no damage goes unnoticed`() throws {
    let whole = try frame(of: bytes)
    for index in whole.indices {
      var damaged = whole
      damaged[index] ^= 0x10
      let found = content(of: damaged)
      #expect(found == nil || found == bytes, "byte \(index)")
      #expect(content(of: Array(whole.prefix(index))) == nil)
    }
    #expect(content(of: bytes) == nil)
  }

  @Test func `no more comes out than was agreed`() throws {
    let frame = try frame(of: bytes)
    #expect(content(of: frame, bytesMax: bytes.count) == bytes)
    #expect(content(of: frame, bytesMax: bytes.count - 1) == nil)
  }
}
