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

func feedbackReportCommand(_ outside: Outside) -> Command {
  Command(
    ["report", "feedback"], group: Group.machine,
    summary: Phrase(en: "Count feedback by kind, channel, product, month", zh: "按类型、渠道、产品、月份统计反馈"),
    options: [
      Command.Option(
        "by", "LIST", help: Phrase(en: "Such as kind,month; kind", zh: "统计维度，默认 kind")),
      Command.Option("since", "T", help: Phrase(en: "Only from then on", zh: "只看此后的")),
    ],
    examples: [
      Command.Example(
        "rounds report feedback --by kind,month --since -180d",
        Phrase(en: "Half a year, month by month", zh: "近半年，逐月统计"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let parts = try parts(invocation.option("by") ?? "kind")
    let since = try replica.moment("since", of: invocation)
    let entries = try replica.store.rows(of: .feedback).map(FeedbackEntry.init)
      .filter { entry in since.map { entry.madeAt >= $0 } ?? true }
    let report = FeedbackReport(entries, by: parts, in: replica.zone)
    guard !invocation.isJSON else { return invocation.console.print(json: report.json(parts)) }
    Screen(invocation.console).print(report, parts)
  }
}

private func parts(_ typed: String) throws -> [FeedbackReport.Part] {
  try typed.split(separator: ",", omittingEmptySubsequences: false).map { word in
    let known = FeedbackReport.Part.allCases.map(\.rawValue)
    guard let part = FeedbackReport.Part(rawValue: String(word)) else {
      throw RepError.valueNotAllowed(field: "--by", text: String(word), allowed: known)
    }
    return part
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
