// From bytes to the name of their encoding.
//
// The order: a byte order mark; NUL bytes at every second place (UTF-16 whose writer forgot the
// mark); well-formed UTF-8; else GB18030, because what is left on the desks this is made for was
// written by a Chinese spreadsheet. No statistics over letters: a guess that is sometimes wrong in
// silence is worse than an assumption that can be told to the user.
//
// One malformation is common enough to be read: Java programs that write UTF-32 text after the
// two-byte mark FE FF. Such a file is UTF-16 of which every second unit is zero, which no text is.

/// Finds the encoding of a file from its bytes.
public enum TextEncodingDetector {
  /// The encoding found and the reason for it.
  public struct Finding: Hashable, Sendable {
    public let encoding: TextEncoding
    public let evidence: TextEncoding.Evidence
    /// How many bytes at the start are a mark and no text.
    public let markLength: Int
  }

  /// Looks at the bytes in the order described above; always comes to a finding.
  public static func detect(_ bytes: [UInt8]) -> Finding {
    if let marked = findMark(bytes) { return marked }
    if let encoding = findNulPattern(bytes) {
      return Finding(encoding: encoding, evidence: .nulPattern, markLength: 0)
    }
    if let offset = findMalformedUTF8(bytes, from: 0) {
      return Finding(
        encoding: .gb18030, evidence: .assumed(notUTF8AtOffset: offset), markLength: 0)
    }
    return Finding(encoding: .utf8, evidence: .wellFormedUTF8, markLength: 0)
  }

  /// The offset of the first byte, at or after `start`, that is not part of well-formed UTF-8.
  static func findMalformedUTF8(_ bytes: [UInt8], from start: Int) -> Int? {
    let checked = bytes[start...]
    do {
      _ = try UTF8Span(validating: checked.span)
      return nil
    } catch {
      return start + error.byteOffsets.lowerBound
    }
  }

  private static func findMark(_ bytes: [UInt8]) -> Finding? {
    func finding(_ encoding: TextEncoding, _ markLength: Int) -> Finding {
      Finding(encoding: encoding, evidence: .byteOrderMark, markLength: markLength)
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return finding(.utf8, 3) }
    // FF FE 00 00 could also be UTF-16 that starts with a NUL; its length then decides.
    if bytes.count.isMultiple(of: 4) {
      if bytes.starts(with: [0xFF, 0xFE, 0, 0]) { return finding(.utf32LittleEndian, 4) }
      if bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return finding(.utf32BigEndian, 4) }
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      if let wide = findUTF32(bytes[2...]) { return finding(wide, 2) }
      return finding(bytes[0] == 0xFF ? .utf16LittleEndian : .utf16BigEndian, 2)
    }
    return nil
  }

  /// The byte order of UTF-32 without a mark: every unit has a zero byte at its far end.
  private static func findUTF32(_ bytes: ArraySlice<UInt8>) -> TextEncoding? {
    guard bytes.count >= 8, bytes.count.isMultiple(of: 4) else { return nil }
    let sampled = bytes.prefix(Limits.nulPatternBytesMax)
    let unitStarts = stride(from: sampled.startIndex, to: sampled.endIndex, by: 4)
    func allUnits(zero: Int, small: Int) -> Bool {
      unitStarts.allSatisfy { sampled[$0 + zero] == 0 && sampled[$0 + small] <= 0x10 }
    }
    if allUnits(zero: 0, small: 1) { return .utf32BigEndian }
    if allUnits(zero: 3, small: 2) { return .utf32LittleEndian }
    return nil
  }

  /// UTF-16 without a mark shows in the zero halves of its commas, digits and line ends.
  private static func findNulPattern(_ bytes: [UInt8]) -> TextEncoding? {
    guard bytes.count.isMultiple(of: 2) else { return nil }
    let sampled = bytes.prefix(Limits.nulPatternBytesMax)
    var nulsAtEven = 0
    var nulsAtOdd = 0
    for (offset, byte) in sampled.enumerated() where byte == 0 {
      if offset.isMultiple(of: 2) { nulsAtEven += 1 } else { nulsAtOdd += 1 }
    }
    // A table with a few stray NULs is damaged UTF-8 and is to be reported row by row. One quarter
    // leaves room for characters such as U+4E00 whose other half is zero.
    let fewest = max(4, sampled.count / 20)
    if nulsAtOdd >= fewest, nulsAtEven <= nulsAtOdd / 4 { return .utf16LittleEndian }
    if nulsAtEven >= fewest, nulsAtOdd <= nulsAtEven / 4 { return .utf16BigEndian }
    return nil
  }
}
