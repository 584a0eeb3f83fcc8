// Time: effective stamps (I14), and the hybrid clock that authors and hub stamp with.
//
// Authors may have any clock: slow, fast, equal. The hub's own time is a hybrid stamp that goes up
// with every commit; the law that no effective stamp lies beyond it needs that.

import SyncCore
import Testing

struct StampLawTests {
  static let field = FieldID(2)

  static func time(_ rawValue: Int) -> HybridTimestamp {
    HybridTimestamp(rawValue: UInt64(rawValue))
  }

  // 8³ small stamps and the ends of the range.
  @Test func `an effective stamp is clamped to now and lies above what it covers`() {
    var cases = 0
    let small = (0..<8).map { StampLawTests.time($0) }
    for stamp in small + [HybridTimestamp(rawValue: .max)] {
      for now in small {
        #expect(stamp.effective(now: now, covering: nil) == min(stamp, now))
        for greatest in small {
          cases += 1
          let effective = stamp.effective(now: now, covering: greatest)
          #expect(effective > greatest)
          #expect(effective <= max(now, greatest.next))
          #expect(effective == min(stamp, now) || effective == greatest.next)
        }
      }
    }
    #expect(cases == 9 * 8 * 8)
  }

  // Every history of up to 4 changes in every order, authors' clocks at 3 places each: 54,120.
  @Test func `no effective stamp lies beyond the commit, or below one that it replaced`() {
    var cases = 0
    for history in History.all(upTo: 4) {
      let orders = history.orders
      cases += Exhaustive.count { choices in
        let stamps = (0..<history.count).map { _ in choices.pick([0, 11, 1000]) }
        let order = choices.pick(orders)
        var record = RecordState(collection: CollectionID(1))
        for (position, change) in order.enumerated() {
          let now = StampLawTests.time(10 + position)
          let before = record[StampLawTests.field]
          let stamp = record.accept(
            [.put(StampLawTests.field, .integer(Int64(change)))],
            stamp: history.stamp(change, at: position, time: stamps[change]),
            seen: history.clock(change), now: now)
          let replaced = before.siblings.filter { history.clock(change).covers($0.stamp) }
          let isBounded = stamp.time <= now && replaced.allSatisfy { $0.stamp.time < stamp.time }
          let isFixed = record[StampLawTests.field].siblings.contains { $0.stamp == stamp }
          if !isBounded || !isFixed { Issue.record("\(history) \(stamps) \(order)") }
        }
        return true
      }
    }
    #expect(cases == 54_120)
  }

  // The same histories with clocks that keep the law: stamps are then a matter of authors alone.
  @Test func `stamps above what their authors saw are the same in any order of arrival`() {
    var cases = 0
    for history in History.all(upTo: 4) {
      let depths = history.depths
      for order in history.orders {
        cases += 1
        var record = RecordState(collection: CollectionID(1))
        for (position, change) in order.enumerated() {
          let stamp = history.stamp(change, at: position, time: depths[change] * 8 + change)
          let effective = record.accept(
            [.put(StampLawTests.field, .integer(Int64(change)))], stamp: stamp,
            seen: history.clock(change), now: StampLawTests.time(1000))
          #expect(effective == stamp)
        }
      }
    }
    #expect(cases == 700)
  }

  /// Why replicas must hear the stamps of what they pull (or the hub's time, which is above them):
  /// two authors saw the same value, both with clocks behind it. Whoever arrives first is lifted
  /// over it; the other finds it gone and is not.
  @Test func `authors whose clocks did not hear what they saw are ranked by arrival`() {
    func shown(_ order: [Int]) -> Value {
      var record = RecordState(collection: CollectionID(1))
      let history = History(authors: [0, 1, 2], seen: [0b000, 0b001, 0b001])
      for (position, change) in order.enumerated() {
        record.accept(
          [.put(StampLawTests.field, .integer(Int64(change)))],
          stamp: history.stamp(change, at: position, time: change == 0 ? 100 : 5),
          seen: history.clock(change), now: StampLawTests.time(1000))
      }
      return MergeRule.latest.choose(record[StampLawTests.field].siblings).value
    }
    #expect(shown([0, 1, 2]) == .integer(1))
    #expect(shown([0, 2, 1]) == .integer(2))
  }

  // Sequences of 5 events, each a stamp or a hearing at one of 3 times: 7,776 of them.
  @Test func `a hybrid clock only goes up, and never lies below now or below what it heard`() {
    let cases = Exhaustive.count { choices in
      var clock = HybridClock()
      for _ in 0..<5 {
        let before = clock.last
        let at = Moment(milliseconds: Int64(choices.pick(below: 3)))
        if choices.pick(below: 2) == 0 {
          let stamp = clock.stamp(now: at)
          #expect(stamp > before && stamp >= HybridTimestamp(moment: at) && stamp == clock.last)
        } else {
          let heard = HybridTimestamp(moment: at, counter: 3)
          clock.hear(heard)
          #expect(clock.last == max(before, heard))
        }
      }
      return true
    }
    #expect(cases == 7776)
  }

  @Test func `a full counter borrows a millisecond`() {
    let full = HybridTimestamp(moment: Moment(milliseconds: 7), counter: .max)
    #expect(full.next == HybridTimestamp(moment: Moment(milliseconds: 8), counter: 0))
    #expect(full.moment == Moment(milliseconds: 7))
    #expect(full.counter == .max)
    #expect(HybridTimestamp(moment: Moment(milliseconds: -5)) == .zero)
  }
}
