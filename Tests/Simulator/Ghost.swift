// The oracle: what people wrote, and what they had on their screens when they wrote it.
//
// It knows nothing of dots, clocks or positions. Every write has a token of its own; with it is kept
// which tokens its author was shown in that field at that instant – in the record itself, and in
// the ledger entries about it. At the end that alone decides what may have disappeared (I3), and
// what must never come back (I13).

import Replica
import Storage
import SyncCore
import Wire

/// What the checkers remember of one laptop between steps; a backup of the laptop holds it too.
struct LaptopMemory {
  /// Edits in the change log after the last step.
  var pending: Set<EditID> = []
  /// Those that nobody on the laptop can read.
  var boxed: Set<EditID> = []
  var epoch: UInt32 = 0
  var cursor = Position.start
  /// What the last request said that it keeps.
  var narrowing: Narrowing?
  /// How many writes the ghost had seen from anybody.
  var writes = 0
  /// A story has damaged its base: it is to notice that by itself.
  var isDamaged = false
}

public struct Ghost {
  struct Write {
    var number: Int
    var token: String
    var laptop: Int
    var edit: EditID
    var record: RecordID
    var collection: CollectionID
    var unit: FieldID
    /// What the author saw in the field itself and replaced.
    var shown: Set<String>
    /// What the ledger told him besides.
    var told: Set<String>
  }

  struct Deletion {
    var edit: EditID
    var record: RecordID
    /// Who deleted it.
    var user: String
    /// Every token of the record and of what belongs to it that its author saw or was told of.
    var known: Set<String>
  }

  private(set) var writes: [Write] = []
  private(set) var deletions: [Deletion] = []
  /// Removed elements of sets and cleared values, by the edit that did it; with them what the ledger
  /// told its author besides.
  private(set) var removals: [Removal] = []

  struct Removal {
    var laptop: Int
    var edit: EditID
    var record: RecordID
    var unit: FieldID
    var tokens: Set<String>
    var told: Set<String> = []
  }

  /// Lost by restoring a laptop to a time before they were written.
  private(set) var excused: Set<String> = []
  /// Replaced by an administrator, who sees everything.
  var replacedByAdmin: Set<String> = []
  /// Accepted by an administrator, in the hub's name.
  var takenOver: Set<String> = []
  /// Taken from the hub by restoring it; they come back at other positions.
  var lostByHub: Set<String> = []
  /// A laptop came from an epoch that the restored hub never knew: nothing it had seen counts there.
  var hasForeignEpoch = false
  /// What policies and pools have hidden so far, by the person they hid it from.
  var hidden: [String: Set<HiddenUnit>] = [:]
  /// Somebody claimed to have seen what he had not: the clocks in the history are not those that
  /// counted.
  var hasForgedClock = false
  /// Edits that no honest program made, and what their authors had been sent of the record by then, or had
  /// written themselves.
  var forged: [EditID: Set<String>] = [:]
  /// Requests for customers of a pool that stand as they were made.
  var claims: [Claim] = []
  private var nextNumber = 1

  var count: Int { writes.count }

  mutating func mint() -> String {
    defer { nextNumber += 1 }
    return Token.make(nextNumber)
  }

  mutating func note(_ write: Write) {
    var write = write
    write.number = writes.count
    writes.append(write)
  }

  mutating func note(_ deletion: Deletion) { deletions.append(deletion) }

  mutating func note(_ removal: Removal) { removals.append(removal) }

  /// What somebody has cleared on his screen, and knows, though nothing is shown.
  func cleared(on laptop: Int, _ record: RecordID, _ unit: FieldID) -> Set<String> {
    removals.reduce(into: []) { known, removal in
      guard removal.laptop == laptop, removal.record == record, removal.unit == unit else { return }
      known.formUnion(removal.tokens)
    }
  }

  /// Somebody goes on working on a copy of a laptop: what was cleared there, he cleared.
  mutating func noteClone(of laptop: Int, as copy: Int) {
    for var removal in removals where removal.laptop == laptop {
      removal.laptop = copy
      removals.append(removal)
    }
  }

  /// A refused value is tried again: whoever had replaced it on his screen has not replaced what
  /// comes now. What lay beneath it on that screen he has replaced all the same.
  mutating func noteRetry(of tokens: Set<String>) {
    let beneath = writes.filter { tokens.contains($0.token) }.map(\.shown)
      .reduce(Set<String>()) { $0.union($1) }.subtracting(tokens)
    for index in writes.indices where !writes[index].shown.isDisjoint(with: tokens) {
      writes[index].shown.subtract(tokens)
      writes[index].shown.formUnion(beneath)
    }
    for index in removals.indices { removals[index].tokens.subtract(tokens) }
  }

  /// An edit claims to have seen whatever its author was ever sent.
  mutating func noteTold(_ tokens: Set<String>, _ edit: EditID) {
    for index in writes.indices where writes[index].edit == edit {
      writes[index].told.formUnion(tokens)
    }
    for index in removals.indices where removals[index].edit == edit {
      removals[index].told.formUnion(tokens)
    }
    for index in deletions.indices where deletions[index].edit == edit {
      deletions[index].known.formUnion(tokens)
    }
  }

  mutating func excuse(writtenOn laptop: Int, after number: Int) {
    for write in writes where write.laptop == laptop && write.number >= number {
      excused.insert(write.token)
    }
    claims.removeAll { $0.laptop == laptop && $0.number >= number }
  }
}

extension Laptop {
  /// The tokens that a unit of a record shows here.
  func shownTokens(
    _ record: RecordID, _ unit: FieldID, in collection: CollectionSchema
  ) throws -> Set<String> {
    guard let row = try store.table(collection).row(record, in: store.db) else { return [] }
    return Token.all(in: collection.unitValue(of: unit, from: row.values))
  }

  /// The tokens that the ledger tells this laptop about a field.
  func toldTokens(_ record: RecordID, field: String? = nil) throws -> Set<String> {
    var found: Set<String> = []
    try store.db.each(
      #"SELECT field, "values", shown, base FROM conflict WHERE record = ?"#,
      .text(record.description)
    ) { row in
      if let field, row.text(0) != field { return }
      for column in 1...3 { found.formUnion(Token.all(in: row.text(column))) }
    }
    return found
  }

  /// Everything this laptop shows of a record and of what belongs to it.
  func knownTokens(_ record: RecordID) throws -> Set<String> {
    var found = try toldTokens(record)
    for collection in store.schema.collections {
      let table = store.table(collection)
      let root = collection.rootField.flatMap { collection[$0]?.name } ?? "id"
      try store.db.each(
        table.selectSQL + " WHERE id = ?1 OR \"\(root)\" = ?1", .id(record)
      ) { statement in
        let row = try table.row(statement)
        for entry in row.values.entries { found.formUnion(Token.all(in: entry.value)) }
      }
    }
    return found
  }
}
