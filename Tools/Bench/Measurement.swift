// How a figure is come by: two ways to do the same work, taking turns, in one run.
//
// The measure is the processor time of this process, user and system; the wall is a remark, since
// the machines are shared. Both sides do the work as often as each other, one after the other, so what
// slows one slows the other; the ratio is that of the medians, and its spread is told.

import Glibc

/// What some work took, in seconds.
struct Cost {
  var processor = 0.0
  var wall = 0.0

  static func + (left: Cost, right: Cost) -> Cost {
    Cost(processor: left.processor + right.processor, wall: left.wall + right.wall)
  }

  static func - (left: Cost, right: Cost) -> Cost {
    Cost(processor: left.processor - right.processor, wall: left.wall - right.wall)
  }

  /// The cost of `body`.
  static func of(_ body: () throws -> Void) rethrows -> Cost {
    let before = (seconds(CLOCK_PROCESS_CPUTIME_ID), seconds(CLOCK_MONOTONIC))
    try body()
    return Cost(
      processor: seconds(CLOCK_PROCESS_CPUTIME_ID) - before.0,
      wall: seconds(CLOCK_MONOTONIC) - before.1)
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// Runs of ours and of the baseline, in pairs.
struct Comparison {
  private(set) var ours: [Cost] = []
  private(set) var baseline: [Cost] = []

  /// Takes turns, and who begins takes turns too.
  init(runs: Int, ours: (Int) throws -> Cost, baseline: (Int) throws -> Cost) rethrows {
    for run in 0..<runs {
      if run.isMultiple(of: 2) {
        self.baseline.append(try baseline(run))
        self.ours.append(try ours(run))
      } else {
        self.ours.append(try ours(run))
        self.baseline.append(try baseline(run))
      }
    }
  }

  var ratio: Double { median(ours.map(\.processor)) / median(baseline.map(\.processor)) }
  var wallRatio: Double { median(ours.map(\.wall)) / median(baseline.map(\.wall)) }

  /// The least and the greatest ratio of one pair.
  var spread: ClosedRange<Double> {
    let ratios = zip(ours, baseline).map { $0.processor / $1.processor }.sorted()
    return ratios[0]...ratios[ratios.count - 1]
  }

  /// Operations a second of processor time, of ours and of the baseline.
  func rates(of operations: Int) -> (ours: Double, baseline: Double) {
    (
      Double(operations) / median(ours.map(\.processor)),
      Double(operations) / median(baseline.map(\.processor))
    )
  }
}

func median(_ numbers: [Double]) -> Double {
  let sorted = numbers.sorted()
  let middle = sorted.count / 2
  return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}
