// Reads the text of a query by recursive descent; `QueryScanner` finds the words.
//
// What an operator may be applied to is decided here, once, so that a query that parses can always
// be answered. It must never recurse deeper than `Query.depthMax`, nor guess at what was meant.

import SyncCore

struct QueryParser {
  private let schema: CollectionSchema
  private var scanner: QueryScanner
  /// How many `not` and parentheses are open.
  private var depth = 0

  init(_ text: String, schema: CollectionSchema) {
    self.schema = schema
    scanner = QueryScanner(text)
  }

  mutating func query() throws(QueryError) -> Condition {
    guard scanner.length <= Query.charactersMax else {
      throw QueryError(.tooLong, column: Query.charactersMax + 1, expected: [])
    }
    let condition = try expression()
    guard scanner.isAtEnd else { throw scanner.unexpected(["and", "or", "the end"]) }
    return condition
  }

  private mutating func expression() throws(QueryError) -> Condition {
    var parts = [try conjunction()]
    while scanner.take(word: "or") || scanner.take("||") { parts.append(try conjunction()) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func conjunction() throws(QueryError) -> Condition {
    var parts = [try negation()]
    while scanner.take(word: "and") || scanner.take("&&") { parts.append(try negation()) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func negation() throws(QueryError) -> Condition {
    guard depth < Query.depthMax else { throw scanner.failure(.tooDeep, []) }
    depth += 1
    defer { depth -= 1 }
    if scanner.take(word: "not") || scanner.take("!", "！") { return .not(try negation()) }
    guard scanner.take("(", "（") else { return try comparison() }
    let condition = try expression()
    guard scanner.take(")", "）") else { throw scanner.unexpected(["and", "or", ")"]) }
    return condition
  }

  private mutating func comparison() throws(QueryError) -> Condition {
    let field = try field()
    if scanner.take(word: "is") {
      let isNegated = scanner.take(word: "not")
      guard scanner.take(word: "empty") else {
        throw scanner.unexpected(isNegated ? ["empty"] : ["empty", "not empty"])
      }
      return condition(QueryTest(subject: field.subject, relation: .empty), isNegated)
    }
    let isNegated = scanner.take(word: "not")
    let start = scanner.column
    if scanner.take(word: "in") { return condition(try list(field, at: start), isNegated) }
    if scanner.take(word: "contains") {
      return condition(try test(field, .contains, "contains", at: start), isNegated)
    }
    guard !isNegated else { throw scanner.unexpected(["in", "contains"]) }
    return try symbol(field, at: start)
  }

  private mutating func symbol(
    _ field: QueryField, at start: Int
  ) throws(QueryError) -> Condition {
    if let name = scanner.takeFirst(of: ["!=", "<>", "≠"]) {
      return .not(.test(try test(field, .equal, name, at: start)))
    }
    if let name = scanner.takeFirst(of: ["!~"]) {
      return .not(.test(try test(field, .resembles, name, at: start)))
    }
    if let name = scanner.takeFirst(of: [":", "："]) {
      return .test(try test(field, field.type == .set ? .contains : .equal, name, at: start))
    }
    let relations: [(names: [String], relation: QueryRelation)] = [
      (["<=", "≤"], .atMost), ([">=", "≥"], .atLeast), (["<"], .below), ([">"], .above),
      (["==", "="], .equal), (["~"], .resembles),
    ]
    for (names, relation) in relations {
      guard let name = scanner.takeFirst(of: names) else { continue }
      return .test(try test(field, relation, name, at: start))
    }
    throw scanner.unexpected(field.operators)
  }

  private func condition(_ test: QueryTest, _ isNegated: Bool) -> Condition {
    isNegated ? .not(.test(test)) : .test(test)
  }

  private mutating func test(
    _ field: QueryField, _ relation: QueryRelation, _ name: String, at column: Int
  ) throws(QueryError) -> QueryTest {
    guard field.allows(relation) else {
      let problem = QueryError.Problem.unsuitableOperator(name, field: field.name)
      throw QueryError(problem, column: column, expected: field.operators)
    }
    return QueryTest(
      subject: field.subject, relation: relation, operands: [try operand(field, relation)])
  }

  private mutating func list(
    _ field: QueryField, at column: Int
  ) throws(QueryError) -> QueryTest {
    guard scanner.take("(", "（") else { throw scanner.unexpected(["("]) }
    var operands: [QueryOperand] = []
    repeat { operands.append(try operand(field, .equal)) } while scanner.take(",", "，")
    guard scanner.take(")", "）") else { throw scanner.unexpected([",", ")"]) }
    return QueryTest(subject: field.subject, relation: .equal, operands: operands)
  }

  private mutating func operand(
    _ field: QueryField, _ relation: QueryRelation
  ) throws(QueryError) -> QueryOperand {
    let column = scanner.column
    let text = try scanner.value(expected: [field.valueDescription])
    guard let operand = field.operand(text, for: relation) else {
      throw QueryError(
        .unsuitableValue(text, field: field.name), column: column, expected: field.allowedValues)
    }
    return operand
  }

  private mutating func field() throws(QueryError) -> QueryField {
    let column = scanner.column
    guard let name = scanner.takeName() else { throw scanner.unexpected(["a field", "not", "("]) }
    if let field = QueryField(name, in: schema) { return field }
    throw QueryError(
      .unknownField(name), column: column, expected: QueryField.names(in: schema))
  }
}
