// One record, made twice: what becomes of the second one.
//
// Two laptops that import the same file offline make two records for each row. The row's external key says that
// they are one: when the second arrives, it becomes the first, under the first one's identity, and its
// values merge like those of any two people who wrote at once. What its author wrote about it before he
// heard, then and later, is read as written about the first.
//
// Only somebody who may see and change the first one, and did not know of it, wrote its twin. Who may not see it
// must not learn of it, and keeps a record of his own (I8); who knew it meant another one. What a laptop
// sealed is never changed: the log has its bytes, and what it is told speaks of the names that it gave.

import FollowUp
import Storage
import SyncCore
import Wire

struct Twins {
  let store: HubStore
  let author: Author
  let replica: ReplicaID

  /// An edit with the hub's names for its records.
  struct Renamed {
    var edit: Edit
    /// The author's names, by the hub's.
    fileprivate(set) var names: [RecordID: RecordID] = [:]
    /// Records whose changes are not as their author shows them.
    fileprivate(set) var disturbed: Set<RecordID> = []

    /// Whether no change is about another record than its author named, or names another one.
    fileprivate(set) var isAsWritten = true

    /// The refusals under the names that their author knows.
    func told(_ refusals: [Refusal]) -> [Refusal] {
      if names.isEmpty { return refusals }
      return refusals.map { refusal in
        var told = refusal
        told.record = names[refusal.record] ?? refusal.record
        return told
      }
    }
  }

  func renamed(_ edit: Edit) throws -> Renamed {
    var renamed = Renamed(edit: edit)
    renamed.edit.changes = []
    for change in edit.changes {
      guard let schema = store.schema[change.collection] else {
        renamed.edit.changes.append(change)
        continue
      }
      var now = try withReferences(renamed: change)
      var isFirst = false
      var one = try store.twin(change.record)
      if one == nil, let found = try first(of: now, schema, besides: renamed.edit.changes) {
        try store.note(change.record, becomes: found, by: replica)
        (one, isFirst) = (found, true)
      }
      if let one {
        now.record = one
        renamed.names[one] = change.record
        if isFirst { now.writes = now.writes.filter { !isBirth($0, of: schema) } }
      }
      if now != change {
        renamed.disturbed.insert(now.record)
        renamed.isAsWritten = false
      }
      // A fact is never changed: the first one says all that this one would.
      if isFirst && schema.isImmutable { continue }
      renamed.edit.changes.append(now)
    }
    return renamed
  }

  /// Whose a record is, and since when, was decided when it came first.
  private func isBirth(_ write: FieldWrite, of schema: CollectionSchema) -> Bool {
    schema[write.field]?.rule == .hubOnly
  }

  private func withReferences(renamed change: Change) throws -> Change {
    var change = change
    for index in change.writes.indices {
      guard case .put(.reference(let id), let keeping) = change.writes[index].action,
        let one = try store.twin(id)
      else { continue }
      change.writes[index].action = .put(.reference(one), keeping: keeping)
    }
    return change
  }

  // MARK: Finding

  /// The living record that this new one is the twin of; nil where there is none, or more than one.
  private func first(
    of change: Change, _ schema: CollectionSchema, besides others: [Change]
  ) throws -> RecordID? {
    guard let field = schema["externalKey"],
      let key = change.text(of: field.id), !key.isEmpty, change.lifecycle != .deleted,
      try store.load(change.record, in: schema) == nil
    else { return nil }
    let root = change.root(in: schema)
    let found = try store.db.all(
      "SELECT id, root FROM \"\(schema.name)\" WHERE externalKey = ? ORDER BY id", .text(key)
    ) { (id: try $0.id(0), root: try $0.id(1)) }
    // A root of its own is compared with roots, a child with its siblings.
    let near = found.filter { root == change.record ? $0.root == $0.id : $0.root == root }
    guard near.count == 1, let one = near.first, !others.contains(where: { $0.record == one.id }),
      try isHis(one.id, root: one.root, schema), try !isKnown(one.id)
    else { return nil }
    return try !schema.isImmutable || says(change, what: one.id, schema) ? one.id : nil
  }

  /// Whether the author sees the record with its key, and may change it.
  private func isHis(_ id: RecordID, root: RecordID, _ schema: CollectionSchema) throws -> Bool {
    guard try store.standing(of: author.reach, to: root) == .holds else { return false }
    let rights = try store.rights(of: author.reach, in: schema, root: root)
    guard let key = schema["externalKey"], !rights.closed.contains(key.id) else { return false }
    return rights.allows(schema.isImmutable ? .create : .update)
  }

  /// Whether the author had the record before him when he wrote: his laptop made it, or has a cut with it.
  private func isKnown(_ id: RecordID) throws -> Bool {
    let made = try store.db.first(
      "SELECT position, replica FROM history WHERE record = ? ORDER BY position LIMIT 1", .id(id)
    ) { (position: $0.position(0), replica: $0.replica(1)) }
    // What is archived is old.
    guard let made else { return true }
    if made.replica == replica || author.lineage[made.replica] != nil { return true }
    if author.reach.cuts.contains(where: { $0 >= made.position }) { return true }
    // Two of his own are two.
    return try store.db.first(
      "SELECT 1 FROM twins WHERE becomes = ? AND replica = ?", .id(id), .replica(replica)
    ) { _ in true } ?? false
  }

  /// Whether a fact says what the one that is here says; who noted it down is no part of it.
  private func says(_ change: Change, what id: RecordID, _ schema: CollectionSchema) throws -> Bool
  {
    guard let shown = try store.load(id, in: schema)?.shown else { return false }
    return change.writes.allSatisfy { write in
      guard case .put(let value, _) = write.action else { return false }
      return schema[write.field]?.name == "author" || shown[write.field] == value
    }
  }
}

extension HubStore {
  /// What a record has become; nil: it is itself.
  func twin(_ id: RecordID) throws -> RecordID? {
    guard try hasTwins() else { return nil }
    var found: RecordID?
    // What it has become may have become another since. It ends: nothing becomes what came after it.
    while let next = try db.first(
      "SELECT becomes FROM twins WHERE record = ?", .id(found ?? id), body: { try $0.id(0) })
    {
      found = next
    }
    return found
  }

  /// From here on, what is written about a record is written about another.
  ///
  /// - Parameter replica: whose record it was; the hub: somebody made them one by hand.
  func note(_ record: RecordID, becomes one: RecordID, by replica: ReplicaID) throws {
    try db.run(
      "INSERT OR REPLACE INTO twins VALUES (?, ?, ?, ?)", .id(record), .id(one),
      .replica(replica), .position(head))
    knownTwins = true
  }

  /// They are two again.
  func part(_ record: RecordID) throws {
    try db.run("DELETE FROM twins WHERE record = ?", .id(record))
    knownTwins = nil
  }

  /// Whether there are any: once there are, each record is looked for.
  private func hasTwins() throws -> Bool {
    if let known = knownTwins { return known }
    let found = try db.first("SELECT 1 FROM twins LIMIT 1") { _ in true } ?? false
    knownTwins = found
    return found
  }
}

extension Change {
  /// The text that the change puts into a field.
  func text(of field: FieldID) -> String? {
    for write in writes where write.field == field {
      if case .put(.text(let text), _) = write.action { return text }
    }
    return nil
  }
}
