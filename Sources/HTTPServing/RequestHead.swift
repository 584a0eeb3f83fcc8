// Reads the request line and headers out of the library, and judges what can be judged without a
// body.
//
// Refusals in order of precedence: 431 too many header bytes, 400 two lengths at once (the seam
// through which requests are smuggled past proxies), 413 an announced body that is too long.
// Names and values are read by length, never up to a zero byte.

import CMicroHTTPD

/// Everything of a request but its body.
struct RequestHead: Sendable {
  let method: String
  let path: String
  var query: [String: String] = [:]
  var headers: [String: String] = [:]
  /// Names and values, as a measure of what the caller made us hold.
  var bytes: Int

  init(_ connection: OpaquePointer, url: UnsafePointer<CChar>, method: UnsafePointer<CChar>) {
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
    if headers["transfer-encoding"] != nil, headers["content-length"] != nil {
      return .badRequest("A body has one length.")
    }
    if let announced = bodyBytesAnnounced, announced > limits.bodyBytesMax {
      return .bodyTooLarge(bytesMax: limits.bodyBytesMax)
    }
    return nil
  }

  /// No use in reading the body: the caller has not sent it, or it is longer than we throw away.
  func isRefusedAtOnce(under limits: ServingLimits) -> Bool {
    awaitsContinue || bodyBytesAnnounced ?? 0 > limits.discardBytesMax
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
