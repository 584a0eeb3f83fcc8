// Locked text opens with its secret alone, and says nothing without it. What the library promises of its
// cipher is not tested again.

import Digest
import Testing

@Suite struct LockedTextTests {
  private func locked(_ text: String, _ secret: String, seed: UInt64 = 0) -> String {
    var random = KeyTests.Counting(last: seed)
    return LockedText.lock(text, with: secret, using: &random)
  }

  @Test(arguments: ["", "token", "客户"]) func `the secret opens it, and no other`(text: String) {
    let locked = locked(text, "7Q2K9M4TX1RB")
    #expect(LockedText.unlock(locked, with: "7Q2K9M4TX1RB") == text)
    #expect(LockedText.unlock(locked, with: "7Q2K9M4TX1RC") == nil)
    #expect(text.isEmpty || !locked.contains(text))
  }

  @Test func `what was changed or is no box does not open`() {
    let locked = locked("token", "secret")
    for index in locked.indices {
      var bent = locked
      bent.replaceSubrange(index...index, with: locked[index] == "0" ? "1" : "0")
      #expect(LockedText.unlock(bent, with: "secret") == nil)
    }
    for bad in ["", "0", "zz", String(locked.dropLast()), String(locked.dropLast(2)), "客户客户"] {
      #expect(LockedText.unlock(bad, with: "secret") == nil, "\(bad)")
    }
  }

  @Test func `the same text twice is two boxes`() {
    #expect(locked("token", "secret") != locked("token", "secret", seed: 9))
  }
}
