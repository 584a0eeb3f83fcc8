// How plans come round: what is read, and the days that follow each other.

import Notation
import SyncCore
import Testing

@testable import FollowUp

private let almanac = Almanac(zoneName: "", zone: .utc)

private func moment(_ text: String) throws -> Moment {
  Moment(milliseconds: try #require(ISO8601.parse(text, zone: .utc)))
}

@Suite struct RhythmTests {
  @Test(arguments: [
    "2w", "1mo", "3wd", "month 15", "month -1", "Month 31", "每月 1", "03-08", "lunar 08-15",
  ])
  func `a rhythm is read`(text: String) { #expect(Rhythm(text) != nil) }

  @Test(arguments: [
    "", "often", "month", "month 0", "month 32", "month -2", "month x", "13-01", "0d",
  ])
  func `anything else is none`(text: String) { #expect(Rhythm(text) == nil) }

  @Test(arguments: [
    ("month -1", "2027-01-30T15:00:00Z", "2027-01-31"),
    ("month -1", "2027-01-31T15:00:00Z", "2027-02-28"),
    ("month -1", "2028-01-31T15:00:00Z", "2028-02-29"),
    ("month 31", "2027-03-31T00:00:00Z", "2027-04-30"),
    ("month 15", "2026-12-15T00:00:00Z", "2027-01-15"),
    ("month 15", "2026-12-14T23:59:59Z", "2026-12-15"),
    ("03-08", "2026-03-08T10:00:00Z", "2027-03-08"),
    ("02-29", "2026-12-01T10:00:00Z", "2027-02-28"),
  ])
  func `the next day after a contact`(text: String, contact: String, day: String) throws {
    let next = try #require(Rhythm(text))
      .next(after: moment(contact), in: almanac, team: nil)
    #expect(try next == moment("\(day)T00:00:00Z"))
  }

  @Test func `it begins on the first such day, a delay at once`() throws {
    let begin = try moment("2027-01-15T10:00:00Z")
    #expect(Rhythm("1w")?.first(from: begin, in: almanac) == begin)
    #expect(
      try Rhythm("month 15")?.first(from: begin, in: almanac) == moment("2027-01-15T00:00:00Z"))
    #expect(
      try Rhythm("month -1")?.first(from: begin, in: almanac) == moment("2027-01-31T00:00:00Z"))
  }

  @Test func `a year without the moon in the calendar has no such day`() throws {
    let begin = try moment("2027-01-15T10:00:00Z")
    #expect(Rhythm("lunar 08-15")?.first(from: begin, in: almanac) == nil)
  }
}
