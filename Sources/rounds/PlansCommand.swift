// `rounds plans`: how one means to keep in touch, when each is next due, and how well it was kept.
//
// Reckoned from the follow-ups of this laptop and the company's calendar, offline; a contact that was logged a minute ago
// counts. Nothing is written.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore

func plansCommand(_ outside: Outside) -> Command {
  Command(
    ["plans"], group: Group.everyDay,
    summary: Phrase(en: "Show plans, and how well they were kept", zh: "查看跟进计划及执行情况"),
    arguments: [
      Command.Argument(
        "REF", .optional, help: Phrase(en: "Only this customer's", zh: "只看该客户"),
        values: .dynamic("record"))
    ],
    examples: [
      Command.Example(
        "rounds plans customer:Acme", Phrase(en: "Kept, late and skipped", zh: "按时、延迟、跳过的次数"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let customer = try invocation.optionalArgument("REF").map {
      try replica.customer(of: replica.record($0))
    }
    let lines = try PlanLines(replica).lines(of: customer)
    guard !invocation.isJSON else {
      return invocation.console.print(
        json: ["plans": .array(lines.map { $0.json(in: replica.zone) })])
    }
    let screen = Screen(invocation.console)
    if lines.isEmpty { screen.say(Phrase(en: "There is no plan.", zh: "没有跟进计划。")) }
    for line in lines { invocation.console.print(line.text(screen)) }
  }
}

/// One plan, as a line.
struct PlanLine {
  var id: RecordID
  var customer: RecordID
  var name: String
  var title: String
  /// As the ladder of plans calls it.
  var status: String
  var next: Moment?
  var record: PlanRecord

  func json(in zone: LocalZone) -> JSONValue {
    func time(_ moment: Moment?) -> JSONValue {
      moment.map { .string(ISO8601.string(milliseconds: $0.milliseconds, in: zone)) } ?? .null
    }
    return [
      "id": .string(id.description), "customer": .string(customer.description),
      "title": .string(title), "status": .string(status), "next": time(next),
      "kept": .integer(Int64(record.kept)), "late": .integer(Int64(record.late)),
      "skipped": .integer(Int64(record.skipped)), "overdueSince": time(record.overdueSince),
    ]
  }

  func text(_ screen: Screen) -> String {
    let due = next.map { screen.time($0) } ?? Screen.missing
    let rungs = Ladder.planStates.rungs
    let rung = rungs.first { $0[0] == status } ?? [status]
    let state = screen.console.language == .zhHans ? rung.last ?? status : status
    let counts = screen.word(
      Phrase(
        en: "\(record.kept) kept, \(record.late) late, \(record.skipped) skipped",
        zh: "按时 \(record.kept)，延迟 \(record.late)，跳过 \(record.skipped)"))
    return "\(TextWidth.padded(state, columns: 10)) \(due)  "
      + "\(TextWidth.oneLine("\(name): \(title)")) (\(counts)) \(id)"
  }
}

/// Plans with what becomes of them by the calendar and the follow-ups.
struct PlanLines {
  private let replica: OpenReplica
  private let almanac: Almanac
  private let team: String?

  init(_ replica: OpenReplica) throws {
    self.replica = replica
    almanac = try replica.store.almanac() ?? Almanac(zoneName: "", zone: replica.zone)
    team = try replica.store.team(of: replica.state.user)
  }

  /// One's own, those that are due first in front.
  func lines(of customer: RecordID?) throws -> [PlanLine] {
    let schema = CollectionSchema.plan
    let rows =
      try customer.map { try replica.store.rows(of: schema, belongingTo: $0) }
      ?? replica.store.rows(of: schema)
    let own = rows.filter { row in
      let assignee = row.values[schema.id("assignee")].text ?? ""
      return customer != nil || assignee.isEmpty || assignee == replica.state.user
    }
    return try own.compactMap(line).sorted { left, right in
      let (first, second) = (left.next?.milliseconds ?? .max, right.next?.milliseconds ?? .max)
      return first != second ? first < second : left.id < right.id
    }
  }

  /// Nil for a plan that names no customer of this laptop.
  func line(_ row: CollectionRow) throws -> PlanLine? {
    let schema = CollectionSchema.plan
    guard let plan = ContactPlan(row.values, made: row.id.moment),
      let customer = row.values[schema.id("customer")].reference,
      let owner = try replica.store.table(.customer).row(customer, in: replica.store.db)
    else { return nil }
    let contacts = try ContactReading(replica.store).contacts(of: customer, since: plan.startsAt)
      .map(\.at)
    return PlanLine(
      id: row.id, customer: customer, name: CollectionSchema.customer.title(of: owner.values),
      title: schema.title(of: row.values), status: status(row, hasBegun: !contacts.isEmpty),
      next: plan.next(lastFollowUp: contacts.max(), in: almanac, team: team),
      record: plan.record(of: contacts, at: replica.today, in: almanac, team: team))
  }

  /// What somebody said it is; else it runs once there was a contact.
  private func status(_ row: CollectionRow, hasBegun: Bool) -> String {
    let said = row.values[CollectionSchema.plan.id("status")]
    let height = Ladder.planStates.height(of: said)
    if height > 0 { return Ladder.planStates.rungs[height][0] }
    return hasBegun ? "running" : "notStarted"
  }
}
