// From the bytes of a file to UTF-8 text, strictly: either every byte is understood, or there is an
// error that says where it was not.
//
// UTF-8 is validated once and not copied; everything else goes through iconv. A leading U+FEFF is a
// mark, never text. What GB18030 cannot tell is whether it was right: it gives nearly every pair of
// bytes a character. Text of another encoding read as GB18030 betrays itself by private-use
// characters, which no keyboard types; they are counted so that a program can raise a doubt.

/// The text of a file, as well-formed UTF-8, with the story of how it was read.
public struct DecodedText: Sendable {
  /// The text without its mark. Always well-formed.
  public let utf8: ArraySlice<UInt8>
  public let encoding: TextEncoding
  public let evidence: TextEncoding.Evidence
  /// Characters U+E000 ... U+F8FF in text whose encoding was assumed; more than none means that the
  /// assumption is doubtful. Zero where there was better evidence.
  public let privateUseCharacters: Int

  /// The text as one string.
  public var string: String { String(decoding: utf8, as: UTF8.self) }
}

/// Reads bytes as text.
public enum TextDecoder {
  /// Reads a whole file as text, in the encoding found by `TextEncodingDetector` or in a forced
  /// one.
  ///
  /// - Throws: `TabularError.fileTooLarge`, or `.invalidSequence` with the first place that is no
  ///   text in the encoding.
  public static func decode(
    _ bytes: [UInt8], as forced: TextEncoding? = nil
  ) throws(TabularError) -> DecodedText {
    guard bytes.count <= Limits.fileBytesMax else {
      throw .fileTooLarge(bytes: bytes.count, bytesMax: Limits.fileBytesMax)
    }
    let finding =
      if let forced {
        TextEncodingDetector.Finding(encoding: forced, evidence: .forced, markLength: 0)
      } else {
        TextEncodingDetector.detect(bytes)
      }
    let text =
      finding.encoding.isUTF8
      ? try checkUTF8(bytes, finding) : try convert(bytes, finding)
    let isAssumed = if case .assumed = finding.evidence { true } else { false }
    return DecodedText(
      utf8: text, encoding: finding.encoding, evidence: finding.evidence,
      privateUseCharacters: isAssumed ? countPrivateUse(text) : 0)
  }

  /// The text of a string that is already in memory.
  public static func decode(_ string: String) -> DecodedText {
    DecodedText(
      utf8: withoutMark(ArraySlice(string.utf8)), encoding: .utf8, evidence: .wellFormedUTF8,
      privateUseCharacters: 0)
  }

  private static func checkUTF8(
    _ bytes: [UInt8], _ finding: TextEncodingDetector.Finding
  ) throws(TabularError) -> ArraySlice<UInt8> {
    // The detector has already been through the bytes when that was its evidence.
    if finding.evidence != .wellFormedUTF8,
      let offset = TextEncodingDetector.findMalformedUTF8(bytes, from: finding.markLength)
    {
      let line = 1 + countLineEnds(bytes[..<offset])
      throw .invalidSequence(
        encoding: finding.encoding, evidence: finding.evidence,
        at: TextPlace(offset: offset, line: line))
    }
    return withoutMark(bytes[...])
  }

  private static func convert(
    _ bytes: [UInt8], _ finding: TextEncodingDetector.Finding
  ) throws(TabularError) -> ArraySlice<UInt8> {
    guard let converter = IconvConverter(from: finding.encoding.name) else {
      throw .unknownEncoding(name: finding.encoding.name)
    }
    defer { converter.close() }
    let outcome = bytes[finding.markLength...].withUnsafeBufferPointer { converter.convert($0) }
    switch outcome {
    case .converted(let text):
      return withoutMark(text[...])
    case .invalid(let offset, let before):
      throw .invalidSequence(
        encoding: finding.encoding, evidence: finding.evidence,
        at: TextPlace(
          offset: finding.markLength + offset, line: 1 + countLineEnds(before[...])))
    }
  }

  private static func withoutMark(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text
  }

  private static func countLineEnds(_ text: ArraySlice<UInt8>) -> Int {
    var lineEnds = 0
    var previous: UInt8 = 0
    for byte in text {
      if byte == .lineFeed, previous != .carriageReturn { lineEnds += 1 }
      if byte == .carriageReturn { lineEnds += 1 }
      previous = byte
    }
    return lineEnds
  }

  /// U+E000 ... U+F8FF are EE 80 80 ... EF A3 BF: counting the first two bytes is enough.
  private static func countPrivateUse(_ text: ArraySlice<UInt8>) -> Int {
    var count = 0
    var previous: UInt8 = 0
    for byte in text {
      if previous == 0xEE || (previous == 0xEF && byte <= 0xA3) { count += 1 }
      previous = byte
    }
    return count
  }
}

extension UInt8 {
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let quote = UInt8(ascii: "\"")
  static let space = UInt8(ascii: " ")
  static let tab = UInt8(ascii: "\t")
}
