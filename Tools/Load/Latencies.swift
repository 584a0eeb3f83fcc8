// How long answers took: every one is kept, so that the slowest is known and not guessed.
//
// A scene has some hundred thousand of them: sorting them at the end costs less than any cleverness.

struct Latencies {
  private var milliseconds: [Double] = []

  mutating func add(_ time: Double) { milliseconds.append(time) }

  var count: Int { milliseconds.count }

  /// - Parameter share: 0.5 is the median, 1 the slowest; by the nearest rank.
  func percentile(_ share: Double) -> Double {
    guard !milliseconds.isEmpty else { return 0 }
    let sorted = milliseconds.sorted()
    let rank = (share * Double(sorted.count)).rounded(.up)
    return sorted[min(sorted.count, max(1, Int(rank))) - 1]
  }
}
