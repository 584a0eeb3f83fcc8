// `/v1/admin/reports/sop`, `/v1/admin/reports/coverage`: whether what was to be done was done, and who looks after
// whom how often.
//
// Figures about what the caller sees, and of nothing else. They are counted when they are asked for; nothing is
// kept.

import FollowUp
import Notation
import SyncCore

extension AdminRoutes {
  func reports(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    try require(.read)
    let since = try request.query["since"].map { try moment($0, called: "since") }
    let from = since ?? now.advanced(milliseconds: -30 * 24 * 3_600_000)
    switch path.count > 1 ? path[1] : "" {
    case "sop": return .json(try sop(from..<max(from, try until(request))))
    case "coverage": return .json(try coverage(since: from))
    default: throw nowhere(request)
    }
  }

  private func until(_ request: HubRequest) throws -> Moment {
    try request.query["until"].map { try moment($0, called: "until") } ?? now
  }

  /// A name, where the caller is told of it.
  private func shown(_ user: String, _ sight: Sight) -> String {
    user.isEmpty || sight.knows(user) ? user : Veil.somebody
  }

  // MARK: Key actions

  private func sop(_ window: Range<Moment>) throws -> JSONValue {
    let sight = try sight()
    var figures = SOPFigures(at: now)
    try store.db.each(
      """
      SELECT root, assignee, coalesce(stage, kind, ''), status, dueAt, doneAt, note FROM task
      WHERE dueAt >= ? AND dueAt < ?
        -- What was to be done for a customer that is deleted is nobody's to do.
        AND (coalesce(customer, about) IS NULL
          OR coalesce(customer, about) IN (SELECT id FROM customer)) ORDER BY id
      """, .moment(window.lowerBound), .moment(window.upperBound)
    ) { row in
      guard try sight.shows(root: try row.id(0)) else { return }
      figures.add(
        SOPTask(
          user: row.optionalText(1) ?? "", stage: row.text(2),
          status: row.optionalText(3).map { .text($0) } ?? .null,
          dueAt: DueTime(row.moment(4), in: [zone]).deadline,
          doneAt: row.isNull(5) ? nil : row.moment(5), note: row.optionalText(6) ?? ""))
    }
    let lines = figures.lines.sorted { $0.key < $1.key }.map { key, line in
      json(line, ["stage": .string(key.stage), "user": .string(shown(key.user, sight))])
    }
    return [
      "since": time(window.lowerBound), "until": time(window.upperBound), "lines": .array(lines),
      "total": json(figures.all, [:]),
    ]
  }

  private func json(_ line: SOPFigures.Line, _ more: [String: JSONValue]) -> JSONValue {
    let figures: [String: JSONValue] = [
      "total": .integer(Int64(line.total)), "onTime": .integer(Int64(line.onTime)),
      "late": .integer(Int64(line.late)), "overdue": .integer(Int64(line.overdue)),
      "open": .integer(Int64(line.open)),
      "skipped": .object(line.skipped.mapValues { .integer(Int64($0)) }),
      "share": line.share.map { .number($0) } ?? .null,
    ]
    return .object(figures.merging(more) { first, _ in first })
  }

  // MARK: Coverage

  private struct Coverage {
    var customers: Int64 = 0
    var followUps: Int64 = 0
    /// Customers nobody followed up in that time.
    var untouched: Int64 = 0
  }

  private func coverage(since: Moment) throws -> JSONValue {
    let sight = try sight()
    var cells: [String: [String: Coverage]] = [:]
    try store.db.each(
      """
      SELECT c.id, c.owner, coalesce(c.tier, ''),
        (SELECT count(*) FROM followUp f WHERE f.root = c.id AND f.occurredAt >= ?)
      FROM customer c WHERE c.owner IS NOT NULL ORDER BY c.id
      """, .moment(since)
    ) { row in
      guard try sight.shows(root: try row.id(0)) else { return }
      let count = row.integer(3)
      cells[row.text(1), default: [:]][row.text(2), default: Coverage()].customers += 1
      cells[row.text(1), default: [:]][row.text(2), default: Coverage()].followUps += count
      if count == 0 {
        cells[row.text(1), default: [:]][row.text(2), default: Coverage()].untouched += 1
      }
    }
    let organisation = try store.permissions().organisation
    let lines = cells.sorted { $0.key < $1.key }.flatMap { user, tiers in
      tiers.sorted { $0.key < $1.key }.map { tier, cell -> JSONValue in
        let person = organisation[user]
        return [
          "user": .string(shown(user, sight)),
          "role": person.map { .string($0.role.rawValue) } ?? .null,
          "team": person?.team.map { .string($0) } ?? .null, "tier": .string(tier),
          "customers": .integer(cell.customers), "followUps": .integer(cell.followUps),
          "untouched": .integer(cell.untouched),
          "perCustomer": .number(Double(cell.followUps) / Double(cell.customers)),
        ]
      }
    }
    return ["since": time(since), "lines": .array(lines)]
  }
}
