// Looks after the laptop's database: does everything that must be true of it hold?
//
//     integrity    the file, by SQLite's own check
//     viewLaw      every row shown = base with own pending edits on top             (I10)
//     digest       the digest kept = the digest counted anew over the base           (I9)
//     chain        every sealed edit's hash follows from the one before it          (I2)
//     hub          the digest at our position = the hub's, where the hub can be asked
//
// It only reads. A check says what it found as facts; `rounds doctor` words them.

import Digest
import Storage
import SyncCore
import Wire

public enum DoctorFinding: Hashable, Sendable {
  /// SQLite's words.
  case damaged([String])
  /// Records whose row is not what the view law says.
  case viewDiffers([RecordID])
  /// The digest kept is not that of the base.
  case digestDiffers
  /// The first entry of the log whose hash does not follow.
  case chainBroken(at: Counter)
}

public enum HubComparison: Hashable, Sendable {
  case same(Position)
  case differs(Position)
  /// Edits wait to go up, or the hub has news: there is no common position to compare at.
  case notComparable(waiting: Int)
}

public struct Doctor {
  /// Records named in a finding.
  public static let recordsNamedMax = 10
  let store: ReplicaStore

  public init(_ store: ReplicaStore) { self.store = store }

  /// - Parameter isDeep: every page and index entry, instead of the structure alone.
  public func checkIntegrity(isDeep: Bool) throws -> DoctorFinding? {
    let pragma = isDeep ? "PRAGMA integrity_check" : "PRAGMA quick_check"
    let lines = try store.db.all(pragma) { $0.text(0) }
    return lines == ["ok"] ? nil : .damaged(lines)
  }

  // MARK: The view law

  /// - Parameter isDeep: every record; otherwise those where view and base may differ at all.
  public func checkViewLaw(isDeep: Bool) throws -> DoctorFinding? {
    try store.db.reading {
      var differing: [RecordID] = []
      for collection in store.schema.collections {
        for record in try records(of: collection, isDeep: isDeep) {
          if try !isFolded(record, collection) { differing.append(record) }
        }
      }
      return differing.isEmpty
        ? nil : .viewDiffers(Array(differing.sorted().prefix(Doctor.recordsNamedMax)))
    }
  }

  private func records(
    of collection: CollectionSchema, isDeep: Bool
  ) throws -> [RecordID] {
    let shown = try store.db.all("SELECT id FROM \"\(collection.name)\"") { try $0.id(0) }
    let pending = try store.recordsWithPendingEdits()
    let hidden = try pending.filter { record in
      try store.collection(of: record)?.id == collection.id
    }
    return (isDeep ? Set(shown) : Set(shown).intersection(pending)).union(hidden).sorted()
  }

  private func isFolded(_ record: RecordID, _ collection: CollectionSchema) throws -> Bool {
    let folded = try store.foldedView(of: record, in: collection)
    let row = try store.table(collection).row(record, in: store.db)
    let known = Set(collection.columns.map(\.id))
    let expected = folded.view.values.map { values in
      FieldValues(values.entries.filter { known.contains($0.field) }.map { ($0.field, $0.value) })
    }
    return row?.values == expected
      && (row == nil || row?.asOf == (folded.base?.asOf ?? .start))
  }

  // MARK: Digest and log

  public func checkDigest() throws -> DoctorFinding? {
    try store.db.reading {
      let state = try store.state()
      return try countedDigest() == state.digest || state.hasMismatch ? nil : .digestDiffers
    }
  }

  /// Over (record, as-of) of the whole base: what is put aside, and rows that are their own base.
  func countedDigest() throws -> SetDigest {
    var digest = SetDigest()
    var aside: Set<RecordID> = []
    try store.db.each("SELECT record, as_of FROM base") { row in
      guard let record = ULID(bytes: row.blob(0)) else { return }
      aside.insert(record)
      digest.add(record: record, asOf: row.position(1))
    }
    for collection in store.schema.collections {
      try store.db.each("SELECT id, as_of FROM \"\(collection.name)\" WHERE as_of > 0") { row in
        let record = try row.id(0)
        if !aside.contains(record) { digest.add(record: record, asOf: row.position(1)) }
      }
    }
    return digest
  }

  public func checkChain() throws -> DoctorFinding? {
    try store.db.reading {
      let state = try store.state()
      let chainedAfter =
        try store.db.first("SELECT chained_after FROM replica") { $0.counter(0) } ?? .none
      let entries = try store.db.all(
        """
        SELECT counter, unpacked(payload), hash, digest FROM retained WHERE replica = ?1 AND counter > ?2
        UNION ALL SELECT counter, payload, hash, digest FROM change_log WHERE counter > ?2
        ORDER BY counter
        """, .replica(state.id), .counter(chainedAfter)
      ) { row in
        (
          counter: row.counter(0), hash: ChainHash(bytes: row.blob(2)),
          digest: ReplicaStore.digest(of: row, payload: 1, digest: 3)
        )
      }
      var previous: LogHead? = chainedAfter == .none ? .empty : nil
      for entry in entries {
        guard let hash = entry.hash else { return .chainBroken(at: entry.counter) }
        let head = LogHead(counter: entry.counter, hash: hash)
        // Forgotten entries leave a gap; the chain is checked on from behind them.
        if let last = previous, last.counter.next == entry.counter,
          last.appending(digest: entry.digest) != head
        {
          return .chainBroken(at: entry.counter)
        }
        if entry.counter == state.acknowledged.counter, head != state.acknowledged {
          return .chainBroken(at: entry.counter)
        }
        previous = head
      }
      return nil
    }
  }

  // MARK: The hub

  /// Compares base and hub at the same position: an empty sync whose answer is not applied. Only
  /// with nothing to send: a request that hides edits the hub may have would pass for a copy's.
  public func compare(with link: some HubLink, clock: Moment) throws -> HubComparison {
    let facts = try store.facts(clock: clock)
    let waiting = try store.waitingCount()
    guard waiting == 0, facts.cursor > .start else { return .notComparable(waiting: waiting) }
    let number = UInt32(truncatingIfNeeded: store.random.next())
    var request = SyncSession.request(facts, number: number)
    request.page = []
    let response = try SyncResponse(decoding: try link.sync(request.encoded()))
    guard response.request == number, response.isComplete, response.epoch == facts.epoch,
      response.position == facts.cursor
    else { return .notComparable(waiting: 0) }
    let digest = try countedDigest()
    return response.digest == digest.bytes ? .same(facts.cursor) : .differs(facts.cursor)
  }
}
