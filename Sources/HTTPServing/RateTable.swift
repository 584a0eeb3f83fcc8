// So many of something in a minute, counted apart for each key: a bucket that leaks (RFC 2697).
//
// A value without a clock: the time is handed in. Keys are hashes, never what they were made of, so
// that no token lies about here. It must never grow with what strangers send: a table that is full
// forgets those that are at rest, and where all are busy it forgets everything and counts anew –
// who floods from ten thousand addresses is not stopped by counting addresses.

/// Buckets by key.
public struct RateTable: Sendable {
  private struct Bucket {
    /// How many are in it: each adds one, and time lets them out.
    var level: Double
    /// Nanoseconds of a monotonic clock.
    var at: UInt64
  }

  public let perMinute: Int
  public let keysMax: Int
  private var buckets: [Int: Bucket] = [:]

  public init(perMinute: Int, keysMax: Int) {
    precondition(perMinute > 0 && keysMax > 0, "\(perMinute) for \(keysMax) keys is no rate.")
    self.perMinute = perMinute
    self.keysMax = keysMax
  }

  /// Keys that are counted now.
  public var count: Int { buckets.count }

  /// Counts one more where there is room: a minute's worth may come at once.
  ///
  /// - Returns: nil, or after how many seconds there is room again.
  public mutating func add(_ key: Int, at now: UInt64) -> Int? {
    if let wait = wait(key, at: now) { return wait }
    if buckets[key] == nil, buckets.count >= keysMax { forget(at: now) }
    buckets[key] = Bucket(level: level(of: key, at: now) + 1, at: now)
    return nil
  }

  /// Whether there is no room, and for how many seconds; counts nothing.
  public func wait(_ key: Int, at now: UInt64) -> Int? {
    let excess = level(of: key, at: now) + 1 - Double(perMinute)
    return excess > 0 ? max(1, Int((excess * 60 / Double(perMinute)).rounded(.up))) : nil
  }

  private func level(of key: Int, at now: UInt64) -> Double {
    guard let bucket = buckets[key] else { return 0 }
    let seconds = Double(now > bucket.at ? now - bucket.at : 0) / 1_000_000_000
    return max(0, bucket.level - seconds * Double(perMinute) / 60)
  }

  private mutating func forget(at now: UInt64) {
    let busy = buckets.keys.filter { level(of: $0, at: now) > 0 }
    if busy.count < keysMax {
      let isBusy = Set(busy)
      buckets = buckets.filter { isBusy.contains($0.key) }
    } else {
      buckets = [:]
    }
  }
}
