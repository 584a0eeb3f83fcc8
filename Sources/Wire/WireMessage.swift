// What every message can do: be written, and be read from bytes that nobody vouches for.
//
// proto3 semantics (https://protobuf.dev/programming-guides/encoding/): defaults are left out, of a
// field given twice the last scalar wins and submessages are merged, unknown fields are passed over.
// Writing is canonical: equal values have equal bytes, whatever order a dictionary or a careless
// caller had them in. Reading refuses what writing would change where that could matter for merging.

/// A message of `Protocol/rounds.proto`.
public protocol WireMessage: Hashable, Sendable {
  static var messageName: MessageName { get }

  /// Appends the message without tag and length.
  func encode(into writer: inout ProtobufWriter)

  /// Reads to the reader's end.
  init(from reader: inout ProtobufReader) throws(WireError)
}

extension WireMessage {
  /// The canonical bytes of the message.
  public func encoded() -> [UInt8] {
    var writer = ProtobufWriter(reservingCapacity: 256)
    encode(into: &writer)
    return writer.bytes
  }

  /// - Throws: `WireError` where the bytes are no such message, or go beyond `Limits`.
  public init(decoding bytes: [UInt8]) throws(WireError) {
    self = try bytes.withUnsafeBufferPointer { (buffer) throws(WireError) in
      try Self(decoding: UnsafeRawBufferPointer(buffer))
    }
  }

  /// - Throws: `WireError` where the bytes are no such message, or go beyond `Limits`.
  public init(decoding bytes: ArraySlice<UInt8>) throws(WireError) {
    self = try bytes.withUnsafeBufferPointer { (buffer) throws(WireError) in
      try Self(decoding: UnsafeRawBufferPointer(buffer))
    }
  }

  /// - Throws: `WireError` where the bytes are no such message, or go beyond `Limits`.
  public init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    var reader = ProtobufReader(bytes, message: Self.messageName)
    try reader.require(
      bytes.count <= Limits.bodyBytesMax, .tooLarge(field: 0, bytesMax: Limits.bodyBytesMax))
    try self.init(from: &reader)
  }
}

/// The payload of a singular submessage. Where the field comes more than once its payloads are
/// joined, because protobuf defines the bytes of a merged message as exactly that.
struct Payload {
  private var range: Range<Int>?
  /// Empty unless the field came more than once. Each payload is copied once, so this is linear.
  private var joined: [UInt8] = []
  private var isJoined = false

  var isPresent: Bool { range != nil }

  mutating func add(_ next: Range<Int>, of reader: ProtobufReader) {
    guard let range else {
      range = next
      return
    }
    if !isJoined {
      joined.append(contentsOf: reader.slice(range))
      isJoined = true
    }
    joined.append(contentsOf: reader.slice(next))
  }

  /// Nil where the field never came.
  func read<Message: WireMessage>(
    _ type: Message.Type, in reader: ProtobufReader
  ) throws(WireError) -> Message? {
    try read(Message.messageName, in: reader) { (nested) throws(WireError) in
      try Message(from: &nested)
    }
  }

  func read<Result>(
    _ message: MessageName, in reader: ProtobufReader,
    _ body: (inout ProtobufReader) throws(WireError) -> Result
  ) throws(WireError) -> Result? {
    guard let range else { return nil }
    guard isJoined else {
      var nested = reader.reader(of: range, message: message)
      return try body(&nested)
    }
    return try joined.withUnsafeBufferPointer { (buffer) throws(WireError) in
      var nested = reader.reader(of: UnsafeRawBufferPointer(buffer), message: message)
      return try body(&nested)
    }
  }
}
