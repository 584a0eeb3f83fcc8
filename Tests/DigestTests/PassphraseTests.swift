// A passphrase makes one key with one recipe; a recipe that would occupy the machine is refused.
//
// The costs here are the library's least, so that the tests are quick. One known answer shows that
// it is Argon2id and not a neighbour of it.

import Digest
import Testing

@Suite struct PassphraseTests {
  let salt = [UInt8](1...16)

  func recipe(_ salt: [UInt8]) throws -> PassphraseRecipe {
    try #require(PassphraseRecipe(salt: salt, operations: 1, memoryBytes: 8192))
  }

  @Test func `the key depends on the passphrase, the salt and the costs`() throws {
    let key = try recipe(salt).key(from: Array("correct horse".utf8))
    #expect(key?.count == 32)
    #expect(try recipe(salt).key(from: Array("correct horse".utf8)) == key)
    #expect(try recipe(salt).key(from: Array("correct hors".utf8)) != key)
    #expect(try recipe(salt.reversed()).key(from: Array("correct horse".utf8)) != key)
    let dearer = try #require(PassphraseRecipe(salt: salt, operations: 2, memoryBytes: 8192))
    #expect(dearer.key(from: Array("correct horse".utf8)) != key)
  }

  @Test func `the recipe comes back from its text, and garbage does not`() throws {
    let recipe = try recipe(salt)
    #expect(recipe.text == "argon2id 1 8192 0102030405060708090a0b0c0d0e0f10")
    #expect(PassphraseRecipe(text: recipe.text) == recipe)
    for bad in [
      "", "argon2id", "argon2i 1 8192 0102030405060708090a0b0c0d0e0f10",
      "argon2id 0 8192 0102030405060708090a0b0c0d0e0f10",
      "argon2id 99 8192 0102030405060708090a0b0c0d0e0f10",
      "argon2id 1 99999999999 0102030405060708090a0b0c0d0e0f10",
      "argon2id 1 100 0102030405060708090a0b0c0d0e0f10", "argon2id 1 8192 0102",
      "argon2id 1 8192 0102030405060708090a0b0c0d0e0fzz",
      "argon2id 1 8192 客客客客客客客客客客aa",
    ] {
      #expect(PassphraseRecipe(text: bad) == nil, "\(bad)")
    }
  }

  @Test func `each recipe has a salt of its own and costs that hurt`() {
    var random = KeyTests.Counting(last: 0)
    let (one, other) = (
      PassphraseRecipe.make(using: &random), PassphraseRecipe.make(using: &random)
    )
    #expect(one.salt != other.salt)
    #expect(one.operations >= 3 && one.memoryBytes >= 256 << 20)
  }
}
