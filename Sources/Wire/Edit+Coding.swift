// Edits on the wire, in the change log and in the hub's history: the same bytes everywhere.
//
// They are sealed once and never encoded again, so everything in them that this program does not
// know survives: it is the bytes that are stored and forwarded, not what was read from them.
//
// A bulk load writes one edit of very many changes. It need not hold them: the head is written by
// `Edit.encodeHead`, then each change by `Edit.encodeChange`, and the concatenation is the edit.

import SyncCore

extension Edit: WireMessage {
  public static var messageName: MessageName { .edit }

  public func encode(into writer: inout ProtobufWriter) {
    Edit.encodeHead(
      id: id, stampCounter: stampCounter, isAtomic: isAtomic, isReferred: isReferred, into: &writer)
    for change in changes { Edit.encodeChange(change, into: &writer) }
  }

  private static let atomicFlag: UInt32 = 1
  private static let referredFlag: UInt32 = 2

  /// Everything of an edit but its changes.
  public static func encodeHead(
    id: EditID, stampCounter: UInt16, isAtomic: Bool, isReferred: Bool = false,
    into writer: inout ProtobufWriter
  ) {
    writer.write(identity: id, field: 1)
    writer.writeNonDefault(varint: UInt32(stampCounter), field: 2)
    let flags = (isAtomic ? atomicFlag : 0) | (isReferred ? referredFlag : 0)
    writer.writeNonDefault(varint: flags, field: 3)
  }

  /// One change with tag and length, as it stands in an edit after the head.
  public static func encodeChange(_ change: Change, into writer: inout ProtobufWriter) {
    writer.writeMessage(field: 4) { change.encode(into: &$0) }
  }

  /// - Throws: `tooLarge`, `tooMany`, `outOfRange` for a stamp counter above 65,535, `missing` for
  ///   an edit without identity, `recordChangedTwice`.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    try reader.require(
      reader.byteCount <= Limits.editBytesMax, .tooLarge(field: 0, bytesMax: Limits.editBytesMax))
    var id: EditID?
    var stampCounter: UInt16 = 0
    var flags: UInt32 = 0
    var changes: [Change] = []
    while let field = try reader.nextField() {
      switch field {
      case 1: id = try reader.readIdentity()
      case 2:
        guard let counter = UInt16(exactly: try reader.readUInt32()) else {
          throw reader.error(.outOfRange(field: field))
        }
        stampCounter = counter
      case 3:
        flags = try reader.readUInt32()
        // One that we do not know might say that the edit is not to be judged our way.
        try reader.require(flags <= Edit.atomicFlag | Edit.referredFlag, .outOfRange(field: field))
      case 4:
        let countMax = Limits.changesPerPushMax
        try reader.require(changes.count < countMax, .tooMany(field: field, countMax: countMax))
        changes.append(try reader.readMessage(Change.self))
      default: try reader.skip()
      }
    }
    guard let id else { throw reader.error(.missing(field: 1)) }
    self.init(
      id: id, stampCounter: stampCounter, isAtomic: flags & Edit.atomicFlag != 0,
      isReferred: flags & Edit.referredFlag != 0, changes: changes)
    try reader.require(!changesOneRecordTwice, .recordChangedTwice)
  }

  private var changesOneRecordTwice: Bool {
    // Records minted one after the other ascend; then no set is needed.
    let isAscending = changes.isEachPair { $0.record < $1.record }
    return !isAscending && Set(changes.map(\.record)).count < changes.count
  }
}

extension Change: WireMessage {
  public static var messageName: MessageName { .change }

  public func encode(into writer: inout ProtobufWriter) {
    writer.write(identity: record, field: 1)
    writer.writeNonDefault(varint: collection.rawValue, field: 2)
    writer.writeNonDefault(varint: seen.hub.rawValue, field: 3)
    if !seen.replicas.isEmpty {
      for (replica, counter) in seen.replicas.sorted(by: { $0.key < $1.key }) {
        writer.write(message: Dot(replica, counter), field: 4)
      }
    }
    let isInOrder = writes.isEachPair { $0.field < $1.field }
    for write in isInOrder ? writes : writes.sorted(by: { $0.field < $1.field }) {
      writer.writeMessage(field: 5) { write.encode(into: &$0) }
    }
  }

  /// - Throws: `missing` for a change without record, `notAscending` for writes that are not sorted
  ///   by field or replicas that are not sorted, each once; `tooMany`.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    var record: RecordID?
    var collection = CollectionID(0)
    var seen = VectorClock()
    var lastReplica: ReplicaID?
    var writes: [FieldWrite] = []
    while let field = try reader.nextField() {
      switch field {
      case 1: record = try reader.readIdentity()
      case 2: collection = CollectionID(try reader.readUInt32())
      case 3: seen.hub = Position(try reader.readUInt64())
      case 4:
        let countMax = Limits.clockReplicasMax
        try reader.require(
          seen.replicas.count < countMax, .tooMany(field: field, countMax: countMax))
        let known = try reader.readMessage(Dot.self)
        if let lastReplica {
          try reader.require(lastReplica < known.replica, .notAscending(field: field))
        }
        lastReplica = known.replica
        seen.replicas[known.replica] = known.counter
      case 5: try Change.readWrite(from: &reader, into: &writes)
      default: try reader.skip()
      }
    }
    guard let record else { throw reader.error(.missing(field: 1)) }
    self.init(record: record, collection: collection, seen: seen, writes: writes)
  }

  private static func readWrite(
    from reader: inout ProtobufReader, into writes: inout [FieldWrite]
  ) throws(WireError) {
    let countMax = Limits.fieldsPerRecordMax
    try reader.require(writes.count < countMax, .tooMany(field: 5, countMax: countMax))
    let write = try reader.readMessage(FieldWrite.self)
    if let last = writes.last?.field {
      try reader.require(last < write.field, .notAscending(field: 5))
    }
    writes.append(write)
  }
}

extension FieldWrite: WireMessage {
  public static var messageName: MessageName { .fieldWrite }

  public func encode(into writer: inout ProtobufWriter) {
    writer.writeNonDefault(varint: field.rawValue, field: 1)
    switch action {
    case .put(let value, let keeping):
      writer.writeMessage(field: 2) { value.encode(into: &$0) }
      guard !keeping.isEmpty else { return }
      var previous: Dot?
      for dot in keeping.sorted() where dot != previous {
        writer.write(message: dot, field: 5)
        previous = dot
      }
    case .alter(let adding, let removing):
      writer.write(elements: adding, field: 3)
      writer.write(elements: removing, field: 4)
    }
  }

  /// - Throws: `missing` for a write without field, `contradiction` for a put that also alters or
  ///   an alteration that keeps siblings, `notAscending`, `tooMany`, `tooLarge`.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    var number: UInt32 = 0
    var put = Payload()
    var adding: [String] = []
    var removing: [String] = []
    var keeping: [Dot] = []
    while let field = try reader.nextField() {
      switch field {
      case 1: number = try reader.readUInt32()
      case 2: put.add(try reader.readRange(bytesMax: Limits.valueBytesMax), of: reader)
      case 3: try reader.readElement(into: &adding, field: field)
      case 4: try reader.readElement(into: &removing, field: field)
      case 5:
        let countMax = Limits.elementsMax
        try reader.require(keeping.count < countMax, .tooMany(field: field, countMax: countMax))
        let dot = try reader.readMessage(Dot.self)
        if let last = keeping.last {
          try reader.require(last < dot, .notAscending(field: field))
        }
        keeping.append(dot)
      default: try reader.skip()
      }
    }
    guard number != 0 else { throw reader.error(.missing(field: 1)) }
    if let value = try put.read(Value.self, in: reader) {
      try reader.require(adding.isEmpty && removing.isEmpty, .contradiction(field: 3))
      self.init(FieldID(number), .put(value, keeping: keeping))
    } else {
      try reader.require(keeping.isEmpty, .contradiction(field: 5))
      self.init(FieldID(number), .alter(adding: adding, removing: removing))
    }
  }
}

/// `ReplicaCounter` and `Dot` have the same shape.
extension Dot: WireMessage {
  public static var messageName: MessageName { .dot }

  public func encode(into writer: inout ProtobufWriter) {
    writer.writeNonDefault(varint: replica.rawValue, field: 1)
    writer.writeNonDefault(varint: counter.rawValue, field: 2)
  }

  public init(from reader: inout ProtobufReader) throws(WireError) {
    self.init(.hub, .none)
    while let field = try reader.nextField() {
      switch field {
      case 1: replica = ReplicaID(try reader.readUInt32())
      case 2: counter = Counter(try reader.readUInt64())
      default: try reader.skip()
      }
    }
  }
}
