// From the words after `add` and `set` to writes of one record.
//
// Values are read by the type of their field. Sets are altered, never replaced, so that what
// somebody adds meanwhile stays. A reference may be typed like any REF. Fields that only the hub
// writes are refused here, where that is certain; an owner is an intent that the hub judges.

import CommandKit
import FollowUp
import Notation
import Replica
import SyncCore

struct FieldWriting {
  let replica: OpenReplica
  let collection: CollectionSchema
  /// The record as it is shown; empty for a new one.
  private(set) var values: FieldValues
  private let isCreation: Bool
  /// Columns that were written, other than sets.
  private var written: Set<FieldID> = []
  private var added: [FieldID: Set<String>] = [:]
  private var removed: [FieldID: Set<String>] = [:]

  /// - Parameter current: nil for a new record.
  init(_ replica: OpenReplica, _ collection: CollectionSchema, current: FieldValues?) {
    self.replica = replica
    self.collection = collection
    values = current ?? FieldValues()
    isCreation = current == nil
  }

  // MARK: Reading

  /// Takes the assignments in their order; later ones win.
  mutating func take(_ assignments: [Assignment]) throws {
    for assignment in assignments {
      let field = try field(assignment.field)
      switch assignment {
      case .set(_, let text):
        let value = try value(text, of: field)
        if field.rule == .union { replaceElements(of: field, by: value) } else { put(field, value) }
      case .add(_, let text):
        guard field.type == .set else { throw RepError.notASet(field: field.name) }
        alter(field, adding: try value(text, of: field).elements.sorted())
      case .remove(_, let text):
        guard field.type == .set else { throw RepError.notASet(field: field.name) }
        // What no list knows may be there all the same, and may go.
        let list = Vocabulary.of(field.name, in: collection)
        alter(field, removing: FieldText.elements(of: text).map { list?.word(typed: $0) ?? $0 })
      }
    }
  }

  /// Says whom of those the record is given to nobody here knows. Only the hub knows everybody, and refuses
  /// a name that is nobody's: then it is told as a draft.
  func warnOfStrangers() throws {
    for name in ["owner", "assignee"] where isWritten(name) {
      guard let field = collection[name], let person = values[field.id].text, !person.isEmpty,
        person != replica.state.user
      else { continue }
      let known = try replica.store.db.first(
        "SELECT 1 FROM people WHERE name = ? AND is_disabled = 0", .text(person)
      ) { _ in true }
      if known == nil {
        replica.console.warn(
          Phrase(
            en: "\(name): this laptop knows nobody called \(person) ; the hub may refuse it.",
            zh: "\(name)：本机不认识名为 \(person) 的人；服务器可能会拒绝。"))
      }
    }
  }

  /// Sets a field that was not assigned.
  mutating func setDefault(_ name: String, _ value: Value) {
    guard let field = collection[name], !written.contains(field.id) else { return }
    put(field, value)
  }

  func isWritten(_ name: String) -> Bool {
    collection[name].map { written.contains($0.id) } ?? false
  }

  private func field(_ name: String) throws -> FieldSchema {
    guard let field = collection[name], !field.isGroup else {
      throw RepError.fieldUnknown(
        name, collection: collection.name, known: collection.columns.map(\.name))
    }
    if field.isRequest || field.rule == .hubOnly && !field.isOpenAtCreation {
      throw RepError.hubOnly(collection: collection.name, field: name)
    }
    return field
  }

  private func value(_ text: String, of field: FieldSchema) throws -> Value {
    if case .reference = field.type, !text.isEmpty { return .reference(try reference(text)) }
    if !text.isEmpty, field.name == "remind", ReminderOffsets(text) == nil {
      throw RepError.valueNotAllowed(
        field: field.name, text: text, allowed: [ReminderOffsets.example])
    }
    if !text.isEmpty, field.name == "cadence", Delay(text) == nil {
      throw RepError.valueNotAllowed(field: field.name, text: text, allowed: Delay.examples)
    }
    if !text.isEmpty, field.name == "every", Rhythm(text) == nil {
      throw RepError.valueNotAllowed(field: field.name, text: text, allowed: Rhythm.examples)
    }
    if !text.isEmpty, field.name == "birthday", MonthDay(text) == nil {
      throw RepError.valueNotAllowed(field: field.name, text: text, allowed: MonthDay.examples)
    }
    do {
      let value = try FieldText.parse(text, as: field.type, at: replica.today, in: replica.zone)
      try check(value, of: field)
      return try inWords(value, of: field)
    } catch is FieldTextError {
      throw RepError.valueUnreadable(field: field.name, text: text, type: field.type)
    }
  }

  /// How content a customer is, from bad to good.
  private static let grades: ClosedRange<Int64> = 1...5

  private func check(_ value: Value, of field: FieldSchema) throws {
    guard case .integer(let grade) = value, field.name == "satisfaction" else { return }
    guard FieldWriting.grades.contains(grade) else {
      throw RepError.valueNotAllowed(
        field: field.name, text: "\(grade)", allowed: FieldWriting.grades.map { "\($0)" })
    }
  }

  /// The value as it is stored, where the field takes its words from a list.
  private func inWords(_ value: Value, of field: FieldSchema) throws -> Value {
    guard let list = Vocabulary.of(field.name, in: collection) else { return value }
    func word(_ typed: String) throws -> String {
      guard let word = list.word(typed: typed) else {
        throw RepError.valueNotAllowed(field: field.name, text: typed, allowed: list.words)
      }
      return word
    }
    switch value {
    case .text(let typed) where !typed.isEmpty: return .text(try word(typed))
    case .set(let elements): return Value(elements: try Set(elements.map(word)))
    default: return value
    }
  }

  /// A whole id may name a record that this laptop does not hold; the hub judges that.
  private func reference(_ text: String) throws -> RecordID {
    if let id = ULID(text) { return id }
    return try replica.record(text).id
  }

  private mutating func put(_ field: FieldSchema, _ value: Value) {
    values[field.id] = value
    written.insert(field.id)
  }

  private mutating func replaceElements(of field: FieldSchema, by value: Value) {
    let new = value.elements
    alter(field, removing: values[field.id].elements.subtracting(new).sorted())
    alter(field, adding: new.sorted())
  }

  private mutating func alter(
    _ field: FieldSchema, adding: [String] = [], removing: [String] = []
  ) {
    let elements = values[field.id].elements.union(adding).subtracting(removing)
    values[field.id] = Value(elements: elements)
    added[field.id, default: []].formUnion(adding)
    added[field.id, default: []].subtract(removing)
    removed[field.id, default: []].formUnion(removing)
    removed[field.id, default: []].subtract(adding)
  }

  // MARK: Writing

  /// The writes, by column; empty where nothing was said.
  ///
  /// - Parameter keeping: by unit, siblings that are deliberately left standing.
  func writes(keeping: [FieldID: [Dot]] = [:]) -> [FieldWrite] {
    var writes = written.sorted().map { field in
      FieldWrite(
        field, .put(values[field], keeping: keeping[collection.unit(of: field)] ?? []))
    }
    for field in added.keys.sorted() {
      let (adding, removing) = (added[field] ?? [], removed[field] ?? [])
      if adding.isEmpty && removing.isEmpty { continue }
      writes.append(
        FieldWrite(
          field, .alter(adding: adding.inByteOrder, removing: removing.inByteOrder)))
    }
    return writes
  }

  /// The units that were written, groups as one.
  var units: Set<FieldID> {
    Set(written.map { collection.unit(of: $0) }).union(added.keys)
  }

  /// What people call a record must not be empty.
  func checkTitle() throws {
    let title = collection.titleField
    guard isCreation || written.contains(title) else { return }
    if collection.title(of: values).allSatisfy(\.isWhitespace) {
      throw RepError.titleMissing(
        collection: collection.name, field: collection.displayName(of: title))
    }
  }
}

extension Value {
  var moment: Moment? { if case .moment(let moment) = self { moment } else { nil } }

  var text: String? { if case .text(let text) = self { text } else { nil } }

  var reference: RecordID? { if case .reference(let id) = self { id } else { nil } }
}
