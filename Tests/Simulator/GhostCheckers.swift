// What the ghost has to say when everything has come to rest (I2, I3, I13).

import Storage
import SyncCore
import Wire

extension Cluster {
  func checkGhost(_ changes: [AcceptedChange]) throws {
    let found = try Findings(self, changes)
    try checkLosses(found)
    try checkResurrections(found)
  }

  /// Where each token is, now that all is quiet.
  struct Findings {
    var accepted: Set<String> = []
    /// By record: tokens of surviving values.
    var live: [RecordID: Set<String>] = [:]
    var dead: Set<RecordID> = []
    /// What belongs to a deleted customer is gone with it.
    var rootOf: [RecordID: RecordID] = [:]
    var ledger: Set<String> = []
    var drafts: Set<String> = []
    /// Edits of which at least something was accepted.
    var edits: Set<EditID> = []
    /// Units of those edits that were refused.
    var refused: [EditID: Set<FieldID>] = [:]

    func accepted(_ removal: Ghost.Removal) -> Bool {
      edits.contains(removal.edit) && refused[removal.edit]?.contains(removal.unit) != true
    }

    init(_ cluster: Cluster, _ changes: [AcceptedChange]) throws {
      for write in changes.filter({ $0.replica != .hub }).flatMap(\.writes) {
        for token in Token.all(in: write) where !accepted.insert(token).inserted {
          throw Violation("I2", "\(token) was accepted twice")
        }
      }
      for (record, collection) in try cluster.hub.allRecords() {
        let siblings = try cluster.hub.siblings(of: record, in: collection) ?? [:]
        live[record] = siblings.values.joined().reduce(into: []) {
          $0.formUnion(Token.all(in: $1.value))
        }
        let root = try cluster.hub.root(of: record, in: collection)
        rootOf[record] = root
        if try cluster.hub.isDead(record) { dead.insert(record) }
        if try cluster.hub.isDead(root) { dead.insert(record) }
      }
      for tokens in try cluster.hub.ledgerTokens().values { ledger.formUnion(tokens) }
      for laptop in cluster.living {
        for draft in try laptop.store.drafts() {
          for write in draft.change.writes { drafts.formUnion(Token.all(in: write)) }
        }
      }
      // What was refused out of a box, and has no draft anywhere.
      let parked = try cluster.hub.store.db.all("SELECT change FROM parked") {
        try Change(decoding: $0.blob(0))
      }
      for write in parked.flatMap(\.writes) { drafts.formUnion(Token.all(in: write)) }
      let verdicts = try cluster.hub.store.db.all(
        "SELECT id, receipt FROM edits WHERE position IS NOT NULL"
      ) { row in
        (
          ULID(bytes: row.blob(0)),
          row.isNull(1) ? [] : try Receipt(decoding: row.blob(1)).refusals
        )
      }
      for case (let edit?, let refusals) in verdicts {
        edits.insert(edit)
        refused[edit] = Set(refusals.compactMap(\.field))
      }
    }
  }

  /// I3: no value disappears but for a reason that its author, or whoever replaced it, was shown.
  private func checkLosses(_ found: Findings) throws {
    let replaced = replacedTokens(found)
    for write in ghost.writes where !ghost.excused.contains(write.token) {
      let token = write.token
      // A value that one hub refused and a restored one accepted is both.
      if found.drafts.contains(token) { continue }
      guard found.accepted.contains(token) else {
        throw Violation("I3", "\(token) (write \(write.number)) is neither accepted nor a draft")
      }
      if found.live[write.record]?.contains(token) == true, !found.dead.contains(write.record) {
        continue
      }
      if replaced.contains(token) || found.ledger.contains(token) {
        continue
      }
      if isBuriedUnseen(write, found) { continue }
      let end = found.dead.contains(write.record) ? "was deleted" : "was overwritten"
      throw Violation("I3", "\(token) \(end) by somebody who had never been shown it")
    }
  }

  /// What accepted writes replaced, or deletions buried, and their authors had been shown – also where a refused value of
  /// the author's own lay on top of it meanwhile.
  private func replacedTokens(_ found: Findings) -> Set<String> {
    var replaced = ghost.replacedByAdmin
    for deletion in ghost.deletions where found.edits.contains(deletion.edit) {
      replaced.formUnion(deletion.known)
    }
    for removal in ghost.removals where found.accepted(removal) {
      replaced.formUnion(removal.tokens)
      replaced.formUnion(removal.told)
    }
    for write in ghost.writes.reversed() {
      guard found.accepted.contains(write.token) || replaced.contains(write.token) else { continue }
      replaced.formUnion(write.shown)
      replaced.formUnion(write.told)
    }
    return coverage[.hubRestore] > 0 ? replaced.union(ownReplacedTokens(found)) : replaced
  }

  /// What somebody wrote and later wrote over, though it was not on his screen any more. A hub refuses that
  /// where it knows the policy that hid it; one that was restored to before that policy cannot, and takes
  /// his own earlier words for understood, as everybody's are.
  private func ownReplacedTokens(_ found: Findings) -> Set<String> {
    struct Place: Hashable {
      var user: String
      var record: RecordID
      var unit: FieldID
    }
    var replaced: Set<String> = []
    var written: Set<Place> = []
    for write in ghost.writes.reversed() where found.accepted.contains(write.token) {
      let place = Place(
        user: laptops[write.laptop].user, record: write.record, unit: write.unit)
      if !written.insert(place).inserted { replaced.insert(write.token) }
    }
    return replaced
  }

  /// Whoever deletes a record deletes what is hidden of it from him, too.
  private func isBuriedUnseen(_ write: Ghost.Write, _ found: Findings) -> Bool {
    guard found.dead.contains(write.record) else { return false }
    let units = [
      HiddenUnit(collection: write.collection),
      HiddenUnit(collection: write.collection, unit: write.unit),
    ]
    return ghost.deletions.contains { deletion in
      found.edits.contains(deletion.edit)
        && [write.record, found.rootOf[write.record]].contains(deletion.record)
        && !ghost.hidden[deletion.user, default: []].isDisjoint(with: units)
    }
  }

  /// I13: what an accepted write showed and replaced stays replaced.
  private func checkResurrections(_ found: Findings) throws {
    if ghost.hasForeignEpoch { return }
    func check(_ tokens: Set<String>, _ record: RecordID, by edit: EditID) throws {
      for token in tokens.sorted() {
        guard !ghost.lostByHub.contains(token), !ghost.takenOver.contains(token),
          found.live[record]?.contains(token) == true
        else { continue }
        throw Violation("I13", "\(token) is live again though \(edit) had replaced it")
      }
    }
    for write in ghost.writes
    where found.accepted.contains(write.token) && !ghost.excused.contains(write.token) {
      try check(write.shown, write.record, by: write.edit)
    }
    for removal in ghost.removals where found.accepted(removal) {
      try check(removal.tokens, removal.record, by: removal.edit)
    }
  }
}

extension HubNode {
  func root(of record: RecordID, in collection: CollectionSchema) throws -> RecordID {
    let sql =
      try isDead(record)
      ? "SELECT root FROM graveyard WHERE record = ?"
      : "SELECT root FROM \"\(collection.name)\" WHERE id = ?"
    return try store.db.first(sql, .id(record)) { try $0.id(0) } ?? record
  }
}
