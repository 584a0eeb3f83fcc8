// Bundles on the wire. The body travels as bytes inside, because what is signed is bytes.
//
// A reader must verify before it decodes what is in the box; it must never encode a body anew to
// verify it, for fields that it does not know would be missing.

import SyncCore

extension Bundle: WireMessage {
  public static var messageName: MessageName { .bundle }

  public func encode(into writer: inout ProtobufWriter) {
    writer.writeNonDefault(bytes: body, field: 1)
    writer.writeNonDefault(bytes: signature, field: 2)
  }

  public init(from reader: inout ProtobufReader) throws(WireError) {
    self.init(body: [], signature: [])
    while let field = try reader.nextField() {
      switch field {
      case 1: body = try reader.readBytes()
      case 2: signature = try reader.readBytes(bytesMax: Limits.keyBytesMax)
      default: try reader.skip()
      }
    }
  }
}

extension BundleBody: WireMessage {
  public static var messageName: MessageName { .bundleBody }

  public func encode(into writer: inout ProtobufWriter) {
    writer.writeNonDefault(varint: version &- 1, field: 1)
    writer.writeNonDefault(bool: isAnswer, field: 2)
    writer.write(identity: id, field: 3)
    writer.writeNonDefault(bytes: hub, field: 4)
    writer.writeNonDefault(bytes: key, field: 5)
    writer.writeNonDefault(varint: replica.rawValue, field: 6)
    writer.writeNonDefault(zigzag: at.milliseconds, field: 7)
    writer.writeNonDefault(bytes: box, field: 8)
  }

  /// - Throws: `missing` without an id, `tooLarge`.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    var body = BundleBody(
      isAnswer: false, id: ULID(high: 0, low: 0), hub: [], key: [], replica: .hub,
      at: Moment(milliseconds: 0), box: [])
    body.version = 1
    var hasID = false
    while let field = try reader.nextField() {
      switch field {
      case 1: body.version = try reader.readUInt32() &+ 1
      case 2: body.isAnswer = try reader.readBool()
      case 3: (body.id, hasID) = (try reader.readIdentity(), true)
      case 4: body.hub = try reader.readBytes(bytesMax: Limits.keyBytesMax)
      case 5: body.key = try reader.readBytes(bytesMax: Limits.keyBytesMax)
      case 6: body.replica = ReplicaID(try reader.readUInt32())
      case 7: body.at = Moment(milliseconds: try reader.readSInt64())
      case 8: body.box = try reader.readBytes()
      default: try reader.skip()
      }
    }
    guard hasID else { throw reader.error(.missing(field: 3)) }
    self = body
  }
}

extension BundleContent: WireMessage {
  public static var messageName: MessageName { .bundleContent }

  public func encode(into writer: inout ProtobufWriter) {
    for message in messages { writer.write(bytes: message, field: 1) }
  }

  /// - Throws: `tooMany` messages.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    self.init()
    while let field = try reader.nextField() {
      switch field {
      case 1:
        let countMax = Limits.bundleMessagesMax
        try reader.require(messages.count < countMax, .tooMany(field: field, countMax: countMax))
        messages.append(try reader.readBytes())
      default: try reader.skip()
      }
    }
  }
}
