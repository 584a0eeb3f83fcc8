// Into a pool and out of it: what the hub answers to a request, and what it then writes (K5).
//
// A laptop asks with a request field: `claim` names who wants the customer, `release` the pool and
// why. Two may ask without a network; the first that gets here has it, for edits are decided one
// after the other, on what stands then. The decision is `Pool`'s, the facts are in the tables; what
// is granted the hub writes itself, under the position of the request. The value of a request is in
// the history, and never in the record.

import Access
import FollowUp
import Notation
import Storage
import SyncCore
import Wire

struct Pooling {
  /// Whoever returns a customer this soon took it by mistake: the claim uses no quota.
  static let mistakeMilliseconds: Int64 = 10 * 60_000

  let store: HubStore
  let now: Moment
  /// Where calendar days begin and end.
  let zone: LocalZone
  /// Whether whoever asks sees to the work of the former owner himself.
  var keepsWork = false
  /// Customers that this edit has been granted so far, by pool: they count, and are not written yet.
  private var claimed: [RecordID: String] = [:]
  private var released: Set<RecordID> = []

  init(store: HubStore, now: Moment, zone: LocalZone) {
    self.store = store
    self.now = now
    self.zone = zone
  }

  // MARK: Answering

  /// What becomes of the requests in a change, in their order.
  mutating func answers(
    to change: Change, of record: HubRecord, by reach: Reach, _ standing: Standing
  ) throws -> [FieldID: RequestAnswer] {
    var answers: [FieldID: RequestAnswer] = [:]
    for write in change.writes {
      guard let field = record.schema[write.field], field.isRequest else { continue }
      answers[field.id] = try answer(write, field, of: record, by: reach, standing)
    }
    return answers
  }

  private mutating func answer(
    _ write: FieldWrite, _ field: FieldSchema, of record: HubRecord, by reach: Reach,
    _ standing: Standing
  ) throws -> RequestAnswer {
    guard case .put(.text(let words), _) = write.action else {
      return .refused(.wrongType, "\(field.name) asks for something, or it is not written.")
    }
    guard record.isAlive else {
      return .refused(.recordDeleted, "The record was deleted. Restore it before editing it.")
    }
    if record.schema.id == CollectionSchema.task.id {
      return answerTake(by: words, of: record, reach, standing)
    }
    guard claimed[record.id] == nil, !released.contains(record.id) else {
      return .refused(.poolRule, "The same edit asks for this customer twice.")
    }
    let place = PoolPlace(record)
    if field.id == .claim {
      return try answerClaim(by: words, of: record, place, reach, standing)
    }
    return answerRelease(ReleaseRequest(words), of: record, place, reach, standing)
  }

  private mutating func answerClaim(
    by user: String, of record: HubRecord, _ place: PoolPlace, _ reach: Reach, _ standing: Standing
  ) throws -> RequestAnswer {
    guard user == reach.user else {
      return .refused(.forbidden, "Everybody claims for himself alone. Ask an admin of the pool.")
    }
    let permissions = reach.permissions
    guard standing == .holds, let pool = place.pool.flatMap({ permissions.pool($0) }) else {
      let refusal = try refusalOfWinner(place, of: record, reach, standing)
      return .refused(.poolRule, "\(refusal.text(in: zone)) (rule \(refusal.rule))")
    }
    let facts = try facts(about: record.id, in: pool, for: user)
    if let refusal = pool.decide(facts, permissions.organisation) {
      return .refused(
        .poolRule, "\(refusal.text(in: zone)) (pool \(pool.name), rule \(refusal.rule))")
    }
    claimed[record.id] = pool.name
    return .granted
  }

  /// Who has it, and since when, for whoever saw it in the pool or sees it now; nobody else is told
  /// (I8).
  private func refusalOfWinner(
    _ place: PoolPlace, of record: HubRecord, _ reach: Reach, _ standing: Standing
  ) throws -> ClaimRefusal {
    guard let owner = place.owner,
      try standing == .holds || store.knewInPool(record.id, reach)
    else { return .notInPool(owner: nil, since: nil) }
    let veil = try store.veil(of: reach.user)
    return .notInPool(owner: veil.name(owner), since: place.ownerSince)
  }

  private mutating func answerRelease(
    _ request: ReleaseRequest, of record: HubRecord, _ place: PoolPlace, _ reach: Reach,
    _ standing: Standing
  ) -> RequestAnswer {
    let permissions = reach.permissions
    guard let pool = permissions.pool(of: request, by: reach.user) else {
      guard !request.pool.isEmpty else {
        return .refused(
          .poolRule, "You are a member of no pool. Name the pool with --pool. (rule pool)")
      }
      return .refused(.poolRule, "There is no pool \(request.pool) . Name another. (rule pool)")
    }
    let facts = ReleaseFacts(
      user: reach.user, isInPool: place.pool != nil, owner: place.owner, reason: request.reason)
    let refusal = pool.decideRelease(facts, permissions.organisation)
    switch refusal {
    case nil:
      released.insert(record.id)
      return .granted
    case .notYours where standing == .left:
      return .refused(
        .poolRule,
        "The customer went to somebody else meanwhile. There is nothing to do. (rule owner)")
    case .notYours(let owner?):
      let veil = permissions.veil(of: reach.user, in: store.schema)
      let veiled = ReleaseRefusal.notYours(owner: veil.name(owner))
      return .refused(.poolRule, "\(veiled.text) (pool \(pool.name), rule \(veiled.rule))")
    case let refusal?:
      return .refused(.poolRule, "\(refusal.text) (pool \(pool.name), rule \(refusal.rule))")
    }
  }

  // MARK: Facts

  private func facts(
    about root: RecordID, in pool: Pool, for user: String
  ) throws -> ClaimFacts {
    let release = try store.db.first(
      "SELECT former_owner, released_at, entered_at FROM releases WHERE root = ?", .id(root)
    ) {
      (
        owner: $0.optionalText(0), releasedAt: $0.isNull(1) ? nil : $0.integer(1),
        enteredAt: $0.integer(2)
      )
    }
    return ClaimFacts(
      user: user, isInPool: true,
      grantsToday: try grantsToday(to: user, from: pool.name)
        + claimed.values.count { $0 == pool.name },
      held: try held(by: user) + claimed.count, formerOwner: release?.owner,
      releasedAt: release?.releasedAt, enteredAt: release?.enteredAt, now: now.milliseconds)
  }

  /// Grants are counted, and not what is left of them.
  private func grantsToday(to user: String, from pool: String) throws -> Int {
    let today = zone.civilTime(atMilliseconds: now.milliseconds).midnight
    let midnight = zone.milliseconds(of: today) ?? now.milliseconds
    return try store.db.first(
      """
      SELECT count(*) FROM claims
      WHERE user = ? AND pool = ? AND granted_at >= ? AND is_void = 0
      """, .text(user), .text(pool), .integer(midnight)
    ) { Int($0.integer(0)) } ?? 0
  }

  /// His open customers: one that is dealt, or lost, frees its place.
  func held(by user: String) throws -> Int {
    var held = 0
    try store.db.each(
      """
      SELECT c.stage, count(*) FROM feed f JOIN customer c ON c.id = f.root
      WHERE f.scope = ? AND f.is_home = 1 AND f.is_gone = 0 GROUP BY c.stage
      """, .integer(try store.scope(.user(user)))
    ) { row in
      let stage = row.optionalText(0).map { Value.text($0) } ?? .null
      if Ladder.isOpen(stage: stage) { held += Int(row.integer(1)) }
    }
    return held
  }

  // MARK: Carrying it out

  /// Writes what granted requests ask for, under the caller's position.
  func carryOut(_ requests: [FieldWrite], on id: RecordID, by user: String) throws {
    guard !requests.isEmpty else { return }
    if try store.load(id, in: .task) != nil { return try grantTake(of: id, to: user) }
    guard let record = try store.load(id, in: .customer), record.isAlive else { return }
    for request in requests {
      guard case .put(.text(let words), _) = request.action else { continue }
      if request.field == .claim {
        try grant(record, to: user)
      } else {
        let permissions = try store.permissions()
        guard let pool = permissions.pool(of: ReleaseRequest(words), by: user) else { continue }
        try put(record, into: pool.name, by: user)
      }
    }
  }

  private func grant(_ record: HubRecord, to user: String) throws {
    guard let pool = PoolPlace(record).pool else { return }
    try OwnWrites(store: store, now: now).write(
      record.id, in: .customer,
      ["owner": .text(user), "pool": .null, "assignedAt": .moment(now)], for: user)
    try OwnerChange(store: store, now: now).follow(record.id, from: nil, to: user)
    try store.db.run(
      "INSERT INTO claims VALUES (?, ?, ?, ?, ?, 0)", .text(user), .text(pool), .id(record.id),
      .moment(now), .position(store.head))
  }

  /// Puts a customer into a pool, out of somebody's hands or out of another pool.
  func put(_ record: HubRecord, into pool: String, by user: String) throws {
    let owner = PoolPlace(record).owner
    try OwnWrites(store: store, now: now).write(
      record.id, in: .customer, ["owner": .null, "pool": .text(pool)], for: user)
    if let owner, !keepsWork {
      try OpenWork(store: store, now: now, root: record.id).close(of: owner)
    }
    // Between pools it keeps its last owner.
    try store.db.run(
      """
      INSERT INTO releases VALUES (?1, ?2, ?3, iif(?3 IS NULL, NULL, ?4), ?4)
      ON CONFLICT (root) DO UPDATE SET pool = ?2, former_owner = coalesce(?3, former_owner),
        released_at = iif(?3 IS NULL, released_at, ?4), entered_at = ?4
      """, .id(record.id), .text(pool), .optional(owner), .moment(now))
    guard owner == user else { return }
    try store.db.run(
      """
      UPDATE claims SET is_void = 1 WHERE root = ?1 AND user = ?2 AND pool = ?3
        AND granted_at >= ?4 AND position = (SELECT max(position) FROM claims WHERE root = ?1)
      """, .id(record.id), .text(user), .text(pool),
      .integer(now.milliseconds - Pooling.mistakeMilliseconds))
  }
}

extension Permissions {
  /// The pool that a release names; where it names none, the user's first one by name.
  fileprivate func pool(of request: ReleaseRequest, by user: String) -> Pool? {
    if !request.pool.isEmpty { return pool(request.pool) }
    return pools.first { $0.isMember(user, organisation) }
  }
}

/// What a release asks for: the pool, a space, and why. The name of a pool has no spaces.
struct ReleaseRequest {
  var pool: String
  var reason: String

  init(_ words: String) {
    let parts = words.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    pool = String(parts.first ?? "")
    reason = parts.count > 1 ? String(parts[1]) : ""
  }
}

extension Pooling {
  /// An administrator's own release, told like everybody's: its reason is in the history.
  func move(
    _ record: HubRecord, into pool: Pool, reason: String, by caller: Caller,
    _ automation: Automation
  ) throws {
    let reach = try store.reach(of: caller.user)
    let place = PoolPlace(record)
    let facts = ReleaseFacts(
      user: caller.user, isInPool: place.pool == pool.name, owner: place.owner, reason: reason)
    let refusal = pool.decideRelease(facts, reach.permissions.organisation)
    guard try store.standing(of: reach, to: record.root) == .holds, refusal == nil else {
      throw Refused(
        403, "refused", refusal?.text ?? "There is no such record among those you may see.")
    }
    try store.transaction {
      store.head = store.head.next
      let author = Author(
        replica: .hub, user: caller.user, role: caller.role, sent: store.head, reach: reach)
      let touched = try release(record.id, into: pool, reason: reason, by: author)
      try automation.react(to: [touched], at: now)
    }
  }

  /// Puts a customer into a pool on behalf of an administrator, under the caller's position.
  func release(
    _ id: RecordID, into pool: Pool, reason: String, by author: Author
  ) throws -> Touched {
    let change = Change(
      record: id, collection: CollectionSchema.customer.id, seen: VectorClock(hub: store.head),
      writes: [.put(.release, .text("\(pool.name) \(reason)"))])
    var kept = change
    kept.writes = []
    let touched = try Merge(store: store, now: now).accept(
      kept, original: change, refusals: [], stamp: HybridTimestamp(moment: now),
      dot: Dot(.hub, Counter(store.head.rawValue)), author: author)
    try carryOut(change.writes, on: id, by: author.user)
    return touched
  }
}

/// Where a customer is by its own fields. Whoever owns it, it is in no pool.
private struct PoolPlace {
  var pool: String?
  var owner: String?
  /// Milliseconds since 1970.
  var ownerSince: Int64?

  init(_ record: HubRecord) {
    let shown = record.shown
    func value(_ name: String) -> Value { record.schema[name].map { shown[$0.id] } ?? .null }
    if case .text(let name) = value("owner") { owner = name }
    if case .text(let name) = value("pool"), owner == nil { pool = name }
    if case .moment(let since) = value("assignedAt") { ownerSince = since.milliseconds }
  }
}

extension HubStore {
  /// Whether one of his laptops had the root from a pool when he wrote.
  fileprivate func knewInPool(_ root: RecordID, _ reach: Reach) throws -> Bool {
    let pools = try reach.subscriptions.filter { subscription in
      if case .pool? = try scopeName(subscription.scope) { true } else { false }
    }.map(\.unveiled)
    return try reach.cuts.contains { try held(root, at: $0, by: pools) }
  }
}

extension FieldID {
  /// What a laptop writes to ask for a customer of a pool.
  static let claim = request("claim")
  static let release = request("release")

  private static func request(_ name: String) -> FieldID {
    guard let field = CollectionSchema.customer[name], field.isRequest else {
      preconditionFailure("customers have no request \(name)")
    }
    return field.id
  }
}
