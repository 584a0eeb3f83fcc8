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

  private var collection: CollectionSchema { columns.collection }

  init(
    _ columns: ImportColumns, zone: LocalZone, user: String, in store: ReplicaStore
  ) throws {
    self.columns = columns
    self.zone = zone
    self.user = user
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
  func read(_ cells: [String], in store: ReplicaStore, at now: Moment) throws -> Reading {
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

  private func value(
    _ text: String, of field: FieldSchema, in store: ReplicaStore, at now: Moment
  ) throws -> Parsed {
    if case .reference(let target) = field.type {
      switch try references[target]?.match(text, in: store) ?? .none {
      case .one(let id): return .success(.reference(id))
      case .none: return .failure(.unknownReference(field: field.name, text: text))
      case .several(let count):
        return .failure(.ambiguousReference(field: field.name, text: text, count: count))
      }
    }
    if collection.id == CollectionSchema.followUp.id, field.name == "channel",
      Channel(rawValue: text) == nil
    {
      return .failure(
        .notAllowed(field: field.name, text: text, allowed: Channel.allCases.map(\.rawValue)))
    }
    do throws(FieldTextError) {
      return .success(try ImportCell.value(text, as: field.type, at: now, in: zone))
    } catch {
      return .failure(.badValue(field: field.name, error))
    }
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

  /// The writes that make a record, with what every record of its kind is born with.
  func creation(_ values: FieldValues, at now: Moment) -> Result<[FieldWrite], ImportRowError> {
    for field in requiredFields where values[field.id].isNull {
      return .failure(ImportRowError(problem: .missing(field: field.name)))
    }
    var values = values
    func fill(_ name: String, _ value: Value) {
      if let field = collection[name], values[field.id].isNull { values[field.id] = value }
    }
    if let owner = collection["owner"] {
      if isKnown(ownerIn: values) {
        fill("assignedAt", .moment(now))
      } else {
        values[owner.id] = .text(user)
        if let assignedAt = collection["assignedAt"] { values[assignedAt.id] = .null }
      }
    }
    switch collection.id {
    case CollectionSchema.followUp.id:
      fill("author", .text(user))
      fill("channel", .text(Channel.other.rawValue))
    case CollectionSchema.task.id:
      fill("assignee", .text(user))
      fill("status", .text("open"))
    default: break
    }
    return .success(
      values.entries.compactMap { entry in
        collection[entry.field].flatMap { ImportRow.write($0, entry.value, over: .null) }
      })
  }

  /// A new record is called something, belongs somewhere (only tasks may stand alone), and what
  /// took place did so at some time.
  private var requiredFields: [FieldSchema] {
    let root = collection.rootField.flatMap { collection[$0] }
    let isAlone = collection.id == CollectionSchema.task.id
    return [collection[collection.titleField], isAlone ? nil : root, collection["occurredAt"]]
      .compactMap { $0 }
  }

  /// The owner that the row names.
  func owner(in values: FieldValues) -> String? {
    guard let owner = collection["owner"], case .text(let name) = values[owner.id] else {
      return nil
    }
    return name
  }

  /// Whether the row names an owner who is somebody here.
  func isKnown(ownerIn values: FieldValues) -> Bool {
    guard let name = owner(in: values) else { return false }
    return name == user || people.contains(name)
  }
}

/// A problem on its way out of a `Result`.
struct ImportRowError: Error {
  var problem: ImportProblem
}
