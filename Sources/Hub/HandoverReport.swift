// A hand-over told: what there is and what becomes of it, and a brief for whoever gets it.
//
// Made before anything is changed, so that a preview says exactly what the act will. Each list has its
// true total, and at most as many records as were asked for; hidden fields are in none (I8).

import FollowUp
import Notation
import Storage
import SyncCore

struct HandoverReport {
  let store: HubStore
  let zone: LocalZone
  let now: Moment
  let sight: Sight
  let holdings: Holdings
  let heir: Handover.Heir
  /// Of each list.
  let limit: Int
  private let customers: [RecordID: FieldValues]

  init(
    _ holdings: Holdings, to heir: Handover.Heir, by sight: Sight, limit: Int, in zone: LocalZone,
    at now: Moment
  ) {
    (self.holdings, self.heir, self.sight) = (holdings, heir, sight)
    (store, self.limit, self.zone, self.now) = (sight.store, limit, zone, now)
    customers = Dictionary(
      uniqueKeysWithValues: holdings.customers.map { ($0.id, $0.values) })
  }

  /// What becomes of a record.
  private enum Fate: String {
    /// It has another person.
    case assigned
    /// It is in the pool.
    case pooled
    /// It names nobody any more.
    case unassigned
    /// It goes with its customer, and says what it said.
    case follows
    /// A rule asks for it anew, of the heir.
    case renewed
    /// No rule asks for it any more.
    case withdrawn
    case ends
    /// It awaits a decision, of whoever may write the record then.
    case waits
    case revoked
    /// It is nobody's but his.
    case stays
  }

  func json(parked: [Parking.Item]) throws -> JSONValue {
    let conflicts = try openConflicts()
    return [
      "from": .string(holdings.user), "to": heir.user.map { .string($0) } ?? .null,
      "pool": heir.pool.map { .string($0.name) } ?? .null,
      "moves": [
        "customers": try list(holdings.customers) { _ in heir.user == nil ? .pooled : .assigned },
        "contacts": try list(holdings.contacts) { _ in .follows },
        "opportunities": try list(holdings.opportunities, fate),
        "tasks": try list(holdings.tasks, fate),
        "plans": try list(holdings.plans, fate),
        "promises": try list(holdings.promises, fate),
        "tickets": try list(holdings.tickets, fate),
        "reminders": try list(holdings.reminders) { _ in
          heir.user == nil ? .withdrawn : .renewed
        },
        "others": try list(holdings.ownerless) { _ in heir.user == nil ? .stays : .follows },
        "shares": try list(holdings.shares, json),
        "guests": try list(holdings.guests, json),
        "parked": try list(parked, json),
        "conflicts": try list(conflicts) { try json($0, fate(of: $0)) },
        "laptops": try list(laptops(), json),
      ],
      "brief": try brief(conflicts),
    ]
  }

  // MARK: What becomes of it

  private func fate(_ item: Holdings.Item) -> Fate {
    guard holdings.isHis(item) || item.isRoot else { return .follows }
    if heir.user != nil { return .assigned }
    return item.isRoot ? .stays : .unassigned
  }

  private func fate(of conflict: ConflictAdmin.Case) -> Fate {
    heir.user == nil && !holdings.customers.contains { $0.id == conflict.root } ? .stays : .follows
  }

  private func list<Element>(
    _ all: [Element], _ json: (Element) throws -> JSONValue?
  ) throws -> JSONValue {
    [
      "total": .integer(Int64(all.count)),
      "records": .array(try all.prefix(limit).compactMap(json)),
    ]
  }

  private func list(
    _ items: [Holdings.Item], _ fate: (Holdings.Item) -> Fate
  ) throws -> JSONValue {
    try list(items) { item in
      guard var json = try name(of: item) else { return nil }
      json["becomes"] = .string(fate(item).rawValue)
      return json
    }
  }

  /// Identity and title, and the customer of what is none; nil: all such records are hidden.
  private func name(of item: Holdings.Item) throws -> JSONValue? {
    let veil = try veil(of: item.root)
    guard !veil.hiddenCollections.contains(item.schema.id) else { return nil }
    let shown = veil.veiled(item.values, of: item.schema)
    var title = FieldText.json(shown[item.schema.titleField], in: zone, schema: item.schema)
    if item.schema.id == CollectionSchema.reminder.id, let text = title.string {
      let titles = Titles(stored: text)
      title = ["en": .string(titles.en), "zh": .string(titles.zh)]
    }
    var json: JSONValue = ["id": .string(item.id.description), "name": title]
    if item.schema.id != CollectionSchema.customer.id {
      json["customer"] = try item.isRoot ? .null : customerName(item.root)
      json["collection"] = .string(item.schema.name)
    }
    return json
  }

  private func veil(of root: RecordID) throws -> Veil {
    try sight.isClear ? Veil() : sight.veil(of: root)
  }

  private func customerName(_ root: RecordID) throws -> JSONValue {
    let values = try customers[root] ?? store.load(root, in: .customer)?.shown
    guard let values else { return .null }
    let shown = try veil(of: root).veiled(values, of: .customer)
    return FieldText.json(shown[CollectionSchema.customer.titleField], in: zone, schema: .customer)
  }

  private func json(_ share: Holdings.Share) throws -> JSONValue {
    let until = share.guest.expiresAt.map { RecordJSON(store: store, zone: zone).time($0) }
    return [
      "id": .string(share.root.description), "name": try customerName(share.root),
      "user": .string(try veil(of: share.root).name(share.guest.user)),
      "mayWrite": .bool(share.guest.mayWrite), "until": until ?? .null,
      "becomes": .string(Fate.ends.rawValue),
    ]
  }

  private func json(_ item: Parking.Item) throws -> JSONValue {
    [
      "id": .string(item.id.description), "record": .string(item.record.description),
      "collection": store.schema[item.change.collection].map { .string($0.name) } ?? .null,
      "customer": try customerName(item.root),
      "user": .string(try veil(of: item.root).name(item.user)),
      "becomes": .string(Fate.waits.rawValue),
    ]
  }

  private func json(_ laptop: ReplicaReport) throws -> JSONValue {
    [
      "id": .integer(Int64(laptop.id.rawValue)), "name": .string(laptop.device),
      "becomes": .string(Fate.revoked.rawValue),
    ]
  }

  private func laptops() throws -> [ReplicaReport] {
    try store.replicaReports(now: now).filter {
      $0.user == holdings.user && $0.status == ReplicaRow.Status.active.rawValue
    }
  }

  // MARK: Conflicts

  private func openConflicts() throws -> [ConflictAdmin.Case] {
    let roots = holdings.roots
    return try ConflictAdmin(store: store, zone: zone, sight: sight.isClear ? nil : sight)
      .list(.init(status: .open), limit: .max).filter { roots.contains($0.root) }
  }

  private func json(_ item: ConflictAdmin.Case, _ fate: Fate?) throws -> JSONValue {
    var json: JSONValue = [
      "id": .string(item.id.description), "record": .string(item.record.description),
      "collection": .string(item.collection.name),
      "field": .string(item.collection.displayName(of: item.unit)),
      "customer": try customerName(item.root),
    ]
    if let fate { json["becomes"] = .string(fate.rawValue) }
    return json
  }

  // MARK: The brief

  /// What the heir should know first: his customers by level, with what comes next; deals, what is
  /// overdue, and what awaits a decision.
  private func brief(_ conflicts: [ConflictAdmin.Case]) throws -> JSONValue {
    let overdue = holdings.tasks.filter { item in
      item.moment("dueAt").map { DueTime($0, in: [zone]).isOverdue(at: now) } ?? false
    }
    return [
      "customers": try list(holdings.customers.sorted(by: isFirst)) { item in
        var json = try told(item, ["tier", "stage", "nextFollowAt", "lastFollowAt"])
        json?["next"] = try nextStep(of: item)
        return json
      },
      "opportunities": try list(holdings.opportunities) {
        try told($0, ["stage", "amount", "currency", "nextStep", "closeAt"])
      },
      "overdueTasks": try list(overdue.sorted { ($0["dueAt"], $0.id) < ($1["dueAt"], $1.id) }) {
        try told($0, ["dueAt"])
      },
      "conflicts": try list(conflicts) { try json($0, nil) },
    ]
  }

  private func told(_ item: Holdings.Item, _ names: [String]) throws -> JSONValue? {
    guard var json = try name(of: item) else { return nil }
    let shown = try veil(of: item.root).veiled(item.values, of: item.schema)
    for field in names.compactMap({ item.schema[$0] }) {
      json[field.name] = FieldText.json(shown[field.id], in: zone, schema: item.schema)
    }
    return json
  }

  private func nextStep(of customer: Holdings.Item) throws -> JSONValue {
    guard let step = holdings.nextSteps[customer.id],
      let field = CollectionSchema.followUp["next"]
    else { return .null }
    let veil = try veil(of: customer.id)
    let isHidden =
      veil.hiddenCollections.contains(CollectionSchema.followUp.id)
      || veil.hides(field.id, of: CollectionSchema.followUp.id)
    return isHidden ? .null : .string(step)
  }

  /// By level, those without one last; then by when they are to be followed up.
  private func isFirst(_ left: Holdings.Item, _ right: Holdings.Item) -> Bool {
    func rank(_ item: Holdings.Item) -> (Int, String, Int64, RecordID) {
      let tier = item.text("tier") ?? ""
      let next = item.moment("nextFollowAt")?.milliseconds ?? .max
      return (tier.isEmpty ? 1 : 0, tier, next, item.id)
    }
    return rank(left) < rank(right)
  }
}
