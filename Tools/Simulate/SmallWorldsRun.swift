// Plays small worlds on every core: all of them, some of each family, or one family.
//
// Which worlds are played is decided by the words of the command line alone. Never writes a file.

import Foundation
import Simulator

struct SmallWorldsRun: Sendable {
  /// Of `some`: how many numbers of a family are looked at, far from each other.
  private static let someCount = 2_000
  /// Numbers that one thread takes at a time.
  private static let stripe = 2_000

  let words: String

  init(_ words: String) { self.words = words }

  private struct Found: Sendable {
    var worlds = 0
    var failures: [String] = []
  }

  /// - Returns: whether a world came to something else than it should.
  func run(jobs: Int) async -> Bool {
    var hasFailed = false
    let families = SmallWorlds.families.filter { ["all", "some", $0.name].contains(words) }
    if families.isEmpty {
      print("families: \(SmallWorlds.families.map(\.name).joined(separator: ", "))")
      return true
    }
    for family in families {
      let began = Date()
      // A stride that shares no factor with the family's counts meets every kind of world.
      let stride = words == "some" ? max(1, family.count / SmallWorldsRun.someCount) | 1 : 1
      let found = await play(family, stride: stride, jobs: jobs)
      for failure in found.failures.prefix(3) { print(failure) }
      let seconds = max(Date().timeIntervalSince(began), 0.001)
      print(
        "\(family.name): \(found.worlds) worlds of \(family.count) numbers, "
          + "\(Int(Double(found.worlds) / seconds)) a second, \(found.failures.count) failures")
      hasFailed = hasFailed || !found.failures.isEmpty
    }
    return hasFailed
  }

  private func play(_ family: SmallWorlds, stride: Int, jobs: Int) async -> Found {
    let step = stride * SmallWorldsRun.stripe
    return await withTaskGroup(of: Found.self) { group in
      var found = Found()
      var begin = 0
      var running = 0
      while begin < family.count || running > 0 {
        while running < jobs, begin < family.count, found.failures.isEmpty {
          let stripe = Swift.stride(
            from: begin, to: min(begin + step, family.count), by: stride)
          group.addTask { SmallWorldsRun.play(stripe, of: family) }
          running += 1
          begin += step
        }
        guard running > 0, let part = await group.next() else { break }
        running -= 1
        found.worlds += part.worlds
        found.failures += part.failures
      }
      return found
    }
  }

  private static func play(_ numbers: StrideTo<Int>, of family: SmallWorlds) -> Found {
    let pool = DiskPool()
    var found = Found()
    for number in numbers {
      do {
        if try family.play(number, pool: pool) { found.worlds += 1 }
      } catch {
        found.worlds += 1
        found.failures.append("\(error)")
        if found.failures.count >= 3 { break }
      }
    }
    return found
  }
}
