// Where a pull stands, as bytes that laptops carry back untouched.
//
// A token that is not ours (an older hub's, a damaged one) is no error: the pull starts again, and
// what was staged is replaced.

import SyncCore
import Wire

struct FeedToken: WireMessage {
  static var messageName: MessageName { .syncRequest }

  /// Where the pull began; decides what is new.
  var from: Position
  /// The head when the pull began.
  var began: Position
  /// Everything up to this root, in the order (position, root), has been sent.
  var position: Position
  var root: RecordID?
  /// The root whose records did not all fit, where it stood, and how many of them were sent. Once it
  /// has moved on in the feed, its records are sent from the first again.
  var partial: RecordID?
  var partialPosition = Position.start
  var skip = 0

  init(from: Position, began: Position) {
    self.from = from
    self.began = began
    position = from
  }

  func encode(into writer: inout ProtobufWriter) {
    writer.write(varint: from.rawValue, field: 1)
    writer.write(varint: position.rawValue, field: 2)
    if let root { writer.write(identity: root, field: 3) }
    if let partial { writer.write(identity: partial, field: 4) }
    writer.write(varint: UInt64(skip), field: 5)
    writer.write(varint: partialPosition.rawValue, field: 6)
    writer.write(varint: began.rawValue, field: 7)
  }

  init(from reader: inout ProtobufReader) throws(WireError) {
    self.init(from: .start, began: .start)
    while let field = try reader.nextField() {
      switch field {
      case 1: from = Position(try reader.readUInt64())
      case 2: position = Position(try reader.readUInt64())
      case 3: root = try reader.readIdentity()
      case 4: partial = try reader.readIdentity()
      case 5: skip = Int(clamping: try reader.readUInt64())
      case 6: partialPosition = Position(try reader.readUInt64())
      case 7: began = Position(try reader.readUInt64())
      default: try reader.skip()
      }
    }
  }
}
