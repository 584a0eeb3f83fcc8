// Text that only who knows a secret can read: for what must be kept and must not lie open.
//
// libsodium's secret box (XSalsa20-Poly1305) under a key that is a hash of the secret. The secret must
// have randomness enough of its own, as codes and tokens have; a passphrase has not (`Passphrase.swift`
// is for those). It must never be used twice with the same secret and the same randomness.

import CSodium

public enum LockedText {
  private static let nonceByteCount = Int(crypto_secretbox_noncebytes())
  private static let tagByteCount = Int(crypto_secretbox_macbytes())

  /// Nonce and box, in hexadecimal digits.
  public static func lock(
    _ text: String, with secret: String, using random: inout some RandomNumberGenerator
  ) -> String {
    let nonce = (0..<nonceByteCount / 8).flatMap { _ in
      withUnsafeBytes(of: random.next().bigEndian) { Array($0) }
    }
    let bytes = Array(text.utf8)
    var box = [UInt8](repeating: 0, count: bytes.count + tagByteCount)
    crypto_secretbox_easy(&box, bytes, UInt64(bytes.count), nonce, key(of: secret))
    return (nonce + box).hexadecimal
  }

  /// Nil where it was locked with another secret, or is no such box.
  public static func unlock(_ locked: String, with secret: String) -> String? {
    guard let bytes = [UInt8](hexadecimal: locked), bytes.count >= nonceByteCount + tagByteCount
    else { return nil }
    let box = Array(bytes[nonceByteCount...])
    var text = [UInt8](repeating: 0, count: box.count - tagByteCount)
    let nonce = Array(bytes[..<nonceByteCount])
    guard crypto_secretbox_open_easy(&text, box, UInt64(box.count), nonce, key(of: secret)) == 0
    else { return nil }
    return String(decoding: text, as: UTF8.self)
  }

  private static func key(of secret: String) -> [UInt8] {
    let message = Array("rounds lock".utf8) + [0] + Array(secret.utf8)
    var key = [UInt8](repeating: 0, count: Int(crypto_secretbox_keybytes()))
    crypto_generichash_blake2b(&key, key.count, message, UInt64(message.count), nil, 0)
    return key
  }
}
