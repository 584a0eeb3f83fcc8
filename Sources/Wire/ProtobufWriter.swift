// Writes protobuf: tags, varints, fixed integers, and messages inside messages.
//
// The format: https://protobuf.dev/programming-guides/encoding/. A field is a tag (number and wire
// type in one varint) and a payload. A nested message is preceded by its length, which is not known
// before it is written: one byte is left for it, which is enough below 128 bytes, and a longer
// message is moved up by the missing bytes. So nothing is written twice and no sizes are computed.
//
// There are two families of verbs. `write` always writes: members of a `oneof`, optional fields,
// elements of repeated ones. `writeNonDefault` leaves out 0, false and the empty, as proto3 does.

import SyncCore

/// An append-only buffer that knows protobuf. It owns its memory, so it is not copied: hand it on
/// `inout`, and take `bytes` when the message is complete.
public struct ProtobufWriter: ~Copyable {
  /// Memory of `capacity` bytes, of which the first `byteCount` are written; freed with the writer.
  private var memory: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// Bytes written so far.
  public private(set) var byteCount = 0

  public init(reservingCapacity byteCount: Int = 256) {
    capacity = Swift.max(byteCount, 64)
    memory = .allocate(capacity: capacity)
  }

  deinit { memory.deallocate() }

  /// A copy of everything written so far.
  public var bytes: [UInt8] { [UInt8](UnsafeBufferPointer(start: memory, count: byteCount)) }

  /// Everything written so far, without a copy.
  public func withUnsafeBytes<Result, Failure>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: memory, count: byteCount))
  }

  /// Forgets what was written and keeps the memory, for the next message of a bulk load.
  public mutating func removeAll() { byteCount = 0 }

  /// Makes room for `count` more bytes. Every write below is preceded by it.
  @inline(__always)
  private mutating func reserve(_ count: Int) {
    if capacity - byteCount < count { grow(count) }
  }

  @inline(never)
  private mutating func grow(_ count: Int) {
    capacity = Swift.max(capacity * 2, byteCount + count)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: memory, count: byteCount)
    memory.deallocate()
    memory = larger
  }
}

/// The payload shapes of protobuf that this protocol uses.
enum WireType {
  static let varint: UInt8 = 0
  static let fixed64: UInt8 = 1
  static let lengthDelimited: UInt8 = 2
  static let fixed32: UInt8 = 5
}

// MARK: - Always written

extension ProtobufWriter {
  @inline(__always)
  mutating func writeTag(_ field: UInt32, _ type: UInt8) {
    writeVarint(UInt64(field << 3 | UInt32(type)))
  }

  @inline(__always)
  mutating func writeVarint(_ value: UInt64) {
    reserve(10)
    var rest = value
    while rest >= 0x80 {
      memory[byteCount] = UInt8(truncatingIfNeeded: rest) | 0x80
      byteCount += 1
      rest >>= 7
    }
    memory[byteCount] = UInt8(truncatingIfNeeded: rest)
    byteCount += 1
  }

  @inline(__always)
  private mutating func append<Bits: BitwiseCopyable>(bits: Bits) {
    reserve(MemoryLayout<Bits>.size)
    UnsafeMutableRawPointer(memory + byteCount).storeBytes(of: bits, as: Bits.self)
    byteCount += MemoryLayout<Bits>.size
  }

  @inline(__always)
  private mutating func append(_ buffer: UnsafeBufferPointer<UInt8>) {
    guard let start = buffer.baseAddress else { return }
    reserve(buffer.count)
    (memory + byteCount).update(from: start, count: buffer.count)
    byteCount += buffer.count
  }

  public mutating func write(varint value: UInt64, field: UInt32) {
    writeTag(field, WireType.varint)
    writeVarint(value)
  }

  /// Small negative numbers become small varints: 0, -1, 1, -2 … are written as 0, 1, 2, 3 …
  public mutating func write(zigzag value: Int64, field: UInt32) {
    write(varint: UInt64(bitPattern: value << 1 ^ value >> 63), field: field)
  }

  public mutating func write(bool value: Bool, field: UInt32) {
    write(varint: value ? 1 : 0, field: field)
  }

  public mutating func write(fixed32 value: UInt32, field: UInt32) {
    writeTag(field, WireType.fixed32)
    append(bits: value.littleEndian)
  }

  public mutating func write(fixed64 value: UInt64, field: UInt32) {
    writeTag(field, WireType.fixed64)
    append(bits: value.littleEndian)
  }

  public mutating func write(bytes value: [UInt8], field: UInt32) {
    writeTag(field, WireType.lengthDelimited)
    writeVarint(UInt64(value.count))
    value.withUnsafeBufferPointer { append($0) }
  }

  public mutating func write(text value: String, field: UInt32) {
    // A native string is copied straight from where it lies.
    var text = value
    text.withUTF8 { write(utf8: $0, field: field) }
  }

  @inline(__always)
  mutating func write(utf8: UnsafeBufferPointer<UInt8>, field: UInt32) {
    writeTag(field, WireType.lengthDelimited)
    writeVarint(UInt64(utf8.count))
    append(utf8)
  }

  /// Sixteen bytes, most significant first, even where all of them are 0.
  public mutating func write(identity value: ULID, field: UInt32) {
    writeTag(field, WireType.lengthDelimited)
    writeVarint(UInt64(ULID.byteCount))
    append(bits: value.high.bigEndian)
    append(bits: value.low.bigEndian)
  }

  /// A nested message, written by `body`; empty messages are written too.
  @inline(__always)
  public mutating func writeMessage(field: UInt32, _ body: (inout ProtobufWriter) -> Void) {
    writeTag(field, WireType.lengthDelimited)
    let start = byteCount
    writeVarint(0)
    body(&self)
    let length = byteCount - start - 1
    if length < 0x80 {
      memory[start] = UInt8(truncatingIfNeeded: length)
    } else {
      insertLength(length, at: start)
    }
  }

  public mutating func write(message: some WireMessage, field: UInt32) {
    writeMessage(field: field) { message.encode(into: &$0) }
  }

  /// Repeated integers as proto3 packs them: one length, then varints. Nothing for none.
  public mutating func write(packed values: some Collection<UInt32>, field: UInt32) {
    guard !values.isEmpty else { return }
    writeMessage(field: field) { writer in
      for value in values { writer.writeVarint(UInt64(value)) }
    }
  }

  /// Moves a nested message up, to make room for a length of more than the one byte left for it.
  private mutating func insertLength(_ length: Int, at start: Int) {
    var missing = 0
    var rest = length >> 7
    while rest > 0 {
      missing += 1
      rest >>= 7
    }
    reserve(missing)
    let body = UnsafeMutableRawPointer(memory + start + 1)
    (body + missing).copyMemory(from: body, byteCount: length)
    byteCount = start
    writeVarint(UInt64(length))
    byteCount += length
  }
}

// MARK: - Written unless default

extension ProtobufWriter {
  public mutating func writeNonDefault(varint value: UInt64, field: UInt32) {
    if value != 0 { write(varint: value, field: field) }
  }

  public mutating func writeNonDefault(varint value: UInt32, field: UInt32) {
    if value != 0 { write(varint: UInt64(value), field: field) }
  }

  public mutating func writeNonDefault(zigzag value: Int64, field: UInt32) {
    if value != 0 { write(zigzag: value, field: field) }
  }

  public mutating func writeNonDefault(bool value: Bool, field: UInt32) {
    if value { write(bool: true, field: field) }
  }

  public mutating func writeNonDefault(fixed32 value: UInt32, field: UInt32) {
    if value != 0 { write(fixed32: value, field: field) }
  }

  public mutating func writeNonDefault(fixed64 value: UInt64, field: UInt32) {
    if value != 0 { write(fixed64: value, field: field) }
  }

  public mutating func writeNonDefault(bytes value: [UInt8], field: UInt32) {
    if !value.isEmpty { write(bytes: value, field: field) }
  }

  public mutating func writeNonDefault(text value: String, field: UInt32) {
    if !value.isEmpty { write(text: value, field: field) }
  }
}
