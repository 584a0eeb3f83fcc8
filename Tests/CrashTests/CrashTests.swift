// Whatever a disk does at whatever call, nothing that was confirmed is lost (I11), nothing is half done
// (I5), and the same work done again leads to the same end (I2, I9).
//
// Deaths are tried at calls that change the disk: between two of them it stays as it is, so they stand
// for every call there is. At each one two machines die: one is killed, and loses nothing that it
// wrote; of the other the power is cut, and what was not flushed is there, or not, or in torn sectors.
// Faults that a program survives must be told in plain words, and leave it usable as it runs.
//
// A quick run takes points evenly apart; ROUNDS_EVERY_POINT=1 takes them all. Each line that is
// printed is a row of one table: machine, work, fault, calls, points tried, what became of it.

import FaultyDisk
import Testing

@Suite struct CrashTests {
  @Test(
    "a laptop loses nothing that it confirmed, whatever its disk does", arguments: Works.laptops)
  func laptop(_ work: Work) throws { try tryEverything(work) }

  @Test("a hub loses nothing that it confirmed, whatever its disk does", arguments: Works.hubs)
  func hub(_ work: Work) throws { try tryEverything(work) }

  private func tryEverything(_ work: Work) throws {
    let trial = try Trial(work)
    try die(trial)
    let refusals = try survive(trial, "full", trial.counts.writes) { .full(at: $0) }
    #expect(refusals.isSubset(of: ["disk full", "HTTP 507"]), "\(work.name)")
    try survive(trial, "read fails", trial.counts.reads) { .unreadable(at: $0) }
    try survive(trial, "flush fails", trial.counts.flushes) { .unflushed(at: $0) }
  }

  private func die(_ trial: Trial) throws {
    let stride = Trial.stride(over: trial.counts.changes, quickly: 5)
    var points = 0
    var number = 1
    while try trial.dies(at: number, losing: losses(number)) {
      points += 1
      number += stride
    }
    #expect(points > 0, "\(trial.work.name)")
    tell(trial, "death", "\(trial.counts.changes) of \(trial.counts.all)", points, "whole")
  }

  private func losses(_ number: Int) -> [Loss] {
    let cuts = (0..<(Trial.isThorough ? 3 : 1)).map { UInt64(number * 10 + $0) }
    return [.nothing] + cuts.map { .unflushed(seed: $0) }
  }

  /// - Returns: the words in which the work was refused.
  @discardableResult
  private func survive(
    _ trial: Trial, _ name: String, _ count: Int, _ fault: (Int) -> Fault
  ) throws -> Set<String> {
    let stride = Trial.stride(over: count, quickly: 1)
    var outcomes: [Trial.Outcome: Int] = [:]
    // In a quick run the one in the middle.
    var number = max(1, min(count, stride / 2))
    while case let outcome = try trial.survives(fault(number)), outcome != .notReached {
      outcomes[outcome, default: 0] += 1
      number += stride
    }
    let told = outcomes.map { "\($0.key) \($0.value)" }.sorted().joined(separator: ", ")
    tell(trial, name, "\(count)", outcomes.values.reduce(0, +), told)
    return Set(outcomes.keys.compactMap(\.words))
  }

  private func tell(
    _ trial: Trial, _ fault: String, _ calls: String, _ points: Int, _ outcome: String
  ) {
    let row = [
      "\(trial.work.victim)", trial.work.name, fault, calls, "\(points)", outcome,
    ]
    print("| " + row.joined(separator: " | ") + " |")
  }
}
