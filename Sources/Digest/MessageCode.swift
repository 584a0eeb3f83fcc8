// Says of a message that it is from somebody who knows a key: HMAC-SHA-256 (RFC 2104), as webhooks carry it.
//
// For receivers outside, who have this function in every language; among ourselves there are signatures and
// BLAKE2b. The key may have any length; it is as good as the randomness in it.

import CSodium
import SyncCore

public enum MessageCode {
  /// In hexadecimal digits.
  public static func sha256(of message: [UInt8], key: [UInt8]) -> String {
    var state = crypto_auth_hmacsha256_state()
    var code = [UInt8](repeating: 0, count: Int(crypto_auth_hmacsha256_bytes()))
    crypto_auth_hmacsha256_init(&state, key, key.count)
    crypto_auth_hmacsha256_update(&state, message, UInt64(message.count))
    crypto_auth_hmacsha256_final(&state, &code)
    return code.hexadecimal
  }
}
