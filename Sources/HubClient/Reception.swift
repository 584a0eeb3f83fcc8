// Where libcurl puts an answer while it arrives.
//
// It never holds more than `bytesMax` of body and `headerBytesMax` of headers: one byte more stops
// the transfer. It lives on the stack frame of one call and is reached by the two C callbacks
// below, which run inside that call and on its thread.

import CCurl

/// One answer in the making.
struct Reception {
  /// No hub sends so much; a stranger in its place might.
  static let headerBytesMax = 64 * 1024

  let bytesMax: Int
  private(set) var body: [UInt8] = []
  private(set) var headers: [String: String] = [:]
  private(set) var isTooLarge = false
  private var headerBytes = 0

  init(bytesMax: Int) { self.bytesMax = bytesMax }

  /// Returns whether to go on.
  mutating func takeBody(_ piece: UnsafeRawBufferPointer) -> Bool {
    guard body.count + piece.count <= bytesMax else {
      isTooLarge = true
      return false
    }
    body.append(contentsOf: piece)
    return true
  }

  /// Returns whether to go on.
  mutating func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
    headerBytes += line.count
    guard headerBytes <= Self.headerBytesMax else {
      isTooLarge = true
      return false
    }
    // A status line begins a new answer: the one before it was `100 Continue`.
    if line.starts(with: "HTTP/".utf8) {
      headers = [:]
    } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
      let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
      headers[name] = Self.trimmed(line[(colon + 1)...])
    }
    return true
  }

  private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
    let blanks: [UInt8] = [0x20, 0x09, 0x0D, 0x0A]
    guard let first = bytes.firstIndex(where: { !blanks.contains($0) }),
      let last = bytes.lastIndex(where: { !blanks.contains($0) })
    else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }
}

let receiveBody: rounds_curl_receive = { bytes, size, count, context in
  guard let reception = context?.assumingMemoryBound(to: Reception.self) else { return 0 }
  let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
  return reception.pointee.takeBody(piece) ? piece.count : 0
}

let receiveHeader: rounds_curl_receive = { bytes, size, count, context in
  guard let reception = context?.assumingMemoryBound(to: Reception.self) else { return 0 }
  let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
  return reception.pointee.takeHeader(piece) ? piece.count : 0
}
