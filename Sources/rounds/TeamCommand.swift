// `rounds team stalled`, `team act`: where a manager's people are stuck, and one command to step in.
//
// What counts as stuck: tasks that are overdue, customers nobody talks to, deals too long in their stage. It is read from the
// manager's own laptop, offline. Stepping in is one edit; the task that it makes carries a comment to whoever has the
// customer. It is for managers and admins: the hub judges all the same.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore

func teamCommands(_ outside: Outside) -> [Command] {
  [stalledCommand(outside), actCommand(outside)]
}

private func stalledCommand(_ outside: Outside) -> Command {
  Command(
    ["team", "stalled"], group: Group.deals,
    summary: Phrase(en: "List what is stuck in your team", zh: "列出团队中停滞的事项"),
    options: [
      Command.Option(
        "days", "N", help: Phrase(en: "Silent for so many days; 14", zh: "无跟进天数，默认 14")),
      Command.Option("owner", "USER", help: Phrase(en: "Only this person's", zh: "只看此人的")),
    ],
    examples: [
      Command.Example("rounds team stalled --days 7", Phrase(en: "A week is long", zh: "一周无跟进即列出"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    try replica.checkLeads()
    let days = try invocation.integer("days", in: 1...3660) ?? 14
    let stalled = try Stalled(replica, silentDays: days).items
      .filter { item in invocation.option("owner").map { item.owner == $0 } ?? true }
    guard !invocation.isJSON else {
      return invocation.console.print(
        json: [
          "stalled": .array(stalled.map { $0.json(in: replica.zone) }),
          "total": .integer(Int64(stalled.count)),
        ])
    }
    show(stalled, replica)
  }
}

private func actCommand(_ outside: Outside) -> Command {
  Command(
    ["team", "act"], group: Group.deals,
    summary: Phrase(en: "Step in: comment, hand to somebody else, set a task", zh: "介入：批注、转派或布置任务"),
    arguments: [referenceArgument],
    options: [
      Command.Option(
        "comment", "TEXT", help: Phrase(en: "On the owner's list at once", zh: "批注，立即出现在负责人清单")),
      Command.Option("task", "TEXT", help: Phrase(en: "A task for the owner", zh: "给负责人的任务")),
      Command.Option("due", "T", help: Phrase(en: "By when; tomorrow", zh: "任务期限，默认明天")),
      Command.Option(
        "assign", "USER", help: Phrase(en: "Who has the customer from now on", zh: "改由此人负责")),
    ],
    examples: [
      Command.Example(
        "rounds team act customer:Acme --assign li --task '三天内拜访' --due +3d",
        Phrase(en: "Another owner, with a task", zh: "转派并布置任务"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    try replica.checkLeads()
    let step = try Intervention(invocation, replica)
    try replica.store.write(step.writes, at: replica.now)
    try replica.printSaved(invocation, step.title, step.customer)
  }
}

extension OpenReplica {
  /// Managers and admins step in, nobody else.
  fileprivate func checkLeads() throws {
    let role = try store.role(of: state.user) ?? ""
    guard ["manager", "admin"].contains(role) else { throw RepError.managersOnly(role: role) }
  }
}

// MARK: What is stuck

private struct StalledItem {
  enum Kind: String { case overdueTask, rotten, silent }

  var kind: Kind
  var id: RecordID
  var customer: RecordID?
  var owner: String
  var title: String
  /// Since when it should have been otherwise.
  var since: Moment
  var days: Int

  func json(in zone: LocalZone) -> JSONValue {
    [
      "kind": .string(kind.rawValue), "id": .string(id.description),
      "customer": customer.map { .string($0.description) } ?? .null, "owner": .string(owner),
      "title": .string(title), "days": .integer(Int64(days)),
      "since": .string(ISO8601.string(milliseconds: since.milliseconds, in: zone)),
    ]
  }
}

private struct Stalled {
  private let replica: OpenReplica
  private let silentDays: Int

  init(_ replica: OpenReplica, silentDays: Int) {
    self.replica = replica
    self.silentDays = silentDays
  }

  /// By person, the longest first.
  var items: [StalledItem] {
    get throws {
      try (overdueTasks() + silentCustomers() + rottenDeals()).sorted { left, right in
        if left.owner != right.owner {
          return left.owner.utf8.lexicographicallyPrecedes(right.owner.utf8)
        }
        return left.since != right.since ? left.since < right.since : left.id < right.id
      }
    }
  }

  private func days(since moment: Moment) -> Int {
    max(0, Int(replica.today.milliseconds(since: moment) / 86_400_000))
  }

  private func overdueTasks() throws -> [StalledItem] {
    let zones = try replica.store.dueZones(with: replica.zone)
    return try replica.store.db.all(
      """
      SELECT id, customer, coalesce(assignee, ''), title, dueAt FROM task
      WHERE dueAt < ? AND coalesce(status, '') NOT IN ('done', 'cancelled')
        AND kind IS NOT 'comment'
      """, .moment(replica.today)
    ) {
      StalledItem(
        kind: .overdueTask, id: try $0.id(0), customer: $0.isNull(1) ? nil : try $0.id(1),
        owner: $0.text(2), title: $0.text(3), since: $0.moment(4), days: days(since: $0.moment(4)))
    }.filter { DueTime($0.since, in: zones).isOverdue(at: replica.today) }
  }

  private func silentCustomers() throws -> [StalledItem] {
    let limit = replica.today.advanced(milliseconds: Int64(-silentDays) * 86_400_000)
    return try replica.store.db.all(
      """
      SELECT id, owner, name, max(coalesce(lastFollowAt, 0), coalesce(assignedAt, 0)) FROM customer
      WHERE owner IS NOT NULL AND owner <> ''
      """
    ) { row -> StalledItem? in
      let id = try row.id(0)
      let since =
        max(row.moment(3), Moment(milliseconds: 1)) == Moment(milliseconds: 1)
        ? id.moment : row.moment(3)
      guard since <= limit else { return nil }
      return StalledItem(
        kind: .silent, id: id, customer: id, owner: row.text(1), title: row.text(2), since: since,
        days: days(since: since))
    }.compactMap(\.self)
  }

  private func rottenDeals() throws -> [StalledItem] {
    let reading = try DealReading(replica)
    let schema = CollectionSchema.opportunity
    return try replica.store.rows(of: schema).compactMap { deal in
      guard try reading.condition(of: deal).isRotten(at: replica.today) else { return nil }
      let since = reading.since(deal)
      return StalledItem(
        kind: .rotten, id: deal.id, customer: deal.values[schema.id("customer")].reference,
        owner: deal.values[schema.id("owner")].text ?? "", title: schema.title(of: deal.values),
        since: since, days: days(since: since))
    }
  }
}

private func show(_ items: [StalledItem], _ replica: OpenReplica) {
  let screen = Screen(replica.console)
  if items.isEmpty { return screen.say(Phrase(en: "Nothing is stuck.", zh: "没有停滞的事项。")) }
  var owner: String?
  for item in items {
    if item.owner != owner {
      owner = item.owner
      screen.head(item.owner.isEmpty ? Screen.missing : item.owner)
    }
    let kind = TextWidth.padded(screen.word(item.kind.word), columns: 8)
    let days = screen.word(Phrase(en: "\(item.days) days", zh: "\(item.days) 天"))
    replica.console.print("  \(kind) \(TextWidth.oneLine(item.title)) (\(days)) \(item.id)")
  }
}

extension StalledItem.Kind {
  fileprivate var word: Phrase {
    switch self {
    case .overdueTask: Phrase(en: "overdue", zh: "逾期")
    case .rotten: Phrase(en: "rotten", zh: "停滞")
    case .silent: Phrase(en: "silent", zh: "沉默")
    }
  }
}

// MARK: Stepping in

private struct Intervention {
  let customer: RecordID
  let title: String
  let writes: [RecordWrite]

  init(_ invocation: Invocation, _ replica: OpenReplica) throws {
    let found = try replica.record(invocation.argument("REF"))
    customer = try replica.customer(of: found)
    let schema = CollectionSchema.customer
    guard let row = try replica.store.table(.customer).row(customer, in: replica.store.db) else {
      throw RepError.recordMissing(reference: customer.description)
    }
    title = schema.title(of: row.values)
    let heir = invocation.option("assign")
    let owner = heir ?? row.values[schema.id("owner")].text ?? ""
    var writes: [RecordWrite] = []
    if let heir {
      writes.append(RecordWrite(customer, in: schema, [.put(schema.id("owner"), .text(heir))]))
    }
    let due =
      try replica.moment("due", of: invocation)
      ?? replica.today.advanced(milliseconds: 86_400_000)
    for (option, kind, due) in [("comment", "comment", replica.today), ("task", "manager", due)] {
      guard let text = invocation.option(option) else { continue }
      writes.append(
        try Intervention.task(
          kind == "comment" ? "\(replica.state.user): \(text)" : text, kind, due, owner, customer,
          replica))
    }
    guard !writes.isEmpty else { throw RepError.nothingToDo }
    self.writes = writes
  }

  private static func task(
    _ title: String, _ kind: String, _ due: Moment, _ owner: String, _ customer: RecordID,
    _ replica: OpenReplica
  ) throws -> RecordWrite {
    let schema = CollectionSchema.task
    return RecordWrite(
      try replica.store.mint(at: replica.now), in: schema,
      [
        .put(schema.id("customer"), .reference(customer)), .put(schema.id("title"), .text(title)),
        .put(schema.id("kind"), .text(kind)), .put(schema.id("dueAt"), .moment(due)),
        .put(schema.id("assignee"), .text(owner)), .put(schema.id("status"), .text("open")),
      ], isCreation: true)
  }
}
