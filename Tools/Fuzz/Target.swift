// What a target of the fuzzer is, and how it says what it found.
//
// A target makes everything that it needs by itself, so that its name and a seed are a whole case.

/// Something that reads what came from outside.
protocol Target: SendableMetatype {
  static var name: String { get }
  init() throws
  /// One case. It draws everything from the dice, and throws a `Finding` for a broken promise.
  func run(_ dice: inout Dice, _ tally: inout Tally) throws
}

/// A promise that did not hold.
struct Finding: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

/// What was tried. Where nothing is accepted, only the door has been tested.
struct Tally {
  var inputs = 0
  var accepted = 0
  /// Whether one case is played to find out where it goes wrong.
  var isThorough = false

  mutating func note(isAccepted: Bool) {
    inputs += 1
    if isAccepted { accepted += 1 }
  }
}
