// Two customers become one, and one becomes two again.
//
// One is kept. What it does not say, the other says for it; contacts, follow-ups, deals and tasks of the other
// move to it; then the other is deleted, and what a laptop still writes about it lands on the one that
// was kept (`Twins`). Nothing is overwritten that nobody chose to, and no word is lost: the deleted one stays
// in the graveyard with all its values.
//
// All of it is one position. So what a merge did is what the history says of that position, and undoing it takes
// back what still stands as it left it; what somebody has written since stays where he wrote it.

import FollowUp
import Storage
import SyncCore
import Wire

struct CustomerMerge {
  /// How long a merge can be undone.
  static let undoDays: Int64 = 30

  let store: HubStore
  let writes: AdminWrites

  // MARK: Two become one

  /// - Parameters:
  ///   - taking: units whose value is the other's, also where the kept one has one.
  ///   - leaving: units whose value stays, also where the kept one has none.
  func merge(
    _ other: HubRecord, into kept: HubRecord, taking: Set<FieldID> = [],
    leaving: Set<FieldID> = []
  ) throws {
    let fill = filling(kept, from: other, taking, leaving)
    try store.transaction {
      try writes.commit(
        children(of: other.id).map { .move($0, to: kept.id) }
          + [.write(kept, fill), .write(other, [.put(.lifecycle, Lifecycle.deleted.value)])])
      try store.note(other.id, becomes: kept.id, by: .hub)
    }
  }

  /// Gives the one that is kept what only the other knows, and what was chosen of it.
  private func filling(
    _ record: HubRecord, from other: HubRecord, _ taking: Set<FieldID>, _ leaving: Set<FieldID>
  ) -> [FieldWrite] {
    let (schema, here, there) = (record.schema, record.shown, other.shown)
    var changes: [FieldWrite] = []
    for field in schema.fields where field.group == nil && !field.isRequest {
      let (mine, its) = (
        schema.unitValue(of: field.id, from: here), schema.unitValue(of: field.id, from: there)
      )
      if leaving.contains(field.id) || mine == its { continue }
      if taking.contains(field.id) {
        changes.append(.giving(field, its, over: mine))
      } else if field.rule == .union {
        let missing = its.elements.subtracting(mine.elements)
        if !missing.isEmpty {
          changes.append(
            FieldWrite(field.id, .alter(adding: missing.inByteOrder, removing: [])))
        }
      } else if field.rule != .hubOnly, mine.isNull {
        changes.append(.put(field.id, its))
      }
    }
    return changes
  }

  /// Everything under a customer. Reminders and cases stay behind: the rules ask for the former anew, and the
  /// latter are about a record that is gone.
  private func children(of root: RecordID) throws -> [HubRecord] {
    try store.schema.collections.flatMap { collection -> [HubRecord] in
      guard collection.rootField != nil, let table = store.table(collection.id),
        ![.reminder, .conflict].contains(collection)
      else { return [] }
      return try store.db.all(table.selectSQL + " WHERE root = ? ORDER BY id", .id(root)) {
        try store.record($0, table)
      }
    }
  }

  // MARK: One becomes two again

  /// - Returns: the one that it had become part of.
  func undo(_ other: HubRecord, history: RecordHistory) throws -> RecordID {
    let (kept, position) = try merged(other)
    let done = try store.db.all(
      "SELECT record, collection, change FROM history WHERE position = ? AND replica = ? ORDER BY record",
      .position(position), .replica(.hub)
    ) {
      (
        record: try $0.id(0), collection: CollectionID(UInt32(clamping: $0.integer(1))),
        change: try Change(decoding: $0.blob(2))
      )
    }
    let moved = try done.compactMap { row -> HubRecord? in
      guard let schema = store.schema[row.collection], let field = schema.rootField,
        row.change.writes.contains(.put(field, .reference(kept.id))),
        let child = try store.load(row.record, in: schema), child.isAlive, child.root == kept.id
      else { return nil }
      return child
    }
    let filled = done.first { $0.record == kept.id }?.change.writes ?? []
    let emptying = try emptying(kept, of: filled, madeAt: position, history)
    try store.transaction {
      try store.part(other.id)
      try writes.commit(
        [.write(other, [.put(.lifecycle, Lifecycle.alive.value)]), .write(kept, emptying)]
          + moved.map { .move($0, to: other.id) })
    }
    return kept.id
  }

  /// What a deleted customer was made part of by hand, and when.
  private func merged(_ other: HubRecord) throws -> (kept: HubRecord, at: Position) {
    let row = try store.db.first(
      "SELECT becomes, position FROM twins WHERE record = ? AND replica = ?", .id(other.id),
      .replica(.hub)
    ) { (kept: try $0.id(0), at: $0.position(1)) }
    guard let row, other.presence == .deleted else {
      throw Refused(
        409, "notMerged", "The customer \(other.id) is not part of another one.",
        hint: "A deleted customer comes back with: rounds-admin restore REF --at T")
    }
    let limit = other.updatedAt.advanced(milliseconds: CustomerMerge.undoDays * 24 * 3_600_000)
    guard writes.now <= limit else {
      throw Refused(
        409, "tooLate", "They were merged more than \(CustomerMerge.undoDays) days ago.",
        hint: "The deleted customer itself comes back with: rounds-admin restore REF --at T")
    }
    guard let kept = try store.load(row.kept, in: .customer), kept.isAlive else {
      throw Refused(
        409, "gone", "The customer \(row.kept) is not there any more.",
        hint: "Bring it back first: rounds-admin merge undo, or restore.")
    }
    return (kept, row.at)
  }

  /// Gives back what the kept one was given, where nobody has written there since.
  private func emptying(
    _ kept: HubRecord, of filled: [FieldWrite], madeAt position: Position, _ history: RecordHistory
  ) throws -> [FieldWrite] {
    let before = try history.state(of: kept.id, in: kept.schema, before: position)
    return filled.compactMap { write in
      guard let field = kept.schema[write.field], field.rule != .hubOnly else { return nil }
      let value = kept.state.choice(of: field.id, in: kept.schema).value
      if case .alter(let added, _) = write.action {
        let there = Set(added).intersection(value.elements)
        return there.isEmpty
          ? nil : FieldWrite(field.id, .alter(adding: [], removing: there.inByteOrder))
      }
      guard kept.state[field.id].siblings.allSatisfy({ $0.stamp.position == position }) else {
        return nil
      }
      let former = before?.choice(of: field.id, in: kept.schema).value ?? .null
      return .giving(field, former, over: value)
    }
  }
}

extension FieldWrite {
  /// One value in place of another; a set is altered, so that what somebody adds meanwhile stays.
  fileprivate static func giving(_ field: FieldSchema, _ value: Value, over former: Value)
    -> FieldWrite
  {
    guard field.rule == .union else { return .put(field.id, value) }
    return FieldWrite(field.id, .replacing(former.elements, with: value.elements))
  }
}
