// From a passphrase to a key: Argon2id (RFC 9106), by libsodium.
//
// A passphrase has little randomness, so each guess must cost: memory above all, which attackers
// cannot buy by the thousand. Salt and costs are no secrets and are kept in a small text, because the
// same passphrase makes the same key only with them. It must never hold the passphrase or the key.

import CSodium

/// The salt and the costs with which a passphrase becomes a key.
public struct PassphraseRecipe: Hashable, Sendable {
  public static let saltByteCount = 16
  public static let keyByteCount = 32
  /// What a text that somebody changed may ask of this machine at most.
  static let operationsMax: UInt64 = 64
  static let memoryBytesMax = 1 << 30

  public let salt: [UInt8]
  /// Passes over the memory.
  public let operations: UInt64
  public let memoryBytes: Int

  /// libsodium's "moderate" costs: 3 passes over 256 MB.
  public static func make(using random: inout some RandomNumberGenerator) -> PassphraseRecipe {
    let salt = (0..<saltByteCount / 8).flatMap { _ in
      withUnsafeBytes(of: random.next().bigEndian) { Array($0) }
    }
    return PassphraseRecipe(
      checked: salt, UInt64(crypto_pwhash_opslimit_moderate()), crypto_pwhash_memlimit_moderate())
  }

  /// Nil for what the library refuses, or what would occupy the machine.
  public init?(salt: [UInt8], operations: UInt64, memoryBytes: Int) {
    guard salt.count == PassphraseRecipe.saltByteCount,
      (1...PassphraseRecipe.operationsMax).contains(operations),
      (crypto_pwhash_memlimit_min()...PassphraseRecipe.memoryBytesMax).contains(memoryBytes)
    else { return nil }
    self.init(checked: salt, operations, memoryBytes)
  }

  private init(checked salt: [UInt8], _ operations: UInt64, _ memoryBytes: Int) {
    self.salt = salt
    self.operations = operations
    self.memoryBytes = memoryBytes
  }

  /// The key of this passphrase; nil where the machine has not the memory.
  public func key(from passphrase: [UInt8]) -> [UInt8]? {
    // Picks the fastest of the library's implementations.
    guard sodium_init() >= 0 else { return nil }
    var key = [UInt8](repeating: 0, count: PassphraseRecipe.keyByteCount)
    let characters = passphrase.map { CChar(bitPattern: $0) }
    let code = crypto_pwhash(
      &key, UInt64(key.count), characters, UInt64(characters.count), salt, operations, memoryBytes,
      crypto_pwhash_alg_argon2id13())
    return code == 0 ? key : nil
  }
}

extension PassphraseRecipe {
  /// The line in which it is kept.
  public var text: String {
    "argon2id \(operations) \(memoryBytes) \(salt.hexadecimal)"
  }

  public init?(text: some StringProtocol) {
    let words = text.split(separator: " ")
    guard words.count == 4, words[0] == "argon2id", let operations = UInt64(words[1]),
      let memoryBytes = Int(words[2]), words[3].utf8.count == 2 * PassphraseRecipe.saltByteCount,
      let salt = [UInt8](hexadecimal: words[3])
    else { return nil }
    self.init(salt: salt, operations: operations, memoryBytes: memoryBytes)
  }
}
