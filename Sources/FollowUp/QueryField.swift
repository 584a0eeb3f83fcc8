// What a query may ask of a field: which operators suit its type, and how its values are written.
//
// The three facts that every record has without a column, `id`, `createdAt` and `updatedAt`, are
// fields here like any others. A group has no column and cannot be asked about; its members can.

import SyncCore

struct QueryField {
  let name: String
  let subject: QuerySubject
  let type: ValueType
  /// Nil unless the field's values have a declared order.
  let ladder: Ladder?

  private static let recordFacts: [(name: String, subject: QuerySubject, type: ValueType)] = [
    ("id", .id, .reference(CollectionID(0))),
    ("createdAt", .createdAt, .moment),
    ("updatedAt", .updatedAt, .moment),
  ]

  /// Nil where the collection has no such column and records no such fact.
  init?(_ name: String, in schema: CollectionSchema) {
    self.name = name
    if let field = schema[name], !field.isGroup {
      subject = .field(field.id)
      type = field.type
      if case .furthest(let ladder) = field.rule { self.ladder = ladder } else { ladder = nil }
      return
    }
    guard let fact = QueryField.recordFacts.first(where: { $0.name == name }) else { return nil }
    subject = fact.subject
    type = fact.type
    ladder = nil
  }

  static func names(in schema: CollectionSchema) -> [String] {
    schema.columns.map(\.name) + recordFacts.map(\.name)
  }

  func allows(_ relation: QueryRelation) -> Bool {
    switch (type, relation) {
    case (_, .empty), (.text, _): true
    case (.set, .contains), (.set, .resembles): true
    case (.set, _), (_, .contains), (_, .resembles): false
    case (.boolean, .equal), (.reference, .equal): true
    case (.boolean, _), (.reference, _): false
    default: true
    }
  }

  /// The operators that suit the type, as they are written.
  var operators: [String] {
    let orders = ["=", "!=", "<", "<=", ">", ">=", ":", "in", "is empty"]
    return switch type {
    case .text: orders + ["contains", "~"]
    case .set: ["contains", "~", ":", "in", "is empty"]
    case .boolean, .reference: ["=", "!=", ":", "in", "is empty"]
    default: orders
    }
  }

  /// What a value of the field looks like.
  var valueDescription: String {
    switch type {
    case .integer, .decimal: "a number"
    case .boolean: "yes or no"
    case .moment: "a time such as today, -5d, 2026-11-22"
    case .reference: "an id of 26 characters"
    default: "a value"
    }
  }

  var allowedValues: [String] {
    guard let ladder else { return [valueDescription] }
    return ladder.rungs.compactMap(\.first)
  }

  /// What the text stands for; nil where it is no value of this field.
  func operand(_ text: String, for relation: QueryRelation) -> QueryOperand? {
    switch type {
    case .text, .set: textOperand(text, for: relation)
    case .integer, .decimal: DecimalNumber(text).map { .number($0) }
    case .boolean: Bool(typed: text).map { .boolean($0) }
    case .moment: QueryTime(text).map { .time($0) }
    case .reference: ULID(text).map { .reference($0) }
    case .group: nil
    }
  }

  private func textOperand(_ text: String, for relation: QueryRelation) -> QueryOperand? {
    guard let ladder, relation != .contains, relation != .resembles else { return .text(text) }
    let height = ladder.height(of: .text(text))
    if height >= 0 { return .rung(height: height, of: ladder) }
    // A stage that no ladder names may still be stored; but nothing is below or above it.
    return relation == .equal ? .text(text) : nil
  }
}
