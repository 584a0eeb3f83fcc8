// Keys do what they are for, and nothing else: a signature for one thing is none for another, a box
// opens for one reader. What the library promises of its curves is not tested again.

import Digest
import SyncCore
import Testing

@Suite struct KeyTests {
  /// Counts up: the same seed, the same keys, in every run.
  struct Counting: RandomNumberGenerator {
    var last: UInt64
    mutating func next() -> UInt64 {
      last += 1
      return last
    }
  }

  func pair(_ seed: UInt64) -> KeyPair {
    var random = Counting(last: seed)
    return KeyPair.make(using: &random)
  }

  @Test func `a signature is of one owner, one text and one purpose`() {
    let (ann, bob) = (pair(1), pair(100))
    let signature = ann.sign([1, 2, 3], for: .logHead)
    #expect(ann.publicKey.verifies(signature, of: [1, 2, 3], for: .logHead))
    #expect(!ann.publicKey.verifies(signature, of: [1, 2, 4], for: .logHead))
    #expect(!ann.publicKey.verifies(signature, of: [1, 2, 3], for: .bundle))
    #expect(!bob.publicKey.verifies(signature, of: [1, 2, 3], for: .logHead))
    #expect(!ann.publicKey.verifies(Array(signature.dropLast()), of: [1, 2, 3], for: .logHead))
  }

  @Test func `the seed is the whole key`() throws {
    let ann = pair(1)
    let again = try #require(KeyPair(seed: ann.seed))
    #expect(again == ann)
    #expect(KeyPair(seed: [1, 2, 3]) == nil)
    #expect(PublicKey(bytes: Array(ann.publicKey.bytes.dropLast())) == nil)
  }

  @Test(arguments: [0, 1, 100, 70_000])
  func `only its reader opens a box`(_ count: Int) throws {
    let (hub, other) = (pair(1), pair(100))
    var random = Counting(last: 7)
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let box = try #require(hub.publicKey.box(bytes, using: &random))
    #expect(box.count == count + PublicKey.boxByteCount)
    #expect(hub.open(box) == bytes)
    #expect(other.open(box) == nil)
    var torn = box
    torn[torn.count - 1] ^= 1
    #expect(hub.open(torn) == nil)
    #expect(hub.open(Array(box.prefix(20))) == nil)
  }

  /// Two boxes of the same bytes cannot be told to be the same.
  @Test func `no two boxes are alike`() throws {
    let hub = pair(1)
    var random = Counting(last: 7)
    let first = try #require(hub.publicKey.box([1, 2, 3], using: &random))
    let second = try #require(hub.publicKey.box([1, 2, 3], using: &random))
    #expect(first != second)
  }

  @Test func `a head is signed for its replica`() {
    let head = LogHead.empty.appending([1, 2, 3])
    #expect(head.signedBytes(of: ReplicaID(1)) != head.signedBytes(of: ReplicaID(2)))
    #expect(head.signedBytes(of: ReplicaID(1)) != LogHead.empty.signedBytes(of: ReplicaID(1)))
    #expect(head.signedBytes(of: ReplicaID(1)).count == 4 + 8 + ChainHash.byteCount)
  }
}
