// The one door to iconv: an open conversion to UTF-8, strict, in pieces of bounded size.
//
// glibc's iconv stops at the first byte it cannot convert and says so; this file keeps that
// promise and adds where. It must never ask for `//IGNORE` or `//TRANSLIT`.

import Glibc

/// An open conversion from one encoding to UTF-8. Whoever opens it calls `close()` once.
struct IconvConverter {
  /// How a whole conversion ended.
  enum Outcome {
    case converted([UInt8])
    /// The bytes from `offset` on are not text; `before` is what preceded them, as UTF-8.
    case invalid(offset: Int, before: [UInt8])
  }

  private let descriptor: iconv_t

  private static let pieceBytes = 256 << 10

  /// Opens a conversion, or returns nil where iconv does not know the name.
  init?(from name: String) {
    guard let descriptor = iconv_open("UTF-8", name) else { return nil }
    // iconv_open answers (iconv_t)-1, not NULL, when it fails.
    guard Int(bitPattern: descriptor) != -1 else { return nil }
    self.descriptor = descriptor
  }

  func close() {
    iconv_close(descriptor)
  }

  /// Converts all of `source`, whose last character must be complete.
  func convert(_ source: UnsafeBufferPointer<UInt8>) -> Outcome {
    var converted: [UInt8] = []
    converted.reserveCapacity(source.count + source.count / 2)
    let piece = UnsafeMutablePointer<CChar>.allocate(capacity: Self.pieceBytes)
    defer { piece.deallocate() }
    // iconv's signature is not const, but it only reads from its input.
    var input = UnsafeMutableRawPointer(mutating: source.baseAddress)?
      .assumingMemoryBound(to: CChar.self)
    var inputLeft = source.count

    while inputLeft > 0 {
      var output: UnsafeMutablePointer<CChar>? = piece
      var outputLeft = Self.pieceBytes
      let answer = iconv(descriptor, &input, &inputLeft, &output, &outputLeft)
      let reason = errno
      Self.append(piece, count: Self.pieceBytes - outputLeft, to: &converted)
      if answer == Int.failure, reason != E2BIG {
        return .invalid(offset: source.count - inputLeft, before: converted)
      }
    }

    // Encodings with shift states may hold back a character until they are told of the end.
    var output: UnsafeMutablePointer<CChar>? = piece
    var outputLeft = Self.pieceBytes
    if iconv(descriptor, nil, nil, &output, &outputLeft) == Int.failure {
      return .invalid(offset: source.count, before: converted)
    }
    Self.append(piece, count: Self.pieceBytes - outputLeft, to: &converted)
    return .converted(converted)
  }

  private static func append(
    _ piece: UnsafeMutablePointer<CChar>, count: Int, to converted: inout [UInt8]
  ) {
    let bytes = UnsafeRawBufferPointer(start: piece, count: count)
    converted.append(contentsOf: bytes)
  }
}

extension Int {
  /// iconv's `(size_t)-1`, as Swift imports it.
  fileprivate static let failure = -1
}
