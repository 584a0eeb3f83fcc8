// Reads protobuf from bytes that nobody vouches for.
//
// The format: https://protobuf.dev/programming-guides/encoding/. Total: whatever the bytes, every
// verb returns or throws. Each length is checked against what is left *before* anything is made of
// it, so no input makes the reader allocate more than a small multiple of its own size.
//
// Refused, where Google's readers are lenient: varints of more than 64 bits, integers that their
// field cannot hold, booleans other than 0 and 1, groups (wire types 3 and 4), a known field with
// another wire type. All of that would be silently changed by writing it again.
//
// Use: `while let field = try reader.nextField() { switch field { …; default: try reader.skip() } }`;
// each field must be read or skipped exactly once. A reader must not outlive the bytes it reads.

import SyncCore

public struct ProtobufReader {
  private let bytes: UnsafeRawBufferPointer
  /// The next byte to read, from the start of the outermost message; at most `end`.
  private var offset: Int
  private let end: Int
  /// Of the field that `nextField` returned last.
  private var fieldNumber: UInt32 = 0
  private var wireType: UInt8 = 0
  let message: MessageName
  /// How many values enclose what is being read: at most `Limits.valueDepthMax`.
  private(set) var valueDepth = 0

  public init(_ bytes: UnsafeRawBufferPointer, message: MessageName) {
    self.bytes = bytes
    self.message = message
    offset = 0
    end = bytes.count
  }

  private init(of outer: ProtobufReader, _ range: Range<Int>, message: MessageName) {
    bytes = outer.bytes
    offset = range.lowerBound
    end = range.upperBound
    self.message = message
    valueDepth = outer.valueDepth
  }

  /// Bytes not read yet.
  public var byteCount: Int { end - offset }

  public func error(_ fault: WireError.Fault) -> WireError {
    WireError(message: message, offset: offset, fault: fault)
  }

  public func require(
    _ condition: Bool, _ fault: @autoclosure () -> WireError.Fault
  ) throws(WireError) {
    guard condition else { throw error(fault()) }
  }

  /// The number of the next field; nil at the end.
  /// - Throws: `truncated`, `invalidFieldNumber`, `unsupportedWireType`.
  public mutating func nextField() throws(WireError) -> UInt32? {
    guard offset < end else { return nil }
    let tag = try readVarint()
    let number = tag >> 3
    let type = UInt8(truncatingIfNeeded: tag & 7)
    guard number != 0, number <= 0x1FFF_FFFF else { throw error(.invalidFieldNumber) }
    guard type <= WireType.lengthDelimited || type == WireType.fixed32 else {
      throw error(.unsupportedWireType(type))
    }
    fieldNumber = UInt32(truncatingIfNeeded: number)
    wireType = type
    return fieldNumber
  }

  /// Passes over the payload of a field that this program does not know.
  public mutating func skip() throws(WireError) {
    switch wireType {
    case WireType.varint: _ = try readVarint()
    case WireType.fixed64: try advance(8)
    case WireType.fixed32: try advance(4)
    default: _ = try readRange()
    }
  }

  /// Goes one value deeper. - Throws: `tooDeep`.
  mutating func enterValue() throws(WireError) {
    try require(valueDepth < Limits.valueDepthMax, .tooDeep)
    valueDepth += 1
  }

  func reader(of range: Range<Int>, message: MessageName) -> ProtobufReader {
    ProtobufReader(of: self, range, message: message)
  }

  /// A reader of other bytes, at the same depth.
  func reader(of other: UnsafeRawBufferPointer, message: MessageName) -> ProtobufReader {
    var reader = ProtobufReader(other, message: message)
    reader.valueDepth = valueDepth
    return reader
  }

  func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[range])
  }

  private func expect(_ type: UInt8) throws(WireError) {
    guard wireType == type else {
      throw error(.unexpectedWireType(field: fieldNumber, wireType))
    }
  }

  private mutating func advance(_ count: Int) throws(WireError) {
    guard count <= end - offset else { throw error(.truncated) }
    offset += count
  }

  @inline(__always)
  private mutating func readVarint() throws(WireError) -> UInt64 {
    guard offset < end else { throw error(.truncated) }
    let first = bytes[offset]
    guard first >= 0x80 else {
      offset += 1
      return UInt64(first)
    }
    return try readLongVarint()
  }

  private mutating func readLongVarint() throws(WireError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), through: 63, by: 7) {
      guard offset < end else { throw error(.truncated) }
      let byte = bytes[offset]
      offset += 1
      // The tenth byte holds the 64th bit and nothing else.
      if shift == 63, byte > 1 { throw error(.overlongInteger) }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw error(.overlongInteger)
  }
}

// MARK: - Scalars

extension ProtobufReader {
  public mutating func readUInt64() throws(WireError) -> UInt64 {
    try expect(WireType.varint)
    return try readVarint()
  }

  /// - Throws: `outOfRange` beyond 32 bits.
  public mutating func readUInt32() throws(WireError) -> UInt32 {
    guard let value = UInt32(exactly: try readUInt64()) else {
      throw error(.outOfRange(field: fieldNumber))
    }
    return value
  }

  public mutating func readSInt64() throws(WireError) -> Int64 {
    let value = try readUInt64()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  public mutating func readBool() throws(WireError) -> Bool {
    let value = try readUInt64()
    guard value <= 1 else { throw error(.outOfRange(field: fieldNumber)) }
    return value == 1
  }

  public mutating func readFixed32() throws(WireError) -> UInt32 {
    try expect(WireType.fixed32)
    let start = offset
    try advance(4)
    return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self))
  }

  public mutating func readFixed64() throws(WireError) -> UInt64 {
    try expect(WireType.fixed64)
    let start = offset
    try advance(8)
    return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
  }
}

// MARK: - Length-delimited

extension ProtobufReader {
  /// Where the payload of a length-delimited field lies.
  mutating func readRange() throws(WireError) -> Range<Int> {
    try expect(WireType.lengthDelimited)
    let length = try readVarint()
    guard length <= UInt64(end - offset) else { throw error(.truncated) }
    let start = offset
    offset += Int(length)
    return start..<offset
  }

  mutating func readRange(bytesMax: Int) throws(WireError) -> Range<Int> {
    let range = try readRange()
    try require(range.count <= bytesMax, .tooLarge(field: fieldNumber, bytesMax: bytesMax))
    return range
  }

  public mutating func readBytes(
    bytesMax: Int = Limits.bodyBytesMax
  ) throws(WireError) -> [UInt8] {
    [UInt8](slice(try readRange(bytesMax: bytesMax)))
  }

  /// - Throws: `invalidUTF8`, `tooLarge`.
  public mutating func readText(
    bytesMax: Int = Limits.bodyBytesMax
  ) throws(WireError) -> String {
    let range = try readRange(bytesMax: bytesMax)
    let utf8 = slice(range).assumingMemoryBound(to: UInt8.self)
    do {
      return String(copying: try UTF8Span(validating: utf8.span))
    } catch {
      throw self.error(.invalidUTF8(field: fieldNumber))
    }
  }

  /// - Throws: `wrongByteCount` for anything but 16 bytes.
  public mutating func readIdentity() throws(WireError) -> ULID {
    let range = try readRange(byteCount: ULID.byteCount)
    let high = bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: UInt64.self)
    let low = bytes.loadUnaligned(fromByteOffset: range.lowerBound + 8, as: UInt64.self)
    return ULID(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low))
  }

  public mutating func readMessage<Message: WireMessage>(
    _ type: Message.Type
  ) throws(WireError) -> Message {
    var nested = reader(of: try readRange(), message: Message.messageName)
    return try Message(from: &nested)
  }

  mutating func readRange(byteCount: Int) throws(WireError) -> Range<Int> {
    let range = try readRange()
    guard range.count == byteCount else {
      throw error(.wrongByteCount(field: fieldNumber, expected: byteCount, found: range.count))
    }
    return range
  }

  /// Appends repeated integers, one or packed. - Throws: `tooMany`, before the list has grown.
  public mutating func readUInt32s(
    into values: inout [UInt32], countMax: Int
  ) throws(WireError) {
    guard wireType == WireType.lengthDelimited else {
      try require(values.count < countMax, .tooMany(field: fieldNumber, countMax: countMax))
      values.append(try readUInt32())
      return
    }
    var packed = reader(of: try readRange(), message: message)
    packed.fieldNumber = fieldNumber
    while packed.byteCount > 0 {
      try require(values.count < countMax, .tooMany(field: fieldNumber, countMax: countMax))
      values.append(try packed.readUInt32())
    }
  }
}
