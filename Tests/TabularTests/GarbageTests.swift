// Whatever the bytes: a value or a `TabularError`, never a trap.
//
// The bytes are random but malicious: quotes, marks, line ends and delimiters come far more often
// than chance would have them. The seed is the argument of the test and so is printed on failure.

import Testing

@testable import Tabular

struct GarbageTests {
  /// Bytes that lead parsers astray, more often than chance would have them.
  static let mischief: [[UInt8]] = [
    [0x22], [0x22, 0x22], [0x2C], [0x3B], [0x09], [0x0A], [0x0D], [0x0D, 0x0A], [0x20], [0x00],
    [0x5C], [0x5C, 0x75], [0x3D], [0x23], [0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xFE, 0xFF],
    [0xBF, 0xCD],
    [0xE5, 0xAE, 0xA2], [0x61], [0x7B], [0x7D], [0x3A], Array("sep=;\n".utf8),
  ]

  static func bytes(_ generator: inout SplitMix64) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 0...120, using: &generator) {
      if Int.random(in: 0..<8, using: &generator) == 0 {
        bytes.append(UInt8.random(in: 0...255, using: &generator))
      } else {
        bytes += mischief[Int.random(in: 0..<mischief.count, using: &generator)]
      }
    }
    return bytes
  }

  /// Whether the body ends without an error; errors are what garbage deserves.
  static func isReadable(_ body: () throws(TabularError) -> Void) -> Bool {
    do throws(TabularError) {
      try body()
      return true
    } catch {
      return false
    }
  }

  /// Everything this target can do with a file. Returns how many rows it found.
  static func useEverything(_ bytes: [UInt8], forced: TextEncoding?) throws -> Int {
    let text = try TextDecoder.decode(bytes, as: forced)
    _ = isReadable { () throws(TabularError) in _ = try FieldMap(sdl: text) }
    _ = isReadable { () throws(TabularError) in _ = try FieldMap(json: text) }
    let reader = try CSVReader(text)
    var rows = 0
    var line = reader.header.line
    try reader.forEachRecord { record in
      switch record {
      case .row(let row):
        rows += 1
        #expect(row.cells.count == reader.header.names.count)
        #expect(row.line > line)
        line = row.line
      case .rejected(let row):
        #expect(row.line > line)
        line = row.line
      }
    }
    _ = HeaderAliases.field(for: reader.header.names[0], in: .customer)
    _ = reader.header.duplicates
    return rows
  }

  @Test(arguments: [1, 20_260_812, 0xDEAD_BEEF] as [UInt64])
  func `random bytes give rows or an error and never a trap`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let forced = try [nil, TextEncoding(name: "Big5"), TextEncoding(name: "latin1"), nil, .utf8]
    var rows = 0
    var errors = 0
    for _ in 0..<3_000 {
      let bytes = Self.bytes(&generator)
      do {
        rows += try Self.useEverything(
          bytes, forced: forced.randomElement(using: &generator) ?? nil)
      } catch is TabularError {
        errors += 1
      }
    }
    // Both outcomes must occur, or the loop proves nothing.
    #expect(rows > 500)
    #expect(errors > 500)
  }

  @Test func `a table cut at any byte gives rows or an error`() throws {
    let whole = Array("a,b\r\n\"x\r\n\"\"y\",客户\r\n5\" z,\"\"\r\n".utf8)
    for length in 0...whole.count {
      do {
        #expect(try Self.useEverything(Array(whole[..<length]), forced: nil) <= 2)
      } catch {
        #expect(error is TabularError, "cut at \(length)")
      }
    }
    #expect(try Self.useEverything(whole, forced: nil) == 2)
  }
}
