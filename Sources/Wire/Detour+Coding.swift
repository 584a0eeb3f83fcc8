// Detours on the wire: why an answer is no ordinary one.
//
// A detour of a kind that this program does not know is an error and not "no detour": whoever went
// on as if nothing had happened could damage his log.

import SyncCore

extension Detour: WireMessage {
  public static var messageName: MessageName { .detour }

  public func encode(into writer: inout ProtobufWriter) {
    switch self {
    case .forked(let replica, let common):
      writer.writeMessage(field: 1) { writer in
        writer.writeNonDefault(varint: replica.rawValue, field: 1)
        writer.writeNonDefault(head: common, field: 2)
      }
    case .gap(let head):
      writer.writeMessage(field: 2) { $0.writeNonDefault(head: head, field: 1) }
    case .branched(let epoch, let position):
      writer.writeMessage(field: 3) { writer in
        writer.writeNonDefault(fixed32: epoch, field: 1)
        writer.writeNonDefault(varint: position.rawValue, field: 2)
      }
    case .revoked: writer.write(bool: true, field: 4)
    case .unsupported(let version): writer.write(varint: UInt64(version), field: 5)
    }
  }

  /// - Throws: `missing` where it is of no kind that this program knows.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    var scalar: Detour?
    var nested = Payload()
    var nestedField: UInt32 = 0
    while let field = try reader.nextField() {
      switch field {
      case 1...3:
        if nestedField != field { nested = Payload() }
        nestedField = field
        nested.add(try reader.readRange(), of: reader)
      case 4:
        let isRevoked = try reader.readBool()
        try reader.require(isRevoked, .outOfRange(field: field))
        (scalar, nestedField) = (.revoked, 0)
      case 5: (scalar, nestedField) = (.unsupported(protocolNeeded: try reader.readUInt32()), 0)
      default: try reader.skip()
      }
    }
    let read: Detour? =
      switch nestedField {
      case 1: try nested.read(.forked, in: reader, Detour.readForked)
      case 2: try nested.read(.gap, in: reader, Detour.readGap)
      case 3: try nested.read(.branched, in: reader, Detour.readBranched)
      default: scalar
      }
    guard let read else { throw reader.error(.missing(field: 1)) }
    self = read
  }

  private static func readForked(
    _ reader: inout ProtobufReader
  ) throws(WireError) -> Detour {
    var replica = ReplicaID.hub
    var common = Payload()
    while let field = try reader.nextField() {
      switch field {
      case 1: replica = ReplicaID(try reader.readUInt32())
      case 2: common.add(try reader.readRange(), of: reader)
      default: try reader.skip()
      }
    }
    return .forked(replica, common: try common.read(LogHead.self, in: reader) ?? .empty)
  }

  private static func readGap(_ reader: inout ProtobufReader) throws(WireError) -> Detour {
    var head = Payload()
    while let field = try reader.nextField() {
      switch field {
      case 1: head.add(try reader.readRange(), of: reader)
      default: try reader.skip()
      }
    }
    return .gap(try head.read(LogHead.self, in: reader) ?? .empty)
  }

  private static func readBranched(_ reader: inout ProtobufReader) throws(WireError) -> Detour {
    var epoch: UInt32 = 0
    var position = Position.start
    while let field = try reader.nextField() {
      switch field {
      case 1: epoch = try reader.readFixed32()
      case 2: position = Position(try reader.readUInt64())
      default: try reader.skip()
      }
    }
    return .branched(epoch: epoch, at: position)
  }
}
