// How the rows of one import find their records, and that no two rows become the same one.
//
// With a key of the user's own, that field alone decides, and a row without it is skipped. Without
// one, a row is found by the identity that an export gave it, else by its external key, else by what
// people would recognise it by; so a second run of the same file finds what the first one made.
//
// An earlier row is never overwritten by a later one of the same key: which of the two is right only
// the user knows, so the later one is an error.

import FollowUp
import SyncCore

struct ImportIdentity {
  /// What a row is about.
  enum Finding {
    case existing(RecordID)
    case new
    case failed(ImportProblem)
  }

  private struct Rule {
    let index: KeyIndex
    /// Keys that rows of this file have had, and the number of the row.
    var rows: [String: Int] = [:]
    var field: FieldSchema { index.fields[0] }
  }

  /// In order of precedence: the first of which the row has a key decides.
  private var rules: [Rule]
  private let isChosen: Bool
  /// Records that rows of this file were about.
  private var records: [RecordID: Int] = [:]

  init(
    _ columns: ImportColumns, key: FieldSchema?, in store: ReplicaStore
  ) throws {
    let collection = columns.collection
    // A part of the natural key that the file does not have cannot tell records apart.
    let natural = collection.naturalKey.enumerated()
      .filter { $0 == 0 || columns.hasSource(of: $1) }.map(\.element)
    let external = collection[ImportColumns.externalKeyName]
    let keys: [[FieldSchema]] =
      if let key {
        [key.id == collection.titleField ? natural : [key]]
      } else {
        [external.flatMap { columns.hasSource(of: $0) ? [$0] : nil }, natural].compactMap { $0 }
      }
    rules = try keys.map { Rule(index: try KeyIndex($0, of: collection, in: store)) }
    isChosen = key != nil
  }

  /// The fields that decide, in order of precedence.
  var fields: [FieldSchema] { rules.map(\.field) }

  /// Whether an identity in the file may decide before all keys.
  var usesID: Bool { !isChosen }

  /// What the row with these values is about.
  func find(_ values: FieldValues, id: RecordID?) -> Finding {
    if let id, usesID { return unlessTaken(id) }
    for rule in rules {
      guard let key = rule.index.key(of: values) else { continue }
      func text() -> String { FieldText.display(values[rule.field.id], in: .utc) }
      if let row = rule.rows[key] {
        return .failed(.keyTwice(field: rule.field.name, text: text(), row: row))
      }
      switch rule.index[key] {
      case .none: return .new
      case .one(let record): return unlessTaken(record)
      case .several(let count):
        return .failed(.keyOfSeveral(field: rule.field.name, text: text(), count: count))
      }
    }
    // Without a chosen key this is a row without a title, which `ImportRow` has words for.
    return isChosen ? .failed(.emptyKey(field: rules[0].field.name)) : .new
  }

  private func unlessTaken(_ record: RecordID) -> Finding {
    records[record].map { .failed(.recordTwice(row: $0)) } ?? .existing(record)
  }

  /// The row was imported: later rows must not be about the same.
  mutating func note(_ values: FieldValues, record: RecordID, row: Int) {
    records[record] = row
    for index in rules.indices {
      guard let key = rules[index].index.key(of: values) else { continue }
      if rules[index].rows[key] == nil { rules[index].rows[key] = row }
    }
  }
}
