// One piece of work, broken at one call after another, and looked at after each.
//
// First the work is done undisturbed: that counts the calls, notes every state that a commit left
// behind, and how everything stands when all have synced. After a fault the file must be in one of
// just these states (all of a transaction, or nothing of it), nothing may be missing that was
// confirmed, and the same work done again must lead to the same end.

import FaultyDisk
import Foundation
import Hub
import Replica
import Storage
import Testing
import Wire

final class Trial {
  let work: Work
  private let scene: Scene
  /// Every state of the victim's file between two transactions.
  private let legal: Set<Int>
  private let end: [String]
  let counts: CallCounts
  /// States, and what was confirmed of them, from which somebody has gone on.
  private var known: Set<Survivor> = []

  private struct Survivor: Hashable {
    var state: Int
    var confirmed: [Machine: Set<String>]
  }

  /// Every point there is, however long that takes.
  static let isThorough = ProcessInfo.processInfo.environment["ROUNDS_EVERY_POINT"] == "1"
  /// How far apart the points lie that are tried.
  static func stride(over count: Int, quickly points: Int) -> Int {
    isThorough ? 1 : max(1, (count + points - 1) / points)
  }

  init(_ work: Work) throws {
    self.work = work
    scene = try work.scene.get()
    let stage = Stage(scene, seed: 7)
    let disk = stage.disk(work.victim)
    var images = [disk.image()]
    // Unowned: the disk keeps what is called, and must not keep itself.
    disk.onFlush = { [unowned disk] _ in images.append(disk.image()) }
    disk.arm(.none)
    try work.body(stage)
    stage.close()
    counts = disk.counts
    images.append(disk.image())
    let victim = work.victim
    legal = Set(try Set(images).map { try fingerprint($0, of: victim) })
    let after = Stage(stage.scene(), seed: 8)
    let found = try after.settle(work.laptops)
    #expect(found == [], "\(work.name), undisturbed")
    end = try Trial.contents(after, work)
  }

  private static func contents(_ stage: Stage, _ work: Work) throws -> [String] {
    if work.victim == .hub, work.laptops.isEmpty { return [] }
    return try ([.hub] + work.laptops.map { Machine.laptop($0) }).flatMap { machine in
      try stage.contents(of: machine).map { "\(machine): \($0)" }
    }
  }

  // MARK: Deaths

  /// Dies at the n-th change of the disk; false where the work does not come that far.
  func dies(at number: Int, losing losses: [Loss]) throws -> Bool {
    let stage = Stage(scene, seed: 7)
    let disk = stage.disk(work.victim)
    disk.arm(.death(at: number))
    do {
      try work.body(stage)
    } catch  where disk.hasStruck {
      // Whoever is dead hears nothing of it.
    }
    let confirmed = stage.confirmed
    stage.close()
    guard disk.hasStruck else { return false }
    for loss in losses {
      let next = Stage(stage.scene(afterDeathOf: work.victim, losing: loss), seed: 8)
      next.confirmed = confirmed
      try check(next, "\(work.name), death at change \(number), \(loss)")
    }
    return true
  }

  /// The machine is started again, and its person goes on. From the same rows everybody goes on in
  /// the same way, so in a quick run that is done once for each state; pages are looked at each time.
  private func check(_ next: Stage, _ place: String) throws {
    let image = next.disk(work.victim).image()
    let state = try fingerprint(image, of: work.victim)
    #expect(legal.contains(state), "\(place): a state between two commits")
    let survivor = Survivor(state: state, confirmed: next.confirmed)
    let isNew = known.insert(survivor).inserted
    guard isNew || Trial.isThorough else { return }
    #expect(try next.findings(on: work.victim) == [], "\(place)")
    try goOn(next, place)
  }

  private func goOn(_ next: Stage, _ place: String) throws {
    try work.body(next)
    let found = try next.settle(work.laptops)
    #expect(found == [], "\(place), done again")
    for machine in [.hub] + work.laptops.map({ Machine.laptop($0) }) {
      #expect(try next.findings(on: machine) == [], "\(place), done again")
    }
    #expect(try Trial.contents(next, work) == end, "\(place), done again")
  }

  // MARK: Faults that are survived

  /// What became of the work when the disk failed it.
  enum Outcome: Hashable, CustomStringConvertible {
    /// The fault lies beyond the work.
    case notReached
    /// The work was done all the same.
    case done
    case refused(String)

    var words: String? { if case .refused(let words) = self { words } else { nil } }
    var description: String { words ?? (self == .done ? "done" : "not reached") }
  }

  /// Does the work with a fault; then, with the same connections, once more without.
  func survives(_ fault: Fault) throws -> Outcome {
    let stage = Stage(scene, seed: 7)
    let disk = stage.disk(work.victim)
    disk.arm(fault)
    var outcome = Outcome.done
    do {
      try work.body(stage)
    } catch  where disk.hasStruck {
      outcome = .refused(Trial.name(of: error))
    }
    // The last to close takes the log in: that, too, may fail, and nobody is told.
    if !disk.hasStruck { stage.close() }
    guard disk.hasStruck else { return .notReached }
    let place = "\(work.name), \(fault)"
    // What was written is looked at from outside: reading from inside must not mend it.
    let state = try fingerprint(disk.image(), of: work.victim)
    let isLegal = legal.contains(state) || work.isTriedApart
    #expect(isLegal, "\(place): a state between two commits")
    disk.makeRoom()
    #expect(try stage.findings(on: work.victim) == [], "\(place)")
    try goOn(stage, place)
    stage.close()
    #expect(try Stage(stage.scene(), seed: 9).findings(on: work.victim) == [], "\(place), reopened")
    return outcome
  }

  /// The kind of an error, as somebody sees it on the other side of the network or of a call.
  private static func name(of error: any Error) -> String {
    switch error {
    case StorageError.diskFull: "disk full"
    case StorageError.disk: "disk failed"
    case let refusal as Refusal: "HTTP \(refusal.status)"
    case HubLinkError.refused(let status, _): "HTTP \(status)"
    case HubLinkError.unreachable: "hub does not start"
    default: "\(error)"
    }
  }
}
