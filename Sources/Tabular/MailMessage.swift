// A mail as a file (`.eml`): who wrote to whom, when, about what, and its words.
//
// RFC 5322 headers with the encoded words of RFC 2047, MIME bodies (RFC 2045, 2046) down to the first plain text. Charsets go
// through the same strict conversion as tables; what no encoding explains is left out, never guessed at. Total: any bytes are a
// mail or none, however deep or long; it never runs what a mail contains, and leaves attachments where they are.

import FoundationEssentials

public struct MailMessage: Hashable, Sendable {
  /// The larger a mail, the more of it is attachments.
  public static let bytesMax = 50 << 20
  public static let textBytesMax = 32 << 10
  private static let depthMax = 8

  /// Without angle brackets; empty where the mail has none.
  public let id: String
  /// Addresses only, in lower case.
  public let from: [String]
  /// `To` and `Cc`.
  public let to: [String]
  /// As the mail says it.
  public let date: String
  public let subject: String
  /// The first plain text, at most `textBytesMax` of it.
  public let text: String

  /// Nil for bytes that have no sender.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count <= MailMessage.bytesMax else { return nil }
    let part = MailPart(bytes[...])
    from = MailMessage.addresses(part.header("from"))
    guard !from.isEmpty else { return nil }
    to = MailMessage.addresses(part.header("to") + "," + part.header("cc"))
    id = part.header("message-id").filter { !"<> \t".contains($0) }
    date = part.header("date")
    subject = MailWords.decoded(part.header("subject"))
    let text = part.plainText(depth: MailMessage.depthMax) ?? ""
    self.text = String(decoding: text.utf8.prefix(MailMessage.textBytesMax), as: UTF8.self)
      .trimmingSpaces()
  }

  /// The addresses of a list, whatever names and comments stand around them.
  static func addresses(_ list: String) -> [String] {
    var addresses: [String] = []
    let separators: Set<Character> = [",", ";", "<", ">", " ", "\t", "\"", "(", ")"]
    for word in list.split(whereSeparator: separators.contains) {
      let sides = word.split(separator: "@", omittingEmptySubsequences: false)
      guard sides.count == 2, !sides[0].isEmpty, sides[1].contains("."), word.utf8.count <= 254
      else { continue }
      let address = word.lowercased()
      if !addresses.contains(address) { addresses.append(address) }
    }
    return addresses
  }
}

/// A message, or a part of one: header lines and a body.
private struct MailPart {
  private var headers: [String: String] = [:]
  private let body: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) {
    var position = bytes.startIndex
    var name = ""
    while position < bytes.endIndex {
      let end = bytes[position...].firstIndex(of: .lineFeed) ?? bytes.endIndex
      var line = bytes[position..<end]
      position = end < bytes.endIndex ? end + 1 : end
      if line.last == .carriageReturn { line.removeLast() }
      if line.isEmpty { break }
      let text = MailWords.raw(line)
      if line.first == .space || line.first == .tab {
        // A folded line belongs to the header before it.
        headers[name]? += " " + text.trimmingSpaces()
      } else if let colon = text.firstIndex(of: ":") {
        name = text[..<colon].lowercased()
        // Of two headers of a name the first one counts: the other was added on the way.
        let value = text[text.index(after: colon)...]
        if headers[name] == nil {
          headers[name] = String(value).trimmingSpaces()
        } else {
          name = ""
        }
      }
    }
    body = bytes[position...]
  }

  func header(_ name: String) -> String { headers[name] ?? "" }

  /// A parameter of the content type, such as `charset`.
  private func parameter(_ name: String) -> String? {
    for part in header("content-type").split(separator: ";").dropFirst() {
      let part = String(part).trimmingSpaces()
      guard part.lowercased().hasPrefix(name + "=") else { continue }
      return part.dropFirst(name.count + 1).filter { $0 != "\"" }
    }
    return nil
  }

  /// The first plain text in here.
  func plainText(depth: Int) -> String? {
    let type = header("content-type").lowercased()
    if type.hasPrefix("multipart/") {
      guard depth > 0, let boundary = parameter("boundary"), !boundary.isEmpty else { return nil }
      return parts(boundary).lazy.compactMap { $0.plainText(depth: depth - 1) }.first
    }
    guard type.isEmpty || type.hasPrefix("text/plain"),
      !header("content-disposition").lowercased().hasPrefix("attachment")
    else { return nil }
    let bytes = MailWords.bytes(body, encoding: header("content-transfer-encoding").lowercased())
    return bytes.flatMap { MailWords.text($0, charset: parameter("charset")) }
  }

  private func parts(_ boundary: String) -> [MailPart] {
    let mark = Array("--\(boundary)".utf8)
    var parts: [MailPart] = []
    var begin: Int?
    var position = body.startIndex
    while position < body.endIndex {
      let end = body[position...].firstIndex(of: .lineFeed) ?? body.endIndex
      if body[position..<end].starts(with: mark) {
        if let begin { parts.append(MailPart(body[begin..<position])) }
        // `--boundary--` ends it.
        let isLast = body[position..<end].dropFirst(mark.count).starts(with: [45, 45])
        begin = isLast || end == body.endIndex ? nil : end + 1
        if isLast { break }
      }
      position = end < body.endIndex ? end + 1 : end
    }
    if let begin { parts.append(MailPart(body[begin...])) }
    return parts
  }
}

extension String {
  fileprivate func trimmingSpaces() -> String {
    var text = Substring(self)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
