// Bytes as hexadecimal digits, and back: hashes that people compare, and bytes kept in lines of text.
//
// Two lower-case digits a byte. Reading takes either case and nothing that is not a whole number of
// bytes.

extension Sequence<UInt8> {
  public var hexadecimal: String {
    map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

extension [UInt8] {
  /// Nil for anything but pairs of hexadecimal digits.
  public init?(hexadecimal text: some StringProtocol) {
    let digits = [UInt8](text.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    self = stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
    }
    guard count == digits.count / 2 else { return nil }
  }
}
