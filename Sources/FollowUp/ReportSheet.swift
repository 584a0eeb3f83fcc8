// A report as figures: lines by the parts that were asked for, one measure beside the other, and a total.
//
// Pure. The same figures whatever they are shown as. A line is made for each combination of parts that there
// is; where the one part is a month or a quarter, also for those in between in which nothing happened: a gap in
// a trend is a zero and no absence. What is unknown is a line of its own, with an empty key, so that lines add
// up to the total.

import Notation
import SyncCore

/// One thing that is counted.
public struct ReportEntry: Hashable, Sendable {
  public var at: Moment
  /// By part, as it is stored; a missing one is unknown.
  public var words: [String: String]
  public var customer: RecordID?
  public var amount: DecimalNumber?

  public init(
    at: Moment, words: [String: String], customer: RecordID? = nil, amount: DecimalNumber? = nil
  ) {
    self.at = at
    self.words = words
    self.customer = customer
    self.amount = amount
  }
}

public struct ReportSheet: Hashable, Sendable {
  public enum Measure: String, CaseIterable, Sendable { case count, customers, amount }

  public struct Line: Hashable, Sendable {
    /// One for each part.
    public var keys: [String]
    /// One for each measure; null: it cannot be said.
    public var figures: [Value]

    public init(keys: [String], figures: [Value]) {
      self.keys = keys
      self.figures = figures
    }
  }

  /// Parts that every report has: when it was, by the zone's days.
  public static let periods = ["month", "quarter"]

  public var parts: [String]
  public var measures: [String]
  public var lines: [Line]
  /// Everything as one line, without keys.
  public var total: Line

  public init(parts: [String], measures: [String], lines: [Line], total: Line) {
    (self.parts, self.measures) = (parts, measures)
    (self.lines, self.total) = (lines, total)
  }

  public init(
    _ entries: [ReportEntry], by parts: [String], measuring measures: [Measure], in zone: LocalZone
  ) {
    var groups = Dictionary(grouping: entries) { entry in
      parts.map { ReportSheet.key(of: entry, $0, in: zone) }
    }
    if parts.count == 1, ReportSheet.periods.contains(parts[0]) {
      let known = groups.keys.map { $0[0] }
      for period in ReportSheet.between(known.min(), known.max()) {
        groups[[period], default: []] += []
      }
    }
    let lines = groups.map { keys, entries in
      Line(keys: keys, figures: measures.map { ReportSheet.figure($0, of: entries) })
    }
    .sorted { left, right in
      left.keys.lexicographicallyPrecedes(right.keys) { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
    self.init(
      parts: parts, measures: measures.map(\.rawValue), lines: lines,
      total: Line(keys: [], figures: measures.map { ReportSheet.figure($0, of: entries) }))
  }

  private static func figure(_ measure: Measure, of entries: [ReportEntry]) -> Value {
    switch measure {
    case .count: .integer(Int64(entries.count))
    case .customers: .integer(Int64(Set(entries.compactMap(\.customer)).count))
    case .amount:
      // Money of two currencies has no sum.
      Set(entries.filter { $0.amount != nil }.map { $0.words["currency"] ?? "" }).count > 1
        ? .null : DecimalNumber.sum(entries.compactMap(\.amount)).map { .decimal($0) } ?? .null
    }
  }

  private static func key(of entry: ReportEntry, _ part: String, in zone: LocalZone) -> String {
    guard periods.contains(part) else { return entry.words[part] ?? "" }
    return period(zone.civilTime(atMilliseconds: entry.at.milliseconds), part)
  }

  /// `2026-11` or `2026-Q4`.
  private static func period(_ day: CivilTime, _ part: String) -> String {
    let month = String(ISO8601.string(date: day).prefix(7))
    return part == "month" ? month : month.prefix(5) + "Q\((day.month + 2) / 3)"
  }

  /// Every month or quarter from one to another.
  private static func between(_ first: String?, _ last: String?) -> [String] {
    guard let first, let last, let year = Int(first.prefix(4)), let end = Int(last.prefix(4)),
      end - year < 1000
    else { return [] }
    let part = first.contains("Q") ? "quarter" : "month"
    let all = (year...end).flatMap { year in
      stride(from: 1, through: 12, by: part == "month" ? 1 : 3).map {
        period(CivilTime(year: year, month: $0, day: 1), part)
      }
    }
    return all.filter { first <= $0 && $0 <= last }
  }
}
