// Which values survive: the laws of `FieldState` on every small history (I1, I2, I3, I13).
//
// Survival must not look at values or times, so most laws run with four different values; the first
// one runs with every assignment of values and times as well. The expected survivors come from the
// definition, not from the code: a value lives until a change that saw it replaces it.

import SyncCore
import Testing

struct SurvivalLawTests {
  static let values: [Value] = [.null, .text("a"), .text("b")]

  /// All changes put one after the other.
  static func replay(
    _ history: History, in order: [Int], values: [Value], times: [Int],
    kept: [Changes] = [], clocks: ((Int) -> VectorClock)? = nil
  ) -> FieldState {
    var state = FieldState()
    for (position, change) in order.enumerated() {
      put(history, change, at: position, values, times, kept, into: &state, clocks)
    }
    return state
  }

  static func put(
    _ history: History, _ change: Int, at position: Int, _ values: [Value], _ times: [Int],
    _ kept: [Changes], into state: inout FieldState, _ clocks: ((Int) -> VectorClock)? = nil
  ) {
    let keeping = (0..<history.count).filter { !kept.isEmpty && kept[change].has($0) }
    state.put(
      values[change], stamp: history.stamp(change, at: position, time: times[change]),
      seen: clocks?(change) ?? history.clock(change), keeping: Set(keeping.map(history.dot)))
  }

  static func expected(
    _ history: History, _ survivors: [Int], _ values: [Value], _ times: [Int]
  ) -> Set<Sibling.Unplaced> {
    Set(
      survivors.map { change in
        Sibling.Unplaced(
          Sibling(
            value: values[change], stamp: history.stamp(change, at: 0, time: times[change])))
      })
  }

  @Test func `there are as many small histories as the model can bring about`() {
    #expect((1...5).map { History.all(of: $0).count } == [1, 3, 18, 156, 1656])
  }

  // Every history of up to 3 changes, each change with 3 values and 2 times: 4,002 cases, each in
  // every order.
  @Test func `values and times have no say in what survives`() {
    var cases = 0
    for history in History.all(upTo: 3) {
      let survivors = history.survivors()
      cases += Exhaustive.count { choices in
        let values = (0..<history.count).map { _ in choices.pick(SurvivalLawTests.values) }
        let times = (0..<history.count).map { _ in choices.pick(below: 2) }
        let expected = SurvivalLawTests.expected(history, survivors, values, times)
        for order in history.orders {
          let state = SurvivalLawTests.replay(history, in: order, values: values, times: times)
          #expect(Set(state.unplaced) == expected)
          #expect(state.siblings == state.siblings.sorted { $0.stamp.dot < $1.stamp.dot })
        }
        return true
      }
    }
    #expect(cases == 1 * 6 + 3 * 36 + 18 * 216)
  }

  static let distinct: [Value] = ["a", "b", "c", "d", "e"].map { .text($0) }
  static let times = [1, 1, 1, 1, 1]

  // Every history of up to 5 changes in every order: 14,332 replays.
  @Test func `any order of arrival leaves the same siblings`() {
    var cases = 0
    for history in History.all(upTo: 5) {
      let expected = SurvivalLawTests.expected(
        history, history.survivors(), SurvivalLawTests.distinct, SurvivalLawTests.times)
      for order in history.orders {
        cases += 1
        let state = SurvivalLawTests.replay(
          history, in: order, values: SurvivalLawTests.distinct, times: SurvivalLawTests.times)
        #expect(Set(state.unplaced) == expected)
      }
    }
    #expect(cases == 14_332)
  }

  // Every history of up to 3 changes, with every way of keeping what was seen, in every order: 137.
  @Test func `a kept sibling stands, and nothing else that was seen does`() {
    var cases = 0
    for history in History.all(upTo: 3) {
      _ = Exhaustive.count { choices in
        let kept = (0..<history.count).map { change -> Changes in
          (0..<change).reduce(0) { bits, other in
            history.seen[change].has(other) && choices.pick(below: 2) == 1
              ? bits | 1 << other : bits
          }
        }
        let expected = SurvivalLawTests.expected(
          history, history.survivors { kept[$0] }, SurvivalLawTests.distinct, SurvivalLawTests.times
        )
        for order in history.orders {
          cases += 1
          let state = SurvivalLawTests.replay(
            history, in: order, values: SurvivalLawTests.distinct, times: SurvivalLawTests.times,
            kept: kept)
          #expect(Set(state.unplaced) == expected)
        }
        return true
      }
    }
    #expect(cases == 137)
  }

  @Test func `no value is lost, and none that was replaced comes back`() {
    var steps = 0
    for history in History.all(upTo: 4) {
      for order in history.orders {
        var state = FieldState()
        var arrived: Changes = 0
        var gone: Set<Dot> = []
        for (position, change) in order.enumerated() {
          steps += 1
          SurvivalLawTests.put(
            history, change, at: position, SurvivalLawTests.distinct, SurvivalLawTests.times, [],
            into: &state)
          arrived |= 1 << change
          let live = Set(state.siblings.map(\.stamp.dot))
          for other in 0..<history.count where arrived.has(other) {
            let isReplaced = (0..<history.count).contains {
              arrived.has($0) && history.seen[$0].has(other)
            }
            #expect(live.contains(history.dot(other)) != isReplaced)
            if isReplaced { gone.insert(history.dot(other)) }
          }
          #expect(live.isDisjoint(with: gone))
          #expect(live.contains(history.dot(change)))
        }
      }
    }
    #expect(steps == 2748)
  }

  @Test func `a change that arrives again changes nothing`() {
    var deliveries = 0
    for history in History.all(upTo: 4) {
      for order in history.orders {
        var state = FieldState()
        var counters: [ReplicaID: Counter] = [:]
        for (position, change) in order.enumerated() {
          // Everything that arrived so far arrives once more, as after a lost answer. The hub looks
          // at the counter first, as `Dot`s of one replica are committed without gaps (I4).
          for again in order[...position] + order[...position] {
            deliveries += 1
            let dot = history.dot(again)
            let before = state
            let isNew = dot.counter > counters[dot.replica, default: .none]
            guard isNew || again == change else { continue }
            SurvivalLawTests.put(
              history, again, at: position, SurvivalLawTests.distinct, SurvivalLawTests.times, [],
              into: &state)
            counters[dot.replica] = max(dot.counter, counters[dot.replica, default: .none])
            #expect(isNew || state == before)
          }
        }
        let expected = SurvivalLawTests.expected(
          history, history.survivors(), SurvivalLawTests.distinct, SurvivalLawTests.times)
        #expect(Set(state.unplaced) == expected)
      }
    }
    #expect(deliveries == 13_598)
  }

  @Test func `a position says the same as the counters it stands for`() {
    var cases = 0
    for history in History.all(upTo: 4) {
      for order in history.orders {
        let clocks = (0..<history.count).map { history.hubClock($0, in: order) }
        guard clocks.contains(where: { ($0?.hub ?? .start) > .start }) else { continue }
        cases += 1
        let byCounters = SurvivalLawTests.replay(
          history, in: order, values: SurvivalLawTests.distinct, times: SurvivalLawTests.times)
        let byPositions = SurvivalLawTests.replay(
          history, in: order, values: SurvivalLawTests.distinct, times: SurvivalLawTests.times
        ) { clocks[$0] ?? history.clock($0) }
        #expect(byCounters == byPositions)
      }
    }
    #expect(cases > 300)
  }
}
