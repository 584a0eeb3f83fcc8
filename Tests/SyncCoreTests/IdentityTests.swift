// ULIDs and dots: text and bytes there and back, and order that is the same in all three.
//
// Words at every power of two and one below it, so that every bit crosses every border of a base-32
// digit.

import SyncCore
import Testing

struct IdentityTests {
  static let words: [UInt64] =
    [0, .max] + (0..<64).flatMap { bit in [UInt64(1) << bit, (UInt64(1) << bit) - 1] }

  static let identities: [ULID] =
    words.map { ULID(high: $0, low: 0) } + words.map { ULID(high: 0, low: $0) }
    + words.map { ULID(high: $0, low: ~$0) }

  @Test func `text and bytes of an identity lead back to it`() {
    for identity in IdentityTests.identities {
      #expect(ULID(identity.description) == identity)
      #expect(ULID(identity.description.lowercased()) == identity)
      #expect(ULID(bytes: identity.bytes) == identity)
      #expect(identity.description.utf8.count == ULID.textLength)
      #expect(identity.bytes.count == ULID.byteCount)
    }
    #expect(IdentityTests.identities.count == 390)
  }

  @Test(arguments: [
    (5, 3, 2), (3, 5, -2), (Int64.max, -1, .max), (.min, 1, .min), (.max, .min, .max),
    (.min, .min, 0),
    (.min, 0, .min), (0, .min, .max),
  ])
  func `the time between two moments stops at the ends`(later: Int64, earlier: Int64, apart: Int64)
  {
    #expect(
      Moment(milliseconds: later).milliseconds(since: Moment(milliseconds: earlier)) == apart)
  }

  @Test func `identities, their texts and their bytes sort alike`() {
    let sorted = Array(Set(IdentityTests.identities)).sorted()
    for (left, right) in zip(sorted, sorted.dropFirst()) {
      #expect(left < right)
      #expect(left.description < right.description)
      #expect(left.bytes.lexicographicallyPrecedes(right.bytes))
    }
    #expect(sorted.count > 300)
  }

  @Test func `a prefix stands for exactly the identities whose text begins with it`() throws {
    let identities = Set(IdentityTests.identities).map { (id: $0, text: $0.description) }
    var prefixes = 0
    for identity in identities where prefixes < 2000 {
      for length in stride(from: 1, through: ULID.textLength, by: 5) {
        prefixes += 1
        let prefix = identity.text.prefix(length)
        let range = try #require(ULID.range(prefix: prefix))
        let isSame = identities.allSatisfy {
          range.contains($0.id) == $0.text.hasPrefix(prefix)
        }
        #expect(isSame)
        #expect(range == ULID.range(prefix: prefix.lowercased()))
      }
    }
    #expect(prefixes >= 2000)
  }

  @Test func `letters that look like digits are read as those digits`() {
    #expect(ULID("OIL00000000000000000000000") == ULID("01100000000000000000000000"))
    #expect(ULID.range(prefix: "oil") == ULID.range(prefix: "011"))
  }

  @Test func `what is no identity is none`() {
    let texts = [
      "", "0", String(repeating: "0", count: 25), String(repeating: "0", count: 27),
      "80000000000000000000000000", String(repeating: "U", count: 26),
      String(repeating: "-", count: 26), String(repeating: "é", count: 13),
    ]
    for text in texts { #expect(ULID(text) == nil, "\(text)") }
    for count in [0, 15, 17] { #expect(ULID(bytes: Array(repeating: 0, count: count)) == nil) }
    for prefix in ["8", "u", "0-", String(repeating: "0", count: 27)] {
      #expect(ULID.range(prefix: prefix) == nil, "\(prefix)")
    }
  }

  @Test func `an identity remembers its millisecond, and later ones sort behind it`() {
    let moments = [0, 1, 1_763_800_000_000, (1 << 48) - 1].map { Moment(milliseconds: $0) }
    var previous: ULID?
    for moment in moments {
      for random: (UInt16, UInt64) in [(0, 0), (.max, .max)] {
        let identity = ULID(
          milliseconds: UInt64(moment.milliseconds), randomHigh: random.0, randomLow: random.1)
        #expect(identity.moment == moment)
        if let previous { #expect(previous < identity) }
        previous = identity
      }
    }
  }

  @Test func `a dot's text leads back to it`() {
    for replica in [0, 1, UInt32.max] {
      for counter in [0, 1, UInt64.max] {
        let dot = Dot(ReplicaID(replica), Counter(counter))
        #expect(Dot(dot.description) == dot)
      }
    }
    for text in ["", ":", "1", "1:", ":1", "1:2:3", "-1:2", "4294967296:1", "a:b"] {
      #expect(Dot(text) == nil, "\(text)")
    }
  }
}
