// Schema primitives: collections, fields, and what each field holds and merges by.
//
// A schema is data. It is versioned, it only grows, and the numbers in it mean the same on every
// side for ever; so a program of another version keeps and forwards what it does not know.

/// What a field can hold.
public indirect enum ValueType: Hashable, Sendable {
  case text
  case integer
  case boolean
  case decimal
  case moment
  case reference(CollectionID)
  case set
  /// Several fields, by number, that merge as one value.
  case group([FieldID])

  /// Whether `value` may be stored in such a field. Anything may be cleared.
  public func accepts(_ value: Value) -> Bool {
    switch (self, value) {
    case (_, .null), (.text, .text), (.integer, .integer), (.boolean, .boolean),
      (.decimal, .decimal), (.moment, .moment), (.reference, .reference), (.set, .set):
      true
    case (.group(let members), .group(let values)):
      values.entries.allSatisfy { members.contains($0.field) }
    default: false
    }
  }
}

public struct FieldSchema: Hashable, Sendable {
  public let id: FieldID
  public let name: String
  public let type: ValueType
  public let rule: MergeRule
  /// The group that this field merges with; nil where it merges alone.
  public let group: FieldID?
  /// May be given by the creator even where afterwards only the hub writes (an owner).
  public let isOpenAtCreation: Bool
  /// What a laptop writes here asks the hub for something; the hub decides when it commits, and
  /// never keeps the value.
  public let isRequest: Bool

  public init(
    _ id: UInt32, _ name: String, _ type: ValueType, _ rule: MergeRule, group: UInt32? = nil,
    isOpenAtCreation: Bool = false, isRequest: Bool = false
  ) {
    self.id = FieldID(id)
    self.name = name
    self.type = type
    self.rule = rule
    self.group = group.map { FieldID($0) }
    self.isOpenAtCreation = isOpenAtCreation
    self.isRequest = isRequest
  }

  public var isGroup: Bool { if case .group = type { true } else { false } }

  /// What writing a value asks of its field, without the rest of the schema: asked for every value
  /// of every record, it must not cost a copy of names and ladders.
  public struct Traits: Hashable, Sendable {
    /// The field itself, or the group it merges with.
    public let unit: FieldID
    public let isGroup: Bool
    public let isUnion: Bool
    public let isOnce: Bool
  }

  var traits: Traits {
    Traits(unit: group ?? id, isGroup: isGroup, isUnion: rule == .union, isOnce: rule == .once)
  }
}

/// A collection and its fields. A class, because it is handed along with every write of every record
/// and a struct of this size is copied piece by piece; it never changes.
public final class CollectionSchema: Sendable {
  public let id: CollectionID
  public let name: String
  /// Sorted by number. Groups stand beside their members; only members have columns.
  public let fields: [FieldSchema]
  /// Records are facts: created once, never edited, so they never conflict.
  public let isImmutable: Bool
  public let deletion: DeletionRule
  /// The field that names the root (the customer) a record belongs to; nil: it is a root itself.
  public let rootField: FieldID?
  /// What `rootField` is in every collection that has one, also in those of programs to come: who does
  /// not know a collection can still tell whose its records are.
  public static let rootField = FieldID(2)
  /// The field by which people call a record.
  public let titleField: FieldID

  /// Index of the field with a number, or -1; looked up for every value of every record.
  private let indexByNumber: [Int16]
  private let traitsByNumber: [FieldSchema.Traits?]
  private let indexByName: [String: Int]
  /// The fields with a column of their own, by number.
  public let columns: [FieldSchema]

  public init(
    _ id: UInt32, _ name: String, title: UInt32, root: UInt32? = nil, isImmutable: Bool = false,
    deletion: DeletionRule = .editRevives, fields: [FieldSchema]
  ) {
    precondition(
      fields.allSatisfy { $0.id > .lifecycle }, "field numbers of \(name) begin above the lifecycle"
    )
    precondition(
      root == nil || root == Self.rootField.rawValue, "\(name) names its root in another field")
    self.id = CollectionID(id)
    self.name = name
    self.fields = fields.sorted { $0.id < $1.id }
    self.isImmutable = isImmutable
    self.deletion = deletion
    rootField = root.map { FieldID($0) }
    titleField = FieldID(title)
    let numbered = self.fields.enumerated()
    indexByName = Dictionary(uniqueKeysWithValues: numbered.map { ($1.name, $0) })
    var indexes = [Int16](repeating: -1, count: Int(self.fields.last?.id.rawValue ?? 0) + 1)
    for (index, field) in numbered { indexes[Int(field.id.rawValue)] = Int16(index) }
    indexByNumber = indexes
    let sorted = self.fields
    traitsByNumber = indexes.map { $0 < 0 ? nil : sorted[Int($0)].traits }
    columns = self.fields.filter { !$0.isGroup }
  }

  public subscript(id: FieldID) -> FieldSchema? {
    guard id.rawValue < indexByNumber.count else { return nil }
    let index = Int(indexByNumber[Int(id.rawValue)])
    return index < 0 ? nil : fields[index]
  }
  public subscript(name: String) -> FieldSchema? { indexByName[name].map { fields[$0] } }

  /// Nil for a field that the schema does not know.
  public func traits(of id: FieldID) -> FieldSchema.Traits? {
    id.rawValue < traitsByNumber.count ? traitsByNumber[Int(id.rawValue)] : nil
  }

  /// The rule by which a field, a group, or the lifecycle merges. Unknown fields merge as `latest`,
  /// which loses nothing.
  public func rule(of unit: FieldID) -> MergeRule {
    unit == .lifecycle ? .lifecycle(deletion) : self[unit]?.rule ?? .latest
  }

  /// What merges when `field` is written: the field itself, or its group.
  public func unit(of field: FieldID) -> FieldID { traits(of: field)?.unit ?? field }

  /// What people call a unit: a field's own name, a group's leading member.
  public func displayName(of unit: FieldID) -> String {
    if unit == .lifecycle { return "lifecycle" }
    guard let field = self[unit] else { return "#\(unit.rawValue)" }
    if case .group(let members) = field.type, let leading = members.first.flatMap({ self[$0] }) {
      return leading.name
    }
    return field.name
  }

  /// The unit that a field, a group or the lifecycle merges as, by the name people use.
  public func unit(named name: String) -> FieldID? {
    name == "lifecycle" ? .lifecycle : self[name].map { unit(of: $0.id) }
  }

  /// The values of a unit as columns: a group's members one by one (cleared ones as null).
  public func columnValues(of unit: FieldID, _ value: Value) -> [(FieldID, Value)] {
    guard let field = self[unit], case .group(let members) = field.type else {
      return [(unit, value)]
    }
    guard case .group(let values) = value else { return members.map { ($0, .null) } }
    return members.map { ($0, values[$0]) }
  }

  /// The value of a unit, put together from column values.
  public func unitValue(of unit: FieldID, from columns: FieldValues) -> Value {
    guard let field = self[unit], case .group(let members) = field.type else {
      return columns[unit]
    }
    let values = FieldValues(members.map { ($0, columns[$0]) })
    return values.isEmpty ? .null : .group(values)
  }
}

extension CollectionSchema: Hashable {
  public static func == (left: CollectionSchema, right: CollectionSchema) -> Bool {
    left === right
      || left.id == right.id && left.name == right.name && left.fields == right.fields
        && left.isImmutable == right.isImmutable && left.deletion == right.deletion
        && left.rootField == right.rootField && left.titleField == right.titleField
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

public struct Schema: Hashable, Sendable {
  public let version: UInt32
  /// Sorted by number.
  public let collections: [CollectionSchema]

  private let indexByNumber: [CollectionID: Int]
  private let indexByName: [String: Int]

  public init(version: UInt32, collections: [CollectionSchema]) {
    self.version = version
    self.collections = collections.sorted { $0.id < $1.id }
    let numbered = self.collections.enumerated()
    indexByNumber = Dictionary(uniqueKeysWithValues: numbered.map { ($1.id, $0) })
    indexByName = Dictionary(uniqueKeysWithValues: numbered.map { ($1.name, $0) })
  }

  public subscript(id: CollectionID) -> CollectionSchema? {
    indexByNumber[id].map { collections[$0] }
  }
  public subscript(name: String) -> CollectionSchema? { indexByName[name].map { collections[$0] } }
}
