// Text ↔ value, as a ledger: what is typed, what is refused, what is printed.
//
// The present is 2026-11-22 10:00 in Shanghai. What a table shows must be typable again, with the
// same value.

import FollowUp
import Notation
import SyncCore
import Testing

struct FieldTextTests {
  static let zone = QueryTests.zone
  static let now = QueryTests.now

  static func decimal(_ text: String) -> Value {
    DecimalNumber(text).map { .decimal($0) } ?? .null
  }

  @Test func `what people type becomes a value`() throws {
    let ledger: [(text: String, type: ValueType, value: Value)] = [
      ("", .text, .null), (" a ", .text, .text(" a ")), ("1", .text, .text("1")),
      ("", .integer, .null), (" 42 ", .integer, .integer(42)), ("+1,200", .integer, .integer(1200)),
      ("-7", .integer, .integer(-7)), ("2.0", .integer, .integer(2)),
      ("yes", .boolean, .boolean(true)), ("TRUE", .boolean, .boolean(true)),
      ("1", .boolean, .boolean(true)), ("是", .boolean, .boolean(true)),
      ("No", .boolean, .boolean(false)), ("false", .boolean, .boolean(false)),
      ("0", .boolean, .boolean(false)), ("否", .boolean, .boolean(false)),
      ("1,200.50", .decimal, FieldTextTests.decimal("1200.5")),
      ("tomorrow 09:00", .moment, .moment(QueryTests.moment("2026-11-23T09:00:00+08:00"))),
      ("2026-12-01", .moment, .moment(QueryTests.moment("2026-12-01T00:00:00+08:00"))),
      ("\(QueryTests.id)", .reference(CollectionID(1)), .reference(QueryTests.id)),
      ("b, a;c、a；d\nB，e\r\nf", .set, .set(["B", "a", "b", "c", "d", "e", "f"])),
      (" , ;", .set, .null), ("\t", .moment, .null),
    ]
    for (text, type, value) in ledger {
      let parsed = try FieldText.parse(
        text, as: type, at: FieldTextTests.now, in: FieldTextTests.zone)
      #expect(parsed == value, "\(text)")
      #expect(type.accepts(parsed), "\(text)")
    }
  }

  @Test func `what is no value of the type is refused`() {
    let ledger: [(text: String, type: ValueType)] = [
      ("many", .integer), ("1.5", .integer), ("9223372036854775808", .integer), ("maybe", .boolean),
      ("1e3", .decimal), ("1.2.3", .decimal), ("soon", .moment), ("2026-02-30", .moment),
      ("01ARZ3", .reference(CollectionID(1))), ("x", .group([FieldID(6)])),
    ]
    for (text, type) in ledger {
      #expect(throws: FieldTextError(text, isNot: type)) {
        try FieldText.parse(text, as: type, at: FieldTextTests.now, in: FieldTextTests.zone)
      }
    }
  }

  @Test func `a value prints as JSON and in a table, and what a table shows can be typed`() throws {
    let evening = QueryTests.moment("2026-11-22T18:05:00+08:00")
    let ledger: [(value: Value, type: ValueType, json: JSONValue, display: String)] = [
      (.null, .text, nil, ""),
      (.text("a\"b"), .text, "a\"b", "a\"b"),
      (.integer(-5), .integer, -5, "-5"),
      (.boolean(false), .boolean, false, "no"),
      (FieldTextTests.decimal("0.10"), .decimal, "0.1", "0.1"),
      (.moment(evening), .moment, "2026-11-22T18:05:00+08:00", "2026-11-22 18:05"),
      (
        .moment(evening.advanced(milliseconds: 7000)), .moment, "2026-11-22T18:05:07+08:00",
        "2026-11-22 18:05:07"
      ),
      (
        .moment(QueryTests.moment("2026-11-22T00:00:00+08:00")), .moment,
        "2026-11-22T00:00:00+08:00", "2026-11-22"
      ),
      (
        .reference(QueryTests.id), .reference(CollectionID(1)), .string("\(QueryTests.id)"),
        "\(QueryTests.id)"
      ),
      (.set(["a", "b"]), .set, ["a", "b"], "a, b"),
    ]
    for (value, type, json, display) in ledger {
      #expect(FieldText.json(value, in: FieldTextTests.zone) == json)
      #expect(FieldText.display(value, in: FieldTextTests.zone) == display)
      let typed = try FieldText.parse(
        display, as: type, at: FieldTextTests.now, in: FieldTextTests.zone)
      #expect(typed == value)
    }
  }

  @Test func `the members of a group go by name where the schema is known`() {
    let money = Value.group(
      FieldValues([(FieldID(6), FieldTextTests.decimal("5")), (FieldID(7), .text("CNY"))]))
    #expect(
      FieldText.json(money, in: .utc, schema: .opportunity) == ["amount": "5", "currency": "CNY"])
    #expect(FieldText.json(money, in: .utc) == ["6": "5", "7": "CNY"])
    #expect(FieldText.display(money, in: .utc) == "5, CNY")
  }

  @Test func `moments beyond every calendar still print`() {
    for milliseconds in [Int64.min, -1, 0, 253_402_300_800_000, .max] {
      let value = Value.moment(Moment(milliseconds: milliseconds))
      #expect(!FieldText.display(value, in: .utc).isEmpty)
      #expect(FieldText.json(value, in: .utc).string?.isEmpty == false)
    }
  }
}
