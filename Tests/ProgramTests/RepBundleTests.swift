// A sync without a network: Ann's laptop reaches nobody, her colleagues carry files to the hub and back.
//
// Whole commands on real folders. What is in a file is the hub's and Ann's business alone; what people
// do with files – lose, repeat, mix up and damage them – must end in a sentence and never in a loss.

import CommandKit
import Digest
import Foundation
import HubClient
import SyncCore
import Testing
import Wire

@testable import rounds

@Suite struct RepBundleTests {
  let field: Field
  let ann: Laptop
  let bob: Laptop
  let customer: String

  init() throws {
    field = try Field(users: ["ann", "bob", "eve"])
    var ann = try field.laptop("a")
    customer = try ann.id("add", "customer", "name=Acme")
    ann.run("sync")
    bob = try field.laptop("b", of: "bob")
    // From here on there is nobody at the other end of Ann's line.
    ann.line = { call in
      HTTPHubLink(HubAddress("http://127.0.0.1:1") ?? call.address, token: call.token)
    }
    self.ann = ann
  }

  /// A place on the stick.
  func stick(_ name: String) -> String { field.folder + "/" + name }

  func bytes(_ path: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: path))) }

  func put(_ bytes: [UInt8], _ name: String) throws -> String {
    try Data(bytes).write(to: URL(filePath: stick(name)))
    return stick(name)
  }

  func waiting() throws -> Int64? { try ann.run("status", "--json").json["waiting"]?.integer }

  /// Where the answer lies that a colleague carries.
  func answer(on laptop: Laptop) throws -> String {
    let carried = try #require(try laptop.run("bundle", "list", "--json").json["carried"]?.array)
    #expect(carried.count == 1 && carried[0]["state"] == "answered")
    return try #require(carried[0]["path"]?.string)
  }

  // MARK: There and back

  @Test func `a colleague carries a bundle to the hub and the answer back`() throws {
    ann.run("set", customer, "phone=CANARY")
    #expect(ann.run("sync").exit == .unreachable)
    let written = ann.run("bundle", "write", stick("one"))
    #expect(written.exit == .done, "\(written.err)")
    #expect(try waiting() == 1, "it waits until a verdict comes")
    let read = bob.run("bundle", "read", stick("one"))
    #expect(read.out.hasPrefix("A colleague's bundle"))
    #expect(read.out.contains("goes up with your next sync"))
    bob.run("sync")
    #expect(
      bob.run("show", customer).out.contains("phone") == false, "he synced before he delivered")
    bob.run("sync")
    #expect(bob.run("show", customer).out.contains("CANARY"))
    let answer = try answer(on: bob)
    let taken = ann.run("bundle", "read", answer)
    #expect(taken.out.hasPrefix("Answer taken in: 1 edits arrived"), "\(taken)")
    #expect(try waiting() == 0)
    #expect(ann.run("doctor", "--deep").exit == .done)
    let again = ann.run("bundle", "read", answer)
    #expect(again.exit == .done)
    #expect(again.out == "This answer was taken in before; nothing has changed.\n")
  }

  @Test func `two colleagues bring one bundle: one effect, and either answer will do`() throws {
    let eve = try field.laptop("e", of: "eve")
    ann.run("add", "contact", "customer=\(customer)", "name=Zoe")
    ann.run("bundle", "write", stick("one"))
    for colleague in [bob, eve] {
      colleague.run("bundle", "read", stick("one"))
      colleague.run("bundle", "read", stick("one"))
      #expect(colleague.run("sync").exit == .done)
    }
    #expect(ann.run("bundle", "read", try answer(on: eve)).out.contains("1 edits arrived"))
    #expect(ann.run("bundle", "read", try answer(on: bob)).out.contains("taken in before"))
    bob.run("sync")
    let contacts = try bob.run("list", "contact", "--json").json["total"]
    #expect(contacts == 1)
  }

  @Test func `what others did comes with the answer, and a later sync loses nothing`() throws {
    bob.run("set", customer, "industry=steel")
    bob.run("sync")
    ann.run("bundle", "write", stick("one"))
    bob.run("bundle", "read", stick("one"))
    bob.run("sync")
    let taken = try ann.run("bundle", "read", try answer(on: bob), "--json").json
    #expect(taken["outcome"] == "taken")
    #expect(taken["upToDate"] == true)
    #expect(ann.run("show", customer).out.contains("steel"))
    // The line is mended.
    var ann = ann
    ann.line = nil
    #expect(try ann.run("sync", "--json").json["pulled"] == ["records": 0, "departed": 0])
  }

  @Test func `an answer that a sync has overtaken says so`() throws {
    ann.run("set", customer, "phone=1")
    ann.run("bundle", "write", stick("one"))
    bob.run("bundle", "read", stick("one"))
    bob.run("sync")
    var online = ann
    online.line = nil
    online.run("sync")
    let late = ann.run("bundle", "read", try answer(on: bob))
    #expect(late.exit == .done)
    #expect(
      late.out == "This answer comes late: all it says is known here. Nothing has changed.\n")
  }

  // MARK: Files

  @Test func `a bundle is nobody else's to read, and no file is replaced by accident`() throws {
    ann.run("set", customer, "phone=CANARY")
    let first = try ann.run("bundle", "write", stick("one"), "--json").json
    #expect(first["edits"] == 1 && first["complete"] == true)
    let file = try bytes(stick("one"))
    #expect(first["bytes"]?.integer == Int64(file.count))
    #expect(!String(decoding: file, as: UTF8.self).contains("CANARY"))
    var facts = stat()
    #expect(stat(stick("one"), &facts) == 0 && facts.st_mode & 0o777 == 0o600)
    let again = ann.run("bundle", "write", stick("one"))
    #expect(again.exit == .refused)
    #expect(try bytes(stick("one")) == file)
    #expect(ann.run("bundle", "write", stick("one"), "--force").exit == .done)
    #expect(try bytes(stick("one")) != file)
    #expect(ann.run("bundle", "write", stick("no/such/folder")).exit == .fault)
    let files = try FileManager.default.contentsOfDirectory(atPath: field.folder)
    #expect(!files.contains { $0.hasSuffix(".part") })
  }

  @Test func `each wrong file has its sentence and its exit code`() throws {
    ann.run("bundle", "write", stick("one"))
    let bundle = try bytes(stick("one"))
    func reads(_ laptop: Laptop, _ file: String, _ exit: ExitCode, _ words: String) {
      let run = laptop.run("bundle", "read", file)
      #expect(run.exit == exit, "\(run)")
      #expect(run.err.contains(words), "\(run.err)")
    }
    reads(bob, stick("none"), .notFound, "cannot be read")
    reads(bob, try put(Array("PDF".utf8), "pdf"), .usage, "no bundle")
    reads(bob, try put(Array(bundle.dropLast(70)), "cut"), .usage, "no bundle")
    var altered = bundle
    altered[bundle.count / 2] ^= 1
    reads(bob, try put(altered, "altered"), .refused, "altered on the way")
    reads(ann, stick("one"), .refused, "of this very laptop")
    bob.run("bundle", "read", stick("one"))
    bob.run("sync")
    reads(bob, try answer(on: bob), .refused, "another laptop's bundle")
    // The hub's name is a part of what is signed, so it is told first whom it is for.
    var body = try BundleBody(decoding: Bundle(file: bundle).body)
    body.hub = Array(repeating: 7, count: 16)
    let foreign = Bundle(body: body.encoded(), signature: try Bundle(file: bundle).signature)
    reads(bob, try put(foreign.file, "foreign"), .refused, "another hub")
  }

  @Test func `what the hub refuses is not brought again, and says why`() throws {
    ann.run("bundle", "write", stick("one"))
    // Whole, for our hub, and of a laptop that nobody knows.
    var random = FieldRandom(state: field.state)
    let stranger = KeyPair.make(using: &random)
    var body = try BundleBody(decoding: Bundle(file: bytes(stick("one"))).body)
    body.key = stranger.publicKey.bytes
    let signature = stranger.sign(body.encoded(), for: .bundle)
    let forged = try put(Bundle(body: body.encoded(), signature: signature).file, "forged")
    #expect(bob.run("bundle", "read", forged).exit == .done)
    #expect(bob.run("sync").exit == .done)
    let list = try bob.run("bundle", "list", "--json").json["carried"]?.array
    #expect(list?.count == 1 && list?[0]["state"] == "refused")
    #expect(list?[0]["reason"]?.string?.contains("unknown here") == true)
  }

  @Test func `without a network a carried bundle waits`() throws {
    ann.run("bundle", "write", stick("one"))
    bob.run("bundle", "read", stick("one"))
    field.state.connect(false)
    #expect(bob.run("sync").exit == .unreachable)
    let list = try bob.run("bundle", "list", "--json").json["carried"]?.array
    #expect(list?.first?["state"] == "waiting")
    field.state.connect(true)
    bob.run("sync")
    _ = try answer(on: bob)
  }

  @Test func `a revoked laptop hands over what it has by bundle, and is empty then`() throws {
    ann.run("set", customer, "phone=1")
    ann.run("bundle", "write", stick("one"))
    bob.run("bundle", "write", stick("bobs"))
    #expect(ann.run("bundle", "read", stick("bobs")).exit == .done)
    try field.routes.store.db.run("UPDATE replicas SET status = 'revoked' WHERE replica = 1")
    bob.run("bundle", "read", stick("one"))
    bob.run("sync")
    let end = ann.run("bundle", "read", try answer(on: bob))
    #expect(end.exit == .refused && end.err.contains("1 edit"))
    let left = try FileManager.default.contentsOfDirectory(atPath: ann.home)
    #expect(left == ["revoked"])
  }

  @Test func `the words are Chinese for those who read Chinese`() throws {
    var chinese = bob
    chinese.language = "zh"
    ann.run("bundle", "write", stick("one"))
    #expect(chinese.run("bundle", "read", stick("one")).out.contains("将在您下次同步时送达"))
    #expect(chinese.run("bundle", "list").out.contains("代带"))
  }
}
