// What the hub keeps of a record's siblings, in its own database.
//
// Canonical: changes ascending by position, dot, time and authority, units ascending, siblings ascending
// by field and value. One dot may come with two times: work on a child revives its root as the child's
// author, and the same edit may change the root as well. Unlike entries of a record, siblings may be
// cleared (somebody emptied the field), and a field may come several times (elements of a set that one
// change added).

import SyncCore

extension StoredState: WireMessage {
  public static var messageName: MessageName { .storedState }

  public func encode(into writer: inout ProtobufWriter) {
    for change in changes.ascending(by: StoredChange.precedes) {
      writer.write(message: change, field: 1)
    }
  }

  /// - Throws: `notAscending` unless sorted by position and dot. Of one dot any order is read: a hub has
  ///   kept them in the order in which they came.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    self.init()
    while let field = try reader.nextField() {
      guard field == 1 else {
        try reader.skip()
        continue
      }
      let change = try reader.readMessage(StoredChange.self)
      if let last = changes.last {
        try reader.require(last.place <= change.place, .notAscending(field: field))
      }
      changes.append(change)
    }
    changes = changes.ascending(by: StoredChange.precedes)
  }
}

extension StoredChange: WireMessage {
  public static var messageName: MessageName { .storedChange }

  fileprivate var place: (Position, Dot) { (stamp.position, stamp.dot) }

  static func precedes(_ left: StoredChange, _ right: StoredChange) -> Bool {
    (left.stamp.position, left.stamp.dot, left.stamp.time, left.stamp.authority.rawValue)
      < (right.stamp.position, right.stamp.dot, right.stamp.time, right.stamp.authority.rawValue)
  }

  public func encode(into writer: inout ProtobufWriter) {
    writer.writeNonDefault(varint: stamp.position.rawValue, field: 1)
    writer.writeNonDefault(varint: stamp.dot.replica.rawValue, field: 2)
    writer.writeNonDefault(varint: stamp.dot.counter.rawValue, field: 3)
    writer.writeNonDefault(fixed64: stamp.time.rawValue, field: 4)
    writer.writeNonDefault(varint: UInt32(stamp.authority.rawValue), field: 5)
    writer.write(packed: shown.ascending(by: <).lazy.map(\.rawValue), field: 6)
    for sibling in siblings.ascending(by: FieldValues.Entry.precedes) {
      writer.write(message: sibling, field: 7)
    }
  }

  /// - Throws: `outOfRange` for an authority that is not known, `notAscending`, `tooMany`.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    var dot = Dot(.hub, .none)
    var stamp = ChangeStamp(position: .start, dot: dot, time: .zero)
    var shown: [UInt32] = []
    var siblings: [FieldValues.Entry] = []
    while let field = try reader.nextField() {
      switch field {
      case 1: stamp.position = Position(try reader.readUInt64())
      case 2: dot.replica = ReplicaID(try reader.readUInt32())
      case 3: dot.counter = Counter(try reader.readUInt64())
      case 4: stamp.time = HybridTimestamp(rawValue: try reader.readFixed64())
      case 5: stamp.authority = try StoredChange.readAuthority(from: &reader)
      case 6: try reader.readUInt32s(into: &shown, countMax: Limits.fieldsPerRecordMax)
      case 7:
        let sibling = try reader.readMessage(FieldValues.Entry.self)
        if let last = siblings.last {
          try reader.require(
            FieldValues.Entry.precedes(last, sibling), .notAscending(field: field))
        }
        siblings.append(sibling)
      default: try reader.skip()
      }
    }
    let isAscending = shown.isEachPair(<)
    try reader.require(isAscending, .notAscending(field: 6))
    stamp.dot = dot
    self.init(stamp: stamp, shown: shown.map { FieldID($0) }, siblings: siblings)
  }

  private static func readAuthority(
    from reader: inout ProtobufReader
  ) throws(WireError) -> Authority {
    let value = try reader.readUInt32()
    guard let raw = UInt8(exactly: value), let authority = Authority(rawValue: raw) else {
      throw reader.error(.outOfRange(field: 5))
    }
    return authority
  }
}

extension FieldValues.Entry {
  static func precedes(_ left: FieldValues.Entry, _ right: FieldValues.Entry) -> Bool {
    (left.field, left.value) < (right.field, right.value)
  }
}
