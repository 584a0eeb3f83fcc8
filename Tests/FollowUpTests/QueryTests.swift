// Queries as a ledger: one line a case, against one record.
//
// The present is 2026-11-22 10:00 in Shanghai; 2026-11-21T16:00Z is that day's midnight. Whatever
// is listed as true must also be true of the resolved query, asked at another time and place.

import FollowUp
import Notation
import SyncCore
import Testing

struct QueryTests {
  static let zone = LocalZone.fixed(offsetSeconds: 8 * 3600)
  static let now = moment("2026-11-22T10:00:00+08:00")
  static let id = RecordID(
    milliseconds: UInt64(moment("2026-11-01T08:00:00+08:00").milliseconds), randomHigh: 7,
    randomLow: 9)

  static func moment(_ text: String) -> Moment {
    guard let milliseconds = ISO8601.parse(text, zone: .utc) else { preconditionFailure(text) }
    return Moment(milliseconds: milliseconds)
  }

  static func values(_ pairs: [String: Value], _ schema: CollectionSchema) -> FieldValues {
    FieldValues(
      pairs.map { name, value in
        guard let field = schema[name] else { preconditionFailure("no field \(name)") }
        return (field.id, value)
      })
  }

  static let acme = QueryRecord(
    id: id,
    values: values(
      [
        "name": .text("Acme Corp"), "industry": .text("制造"), "region": .text("华东"),
        "size": .text("200"), "tags": .set(["VIP", "高价值"]), "tier": .text("A"),
        "stage": .text("成交"), "lastFollowAt": .moment(moment("2026-11-17T09:59:59+08:00")),
        "nextFollowAt": .moment(moment("2026-11-22T18:00:00+08:00")),
      ], .customer),
    updatedAt: moment("2026-11-20T00:00:00+08:00"))

  static let deal = QueryRecord(
    id: id,
    values: values(
      [
        "amount": DecimalNumber("1000.00").map { .decimal($0) } ?? .null,
        "probability": .integer(60),
      ],
      .opportunity),
    updatedAt: now)

  @Test(arguments: [
    "tags contains 高价值", "tags:高价值", "tags：高价值", "tags ~ vip", "tags in (x, 高价值)",
    "not tags contains vip", "tags not contains 高", "tags is not empty", "tags ~ 高",
    "stage = won and region = 华东", "stage = 签约", "stage in (lead, won)", "stage >= proposal",
    "stage < paid", "stage contains 成", "stage != lost",
    "phone is empty", "phone = \"\"", "phone != 1", "not phone > 0", "name is not empty",
    "lastFollowAt < -5d", "lastFollowAt<-5d", "lastFollowAt < 2026-11-18",
    "not lastFollowAt >= -5d", "firstFollowAt is empty", "not firstFollowAt < today",
    "nextFollowAt <= today", "nextFollowAt = today", "nextFollowAt:今天", "nextFollowAt > now",
    "not nextFollowAt > today", "not nextFollowAt < today", "nextFollowAt < tomorrow",
    "nextFollowAt <= \"today 18:00\"", "nextFollowAt >= 18:00", "nextFollowAt in (today, tomorrow)",
    "nextFollowAt = 2026-11-22T10:00:00Z", "nextFollowAt < 11-23",
    "name contains \"Acme Corp\"", "name contains “Acme Corp”", "name contains 'e C'",
    "name ~ acme", "name !~ zeta", "not name contains acme", "name = \"Acme\\ Corp\"",
    "tier in (A, B)", "tier in （A，B）", "tier not in (B)",
    "not (industry = 服务 or size = 300)", "!(industry = 服务) && size:200", "size >= 100",
    "size < 1000", "tier < B", "region = 华北 || region = 华东", "tier = A AND NOT region = 华北",
    "region = 华北 and tier = B or tier = A", "tier = A or region = 华北 and tier = B",
    "createdAt < -2w", "createdAt = 2026-11-01", "updatedAt >= -3d",
    "id = \(id)", "id in (\(id))", "not not tier = A", "!!tier = A", "((tier = A))",
  ])
  func `these are true of Acme`(_ text: String) throws {
    let query = try Query(parsing: text, for: .customer)
    #expect(query.matches(QueryTests.acme, at: QueryTests.now, in: QueryTests.zone))
    let resolved = query.resolved(at: QueryTests.now, in: QueryTests.zone)
    #expect(resolved.matches(QueryTests.acme, at: Moment(milliseconds: 0), in: .utc))
    #expect(!resolved.isTimeRelative)
  }

  @Test(arguments: [
    "amount >= 1000", "amount = \"1,000\"", "not amount > 1000", "amount < 1000.01",
    "amount in (1, 1000)",
    "probability > 59.5", "probability = 60.0", "customer is empty", "customer != \(id)",
  ])
  func `these are true of a deal`(_ text: String) throws {
    let query = try Query(parsing: text, for: .opportunity)
    #expect(query.matches(QueryTests.deal, at: QueryTests.now, in: QueryTests.zone))
  }

  @Test func `a fault is told with its column and what could have stood there`() {
    let ledger: [(text: String, problem: QueryError.Problem, column: Int, expected: String)] = [
      ("", .unexpectedEnd, 1, "a field"),
      ("  ", .unexpectedEnd, 3, "not"),
      ("fone = 1", .unknownField("fone"), 1, "phone"),
      ("tier = A and fone = 1", .unknownField("fone"), 14, "updatedAt"),
      ("postalAddress is empty", .unknownField("postalAddress"), 1, "city"),
      ("tier A", .unexpected("A"), 6, "is empty"),
      ("tier =", .unexpectedEnd, 7, "a value"),
      ("tier = = A", .unexpected("="), 8, "a value"),
      ("tier = A B", .unexpected("B"), 10, "and"),
      ("tier = A, B", .unexpected(","), 9, "or"),
      ("(tier = A", .unexpectedEnd, 10, ")"),
      ("tier = A)", .unexpected(")"), 9, "the end"),
      ("tier in A", .unexpected("A"), 9, "("),
      ("tier in (A", .unexpectedEnd, 11, ","),
      ("tier in ()", .unexpected(")"), 10, "a value"),
      ("tier is full", .unexpected("full"), 9, "not empty"),
      ("tier not = A", .unexpected("="), 10, "in"),
      ("name = \"Acme", .unclosedQuote, 8, "\""),
      ("tags = 高价值", .unsuitableOperator("=", field: "tags"), 6, "contains"),
      ("lastFollowAt ~ 5", .unsuitableOperator("~", field: "lastFollowAt"), 14, "<="),
      ("id < 5", .unsuitableOperator("<", field: "id"), 4, "in"),
      (
        "lastFollowAt < soon", .unsuitableValue("soon", field: "lastFollowAt"), 16,
        "a time such as today, -5d, 2026-11-22"
      ),
      ("stage > nice", .unsuitableValue("nice", field: "stage"), 9, "lead"),
      ("id = 5", .unsuitableValue("5", field: "id"), 6, "an id of 26 characters"),
    ]
    for (text, problem, column, expected) in ledger {
      do {
        _ = try Query(parsing: text, for: .customer)
        Issue.record("accepted: \(text)")
      } catch {
        #expect(error.problem == problem, "\(text)")
        #expect(error.column == column, "\(text)")
        #expect(error.expected.contains(expected), "\(text): \(error)")
      }
    }
  }

  @Test func `length and depth are limited`() throws {
    let deepest = String(repeating: "(", count: Query.depthMax - 1)
    _ = try Query(parsing: deepest + "tier=A" + deepest.map { _ in ")" }, for: .customer)
    for opening in ["(", "not ", "!", "(! "] {
      let text = String(repeating: opening, count: 1000) + "tier = A"
      #expect { try Query(parsing: text, for: .customer) } throws: {
        ($0 as? QueryError)?.problem == .tooDeep
      }
    }
    let long = "tier = " + String(repeating: "A", count: Query.charactersMax)
    #expect { try Query(parsing: long, for: .customer) } throws: {
      ($0 as? QueryError)?.problem == .tooLong
    }
    let wide = Array(repeating: "tier=A", count: 400).joined(separator: " or ")
    #expect(
      try Query(parsing: wide, for: .customer)
        .matches(QueryTests.acme, at: QueryTests.now, in: .utc))
  }

  @Test func `every short sequence of words is a query or an error`() {
    let words = [
      "tier", "tags", "nextFollowAt", "=", "!", "(", ")", "in", ",", "not", "\"", "\\", "&&",
      "today",
      "is", "empty",
    ]
    var (queries, errors) = (0, 0)
    func visit(_ text: String, _ left: Int) {
      if let query = try? Query(parsing: text, for: .customer) {
        _ = query.matches(QueryTests.acme, at: QueryTests.now, in: QueryTests.zone)
        queries += 1
      } else {
        errors += 1
      }
      guard left > 0 else { return }
      for word in words { visit(text + " " + word, left - 1) }
    }
    visit("", 4)
    #expect(queries > 40)
    #expect(queries + errors == 1 + 16 + 256 + 4096 + 65_536)
  }

  @Test func `a query knows what its answer depends on`() throws {
    let query = try Query(parsing: "tier = A and not (tags:x or createdAt < -5d)", for: .customer)
    #expect(query.fields == Set(["tier", "tags"].compactMap { CollectionSchema.customer[$0]?.id }))
    #expect(query.isTimeRelative)
    #expect(!query.readsUpdatedAt)
    for (text, isRelative) in [
      ("nextFollowAt < 2026-11-22T10:00:00Z", false), ("nextFollowAt < 2026-11-22", true),
      ("nextFollowAt < 02-29", true), ("nextFollowAt < now", true), ("name = today", false),
    ] {
      #expect(try Query(parsing: text, for: .customer).isTimeRelative == isRelative, "\(text)")
    }
    #expect(try Query(parsing: "updatedAt is not empty", for: .customer).readsUpdatedAt)
  }

  @Test func `a day that this year does not have compares with nothing`() throws {
    let query = try Query(parsing: "nextFollowAt >= 02-29 or nextFollowAt < 02-29", for: .customer)
    #expect(!query.matches(QueryTests.acme, at: QueryTests.now, in: QueryTests.zone))
  }
}
