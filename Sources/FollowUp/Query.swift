// The language of `rounds list --where` and of rule conditions: a question that a record answers.
//
//     stage = won and region = 华东          tags contains 高价值      tags:高价值
//     not (industry = 制造 or size = 200)    tier in (A, B)           name contains "Acme Corp"
//     lastFollowAt < -5d && amount >= 1000   phone is not empty       name ~ acme
//
// Pure: the present and the zone are arguments. Total: every text is either a query or a
// `QueryError`, whatever its length or depth.
//
// Every question has an answer, yes or no. A comparison with an empty field is no, and `!=` is
// exactly what `=` is not (so `region != 华东` includes records without a region).

import Notation
import SyncCore

/// What a query is asked about: one record as it is shown.
public struct QueryRecord: Hashable, Sendable {
  public var id: RecordID
  public var values: FieldValues
  /// When the record last changed, as far as whoever asks knows.
  public var updatedAt: Moment

  public init(id: RecordID, values: FieldValues, updatedAt: Moment) {
    self.id = id
    self.values = values
    self.updatedAt = updatedAt
  }
}

/// A parsed question about records of one collection.
///
/// `expression = conjunction {or conjunction}`, `conjunction = negation {and negation}`,
/// `negation = not negation | ( expression ) | comparison`; `&&`, `||` and `!` mean the same.
/// A comparison is a field followed by one of
///
/// - `= != < <= > >=` and a value; a stage compares by its rung, whatever its spelling; a time
///   without a time of day, such as `today`, is the whole day;
/// - `contains` and a value: an element of a set, a part of a text as it is written;
/// - `~` and a value: as `contains`, but blind to case, and any part of any element;
/// - `:` and a value: `contains` for sets, `=` for everything else;
/// - `in (A, B)`: any of these values, or a set with any of these elements;
/// - `is empty`, `is not empty`, `not in (…)`, `not contains …`, `!~ …`.
///
/// `id`, `createdAt` and `updatedAt` may be asked about like fields. Values with spaces are quoted.
public struct Query: Hashable, Sendable {
  /// The longest text that is read, in characters.
  public static let charactersMax = 4096
  /// How deep `not` and parentheses may nest.
  public static let depthMax = 32

  let condition: Condition

  /// Reads a query about records of `schema`.
  ///
  /// - Throws: the first fault, with its column and what could have stood there.
  public init(parsing text: String, for schema: CollectionSchema) throws(QueryError) {
    var parser = QueryParser(text, schema: schema)
    condition = try parser.query()
  }

  private init(_ condition: Condition) { self.condition = condition }

  /// Whether the record answers yes.
  ///
  /// - Parameters:
  ///   - now: what relative times (`-5d`, `today`) start from.
  ///   - zone: where days begin.
  public func matches(_ record: QueryRecord, at now: Moment, in zone: LocalZone) -> Bool {
    condition.holds(for: record, at: now, in: zone)
  }

  /// The same query with its times worked out once: asked about thousands of records, it is faster
  /// and cannot change its mind half-way.
  public func resolved(at now: Moment, in zone: LocalZone) -> Query {
    Query(condition.resolved(at: now, in: zone))
  }

  /// The fields of the schema that the answer depends on.
  public var fields: Set<FieldID> {
    Set(
      condition.tests.compactMap { if case .field(let id) = $0.subject { id } else { nil } })
  }

  /// Whether the answer depends on when or where it is asked.
  public var isTimeRelative: Bool { condition.tests.contains { $0.isTimeRelative } }

  /// Whether the answer depends on `QueryRecord.updatedAt`.
  public var readsUpdatedAt: Bool { condition.tests.contains { $0.subject == .updatedAt } }
}

/// Nested as deep as the text was, which `Query.depthMax` limits; chains lie flat in an array.
indirect enum Condition: Hashable, Sendable {
  case all([Condition])
  case any([Condition])
  case not(Condition)
  case test(QueryTest)

  func holds(for record: QueryRecord, at now: Moment, in zone: LocalZone) -> Bool {
    switch self {
    case .all(let parts): parts.allSatisfy { $0.holds(for: record, at: now, in: zone) }
    case .any(let parts): parts.contains { $0.holds(for: record, at: now, in: zone) }
    case .not(let part): !part.holds(for: record, at: now, in: zone)
    case .test(let test): test.holds(for: record, at: now, in: zone)
    }
  }

  func resolved(at now: Moment, in zone: LocalZone) -> Condition {
    switch self {
    case .all(let parts): .all(parts.map { $0.resolved(at: now, in: zone) })
    case .any(let parts): .any(parts.map { $0.resolved(at: now, in: zone) })
    case .not(let part): .not(part.resolved(at: now, in: zone))
    case .test(let test): .test(test.resolved(at: now, in: zone))
    }
  }

  var tests: [QueryTest] {
    switch self {
    case .all(let parts), .any(let parts): parts.flatMap(\.tests)
    case .not(let part): part.tests
    case .test(let test): [test]
    }
  }
}
