// What a clock covers: every small clock against every small stamp, and the clocks made from
// others.
//
// Everything is checked against the definition: a stamp is covered by its position or by its dot.

import SyncCore
import Testing

struct VectorClockTests {
  static func clock(_ choices: inout Exhaustive) -> VectorClock {
    var clock = VectorClock(hub: Position(UInt64(choices.pick(below: 3))))
    for replica in 1...2 {
      let counter = choices.pick(below: 3)
      if counter > 0 { clock.replicas[ReplicaID(UInt32(replica))] = Counter(UInt64(counter)) }
    }
    return clock
  }

  static let stamps: [ChangeStamp] = (1...3).flatMap { position in
    (1...3).flatMap { replica in
      (1...3).map { counter in
        ChangeStamp(
          position: Position(UInt64(position)),
          dot: Dot(ReplicaID(UInt32(replica)), Counter(UInt64(counter))), time: .zero)
      }
    }
  }

  @Test func `two clocks together cover exactly what either covers`() {
    let cases = Exhaustive.count { choices in
      let (left, right) = (VectorClockTests.clock(&choices), VectorClockTests.clock(&choices))
      let both = left.merged(with: right)
      for stamp in VectorClockTests.stamps {
        #expect(both.covers(stamp) == (left.covers(stamp) || right.covers(stamp)))
      }
      #expect(both == right.merged(with: left))
      return true
    }
    #expect(cases == 27 * 27)
  }

  @Test func `a clamped clock claims no position that was not sent, and keeps its counters`() {
    let cases = Exhaustive.count { choices in
      let clock = VectorClockTests.clock(&choices)
      let sent = Position(UInt64(choices.pick(below: 3)))
      for stamp in VectorClockTests.stamps {
        let byDot = VectorClock(replicas: clock.replicas).covers(stamp)
        let byPosition = stamp.position <= clock.hub && stamp.position <= sent
        #expect(clock.clamped(to: sent).covers(stamp) == (byDot || byPosition))
      }
      return true
    }
    #expect(cases == 27 * 3)
  }

  @Test func `an author knows his own earlier changes, and not the one he is writing`() {
    let cases = Exhaustive.count { choices in
      let clock = VectorClockTests.clock(&choices)
      let dot = Dot(ReplicaID(1), Counter(UInt64(choices.pick(below: 3) + 1)))
      for stamp in VectorClockTests.stamps {
        let isOwn = stamp.dot.replica == dot.replica && stamp.dot.counter < dot.counter
        #expect(clock.knowingOwn(before: dot).covers(stamp) == (clock.covers(stamp) || isOwn))
      }
      return true
    }
    #expect(cases == 27 * 3)
  }

  @Test func `the empty clock covers nothing`() {
    #expect(VectorClockTests.stamps.count == 27)
    #expect(!VectorClockTests.stamps.contains(where: VectorClock().covers))
  }
}
