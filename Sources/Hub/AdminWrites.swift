// An administrator's edit: judged, merged, told to ledger, history, feed and rules like anybody's.
//
// It is the hub's own dot at a new position, it has seen everything there is, and the history names
// the person. Unlike a laptop's push it is answered at once: where any part of it is refused, all of
// it is, and the caller is told why.

import FollowUp
import Storage
import SyncCore
import Wire

struct AdminWrites {
  let store: HubStore
  let automation: Automation
  let caller: Caller
  let now: Moment
  /// Deals go where they are sent, whatever the process asks first; the audit log says so.
  var isForced = false

  /// One thing that a commit does.
  enum Part {
    /// Judged like anybody's.
    case write(HubRecord, [FieldWrite])
    /// Puts a record under another root, with whatever that asks; the caller has judged it.
    case move(HubRecord, to: RecordID)

    var record: HubRecord {
      switch self {
      case .write(let record, _), .move(let record, _): record
      }
    }

    fileprivate var writes: [FieldWrite] {
      switch self {
      case .write(_, let writes): writes.sorted { $0.field < $1.field }
      case .move(let record, let root):
        record.schema.rootField.map { [.put($0, .reference(root))] } ?? []
      }
    }
  }

  /// Changes some records under one new position.
  func commit(_ changes: [(record: HubRecord, writes: [FieldWrite])]) throws {
    try commit(changes.map { .write($0.record, $0.writes) })
  }

  /// Does all of it in this order, under one new position.
  func commit(_ parts: [Part]) throws {
    let parts = parts.filter { !$0.writes.isEmpty }
    // What says nothing takes no position.
    if parts.isEmpty { return }
    try store.transaction {
      store.head = store.head.next
      let author = try author()
      var touched: [Touched] = []
      for part in parts {
        let change = Change(
          record: part.record.id, collection: part.record.schema.id,
          seen: VectorClock(hub: store.head), writes: part.writes)
        if case .write(let record, _) = part { try judge(change, of: record, by: author.reach) }
        touched.append(try merge(change, by: author))
      }
      try automation.react(to: touched, at: now)
      try automation.conclude(at: now)
    }
  }

  /// Merges what was parked, with what its author had seen when he wrote it: the history names him,
  /// the rights are the caller's.
  func commit(_ change: Change, of item: Parking.Item) throws {
    guard let schema = store.schema[change.collection] else {
      throw HubError.notFound(what: "collection", name: "\(change.collection.rawValue)")
    }
    let found = try store.load(change.record, in: schema)
    let root = change.root(in: schema)
    if found == nil, root == change.record, item.root != root {
      throw Refused(
        409, "notThere", "The \(schema.name) that this was written on is not there.",
        hint: "Accept its creation first, if that is parked, too.")
    }
    let record = found ?? .new(change.record, schema, root: root)
    try store.transaction {
      store.head = store.head.next
      var author = try author(named: item.user)
      try judge(change, of: record, by: author.reach, writtenBy: item.user)
      author.lineage = [item.replica: Counter(item.counter.rawValue - 1)]
      try automation.react(to: [merge(change, by: author)], at: now)
      try automation.conclude(at: now)
    }
  }

  /// The author of one commit: its rights are the caller's.
  ///
  /// - Parameter user: whom the history names; nil: the caller.
  func author(named user: String? = nil) throws -> Author {
    Author(
      replica: .hub, user: user ?? caller.user, role: caller.role, sent: store.head,
      reach: try store.reach(of: caller.user))
  }

  /// Merges a change under the caller's position, unjudged.
  func merge(_ change: Change, by author: Author) throws -> Touched {
    try Merge(store: store, now: now).accept(
      change, original: change, refusals: [], stamp: HybridTimestamp(moment: now),
      dot: Dot(.hub, Counter(store.head.rawValue)), author: author)
  }

  /// - Parameter author: who wrote it, where that was somebody else: a root that it makes is judged as
  ///   one of the author's, or of whoever has the author's now.
  private func judge(
    _ change: Change, of record: HubRecord, by reach: Reach, writtenBy author: String? = nil
  ) throws {
    guard ![.conflict, .reminder].contains(record.schema) || change.lifecycle != nil else {
      throw Refused(
        403, "refused", "Only the hub writes a \(record.schema.name).",
        hint: "Decide about a conflict with: rounds-admin conflicts resolve.")
    }
    // What somebody else wrote may name whoever has left since: it is handed on.
    try checkPeople(in: change, record.schema, author == nil ? ["owner", "assignee"] : ["owner"])
    let isNewRoot = record.presence == .absent && record.isRoot
    let owner = try isNewRoot ? author.map { try store.owner(ofWorkBy: $0) } : nil
    var facts = Judge.Facts(
      schema: record.schema,
      standing: try owner == nil ? store.standing(of: reach, to: record.root) : .holds,
      rights: try store.rights(of: reach, in: record.schema, root: record.root, owner: owner),
      isCreation: record.presence == .absent)
    facts.isKnownDeleted = record.presence == .deleted && change.lifecycle == nil
    facts.mayVoid = caller.role == .admin
    facts.contested = record.contested(by: change, seen: change.seen)
    facts.missingReferences = try store.missingReferences(of: change, record.schema)
    facts.stageRefusal = try stageRefusal(of: change, over: record)
    let refusals = Judge.judge(change, facts).refusals
    guard let first = refusals.first else { return }
    var refused = Refused(403, "refused", first.text)
    refused.details["refused"] = .array(
      refusals.map { refusal in
        [
          "field": refusal.field.map { .string(record.schema.displayName(of: $0)) } ?? .null,
          "reason": .string("\(refusal.reason)"), "text": .string(refusal.text),
        ]
      })
    throw refused
  }

  /// What the process says to a deal's move. Whoever forces it is on record, with what was missing.
  private func stageRefusal(of change: Change, over record: HubRecord) throws -> StageRefusal? {
    let refusal = try DealStages(store: store, now: now, zone: automation.zone)
      .refusal(of: change, over: record.isAlive ? record : nil, by: caller.role)
    guard isForced, let refusal, refusal.reason == .missingRequired else { return refusal }
    try store.audit(
      AuditEvent(
        user: caller.user, action: "stage forced", subject: record.id.description,
        details: ["missing": .string(refusal.text)]), at: now)
    return nil
  }

  /// A misspelt owner or assignee would hide a record from everybody's list.
  private func checkPeople(
    in change: Change, _ schema: CollectionSchema, _ names: [String]
  ) throws {
    let people = names.compactMap { schema[$0]?.id }
    for write in change.writes where people.contains(write.field) {
      guard case .put(.text(let name), _) = write.action else { continue }
      guard let user = try store.user(name) else {
        throw HubError.notFound(what: "user", name: name)
      }
      if user.isDisabled { throw HubError.disabled(user: name) }
    }
  }
}
