// `rounds report NAME`: figures about what this laptop holds, as text, a table, JSON, a picture or a page.
//
// Offline: a rep's own customers, a manager's team. What is counted is FollowUp's (`ReportSheet.swift`,
// `FeedbackReport.swift`), with the days of the company's zone; here records are read and figures shown, the
// same ones in every form.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore

/// The reports, by the names people type.
enum ReportName: String, CaseIterable {
  case feedback, won, activity
  case newCustomers = "new-customers"

  /// What its lines may be made by; the first is meant where nobody says.
  var parts: [String] {
    switch self {
    case .feedback: ["kind", "channel", "product", "month"]
    case .newCustomers:
      ReportSheet.periods + ["owner", "source", "industry", "region", "tier", "stage"]
    case .won:
      ["owner", "industry", "region", "source", "pipeline", "currency"] + ReportSheet.periods
    case .activity: ["author", "channel", "topic", "outcome"] + ReportSheet.periods
    }
  }

  var measures: [ReportSheet.Measure] {
    switch self {
    case .feedback, .newCustomers: [.count]
    case .won: [.count, .customers, .amount]
    case .activity: [.count, .customers]
    }
  }
}

enum ReportFormat: String, CaseIterable { case text, csv, json, svg, html }

func reportCommand(_ outside: Outside) -> Command {
  Command(
    ["report"], group: Group.machine,
    summary: Phrase(
      en: "Count customers, contacts, deals or feedback", zh: "统计新增客户、跟进、成交或反馈"),
    arguments: [
      Command.Argument(
        "NAME", help: Phrase(en: "Which report", zh: "报表名称"),
        values: .oneOf(ReportName.allCases.map(\.rawValue)))
    ],
    options: [
      Command.Option(
        "by", "LIST", help: Phrase(en: "Such as industry,month", zh: "统计维度，例如 industry,month")),
      Command.Option(
        "from", "T", help: Phrase(en: "Only from then on", zh: "只看此后的"), aliases: ["since"]),
      Command.Option("to", "T", help: Phrase(en: "Only before then", zh: "只看此前的")),
      Command.Option(
        "chart", "KIND", help: Phrase(en: "bar or line, for svg and html", zh: "图形：bar 或 line"),
        values: .oneOf(Chart.Kind.allCases.map(\.rawValue))),
      Command.Option(
        "format", "FORMAT", help: Phrase(en: "text, csv, json, svg or html", zh: "输出格式"),
        values: .oneOf(ReportFormat.allCases.map(\.rawValue))),
    ],
    examples: [
      Command.Example(
        "rounds report feedback --by kind,month --from -180d",
        Phrase(en: "Half a year, month by month", zh: "近半年，逐月统计")),
      Command.Example(
        "rounds report new-customers --by month --format svg > new.svg",
        Phrase(en: "How many came, as a picture", zh: "新增客户趋势图")),
      Command.Example(
        "rounds report won --by industry,region",
        Phrase(en: "Where deals are won", zh: "成交客户的行业与地域分布")),
    ],
    notes: [
      Phrase(
        en: """
          feedback by kind, channel, product, month. new-customers by month, quarter, owner, source, \
          industry, region, tier, stage. won (by when a deal came to the stage it is in) by owner, industry, \
          region, source, pipeline, currency, month, quarter. activity (contacts with customers) by author, \
          channel, topic, outcome, month, quarter.
          """,
        zh: """
          feedback：kind、channel、product、month。new-customers：month、quarter、owner、source、industry、\
          region、tier、stage。won（按进入当前阶段的时间）：owner、industry、region、source、pipeline、\
          currency、month、quarter。activity（与客户的联系）：author、channel、topic、outcome、month、quarter。
          """)
    ]
  ) { invocation in
    let run = try ReportRun(invocation, outside)
    if run.name == .feedback { try run.printFeedback() } else { try run.print(run.sheet()) }
  }
}

/// One report, as it was asked for.
struct ReportRun {
  let invocation: Invocation
  let replica: OpenReplica
  let name: ReportName
  let parts: [String]
  let format: ReportFormat
  /// Whose days count.
  let zone: LocalZone
  private let window: Range<Moment>

  init(_ invocation: Invocation, _ outside: Outside) throws {
    guard let name = ReportName(rawValue: invocation.argument("NAME")) else {
      preconditionFailure("the word reader let through an unknown report")
    }
    let typed = (invocation.option("by") ?? name.parts[0])
      .split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if let unknown = typed.first(where: { !name.parts.contains($0) }) {
      throw RepError.valueNotAllowed(field: "--by", text: unknown, allowed: name.parts)
    }
    let replica = try OpenReplica(invocation, outside)
    let from = try replica.moment("from", of: invocation) ?? Moment(milliseconds: .min)
    let to = try replica.moment("to", of: invocation) ?? Moment(milliseconds: .max)
    self.invocation = invocation
    self.replica = replica
    self.name = name
    parts = typed
    format =
      invocation.isJSON ? .json : invocation.option("format").flatMap(ReportFormat.init) ?? .text
    zone = try replica.store.almanac()?.zone ?? replica.zone
    window = from..<max(from, to)
  }

  func isInTime(_ moment: Moment) -> Bool { window.contains(moment) }

  func sheet() throws -> ReportSheet {
    let entries = try ReportReading(replica.store).entries(of: name).filter { isInTime($0.at) }
    return ReportSheet(entries, by: parts, measuring: name.measures, in: zone)
  }

  func print(_ sheet: ReportSheet) throws {
    let page = ReportPage(sheet: sheet, name: name, screen: Screen(invocation.console))
    let kind = invocation.option("chart").flatMap(Chart.Kind.init) ?? .bar
    let console = invocation.console
    switch format {
    case .text: page.printText()
    case .json: console.print(json: page.json)
    case .csv: console.output.write(page.csv)
    case .svg: console.output.write(page.chart(kind).svg)
    case .html: console.output.write(page.html(kind))
    }
  }
}

/// What each report counts, read from the replica.
private struct ReportReading {
  private let store: ReplicaStore

  init(_ store: ReplicaStore) { self.store = store }

  func entries(of name: ReportName) throws -> [ReportEntry] {
    switch name {
    case .feedback: []
    case .newCustomers:
      try store.rows(of: .customer).map { row in
        ReportEntry(at: row.id.moment, words: words(row, .customer, name.parts), customer: row.id)
      }
    case .activity: try contacts(name.parts)
    case .won: try deals(name.parts)
    }
  }

  /// Follow-ups; of one that was corrected, the correction.
  private func contacts(_ parts: [String]) throws -> [ReportEntry] {
    let schema = CollectionSchema.followUp
    let rows = try store.rows(of: schema)
    let corrected = Set(rows.compactMap { $0.values[schema.id("corrects")].reference })
    return rows.filter { !corrected.contains($0.id) }.map { row in
      ReportEntry(
        at: row.values[schema.id("occurredAt")].moment ?? row.id.moment,
        words: words(row, schema, parts), customer: row.values[schema.id("customer")].reference)
    }
  }

  /// Deals that were won, whatever came after; what they do not say themselves, their customer says.
  private func deals(_ parts: [String]) throws -> [ReportEntry] {
    let schema = CollectionSchema.opportunity
    let customers = Dictionary(
      try store.rows(of: .customer).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let won = Ladder.stages.height(of: .text("won"))
    return try store.rows(of: schema).compactMap { row in
      guard Ladder.stages.height(of: row.values[schema.id("stage")]) >= won else { return nil }
      let customer = row.values[schema.id("customer")].reference
      let said = customer.flatMap { customers[$0] }.map { words($0, .customer, parts) } ?? [:]
      let amount = row.values[schema.id("amount")]
      return ReportEntry(
        at: row.values[schema.id("stageSince")].moment ?? row.id.moment,
        words: said.merging(words(row, schema, parts)) { $1 }, customer: customer,
        amount: { if case .decimal(let number) = amount { number } else { nil } }())
    }
  }

  private func words(
    _ row: CollectionRow, _ collection: CollectionSchema, _ parts: [String]
  ) -> [String: String] {
    parts.reduce(into: [:]) { words, part in
      guard let field = collection[part], let text = row.values[field.id].text else { return }
      words[part] = part == "stage" ? rung(text) : text
    }
  }

  /// A stage as programs write it, so that two spellings are one line.
  private func rung(_ stage: String) -> String {
    let height = Ladder.stages.height(of: .text(stage))
    return height < 0 ? stage : Ladder.stages.rungs[height][0]
  }
}
