// Taking in what a replica pushed: each edit once, in order, with one verdict for ever.
//
//   known edit id?   → duplicate, same verdict; its dot is an alias of the first   (I2)
//   readable?        → else quarantined, and the rest flows                        (I12)
//   judge each change; an atomic edit stands or falls as a whole                   (I5)
//   accept           → siblings, row, history, ledger, feed, automation – all in the caller's
//                      transaction, under one position                             (I5, I11)
//
// A refused change is accounted for (its dot is void) and never touches a sibling set.

import Access
import Storage
import SyncCore
import Wire

/// Who pushes, as the hub knows him at this moment.
struct Author {
  var replica: ReplicaID
  var user: String
  var role: Role
  /// Changes under other identities that this replica knows as its own.
  var lineage: [ReplicaID: Counter] = [:]
  /// No clock of his can claim more than the hub has sent.
  var sent: Position
  /// He wrote in an epoch that was left: what was hidden from him then, this hub may have forgotten.
  var isOfLeftEpoch = false
  /// His clock minus ours, where it is worth noting.
  var skew: Int64?
  /// How far his clock has gone wrong since the laptop last learned how far off it is; 0 where that is not worth noting.
  var drift: Int64 = 0
  /// What he may see, and could have seen.
  var reach: Reach
}

extension Author {
  /// What he had seen: his clock, no further than the hub has sent, and his own changes under every
  /// identity he has had.
  func clock(of change: Change, dot: Dot) -> VectorClock {
    // Entries of other replicas are the hub's to give (lineage), never the author's to claim: a
    // forged one would let him overwrite in silence what he was never shown.
    let clock = VectorClock(hub: change.seen.hub, replicas: lineage).clamped(to: sent)
    // The hub writes for many: that it wrote a value tells nothing of who had seen it.
    return dot.replica == .hub ? clock : clock.knowingOwn(before: dot)
  }

  /// Whether it is his own edit, under any identity he has had.
  func knows(_ dot: Dot) -> Bool {
    dot.replica == replica || lineage[dot.replica].map { dot.counter <= $0 } ?? false
  }
}

/// What became of an edit that was pushed.
struct Taken {
  /// Its identity; of an unreadable one, made of its dot.
  var edit: EditID
  var receipt: Receipt
  /// As its author sealed it, where it stands in the history under the names that he gave.
  var content: Edit?
}

struct Intake {
  /// A skew beyond this is noted on conflicts.
  static let skewNotedMilliseconds: Int64 = 5 * 60_000

  let store: HubStore
  let automation: Automation
  let now: Moment

  /// Takes one edit that stands at `dot` in its author's log.
  ///
  /// An edit that the database refuses, whatever the judge said of it, is a fault of ours. It is put
  /// aside alone and told, so that the rest of its author's work flows (I12).
  func take(_ pushed: PushedEdit, dot: Dot, from author: Author) throws -> Taken {
    let edit: Edit
    do {
      edit = try Edit(decoding: pushed.edit)
    } catch {
      let id = EditID(high: UInt64(dot.replica.rawValue), low: dot.counter.rawValue)
      return Taken(edit: id, receipt: try quarantine(pushed, dot: dot, reason: "\(error)"))
    }
    do {
      return try store.transaction {
        if let receipt = try known(edit, pushed, dot: dot, author: author) {
          // These may be other bytes under the same identity, from a program that lies.
          return Taken(edit: edit.id, receipt: receipt)
        }
        return try take(edit, pushed, dot: dot, from: author)
      }
    } catch StorageError.constraint(let reason) {
      return Taken(edit: edit.id, receipt: try quarantine(pushed, dot: dot, reason: reason))
    }
  }

  private func take(
    _ edit: Edit, _ pushed: PushedEdit, dot: Dot, from author: Author
  ) throws -> Taken {
    let renamed = try Twins(store: store, author: author, replica: dot.replica).renamed(edit)
    let content = renamed.isAsWritten ? edit : nil
    let edit = renamed.edit
    // What proves a recycle wrong undoes it first: the rest of the edit is its author's own work then.
    let review = RecycleReview(store: store, now: now, zone: automation.zone)
    _ = try review.giveBack(for: edit, by: author)
    var judgements = try judge(edit, dot: dot, by: author)
    if pushed.isBoxed { judgements = judgements.map(Judge.boxed) }
    let refusals = judgements.flatMap(\.refusals)
    if refusals.contains(where: \.isParked) {
      try Parking(store: store, now: now).park(refusals, of: edit, dot: dot, author: author)
    }
    guard judgements.contains(where: { !$0.writes.isEmpty }) else {
      let receipt = Receipt(position: nil, refusals: renamed.told(refusals))
      try record(edit.id, dot: dot, receipt)
      return Taken(edit: edit.id, receipt: receipt)
    }
    store.head = store.head.next
    try accept(renamed, judgements, dot: dot, author: author)
    let receipt = Receipt(position: store.head, refusals: renamed.told(refusals))
    try record(edit.id, dot: dot, receipt)
    return Taken(edit: edit.id, receipt: receipt, content: content)
  }

  // MARK: Exactly once

  private func known(
    _ edit: Edit, _ pushed: PushedEdit, dot: Dot, author: Author
  ) throws -> Receipt? {
    let found = try store.db.first(
      "SELECT replica, counter, position, receipt FROM edits WHERE id = ?", .blob(edit.id.bytes)
    ) { row -> (Dot, Receipt) in
      var receipt = row.isNull(3) ? Receipt(position: nil) : try Receipt(decoding: row.blob(3))
      receipt.position = row.isNull(2) ? nil : row.position(2)
      receipt.isDuplicate = true
      return (Dot(row.replica(0), row.counter(1)), receipt)
    }
    guard let (first, receipt) = found else { return nil }
    if let kept = try store.sealedBytes(at: first), kept != pushed.edit, !edit.says(kept) {
      return try parkImpostor(edit, dot: dot, author: author)
    }
    if first.replica != dot.replica {
      // Both copies of a clone held this edit: whoever wrote it knows it, under either dot.
      try store.recordLineage(
        dot.replica, knows: first.replica, upTo: first.counter, since: dot.counter)
    }
    return receipt
  }

  /// Somebody has used this identity for something else: a program that lies, or a thief of a disk. Whose
  /// words came first stand; these are kept for somebody to look at, and their author is told (I3).
  private func parkImpostor(_ edit: Edit, dot: Dot, author: Author) throws -> Receipt {
    let refusals = edit.changes.map { change in
      Refusal(
        record: change.record, field: nil, reason: .malformed,
        text: "Another edit with the same identity arrived before, with other contents.",
        isParked: true)
    }
    try Parking(store: store, now: now).park(refusals, of: edit, dot: dot, author: author)
    return Receipt(position: nil, refusals: refusals)
  }

  /// Writes down what became of an edit, for whenever it arrives again.
  func record(_ id: EditID, dot: Dot, _ receipt: Receipt) throws {
    let refusals = receipt.refusals.isEmpty ? Binding.null : .blob(receipt.encoded())
    try store.db.run(
      "INSERT INTO edits VALUES (?, ?, ?, ?, ?)", .blob(id.bytes), .replica(dot.replica),
      .counter(dot.counter), receipt.position.map { .position($0) } ?? .null, refusals)
  }

  private func quarantine(_ pushed: PushedEdit, dot: Dot, reason: String) throws -> Receipt {
    try store.db.run(
      "INSERT OR REPLACE INTO quarantine VALUES (?, ?, ?, ?, ?)", .replica(dot.replica),
      .counter(dot.counter), .blob(pushed.edit), .text(reason), .moment(now))
    let refusal = Refusal(
      record: RecordID(high: 0, low: 0), field: nil, reason: .malformed,
      text: "The hub cannot read this edit and keeps it aside: \(reason)", isParked: true)
    return Receipt(position: nil, refusals: [refusal])
  }

  // MARK: Judging

  private func judge(_ edit: Edit, dot: Dot, by author: Author) throws -> [Judgement] {
    var created: Set<RecordID> = []
    var judgements: [Judgement] = []
    var pooling = self.pooling
    for change in edit.changes {
      let judgement = try judge(
        change, dot: dot, by: author, created: created, pooling: &pooling)
      if !judgement.writes.isEmpty { created.insert(change.record) }
      judgements.append(judgement)
    }
    judgements = DealStages.withoutOrphans(judgements, of: edit.changes)
    if edit.isAtomic { judgements = Judge.atomic(judgements, of: edit.changes) }
    return edit.isReferred ? judgements.map(Judge.referred) : judgements
  }

  private func judge(
    _ change: Change, dot: Dot, by author: Author, created: Set<RecordID>,
    pooling: inout Pooling
  ) throws -> Judgement {
    guard let schema = store.schema[change.collection] else {
      let refusal = Refusal(
        record: change.record, field: nil, reason: .unknownCollection,
        text:
          "This hub does not know collection \(change.collection.rawValue) yet: have it updated, then retry."
      )
      return Judgement(writes: [], refusals: [refusal])
    }
    let record = try store.load(change.record, in: schema)
    if try record == nil && isRoot(change.record) {
      let refusal = Refusal(
        record: change.record, field: nil, reason: .malformed,
        text: "This identity is another record's, of another collection.")
      return Judgement(writes: [], refusals: [refusal])
    }
    let place = try place(of: change, record, schema, author, created)
    var facts = Judge.Facts(
      schema: schema, standing: place.standing, rights: place.rights, isCreation: record == nil)
    let seen = author.clock(of: change, dot: dot)
    if let record {
      if record.presence == .deleted, change.lifecycle != .deleted {
        facts.isKnownDeleted = record.state[.lifecycle].isCovered(by: seen)
      }
      facts.contested = record.contested(by: change, seen: seen)
      if place.standing == .holds {
        facts.unseen = try store.unseen(by: author, of: record, in: change)
      }
      if place.standing != .stranger {
        facts.requests = try pooling.answers(
          to: change, of: record, by: author.reach, place.standing)
      }
      facts.unchanged = record.unchanged(by: change)
      facts.isForAnother = store.isForAnother(record, than: author.reach)
    }
    facts.mayVoid = author.role == .admin
    facts.stageRefusal = try DealStages(store: store, now: now, zone: automation.zone)
      .refusal(of: change, over: record, by: author.role)
    facts.missingReferences = try store.missingReferences(of: change, schema, besides: created)
    facts.missingOwners = try store.missingOwners(of: change, schema)
    return Judge.judge(change, facts)
  }

  /// Whether the identity is a root's, of whatever collection. Two records under one identity would
  /// be two roots in one row of the feed.
  private func isRoot(_ id: RecordID) throws -> Bool {
    try store.db.first("SELECT 1 FROM feed WHERE root = ? LIMIT 1", .id(id)) { _ in true } ?? false
  }

  /// How the author stands to the root that a change is about.
  private func place(
    of change: Change, _ record: HubRecord?, _ schema: CollectionSchema, _ author: Author,
    _ created: Set<RecordID>
  ) throws -> (standing: Standing, rights: Rights) {
    let root = try record?.root ?? root(ofNew: change, schema)
    let isOwn = record == nil && (root == change.record || created.contains(root))
    var standing = isOwn ? .holds : try store.standing(of: author.reach, to: root)
    if standing == .stranger, try store.hasJustMade(root, author) { standing = .left }
    let rights = try store.rights(
      of: author.reach, in: schema, root: root,
      owner: isOwn ? change.owner(in: schema) ?? author.user : nil)
    // A visit to what was his when he wrote it took place, also where he now sees it in a pool alone.
    if standing == .holds, record == nil, schema.isImmutable, !rights.allows(.create),
      try store.hadAsHis(root, author.reach) || store.hasJustMade(root, author)
    {
      return (.left, rights)
    }
    return (standing, rights)
  }

  /// What is written on a new record after its creation names no root; where the creation is parked, it is
  /// the same one's.
  private func root(ofNew change: Change, _ schema: CollectionSchema) throws -> RecordID {
    let root = change.root(in: schema)
    guard schema.rootField != nil, root == change.record else { return root }
    return try Parking(store: store, now: now).root(of: change.record) ?? root
  }

  private var pooling: Pooling { Pooling(store: store, now: now, zone: automation.zone) }

  // MARK: Accepting

  private func accept(
    _ renamed: Twins.Renamed, _ judgements: [Judgement], dot: Dot, author: Author
  ) throws {
    let edit = renamed.edit
    var touched: [Touched] = []
    let merge = Merge(store: store, now: now)
    for (change, judgement) in zip(edit.changes, judgements) where !judgement.writes.isEmpty {
      var accepted = change
      let requests = judgement.writes.filter { store.isRequest($0, of: change) }
      accepted.writes = judgement.writes.filter { !requests.contains($0) }
      touched.append(
        try merge.accept(
          accepted, original: change, refusals: judgement.refusals, stamp: edit.stamp, dot: dot,
          author: author, isRenamed: renamed.disturbed.contains(change.record)))
      try pooling.carryOut(requests, on: change.record, by: author.user)
    }
    try automation.react(to: touched, at: now)
  }
}

extension Edit {
  /// Whether these bytes say the same, whatever they claim to have seen: that is the hub's to judge.
  fileprivate func says(_ sealed: [UInt8]) -> Bool {
    guard let other = try? Edit(decoding: sealed) else { return false }
    func words(_ change: Change) -> Change {
      var words = change
      words.seen = VectorClock(hub: .start)
      return words
    }
    return changes.map(words) == other.changes.map(words)
  }
}

extension HubStore {
  /// Whether a write asks for something and is no value to keep.
  func isRequest(_ write: FieldWrite, of change: Change) -> Bool {
    schema[change.collection]?[write.field]?.isRequest ?? false
  }
}

extension Change {
  /// The root that a new record belongs to.
  func root(in schema: CollectionSchema) -> RecordID {
    guard let field = schema.rootField else { return record }
    for write in writes where write.field == field {
      if case .put(.reference(let root), _) = write.action { return root }
    }
    return record
  }

  /// Whose a new record is to be, if the change says so.
  func owner(in schema: CollectionSchema) -> String? {
    for write in writes {
      guard write.field == schema["owner"]?.id else { continue }
      if case .put(.text(let owner), _) = write.action { return owner }
    }
    return nil
  }
}

extension HubRecord {
  /// Fields set once to which a change gives the value that they have.
  func unchanged(by change: Change) -> Set<FieldID> {
    let same = change.writes.filter { write in
      guard schema[write.field]?.rule == .once, case .put(let value, _) = write.action else {
        return false
      }
      return state.choice(of: write.field, in: schema).value == value
    }
    return Set(same.map(\.field))
  }

  /// Units that await a decision and that a change, which has seen all of their values, decides.
  func contested(by change: Change, seen: VectorClock) -> Set<FieldID> {
    let open = state.openUnits(in: schema)
    guard !open.isEmpty else { return [] }
    let decided = change.writes.filter { write in
      guard case .put(_, let keeping) = write.action, keeping.isEmpty else { return false }
      return open.contains(write.field) && state[write.field].isCovered(by: seen)
    }
    return Set(decided.map(\.field))
  }
}
