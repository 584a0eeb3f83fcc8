// What to simulate, from plain words, and the loop that does it.
//
// A history is decided by its seed alone, so everything printed here can be asked for again: the
// first failure ends the run with one line that names its seed.

import Foundation
import Simulator

struct Options {
  private var seeds = 1_000
  private var first: UInt64 = 1
  private var minutes = 0.0
  private var jobs = ProcessInfo.processInfo.activeProcessorCount
  private var failuresMax = 1
  private var simulation = Simulation()
  private var scenario: String?
  /// Of a folder of stories only some orders, and only the first failure; of a seed nothing shrunk.
  private var isBrief = false
  private static let ordersAtMost = 4
  private var smallWorlds: SmallWorldsRun?

  init(_ words: [String]) {
    var words = words[...]
    while let word = words.popFirst() {
      guard let value = words.popFirst() else { Options.fail("\(word) needs a value") }
      switch word {
      case "--seeds": seeds = Options.number(value)
      case "--first": first = UInt64(Options.number(value))
      case "--minutes": minutes = Double(value) ?? 0
      case "--jobs": jobs = max(1, Options.number(value))
      case "--failures": failuresMax = Options.number(value)
      case "--laptops": simulation.laptops = Options.number(value)
      case "--steps": simulation.steps = Options.number(value)
      case "--scenario": scenario = value
      case "--brief": isBrief = value == "yes"
      case "--small-worlds": smallWorlds = SmallWorldsRun(value)
      case "--mutant":
        guard let mutant = Mutant(rawValue: value) else {
          Options.fail("mutants: \(Mutant.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        simulation.mutant = mutant
      default: Options.fail("unknown option \(word)")
      }
    }
  }

  private static func number(_ text: String) -> Int {
    guard let number = Int(text) else { fail("\(text) is no number") }
    return number
  }

  private static func fail(_ text: String) -> Never {
    print(text)
    exit(2)
  }

  /// - Returns: whether an invariant was broken.
  func run() async -> Bool {
    if let scenario { return play(scenario) }
    if let smallWorlds { return await smallWorlds.run(jobs: jobs) }
    let began = Date()
    var coverage = Coverage()
    var traces = TraceHash()
    var failures = 0
    var done = 0
    var seed = first
    func seconds() -> Double { Date().timeIntervalSince(began) }
    while failures < failuresMax, minutes > 0 ? seconds() < minutes * 60 : done < seeds {
      let count = minutes > 0 ? jobs * Options.stripe : min(jobs * Options.stripe, seeds - done)
      for outcome in await outcomes(of: seed..<seed + UInt64(count)) {
        coverage.add(outcome.coverage)
        traces.add(String(outcome.traceHash, radix: 16).utf8)
        done += 1
        if outcome.violation != nil {
          failures += 1
          report(seed, outcome)
          if failures >= failuresMax { break }
        }
        seed += 1
      }
    }
    let rate = Double(done) / max(seconds(), 0.001)
    print(
      "\(done) histories, \(Int(rate)) a second, \(Int(rate * 60)) a minute, \(failures) failures")
    // The same in every process, with and without SWIFT_DETERMINISTIC_HASHING.
    print("traces \(String(traces.value, radix: 16))")
    for mark in Coverage.Mark.allCases { print("  \(mark.rawValue) \(coverage[mark])") }
    return failures > 0
  }

  /// Seeds that one thread takes at a time.
  private static let stripe = 25

  /// What became of each seed, in their order: each thread has disks of its own, and a history knows
  /// of no other.
  private func outcomes(of seeds: Range<UInt64>) async -> [Simulation.Outcome] {
    let simulation = simulation
    return await withTaskGroup(of: (UInt64, [Simulation.Outcome]).self) { group in
      for begin in stride(from: seeds.lowerBound, to: seeds.upperBound, by: Options.stripe) {
        let end = min(begin + UInt64(Options.stripe), seeds.upperBound)
        group.addTask {
          let pool = DiskPool()
          return (begin, (begin..<end).map { simulation.run(seed: $0, pool: pool) })
        }
      }
      var found: [(UInt64, [Simulation.Outcome])] = []
      for await stripe in group { found.append(stripe) }
      return found.sorted { $0.0 < $1.0 }.flatMap(\.1)
    }
  }

  /// Plays one script, or all of a folder, in every order.
  private func play(_ path: String) -> Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let scripts = names.filter { $0.hasSuffix(".scenario") }.sorted().map { "\(path)/\($0)" }
    let pool = DiskPool()
    var failures = 0
    var orders = 0
    for file in scripts.isEmpty ? [path] : scripts {
      do {
        let scenario = try Scenario(file: file)
        let limit = isBrief ? Options.ordersAtMost : .max
        orders += min(scenario.variants.count, limit)
        try ScenarioRunner.play(scenario, ordersAtMost: limit, pool: pool)
      } catch {
        failures += 1
        print("\(error)")
        if isBrief { break }
      }
    }
    print("\(max(scripts.count, 1)) stories, \(orders) orders, \(failures) failures")
    return failures > 0
  }

  private func report(_ seed: UInt64, _ outcome: Simulation.Outcome) {
    print("seed \(seed): \(outcome.violation?.description ?? "")")
    guard failuresMax == 1, !isBrief else { return }
    let shrunk = simulation.shrink(seed, outcome, pool: DiskPool())
    print("shrunk to \(shrunk.steps.count) steps: \(shrunk.violation?.description ?? "")")
    for line in shrunk.trace { print("  \(line)") }
  }
}
