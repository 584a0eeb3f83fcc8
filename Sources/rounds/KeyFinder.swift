// The key of an encrypted replica: where it comes from, and what is kept to find it again.
//
//     ROUNDS_KEY_FILE, ROUNDS_KEY                       the key itself, 64 hexadecimal digits
//     ROUNDS_PASSPHRASE_FILE, or asked at the terminal  a passphrase, stretched by Argon2id
//
// Beside the database, `replica.key` says that it is encrypted and how its key is made: "key", or the
// salt and costs of a passphrase. It must never hold the key or the passphrase, and neither may come
// from the command line, where every other program can read it.

import CommandKit
import Digest
import Glibc
import Replica
import Storage

enum KeyFault: Hashable {
  /// Nothing names the key that is needed; with the variables that would.
  case missing(variables: String)
  /// Not 64 hexadecimal digits.
  case malformed(source: String)
  case emptyPassphrase
  case passphrasesDiffer
  /// Argon2id needs more than the machine has.
  case outOfMemory
  case noteDamaged(path: String)
}

struct KeyFinder {
  private static let firstLine = "rounds replica key 1"

  let folder: ReplicaFolder
  let console: Console
  let outside: Outside

  init(_ folder: ReplicaFolder, _ console: Console, _ outside: Outside) {
    self.folder = folder
    self.console = console
    self.outside = outside
  }

  /// The key of the database that is there; nil: it is not encrypted.
  func keyOfDatabase() throws -> StorageKey? {
    guard access(folder.keyNotePath, F_OK) == 0 else { return nil }
    guard Connection.canEncrypt else { throw StorageError.cannotEncrypt }
    let lines = folder.read(folder.keyNotePath).split(separator: "\n")
    guard lines.count == 2, lines[0] == KeyFinder.firstLine else {
      throw RepError.key(.noteDamaged(path: folder.keyNotePath))
    }
    if lines[1] == "key" {
      guard let key = try givenKey() else {
        throw RepError.key(.missing(variables: "ROUNDS_KEY_FILE, ROUNDS_KEY"))
      }
      return key
    }
    guard let recipe = PassphraseRecipe(text: lines[1]) else {
      throw RepError.key(.noteDamaged(path: folder.keyNotePath))
    }
    return try key(recipe, try passphrase(isNew: false))
  }

  /// The key of a database that is about to be made; what finds it again is on the disk before it.
  func keyOfNewDatabase(isEncrypted: Bool) throws -> StorageKey? {
    guard isEncrypted else { return nil }
    guard Connection.canEncrypt else { throw StorageError.cannotEncrypt }
    if let key = try givenKey() {
      try folder.write("\(KeyFinder.firstLine)\nkey\n", to: folder.keyNotePath)
      return key
    }
    var random = outside.random()
    let recipe = PassphraseRecipe.make(using: &random)
    let key = try key(recipe, try passphrase(isNew: true))
    try folder.write("\(KeyFinder.firstLine)\n\(recipe.text)\n", to: folder.keyNotePath)
    return key
  }

  // MARK: Where it comes from

  private func given(_ name: String) -> String? {
    console.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  private func givenKey() throws -> StorageKey? {
    var (text, source) = (given("ROUNDS_KEY"), "ROUNDS_KEY")
    if let path = given("ROUNDS_KEY_FILE") {
      (text, source) = (String(decoding: try secret(in: path), as: UTF8.self), path)
    }
    guard let text else { return nil }
    guard let key = StorageKey(hexadecimal: text) else {
      throw RepError.key(.malformed(source: source))
    }
    return key
  }

  private func key(_ recipe: PassphraseRecipe, _ passphrase: [UInt8]) throws -> StorageKey {
    guard let bytes = recipe.key(from: passphrase), let key = StorageKey(bytes: bytes) else {
      throw RepError.key(.outOfMemory)
    }
    return key
  }

  private func passphrase(isNew: Bool) throws -> [UInt8] {
    let passphrase: [UInt8]
    if let path = given("ROUNDS_PASSPHRASE_FILE") {
      passphrase = try secret(in: path)
    } else {
      passphrase = try asked(Phrase(en: "Passphrase: ", zh: "口令："), isNew: isNew)
      let again = Phrase(en: "The same again: ", zh: "请再输入一次：")
      guard try !isNew || asked(again, isNew: true) == passphrase else {
        throw RepError.key(.passphrasesDiffer)
      }
    }
    guard !passphrase.isEmpty else { throw RepError.key(.emptyPassphrase) }
    return passphrase
  }

  private func asked(_ question: Phrase, isNew: Bool) throws -> [UInt8] {
    guard let answer = outside.askSecret(question.text(console.language)) else {
      let variables = "ROUNDS_PASSPHRASE_FILE"
      throw RepError.key(
        .missing(variables: isNew ? "ROUNDS_KEY_FILE, ROUNDS_KEY, \(variables)" : variables))
    }
    return answer
  }

  private func secret(in path: String) throws -> [UInt8] {
    do throws(PrivateFile.SecretFailure) {
      return try PrivateFile.readSecret(path)
    } catch {
      throw CommandFailure(error)
    }
  }
}
