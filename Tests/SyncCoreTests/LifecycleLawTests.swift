// Life and death of records: deletions, restores and edits that did or did not know of each other.
//
// Every small history with every mixture of the three. A deletion or a restore replaces whatever
// its author saw; an edit replaces only the `alive` that its author saw, so it can never settle a
// dispute about deleting.

import SyncCore
import Testing

struct LifecycleLawTests {
  enum Act: CaseIterable { case edit, delete, restore }

  static func writes(_ act: Act, _ change: Int) -> [FieldWrite] {
    switch act {
    case .edit: [.put(FieldID(2), .integer(Int64(change)))]
    case .delete: [.put(.lifecycle, Lifecycle.deleted.value)]
    case .restore: [.put(.lifecycle, Lifecycle.alive.value)]
    }
  }

  static func lives(_ act: Act) -> Bool { act != .delete }

  /// The lifecycle siblings by definition.
  static func survivors(_ history: History, _ acts: [Act]) -> [Int] {
    (0..<history.count).filter { change in
      !(0..<history.count).contains { later in
        history.seen[later].has(change) && (acts[later] != .edit || lives(acts[change]))
      }
    }
  }

  static func schema(_ deletion: DeletionRule) -> CollectionSchema {
    CollectionSchema(
      1, "thing", title: 2, deletion: deletion, fields: [FieldSchema(2, "name", .integer, .latest)])
  }

  static func replay(_ history: History, _ acts: [Act], in order: [Int]) -> RecordState {
    var record = RecordState(collection: CollectionID(1))
    for (position, change) in order.enumerated() {
      record.accept(
        writes(acts[change], change), stamp: history.stamp(change, at: position, time: change),
        seen: history.clock(change), now: HybridTimestamp(rawValue: 1000))
    }
    return record
  }

  // 1 · 3 + 3 · 9 + 18 · 27 + 156 · 81 mixtures, each in every order and under both rules.
  @Test func `a deletion and an edit that did not know of each other are both kept`() {
    var cases = 0
    let schemas = [DeletionRule.editRevives, .deletionWins].map(LifecycleLawTests.schema)
    for history in History.all(upTo: 4) {
      let orders = history.orders
      cases += Exhaustive.count { choices in
        let acts = (0..<history.count).map { _ in choices.pick(Act.allCases) }
        let survivors = LifecycleLawTests.survivors(history, acts)
        let lives = survivors.contains { LifecycleLawTests.lives(acts[$0]) }
        let dies = survivors.contains { !LifecycleLawTests.lives(acts[$0]) }
        for order in orders {
          let record = LifecycleLawTests.replay(history, acts, in: order)
          let dots = Set(record[.lifecycle].siblings.map(\.stamp.dot))
          let isAlive = schemas.map(record.isAlive)
          let isOpen = schemas.map { $0.deletion == .editRevives && lives && dies }
          let opens = schemas.map { record.openUnits(in: $0).contains(.lifecycle) }
          if dots != Set(survivors.map(history.dot)) || isAlive != [lives, !dies]
            || opens != isOpen
          {
            Issue.record("\(history) \(acts) \(order)")
          }
        }
        return true
      }
    }
    #expect(cases == 3 + 3 * 9 + 18 * 27 + 156 * 81)
  }

  @Test func `an edit never settles a dispute about deleting, even if its author saw it`() {
    let history = History(authors: [0, 1, 2], seen: [0b000, 0b000, 0b011])
    let disputed = LifecycleLawTests.replay(history, [.edit, .delete, .edit], in: [0, 1, 2])
    #expect(disputed[.lifecycle].siblings.count == 2)
    #expect(disputed.openUnits(in: LifecycleLawTests.schema(.editRevives)) == [.lifecycle])
    for act in [Act.delete, .restore] {
      let settled = LifecycleLawTests.replay(history, [.edit, .delete, act], in: [0, 1, 2])
      #expect(settled[.lifecycle].siblings.count == 1)
      #expect(settled.openUnits(in: LifecycleLawTests.schema(.editRevives)).isEmpty)
    }
  }

  @Test func `a deletion touches no other field, so a restore brings everything back`() {
    let history = History(authors: [0, 0, 0], seen: [0b000, 0b001, 0b011])
    let acts: [Act] = [.edit, .delete, .restore]
    let schema = LifecycleLawTests.schema(.editRevives)
    let deleted = LifecycleLawTests.replay(
      History(authors: [0, 0], seen: [0, 1]), [.edit, .delete], in: [0, 1])
    #expect(!deleted.isAlive(in: schema))
    #expect(deleted.shown(in: schema)[FieldID(2)] == .integer(0))
    let restored = LifecycleLawTests.replay(history, acts, in: [0, 1, 2])
    #expect(restored.isAlive(in: schema))
    #expect(restored.shown(in: schema)[FieldID(2)] == .integer(0))
  }

  @Test func `a new child revives a deleted root, and asks`() {
    let history = History(authors: [0, 0, 1], seen: [0b000, 0b001, 0b000])
    var root = LifecycleLawTests.replay(
      History(authors: [0, 0], seen: [0, 1]), [.edit, .delete], in: [0, 1])
    root.revive(stamp: history.stamp(2, at: 2))
    #expect(root.isAlive(in: LifecycleLawTests.schema(.editRevives)))
    #expect(root.openUnits(in: LifecycleLawTests.schema(.editRevives)) == [.lifecycle])
    #expect(!root.isAlive(in: LifecycleLawTests.schema(.deletionWins)))
    let once = root
    root.revive(stamp: history.stamp(2, at: 2))
    #expect(root == once)
  }

  @Test func `a record without siblings is alive, covered and empty`() {
    let record = RecordState(collection: CollectionID(1))
    #expect(record.isAlive(in: LifecycleLawTests.schema(.deletionWins)))
    #expect(record.isCovered(by: VectorClock()))
    #expect(record.shown(in: LifecycleLawTests.schema(.editRevives)).isEmpty)
    #expect(record.units.isEmpty)
  }

  @Test func `a clock covers a record when it covers every sibling of it`() {
    let history = History(authors: [0, 1], seen: [0, 0])
    let record = LifecycleLawTests.replay(history, [.edit, .edit], in: [0, 1])
    for (position, isCovered) in [(0, false), (1, false), (2, true)] {
      #expect(
        record.isCovered(by: VectorClock(hub: Position(UInt64(position)))) == isCovered)
    }
  }
}
