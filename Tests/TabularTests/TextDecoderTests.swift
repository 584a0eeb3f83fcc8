// Bytes of every common encoding, with and without a mark, sound and damaged.
//
// Wide encodings are spelled out by hand here, so that the decoder is not tested against itself.
// Errors are compared whole: encoding, evidence, offset and line.

import Testing

@testable import Tabular

struct TextDecoderTests {
  static let sample = "客户,电话\n一,1\n"

  /// The sample in UTF-16 or UTF-32, written out by hand and not by the code under test.
  static func units(_ width: Int, isBigEndian: Bool) -> [UInt8] {
    sample.unicodeScalars.flatMap { scalar in
      let bytes = (0..<width).map { UInt8(truncatingIfNeeded: scalar.value >> (8 * $0)) }
      return isBigEndian ? bytes.reversed() : bytes
    }
  }

  @Test(arguments: [
    ("UTF-8", [0xEF, 0xBB, 0xBF] + Array(sample.utf8)),
    ("UTF-16LE", [0xFF, 0xFE] + units(2, isBigEndian: false)),
    ("UTF-16BE", [0xFE, 0xFF] + units(2, isBigEndian: true)),
    ("UTF-32LE", [0xFF, 0xFE, 0, 0] + units(4, isBigEndian: false)),
    ("UTF-32BE", [0, 0, 0xFE, 0xFF] + units(4, isBigEndian: true)),
    ("UTF-32LE", [0xFE, 0xFF] + units(4, isBigEndian: false)),
    ("UTF-32BE", [0xFE, 0xFF] + units(4, isBigEndian: true)),
  ])
  func `a byte order mark names the encoding and is not text`(
    encoding: String, bytes: [UInt8]
  ) throws {
    let text = try TextDecoder.decode(bytes)
    #expect(text.string == Self.sample)
    #expect(text.encoding.name == encoding)
    #expect(text.evidence == .byteOrderMark)
  }

  @Test(arguments: [
    ("UTF-16LE", units(2, isBigEndian: false)), ("UTF-16BE", units(2, isBigEndian: true)),
  ])
  func `UTF-16 without a mark is known by its zero bytes`(
    encoding: String, bytes: [UInt8]
  ) throws {
    let text = try TextDecoder.decode(bytes)
    #expect(text.string == Self.sample)
    #expect(text.encoding.name == encoding)
    #expect(text.evidence == .nulPattern)
  }

  @Test func `a few NUL bytes in a UTF-8 table do not make it UTF-16`() throws {
    #expect(try TextDecoder.decode(Array("a,b,c\n\0,2,3\n".utf8)).encoding == .utf8)
    #expect(try TextDecoder.decode(Array("a,b\n\0\0\0\0\0\0,x\n".utf8)).encoding == .utf8)
    #expect(try TextDecoder.decode([]).encoding == .utf8)
  }

  /// 客户名称 in GBK, Big5 (客戶名稱) and 深圳 with a four-byte GB18030 character.
  static let gbk: [UInt8] = [0xBF, 0xCD, 0xBB, 0xA7, 0xC3, 0xFB, 0xB3, 0xC6]
  static let big5: [UInt8] = [0xAB, 0xC8, 0xA4, 0xE1, 0xA6, 0x57, 0xBA, 0xD9]

  @Test func `text that is not Unicode is assumed to be GB18030`() throws {
    let text = try TextDecoder.decode(Self.gbk + [0x2C, 0x81, 0x30, 0x84, 0x36])
    #expect(text.string == "客户名称,¥")
    #expect(text.encoding == .gb18030)
    #expect(text.evidence == .assumed(notUTF8AtOffset: 0))
    #expect(text.privateUseCharacters == 0)
  }

  @Test func `a forced encoding is used whatever the bytes look like`() throws {
    func read(_ bytes: [UInt8], _ name: String) throws -> String {
      try TextDecoder.decode(bytes, as: TextEncoding(name: name)).string
    }
    #expect(try read(Self.big5, "Big5") == "客戶名稱")
    #expect(try read(Self.gbk, "gbk") == "客户名称")
    #expect(try read([0xE9, 0x80], "windows-1252") == "é€")
    #expect(try read([0xE9], "latin1") == "é")
    #expect(try read(Array("é".utf8), "latin1") == "Ã©")
    #expect(try read([0xEF, 0xBB, 0xBF, 0x61], "utf8") == "a")
    #expect(try read([0xFF, 0xFE, 0x61, 0], "UTF-16LE") == "a")
  }

  @Test(arguments: ["", "no-such-encoding", "UTF-16LE//IGNORE", "GBK//TRANSLIT", "GBK\0", "客户"])
  func `an encoding nobody knows is refused by name`(name: String) {
    #expect(throws: TabularError.unknownEncoding(name: name)) { try TextEncoding(name: name) }
  }

  @Test func `every name that is offered is known`() {
    for name in TextEncoding.commonNames {
      #expect(throws: Never.self) { try TextEncoding(name: name) }
    }
  }

  @Test(
    arguments: [
      ("UTF-8 after a mark", nil, [0xEF, 0xBB, 0xBF, 0x61, 0x0D, 0x0A, 0x0D, 0xC3], 7, 3),
      ("forced UTF-8", "UTF-8", [0x61, 0x0A, 0x62, 0xFF], 3, 2),
      ("assumed", nil, [0xBF, 0xCD, 0x0A, 0x61, 0x2C, 0xA9], 5, 2),
      ("forced GBK", "GBK", [0x0A, 0x0A, 0xBF, 0xCD, 0xFF, 0x0A], 4, 3),
      ("half a surrogate pair", nil, [0xFE, 0xFF, 0, 0x0A, 0xD8, 0, 0, 0x61], 4, 2),
      ("odd UTF-16", nil, [0xFF, 0xFE, 0x61, 0, 0x62], 4, 1),
      ("forced ASCII", "ASCII", [0x61, 0x0D, 0x80], 2, 2),
    ] as [(String, String?, [UInt8], Int, Int)])
  func `an invalid sequence is an error with its place`(
    name: String, forced: String?, bytes: [UInt8], offset: Int, line: Int
  ) throws {
    let encoding = try forced.map { try TextEncoding(name: $0) }
    let finding = TextEncodingDetector.detect(bytes)
    #expect(
      throws: TabularError.invalidSequence(
        encoding: encoding ?? finding.encoding,
        evidence: forced == nil ? finding.evidence : .forced,
        at: TextPlace(offset: offset, line: line)), "\(name)"
    ) {
      try TextDecoder.decode(bytes, as: encoding)
    }
  }

  @Test func `text longer than one piece of conversion is converted whole`() throws {
    let rows = 150_000
    let bytes = [[UInt8]](repeating: Self.gbk + [0x0A], count: rows).flatMap { $0 }
    let text = try TextDecoder.decode(bytes)
    #expect(text.utf8.count == rows * 13)
    #expect(text.string.hasSuffix("客户名称\n客户名称\n"))
  }
}
