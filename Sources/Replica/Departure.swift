// What is left to do when records leave this laptop: forget them, and leave no trace of them (I8).
//
// The cut itself takes rows and base images away (`Apply`). Here is the rest. Own edits that the hub
// has no verdict on stay, and go up: they are their author's words (I3). But nobody writes on: he
// would claim to have seen what is hidden from him. And what the hub has acknowledged is put into
// boxes that the hub alone can open, also where it is one's own: should the hub be restored from a
// backup that lacks it, the laptop can still give it back, and cannot read it.
//
// A value that a record comes without goes the same way where a pool or a new policy may hide it: for
// others it may be there still, and nobody can tell that from a cleared one.
//
// Deleting is not enough: `purge` rewrites the file. It is owed from the commit of the cut until it
// has been done, whatever happens in between, and the hub is told up to where it is complete.

import Digest
import Storage
import SyncCore
import Wire

extension ReplicaStore {
  // MARK: Read-only

  /// Records that left while own edits of them, or of what is theirs, were pending.
  public func departedRecords() throws -> Set<RecordID> {
    let records = try db.all("SELECT record FROM departed") { ULID(bytes: $0.blob(0)) }
    return Set(records.compactMap(\.self))
  }

  /// Keeps in mind which records are read-only: those that only pending edits show.
  func keepDeparted(_ departed: Set<RecordID>, pending: PendingIndex) throws {
    try db.run("DELETE FROM departed")
    guard !departed.isEmpty else { return }
    var kept: Set<RecordID> = []
    for (log, edit) in pending.entries {
      for change in edit.changes {
        let own = pending.changes(of: change.record)
        guard own.contains(where: { $0.sequence == log.sequence }) else { continue }
        if let root = root(named: change), departed.contains(root) { kept.insert(root) }
        // What one made oneself, and the hub has yet to see, hides nothing from its author.
        let isOwn = own.first?.change.seen.hub == .start
        if departed.contains(change.record), !isOwn { kept.insert(change.record) }
      }
    }
    for record in kept.sorted() {
      try db.run("INSERT INTO departed VALUES (?)", .blob(record.bytes))
    }
  }

  /// Refuses a write to a record that left, or to what belongs to one.
  func checkIsHere(_ write: RecordWrite, _ departed: Set<RecordID>) throws {
    if departed.contains(write.record) { throw ReplicaError.departed(write.record) }
    guard let field = write.collection.rootField else { return }
    let shown = try table(write.collection).row(write.record, in: db)?.values[field]
    let written = write.writes.last { $0.field == field }?.action
    for case .reference(let root)? in [shown, written.flatMap(\.value)]
    where departed.contains(root) { throw ReplicaError.departed(root) }
  }

  func root(named change: Change) -> RecordID? {
    guard let field = schema[change.collection]?.rootField,
      case .reference(let root)? = change.writes.first(where: { $0.field == field })?.action.value
    else { return nil }
    return root
  }

  // MARK: Retained edits

  /// Puts the edits that the hub has acknowledged, and that say anything about these records or put
  /// anything into these fields of others, into boxes for the hub.
  ///
  /// Place, chain hash and digest of a boxed edit stay, so it goes up again under its seal like any
  /// other. A laptop that has no key of its hub forgets the edit instead.
  ///
  /// - Returns: whether there was anything.
  func boxRetained(
    about departed: Set<RecordID>, _ faded: [RecordID: Set<FieldID>]
  ) throws -> Bool {
    if departed.isEmpty && faded.isEmpty { return false }
    let retained = try db.all(
      """
      SELECT replica, counter, unpacked(payload) FROM retained
      WHERE digest IS NULL AND length(payload) > 0
      """
    ) {
      (key: [$0.value(0), $0.value(1)], payload: $0.blob(2), edit: try Edit(decoding: $0.blob(2)))
    }
    var hidden = departed
    for change in retained.lazy.flatMap(\.edit.changes) {
      guard let root = root(named: change), departed.contains(root) else { continue }
      // One that moved on to another customer may be here still.
      let isHere = try tables[change.collection]?.exists(change.record, in: db) ?? false
      if !isHere { hidden.insert(change.record) }
    }
    let told = retained.filter { $0.edit.changes.contains { $0.tells(of: hidden, faded) } }
    guard !told.isEmpty else { return false }
    let key = try hubKey()
    for (place, payload, _) in told {
      try db.run(
        "UPDATE retained SET payload = packed(?), digest = ? WHERE replica = ? AND counter = ?",
        .blob(key?.box(payload, using: &random) ?? []), .blob(Digest.hash128(payload)), place[0],
        place[1])
    }
    return true
  }

  // MARK: Purging

  /// Writes down that traces are to be purged, of what was complete up to `position`.
  func owePurge(upTo position: Position) throws {
    try db.run("UPDATE replica SET purged = coalesce(purged, ?)", .position(position))
  }

  /// Purges the file if that is owed. Where something is in the way it stays owed, until the next
  /// sync or the next command: nobody is kept from his work by it.
  ///
  /// - Returns: whether nothing is owed any more.
  @discardableResult
  public func purgeIfOwed() throws -> Bool {
    guard try stateIfJoined()?.purged != nil else { return true }
    do {
      guard try db.purge() else { return false }
      try transaction { try db.run("UPDATE replica SET purged = NULL") }
      return true
    } catch StorageError.busy, StorageError.diskFull {
      return false
    }
  }
}

extension ReplicaStore {
  /// Gives back what a large import or a first download needed on its way and nobody needs any more: the
  /// log of what is acknowledged, and the pages of a cut. Where something is in the way the file stays as
  /// it is, until the next sync.
  func shrinkIfWorthwhile() throws {
    guard try db.isWorthShrinking() else { return }
    do {
      _ = try db.purge()
    } catch StorageError.busy, StorageError.diskFull {}
  }
}

extension Change {
  /// Whether it says anything about these records, or puts anything into these fields of others.
  fileprivate func tells(of hidden: Set<RecordID>, _ faded: [RecordID: Set<FieldID>]) -> Bool {
    // That something was deleted tells nothing of what it was; and it must never come back.
    if hidden.contains(record) { return !(lifecycle == .deleted && writes.count == 1) }
    guard let fields = faded[record] else { return false }
    return writes.contains { fields.contains($0.field) && $0.action.carriesValue }
  }
}

extension FieldWrite.Action {
  fileprivate var value: Value? {
    if case .put(let value, _) = self { value } else { nil }
  }

  /// Whether there are words in it; what was cleared says nothing, and must stay cleared.
  var carriesValue: Bool {
    switch self {
    case .put(let value, _): !value.isNull
    case .alter(let adding, _): !adding.isEmpty
    }
  }
}
