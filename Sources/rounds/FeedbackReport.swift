// `rounds report feedback`: what customers say about us, counted.
//
// It is made from what this laptop holds, offline: a rep's own customers, a manager's team. What is counted is
// FollowUp's (`FeedbackReport.swift`); here records are read and lines printed.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore

extension ReportRun {
  /// Its own words on a terminal and its own document; any other form is the sheet.
  func printFeedback() throws {
    let parts = FeedbackReport.Part.named(parts)
    let entries = try replica.store.rows(of: .feedback).map(FeedbackEntry.init)
      .filter { isInTime($0.madeAt) }
    let report = FeedbackReport(entries, by: parts, in: zone)
    switch format {
    case .json: invocation.console.print(json: report.json(parts))
    case .text: Screen(invocation.console).print(report, parts)
    default: try print(report.sheet(parts))
    }
  }
}

extension FeedbackReport.Part {
  fileprivate static func named(_ words: [String]) -> [FeedbackReport.Part] {
    words.compactMap { FeedbackReport.Part(rawValue: $0) }
  }
}

extension FeedbackEntry {
  fileprivate init(_ row: CollectionRow) {
    let schema = CollectionSchema.feedback
    func text(_ name: String) -> String { row.values[schema.id(name)].text ?? "" }
    let status = Ladder.ticketStates.height(of: row.values[schema.id("status")])
    self.init(
      madeAt: row.id.moment, resolvedAt: row.values[schema.id("resolvedAt")].moment,
      isOpen: status < Ladder.ticketStates.height(of: .text("resolved")), text: text("text"),
      kind: text("kind"), channel: text("channel"), product: text("product"))
  }
}

extension FeedbackReport {
  fileprivate func sheet(_ parts: [Part]) -> ReportSheet {
    func line(_ line: Line) -> ReportSheet.Line {
      ReportSheet.Line(
        keys: line.keys,
        figures: [
          .integer(Int64(line.count)), .integer(Int64(line.open)),
          line.medianMilliseconds.map { .integer($0 / 1000) } ?? .null,
        ])
    }
    return ReportSheet(
      parts: parts.map(\.rawValue), measures: ["count", "open", "medianSeconds"],
      lines: lines.map(line), total: line(total))
  }

  fileprivate func json(_ parts: [Part]) -> JSONValue {
    func json(_ line: Line) -> JSONValue {
      var document: JSONValue = [
        "count": .integer(Int64(line.count)), "open": .integer(Int64(line.open)),
        "medianSeconds": line.medianMilliseconds.map { .integer($0 / 1000) } ?? .null,
      ]
      for (part, key) in zip(parts, line.keys) { document[part.rawValue] = .string(key) }
      return document
    }
    return [
      "lines": .array(lines.map(json)), "total": json(total),
      "keywords": .array(
        keywords.map { ["word": .string($0.word), "count": .integer(Int64($0.count))] }),
    ]
  }
}

extension Screen {
  fileprivate func print(_ report: FeedbackReport, _ parts: [FeedbackReport.Part]) {
    if report.total.count == 0 { return say(Phrase(en: "There is no feedback.", zh: "没有反馈。")) }
    for line in report.lines {
      let keys = zip(parts, line.keys).map { part, key in
        key.isEmpty ? Screen.missing : self.key(key, part)
      }
      console.print(
        "\(TextWidth.padded(keys.joined(separator: " · "), columns: 28)) \(words(line))")
    }
    let sum = word(Phrase(en: "all", zh: "合计"))
    console.print("\(TextWidth.padded(sum, columns: 28)) \(words(report.total))")
    guard !report.keywords.isEmpty else { return }
    let keywords = report.keywords.map { "\($0.word) \($0.count)" }.joined(separator: ", ")
    say(Phrase(en: "Words that come up: \(keywords)", zh: "高频词：\(keywords)"))
  }

  private func key(_ key: String, _ part: FeedbackReport.Part) -> String {
    guard console.language == .zhHans else { return TextWidth.oneLine(key) }
    return switch part {
    case .kind: Vocabulary.feedbackKinds.chinese(key)
    case .channel: Vocabulary.channels.chinese(key)
    case .product, .month: TextWidth.oneLine(key)
    }
  }

  private func words(_ line: FeedbackReport.Line) -> String {
    let median = line.medianMilliseconds.map { RelativeTime.length(milliseconds: $0) }
    let time = median.map {
      Phrase(en: ", resolved after \($0.en) (median)", zh: "，解决用时中位数 \($0.zh)")
    }
    return word(
      Phrase(en: "\(line.count), \(line.open) open", zh: "\(line.count) 条，未解决 \(line.open) 条")
        + (time ?? Phrase(en: "", zh: "")))
  }
}
