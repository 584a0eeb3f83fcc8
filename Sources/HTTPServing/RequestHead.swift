// Reads the request line and headers out of the library, and judges what can be judged without a
// body.
//
// Refusals in order of precedence: 431 too many header bytes, 400 a head that two readers could
// read in two ways (the seam through which requests are smuggled past proxies), 415 a packed body,
// 413 an announced body that is too long. Names and values are read by length, never up to a zero
// byte. After a head of two readings nothing that follows may be read: the connection is closed.

import CMicroHTTPD
import Glibc

/// Everything of a request but its body.
struct RequestHead: Sendable {
  let method: String
  let path: String
  var query: [String: String] = [:]
  var headers: [String: String] = [:]
  /// Names and values, as a measure of what the caller made us hold.
  var bytes: Int
  /// The request line had a percent sign that says nothing, or a hidden zero byte.
  private let isLineGarbled: Bool

  init(
    _ connection: OpaquePointer, url: UnsafePointer<CChar>, method: UnsafePointer<CChar>,
    isLineGarbled: Bool
  ) {
    self.isLineGarbled = isLineGarbled
    self.method = String(cString: method)
    path = String(cString: url)
    bytes = path.utf8.count
    withUnsafeMutablePointer(to: &self) { head in
      MHD_get_connection_values_n(connection, .HEADER_KIND, readHeader, head)
      MHD_get_connection_values_n(connection, .GET_ARGUMENT_KIND, readArgument, head)
    }
  }

  func request(with body: [UInt8], from peer: PeerAddress) -> HTTPRequest {
    HTTPRequest(
      method: method, path: path, query: query, headers: headers, body: body, peer: peer)
  }

  /// The caller waits for a word before it sends the body.
  var awaitsContinue: Bool { headers["expect"]?.lowercased() == "100-continue" }

  /// Nil without a length; `.max` for a length beyond counting.
  var bodyBytesAnnounced: Int? { headers["content-length"].map { Int($0) ?? .max } }

  func refusal(under limits: ServingLimits) -> HTTPResponse? {
    if bytes > limits.headerBytesMax { return .headersTooLarge(bytesMax: limits.headerBytesMax) }
    if let unclear = unclear { return .badRequest(unclear) }
    if !isUnpacked { return .packed }
    if let announced = bodyBytesAnnounced, announced > limits.bodyBytesMax {
      return .bodyTooLarge(bytesMax: limits.bodyBytesMax)
    }
    return nil
  }

  /// No use in reading the body: the caller has not sent it, or it is longer than we throw away.
  func isRefusedAtOnce(under limits: ServingLimits) -> Bool {
    awaitsContinue || unclear != nil || bodyBytesAnnounced ?? 0 > limits.discardBytesMax
  }

  /// What could be read in two ways.
  private var unclear: StaticString? {
    if isLineGarbled { return "The path holds a broken percent sign." }
    if headers["host"]?.contains(",") == true { return "A request has one host." }
    if let coding = headers["transfer-encoding"] {
      if headers["content-length"] != nil { return "A body has one length." }
      if coding.lowercased() != "chunked" { return "A body is sent plain or chunked." }
    }
    if let length = headers["content-length"], !RequestHead.isNumber(length) {
      return "A body has one length."
    }
    return nil
  }

  private static func isNumber(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  private var isUnpacked: Bool {
    headers["content-encoding"].map { ["", "identity"].contains($0.lowercased()) } ?? true
  }
}

/// What is looked at before the library takes a request line apart.
enum RequestLine {
  /// The library answers nothing at all to a line with some hundreds of arguments.
  static let argumentsMax = 100

  static func hasTooManyArguments(_ uri: UnsafePointer<CChar>) -> Bool {
    let separators: Set<UInt8> = [UInt8(ascii: "&"), UInt8(ascii: "?")]
    return UnsafeBufferPointer(start: uri, count: strlen(uri))
      .count { separators.contains(UInt8(bitPattern: $0)) } > argumentsMax
  }

  /// Whether a percent sign is not followed by two digits, or hides a zero byte.
  static func isGarbled(_ uri: UnsafePointer<CChar>) -> Bool {
    let text = UnsafeRawBufferPointer(start: uri, count: strlen(uri))
    return text.indices.contains { index in
      guard text[index] == UInt8(ascii: "%") else { return false }
      let digits = text[(index + 1)...].prefix(2)
      let isCode = digits.count == 2 && digits.allSatisfy { isHexDigit($0) }
      return !isCode || digits.allSatisfy { $0 == UInt8(ascii: "0") }
    }
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }
}

private func text(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> String {
  guard let bytes else { return "" }
  return String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
}

private func readHeader(
  context: UnsafeMutableRawPointer?, kind: MHD_ValueKind, name: UnsafePointer<CChar>?,
  nameBytes: Int, value: UnsafePointer<CChar>?, valueBytes: Int
) -> MHD_Result {
  guard let head = context?.assumingMemoryBound(to: RequestHead.self) else { return .NO }
  head.pointee.bytes += nameBytes + valueBytes
  let name = text(name, nameBytes).lowercased()
  let value = text(value, valueBytes)
  if let earlier = head.pointee.headers[name] {
    head.pointee.headers[name] = earlier + ", " + value
  } else {
    head.pointee.headers[name] = value
  }
  return .YES
}

private func readArgument(
  context: UnsafeMutableRawPointer?, kind: MHD_ValueKind, name: UnsafePointer<CChar>?,
  nameBytes: Int, value: UnsafePointer<CChar>?, valueBytes: Int
) -> MHD_Result {
  guard let head = context?.assumingMemoryBound(to: RequestHead.self) else { return .NO }
  head.pointee.bytes += nameBytes + valueBytes
  let name = text(name, nameBytes)
  if head.pointee.query[name] == nil { head.pointee.query[name] = text(value, valueBytes) }
  return .YES
}
