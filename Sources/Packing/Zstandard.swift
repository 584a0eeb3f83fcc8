// Zstandard frames (RFC 8878): what travels packed, and what is kept for long and seldom read.
//
// The only file that calls libzstd. A frame written here carries a checksum of its content, so that a
// damaged one is refused and never unpacked into something else. Nobody is trusted with how much comes
// out: whoever unpacks says how much he takes.

import CZstd

public enum Zstandard {
  /// The library's own middle: a quarter to a fifth of the bytes of records, at some hundred MB a second.
  private static let level: Int32 = 3
  /// Every frame begins with these (RFC 8878, section 3.1.1).
  private static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

  /// Whether bytes begin like a frame.
  public static func isFrame(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.starts(with: magic)
  }

  /// The bytes as one frame; nil where memory is short, or the library refuses.
  public static func frame(of bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    guard let context = ZSTD_createCCtx() else { return nil }
    defer { ZSTD_freeCCtx(context) }
    for (parameter, value) in [(ZSTD_c_compressionLevel, level), (ZSTD_c_checksumFlag, 1)] {
      guard ZSTD_isError(ZSTD_CCtx_setParameter(context, parameter, value)) == 0 else { return nil }
    }
    let room = ZSTD_compressBound(bytes.count)
    let frame = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      let written = ZSTD_compress2(
        context, buffer.baseAddress, room, bytes.baseAddress, bytes.count)
      count = ZSTD_isError(written) == 0 ? written : 0
    }
    return frame.isEmpty ? nil : frame
  }

  /// What is in one whole frame; nil if it is none, is damaged, does not say how much it holds, or holds
  /// more than `bytesMax`.
  public static func content(
    of frame: UnsafeRawBufferPointer, bytesMax: Int
  ) -> [UInt8]? {
    // Two values at the top of the range mean "not said" and "no frame".
    let size = ZSTD_getFrameContentSize(frame.baseAddress, frame.count)
    guard size <= UInt64(bytesMax) else { return nil }
    var isWhole = false
    let content = [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
      let written = ZSTD_decompress(
        buffer.baseAddress, Int(size), frame.baseAddress, frame.count)
      isWhole = ZSTD_isError(written) == 0 && written == Int(size)
      count = isWhole ? written : 0
    }
    return isWhole ? content : nil
  }
}
