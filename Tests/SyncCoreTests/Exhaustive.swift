// Every case instead of a random few: an odometer over choices.
//
// A body asks `pick(below:)` as often as it likes, and is run once for every combination of
// answers: after each run the last choice that can still go up is advanced and those behind it are
// forgotten. So loops of any shape, also ones whose later choices depend on earlier ones, are
// covered whole and always in the same order. The idea is TigerBeetle's `exhaustigen`.

struct Exhaustive {
  private struct Choice {
    var value: Int
    let bound: Int
  }

  private var choices: [Choice] = []
  private var index = 0

  /// Runs the body once for every combination of its choices.
  ///
  /// - Returns: how many combinations the body counted as a case, by returning true.
  static func count(_ body: (inout Exhaustive) throws -> Bool) rethrows -> Int {
    var odometer = Exhaustive()
    var cases = 0
    repeat {
      odometer.index = 0
      if try body(&odometer) { cases += 1 }
    } while odometer.advance()
    return cases
  }

  /// Every number from 0 up to `bound`, one a run.
  mutating func pick(below bound: Int) -> Int {
    precondition(bound > 0, "a choice among \(bound)")
    if index == choices.count { choices.append(Choice(value: 0, bound: bound)) }
    precondition(choices[index].bound == bound, "the body is not deterministic")
    defer { index += 1 }
    return choices[index].value
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[pick(below: elements.count)]
  }

  mutating func pickSubset<Element>(_ elements: [Element]) -> [Element] {
    elements.filter { _ in pick(below: 2) == 1 }
  }

  private mutating func advance() -> Bool {
    while let last = choices.popLast() {
      guard last.value + 1 < last.bound else { continue }
      choices.append(Choice(value: last.value + 1, bound: last.bound))
      return true
    }
    return false
  }
}

extension Array {
  /// All orders of the elements.
  var permutations: [[Element]] {
    guard count > 1 else { return [self] }
    return indices.flatMap { index -> [[Element]] in
      var rest = self
      let element = rest.remove(at: index)
      return rest.permutations.map { [element] + $0 }
    }
  }
}
