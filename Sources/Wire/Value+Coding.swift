// Values on the wire: `Value`, `Elements`, `Group`, `FieldValue`.
//
// A value is a `oneof`, so what it holds is written even where it is 0, false or empty. Canonical:
// decimals in their one spelling, elements of a set ascending by UTF-8 bytes, members of a group
// ascending by field and never cleared (an absent field means the same). Reading refuses the rest;
// nothing here is put in order silently, because replicas compare values byte by byte.

import SyncCore

private enum Field {
  static let cleared: UInt32 = 1
  static let text: UInt32 = 2
  static let integer: UInt32 = 3
  static let boolean: UInt32 = 4
  static let decimal: UInt32 = 5
  static let moment: UInt32 = 6
  static let reference: UInt32 = 7
  static let set: UInt32 = 8
  static let group: UInt32 = 9
}

extension Value: WireMessage {
  public static var messageName: MessageName { .value }

  public func encode(into writer: inout ProtobufWriter) {
    switch self {
    case .null: writer.write(bool: true, field: Field.cleared)
    case .text(let text): writer.write(text: text, field: Field.text)
    case .integer(let integer): writer.write(zigzag: integer, field: Field.integer)
    case .boolean(let boolean): writer.write(bool: boolean, field: Field.boolean)
    case .decimal(let decimal): writer.write(text: decimal.description, field: Field.decimal)
    case .moment(let moment): writer.write(zigzag: moment.milliseconds, field: Field.moment)
    case .reference(let record): writer.write(identity: record, field: Field.reference)
    case .set(let elements):
      writer.writeMessage(field: Field.set) { $0.write(elements: elements, field: 1) }
    case .group(let values): writer.write(message: values, field: Field.group)
    }
  }

  /// - Throws: `missing` where it holds nothing that this program knows, and whatever its content
  ///   deserves.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    try reader.enterValue()
    var scalar: Value?
    var nested = Payload()
    var nestedField: UInt32 = 0
    while let field = try reader.nextField() {
      switch field {
      case Field.cleared...Field.reference:
        scalar = try Value.readScalar(field, from: &reader)
        nestedField = 0
      case Field.set, Field.group:
        if nestedField != field { nested = Payload() }
        nestedField = field
        nested.add(try reader.readRange(), of: reader)
      default: try reader.skip()
      }
    }
    switch nestedField {
    case Field.set: self = .set(try Value.readElements(nested, in: reader))
    case Field.group: self = .group(try nested.read(FieldValues.self, in: reader) ?? FieldValues())
    default:
      guard let scalar else { throw reader.error(.missing(field: Field.cleared)) }
      self = scalar
    }
  }

  private static func readScalar(
    _ field: UInt32, from reader: inout ProtobufReader
  ) throws(WireError) -> Value {
    switch field {
    case Field.text: return .text(try reader.readText())
    case Field.integer: return .integer(try reader.readSInt64())
    case Field.boolean: return .boolean(try reader.readBool())
    case Field.decimal: return .decimal(try readDecimal(from: &reader))
    case Field.moment: return .moment(Moment(milliseconds: try reader.readSInt64()))
    case Field.reference: return .reference(try reader.readIdentity())
    default:
      let isCleared = try reader.readBool()
      try reader.require(isCleared, .outOfRange(field: Field.cleared))
      return .null
    }
  }

  private static func readDecimal(
    from reader: inout ProtobufReader
  ) throws(WireError) -> DecimalNumber {
    // The digits, a zero before the point, the point, and the sign.
    let text = try reader.readText(bytesMax: DecimalNumber.digitsMax + 3)
    // Whole amounts are the usual ones, and reading them this way is quick.
    if let whole = Int64(text), text.utf8.first != UInt8(ascii: "+") {
      let number = DecimalNumber(whole)
      if number.description.utf8.elementsEqual(text.utf8) { return number }
    }
    guard let number = DecimalNumber(text), number.description.utf8.elementsEqual(text.utf8) else {
      throw reader.error(.nonCanonicalDecimal(field: Field.decimal))
    }
    return number
  }

  private static func readElements(
    _ payload: Payload, in outer: ProtobufReader
  ) throws(WireError) -> [String] {
    try payload.read(.elements, in: outer) { (reader) throws(WireError) in
      var elements: [String] = []
      while let field = try reader.nextField() {
        guard field == 1 else {
          try reader.skip()
          continue
        }
        try reader.readElement(into: &elements, field: field)
      }
      return elements
    } ?? []
  }
}

// MARK: - Elements of sets

extension ProtobufWriter {
  /// Elements of a set, ascending by their UTF-8 bytes, each once.
  mutating func write(elements: [String], field: UInt32) {
    var previous: String?
    for element in elements.ascending(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      if let previous, previous.utf8.elementsEqual(element.utf8) { continue }
      write(text: element, field: field)
      previous = element
    }
  }

  /// Entries ascending by field, as `repeated FieldValue`.
  mutating func write(values: FieldValues, field: UInt32) {
    for entry in values.entries { write(message: entry, field: field) }
  }
}

extension ProtobufReader {
  /// - Throws: `tooMany`, `notAscending`.
  mutating func readElement(into elements: inout [String], field: UInt32) throws(WireError) {
    let countMax = Limits.elementsMax
    try require(elements.count < countMax, .tooMany(field: field, countMax: countMax))
    let element = try readText(bytesMax: Limits.valueBytesMax)
    if let last = elements.last {
      try require(
        last.utf8.lexicographicallyPrecedes(element.utf8), .notAscending(field: field))
    }
    elements.append(element)
  }

  /// - Throws: `tooMany`, `notAscending`, `contradiction` for an entry that is cleared.
  mutating func readEntry(into values: inout FieldValues, field: UInt32) throws(WireError) {
    let countMax = Limits.fieldsPerRecordMax
    try require(values.entries.count < countMax, .tooMany(field: field, countMax: countMax))
    let entry = try readMessage(FieldValues.Entry.self)
    if let last = values.entries.last?.field {
      try require(last < entry.field, .notAscending(field: field))
    }
    if case .null = entry.value { throw error(.contradiction(field: field)) }
    values[entry.field] = entry.value
  }
}

extension Array {
  /// The array itself where it is in order already, the usual case; otherwise sorted.
  func ascending(by precedes: (Element, Element) -> Bool) -> [Element] {
    isEachPair { !precedes($1, $0) } ? self : sorted(by: precedes)
  }

  /// Whether every two neighbours stand in a relation. By index, because `zip` would copy (retain and
  /// release) every element twice, which took a bulk load a third of its time.
  @inline(__always)
  func isEachPair(_ relation: (Element, Element) -> Bool) -> Bool {
    indices.dropFirst().allSatisfy { relation(self[$0 - 1], self[$0]) }
  }
}

// MARK: - Values by field

extension FieldValues: WireMessage {
  /// On its own a `FieldValues` is written as a `Group`.
  public static var messageName: MessageName { .group }

  public func encode(into writer: inout ProtobufWriter) {
    writer.write(values: self, field: 1)
  }

  /// - Throws: `notAscending`, `tooMany`, and `contradiction` for an entry that is cleared.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    self.init()
    while let field = try reader.nextField() {
      guard field == 1 else {
        try reader.skip()
        continue
      }
      try reader.readEntry(into: &self, field: field)
    }
  }
}

extension FieldValues.Entry: WireMessage {
  public static var messageName: MessageName { .fieldValue }

  public func encode(into writer: inout ProtobufWriter) {
    writer.writeNonDefault(varint: field.rawValue, field: 1)
    writer.write(message: value, field: 2)
  }

  /// The entry of a text that lies somewhere else.
  static func encode(
    utf8: UnsafeBufferPointer<UInt8>, of field: FieldID, into writer: inout ProtobufWriter
  ) {
    writer.writeNonDefault(varint: field.rawValue, field: 1)
    writer.writeMessage(field: 2) { $0.write(utf8: utf8, field: Field.text) }
  }

  /// - Throws: `missing` where the field number or the value is absent.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    var number: UInt32 = 0
    var payload = Payload()
    while let field = try reader.nextField() {
      switch field {
      case 1: number = try reader.readUInt32()
      case 2: payload.add(try reader.readRange(bytesMax: Limits.valueBytesMax), of: reader)
      default: try reader.skip()
      }
    }
    guard number != 0 else { throw reader.error(.missing(field: 1)) }
    guard let value = try payload.read(Value.self, in: reader) else {
      throw reader.error(.missing(field: 2))
    }
    self.init(field: FieldID(number), value: value)
  }
}
