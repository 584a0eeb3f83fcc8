// Values of fields, and the ordered bag that a record's values are.
//
// Values are compared by content alone; two people who write the same value do not disagree.
// A `FieldValues` is sorted by field, so its order may reach SQL, the wire and the screen.

public enum Value: Hashable, Sendable {
  /// Cleared, or never set.
  case null
  case text(String)
  case integer(Int64)
  case boolean(Bool)
  /// An exact decimal number; money is never a float.
  case decimal(DecimalNumber)
  case moment(Moment)
  case reference(RecordID)
  /// The elements of a set, sorted by their UTF-8 bytes.
  case set([String])
  /// Several fields that belong together and merge as one value.
  indirect case group(FieldValues)

  public var isNull: Bool { if case .null = self { true } else { false } }
}

extension Value: Comparable {
  /// A total order: first by kind, then by content. `greatest` and `least` choose by it.
  public static func < (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.text(let a), .text(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
    case (.integer(let a), .integer(let b)): a < b
    case (.boolean(let a), .boolean(let b)): !a && b
    case (.decimal(let a), .decimal(let b)): a < b
    case (.moment(let a), .moment(let b)): a < b
    case (.reference(let a), .reference(let b)): a < b
    case (.set(let a), .set(let b)):
      a.lexicographicallyPrecedes(b) { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    case (.group(let a), .group(let b)):
      a.entries.lexicographicallyPrecedes(b.entries) { ($0.field, $0.value) < ($1.field, $1.value) }
    default: left.kindRank < right.kindRank
    }
  }

  private var kindRank: Int {
    switch self {
    case .null: 0
    case .boolean: 1
    case .integer: 2
    case .decimal: 3
    case .moment: 4
    case .text: 5
    case .reference: 6
    case .set: 7
    case .group: 8
    }
  }
}

/// Values by field, sorted by field. An absent field and `.null` mean the same.
public struct FieldValues: Hashable, Sendable {
  public struct Entry: Hashable, Sendable {
    public var field: FieldID
    public var value: Value
    public init(field: FieldID, value: Value) {
      self.field = field
      self.value = value
    }
  }

  /// Sorted by field, each field once, no nulls.
  public private(set) var entries: [Entry] = []

  public init() {}

  public init(_ pairs: some Sequence<(FieldID, Value)>) {
    for (field, value) in pairs { self[field] = value }
  }

  public var isEmpty: Bool { entries.isEmpty }

  public mutating func reserveCapacity(_ count: Int) { entries.reserveCapacity(count) }

  public subscript(field: FieldID) -> Value {
    get {
      let index = insertionIndex(field)
      return index < entries.count && entries[index].field == field ? entries[index].value : .null
    }
    set {
      if entries.last.map({ $0.field < field }) ?? true {
        // The usual case: values come in the order of their fields.
        if !newValue.isNull { entries.append(Entry(field: field, value: newValue)) }
        return
      }
      let index = insertionIndex(field)
      let isPresent = index < entries.count && entries[index].field == field
      switch (isPresent, newValue.isNull) {
      case (true, true): entries.remove(at: index)
      case (true, false): entries[index].value = newValue
      case (false, false): entries.insert(Entry(field: field, value: newValue), at: index)
      case (false, true): break
      }
    }
  }

  /// Where `field` is or belongs. Appending in field order, the usual case, costs one comparison.
  private func insertionIndex(_ field: FieldID) -> Int {
    guard let last = entries.last, field <= last.field else { return entries.count }
    var (low, high) = (0, entries.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].field < field { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
