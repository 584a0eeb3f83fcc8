// Which sibling is shown: every rule on every small set of siblings, and on every small history.
//
// A choice is a function of the *set* (I15): no order of siblings and no order of arrival may show.
// The one exception is `firstAccepted`, which asks for the order of arrival and nothing else. Times
// here keep the law of `HybridClock`: a change ranks above everything that its author had seen.

import SyncCore
import Testing

struct ChoiceLawTests {
  static let ladder = Ladder([["a", "alpha"], ["b"]])

  static let rules: [MergeRule] = [
    .latest, .ranked, .review, .union, .greatest, .least, .furthest(ladder), .firstAccepted,
    .hubOnly, .once, .lifecycle(.editRevives), .lifecycle(.deletionWins),
  ]

  /// Three values that a rule tells apart, two that it does not, or one that is none.
  static func values(_ rule: MergeRule) -> [Value] {
    switch rule {
    case .furthest: [.text("a"), .text("alpha"), .text("b"), .text("z")]
    case .lifecycle: [Lifecycle.alive.value, Lifecycle.deleted.value, .null]
    default: [.null, .text("a"), .text("b")]
    }
  }

  /// A set of up to three siblings: values, times 0 and 1, authorities, and dots in an order that
  /// is not that of positions.
  static func siblings(_ choices: inout Exhaustive, for rule: MergeRule) -> [Sibling] {
    let dots = [
      Dot(ReplicaID(2), Counter(1)), Dot(ReplicaID(1), Counter(9)), Dot(.hub, Counter(4)),
    ]
    let authorities = rule == .ranked ? [Authority.member, .manager] : [.owner]
    return (0...choices.pick(below: 3)).map { index in
      Sibling(
        value: choices.pick(ChoiceLawTests.values(rule)),
        stamp: ChangeStamp(
          position: Position(UInt64(index + 1)), dot: dots[index],
          time: HybridTimestamp(rawValue: UInt64(choices.pick(below: 2))),
          authority: choices.pick(authorities)))
    }
  }

  /// How many sets there are for all rules but the union: 6, for ranks 12, for ladders 8 a sibling.
  static let setCount = [6, 12, 8].map { $0 + $0 * $0 + $0 * $0 * $0 }
  static let setCountOfAll = 9 * setCount[0] + setCount[1] + setCount[2]

  // Twelve rules, 5,048 sets in all, each in every permutation.
  @Test func `no order of siblings shows in a choice`() {
    var cases = 0
    for rule in ChoiceLawTests.rules {
      cases += Exhaustive.count { choices in
        let siblings = ChoiceLawTests.siblings(&choices, for: rule)
        let choice = rule.choose(siblings)
        for order in siblings.permutations where rule.choose(order) != choice {
          Issue.record("\(rule.name) shows the order of \(siblings)")
        }
        return true
      }
    }
    #expect(cases == ChoiceLawTests.setCountOfAll + ChoiceLawTests.setCount[0])
  }

  @Test func `what is shown is a sibling's value, and equal values agree`() {
    var cases = 0
    for rule in ChoiceLawTests.rules where rule != .union {
      cases += Exhaustive.count { choices in
        let siblings = ChoiceLawTests.siblings(&choices, for: rule)
        let choice = rule.choose(siblings)
        let isUnanimous = Set(siblings.map(\.value)).count == 1
        let isUndecided = [.review, .lifecycle(.editRevives)].contains(rule)
        let expected: Settlement = isUnanimous ? .agreed : isUndecided ? .open : .settled
        if !siblings.contains(where: { $0.value == choice.value })
          || choice.settlement != expected
        {
          Issue.record("\(rule.name) makes \(choice) of \(siblings)")
        }
        return true
      }
      #expect(rule.choose([]) == MergeRule.latest.choose([]))
    }
    #expect(cases == ChoiceLawTests.setCountOfAll)
    #expect(MergeRule.latest.choose([]).value == .null)
    #expect(MergeRule.latest.choose([]).settlement == .agreed)
  }

  /// What each rule is for, said a second time: a key whose greatest bearer is shown.
  static func key(_ rule: MergeRule, _ sibling: Sibling) -> [Int] {
    let stamp = sibling.stamp
    let rank = [
      Int(stamp.time.rawValue), Int(stamp.dot.replica.rawValue), Int(stamp.dot.counter.rawValue),
    ]
    let height = [.null, .text("a"), .text("b")].firstIndex(of: sibling.value) ?? -1
    switch rule {
    case .ranked: return [Int(stamp.authority.rawValue)] + rank
    case .greatest: return [height] + rank
    case .least: return [sibling.value.isNull ? -9 : -height] + rank
    case .furthest:
      let rungs: [Value: Int] = [.text("a"): 0, .text("alpha"): 0, .text("b"): 1]
      return [rungs[sibling.value, default: -1]] + rank
    case .firstAccepted: return [-Int(stamp.position.rawValue)]
    case .lifecycle(.editRevives):
      return [sibling.value == Lifecycle.alive.value ? 1 : 0] + rank
    case .lifecycle(.deletionWins):
      return [sibling.value == Lifecycle.deleted.value ? 1 : 0] + rank
    default: return rank
    }
  }

  @Test func `every rule shows what it is for, then the latest, then the greatest dot`() {
    var cases = 0
    for rule in ChoiceLawTests.rules where rule != .union {
      cases += Exhaustive.count { choices in
        let siblings = ChoiceLawTests.siblings(&choices, for: rule)
        let winner = siblings.max { left, right in
          let (left, right) = (ChoiceLawTests.key(rule, left), ChoiceLawTests.key(rule, right))
          return left.lexicographicallyPrecedes(right)
        }
        if rule.choose(siblings).value != winner?.value {
          Issue.record("\(rule.name) shows \(rule.choose(siblings)) of \(siblings)")
        }
        return true
      }
    }
    #expect(cases == ChoiceLawTests.setCountOfAll)
  }

  // Every history of up to 4 changes, with 3 values each (2 where there are four). Times keep the
  // law of the clock: they go up with the number of changes seen in a row. Within one depth they
  // are all equal, or all different, or (up to 3 changes) any mixture. 12,996 cases, each in every
  // order, by eleven rules.
  @Test func `any order of arrival shows the same value by every rule`() {
    var cases = 0
    for history in History.all(upTo: 4) {
      let orders = history.orders
      let depths = history.depths
      // With four changes times are all equal at one depth, or all different.
      let isSmall = history.count < 4
      let values = [.text("a"), .text("b")] + (isSmall ? [Value.null] : [])
      cases += Exhaustive.count { choices in
        let values = (0..<history.count).map { _ in choices.pick(values) }
        let isDistinct = choices.pick(below: 2) == 1
        let times = (0..<history.count).map { change in
          depths[change] * 8 + (isSmall ? choices.pick(below: 2) : 0) + (isDistinct ? change : 0)
        }
        var chosen: [Choice]?
        for order in orders {
          let state = SurvivalLawTests.replay(history, in: order, values: values, times: times)
          let choices = ChoiceLawTests.rules.filter { $0 != .firstAccepted }.map {
            $0.choose(state.siblings)
          }
          if choices != chosen ?? choices { Issue.record("\(history) \(values) \(times) \(order)") }
          chosen = choices
        }
        return true
      }
    }
    #expect(cases == 2 * (6 + 3 * 36 + 18 * 216 + 156 * 16))
  }

  @Test func `the first that was accepted is the one that arrived first of those that survive`() {
    var cases = 0
    for history in History.all(upTo: 4) {
      let survivors = history.survivors()
      for order in history.orders {
        cases += 1
        let state = SurvivalLawTests.replay(
          history, in: order, values: SurvivalLawTests.distinct, times: SurvivalLawTests.times)
        let first = order.first { survivors.contains($0) }.map { SurvivalLawTests.distinct[$0] }
        #expect(MergeRule.firstAccepted.choose(state.siblings).value == first)
      }
    }
    #expect(cases == 700)
  }

  @Test func `a step back on a ladder wins only over what it has seen`() {
    func shown(_ seen: VectorClock) -> Value {
      var state = FieldState()
      let stamps = (1...2).map { number in
        ChangeStamp(
          position: Position(UInt64(number)), dot: Dot(ReplicaID(UInt32(number)), Counter(1)),
          time: HybridTimestamp(rawValue: UInt64(number)))
      }
      state.put(.text("b"), stamp: stamps[0], seen: VectorClock())
      state.put(.text("a"), stamp: stamps[1], seen: seen)
      return MergeRule.furthest(ChoiceLawTests.ladder).choose(state.siblings).value
    }
    #expect(shown(VectorClock()) == .text("b"))
    #expect(shown(VectorClock(hub: Position(1))) == .text("a"))
  }

  @Test func `every rule has a name of its own`() {
    #expect(Set(ChoiceLawTests.rules.map(\.name)).count == ChoiceLawTests.rules.count)
  }
}

extension History {
  /// By change: how many changes lie in a row below it.
  var depths: [Int] {
    var depths: [Int] = []
    for change in 0..<count {
      let below = (0..<change).filter { seen[change].has($0) }.map { depths[$0] + 1 }
      depths.append(below.max() ?? 0)
    }
    return depths
  }
}
