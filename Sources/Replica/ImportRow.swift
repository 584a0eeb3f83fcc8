// From the cells of a row to what is written: nothing, some fields, or a new record.
//
// An import adds and corrects; it never takes away. Empty cells clear nothing, tags are added and
// never removed, owners of existing records stay, and fields that await somebody's decision are
// left to that somebody. Either all of a row is written or nothing of it.

import FollowUp
import Notation
import Storage
import SyncCore
import Tabular

/// What rows are read by: everything about an import that does not change from row to row.
struct ImportRow {
  let columns: ImportColumns
  let zone: LocalZone
  let user: String
  /// Everybody of the workspace. A customer given to nobody would be out of everybody's sight, so
  /// what is not among these names is no owner.
  let people: Set<String>
  let references: [CollectionID: ReferenceIndex]
  let disputes: [RecordID: Set<FieldID>]

  /// What cells have been read as: dates and tags repeat from row to row, and are slow to read.
  private var known: [FieldID: [String: Value]] = [:]
  private static let knownMax = 10_000

  private let collection: CollectionSchema
  /// What a new record cannot do without: it is called something, belongs somewhere (only tasks may
  /// stand alone), and what took place did so at some time.
  private let required: [FieldSchema]
  private let owner: FieldID?
  private let assignedAt: FieldID?
  /// What a new record has where the row says nothing.
  private let birth: [(field: FieldID, value: Value)]

  init(
    _ columns: ImportColumns, zone: LocalZone, user: String, in store: ReplicaStore
  ) throws {
    let collection = columns.collection
    self.columns = columns
    self.collection = collection
    self.zone = zone
    self.user = user
    owner = collection["owner"]?.id
    assignedAt = collection["assignedAt"]?.id
    birth = ImportRow.birth(of: collection, by: user)
    let root = collection.id == CollectionSchema.task.id ? nil : collection.rootField
    required = [collection.titleField, root, collection["occurredAt"]?.id]
      .compactMap { $0 }.compactMap { collection[$0] }
    people = Set(try store.db.all("SELECT name FROM people") { $0.text(0) })
    var references: [CollectionID: ReferenceIndex] = [:]
    for field in columns.sources.map(\.field) + columns.constants.map(\.field) {
      guard case .reference(let target) = field.type, references[target] == nil,
        let collection = store.schema[target]
      else { continue }
      references[target] = try ReferenceIndex(collection, in: store)
    }
    self.references = references
    disputes = try store.disputes().mapValues { Set($0.map(\.unit)) }
  }

  // MARK: Reading cells

  enum Reading {
    case values(FieldValues)
    case failed(ImportProblem)
  }

  /// The values of a row; of a field without a filled cell, the map's constant.
  mutating func read(_ cells: [String], in store: ReplicaStore, at now: Moment) throws -> Reading {
    var values = FieldValues()
    for source in columns.sources {
      for column in source.columns {
        let text = ImportCell.trimmed(cells[column])
        if text.isEmpty { continue }
        switch try value(text, of: source.field, in: store, at: now) {
        case .failure(let problem): return .failed(problem)
        case .success(let value):
          values[source.field.id] = ImportRow.merged(values[source.field.id], value)
        }
        if source.field.type != .set { break }
      }
    }
    for constant in columns.constants where values[constant.field.id].isNull {
      switch try value(constant.text, of: constant.field, in: store, at: now) {
      case .failure(let problem): return .failed(problem)
      case .success(let value): values[constant.field.id] = value
      }
    }
    return .values(values)
  }

  private enum Parsed {
    case success(Value)
    case failure(ImportProblem)
  }

  private mutating func value(
    _ text: String, of field: FieldSchema, in store: ReplicaStore, at now: Moment
  ) throws -> Parsed {
    if field.type == .text { return textValue(text, of: field) }
    if case .reference(let target) = field.type {
      switch try references[target]?.match(text, in: store) ?? .none {
      case .one(let id): return .success(.reference(id))
      case .none: return .failure(.unknownReference(field: field.name, text: text))
      case .several(let count):
        return .failure(.ambiguousReference(field: field.name, text: text, count: count))
      }
    }
    if let value = known[field.id]?[text] { return .success(value) }
    do throws(FieldTextError) {
      let value = try ImportCell.value(text, as: field.type, at: now, in: zone)
      if known[field.id]?.count ?? 0 >= ImportRow.knownMax { known[field.id] = nil }
      known[field.id, default: [:]][text] = value
      return .success(value)
    } catch {
      return .failure(.badValue(field: field.name, error))
    }
  }

  private func textValue(_ text: String, of field: FieldSchema) -> Parsed {
    let isChannel = collection.id == CollectionSchema.followUp.id && field.name == "channel"
    guard isChannel, Channel(rawValue: text) == nil else { return .success(.text(text)) }
    return .failure(
      .notAllowed(field: field.name, text: text, allowed: Channel.allCases.map(\.rawValue)))
  }

  private static func merged(_ value: Value, _ other: Value) -> Value {
    guard case .set(let elements) = value, case .set(let more) = other else { return other }
    return .set(Set(elements).union(more).sorted(by: ImportCell.isBefore))
  }

  // MARK: Existing records

  /// What differs from the record as it is shown; nothing where the row says nothing new.
  func changes(
    to row: CollectionRow, _ values: FieldValues
  ) -> Result<[FieldWrite], ImportRowError> {
    var writes: [FieldWrite] = []
    for entry in values.entries {
      guard let field = collection[entry.field], field.rule != .hubOnly,
        let write = ImportRow.write(field, entry.value, over: row.values[entry.field])
      else { continue }
      if collection.isImmutable || field.rule == .once {
        return .failure(ImportRowError(problem: .fixed(field: field.name)))
      }
      if disputes[row.id]?.contains(collection.unit(of: field.id)) == true {
        return .failure(ImportRowError(problem: .disputed(field: field.name)))
      }
      writes.append(write)
    }
    return .success(writes)
  }

  /// Nil where the value is there already.
  private static func write(
    _ field: FieldSchema, _ value: Value, over current: Value
  ) -> FieldWrite? {
    switch (value, current) {
    case (.set(let elements), .set(let present)):
      let missing = Set(elements).subtracting(present).sorted(by: ImportCell.isBefore)
      return missing.isEmpty
        ? nil : FieldWrite(field.id, .alter(adding: missing, removing: []))
    case (.set(let elements), _):
      return FieldWrite(field.id, .alter(adding: elements, removing: []))
    case (.text(let text), .text(let present)):
      // What is written differs from what was exported by its outer spaces at most.
      return ImportCell.trimmed(present) == text ? nil : .put(field.id, value)
    default:
      return value == current ? nil : .put(field.id, value)
    }
  }

  // MARK: New records

  private static func birth(
    of collection: CollectionSchema, by user: String
  ) -> [(field: FieldID, value: Value)] {
    let values: [(String, Value)] =
      switch collection.id {
      case CollectionSchema.followUp.id:
        [("author", .text(user)), ("channel", .text(Channel.other.rawValue))]
      case CollectionSchema.task.id: [("assignee", .text(user)), ("status", .text("open"))]
      default: []
      }
    return values.compactMap { name, value in collection[name].map { ($0.id, value) } }
  }

  /// The writes that make a record, with what every record of its kind is born with.
  func creation(_ values: FieldValues, at now: Moment) -> Result<[FieldWrite], ImportRowError> {
    for field in required where values[field.id].isNull {
      return .failure(ImportRowError(problem: .missing(field: field.name)))
    }
    var values = values
    for (field, value) in birth where values[field].isNull { values[field] = value }
    if let field = self.owner {
      if self.owner(in: values).map(isKnown) ?? false {
        if let assignedAt, values[assignedAt].isNull { values[assignedAt] = .moment(now) }
      } else {
        values[field] = .text(user)
        if let assignedAt { values[assignedAt] = .null }
      }
    }
    return .success(
      values.entries.map { entry in
        if case .set(let elements) = entry.value {
          FieldWrite(entry.field, .alter(adding: elements, removing: []))
        } else {
          .put(entry.field, entry.value)
        }
      })
  }

  /// The owner that the row or the record names.
  func owner(in values: FieldValues) -> String? {
    guard let owner, case .text(let name) = values[owner] else { return nil }
    return name
  }

  /// Whether an owner is somebody here.
  func isKnown(_ owner: String) -> Bool { owner == user || people.contains(owner) }
}

/// A problem on its way out of a `Result`.
struct ImportRowError: Error {
  var problem: ImportProblem
}
