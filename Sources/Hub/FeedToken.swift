// Where a pull stands, as bytes that laptops carry back untouched.
//
// A token that is not ours (an older hub's, a damaged one) is no error: the pull starts again, and
// what was staged is replaced.

import SyncCore
import Wire

/// A place in the order in which a pull tells of roots.
///
/// Roots come in the order in which they became news. What a new grant brings became news with the
/// grant, all at once: among those the roots' own positions decide, and last their identities.
struct FeedKey: Hashable, Comparable {
  var news: Position
  var position: Position
  /// Nil: before every root of that position.
  var root: RecordID?

  static func < (left: FeedKey, right: FeedKey) -> Bool {
    if left.news != right.news { return left.news < right.news }
    if left.position != right.position { return left.position < right.position }
    guard let root = right.root else { return false }
    return left.root.map { $0 < root } ?? true
  }

  /// Before everything that became news after `position`.
  static func after(_ position: Position) -> FeedKey {
    FeedKey(news: position.next, position: .start, root: nil)
  }
}

struct FeedToken: WireMessage {
  static var messageName: MessageName { .syncRequest }

  /// Where the pull began; decides what is new.
  var from: Position
  /// The head when the pull began.
  var began: Position
  /// Everything up to this root has been sent.
  var key: FeedKey
  /// The root whose records did not all fit, where it stood, where it became news, and how many of
  /// them were sent. Once it has moved on in the feed, or was granted anew, its records are sent from
  /// the first again.
  var partial: RecordID?
  var partialPosition = Position.start
  var partialNews = Position.start
  var isLeaving = false
  var skip = 0

  init(from: Position, began: Position) {
    self.from = from
    self.began = began
    key = .after(from)
  }

  func encode(into writer: inout ProtobufWriter) {
    writer.write(varint: from.rawValue, field: 1)
    writer.write(varint: key.news.rawValue, field: 2)
    if let root = key.root { writer.write(identity: root, field: 3) }
    if let partial { writer.write(identity: partial, field: 4) }
    writer.write(varint: UInt64(skip), field: 5)
    writer.write(varint: partialPosition.rawValue, field: 6)
    writer.write(varint: began.rawValue, field: 7)
    writer.write(varint: key.position.rawValue, field: 8)
    writer.writeNonDefault(bool: isLeaving, field: 9)
    writer.write(varint: partialNews.rawValue, field: 10)
  }

  init(from reader: inout ProtobufReader) throws(WireError) {
    self.init(from: .start, began: .start)
    while let field = try reader.nextField() {
      switch field {
      case 1: from = Position(try reader.readUInt64())
      case 2: key.news = Position(try reader.readUInt64())
      case 3: key.root = try reader.readIdentity()
      case 4: partial = try reader.readIdentity()
      case 5: skip = Int(clamping: try reader.readUInt64())
      case 6: partialPosition = Position(try reader.readUInt64())
      case 7: began = Position(try reader.readUInt64())
      case 8: key.position = Position(try reader.readUInt64())
      case 9: isLeaving = try reader.readBool()
      case 10: partialNews = Position(try reader.readUInt64())
      default: try reader.skip()
      }
    }
  }
}
