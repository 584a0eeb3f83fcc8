// Receipts and refusals on the wire: the fate of each pushed edit.
//
// A reason that this program does not know is read as `unspecified`; the text still tells it.

import SyncCore

extension Receipt: WireMessage {
  public static var messageName: MessageName { .receipt }

  public func encode(into writer: inout ProtobufWriter) {
    if let position { writer.write(varint: position.rawValue, field: 1) }
    writer.writeNonDefault(bool: isDuplicate, field: 2)
    for refusal in refusals { writer.write(message: refusal, field: 3) }
  }

  public init(from reader: inout ProtobufReader) throws(WireError) {
    self.init(position: nil)
    while let field = try reader.nextField() {
      switch field {
      case 1: position = Position(try reader.readUInt64())
      case 2: isDuplicate = try reader.readBool()
      case 3: refusals.append(try reader.readMessage(Refusal.self))
      default: try reader.skip()
      }
    }
  }
}

extension Refusal: WireMessage {
  public static var messageName: MessageName { .refusal }

  public func encode(into writer: inout ProtobufWriter) {
    writer.write(identity: record, field: 1)
    if let field { writer.write(varint: UInt64(field.rawValue), field: 2) }
    writer.writeNonDefault(varint: reason.rawValue, field: 3)
    writer.writeNonDefault(text: text, field: 4)
    writer.writeNonDefault(bool: isParked, field: 5)
  }

  /// - Throws: `missing` without the record's identity.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    var record: RecordID?
    var refused: FieldID?
    var reason = RefusalReason.unspecified
    var text = ""
    var isParked = false
    while let field = try reader.nextField() {
      switch field {
      case 1: record = try reader.readIdentity()
      case 2: refused = FieldID(try reader.readUInt32())
      case 3: reason = RefusalReason(rawValue: try reader.readUInt32()) ?? .unspecified
      case 4: text = try reader.readText()
      case 5: isParked = try reader.readBool()
      default: try reader.skip()
      }
    }
    guard let record else { throw reader.error(.missing(field: 1)) }
    self.init(record: record, field: refused, reason: reason, text: text, isParked: isParked)
  }
}
