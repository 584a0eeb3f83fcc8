// When a date is due: in time for its whole day, and calling at nine, in each zone that has it as a midnight.
//
// The day is 2026-11-30 in Shanghai; a zone that skips midnight has its day begin at one.

import Notation
import SyncCore
import Testing

@testable import FollowUp

@Suite struct DueTimeTests {
  private static let shanghai = QueryTests.zone
  private static let berlin = LocalZone.fixed(offsetSeconds: 3600)

  private func moment(_ text: String) -> Moment { QueryTests.moment(text) }

  private func due(_ text: String, _ zones: [LocalZone] = [Self.shanghai]) -> DueTime {
    DueTime(moment(text), in: zones)
  }

  @Test func `a date calls at nine and is in time until its day is over`() {
    let date = due("2026-11-30T00:00:00+08:00")
    #expect(date.calls == moment("2026-11-30T09:00:00+08:00"))
    #expect(!date.isOverdue(at: moment("2026-11-30T23:59:59+08:00")))
    #expect(date.isOverdue(at: moment("2026-12-01T00:00:00+08:00")))
    #expect(date.days(from: moment("2026-11-30T10:00:00+08:00")) == 0)
    #expect(date.days(from: moment("2026-11-29T23:00:00+08:00")) == 1)
    #expect(date.days(from: moment("2026-12-02T00:00:00+08:00")) == -2)
  }

  @Test func `a moment is itself`() {
    let exact = due("2026-11-30T14:30:00+08:00")
    #expect(exact.calls == exact.moment && exact.deadline == exact.moment)
    #expect(!exact.isOverdue(at: exact.moment))
    #expect(exact.isOverdue(at: exact.moment.advanced(milliseconds: 1)))
    #expect(exact.days(from: exact.moment) == nil)
  }

  @Test func `a midnight of the company or of the reader is a date there`() {
    let zones = [Self.shanghai, Self.berlin]
    #expect(
      due("2026-11-30T00:00:00+08:00", zones).calls == moment("2026-11-30T09:00:00+08:00"))
    #expect(
      due("2026-11-30T00:00:00+01:00", zones).calls == moment("2026-11-30T09:00:00+01:00"))
    #expect(due("2026-11-30T00:00:00+01:00").dayEnd == nil)
  }

  @Test func `a day whose midnight is skipped begins an hour later`() throws {
    let change = moment("2026-11-30T00:00:00+08:00").milliseconds / 1000
    let table = try #require(
      OffsetTable(first: 8 * 3600, changes: [.init(at: change, offset: 9 * 3600)]))
    let zone = LocalZone.table(table)
    let date = due("2026-11-30T01:00:00+09:00", [zone])
    #expect(date.calls == moment("2026-11-30T09:00:00+09:00"))
    #expect(date.dayEnd == moment("2026-12-01T00:00:00+09:00"))
  }

  /// When the steps of a rule about promises are due.
  private func steps(due: String) throws -> [Moment] {
    func step(_ key: String, _ delay: String) -> JSONValue {
      [key: .string(delay), "do": [["remind": "owner", "title": ["en": "x", "zh": "x"]]]]
    }
    let rule: JSONValue = [
      "id": "promise", "version": 1, "on": "promise", "trigger": ["date": ["field": "dueAt"]],
      "steps": [
        step("before", "1h"), ["do": [["remind": "owner", "title": ["en": "x", "zh": "x"]]]],
        step("after", "1h"), step("after", "1d"),
      ],
    ]
    let text = JSONValue.object(["version": 2, "rules": .array([rule])]).text()
    let book = try RuleBook(parsing: Array(text.utf8), schema: .followUp)
    let made = moment("2026-11-01T00:00:00Z")
    func id(_ number: UInt64) -> RecordID {
      RecordID(milliseconds: UInt64(made.milliseconds), randomHigh: 0, randomLow: number)
    }
    let promise = FactRecord(
      id: id(2), collection: CollectionSchema.promise.id,
      values: QueryTests.values(["dueAt": .moment(moment(due))], .promise))
    let facts = CustomerFacts(record: id(1), values: FieldValues(), records: [promise])
    let effects = book.effects(
      for: facts, within: RuleBook.window(at: made),
      RuleContext(almanac: Almanac(zoneName: "", zone: Self.shanghai)))
    #expect(Set(effects.map(\.anchor)) == [moment(due)])
    return effects.map(\.dueAt)
  }

  @Test func `rules count from nine, and what comes after it waits until the day is over`() throws {
    #expect(
      try steps(due: "2026-11-30T00:00:00+08:00")
        == [
          "2026-11-30T08:00:00+08:00", "2026-11-30T09:00:00+08:00", "2026-12-01T00:00:00+08:00",
          "2026-12-01T09:00:00+08:00",
        ].map(moment))
    #expect(
      try steps(due: "2026-11-30T14:00:00+08:00")
        == [
          "2026-11-30T13:00:00+08:00", "2026-11-30T14:00:00+08:00", "2026-11-30T15:00:00+08:00",
          "2026-12-01T14:00:00+08:00",
        ].map(moment))
  }
}
