// An SQL function of our own, for people who look for a few words among all texts:
//
//     holds(part, text, …)   1 where one of the texts contains the part, blind to the case of ASCII letters
//
// `text LIKE '%part%'` says the same and decodes every character of every column for it. UTF-8 needs no
// decoding here: the bytes of one character never occur within those of another. Eight places of a text
// are tried at once, each by the first and the last byte of the part, and nearly all are dismissed so
// ("SIMD-friendly algorithms for substring searching", Muła 2016, with a machine word for a vector).

import CSQLite

extension Connection {
  func addTextSearch() throws(StorageError) {
    try addFunction("holds", arguments: -1) { context, count, arguments in
      guard let arguments, count > 0, let part = textOfValue(arguments[0]).map(TextPart.init) else {
        return sqlite3_result_int(context, 0)
      }
      for index in 1..<max(1, Int(count)) {
        if let text = textOfValue(arguments[index]), part.isContained(in: text) {
          return sqlite3_result_int(context, 1)
        }
      }
      sqlite3_result_int(context, 0)
    }
  }
}

/// The bytes of a text that SQLite lends for the time of a call; nil: it is NULL.
private func textOfValue(_ value: OpaquePointer?) -> UnsafeRawBufferPointer? {
  guard let start = sqlite3_value_text(value) else { return nil }
  return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
}

/// What is looked for, with all that can be known of it before the first text.
private struct TextPart {
  private let bytes: UnsafeRawBufferPointer
  private let first: FoldedByte
  private let last: FoldedByte

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    first = FoldedByte(bytes.first ?? 0)
    last = FoldedByte(bytes.last ?? 0)
  }

  func isContained(in text: UnsafeRawBufferPointer) -> Bool {
    guard !bytes.isEmpty else { return true }
    var place = 0
    let placesEnd = text.count - bytes.count + 1
    while place + MemoryLayout<UInt64>.size <= placesEnd {
      var candidates = FoldedByte.zeroBytes(
        first.differences(text, at: place) | last.differences(text, at: place + bytes.count - 1))
      while candidates != 0 {
        if isFound(in: text, at: place + candidates.trailingZeroBitCount / 8) { return true }
        candidates &= candidates - 1
      }
      place += MemoryLayout<UInt64>.size
    }
    while place < placesEnd {
      if isFound(in: text, at: place) { return true }
      place += 1
    }
    return false
  }

  private func isFound(in text: UnsafeRawBufferPointer, at place: Int) -> Bool {
    for offset in bytes.indices
    where FoldedByte.folded(text[place + offset]) != FoldedByte.folded(bytes[offset]) {
      return false
    }
    return true
  }
}

/// A byte that is looked for at eight places at once; a letter in both its cases.
private struct FoldedByte {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let caseBit: UInt8 = 0x20

  /// Eight times the bit that capitals lack; 0 for what is no letter.
  private let caseBits: UInt64
  /// Eight times the byte, in its lower case.
  private let pattern: UInt64

  init(_ byte: UInt8) {
    let folded = FoldedByte.folded(byte)
    let isLetter = UInt8(ascii: "a")...UInt8(ascii: "z") ~= folded
    caseBits = isLetter ? FoldedByte.ones * UInt64(FoldedByte.caseBit) : 0
    pattern = FoldedByte.ones * UInt64(folded)
  }

  static func folded(_ byte: UInt8) -> UInt8 {
    UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | caseBit : byte
  }

  /// For each of eight bytes of the text, the first of them lowest, zero where it is this one.
  func differences(_ text: UnsafeRawBufferPointer, at place: Int) -> UInt64 {
    let word = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    return (word | caseBits) ^ pattern
  }

  /// The highest bit of each byte that is zero. Above the lowest of them a bit may be too many, for a
  /// borrow: each is a candidate, and none is missing.
  static func zeroBytes(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & ones << 7 }
}
