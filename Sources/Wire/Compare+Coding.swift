// Comparing what a laptop holds with what the hub would send it, by ranges of records.
//
// The same walk as a pull from 0, but the answer to a page is one sum per range, or the records of the
// ranges that are asked for. So a laptop that differs in one record downloads one range, and not all.

import SyncCore

public struct CompareRequest: Hashable, Sendable {
  public var replica: ReplicaID
  public var epoch: UInt32
  /// The cut that the laptop has.
  public var cursor: Position
  /// Empty: from the beginning.
  public var page: [UInt8] = []
  /// Ranges whose records are wanted; none: sums.
  public var ranges: [UInt32] = []
  public init(replica: ReplicaID, epoch: UInt32, cursor: Position) {
    self.replica = replica
    self.epoch = epoch
    self.cursor = cursor
  }
}

public struct CompareResponse: Hashable, Sendable {
  /// The hub has news, or another epoch: there is no common position to compare at.
  public var hasMoved = false
  /// Not empty: the comparison goes on with this token.
  public var page: [UInt8] = []
  /// Of the page, one after another, 16 bytes each.
  public var sums: [UInt8] = []
  /// Of the page, those of the ranges asked for.
  public var records: [RecordImage] = []
  public init() {}
}

extension CompareRequest: WireMessage {
  public static var messageName: MessageName { .compareRequest }

  public func encode(into writer: inout ProtobufWriter) {
    writer.writeNonDefault(varint: replica.rawValue, field: 1)
    writer.writeNonDefault(fixed32: epoch, field: 2)
    writer.writeNonDefault(varint: cursor.rawValue, field: 3)
    writer.writeNonDefault(bytes: page, field: 4)
    writer.write(packed: ranges, field: 5)
  }

  /// - Throws: `tooMany` ranges.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    self.init(replica: .hub, epoch: 0, cursor: .start)
    while let field = try reader.nextField() {
      switch field {
      case 1: replica = ReplicaID(try reader.readUInt32())
      case 2: epoch = try reader.readFixed32()
      case 3: cursor = Position(try reader.readUInt64())
      case 4: page = try reader.readBytes()
      case 5:
        try reader.readUInt32s(into: &ranges, countMax: Limits.comparedRangesMax)
      default: try reader.skip()
      }
    }
  }
}

extension CompareResponse: WireMessage {
  public static var messageName: MessageName { .compareResponse }

  public func encode(into writer: inout ProtobufWriter) {
    writer.writeNonDefault(bool: hasMoved, field: 1)
    writer.writeNonDefault(bytes: page, field: 2)
    writer.writeNonDefault(bytes: sums, field: 3)
    for record in records { writer.write(message: record, field: 4) }
  }

  /// - Throws: `tooMany` records.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    self.init()
    while let field = try reader.nextField() {
      switch field {
      case 1: hasMoved = try reader.readBool()
      case 2: page = try reader.readBytes()
      case 3: sums = try reader.readBytes()
      case 4:
        let countMax = Limits.recordsPerPageMax
        try reader.require(records.count < countMax, .tooMany(field: field, countMax: countMax))
        records.append(try reader.readMessage(RecordImage.self))
      default: try reader.skip()
      }
    }
  }
}
