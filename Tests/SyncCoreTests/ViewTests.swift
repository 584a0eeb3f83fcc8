// The view law (I10): what one author sees, applying his own changes, is what the hub makes of
// them.
//
// Every sequence of up to four writes by one author, to a plain field, a set and a group, folded on
// the replica and accepted at the hub, must show the same.

import SyncCore
import Testing

struct ViewTests {
  static let schema = CollectionSchema(
    1, "thing", title: 2,
    fields: [
      FieldSchema(2, "name", .text, .review),
      FieldSchema(3, "tags", .set, .union),
      FieldSchema(4, "money", .group([FieldID(5), FieldID(6)]), .latest),
      FieldSchema(5, "amount", .integer, .latest, group: 4),
      FieldSchema(6, "currency", .text, .latest, group: 4),
    ])

  static let writes: [FieldWrite] = [
    .put(FieldID(2), .text("a")),
    .put(FieldID(2), .text("b")),
    .put(FieldID(2), .null),
    FieldWrite(FieldID(3), .alter(adding: ["x", "y"], removing: [])),
    FieldWrite(FieldID(3), .alter(adding: ["z"], removing: ["x"])),
    FieldWrite(FieldID(3), .alter(adding: ["x"], removing: ["x", "y"])),
    .put(FieldID(3), .null),
    .put(
      FieldID(4), .group(FieldValues([(FieldID(5), .integer(1)), (FieldID(6), .text("CNY"))]))),
    .put(FieldID(4), .group(FieldValues([(FieldID(5), .integer(2))]))),
    .put(FieldID(4), .null),
  ]

  static func change(_ write: FieldWrite) -> Change {
    Change(
      record: ULID(high: 1, low: 1), collection: schema.id, seen: VectorClock(), writes: [write])
  }

  static let deletion = change(.put(.lifecycle, Lifecycle.deleted.value))

  // 10⁴ sequences of four; shorter ones are their beginnings, and are compared too.
  @Test func `a replica folds its own changes to what the hub will show`() {
    let schema = ViewTests.schema
    let cases = Exhaustive.count { choices in
      var view = RecordView(values: nil)
      var record = RecordState(collection: schema.id)
      for number in 1...4 {
        let write = choices.pick(ViewTests.writes)
        view.apply(ViewTests.change(write), in: schema)
        let dot = Dot(ReplicaID(1), Counter(UInt64(number)))
        record.accept(
          [write],
          stamp: ChangeStamp(position: Position(UInt64(number)), dot: dot, time: .zero),
          seen: VectorClock().knowingOwn(before: dot), now: HybridTimestamp(rawValue: 100))
        let shown = record.shown(in: schema)
        if view.values != shown || !record.openUnits(in: schema).isEmpty {
          Issue.record("\(write): \(String(describing: view.values)) is not \(shown)")
        }
      }
      return true
    }
    #expect(cases == 10_000)
  }

  @Test func `a deleted record has no values, and writing to it again begins anew`() {
    var view = RecordView(values: FieldValues([(FieldID(2), .text("a"))]))
    view.apply(ViewTests.deletion, in: ViewTests.schema)
    #expect(view.values == nil)
    view.apply(ViewTests.change(ViewTests.writes[1]), in: ViewTests.schema)
    #expect(view.values == FieldValues([(FieldID(2), .text("b"))]))
  }

  @Test func `one change writes several fields, and an unknown one is kept`() {
    var view = RecordView(values: FieldValues())
    var change = ViewTests.change(ViewTests.writes[0])
    change.writes += [ViewTests.writes[3], .put(FieldID(99), .boolean(true))]
    view.apply(change, in: ViewTests.schema)
    let expected: [(FieldID, Value)] = [
      (FieldID(2), .text("a")), (FieldID(3), .set(["x", "y"])), (FieldID(99), .boolean(true)),
    ]
    #expect(view.values == FieldValues(expected))
  }

  // Every way of setting and clearing 3 fields in 4 steps.
  @Test func `values are a sorted bag without nulls, however they were set`() {
    let cases = Exhaustive.count { choices in
      var values = FieldValues()
      var expected: [UInt32: Value] = [:]
      for step in 0..<4 {
        let field = UInt32(choices.pick(below: 3) + 2)
        let value: Value = choices.pick(below: 2) == 0 ? .null : .integer(Int64(step))
        values[FieldID(field)] = value
        expected[field] = value.isNull ? nil : value
      }
      let sorted = expected.sorted { $0.key < $1.key }
      #expect(values.entries.map(\.field.rawValue) == sorted.map(\.key))
      #expect(values.entries.map(\.value) == sorted.map(\.value))
      #expect(values == FieldValues(sorted.reversed().map { (FieldID($0.key), $0.value) }))
      return true
    }
    #expect(cases == 1296)
  }
}
