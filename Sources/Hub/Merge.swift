// One accepted change meets the record: the shell around `RecordState.accept`.
//
// Loads the record, lets the pure code decide what survives, writes what is then shown, and tells
// history, ledger and feed – under the position that the caller opened.

import FollowUp
import Storage
import SyncCore
import Wire

/// What an accepted change touched, for whoever reacts to it.
struct Touched {
  var record: RecordID
  var root: RecordID
  var collection: CollectionID
  var isCreation: Bool
  var fields: Set<FieldID>
  var author: String
  /// The laptop that it came from, and its clock minus ours, where that is worth noting.
  var replica: ReplicaID
  var skew: Int64?
  /// How far its clock has gone wrong since it last learned how far off it is.
  var drift: Int64 = 0
  /// What became of the fields that something waits for.
  var change: RecordChange
  /// It was work on a child of a deleted root, which lives again.
  var isRevival = false
}

struct Merge {
  let store: HubStore
  let now: Moment

  /// - Parameters:
  ///   - change: what was not refused, without requests.
  ///   - original: as the author wrote it; these bytes go into the history.
  ///   - isRenamed: whether its author knows the record, or what it refers to, by another name.
  func accept(
    _ change: Change, original: Change, refusals: [Refusal], stamp: HybridTimestamp, dot: Dot,
    author: Author, isRenamed: Bool = false
  ) throws -> Touched {
    guard let schema = store.schema[change.collection] else {
      preconditionFailure(
        "a change of unknown collection \(change.collection) was judged acceptable")
    }
    var record =
      try store.load(change.record, in: schema)
      ?? .new(change.record, schema, root: change.root(in: schema))
    let isCreation = record.presence == .absent
    record.maker = author.user
    let seen = author.clock(of: change, dot: dot)
    // A request that was granted stands for what the hub writes in its place.
    let hasRequests = change.writes.count < original.writes.count
    var isDisturbed =
      isRenamed || !record.state.isCovered(by: seen) || !refusals.isEmpty || hasRequests
    let authority = author.role.authority(isOwner: isOwner(author.user, of: record))
    let before = record.state
    let fixed = record.state.accept(
      change.writes,
      stamp: ChangeStamp(position: store.head, dot: dot, time: stamp, authority: authority),
      seen: seen, now: HybridTimestamp(moment: now, counter: .max))
    record.asOf = store.head
    record.updatedAt = fixed.time.moment
    record.moveRoot(by: change.writes)
    if change.lifecycle == .deleted, record.isRoot,
      let unseen = try unseenWork(under: record.id, by: seen)
    {
      record.state.revive(stamp: unseen)
      isDisturbed = true
    }
    if record.root != record.storedRoot { isDisturbed = true }
    var touched = Touched(
      record: record.id, root: record.root, collection: schema.id, isCreation: isCreation,
      fields: Set(change.writes.map(\.field)), author: author.user,
      replica: author.replica, skew: author.skew, drift: author.drift,
      change: transitions(change.writes, before, record, at: min(stamp.moment, now), isCreation))
    let merged = record
    let own = OwnWrites(store: store, now: now)
    let completion = try own.complete(
      &record, Automation.completions(of: touched, record, at: now, in: store))
    // Its old root may be gone from the laptop, and the record with it: it is sent whole.
    let hasMoved = !isCreation && record.root != record.storedRoot
    try store.save(&record)
    if hasMoved { try Ledger(store: store, now: now).moveCases(of: record) }
    try remember(original, refusals, fixed, isDisturbed: isDisturbed, author)
    if let completion { try own.remember(completion, of: record) }
    if !record.isRoot && change.lifecycle != .deleted && schema.deletion == .editRevives {
      touched.isRevival = try revive(record.root, stamp: fixed)
    }
    if !isCreation {
      try Ledger(store: store, now: now).note(
        change, before: before, after: merged, by: author, seen: seen)
    }
    return touched
  }

  /// What the fields that rules wait for showed before, and what they show now.
  private func transitions(
    _ writes: [FieldWrite], _ before: RecordState, _ record: HubRecord, at moment: Moment,
    _ isCreation: Bool
  ) -> RecordChange {
    var change = RecordChange(
      record: record.id, root: record.root, collection: record.schema.id, isCreation: isCreation,
      fields: [:], at: moment)
    guard let watched = store.watched[record.schema.id] else { return change }
    for unit in writes.map(\.field) where watched.contains(unit) {
      change.note(
        unit, before: before.choice(of: unit, in: record.schema).value,
        after: record.state.choice(of: unit, in: record.schema).value, in: record.schema)
    }
    return change
  }

  private func isOwner(_ user: String, of record: HubRecord) -> Bool {
    guard let owner = record.schema["owner"] else { return false }
    return record.state.choice(of: owner.id, in: record.schema).value == .text(user)
  }

  /// Work on a child of a deleted root: its author cannot have known, so the root lives for review.
  ///
  /// - Returns: whether it was deleted.
  private func revive(_ root: RecordID, stamp: ChangeStamp) throws -> Bool {
    guard try store.isDeleted(root), let schema = try store.collection(of: root),
      var record = try store.load(root, in: schema)
    else { return false }
    let before = record.state
    record.state.revive(stamp: stamp)
    record.asOf = store.head
    try store.save(&record)
    // Whoever deleted it shows it deleted: it is sent whole to him too.
    try store.db.run(
      """
      UPDATE history SET is_disturbed = 1 WHERE record = ?1
        AND position = (SELECT max(position) FROM history WHERE record = ?1)
      """, .id(root))
    try Ledger(store: store, now: now).noteLifecycle(before: before, after: record)
    return true
  }

  /// The other order of the same two events: who deletes a root cannot have known of work on a child
  /// that his clock does not cover, so the root lives for review (I1).
  ///
  /// - Returns: the last such work.
  private func unseenWork(
    under root: RecordID, by seen: VectorClock
  ) throws -> ChangeStamp? {
    var latest: ChangeStamp?
    for collection in store.schema.collections
    where collection.rootField != nil && collection.deletion == .editRevives {
      guard let table = store.table(collection.id) else { continue }
      let children = try store.db.all(
        table.selectSQL + " WHERE root = ? AND as_of > ? AND id <> ?", .id(root),
        .position(seen.hub), .id(root)
      ) { try store.record($0, table) }
      for child in children {
        for stamp in child.state.units.flatMap(\.state.siblings).map(\.stamp)
        where latest.map({ $0.position < stamp.position }) ?? true {
          if try !seen.covers(stamp) && isSomebodys(stamp, child.id) { latest = stamp }
        }
      }
    }
    return latest
  }

  /// Whether a person wrote it, be it by the hub's hand: what an administrator sets, or accepts of somebody's.
  private func isSomebodys(_ stamp: ChangeStamp, _ record: RecordID) throws -> Bool {
    if stamp.dot.replica != .hub { return true }
    return try store.db.first(
      """
      SELECT coalesce(user, '') <> '' FROM history WHERE record = ? AND position = ? AND replica = 0
      """, .id(record), .position(stamp.position)
    ) { $0.bool(0) } ?? false
  }

  private func remember(
    _ change: Change, _ refusals: [Refusal], _ stamp: ChangeStamp, isDisturbed: Bool,
    _ author: Author
  ) throws {
    let refused = refusals.isEmpty ? [] : Receipt(position: nil, refusals: refusals).encoded()
    let bytes = change.encoded()
    let user = stamp.dot.replica == .hub ? author.user : nil
    try store.db.run(
      "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      .id(change.record), .position(stamp.position), .replica(stamp.dot.replica),
      .integer(Int64(change.collection.rawValue)), .bits(stamp.time.rawValue),
      .blob(bytes), refused.isEmpty ? .null : .blob(refused), .integer(isDisturbed ? 1 : 0),
      .optional(user), author.skew.map { .integer($0) } ?? .null)
    store.noteWritten(
      change.record, by: stamp.dot.replica, change.collection, time: stamp.time, change: bytes,
      refused: refused, user: user, skew: author.skew)
  }
}
