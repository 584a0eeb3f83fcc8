// Making a complete cut visible: one transaction from the old cut to the new one.
//
// Staged pages are applied in order (a record that changed while the pull was under way comes again
// in a later page and wins). Then own edits that the cut contains leave the log, refused values
// become drafts, and every touched record is folded anew from its base. Until the commit the old cut
// stands; after it the new one; there is nothing in between (I5, I7, I9).

import Digest
import FollowUp
import Storage
import SyncCore
import Wire

struct Apply {
  let store: ReplicaStore
  let state: ReplicaState
  /// The answer that completed the cut.
  let final: SyncResponse
  private(set) var outcome = CutOutcome()

  private var digest: SetDigest
  /// Records to fold anew when everything is in place.
  private var touched: [RecordID: CollectionSchema] = [:]
  private var mentioned: Set<RecordID> = []
  /// Records whose view became the base as it stands: nothing is left to fold.
  private var caughtUp: Set<RecordID> = []
  private var pending: PendingIndex
  /// Records that left, with this cut or before, and have not come back: of a root, also its own.
  private var departed: Set<RecordID>
  /// Fields of records that came without the value they had: its traces go like those of what left.
  private var faded: [RecordID: Set<FieldID>] = [:]

  init(_ store: ReplicaStore, _ state: ReplicaState, final: SyncResponse) throws {
    self.store = store
    self.state = state
    self.final = final
    // A sweep counts everything anew.
    digest = final.isSweep ? SetDigest() : state.digest
    pending = try PendingIndex(store)
    departed = try store.departedRecords()
  }

  /// Applies the staged pages and the final one. The caller has opened a transaction.
  mutating func run() throws {
    let staged = try store.db.all("SELECT page FROM staging ORDER BY number") {
      try SyncResponse(decoding: $0.blob(0))
    }
    for page in staged { try apply(page) }
    try apply(final)
    if final.isSweep { try sweep() }
    try settlePending()
    for (record, collection) in touched.sorted(by: { $0.key < $1.key }) {
      try store.refold(record, in: collection, pending: pending)
    }
    try forgetDeparted()
    try finish()
  }

  // MARK: Pages

  private mutating func apply(_ page: SyncResponse) throws {
    for image in page.records { try setBase(image) }
    for item in page.undisturbed { try advanceBase(item) }
    for record in page.departed { try depart(record) }
  }

  private mutating func setBase(_ image: RecordImage) throws {
    outcome.records += 1
    departed.remove(image.record)
    if image.collection == CollectionSchema.reminder.id { try noteAnswer(in: image) }
    let faded = try faded(by: image)
    if !faded.isEmpty { self.faded[image.record] = faded }
    try uncount(image.record, in: image.collection)
    if final.isSweep { mentioned.insert(image.record) }
    digest.add(record: image.record, asOf: image.asOf)
    guard let collection = store.schema[image.collection] else {
      // A collection this program does not know yet: kept for the one that will.
      try store.putAside(image)
      return
    }
    caughtUp.remove(image.record)
    if pending.hasChanges(of: image.record) {
      try store.putAside(image)
      touched[image.record] = collection
    } else {
      try store.table(collection).upsert(CollectionRow(image, collection), in: store.db)
    }
  }

  /// A reminder that called on another laptop, or that somebody has answered, has nothing to call for any more: also not where the hub is
  /// restored to before the answer, and it comes back until the laptop that gave it has synced (I6).
  private func noteAnswer(in image: RecordImage) throws {
    let response = ReminderRow(image.values)?.response
    guard let response, response != .snoozed else { return }
    try store.noteCalled(image.record, at: final.hubTime)
  }

  /// Units that were shown here, or were written here, and are empty now, where a pool or a new policy
  /// may hide them. Elsewhere somebody has cleared them, and the file need not be rewritten for that.
  private func faded(by image: RecordImage) throws -> Set<FieldID> {
    guard try mayHide(image) else { return [] }
    var fields: Set<FieldID> = []
    if try store.baseAsOf(of: image.record, in: image.collection) > .start {
      let old = try store.baseImage(of: image.record, in: image.collection)?.values
      fields.formUnion((old?.entries ?? []).map(\.field))
    }
    for own in pending.changes(of: image.record)
    where own.position.map({ $0 <= image.asOf }) ?? false {
      fields.formUnion(own.change.writes.filter(\.action.carriesValue).map(\.field))
      // What was cleared here is no secret.
      fields.subtract(own.change.writes.filter { !$0.action.carriesValue }.map(\.field))
    }
    guard let schema = store.schema[image.collection] else { return [] }
    // A group is hidden whole; it is written as one, and shown as its members.
    return Set(fields.map(schema.unit(of:))).filter { unit in
      // A request never becomes a value.
      unit != .lifecycle && !(schema[unit]?.isRequest ?? false)
        && schema.columnValues(of: unit, .null).allSatisfy { image.values[$0.0].isNull }
    }
  }

  private func mayHide(_ image: RecordImage) throws -> Bool {
    // A first download has nothing to take away.
    if state.digest == SetDigest() && pending.changes(of: image.record).isEmpty { return false }
    // Rights come with the settings.
    if final.settings != nil { return true }
    var root = image.record
    if let field = store.schema[image.collection]?.rootField {
      guard case .reference(let customer) = image.values[field] else { return false }
      root = customer
    }
    if root == image.record, let pool = CollectionSchema.customer["pool"] {
      return image.collection == CollectionSchema.customer.id && !image.values[pool.id].isNull
    }
    // It came before what is its.
    return try store.db.first("SELECT pool IS NOT NULL FROM customer WHERE id = ?", .id(root)) {
      $0.bool(0)
    } ?? false
  }

  /// Nothing but own changes happened: their bytes, applied to the old base, are the new base.
  private mutating func advanceBase(_ item: Undisturbed) throws {
    let own = pending.changes(of: item.record)
    guard
      let collection = try own.first.flatMap({ store.schema[$0.change.collection] })
        ?? store.collection(of: item.record)
    else {
      throw ReplicaError.protocolViolation(
        "record \(item.record) is called undisturbed and is not here")
    }
    let asOf = try store.baseAsOf(of: item.record, in: collection.id)
    if asOf >= item.asOf { return }
    try uncount(item.record, in: collection.id)
    digest.add(record: item.record, asOf: item.asOf)
    // What another copy of this laptop sent may be in the base already, and overwritten since.
    let isNew = { (change: PendingIndex.Item) in
      change.position.map { asOf < $0 && $0 <= item.asOf } ?? false
    }
    if own.allSatisfy(isNew), try store.adoptView(item, in: collection) {
      caughtUp.insert(item.record)
      return
    }
    let base = try store.baseImage(of: item.record, in: collection.id)
    var view = RecordView(values: base?.values)
    for change in own where isNew(change) { view.apply(change.change, in: collection) }
    try store.putAside(
      RecordImage(
        record: item.record, collection: collection.id, asOf: item.asOf,
        values: view.values ?? FieldValues(), updatedAt: item.updatedAt))
    touched[item.record] = collection
  }

  /// The record is gone; of a root, everything that is its.
  private mutating func depart(_ record: RecordID) throws {
    departed.insert(record)
    guard let collection = try store.collection(of: record) else {
      return try store.baseAside(record).map { try removeUnknown($0) } ?? ()
    }
    outcome.departed += 1
    try removeBase(record, in: collection)
    guard collection.rootField == nil else { return }
    for child in store.schema.collections {
      for id in try children(of: record, in: child) { try removeBase(id, in: child) }
    }
    for image in try unknown(of: record) { try removeUnknown(image) }
  }

  /// What belongs to a root and is of a collection that this program does not know yet.
  private func unknown(of root: RecordID) throws -> [RecordImage] {
    try store.db.all("SELECT image FROM base ORDER BY record") {
      try RecordImage(decoding: $0.blob(0))
    }.filter {
      store.schema[$0.collection] == nil
        && $0.values[CollectionSchema.rootField] == .reference(root)
    }
  }

  private mutating func removeUnknown(_ image: RecordImage) throws {
    outcome.departed += 1
    try uncount(image.record, in: image.collection)
    mentioned.remove(image.record)
    departed.insert(image.record)
    try store.dropAside(image.record)
  }

  /// What belongs to a root by the hub's word; a pending edit may show it elsewhere.
  private func children(
    of root: RecordID, in collection: CollectionSchema
  ) throws -> [RecordID] {
    guard let field = collection.rootField.flatMap({ collection[$0] }) else { return [] }
    let shown = try store.db.all(
      "SELECT id FROM \"\(collection.name)\" WHERE \"\(field.name)\" = ?", .id(root)
    ) { try $0.id(0) }
    let aside = try store.db.all("SELECT record FROM base") { ULID(bytes: $0.blob(0)) }
    return try Set(shown).union(aside.compactMap(\.self)).sorted().filter { id in
      let base = try store.baseImage(of: id, in: collection.id)
      return base?.collection == collection.id && base?.values[field.id] == .reference(root)
    }
  }

  private mutating func removeBase(_ record: RecordID, in collection: CollectionSchema) throws {
    try uncount(record, in: collection.id)
    mentioned.remove(record)
    departed.insert(record)
    try store.dropAside(record)
    // With edits pending the view is folded from them alone; the row must not pass for a base.
    try store.table(collection).delete(record, in: store.db)
    caughtUp.remove(record)
    if pending.hasChanges(of: record) { touched[record] = collection }
  }

  /// The old state leaves the digest. A sweep counts anew: there only what came on an earlier page
  /// of this very pull has been counted.
  private mutating func uncount(_ record: RecordID, in collection: CollectionID) throws {
    guard !final.isSweep || mentioned.contains(record) else { return }
    let old = try store.baseAsOf(of: record, in: collection)
    if old > .start { digest.remove(record: record, asOf: old) }
  }

  /// After a pull from 0: what it did not carry is not there any more.
  private mutating func sweep() throws {
    for collection in store.schema.collections {
      let ids = try store.db.all("SELECT id FROM \"\(collection.name)\" WHERE as_of > 0") {
        try $0.id(0)
      }
      for id in ids where !mentioned.contains(id) {
        outcome.departed += 1
        try removeBase(id, in: collection)
      }
    }
    let aside = try store.db.all("SELECT record FROM base") { ULID(bytes: $0.blob(0)) }
    for case let record? in aside where !mentioned.contains(record) {
      guard touched[record] == nil, let image = try store.baseAside(record) else { continue }
      outcome.departed += 1
      departed.insert(record)
      try store.dropAside(record)
      touched[record] = store.schema[image.collection]
    }
  }

  // MARK: Own edits

  private mutating func settlePending() throws {
    try store.settleBoxed(upTo: final.position, as: state.id)
    for (log, edit) in pending.entries {
      guard let receipt = log.receipt, (receipt.position ?? .start) <= final.position else {
        continue
      }
      try store.keepDrafts(of: edit, receipt, at: final.hubTime)
      outcome.drafts += receipt.refusals.count
      try store.settle(log, edit, as: state.id)
      pending.remove(log, edit)
      for change in edit.changes where !caughtUp.contains(change.record) {
        if let collection = store.schema[change.collection] { touched[change.record] = collection }
      }
    }
  }

  /// Forgets what is not this laptop's any more, and writes down that its traces are to be purged.
  private func forgetDeparted() throws {
    let isBoxed = try store.boxRetained(about: departed, faded)
    try store.keepDeparted(departed, pending: pending)
    if outcome.departed > 0 || isBoxed || !faded.isEmpty {
      try store.owePurge(upTo: state.cursor)
    }
    try store.db.run(
      "UPDATE replica SET departed_count = departed_count + ?", .integer(Int64(outcome.departed)))
  }

  private mutating func finish() throws {
    try store.db.run("DELETE FROM staging")
    if let settings = final.settings { try store.apply(settings) }
    let isMismatch = !final.digest.isEmpty && final.digest != digest.bytes
    outcome.isMismatch = isMismatch
    try store.db.run(
      """
      UPDATE replica SET cursor = ?, digest = ?, page = NULL, synced_at = ?,
        heard = max(heard, ?), has_mismatch = ?, durable = ?
      """, .position(isMismatch ? .start : final.position), .blob(digest.bytes),
      .moment(final.hubTime), .bits(HybridTimestamp(moment: final.hubTime, counter: .max).rawValue),
      .integer(isMismatch ? 1 : 0), .position(final.durable))
    try store.forgetRetained(
      before: final.hubTime.advanced(milliseconds: -ReplicaStore.retentionMilliseconds))
  }
}

/// What a complete cut brought.
public struct CutOutcome: Hashable, Sendable {
  public var records = 0
  public var departed = 0
  public var drafts = 0
  /// The digest of the base is not the hub's: the next pull reads everything again.
  public var isMismatch = false
}

extension ReplicaStore {
  /// The collection that holds a record here; also where it is only pending or put aside.
  public func collection(of record: RecordID) throws -> CollectionSchema? {
    for collection in schema.collections
    where try table(collection).exists(record, in: db) { return collection }
    if let image = try baseAside(record) { return schema[image.collection] }
    for entry in try pendingEntries(of: record) {
      for change in try entry.edit().changes where change.record == record {
        return schema[change.collection]
      }
    }
    return nil
  }

  func baseAside(_ record: RecordID) throws -> RecordImage? {
    try db.first("SELECT image FROM base WHERE record = ?", .blob(record.bytes)) {
      try RecordImage(decoding: $0.blob(0))
    }
  }

  func apply(_ settings: Settings) throws {
    try db.run(
      "UPDATE replica SET settings = ?, rules = ?, access = ?, hub_key = ?, almanac = ?, process = ?",
      .integer(Int64(settings.version)), .text(String(decoding: settings.rules, as: UTF8.self)),
      .text(settings.access.isEmpty ? "{}" : String(decoding: settings.access, as: UTF8.self)),
      PublicKey(bytes: settings.hubKey).map { .blob($0.bytes) } ?? .null,
      settings.almanac.isEmpty ? .null : .text(String(decoding: settings.almanac, as: UTF8.self)),
      settings.process.isEmpty ? .null : .text(String(decoding: settings.process, as: UTF8.self)))
    try db.run("DELETE FROM people")
    for user in settings.users {
      try db.run(
        "INSERT OR REPLACE INTO people VALUES (?, ?, ?, ?)", .text(user.name), .text(user.role),
        .text(user.team), .integer(user.isDisabled ? 1 : 0))
    }
  }
}
