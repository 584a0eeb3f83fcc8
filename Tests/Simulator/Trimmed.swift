// What a restored hub may lack for good: values that their author's laptop had to forget (I8 against I3).
//
// A laptop keeps what it sent for 90 days, for a hub that is restored – but not what it wrote about
// records that have left it since (`Replica/Departure.swift` tells the price). So a value is excused
// when all of this is so: a restored hub lost it, and every laptop that had written it, or is a copy
// of one that had, saw its record leave before that. Whoever still has the record brings it back.

import SyncCore

/// What a laptop wrote and is to send again to a hub that lost it, by token.
struct Retained {
  private var edits: [String: (edit: EditID, record: RecordID)] = [:]

  mutating func note(_ token: String, _ edit: EditID, _ record: RecordID) {
    edits[token] = (edit, record)
  }

  func holds(_ token: String) -> Bool { edits[token] != nil }

  /// A cut is complete: what is about records that it does not show is forgotten, but for what waits
  /// for its verdict.
  mutating func forget(allBut records: Set<RecordID>, pending: Set<EditID>) {
    edits = edits.filter { records.contains($0.value.record) || pending.contains($0.value.edit) }
  }
}

extension Cluster {
  /// A laptop has completed a cut.
  func noteRetained(on laptop: Laptop) throws {
    laptop.memory.retained.forget(
      allBut: Set(try laptop.base().keys), pending: laptop.memory.pending)
  }

  /// The hub was restored, and lacks these values.
  func excuseTrimmed(of lost: Set<String>) {
    ghost.trimmed.formUnion(
      lost.filter { token in !living.contains { $0.memory.retained.holds(token) } })
  }
}
