// Keys: who wrote a log, and for whose eyes bytes are.
//
// A device and a hub have one key pair each. With it a device signs the head of its log (Ed25519, RFC
// 8032), and anybody can put bytes into a box that only the hub opens (X25519 and XSalsa20-Poly1305, the
// format of libsodium's sealed boxes). Every function is a call or two into the library. A signature
// is always over a purpose and the bytes, so that one made for one thing never passes for another.

import CSodium
import SyncCore

/// What a signature says. The text is signed with the bytes and is part of the protocol.
public enum SignaturePurpose: String, Sendable {
  case logHead = "rounds log head 1"
  case bundle = "rounds bundle 1"

  fileprivate func message(_ bytes: [UInt8]) -> [UInt8] { Array(rawValue.utf8) + [0] + bytes }
}

/// The public half of a key pair, and the name under which its owner is known.
public struct PublicKey: Hashable, Sendable {
  public static let byteCount = 32
  /// Bytes of a signature.
  public static let signatureByteCount = 64
  /// By how much a box is longer than what is in it.
  public static let boxByteCount = 48
  public let bytes: [UInt8]

  /// Nil for anything but 32 bytes.
  public init?(bytes: [UInt8]) {
    guard bytes.count == PublicKey.byteCount else { return nil }
    self.bytes = bytes
  }

  /// What people read to each other to compare keys: 16 hexadecimal digits in fours.
  public var fingerprint: String {
    let hash = Digest.hash128(bytes)
    return stride(from: 0, to: 8, by: 2).map { hash[$0...$0 + 1].hexadecimal }
      .joined(separator: " ")
  }

  /// By which programs tell keys apart where a name of 16 bytes will do.
  public var digest: [UInt8] { Digest.hash128(bytes) }

  /// Whether the owner of this key signed these bytes for this purpose.
  public func verifies(
    _ signature: [UInt8], of bytes: [UInt8], for purpose: SignaturePurpose
  ) -> Bool {
    guard signature.count == PublicKey.signatureByteCount else { return false }
    let message = purpose.message(bytes)
    return crypto_sign_verify_detached(signature, message, UInt64(message.count), self.bytes) == 0
  }

  /// The bytes for the eyes of this key's owner alone. Who put them there is not told.
  ///
  /// - Parameter random: draws the key pair that is used this once.
  /// - Returns: nil where the key is no point of the curve: it was made by no program of ours.
  public func box(
    _ bytes: [UInt8], using random: inout some RandomNumberGenerator
  ) -> [UInt8]? {
    guard let recipient = agreementKey else { return nil }
    let seed = KeyPair.seed(using: &random)
    var once = [UInt8](repeating: 0, count: Int(crypto_box_publickeybytes()))
    var secret = [UInt8](repeating: 0, count: Int(crypto_box_secretkeybytes()))
    crypto_box_seed_keypair(&once, &secret, seed)
    // The library's own `crypto_box_seal`, but with randomness that is passed in.
    var nonce = [UInt8](repeating: 0, count: Int(crypto_box_noncebytes()))
    let parties = once + recipient
    crypto_generichash_blake2b(&nonce, nonce.count, parties, UInt64(parties.count), nil, 0)
    var sealed = [UInt8](repeating: 0, count: bytes.count + Int(crypto_box_macbytes()))
    guard crypto_box_easy(&sealed, bytes, UInt64(bytes.count), nonce, recipient, secret) == 0 else {
      return nil
    }
    return once + sealed
  }

  /// The same point as the key that shared secrets are agreed with.
  fileprivate var agreementKey: [UInt8]? {
    var key = [UInt8](repeating: 0, count: PublicKey.byteCount)
    return crypto_sign_ed25519_pk_to_curve25519(&key, bytes) == 0 ? key : nil
  }
}

/// Both halves. The secret one never leaves the database of its owner.
public struct KeyPair: Hashable, Sendable {
  /// 32 random bytes that both halves are made of; this is what is kept.
  public let seed: [UInt8]
  public let publicKey: PublicKey
  private let secret: [UInt8]

  public static func make(using random: inout some RandomNumberGenerator) -> KeyPair {
    guard let pair = KeyPair(seed: seed(using: &random)) else {
      preconditionFailure("a seed has \(PublicKey.byteCount) bytes")
    }
    return pair
  }

  /// Nil for anything but 32 bytes.
  public init?(seed: [UInt8]) {
    var open = [UInt8](repeating: 0, count: PublicKey.byteCount)
    var secret = [UInt8](repeating: 0, count: Int(crypto_sign_secretkeybytes()))
    guard seed.count == PublicKey.byteCount,
      crypto_sign_seed_keypair(&open, &secret, seed) == 0, let key = PublicKey(bytes: open)
    else { return nil }
    self.seed = seed
    self.secret = secret
    publicKey = key
  }

  fileprivate static func seed(using random: inout some RandomNumberGenerator) -> [UInt8] {
    (0..<PublicKey.byteCount / 8).flatMap { _ in
      withUnsafeBytes(of: random.next().bigEndian) { Array($0) }
    }
  }

  public func sign(_ bytes: [UInt8], for purpose: SignaturePurpose) -> [UInt8] {
    let message = purpose.message(bytes)
    var signature = [UInt8](repeating: 0, count: PublicKey.signatureByteCount)
    crypto_sign_detached(&signature, nil, message, UInt64(message.count), secret)
    return signature
  }

  /// What somebody put into a box for this key; nil where it is not for us, or not whole.
  public func open(_ box: [UInt8]) -> [UInt8]? {
    guard box.count >= PublicKey.boxByteCount, let recipient = publicKey.agreementKey else {
      return nil
    }
    var agreement = [UInt8](repeating: 0, count: Int(crypto_box_secretkeybytes()))
    crypto_sign_ed25519_sk_to_curve25519(&agreement, secret)
    var bytes = [UInt8](repeating: 0, count: box.count - PublicKey.boxByteCount)
    let isOpened =
      crypto_box_seal_open(&bytes, box, UInt64(box.count), recipient, agreement) == 0
    return isOpened ? bytes : nil
  }
}

extension LogHead {
  /// What a device signs: this replica's log has this hash at this counter.
  public func signedBytes(of replica: ReplicaID) -> [UInt8] {
    withUnsafeBytes(of: replica.rawValue.bigEndian) { Array($0) }
      + withUnsafeBytes(of: counter.rawValue.bigEndian) { Array($0) } + hash.bytes
  }
}
