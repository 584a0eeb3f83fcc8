// Anniversaries around the day on which a record was made: what was over before is nobody's to keep.
//
// The contact is made on 2026-12-15 at ten; every case is a birthday and what is asked for.

import FollowUp
import Notation
import SyncCore
import Testing

@Suite struct OccasionsTests {
  private static let made = QueryTests.moment("2026-12-15T10:00:00Z")

  private func due(_ birthday: String) throws -> [String] {
    let rule: JSONValue = [
      "id": "birthday", "version": 1, "on": "contact",
      "trigger": ["anniversary": ["field": "birthday"]],
      "steps": [
        [
          "before": "7d", "at": "09:00",
          "do": [["remind": "owner", "title": ["en": "soon", "zh": "soon"]]],
        ],
        [
          "at": "09:00",
          "do": [["remind": "owner", "title": ["en": "now", "zh": "now"]]],
        ],
      ],
    ]
    let text = JSONValue.object(["version": 2, "rules": .array([rule])]).text()
    let book = try RuleBook(parsing: Array(text.utf8), schema: .followUp)
    func id(_ number: UInt64) -> RecordID {
      RecordID(
        milliseconds: UInt64(OccasionsTests.made.milliseconds), randomHigh: 0, randomLow: number)
    }
    let contact = FactRecord(
      id: id(2), collection: CollectionSchema.contact.id,
      values: QueryTests.values(
        ["name": .text("Li"), "birthday": .text(birthday)], .contact))
    let facts = CustomerFacts(record: id(1), values: FieldValues(), records: [contact])
    return book.effects(
      for: facts, within: RuleBook.window(at: OccasionsTests.made),
      RuleContext(almanac: Almanac(zoneName: "", zone: .utc))
    ).map { ISO8601.string(milliseconds: $0.dueAt.milliseconds, in: .utc).prefix(10).description }
  }

  @Test(arguments: [
    ("1990-12-14", []),
    // On the very day it is not too late.
    ("1990-12-15", ["2026-12-15"]),
    // The week's notice would have been due before anybody knew of him.
    ("1990-12-16", ["2026-12-16"]),
    ("1990-12-22", ["2026-12-15", "2026-12-22"]),
  ])
  func `nothing is due of a day before there was a record`(
    birthday: String, expected: [String]
  ) throws {
    #expect(try due(birthday) == expected)
  }
}
