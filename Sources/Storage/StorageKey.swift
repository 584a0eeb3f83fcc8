// The key of an encrypted file, and how a connection is given it.
//
// The encryption is SQLCipher's: every page with AES-256 and an HMAC of its own, under a random salt
// in the file's first bytes. The key is given as 32 raw bytes, so SQLCipher derives nothing from it;
// stretching a passphrase is `Digest`'s. A key must never reach a log, an error or SQL text, which an
// error would show: it goes to the library by a call of its own.

import CSQLite

public struct StorageKey: Sendable, CustomStringConvertible, CustomReflectable {
  public static let byteCount = 32
  let bytes: [UInt8]

  /// Nil for anything but 32 bytes.
  public init?(bytes: [UInt8]) {
    guard bytes.count == StorageKey.byteCount else { return nil }
    self.bytes = bytes
  }

  /// 64 hexadecimal digits, as `openssl rand -hex 32` prints them.
  public init?(hexadecimal text: some StringProtocol) {
    let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count == 2 * StorageKey.byteCount, !digits.contains(nil) else { return nil }
    let values = digits.compactMap(\.self).map { UInt8($0) }
    bytes = stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
  }

  /// Says nothing, wherever it is printed.
  public var description: String { "(a key)" }
  public var customMirror: Mirror { Mirror(self, children: []) }

  /// How SQLCipher wants to read a key from which it shall derive nothing.
  fileprivate var blobLiteral: [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return Array("x'".utf8) + bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
      + Array("'".utf8)
  }
}

extension Connection {
  /// Whether the library that is loaded can encrypt.
  public static var canEncrypt: Bool { rounds_can_encrypt() != 0 }

  /// The oldest SQLite whose SQL is ours: 3.37 brought strict tables.
  private static let versionNeeded: (number: Int32, text: String) = (3_037_000, "3.37")

  /// The headers were new enough; a library that was put in the way at run time may not be.
  static func checkLibrary() throws(StorageError) {
    guard sqlite3_libversion_number() >= versionNeeded.number else {
      throw .libraryTooOld(
        found: String(cString: sqlite3_libversion()), needed: versionNeeded.text)
    }
  }

  /// Gives the key, and reads the first page, which is the only way to learn whether it fits.
  func unlock(with key: StorageKey) throws(StorageError) {
    guard Connection.canEncrypt else { throw .cannotEncrypt }
    var literal = key.blobLiteral
    let code = rounds_key(handle, literal, Int32(literal.count))
    for index in literal.indices { literal[index] = 0 }
    guard code == SQLITE_OK else { throw failure(code, sql: "key") }
    do {
      try execute("SELECT count(*) FROM sqlite_schema")
    } catch .corrupt {
      throw .wrongKey(path: path)
    }
  }
}
