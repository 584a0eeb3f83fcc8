// ULID: a 128-bit identity that sorts by the millisecond it was minted in.
//
// 48 bits of milliseconds, then 80 random bits; as text 26 characters of Crockford's base 32.
// Source: https://github.com/ulid/spec. Randomness and time are passed in, never drawn here.

public struct ULID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// 48 bits of milliseconds, and the first 16 random bits.
  public let high: UInt64
  /// The other 64 random bits.
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// - Parameter milliseconds: since 1970; only the low 48 bits are kept (enough until the year 10889).
  public init(milliseconds: UInt64, randomHigh: UInt16, randomLow: UInt64) {
    self.init(high: milliseconds << 16 | UInt64(randomHigh), low: randomLow)
  }

  public init(moment: Moment, using generator: inout some RandomNumberGenerator) {
    self.init(
      milliseconds: UInt64(clamping: moment.milliseconds),
      randomHigh: .random(in: .min ... .max, using: &generator), randomLow: generator.next())
  }

  /// When it was minted, by the clock of whoever minted it.
  public var moment: Moment { Moment(milliseconds: Int64(high >> 16)) }

  public static func < (left: Self, right: Self) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

// MARK: - Bytes

extension ULID {
  public static let byteCount = 16

  /// Sixteen bytes, most significant first, so that bytes sort as the identities do.
  public var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: ULID.byteCount) { buffer, count in
      UnsafeMutableRawBufferPointer(buffer).storeBytes(
        of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
      UnsafeMutableRawBufferPointer(buffer).storeBytes(
        of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
      count = ULID.byteCount
    }
  }

  /// Nil unless there are exactly sixteen bytes.
  public init?(bytes: [UInt8]) {
    guard bytes.count == ULID.byteCount else { return nil }
    func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
    self.init(high: word(bytes[..<8]), low: word(bytes[8...]))
  }
}

// MARK: - Text

extension ULID {
  public static let textLength = 26
  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

  public var description: String {
    String(unsafeUninitializedCapacity: ULID.textLength) { buffer in
      write(into: buffer)
      return ULID.textLength
    }
  }

  /// Writes the text, `textLength` bytes of ASCII, to the buffer's beginning.
  public func write(into buffer: UnsafeMutableBufferPointer<UInt8>) {
    precondition(buffer.count >= ULID.textLength, "\(buffer.count) bytes are too few for a ULID")
    var (high, low) = (self.high, self.low)
    // Named once: a global is looked for, every time it is named, whether it has been made.
    let alphabet = ULID.alphabet
    for index in stride(from: ULID.textLength - 1, through: 0, by: -1) {
      buffer[index] = alphabet[Int(low & 31)]
      low = low >> 5 | high << 59
      high >>= 5
    }
  }

  /// Nil unless it is 26 characters of base 32, in either case, that fit into 128 bits.
  public init?(_ text: some StringProtocol) {
    // Every row that is read parses one: bytes in a row are read as such.
    let parsed =
      text.utf8.withContiguousStorageIfAvailable { ULID(utf8: $0) }
      ?? Array(text.utf8).withUnsafeBufferPointer { ULID(utf8: $0) }
    guard let parsed else { return nil }
    self = parsed
  }

  /// The same, of the bytes of a text.
  public init?(utf8 text: UnsafeBufferPointer<UInt8>) {
    guard text.count == ULID.textLength else { return nil }
    var (high, low): (UInt64, UInt64) = (0, 0)
    for byte in text {
      guard let digit = ULID.digit(byte), high >> 59 == 0 else { return nil }
      high = high << 5 | low >> 59
      low = low << 5 | UInt64(digit)
    }
    self.init(high: high, low: low)
  }

  /// The value of one character; Crockford's rule reads I and L as 1, and O as 0.
  static func digit(_ byte: UInt8) -> UInt8? {
    let upper = byte >= 0x61 && byte <= 0x7A ? byte - 0x20 : byte
    // The alphabet leaves out I, L, O and U.
    switch upper {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return upper - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "H"): return upper - UInt8(ascii: "A") + 10
    case UInt8(ascii: "J"), UInt8(ascii: "K"): return upper - UInt8(ascii: "J") + 18
    case UInt8(ascii: "M"), UInt8(ascii: "N"): return upper - UInt8(ascii: "M") + 20
    case UInt8(ascii: "P")...UInt8(ascii: "T"): return upper - UInt8(ascii: "P") + 22
    case UInt8(ascii: "V")...UInt8(ascii: "Z"): return upper - UInt8(ascii: "V") + 27
    case UInt8(ascii: "I"), UInt8(ascii: "L"): return 1
    case UInt8(ascii: "O"): return 0
    default: return nil
    }
  }

  /// The smallest and greatest identity whose text begins with `prefix`; nil if that is no base 32.
  public static func range(prefix: some StringProtocol) -> ClosedRange<ULID>? {
    let missing = textLength - prefix.utf8.count
    guard missing >= 0, prefix.utf8.allSatisfy({ digit($0) != nil }),
      let lowest = ULID(prefix + String(repeating: "0", count: missing)),
      let highest = ULID(prefix + String(repeating: "Z", count: missing))
    else { return nil }
    return lowest...highest
  }
}

/// The identity of a record. It is minted with the record, offline, and never changes.
public typealias RecordID = ULID

/// The identity of the user's action. It survives cloning and re-sealing, and its time part is the
/// milliseconds of the edit's hybrid timestamp.
public typealias EditID = ULID
