// An administrator decides about what is parked, and what the ghost sees of that.
//
// What is accepted counts as its author wrote it: it replaces what he had before his eyes then, and it
// is alive whatever he has written over it on his own screen since. What is discarded stays a draft of
// his. He is told with his next cut, on every copy of his laptop, and whatever becomes of the hub.

import Hub
import Storage
import SyncCore
import Wire

extension Cluster {
  func decide(_ random: inout SplitMix64) throws {
    let waiting = try hub.store.db.all(
      """
      SELECT p.id, l.edit, p.change FROM parked p JOIN log l USING (replica, counter)
      WHERE p.status = 'waiting' ORDER BY p.id
      """
    ) { (id: $0.text(0), edit: ULID(bytes: $0.blob(1)), change: try Change(decoding: $0.blob(2))) }
    guard !waiting.isEmpty else { return }
    let item = random.pick(waiting)
    let verb = random.chance(60) ? "accept" : "discard"
    let answer = hub.routes.answer(
      HubRequest(
        "POST", "/v1/admin/parked/\(item.id)/\(verb)", bearerToken: hub.adminToken,
        body: Array("{}".utf8)))
    note("admin: \(verb) \(item.id.suffix(4)): \(answer.status)")
    // An owner who has gone, a conflict that is the hub's: it goes on waiting.
    if (400..<500).contains(answer.status) { return }
    guard answer.status == 200 else {
      throw Violation("admin", "\(verb): \(String(decoding: answer.body, as: UTF8.self))")
    }
    if verb == "discard" { return coverage.note(.parkedDiscarded) }
    coverage.note(.parkedAccepted)
    ghost.noteTakenOver(item.change, of: item.edit)
    ghost.replacedByAdmin.formUnion(earlierWords(than: item.edit))
  }

  /// What the author of an edit had written himself where it writes: he knows it, though a policy may have
  /// taken it off his screen since.
  private func earlierWords(than edit: EditID?) -> Set<String> {
    let later = ghost.writes.filter { $0.edit == edit }
    return ghost.writes.reduce(into: []) { words, write in
      let isReplaced = later.contains {
        write.number < $0.number && write.record == $0.record && write.unit == $0.unit
          && laptops[write.laptop].user == laptops[$0.laptop].user
      }
      if isReplaced { words.insert(write.token) }
    }
  }

  /// All that somebody has written about a record.
  func words(of user: String, on record: RecordID) -> Set<String> {
    Set(ghost.writes.filter { $0.record == record && laptops[$0.laptop].user == user }.map(\.token))
  }
}

extension Ghost {
  /// An administrator accepts what was parked.
  mutating func noteTakenOver(_ change: Change, of edit: EditID?) {
    for write in change.writes { takenOver.formUnion(Token.all(in: write)) }
    // Whoever lied has nothing before his eyes; but what his laptop was sent he may replace.
    if let edit { replacedByAdmin.formUnion(forged[edit] ?? []) }
    for write in writes where write.edit == edit && write.record == change.record {
      replacedByAdmin.formUnion(write.shown)
      replacedByAdmin.formUnion(write.told)
    }
    for removal in removals where removal.edit == edit && removal.record == change.record {
      replacedByAdmin.formUnion(removal.tokens)
      replacedByAdmin.formUnion(removal.told)
    }
    for deletion in deletions where deletion.edit == edit && deletion.record == change.record {
      replacedByAdmin.formUnion(deletion.known)
    }
  }
}
