// The request half of a sync: who asks, what he has, and the edits he pushes.
//
// A Swift optional is an `optional` field, written even where it is 0; everything else is left out
// where it is the default. The log head of a replica that has sealed nothing is left out altogether.

import SyncCore

extension SyncRequest: WireMessage {
  public static var messageName: MessageName { .syncRequest }

  public func encode(into writer: inout ProtobufWriter) {
    // Protocol 1 is the default: the version costs nothing until there is another.
    writer.writeNonDefault(varint: version &- 1, field: 1)
    writer.writeNonDefault(fixed32: request, field: 2)
    writer.writeNonDefault(varint: replica.rawValue, field: 3)
    writer.writeNonDefault(fixed32: epoch, field: 4)
    writer.writeNonDefault(varint: cursor.rawValue, field: 5)
    writer.writeNonDefault(head: head, field: 6)
    for edit in edits { writer.write(message: edit, field: 7) }
    writer.writeNonDefault(zigzag: clock.milliseconds, field: 8)
    writer.writeNonDefault(varint: settings, field: 9)
    writer.writeNonDefault(bytes: page, field: 10)
    writer.writeNonDefault(varint: recordsMax, field: 11)
    writer.writeNonDefault(bool: isPushOnly, field: 12)
    writer.writeNonDefault(varint: schema, field: 13)
    if let frontier { writer.write(zigzag: frontier.milliseconds, field: 14) }
    if let purged { writer.write(varint: purged.rawValue, field: 15) }
    if let narrowing { writer.write(message: narrowing, field: 16) }
    writer.writeNonDefault(bytes: signature, field: 17)
    writer.writeNonDefault(varint: doubt.rawValue, field: 18)
    for value in parked { writer.write(identity: value, field: 19) }
  }

  /// The edits in it are only delimited here; each is decoded, and may be refused, on its own.
  /// - Throws: `tooMany` edits or parked values, `tooLarge`.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    self.init(
      request: 0, replica: .hub, epoch: 0, cursor: .start, head: .empty,
      clock: Moment(milliseconds: 0))
    version = 1
    var (headPayload, narrowingPayload) = (Payload(), Payload())
    while let field = try reader.nextField() {
      switch field {
      case 16: narrowingPayload.add(try reader.readRange(), of: reader)
      case 6: headPayload.add(try reader.readRange(), of: reader)
      case 7:
        let countMax = Limits.editsPerPushMax
        try reader.require(edits.count < countMax, .tooMany(field: field, countMax: countMax))
        edits.append(try reader.readMessage(PushedEdit.self))
      case 19:
        let countMax = Limits.parkedMax
        try reader.require(parked.count < countMax, .tooMany(field: field, countMax: countMax))
        parked.append(try reader.readIdentity())
      default: try readScalar(field, from: &reader)
      }
    }
    head = try headPayload.read(LogHead.self, in: reader) ?? .empty
    narrowing = try narrowingPayload.read(Narrowing.self, in: reader)
  }

  private mutating func readScalar(
    _ field: UInt32, from reader: inout ProtobufReader
  ) throws(WireError) {
    switch field {
    case 1: version = try reader.readUInt32() &+ 1
    case 2: request = try reader.readFixed32()
    case 3: replica = ReplicaID(try reader.readUInt32())
    case 4: epoch = try reader.readFixed32()
    case 5: cursor = Position(try reader.readUInt64())
    case 8: clock = Moment(milliseconds: try reader.readSInt64())
    case 9: settings = try reader.readUInt32()
    case 10: page = try reader.readBytes()
    case 11: recordsMax = try reader.readUInt32()
    case 12: isPushOnly = try reader.readBool()
    case 13: schema = try reader.readUInt32()
    case 14: frontier = Moment(milliseconds: try reader.readSInt64())
    case 15: purged = Position(try reader.readUInt64())
    case 17: signature = try reader.readBytes(bytesMax: Limits.keyBytesMax)
    case 18: doubt = Position(try reader.readUInt64())
    default: try reader.skip()
    }
  }
}

extension PushedEdit: WireMessage {
  public static var messageName: MessageName { .pushedEdit }

  public func encode(into writer: inout ProtobufWriter) {
    writer.writeNonDefault(bytes: edit, field: 1)
    if let epoch { writer.write(fixed32: epoch, field: 2) }
    if let receipt { writer.write(message: receipt, field: 3) }
    writer.writeNonDefault(bool: isBoxed, field: 4)
  }

  /// - Throws: `tooLarge` beyond `Limits.editBytesMax`.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    self.init(edit: [])
    var payload = Payload()
    while let field = try reader.nextField() {
      switch field {
      case 1: edit = try reader.readBytes(bytesMax: Limits.editBytesMax)
      case 2: epoch = try reader.readFixed32()
      case 3: payload.add(try reader.readRange(), of: reader)
      case 4: isBoxed = try reader.readBool()
      default: try reader.skip()
      }
    }
    receipt = try payload.read(Receipt.self, in: reader)
  }
}

extension Narrowing: WireMessage {
  public static var messageName: MessageName { .narrowing }

  public func encode(into writer: inout ProtobufWriter) {
    writer.writeNonDefault(varint: reach.rawValue, field: 1)
    writer.writeNonDefault(varint: days, field: 2)
    writer.write(elements: tags, field: 3)
  }

  /// A reach that this program does not know is the widest: what a newer laptop does not want costs
  /// it room, and what it is not sent it would miss.
  /// - Throws: `tooMany` tags, `notAscending`.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    self.init()
    while let field = try reader.nextField() {
      switch field {
      case 1: reach = Reach(rawValue: try reader.readUInt32()) ?? .all
      case 2: days = try reader.readUInt32()
      case 3:
        let countMax = Limits.narrowingTagsMax
        try reader.require(tags.count < countMax, .tooMany(field: field, countMax: countMax))
        try reader.readElement(into: &tags, field: field)
      default: try reader.skip()
      }
    }
  }
}

extension LogHead: WireMessage {
  public static var messageName: MessageName { .logHead }

  public func encode(into writer: inout ProtobufWriter) {
    guard counter != .none else { return }
    writer.write(varint: counter.rawValue, field: 1)
    writer.write(bytes: hash.bytes, field: 2)
  }

  /// - Throws: `contradiction` for a hash of the empty log, `missing` for any other log without one.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    var counter = Counter.none
    var hash: ChainHash?
    while let field = try reader.nextField() {
      switch field {
      case 1: counter = Counter(try reader.readUInt64())
      case 2: hash = try reader.readHash()
      default: try reader.skip()
      }
    }
    switch (counter, hash) {
    case (.none, nil): self = .empty
    case (.none, _?): throw reader.error(.contradiction(field: 2))
    case (_, nil): throw reader.error(.missing(field: 2))
    case (_, let hash?): self.init(counter: counter, hash: hash)
    }
  }
}

extension ProtobufWriter {
  /// Left out for the empty log.
  mutating func writeNonDefault(head: LogHead, field: UInt32) {
    if head.counter != .none { write(message: head, field: field) }
  }
}

extension ProtobufReader {
  /// - Throws: `wrongByteCount` for anything but 16 bytes.
  mutating func readHash() throws(WireError) -> ChainHash {
    let bytes = [UInt8](slice(try readRange(byteCount: ChainHash.byteCount)))
    guard let hash = ChainHash(bytes: bytes) else { throw error(.missing(field: 2)) }
    return hash
  }
}
