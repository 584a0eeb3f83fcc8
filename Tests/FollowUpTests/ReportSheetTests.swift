// Figures by parts: lines, gaps, what is unknown, and sums of money.
//
// Small and whole: the forms in which a sheet is shown are the programs' business.

import Notation
import SyncCore
import Testing

@testable import FollowUp

private func entry(
  _ day: String, _ words: [String: String] = [:], amount: String? = nil
) throws -> ReportEntry {
  let at = try #require(ISO8601.parse(day, zone: .utc))
  return ReportEntry(
    at: Moment(milliseconds: at), words: words, amount: amount.flatMap { DecimalNumber($0) })
}

@Suite struct ReportSheetTests {
  @Test func `a month without anything is a line of nothing`() throws {
    let entries = try [entry("2026-11-02"), entry("2026-08-31"), entry("2026-11-30")]
    let months = ReportSheet(entries, by: ["month"], measuring: [.count], in: .utc)
    #expect(months.lines.map(\.keys) == [["2026-08"], ["2026-09"], ["2026-10"], ["2026-11"]])
    #expect(
      months.lines.map(\.figures) == [[.integer(1)], [.integer(0)], [.integer(0)], [.integer(2)]])
    let quarters = ReportSheet(
      try entries + [entry("2027-01-01")], by: ["quarter"], measuring: [.count], in: .utc)
    #expect(quarters.lines.map(\.keys) == [["2026-Q3"], ["2026-Q4"], ["2027-Q1"]])
    #expect(ReportSheet([], by: ["month"], measuring: [.count], in: .utc).lines == [])
  }

  @Test func `the zone decides which month it is`() throws {
    let late = try [entry("2026-10-31T20:00:00Z")]
    let east = LocalZone.fixed(offsetSeconds: 8 * 3600)
    #expect(
      ReportSheet(late, by: ["month"], measuring: [.count], in: east).lines.map(\.keys) == [
        ["2026-11"]
      ])
  }

  @Test func `what is unknown has a line of its own, and lines add up`() throws {
    let entries = try [
      entry("2026-11-01", ["industry": "steel"], amount: "10.5"),
      entry("2026-11-01", amount: "0.25"),
    ]
    let sheet = ReportSheet(entries, by: ["industry"], measuring: [.count, .amount], in: .utc)
    #expect(sheet.lines.map(\.keys) == [[""], ["steel"]])
    #expect(sheet.total.figures == [.integer(2), .decimal(try #require(DecimalNumber("10.75")))])
  }

  @Test func `money of two currencies has no sum`() throws {
    let entries = try [
      entry("2026-11-01", ["currency": "CNY"], amount: "1"),
      entry("2026-11-01", ["currency": "EUR"], amount: "1"),
    ]
    #expect(
      ReportSheet(entries, by: ["month"], measuring: [.amount], in: .utc).total.figures == [.null])
  }

  @Test(
    arguments: [
      ([], "0"), (["0.1", "0.2"], "0.3"), (["-5", "2.50"], "-2.5"), (["-0.1"], "-0.1"),
      (["99999999999999999999.99", "0.01"], "100000000000000000000"),
    ] as [([String], String)])
  func `amounts are added exactly`(amounts: [String], sum: String) {
    #expect(DecimalNumber.sum(amounts.compactMap { DecimalNumber($0) })?.description == sum)
  }

  @Test func `a sum beyond any number is none`() throws {
    let huge = try #require(DecimalNumber(String(repeating: "9", count: 38)))
    #expect(DecimalNumber.sum([huge, huge]) == nil)
  }
}
