// The answer half of a sync: fates of the pushed edits, and a page of what changed.
//
// Entries of a record whose field numbers this program does not know (the hub's schema is newer) are
// ordinary entries: they are read, kept and written again like the others.

import SyncCore

extension SyncResponse: WireMessage {
  public static var messageName: MessageName { .syncResponse }

  public func encode(into writer: inout ProtobufWriter) {
    writer.writeNonDefault(fixed32: request, field: 1)
    writer.writeNonDefault(fixed32: epoch, field: 2)
    writer.writeNonDefault(zigzag: hubTime.milliseconds, field: 3)
    for receipt in receipts { writer.write(message: receipt, field: 4) }
    for record in records { writer.write(message: record, field: 5) }
    for record in departed { writer.write(identity: record, field: 6) }
    for record in undisturbed { writer.write(message: record, field: 7) }
    writer.writeNonDefault(bytes: page, field: 8)
    writer.writeNonDefault(varint: position.rawValue, field: 9)
    writer.writeNonDefault(bytes: digest, field: 10)
    if let settings { writer.write(message: settings, field: 11) }
    writer.writeNonDefault(bool: isSweep, field: 12)
    if let detour { writer.write(message: detour, field: 13) }
    if let checkpoint { writer.write(bytes: checkpoint.bytes, field: 14) }
    if let checkpointBefore { writer.write(bytes: checkpointBefore.bytes, field: 15) }
    writer.writeNonDefault(varint: durable.rawValue, field: 16)
    for decision in decisions { writer.write(message: decision, field: 17) }
  }

  /// - Throws: `tooMany` records, receipts or decisions.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    self.init(request: 0, epoch: 0, hubTime: Moment(milliseconds: 0))
    var (settingsPayload, detourPayload) = (Payload(), Payload())
    while let field = try reader.nextField() {
      switch field {
      case 4...7, 17: try readElement(field, from: &reader)
      case 11: settingsPayload.add(try reader.readRange(), of: reader)
      case 13: detourPayload.add(try reader.readRange(), of: reader)
      default: try readScalar(field, from: &reader)
      }
    }
    settings = try settingsPayload.read(Settings.self, in: reader)
    detour = try detourPayload.read(Detour.self, in: reader)
  }

  private mutating func readElement(
    _ field: UInt32, from reader: inout ProtobufReader
  ) throws(WireError) {
    switch field {
    case 4:
      let countMax = Limits.editsPerPushMax
      try reader.require(receipts.count < countMax, .tooMany(field: field, countMax: countMax))
      receipts.append(try reader.readMessage(Receipt.self))
    case 5:
      let countMax = Limits.recordsPerPageMax
      try reader.require(records.count < countMax, .tooMany(field: field, countMax: countMax))
      records.append(try reader.readMessage(RecordImage.self))
    case 6: departed.append(try reader.readIdentity())
    case 17:
      let countMax = Limits.parkedMax
      try reader.require(decisions.count < countMax, .tooMany(field: field, countMax: countMax))
      decisions.append(try reader.readMessage(Decision.self))
    default: undisturbed.append(try reader.readMessage(Undisturbed.self))
    }
  }

  private mutating func readScalar(
    _ field: UInt32, from reader: inout ProtobufReader
  ) throws(WireError) {
    switch field {
    case 1: request = try reader.readFixed32()
    case 2: epoch = try reader.readFixed32()
    case 3: hubTime = Moment(milliseconds: try reader.readSInt64())
    case 8: page = try reader.readBytes()
    case 9: position = Position(try reader.readUInt64())
    case 10: digest = try reader.readBytes()
    case 12: isSweep = try reader.readBool()
    case 14: checkpoint = try reader.readHash()
    case 15: checkpointBefore = try reader.readHash()
    case 16: durable = Position(try reader.readUInt64())
    default: try reader.skip()
    }
  }
}

extension Decision: WireMessage {
  public static var messageName: MessageName { .decision }

  public func encode(into writer: inout ProtobufWriter) {
    writer.write(identity: value, field: 1)
    writer.writeNonDefault(bool: isAccepted, field: 2)
    writer.writeNonDefault(text: by, field: 3)
    writer.writeNonDefault(zigzag: at.milliseconds, field: 4)
  }

  /// - Throws: `missing` without identity.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    var value: ULID?
    var isAccepted = false
    var by = ""
    var at = Moment(milliseconds: 0)
    while let field = try reader.nextField() {
      switch field {
      case 1: value = try reader.readIdentity()
      case 2: isAccepted = try reader.readBool()
      case 3: by = try reader.readText(bytesMax: Limits.nameBytesMax)
      case 4: at = Moment(milliseconds: try reader.readSInt64())
      default: try reader.skip()
      }
    }
    guard let value else { throw reader.error(.missing(field: 1)) }
    self.init(value: value, isAccepted: isAccepted, by: by, at: at)
  }
}

extension RecordImage: WireMessage {
  public static var messageName: MessageName { .recordImage }

  public func encode(into writer: inout ProtobufWriter) {
    Self.encode(
      record, of: collection, asOf: asOf, updatedAt: updatedAt, into: &writer
    ) { $0.write(values: values, field: RecordImage.valuesField) }
  }

  private static let valuesField: UInt32 = 4

  /// An image whose values lie somewhere else, in a row say: `encodeValues` writes them by field, each with
  /// `encode(_:of:into:)`.
  public static func encode<Failure>(
    _ record: RecordID, of collection: CollectionID, asOf: Position, updatedAt: Moment,
    into writer: inout ProtobufWriter,
    encodeValues: (inout ProtobufWriter) throws(Failure) -> Void
  ) throws(Failure) {
    writer.write(identity: record, field: 1)
    writer.writeNonDefault(varint: collection.rawValue, field: 2)
    writer.writeNonDefault(varint: asOf.rawValue, field: 3)
    try encodeValues(&writer)
    writer.writeNonDefault(zigzag: updatedAt.milliseconds, field: 5)
  }

  public static func encode(
    _ value: Value, of field: FieldID, into writer: inout ProtobufWriter
  ) {
    writer.write(message: FieldValues.Entry(field: field, value: value), field: valuesField)
  }

  /// A text that nobody makes a string of.
  public static func encode(
    utf8: UnsafeBufferPointer<UInt8>, of field: FieldID, into writer: inout ProtobufWriter
  ) {
    writer.writeMessage(field: valuesField) {
      FieldValues.Entry.encode(utf8: utf8, of: field, into: &$0)
    }
  }

  /// - Throws: `missing` without identity; `notAscending`, `tooMany`, and `contradiction` for an
  ///   entry that is cleared.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    var record: RecordID?
    var collection = CollectionID(0)
    var asOf = Position.start
    var values = FieldValues()
    var updatedAt = Moment(milliseconds: 0)
    while let field = try reader.nextField() {
      switch field {
      case 1: record = try reader.readIdentity()
      case 2: collection = CollectionID(try reader.readUInt32())
      case 3: asOf = Position(try reader.readUInt64())
      case 4: try reader.readEntry(into: &values, field: field)
      case 5: updatedAt = Moment(milliseconds: try reader.readSInt64())
      default: try reader.skip()
      }
    }
    guard let record else { throw reader.error(.missing(field: 1)) }
    self.init(
      record: record, collection: collection, asOf: asOf, values: values, updatedAt: updatedAt)
  }
}

extension Undisturbed: WireMessage {
  public static var messageName: MessageName { .undisturbed }

  public func encode(into writer: inout ProtobufWriter) {
    writer.write(identity: record, field: 1)
    writer.writeNonDefault(varint: asOf.rawValue, field: 2)
    writer.writeNonDefault(zigzag: updatedAt.milliseconds, field: 3)
  }

  /// - Throws: `missing` without identity.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    var record: RecordID?
    var asOf = Position.start
    var updatedAt = Moment(milliseconds: 0)
    while let field = try reader.nextField() {
      switch field {
      case 1: record = try reader.readIdentity()
      case 2: asOf = Position(try reader.readUInt64())
      case 3: updatedAt = Moment(milliseconds: try reader.readSInt64())
      default: try reader.skip()
      }
    }
    guard let record else { throw reader.error(.missing(field: 1)) }
    self.init(record: record, asOf: asOf, updatedAt: updatedAt)
  }
}
