// The invariants that are checked while a history runs: after every write, answer and commit.
//
// One function per invariant, named by its number in the design. They read the databases as any
// other program would, and never through the code they judge.

import Hub
import Replica
import Storage
import SyncCore
import Wire

extension Cluster {
  // MARK: After a write

  /// I10 for the records an edit touched; I7: the edit is in the log.
  func checkAfterWrite(on laptop: Laptop, _ edit: EditID, _ records: [RecordWrite]) throws {
    for record in records { try checkViewLaw(record.record, in: record.collection, on: laptop) }
    laptop.memory.pending.insert(edit)
  }

  // MARK: After an answer

  func checkAfterAnswer(on laptop: Laptop) throws {
    let state = try laptop.store.state()
    if state.hasMismatch, laptop.memory.isDamaged {
      // It reads everything again, from 0.
      laptop.memory.isDamaged = false
      laptop.memory.cursor = state.cursor
      return
    }
    if state.hasMismatch {
      throw Violation("I9", "the digest of \(laptop.name) differs at \(hub.store.head.rawValue)")
    }
    let isNewCut = (state.epoch, state.cursor) != (laptop.memory.epoch, laptop.memory.cursor)
    try checkMonotone(laptop, state)
    try checkPending(laptop, state)
    if isNewCut { try checkExactCut(laptop, state) }
    try checkViewLaw(on: laptop)
    note("\(laptop.name) at \(state.cursor.rawValue), \(laptop.memory.pending.count) pending")
  }

  /// I7: within an epoch the cursor never goes back.
  private func checkMonotone(_ laptop: Laptop, _ state: ReplicaState) throws {
    if state.epoch == laptop.memory.epoch, state.cursor < laptop.memory.cursor {
      throw Violation(
        "I7",
        "\(laptop.name) went back from \(laptop.memory.cursor.rawValue) to "
          + "\(state.cursor.rawValue)")
    }
    (laptop.memory.epoch, laptop.memory.cursor) = (state.epoch, state.cursor)
  }

  /// I7: an own edit leaves the view's top only when the base contains it, or it is a draft.
  private func checkPending(_ laptop: Laptop, _ state: ReplicaState) throws {
    let pending = Set(
      try laptop.store.db.all("SELECT edit FROM change_log") { ULID(bytes: $0.blob(0)) }
        .compactMap(\.self))
    for edit in laptop.memory.pending.subtracting(pending).sorted() {
      try checkSettled(edit, on: laptop, state)
    }
    laptop.memory.pending = pending
    laptop.memory.boxed = Set(
      try laptop.store.db.all("SELECT edit FROM change_log WHERE digest IS NOT NULL") {
        ULID(bytes: $0.blob(0))
      }.compactMap(\.self))
  }

  private func checkSettled(_ edit: EditID, on laptop: Laptop, _ state: ReplicaState) throws {
    let verdict = try hub.store.db.first(
      "SELECT position, receipt FROM edits WHERE id = ?", .blob(edit.bytes)
    ) { row in
      (
        row.isNull(0) ? nil : row.position(0),
        row.isNull(1) ? [] : try Receipt(decoding: row.blob(1)).refusals
      )
    }
    guard let (position, refusals) = verdict else {
      // The hub was restored meanwhile, and will ask for it.
      let isRetained = try laptop.store.db.count(
        "SELECT count(*) FROM retained WHERE edit = ?", .blob(edit.bytes))
      if isRetained == 0 { throw Violation("I7", "\(laptop.name) dropped an edit nobody has") }
      return
    }
    if let position, position > state.cursor, coverage[.hubRestore] == 0 {
      throw Violation(
        "I7",
        "\(laptop.name) dropped an edit of position \(position.rawValue) at cursor "
          + "\(state.cursor.rawValue)")
    }
    let drafts = try laptop.store.db.count(
      "SELECT count(*) FROM drafts WHERE edit = ?", .blob(edit.bytes))
    // What its author cannot read any more he was told of when it was refused first, or it is kept at the
    // hub: that it is not lost is looked at in the end (I3).
    if laptop.memory.boxed.contains(edit) { return }
    if try !refusals.isEmpty && drafts == 0 && !isTakenOver(edit) {
      throw Violation("I7", "a refused edit of \(laptop.name) became no draft")
    }
  }

  /// Whether somebody has accepted what was refused, so that it waits for nobody any more.
  private func isTakenOver(_ edit: EditID) throws -> Bool {
    try hub.store.db.count(
      """
      SELECT count(*) FROM parked p JOIN log l USING (replica, counter)
      WHERE l.edit = ? AND p.status = 'accepted'
      """, .blob(edit.bytes)) > 0
  }

  /// I9, I5: the base is the hub's state at the cursor, all of it and nothing else.
  func checkExactCut(_ laptop: Laptop, _ state: ReplicaState) throws {
    let cut = Cut(
      epoch: state.epoch, position: state.cursor, user: laptop.user,
      narrowing: laptop.memory.narrowing)
    guard state.cursor > .start, let projection = projections[cut] else { return }
    let base = try laptop.base()
    if base == projection { return }
    for (record, image) in projection.sorted(by: { $0.key < $1.key }) where base[record] != image {
      throw Violation(
        "I9",
        "at \(state.cursor.rawValue) \(laptop.name) has of \(record): "
          + "\(schema.describe(base[record])), and the hub had: \(schema.describe(image))")
    }
    let excess = base.keys.filter { projection[$0] == nil }.sorted()
    throw Violation("I9", "\(laptop.name) has records that the hub does not show: \(excess)")
  }

  // MARK: I10

  public func checkViewLaw(on laptop: Laptop) throws {
    // A row without pending edits is its own base; it must then be something the hub has shown.
    for collection in laptop.store.schema.collections {
      let orphans = try laptop.store.db.count(
        "SELECT count(*) FROM \"\(collection.name)\" WHERE as_of = 0")
      if orphans > 0 && laptop.memory.pending.isEmpty {
        throw Violation("I10", "\(laptop.name) shows a \(collection.name) that nobody wrote")
      }
    }
    let aside = try laptop.store.db.all(
      "SELECT record FROM base UNION SELECT record FROM pending"
    ) { ULID(bytes: $0.blob(0)) }
    for case let record? in aside {
      guard let collection = try laptop.store.collection(of: record) else { continue }
      try checkViewLaw(record, in: collection, on: laptop)
    }
  }

  /// I10: the row is the base with the pending edits on top.
  func checkViewLaw(
    _ record: RecordID, in collection: CollectionSchema, on laptop: Laptop
  ) throws {
    let (view, base, _) = try laptop.store.foldedView(of: record, in: collection)
    let row = try laptop.store.table(collection).row(record, in: laptop.store.db)
    // Fields of a newer program are in no column: they are kept beside the row.
    let columns = view.values.map { values in
      FieldValues(
        values.entries.filter { collection[$0.field] != nil }.map { ($0.field, $0.value) })
    }
    guard columns == row?.values else {
      throw Violation(
        "I10",
        "\(laptop.name) shows of \(collection.name) \(record) "
          + "\(schema.describe(row?.values, of: collection.id)), and base with pending edits is "
          + schema.describe(view.values, of: collection.id))
    }
    if let row, row.asOf != base?.asOf ?? .start {
      throw Violation("I10", "\(laptop.name) shows \(record) as of another position than its base")
    }
  }

  // MARK: After a commit

  /// I14 and I4 for what was committed since the last look.
  func checkHub() throws {
    let now = clock.now.milliseconds
    let latest = try hub.store.db.first("SELECT max(time) FROM history") {
      HybridTimestamp(rawValue: $0.bits(0)).moment.milliseconds
    }
    // A full counter borrows a millisecond.
    if let latest, latest > now + 1 {
      throw Violation("I14", "a stamp is \(latest - now) ms ahead of the hub's clock")
    }
    let doubles = try hub.store.db.count(
      """
      SELECT count(*) FROM
        (SELECT 1 FROM edits WHERE position IS NOT NULL GROUP BY position HAVING count(*) > 1)
      """)
    if doubles > 0 { throw Violation("I4", "two edits were committed under one position") }
    try coverage.noteLedger(of: hub)
  }
}

extension Laptop {
  /// The hub's state as this laptop has it, without its own pending edits.
  func base() throws -> [RecordID: RecordImage] {
    var images: [RecordID: RecordImage] = [:]
    for collection in store.schema.collections {
      let table = store.table(collection)
      try store.db.each(table.selectSQL + " WHERE as_of > 0") { statement in
        let row = try table.row(statement)
        var values = row.values
        if !row.extra.isEmpty, case .group(let unknown) = try Value(decoding: row.extra) {
          for entry in unknown.entries { values[entry.field] = entry.value }
        }
        images[row.id] = RecordImage(
          record: row.id, collection: collection.id, asOf: row.asOf, values: values,
          updatedAt: row.updatedAt)
      }
    }
    try store.db.each("SELECT image FROM base") { row in
      let image = try RecordImage(decoding: row.blob(0))
      images[image.record] = image
    }
    return images
  }
}
