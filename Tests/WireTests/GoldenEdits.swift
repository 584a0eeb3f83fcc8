// The golden vectors of values, edits and stored states.

import SyncCore

@testable import Wire

extension GoldenVector {
  private static let about = """
    Edit
      id        \(editID): milliseconds 1772442000000, then ed17 and 0000000001020304
      changes   one:
        record      \(customer): milliseconds 1772000000000, then 0a0a and 0000000000000001
        collection  1
        seen_hub    1000000
        writes
    """

  static let edits: [GoldenVector] = [
    GoldenVector(
      "edit-one-field", "An edit: one field of one customer",
      about + "\n      field 6, put text \"+49 30 901820\"", phoneEdit),
    GoldenVector(
      "edit-set", "An edit: an element added to a set, two removed",
      about
        + "\n      field 9, adding \"vip\", removing \"cold\" and \"lead\" (sorted by bytes)",
      edit([FieldWrite(FieldID(9), .alter(adding: ["vip"], removing: ["cold", "lead"]))])),
    GoldenVector(
      "edit-group", "An edit: an address, whose fields merge as one value",
      about + "\n      field 20, put group of 21 \"Hauptstr. 1\" and 22 \"Ulm\"",
      edit([.put(FieldID(20), .group(address))])),
    GoldenVector(
      "edit-delete", "An edit: a customer deleted",
      about + "\n      field 1 (the lifecycle), put text \"deleted\"",
      edit([.put(.lifecycle, Lifecycle.deleted.value)])),
    GoldenVector(
      "edit-clear", "An edit: a field emptied",
      about + "\n      field 6, put cleared", edit([.put(FieldID(6), .null)])),
    GoldenVector(
      "edit-keep", "An edit: a value put, while two siblings are left standing",
      about + "\n      field 6, put text \"a\", keeping 2:7 and 3:1",
      edit([
        FieldWrite(
          FieldID(6),
          .put(
            .text("a"),
            keeping: [Dot(ReplicaID(2), Counter(7)), Dot(ReplicaID(3), Counter(1))]))
      ])),
    GoldenVector(
      "edit-atomic", "An edit: two records in one, all or nothing", atomicMeaning, atomic),
    GoldenVector("edit-values", "An edit: a value of every kind", valuesMeaning, everyValue),
    GoldenVector(
      "stored-state", "What the hub keeps of a record's siblings", storedMeaning, stored),
  ]

  private static let address = FieldValues([
    (FieldID(21), .text("Hauptstr. 1")), (FieldID(22), .text("Ulm")),
  ])

  private static let atomicMeaning = """
    Edit
      id             as in edit-one-field
      stamp_counter  65535
      atomic         true
      changes        two:
        record 0a0a…01 of collection 1, seen_hub absent, seen_replicas 4:9 and 7:1; field 5, put integer -3
        record 0b0b…02 of collection 2, seen_hub absent; no writes
    """

  private static let atomic = Edit(
    id: editID, stampCounter: .max, isAtomic: true,
    changes: [
      Change(
        record: customer, collection: CollectionID(1),
        seen: VectorClock(replicas: [ReplicaID(7): Counter(1), ReplicaID(4): Counter(9)]),
        writes: [.put(FieldID(5), .integer(-3))]),
      Change(record: visit, collection: CollectionID(2), seen: VectorClock(), writes: []),
    ])

  private static let valuesMeaning =
    about + """

            field 2, put text "" (the empty text, which is not the same as cleared)
            field 3, put integer -9223372036854775808
            field 4, put boolean false
            field 5, put decimal "-0.5"
            field 6, put moment 1772442000000
            field 7, put reference, the record itself
            field 8, put set of "A", "a", "ä"
            field 9, put empty set
            field 10, put empty group
            field 4294967295, put cleared
      """

  // The text is a decimal number.
  private static let half = DecimalNumber("-0.5")!
  private static let everyValue = edit([
    .put(FieldID(2), .text("")), .put(FieldID(3), .integer(.min)),
    .put(FieldID(4), .boolean(false)), .put(FieldID(5), .decimal(half)),
    .put(FieldID(6), .moment(nine)), .put(FieldID(7), .reference(customer)),
    .put(FieldID(8), .set(["A", "a", "ä"])), .put(FieldID(9), .set([])),
    .put(FieldID(10), .group(FieldValues())), .put(FieldID(.max), .null),
  ])

  private static let storedMeaning = """
    StoredState
      changes  two:
        position 41, dot 3:12, time 1772442000000 with counter 5, authority 0; shown fields 2, 3 and 300
        position 57, dot 4:2, time 1772442000001 with counter 0, authority 2 (manager);
          siblings: field 6 cleared; field 9 "a"; field 9 "b"
    """

  private static let stored = StoredState(changes: [
    StoredChange(
      stamp: ChangeStamp(
        position: Position(41), dot: Dot(ReplicaID(3), Counter(12)),
        time: HybridTimestamp(moment: nine, counter: 5)),
      shown: [FieldID(2), FieldID(3), FieldID(300)], siblings: []),
    StoredChange(
      stamp: ChangeStamp(
        position: Position(57), dot: Dot(ReplicaID(4), Counter(2)),
        time: HybridTimestamp(moment: nine.advanced(milliseconds: 1)), authority: .manager),
      shown: [],
      siblings: [
        FieldValues.Entry(field: FieldID(6), value: .null),
        FieldValues.Entry(field: FieldID(9), value: .text("a")),
        FieldValues.Entry(field: FieldID(9), value: .text("b")),
      ]),
  ])
}
