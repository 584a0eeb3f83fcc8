// Sets: an addition beats a removal that had not seen it.
//
// Every change adds, removes or leaves alone each of two elements, or clears the whole set. The
// expected siblings come from the definition: an addition stands until a change that saw it touches
// the element or clears the set. So a set that is added to for ever does not grow for ever.

import SyncCore
import Testing

struct SetLawTests {
  static let elements = ["x", "y"]

  struct Alteration {
    var adding: [String] = []
    var removing: [String] = []
    var isClearing = false

    func touches(_ element: String) -> Bool {
      isClearing || adding.contains(element) || removing.contains(element)
    }
  }

  /// By element: nothing, add, remove, or both at once (which adds).
  static func alteration(_ choices: inout Exhaustive, _ elements: [String]) -> Alteration {
    var alteration = Alteration()
    if choices.pick(below: 2) == 1 {
      alteration.isClearing = true
      return alteration
    }
    for element in elements {
      let kind = choices.pick(below: 4)
      if kind & 1 == 1 { alteration.adding.append(element) }
      if kind & 2 == 2 { alteration.removing.append(element) }
    }
    return alteration
  }

  static func apply(
    _ alteration: Alteration, _ history: History, _ change: Int, at position: Int,
    to state: inout FieldState
  ) {
    let stamp = history.stamp(change, at: position)
    if alteration.isClearing {
      state.put(.null, stamp: stamp, seen: history.clock(change))
    } else {
      state.alter(
        adding: alteration.adding, removing: alteration.removing, stamp: stamp,
        seen: history.clock(change))
    }
  }

  /// The siblings by definition: every addition that nobody who saw it touched, and every clearing
  /// that no other one replaced.
  static func survivors(_ history: History, _ alterations: [Alteration]) -> Set<Sibling.Unplaced> {
    var survivors: [Sibling.Unplaced] = []
    for (change, alteration) in alterations.enumerated() {
      func stands(_ value: Value, unless replaces: (Alteration) -> Bool) {
        let isReplaced = (0..<history.count).contains {
          history.seen[$0].has(change) && replaces(alterations[$0])
        }
        if isReplaced { return }
        survivors.append(
          Sibling.Unplaced(Sibling(value: value, stamp: history.stamp(change, at: 0))))
      }
      for element in alteration.adding { stands(.text(element)) { $0.touches(element) } }
      if alteration.isClearing { stands(.null) { $0.isClearing } }
    }
    return Set(survivors)
  }

  static func check(_ history: History, _ alterations: [Alteration]) {
    let survivors = survivors(history, alterations)
    let elements = elements.filter { element in survivors.contains { $0.value == .text(element) } }
    let expected: Value = elements.isEmpty ? .null : .set(elements)
    for order in history.orders {
      var state = FieldState()
      for (position, change) in order.enumerated() {
        apply(alterations[change], history, change, at: position, to: &state)
        let before = state
        apply(alterations[change], history, change, at: position, to: &state)
        if state != before { Issue.record("twice is not once: \(history) \(alterations)") }
      }
      let choice = MergeRule.union.choose(state.siblings)
      if choice.value != expected || choice.settlement != .agreed
        || Set(state.unplaced) != survivors
      {
        Issue.record("\(history) \(alterations) \(order)")
      }
    }
  }

  // Two elements and up to 2 changes of 17 kinds, or one element and 3 changes of 5 kinds each:
  // 3,134 cases, each in every order, each change applied twice.
  @Test func `an addition stands until somebody who saw it takes it away`() {
    var cases = 0
    for history in History.all(upTo: 3) {
      let elements = history.count < 3 ? SetLawTests.elements : ["x"]
      cases += Exhaustive.count { choices in
        SetLawTests.check(
          history,
          (0..<history.count).map { _ in SetLawTests.alteration(&choices, elements) })
        return true
      }
    }
    #expect(cases == 17 + 3 * 17 * 17 + 18 * 5 * 5 * 5)
  }

  @Test func `one element at a time is enough for four changes`() {
    var cases = 0
    for history in History.all(of: 4) {
      cases += Exhaustive.count { choices in
        let alterations = (0..<4).map { _ in
          choices.pick(below: 2) == 0 ? Alteration(adding: ["x"]) : Alteration(removing: ["x"])
        }
        SetLawTests.check(history, alterations)
        return true
      }
    }
    #expect(cases == 156 * 16)
  }

  @Test func `elements are shown once each, by their bytes`() {
    var state = FieldState()
    for (index, element) in ["é", "b", "Z", "b"].enumerated() {
      let history = History(authors: [0, 1, 2, 3], seen: [0, 0, 0, 0])
      state.alter(
        adding: [element, element], removing: [], stamp: history.stamp(index, at: index),
        seen: VectorClock())
    }
    #expect(state.siblings.count == 4)
    #expect(MergeRule.union.choose(state.siblings).value == .set(["Z", "b", "é"]))
  }
}
