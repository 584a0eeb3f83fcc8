// What the terms of a pool ask of one customer now: which warnings stand, and whether its time is up.
//
// Making a plan only reads, like the plan of the rules that it is part of. A customer goes when its
// deadline has passed and every laptop that could hold a follow-up of it has synced since: absence of
// evidence is no evidence. Laptops are waited for, but not for ever; the wait begins when the hub first
// saw the deadline behind it, so that a hub that was off takes nothing away unheard.

import Digest
import FollowUp
import Notation
import Storage
import SyncCore

struct RecyclePlan {
  /// How soon a customer is looked at again while laptops are waited for.
  static let lookMilliseconds: Int64 = 10 * 60_000

  /// A reminder that the customer is about to go.
  struct Warning {
    var id: RecordID
    var title: Titles
    var dueAt: Moment
    var strength: Strength
  }

  /// What is to be done with a customer whose time is up.
  enum Fate: Equatable {
    case stays
    /// Laptops are waited for, since then.
    case waits(since: Moment)
    /// It goes; nobody could hold evidence against it, or the wait is over.
    case goes(isConfirmed: Bool)
  }

  let root: RecordID
  private(set) var owner = ""
  private(set) var terms: Recycling?
  private(set) var term: RecycleTerm?
  private(set) var fate = Fate.stays
  /// Every warning that is to stand, by identity.
  private(set) var asked: Set<RecordID> = []
  /// Those that have to be written.
  private(set) var warnings: [Warning] = []
  /// When to look again, though nothing changes.
  private(set) var looks: [Moment] = []

  init(
    of facts: CustomerFacts, _ standing: [RecordID: RulePlan.Standing], _ almanac: Almanac,
    _ store: HubStore, at now: Moment
  ) throws {
    root = facts.record
    let values = facts.values
    guard case .text(let owner) = values[.customerOwner],
      let terms = try store.permissions().terms(of: owner)?.recycling,
      let term = terms.term(
        for: try store.recycleFacts(root, values, for: terms), in: almanac)
    else { return }
    (self.owner, self.terms, self.term) = (owner, terms, term)
    if now < term.deadline {
      looks.append(term.deadline)
    } else {
      try judge(term, terms, store, at: now)
    }
    ask(term, terms, name: facts.title, standing, at: now)
  }

  var isEmpty: Bool {
    if case .goes = fate { return false }
    return warnings.isEmpty
  }

  private mutating func judge(
    _ term: RecycleTerm, _ terms: Recycling, _ store: HubStore, at now: Moment
  ) throws {
    let isConfirmed = try store.lateLaptops(of: owner, root, until: term.deadline).isEmpty
    let since = try store.recycleWait(of: root, for: term.deadline) ?? now
    let end = since.advanced(milliseconds: terms.maxWaitMilliseconds)
    guard !isConfirmed, now < end else {
      fate = .goes(isConfirmed: isConfirmed)
      return
    }
    fate = .waits(since: since)
    looks += [end, now.advanced(milliseconds: RecyclePlan.lookMilliseconds)]
  }

  // MARK: Warnings

  private mutating func ask(
    _ term: RecycleTerm, _ terms: Recycling, name: String,
    _ standing: [RecordID: RulePlan.Standing], at now: Moment
  ) {
    if case .goes = fate { return }
    let horizon = now.advanced(milliseconds: RuleBook.horizonMilliseconds)
    for warning in term.warnings {
      guard warning.at <= horizon else {
        looks.append(warning.at.advanced(milliseconds: -RuleBook.horizonMilliseconds))
        continue
      }
      let id = Digest.identity(
        at: term.anchor,
        [Recycling.rule, root.description, term.reason.rawValue, "\(warning.days)"])
      asked.insert(id)
      let title = RecycleTerm.title(of: name, into: terms.pool, days: warning.days)
      let known = standing[id].map {
        $0.isActive && $0.dueAt == warning.at && $0.title == title.stored && $0.user == owner
      }
      guard known != true else { continue }
      warnings.append(
        Warning(
          id: id, title: title, dueAt: warning.at,
          strength: warning.days == term.warnings.map(\.days).min() ? .strong : .normal))
    }
  }

  // MARK: The wait

  /// Notes since when laptops are waited for; forgets it when they are not.
  func saveWait(in store: HubStore) throws {
    guard case .waits(let since) = fate, let term else {
      return try store.db.run("DELETE FROM recycling WHERE root = ?", .id(root))
    }
    try store.db.run(
      "INSERT OR REPLACE INTO recycling VALUES (?, ?, ?)", .id(root), .moment(term.deadline),
      .moment(since))
  }
}

extension Recycling {
  var maxWaitMilliseconds: Int64 { Int64(maxWaitDays) * 24 * 3_600_000 }
}

/// A laptop that may hold a follow-up that the hub has not.
struct LateLaptop: Hashable {
  var user: String
  var device: String
  /// All it wrote up to this time has arrived; nil: it never said so.
  var syncedAt: Moment?
}

extension HubStore {
  /// Laptops that could hold evidence from before a deadline and have not told everything since: the
  /// owner's, and those of guests who may write. One that joined later has nothing from before, unless
  /// it is a copy of another.
  func lateLaptops(
    of owner: String, _ root: RecordID, until deadline: Moment
  ) throws -> [LateLaptop] {
    try db.all(
      """
      SELECT user, device, frontier FROM replicas
      WHERE status = ?1 AND frontier < ?2 AND (joined_at < ?2 OR parent IS NOT NULL)
        AND (user = ?3 OR user IN (SELECT user FROM guests WHERE root = ?4 AND may_write = 1))
      ORDER BY user, device, replica
      """, .text(ReplicaRow.Status.active.rawValue), .moment(deadline), .text(owner), .id(root)
    ) {
      LateLaptop(
        user: $0.text(0), device: $0.text(1),
        syncedAt: $0.integer(2) > 0 ? $0.moment(2) : nil)
    }
  }

  /// Since when laptops have been waited for, for this deadline.
  func recycleWait(of root: RecordID, for deadline: Moment) throws -> Moment? {
    try db.first(
      "SELECT since FROM recycling WHERE root = ? AND deadline = ?", .id(root), .moment(deadline)
    ) { $0.moment(0) }
  }

  func recycleFacts(
    _ root: RecordID, _ values: FieldValues, for terms: Recycling
  ) throws -> Recycling.Facts {
    // Nobody looks for deals where none is asked for.
    let hasOpportunity =
      try terms.withoutDealDays != nil
      && db.first(
        "SELECT 1 FROM opportunity WHERE root = ? LIMIT 1", .id(root), body: { _ in true }) != nil
    return Recycling.Facts(id: root, values: values, hasOpportunity: hasOpportunity)
  }
}

extension CustomerFacts {
  /// What people call the customer.
  var title: String { values[CollectionSchema.customer.titleField].textOrNil ?? "–" }
}

extension FieldID {
  static let customerOwner: FieldID = {
    guard let field = CollectionSchema.customer["owner"] else {
      preconditionFailure("customers have no owner")
    }
    return field.id
  }()
}
