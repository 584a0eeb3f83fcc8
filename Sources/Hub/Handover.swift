// A hand-over: all that somebody has goes to another person, or his customers to a pool, at once (H-09).
//
// One transaction. Customers, deals, tasks, plans, promises and tickets get their new person under one position, by the same
// merge as everybody's changes, with the one who asks as author; rules, homes and feeds follow from
// that. Then the first person is shut out, and each of his laptops parks its last push (`LastPush`).
// Who inherited is kept: what arrives later and is accepted is his. Done again, it does nothing.

import Access
import FollowUp
import Storage
import SyncCore

struct Handover {
  /// Who gets it.
  enum Heir: Hashable {
    case user(String)
    case pool(Pool)

    var user: String? { if case .user(let name) = self { name } else { nil } }
    var pool: Pool? { if case .pool(let pool) = self { pool } else { nil } }
    var name: String { user ?? pool?.name ?? "" }
  }

  let writes: AdminWrites
  let from: String
  let heir: Heir
  /// Why it goes to a pool, for whoever claims it.
  let reason: String

  private var store: HubStore { writes.store }

  /// Hands all of it over.
  func carryOut(_ holdings: Holdings) throws {
    try store.transaction {
      // What he was shown beyond his own, and others of what is his: the heir shares anew.
      for share in try store.shares(of: from) + holdings.guests {
        try store.endSharing(of: share.root, with: share.guest.user)
      }
      try assign(holdings)
      try moveHomes(of: holdings.ownerless)
      try remember()
      try shutOut()
    }
  }

  /// Hands on a record of somebody who handed over before it was accepted.
  static func passOn(_ id: RecordID, of user: String, _ writes: AdminWrites) throws {
    let store = writes.store
    guard let legacy = try store.legacy(of: user), let schema = try store.collection(of: id),
      let record = try store.load(id, in: schema), record.isAlive
    else { return }
    let pool = try legacy.pool.flatMap { try store.permissions().pool($0) }
    guard let heir = legacy.user.map({ Heir.user($0) }) ?? pool.map({ Heir.pool($0) }) else {
      return
    }
    try Handover(writes: writes, from: user, heir: heir, reason: Handover.reason(user))
      .carryOut(record)
  }

  /// What a pool is told where nobody says why.
  static func reason(_ user: String) -> String { "handed over by \(user)" }

  private func carryOut(_ record: HubRecord) throws {
    let item = Holdings.Item(
      id: record.id, root: record.root, values: record.shown, schema: record.schema)
    var holdings = Holdings(of: from)
    switch record.schema {
    case .customer where item.text("owner") == from: holdings.customers = [item]
    case .opportunity where item.text("owner") == from: holdings.opportunities = [item]
    case .task where item.text("assignee") == from: holdings.tasks = [item]
    case .plan where item.text("assignee") == from: holdings.plans = [item]
    case .promise where item.text("assignee") == from: holdings.promises = [item]
    case .ticket where item.text("assignee") == from: holdings.tickets = [item]
    default:
      let home = try store.rootFeed(record.root).home
      guard record.isRoot, try home?.scope == store.scope(.user(from)) else { return }
      holdings.ownerless = [item]
    }
    try store.transaction {
      try assign(holdings)
      try moveHomes(of: holdings.ownerless)
    }
  }

  // MARK: Its parts

  private func assign(_ holdings: Holdings) throws {
    let items =
      holdings.opportunities.filter(holdings.isHis)
      + holdings.work.filter { holdings.isHis($0) || $0.isRoot }
    // Nobody in a pool does what stands alone: it stays, for a manager to assign.
    let moved = heir.user == nil ? items.filter { !$0.isRoot } : items
    let person: Value = heir.user.map { .text($0) } ?? .null
    var changes: [(id: RecordID, schema: CollectionSchema, write: FieldWrite)] = moved.map { item in
      (
        item.id, item.schema,
        .put(item.schema == .opportunity ? .dealOwner : .assignee(in: item.schema), person)
      )
    }
    if heir.user != nil {
      changes += holdings.customers.map { ($0.id, .customer, .put(.owner, person)) }
    }
    let pooled = heir.pool == nil ? [] : holdings.customers
    guard !changes.isEmpty || !pooled.isEmpty else { return }
    store.head = store.head.next
    let author = try writes.author()
    var touched: [Touched] = []
    if let pool = heir.pool {
      var pooling = Pooling(store: store, now: writes.now, zone: writes.automation.zone)
      // They stay open for whoever claims the customer: below they name nobody.
      pooling.keepsWork = true
      for item in pooled {
        touched.append(
          try pooling.release(item.id, into: pool, reason: reason, by: author))
      }
    }
    for (id, schema, write) in changes {
      let change = Change(
        record: id, collection: schema.id, seen: VectorClock(hub: store.head), writes: [write])
      touched.append(try writes.merge(change, by: author))
    }
    try writes.automation.react(to: touched, at: writes.now)
  }

  /// What no field names the owner of is at home with whoever inherits from its maker.
  private func moveHomes(of items: [Holdings.Item]) throws {
    guard let heir = heir.user, !items.isEmpty else { return }
    store.head = store.head.next
    for item in items { try store.moveHome(of: item.id, to: .user(heir), at: store.head) }
  }

  private func remember() throws {
    let known = try store.legacy(of: from)
    guard known?.user != heir.user || known?.pool != heir.pool?.name else { return }
    try store.db.run(
      "INSERT OR REPLACE INTO handovers VALUES (?, ?, ?, ?, ?)", .text(from),
      .optional(heir.user), .optional(heir.pool?.name), .text(writes.caller.user),
      .moment(writes.now))
  }

  private func shutOut() throws {
    if try store.user(from)?.isDisabled == false { try store.disableUser(from) }
    try store.db.run(
      "UPDATE replicas SET status = ? WHERE user = ? AND status = ?",
      .text(ReplicaRow.Status.revoked.rawValue), .text(from),
      .text(ReplicaRow.Status.active.rawValue))
  }
}

extension HubStore {
  /// What became of what somebody had, if he handed over: the person or the pool that has it now,
  /// also where the first heir has left since.
  func legacy(of user: String) throws -> (user: String?, pool: String?)? {
    var legacy: (user: String?, pool: String?)?
    var (person, passed) = (user, Set<String>())
    while passed.insert(person).inserted {
      let next = try db.first("SELECT heir, pool FROM handovers WHERE user = ?", .text(person)) {
        (user: $0.optionalText(0), pool: $0.optionalText(1))
      }
      guard let next else { break }
      legacy = next
      guard let heir = next.user else { break }
      person = heir
    }
    return legacy
  }

  /// Whose the work of somebody is now: his heir's; his own where he has none, or a pool has it.
  func owner(ofWorkBy user: String) throws -> String { try legacy(of: user)?.user ?? user }

  fileprivate func shares(of user: String) throws -> [Holdings.Share] {
    try db.all(
      "SELECT root, may_write, expires_at FROM guests WHERE user = ? ORDER BY root", .text(user)
    ) {
      Holdings.Share(
        root: try $0.id(0),
        guest: Guest(
          user: user, mayWrite: $0.bool(1), expiresAt: $0.isNull(2) ? nil : $0.moment(2)))
    }
  }
}

extension FieldID {
  fileprivate static let owner = field("owner", of: .customer)
  fileprivate static let dealOwner = field("owner", of: .opportunity)

  fileprivate static func assignee(in schema: CollectionSchema) -> FieldID {
    field("assignee", of: schema)
  }

  private static func field(_ name: String, of schema: CollectionSchema) -> FieldID {
    guard let field = schema[name] else { preconditionFailure("\(schema.name) has no \(name)") }
    return field.id
  }
}
