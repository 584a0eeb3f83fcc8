// `rounds join --encrypted`: where the key comes from, what every later command does about it, and
// what is said when it is wrong, missing, or no secret.
//
// What needs SQLCipher is skipped where this build has none; there the refusal is what is shown.

import CommandKit
import Foundation
import Storage
import Testing

@testable import rounds

private let needsCipher = ConditionTrait.enabled(
  if: Connection.canEncrypt, "this build has no SQLCipher (ROUNDS_SQLCIPHER=1)")

@Suite struct RepEncryptedTests {
  let field: Field
  var laptop: Laptop
  let key = String(repeating: "a1", count: 32)

  init() throws {
    field = try Field()
    laptop = Laptop(field, "thinkpad")
    try FileManager.default.createDirectory(
      atPath: field.folder, withIntermediateDirectories: true)
  }

  private func join(_ laptop: Laptop) throws -> RepRun {
    laptop.run("join", "http://127.0.0.1:7440", "--code", try field.invite("ann"), "--encrypted")
  }

  private func secretFile(_ text: String, mode: Int = 0o600) throws -> String {
    let path = field.folder + "/secret"
    try Data(text.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    return path
  }

  private func files() throws -> Data {
    try FileManager.default.contentsOfDirectory(atPath: laptop.home).reduce(into: Data()) {
      $0 += try Data(contentsOf: URL(filePath: laptop.home + "/" + $1))
    }
  }

  @Test(.disabled(if: Connection.canEncrypt, "this build has SQLCipher"))
  func `a build without SQLCipher says so and joins nobody`() throws {
    var laptop = laptop
    laptop.environment["ROUNDS_KEY"] = key
    let run = try join(laptop)
    #expect(run.exit == .fault)
    #expect(
      run.err == """
        rounds: This build of rounds cannot encrypt: it was made without SQLCipher.
        Hint: Install SQLCipher 4.5 or newer and build with ROUNDS_SQLCIPHER=1 .

        """)
    #expect(laptop.run("status").exit == .notFound)
  }

  @Test(needsCipher)
  mutating func `a key from the environment or a file, and nothing in the clear`() throws {
    laptop.environment["ROUNDS_KEY"] = key
    #expect(try join(laptop).exit == .done)
    laptop.run("add", "customer", "name=Acme of Springfield")
    #expect(try laptop.run("status", "--json").json["encrypted"] == true)
    #expect(laptop.run("status").out.contains("encrypted"))
    #expect(laptop.run("sql", "SELECT name FROM customer").out.contains("Acme of Springfield"))
    #expect(laptop.run("sync").exit == .done)
    #expect(laptop.run("doctor", "--deep").exit == .done)
    let files = try files()
    for text in ["Acme", "SQLite format 3", key] {
      #expect(files.range(of: Data(text.utf8)) == nil, "\(text)")
    }
    laptop.environment = ["ROUNDS_KEY_FILE": try secretFile(key + "\n")]
    #expect(laptop.run("find", "Acme").out.contains("Acme of Springfield"))
  }

  @Test(needsCipher) mutating func `a wrong key, no key, and what is none`() throws {
    laptop.environment["ROUNDS_KEY"] = key
    #expect(try join(laptop).exit == .done)
    laptop.environment["ROUNDS_KEY"] = String(repeating: "a2", count: 32)
    let wrong = laptop.run("status")
    #expect(wrong.exit == .refused)
    #expect(wrong.err.hasPrefix("rounds: The key does not open \(laptop.home)/replica.sqlite .\n"))
    laptop.environment["ROUNDS_KEY"] = "12345"
    let malformed = laptop.run("status")
    #expect(malformed.exit == .usage && !malformed.err.contains("12345"))
    laptop.environment = [:]
    let missing = laptop.run("status")
    #expect(missing.exit == .usage)
    #expect(missing.err.contains("Set one of: ROUNDS_KEY_FILE, ROUNDS_KEY\n"))
  }

  @Test(needsCipher, arguments: [0o640, 0o604, 0o666])
  mutating func `a key file that others can read is refused`(mode: Int) throws {
    laptop.environment["ROUNDS_KEY_FILE"] = try secretFile(key, mode: mode)
    let run = try join(laptop)
    #expect(run.exit == .usage)
    #expect(run.err.contains("can be read by others"))
    #expect(!FileManager.default.fileExists(atPath: laptop.home + "/replica.sqlite"))
  }

  @Test(needsCipher) mutating func `a passphrase is asked for, and only its recipe is kept`() throws
  {
    laptop.typed = "correct horse"
    #expect(try join(laptop).exit == .done)
    #expect(laptop.run("add", "customer", "name=Acme").exit == .done)
    laptop.typed = "incorrect horse"
    #expect(laptop.run("status").exit == .refused)
    laptop.typed = nil
    #expect(laptop.run("status").exit == .usage)
    laptop.environment["ROUNDS_PASSPHRASE_FILE"] = try secretFile("correct horse\n")
    #expect(laptop.run("find", "Acme").exit == .done)
    let note = laptop.home + "/replica.key"
    let text = try String(contentsOfFile: note, encoding: .utf8)
    #expect(text.wholeMatch(of: /rounds replica key 1\nargon2id 3 268435456 [0-9a-f]{32}\n/) != nil)
    let mode = try FileManager.default.attributesOfItem(atPath: note)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(try files().range(of: Data("correct horse".utf8)) == nil)
  }

  @Test(needsCipher) mutating func `a join that broke off can go on the other way`() throws {
    laptop.environment["ROUNDS_KEY"] = key
    field.state.connect(false)
    #expect(try join(laptop).exit == .unreachable)
    field.state.connect(true)
    laptop.environment = [:]
    let code = try field.invite("ann")
    #expect(laptop.run("join", "http://127.0.0.1:7440", "--code", code).exit == .done)
    #expect(try laptop.run("status", "--json").json["encrypted"] == false)
  }
}
