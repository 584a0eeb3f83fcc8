// What to fuzz and for how long, from plain words, and the loop that does it.
//
// A case is decided by its target and its seed alone, so everything printed can be asked for again.

import Foundation

struct Options {
  private var targets = Options.all
  private var seconds = 60.0
  private var cases = Int.max
  private var first: UInt64 = 1

  private static let all: [any Target.Type] = [
    WireTarget.self, TableTarget.self, RulesTarget.self, PolicyTarget.self, AdminTarget.self,
    SyncTarget.self, BundleTarget.self,
  ]

  init(_ words: [String]) {
    var words = words[...]
    while let word = words.popFirst() {
      guard let value = words.popFirst() else { Options.fail("\(word) needs a value") }
      switch word {
      case "--target" where value == "all": targets = Options.all
      case "--target":
        targets = Options.all.filter { $0.name == value }
        if targets.isEmpty { Options.fail("targets: \(Options.all.map { $0.name })") }
      case "--seconds": seconds = Options.number(value)
      case "--cases": cases = Options.number(value)
      case "--seed": first = Options.number(value)
      default: Options.fail("unknown option \(word)")
      }
    }
  }

  private static func number<Number: LosslessStringConvertible>(_ text: String) -> Number {
    guard let number = Number(text) else { fail("\(text) is no number") }
    return number
  }

  private static func fail(_ text: String) -> Never {
    print(text)
    exit(2)
  }

  /// - Returns: whether nothing was found.
  func run() -> Bool {
    targets.map { run($0) }.allSatisfy(\.self)
  }

  private func run(_ type: any Target.Type) -> Bool {
    let began = Date()
    var seed = first
    var tally = Tally(isThorough: cases == 1)
    do {
      let target = try type.init()
      while seed - first < UInt64(clamping: cases), Date().timeIntervalSince(began) < seconds {
        Witness.begin(target: type.name, seed: seed)
        var dice = Dice(seed: seed)
        try target.run(&dice, &tally)
        try Witness.checkMemory()
        seed += 1
      }
      Witness.end()
    } catch {
      Witness.end()
      print("FAILED \(type.name): \(error)")
      print("Replay with: Fuzz --target \(type.name) --seed \(seed) --cases 1")
      if let file = Witness.saved() { print("The input is in \(file)") }
      return false
    }
    let time = Date().timeIntervalSince(began)
    print(
      "\(type.name): \(seed - first) cases from seed \(first) in \(Int(time)) s, "
        + "\(tally.inputs) inputs, \(tally.accepted) of them accepted")
    // A fuzzer whose inputs are all refused at the door sees nothing of the house.
    guard cases < Int.max || tally.accepted > 0 else {
      print("FAILED \(type.name): not one input was accepted")
      return false
    }
    return true
  }
}
