// libsodium as safe Swift: BLAKE2b hashes, random bytes, and hashes of secrets.
//
// The only target that draws randomness or calls a cryptographic function. No cryptography of our
// own: every function here is one call into the library. Source of BLAKE2b: RFC 7693.

import CSodium
import SyncCore

public enum Digest {
  /// 128-bit BLAKE2b of the parts one after another, as if they were one.
  public static func hash128(_ parts: [UInt8]...) -> [UInt8] {
    // The state of the streaming interface is opaque to Swift, so the parts are put together first.
    let message = parts.count == 1 ? parts[0] : Array(parts.joined())
    var result = [UInt8](repeating: 0, count: 16)
    crypto_generichash_blake2b(
      &result, result.count, message, UInt64(message.count), nil, 0)
    return result
  }

  /// An identity made from what a thing is, so that two sides who think of it give it the same one.
  ///
  /// Its time part is `moment`, so that it sorts among the others by age; the rest is the hash of
  /// the parts, each preceded by its length.
  public static func identity(at moment: Moment, _ parts: [String]) -> ULID {
    let text = parts.flatMap { part in
      withUnsafeBytes(of: UInt32(part.utf8.count).littleEndian) { Array($0) } + Array(part.utf8)
    }
    let hash = hash128(text)
    let high = UInt16(hash[0]) << 8 | UInt16(hash[1])
    let low = hash[2..<10].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return ULID(
      milliseconds: UInt64(clamping: moment.milliseconds), randomHigh: high, randomLow: low)
  }

  /// What is stored of a secret: a token has 256 random bits, so one fast hash is enough.
  public static func ofSecret(_ secret: String) -> [UInt8] {
    hash128(Array("rounds secret".utf8), Array(secret.utf8))
  }
}

extension ChainHash {
  /// The hash after one more link.
  public func appending(_ link: [UInt8]) -> ChainHash {
    guard let next = ChainHash(bytes: Digest.hash128(bytes, link)) else {
      preconditionFailure("a 128-bit hash has \(ChainHash.byteCount) bytes")
    }
    return next
  }
}

extension LogHead {
  /// The head after one more sealed edit.
  public func appending(_ sealed: [UInt8]) -> LogHead { appending(digest: Digest.hash128(sealed)) }

  /// The same where only the digest of the edit's bytes is known.
  public func appending(digest: [UInt8]) -> LogHead {
    LogHead(counter: counter.next, hash: hash.appending(digest))
  }
}

/// A sum over the records of a base, independent of their order: equal bases have equal digests.
///
/// Each (record, as-of) is hashed, and the hashes are added (Bellare and Micciancio, "A New Paradigm
/// for Collision-Free Hashing", 1997), so a base of any size is kept up to date by one addition a
/// record. It finds accidents, not enemies.
public struct SetDigest: Hashable, Sendable {
  private var words: (UInt64, UInt64) = (0, 0)

  public init() {}

  public init?(bytes: [UInt8]) {
    guard let value = ULID(bytes: bytes) else { return nil }
    words = (value.high, value.low)
  }

  public var bytes: [UInt8] { ULID(high: words.0, low: words.1).bytes }

  /// A record at a position is a member of every base that holds it.
  public mutating func add(record: RecordID, asOf: Position) {
    let value = SetDigest.word(record, asOf)
    words = (words.0 &+ value.high, words.1 &+ value.low)
  }

  /// Some bytes are a member; of these, unlike of positions, every bit counts.
  public mutating func add(content: [UInt8]) {
    guard let value = ULID(bytes: Digest.hash128(content)) else { return }
    words = (words.0 &+ value.high, words.1 &+ value.low)
  }

  public mutating func remove(record: RecordID, asOf: Position) {
    let value = SetDigest.word(record, asOf)
    words = (words.0 &- value.high, words.1 &- value.low)
  }

  /// All members of a base that shares none with this one.
  public static func += (left: inout SetDigest, right: SetDigest) {
    left.words = (left.words.0 &+ right.words.0, left.words.1 &+ right.words.1)
  }

  public static func -= (left: inout SetDigest, right: SetDigest) {
    left.words = (left.words.0 &- right.words.0, left.words.1 &- right.words.1)
  }

  /// One mixing step is enough here: identities are random already. (SplitMix64's finaliser, Steele
  /// et al. 2014, applied to each half; a cryptographic hash per record would double a bulk merge.)
  private static func word(_ record: RecordID, _ asOf: Position) -> ULID {
    let high = mixed(record.high ^ mixed(asOf.rawValue &+ 0x9E37_79B9_7F4A_7C15))
    return ULID(high: high, low: mixed(record.low ^ high))
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  public static func == (left: SetDigest, right: SetDigest) -> Bool { left.words == right.words }
  public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
  }
}

/// Randomness from the operating system, for identities and secrets.
public struct SystemRandom: RandomNumberGenerator, Sendable {
  public init() {
    // Returns 1 when somebody initialised the library before; only -1 is a failure, of the machine.
    precondition(sodium_init() >= 0, "libsodium could not find a source of randomness")
  }

  public mutating func next() -> UInt64 {
    var value: UInt64 = 0
    randombytes_buf(&value, MemoryLayout<UInt64>.size)
    return value
  }

  /// 256 random bits as text that survives copying by hand: base 32, two identities long.
  public mutating func secret() -> String {
    "\(ULID(high: next(), low: next()))\(ULID(high: next(), low: next()))"
  }
}

extension DerivedIdentity {
  /// The identity that every side gives it.
  public var identity: ULID { Digest.identity(at: identityMoment, identityParts) }
}
