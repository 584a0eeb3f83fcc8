// The words of mails: transfer encodings, charsets, and encoded words in headers (`=?GB2312?B?…?=`).
//
// Strict where text would be lost: a charset that is not known, or bytes that are not of it, give nothing rather than
// something wrong. A header that is not encoded is taken as UTF-8.

import FoundationEssentials

enum MailWords {
  /// A header line as it stands.
  static func raw(_ line: ArraySlice<UInt8>) -> String { String(decoding: line, as: UTF8.self) }

  /// The bytes behind a transfer encoding; nil where they are not of it.
  static func bytes(_ body: ArraySlice<UInt8>, encoding: String) -> [UInt8]? {
    switch encoding {
    case "base64":
      Data(base64Encoded: Data(body), options: .ignoreUnknownCharacters).map { Array($0) }
    case "quoted-printable": quotedPrintable(body, isHeader: false)
    default: Array(body)
    }
  }

  /// Text of a charset; without one it is found as a table's is.
  static func text(_ bytes: [UInt8], charset: String?) -> String? {
    // GB2312 in a mail is what GB18030 extends, and often more than it says.
    let name = charset.map { ["gb2312", "gbk"].contains($0.lowercased()) ? "GB18030" : $0 }
    let encoding = name.flatMap { try? TextEncoding(name: $0) }
    if name != nil, encoding == nil { return nil }
    return (try? TextDecoder.decode(bytes, as: encoding))?.string
  }

  /// A header with its encoded words put into letters.
  static func decoded(_ header: String) -> String {
    var text = ""
    var rest = Substring(header)
    var followsWord = false
    while let begin = rest.firstRange(of: "=?") {
      let before = rest[..<begin.lowerBound]
      guard let word = word(rest[begin.upperBound...]) else {
        text += rest[..<begin.upperBound]
        rest = rest[begin.upperBound...]
        followsWord = false
        continue
      }
      // Space between two encoded words only separates them.
      if !(followsWord && before.allSatisfy(\.isWhitespace)) { text += before }
      text += word.text
      rest = word.rest
      followsWord = true
    }
    return text + rest
  }

  /// `charset?B?text?=`, and what follows it.
  private static func word(_ text: Substring) -> (text: String, rest: Substring)? {
    let parts = text.split(separator: "?", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, parts[3].hasPrefix("="), parts[1].count == 1 else { return nil }
    let bytes: [UInt8]? =
      switch parts[1].lowercased() {
      case "b": Data(base64Encoded: String(parts[2])).map { Array($0) }
      case "q": quotedPrintable(ArraySlice(parts[2].utf8), isHeader: true)
      default: nil
      }
    // `charset*language` is RFC 2231's.
    let charset = parts[0].prefix { $0 != "*" }
    guard let bytes, let decoded = self.text(bytes, charset: String(charset)) else { return nil }
    return (decoded, parts[3].dropFirst())
  }

  private static func quotedPrintable(_ body: ArraySlice<UInt8>, isHeader: Bool) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(body.count)
    var position = body.startIndex
    while position < body.endIndex {
      let byte = body[position]
      position += 1
      if isHeader, byte == UInt8(ascii: "_") {
        bytes.append(.space)
      } else if byte != UInt8(ascii: "=") {
        bytes.append(byte)
      } else {
        var next = body[position...].prefix(2)
        if next.first == .lineFeed || next == [.carriageReturn, .lineFeed] {
          // A soft line break.
          position += next.first == .lineFeed ? 1 : 2
          continue
        }
        guard next.count == 2, let high = next.popFirst()?.hexadecimal,
          let low = next.popFirst()?.hexadecimal
        else { return nil }
        bytes.append(high << 4 | low)
        position += 2
      }
    }
    return bytes
  }
}

extension UInt8 {
  fileprivate var hexadecimal: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
