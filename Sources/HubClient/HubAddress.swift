// Where a hub is, and how paths and queries are written behind it.
//
// Everything that is not a letter, digit or one of `-._~` is percent-encoded (RFC 3986), so what a
// person typed can name a record but never reach another path. A segment that is empty or made of
// dots would be folded away on the road; it is refused instead. Secrets are never part of a url.

/// The beginning of every url of one hub: `https://hub.example.com/rounds`.
public struct HubAddress: Hashable, Sendable {
  /// The longest address that is read, in bytes.
  public static let bytesMax = 2048
  /// Without a slash at the end.
  public let text: String

  /// Reads `http://…` or `https://…` with an optional port and path; nil for anything else.
  public init?(_ typed: String) {
    var rest = typed[...]
    while rest.hasSuffix("/") { rest.removeLast() }
    let lower = rest.lowercased()
    guard let scheme = ["https://", "http://"].first(where: { lower.hasPrefix($0) }),
      rest.utf8.count <= HubAddress.bytesMax
    else { return nil }
    let behind = rest.dropFirst(scheme.count)
    let isPlain = behind.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    guard isPlain, let first = behind.first, first != "/", !behind.contains(where: "?#@".contains)
    else { return nil }
    text = String(rest)
  }

  /// Whether what is sent there can be read on the way: not TLS, and not this very machine.
  public var isOpenToEavesdroppers: Bool {
    let lower = text.lowercased()
    guard lower.hasPrefix("http://") else { return false }
    let host = lower.dropFirst(7).prefix { $0 != "/" }
    return !["127.", "localhost", "[::1]"].contains { host.hasPrefix($0) }
  }

  /// The whole url of a call.
  public func url(_ path: HubPath, query: [HubQuery] = []) -> String {
    let pairs = query.map {
      "\(HubAddress.encoded($0.name))=\(HubAddress.encoded($0.value))"
    }
    let tail = pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    return text + path.text + tail
  }

  static func encoded(_ text: String) -> String {
    var encoded: [UInt8] = []
    for byte in text.utf8 {
      if isUnreserved(byte) {
        encoded.append(byte)
      } else {
        encoded.append(UInt8(ascii: "%"))
        encoded.append(digits[Int(byte >> 4)])
        encoded.append(digits[Int(byte & 0xF)])
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }

  private static let digits = Array("0123456789ABCDEF".utf8)

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }
}

/// A path behind a hub's address, encoded.
public struct HubPath: Hashable, Sendable {
  /// Begins with a slash.
  let text: String

  /// `["records", "customer:A/B"]` → `/records/customer%3AA%2FB`; nil when a segment cannot be one.
  public init?(_ segments: [String]) {
    let isUsable = segments.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    guard isUsable else { return nil }
    text = segments.map { "/" + HubAddress.encoded($0) }.joined()
  }

  /// A path known when the program was written.
  init(fixed text: StaticString) { self.text = text.description }
}

/// One `name=value` of a url.
public struct HubQuery: Hashable, Sendable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
