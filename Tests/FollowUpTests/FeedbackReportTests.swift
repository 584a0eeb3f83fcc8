// Feedback counted: lines, medians, and the words that keep coming up.

import Notation
import SyncCore
import Testing

@testable import FollowUp

/// 2026-11-22T09:00:00Z
private let now = Moment(milliseconds: 1_795_338_000_000)

private func entry(
  _ kind: String, _ text: String = "", days: Int = 0, hours: Int64? = nil, product: String = ""
) -> FeedbackEntry {
  let madeAt = now.advanced(milliseconds: Int64(-days) * 86_400_000)
  return FeedbackEntry(
    madeAt: madeAt, resolvedAt: hours.map { madeAt.advanced(milliseconds: $0 * 3_600_000) },
    isOpen: hours == nil, text: text, kind: kind, channel: "call", product: product)
}

@Suite struct FeedbackReportTests {
  @Test func `lines are made by what was asked for, and there is one for all`() {
    let entries = [
      entry("praise"), entry("complaint", hours: 1), entry("complaint", hours: 4),
      entry("complaint", days: 30),
    ]
    let report = FeedbackReport(entries, by: [.kind], in: .utc)
    #expect(report.lines.map(\.keys) == [["complaint"], ["praise"]])
    #expect(report.lines.map(\.count) == [3, 1])
    #expect(report.lines.map(\.open) == [1, 1])
    #expect(report.lines[0].medianMilliseconds == 9_000_000)
    #expect(report.lines[1].medianMilliseconds == nil)
    #expect((report.total.count, report.total.open) == (4, 2))
    #expect(
      FeedbackReport(entries, by: [.month, .kind], in: .utc).lines.map(\.keys) == [
        ["2026-10", "complaint"], ["2026-11", "complaint"], ["2026-11", "praise"],
      ])
    #expect(FeedbackReport([], by: [.kind], in: .utc).lines == [])
  }

  @Test func `the order in which feedback came makes no difference`() {
    let entries = (0..<6).map { entry($0 % 2 == 0 ? "need" : "praise", "交货时间", days: $0) }
    #expect(
      FeedbackReport(entries, by: [.kind], in: .utc)
        == FeedbackReport(entries.reversed(), by: [.kind], in: .utc))
  }

  @Test(
    arguments: [([], nil), ([5], 5), ([9, 1], 5), ([3, 1, 2], 2), ([4, 1, 3, 2], 2)]
      as [([Int64], Int64?)])
  func `a median`(values: [Int64], median: Int64?) {
    #expect(FeedbackReport.median(values) == median)
  }

  @Test func `words that come up, each once a text, the longest for all its parts`() {
    let words = FeedbackReport.keywords(of: [
      "包装破损，要求换货。包装破损！", "又是包装破损", "Delivery was late", "delivery late again",
    ])
    #expect(words.first == FeedbackReport.Keyword(word: "delivery", count: 2))
    #expect(words.map(\.word) == ["delivery", "late", "包装破损"])
    #expect(FeedbackReport.keywords(of: ["once only 一次而已"]) == [])
  }
}
