// A report's figures in the forms that people and programs take: text, CSV, JSON, a picture, a page.
//
// The figures are the sheet's; no form rounds, leaves out or adds any. Keys are shown in the reader's language
// where they are words of a list; programs get them as they are stored.

import CommandKit
import FollowUp
import Notation
import SyncCore
import Tabular

struct ReportPage {
  let sheet: ReportSheet
  let name: ReportName
  let screen: Screen

  func printText() {
    guard !sheet.lines.isEmpty else {
      return screen.say(Phrase(en: "There is nothing to count.", zh: "没有可统计的内容。"))
    }
    var table = TextTable(
      sheet.parts.map { .init(title($0)) } + sheet.measures.map { .init(title($0), .right) })
    for line in sheet.lines { table.add(shown(line.keys) + figures(line)) }
    let sum = screen.word(Phrase(en: "all", zh: "合计"))
    let gap = Array(repeating: "", count: max(0, sheet.parts.count - 1))
    table.add([sum] + gap + figures(sheet.total))
    table.print(to: screen.console)
  }

  var json: JSONValue {
    [
      "report": .string(name.rawValue), "by": .array(sheet.parts.map { .string($0) }),
      "lines": .array(sheet.lines.map(json)), "total": json(sheet.total),
    ]
  }

  private func json(_ line: ReportSheet.Line) -> JSONValue {
    let keys = zip(sheet.parts, line.keys.map { JSONValue.string($0) })
    let figures = zip(sheet.measures, line.figures.map { FieldText.json($0, in: .utc) })
    return .object(Dictionary(Array(keys) + Array(figures), uniquingKeysWith: { $1 }))
  }

  var csv: [UInt8] {
    var writer = CSVWriter()
    writer.append(sheet.parts + sheet.measures)
    for line in sheet.lines {
      writer.append(line.keys + line.figures.map { FieldText.display($0, in: .utc) })
    }
    return writer.takeBytes()
  }

  /// The first measure of each line.
  func chart(_ kind: Chart.Kind) -> Chart {
    Chart(
      title: "\(name.rawValue): \(sheet.measures[0])", kind: kind,
      points: sheet.lines.map { line in
        let text = FieldText.display(line.figures[0], in: .utc)
        return Chart.Point(
          label: shown(line.keys).joined(separator: " · "), size: Double(text) ?? 0, text: text)
      })
  }

  func html(_ kind: Chart.Kind) -> String {
    func row(_ cells: [String], _ tag: String) -> String {
      let cells = cells.map { "<\(tag)>\(Chart.escaped($0))</\(tag)>" }.joined()
      return "<tr>\(cells)</tr>\n"
    }
    let language = screen.console.language == .zhHans ? "zh-Hans" : "en"
    let sum = [screen.word(Phrase(en: "all", zh: "合计"))]
    let gap = Array(repeating: "", count: max(0, sheet.parts.count - 1))
    return """
      <!doctype html>
      <html lang="\(language)"><head><meta charset="utf-8"><title>\(name.rawValue)</title>
      <style>body{font-family:sans-serif}td,th{padding:2px 12px;text-align:left}</style></head><body>
      \(chart(kind).svg)<table>
      \(row((sheet.parts + sheet.measures).map(title), "th"))\
      \(sheet.lines.map { row(shown($0.keys) + figures($0), "td") }.joined())\
      \(row(sum + gap + figures(sheet.total), "th"))</table></body></html>

      """
  }

  private func figures(_ line: ReportSheet.Line) -> [String] {
    line.figures.map { $0.isNull ? Screen.missing : FieldText.display($0, in: .utc) }
  }

  private func shown(_ keys: [String]) -> [String] {
    zip(sheet.parts, keys).map { part, key in
      if key.isEmpty { return Screen.missing }
      guard screen.console.language == .zhHans else { return key }
      switch part {
      case "channel": return Vocabulary.channels.chinese(key)
      case "topic": return Vocabulary.topics.chinese(key)
      case "outcome": return Vocabulary.outcomes.chinese(key)
      case "kind": return Vocabulary.feedbackKinds.chinese(key)
      default: return key
      }
    }
  }

  private static let chinese: [String: String] = [
    "month": "月份", "quarter": "季度", "owner": "负责人", "source": "来源", "industry": "行业",
    "region": "地区",
    "tier": "等级", "stage": "阶段", "pipeline": "流程", "currency": "币种", "author": "人员",
    "channel": "渠道",
    "topic": "主题", "outcome": "结果", "kind": "类型", "product": "产品", "count": "数量",
    "customers": "客户数",
    "amount": "金额", "open": "未解决", "medianSeconds": "用时中位数（秒）",
  ]

  private func title(_ word: String) -> String {
    screen.console.language == .zhHans ? ReportPage.chinese[word] ?? word : word.uppercased()
  }
}
