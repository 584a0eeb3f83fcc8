// What a restored hub may lack for good: values that their author's laptop had to forget (I8 against I3).
//
// A laptop keeps what it sent for 90 days, for a hub that is restored – but not what it wrote about
// records that have left it since, or into fields that came empty since, as hidden ones do
// (`Replica/Departure.swift` tells the price). So a value is excused when all of this is so: a restored
// hub lost it, and on every laptop that had written it, or is a copy of one that had, its record had
// left or its field been emptied before that. Whoever still has it brings it back.

import SyncCore

/// What a laptop wrote and is to send again to a hub that lost it, by token.
struct Retained {
  /// Where a value was written.
  struct Place {
    var edit: EditID
    var record: RecordID
    var collection: CollectionID
    var unit: FieldID
  }

  private var edits: [String: Place] = [:]

  mutating func note(_ token: String, _ place: Place) { edits[token] = place }

  func holds(_ token: String) -> Bool { edits[token] != nil }

  /// A cut is complete: what it does not show is forgotten, but for what waits for its verdict.
  mutating func forget(pending: Set<EditID>, unless isShown: (Place) -> Bool) {
    edits = edits.filter { isShown($0.value) || pending.contains($0.value.edit) }
  }
}

extension Cluster {
  /// A laptop has completed a cut.
  func noteRetained(on laptop: Laptop) throws {
    let shown = try laptop.base()
    laptop.memory.retained.forget(pending: laptop.memory.pending) { place in
      guard let image = shown[place.record], let collection = schema[place.collection] else {
        return false
      }
      return collection.columnValues(of: place.unit, .null).contains { !image.values[$0.0].isNull }
    }
  }

  /// The hub was restored, and lacks these values.
  func excuseTrimmed(of lost: Set<String>) {
    ghost.trimmed.formUnion(
      lost.filter { token in !living.contains { $0.memory.retained.holds(token) } })
  }
}
