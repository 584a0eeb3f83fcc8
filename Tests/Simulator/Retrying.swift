// Drafts that are tried again, and what the ghost sees of that.
//
// A draft is written on what is shown now, as a new edit. A value replaces what its author has before
// his eyes; an addition to a set, or a removal, only the elements that it names; and a value that keeps
// branches leaves those alone. Nothing here knows why the draft was refused.

import Replica
import Storage
import SyncCore

extension Cluster {
  func retry(_ draft: Draft, isReferred: Bool = false, on laptop: Laptop) throws {
    let (replaced, told) = try replaced(by: draft, on: laptop)
    let known = try laptop.knownTokens(draft.record)
    let first = try laptop.store.db.first("SELECT edit FROM drafts WHERE id = ?", .id(draft.id)) {
      ULID(bytes: $0.blob(0))
    }
    let edit = try laptop.store.retry(draft, isReferred: isReferred, at: now(on: laptop))
    // What is asked once more is another request.
    for index in ghost.claims.indices where ghost.claims[index].edit == first {
      ghost.claims[index].edit = edit
    }
    ghost.noteRetry(of: draft.change.writes.reduce(into: []) { $0.formUnion(Token.all(in: $1)) })
    for (unit, tokens) in replaced {
      ghost.note(
        .init(
          laptop: laptop.index, edit: edit, record: draft.record, unit: unit, tokens: tokens,
          told: told))
    }
    if draft.change.lifecycle == .deleted {
      ghost.note(
        Ghost.Deletion(edit: edit, record: draft.record, user: laptop.user, known: known))
    }
    laptop.memory.pending.insert(edit)
    coverage.note(.retriedDraft)
  }

  /// What each write of a draft replaces if it is tried now, and what the ledger tells its author.
  private func replaced(
    by draft: Draft, on laptop: Laptop
  ) throws -> (tokens: [(FieldID, Set<String>)], told: Set<String>) {
    guard let collection = laptop.store.schema[draft.collection] else { return ([], []) }
    let tokens = try draft.change.writes.map { write in
      (write.field, try replaced(by: write, of: draft.record, in: collection, on: laptop))
    }
    return (tokens, try laptop.toldTokens(draft.record))
  }

  private func replaced(
    by write: FieldWrite, of record: RecordID, in collection: CollectionSchema, on laptop: Laptop
  ) throws -> Set<String> {
    switch write.action {
    case .alter(_, let removing):
      return removing.reduce(into: []) { $0.formUnion(Token.all(in: $1)) }
    case .put(_, let keeping):
      let shown = try laptop.shownTokens(record, write.field, in: collection)
      if keeping.isEmpty { return shown }
      let branches = try branches(of: record, collection.displayName(of: write.field), on: laptop)
      return branches.filter { keeping.contains($0.dot) }.reduce(into: shown) {
        $0.subtract(Token.all(in: $1.value.text()))
      }
    }
  }
}
