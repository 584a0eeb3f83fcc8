// A point in a change log, and the hash that says what led to it.
//
// Sealed edits are hash-chained: each hash is over the one before it and the digest of the edit's
// bytes – so a log can be followed also where bytes have been boxed or erased. Two logs
// with the same hash at a counter are the same log up to there, so a laptop proves with one hash
// that it is still the one the hub knows, and a copy of it (or a tampered log) is noticed at once.

/// A hash that stands for all that led to it: BLAKE2b-128 over the previous one and the next link's
/// digest. A change log has one for each counter, the hub's history one for each checkpoint.
public struct ChainHash: Hashable, Sendable {
  public static let byteCount = 16
  public var bytes: [UInt8]

  /// The hash of the empty log.
  public static let none = ChainHash(unchecked: Array(repeating: 0, count: byteCount))

  public init?(bytes: [UInt8]) {
    guard bytes.count == ChainHash.byteCount else { return nil }
    self.bytes = bytes
  }
  private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

  /// In hexadecimal digits, as people compare it.
  public var text: String { bytes.hexadecimal }
}

/// A point in a change log: a counter, and the chain hash there.
public struct LogHead: Hashable, Sendable {
  public var counter: Counter
  public var hash: ChainHash
  public static let empty = LogHead(counter: .none, hash: .none)
  public init(counter: Counter, hash: ChainHash) {
    self.counter = counter
    self.hash = hash
  }
}
