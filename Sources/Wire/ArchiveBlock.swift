// A piece of an archive: accepted changes as the hub's history had them, sorted by record.
//
// These are the hub's own files and no part of a sync, but they outlive programs, so their bytes are
// specified and read with the same distrust. A change is kept as its author sealed it.

import SyncCore

/// One accepted change, with what the hub noted of it.
public struct ArchivedChange: Hashable, Sendable {
  public var record: RecordID
  public var position: Position
  public var replica: ReplicaID
  public var collection: CollectionID
  /// As it was fixed at acceptance.
  public var time: HybridTimestamp
  /// The bytes that the author sealed.
  public var change: [UInt8]
  /// A receipt with what was refused of it; empty: nothing was.
  public var refused: [UInt8]
  /// What the author's laptop shows is not what came of it.
  public var isDisturbed: Bool
  /// Who, where it was not the replica's own user; never empty.
  public var user: String?
  /// Milliseconds that the author's clock was off, if it was noted.
  public var skew: Int64?

  public init(
    record: RecordID, position: Position, replica: ReplicaID, collection: CollectionID,
    time: HybridTimestamp, change: [UInt8], refused: [UInt8] = [], isDisturbed: Bool = false,
    user: String? = nil, skew: Int64? = nil
  ) {
    self.record = record
    self.position = position
    self.replica = replica
    self.collection = collection
    self.time = time
    self.change = change
    self.refused = refused
    self.isDisturbed = isDisturbed
    self.user = user
    self.skew = skew
  }
}

public struct ArchiveBlock: Hashable, Sendable {
  /// Ascending by record, position, replica.
  public var changes: [ArchivedChange]
  public init(changes: [ArchivedChange] = []) { self.changes = changes }
}

extension ArchivedChange: WireMessage {
  public static var messageName: MessageName { .archivedChange }

  static func precedes(_ left: ArchivedChange, _ right: ArchivedChange) -> Bool {
    (left.record, left.position, left.replica) < (right.record, right.position, right.replica)
  }

  public func encode(into writer: inout ProtobufWriter) {
    writer.write(identity: record, field: 1)
    writer.writeNonDefault(varint: position.rawValue, field: 2)
    writer.writeNonDefault(varint: replica.rawValue, field: 3)
    writer.writeNonDefault(varint: collection.rawValue, field: 4)
    writer.writeNonDefault(fixed64: time.rawValue, field: 5)
    writer.writeNonDefault(bytes: change, field: 6)
    writer.writeNonDefault(bytes: refused, field: 7)
    writer.writeNonDefault(bool: isDisturbed, field: 8)
    writer.writeNonDefault(text: user ?? "", field: 9)
    // A clock that was off by nothing is another thing than one that nobody looked at.
    if let skew { writer.write(zigzag: skew, field: 10) }
  }

  /// - Throws: `missing` without a record.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    self.init(
      record: ULID(high: 0, low: 0), position: .start, replica: .hub,
      collection: CollectionID(0), time: .zero, change: [])
    var hasRecord = false
    while let field = try reader.nextField() {
      switch field {
      case 1: (record, hasRecord) = (try reader.readIdentity(), true)
      case 2: position = Position(try reader.readUInt64())
      case 3: replica = ReplicaID(try reader.readUInt32())
      case 4: collection = CollectionID(try reader.readUInt32())
      case 5: time = HybridTimestamp(rawValue: try reader.readFixed64())
      case 6: change = try reader.readBytes(bytesMax: Limits.editBytesMax)
      case 7: refused = try reader.readBytes(bytesMax: Limits.editBytesMax)
      case 8: isDisturbed = try reader.readBool()
      case 9:
        let name = try reader.readText(bytesMax: Limits.nameBytesMax)
        user = name.isEmpty ? nil : name
      case 10: skew = try reader.readSInt64()
      default: try reader.skip()
      }
    }
    try reader.require(hasRecord, .missing(field: 1))
  }
}

extension ArchiveBlock: WireMessage {
  public static var messageName: MessageName { .archiveBlock }

  public func encode(into writer: inout ProtobufWriter) {
    for change in changes.ascending(by: ArchivedChange.precedes) {
      writer.write(message: change, field: 1)
    }
  }

  /// - Throws: `notAscending` unless sorted, each once.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    self.init()
    while let field = try reader.nextField() {
      guard field == 1 else {
        try reader.skip()
        continue
      }
      let change = try reader.readMessage(ArchivedChange.self)
      if let last = changes.last {
        try reader.require(ArchivedChange.precedes(last, change), .notAscending(field: field))
      }
      changes.append(change)
    }
  }
}
