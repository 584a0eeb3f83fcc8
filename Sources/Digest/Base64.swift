// Bytes as base64 with padding (RFC 4648), by libsodium.
//
// For what is written for other programs, such as mail; no secret is ever written this way.

import CSodium

public enum Base64 {
  public static func text(of bytes: [UInt8]) -> String {
    // Four characters for every three bytes begun, and the zero that ends it in C.
    var buffer = [CChar](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
    sodium_bin2base64(
      &buffer, buffer.count, bytes, bytes.count, Int32(sodium_base64_VARIANT_ORIGINAL))
    return String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
