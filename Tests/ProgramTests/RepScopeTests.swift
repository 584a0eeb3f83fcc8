// `rounds scope`: what it would hold is told, what is chosen comes about with the next sync, and
// nothing of the rest can be read on the laptop afterwards.

import CommandKit
import Foundation
import Notation
import Testing

@testable import rounds

@Suite struct RepScopeTests {
  let field: Field
  let ann: Laptop
  let bob: Laptop

  init() throws {
    field = try Field(users: ["ann", "bob"])
    (ann, bob) = (try field.laptop("a"), try field.laptop("b", of: "bob"))
    ann.run("add", "customer", "name=Acme", "tags+=vip", "phone=CANARY-A")
    bob.run("add", "customer", "name=Bolt", "phone=CANARY-B")
    for laptop in [ann, bob, ann] { laptop.run("sync") }
  }

  private func names(_ laptop: Laptop) throws -> [String] {
    let rows = try laptop.run("list", "customer", "--json").json["records"]?.array ?? []
    return rows.compactMap { $0["fields"]?["name"]?.string }.sorted()
  }

  /// Every byte of a laptop's folder.
  private func bytes(_ laptop: Laptop) throws -> String {
    let files = try FileManager.default.contentsOfDirectory(atPath: laptop.home)
    return try files.map {
      String(
        decoding: try Data(contentsOf: URL(filePath: laptop.home + "/" + $0)), as: UTF8.self)
    }.joined()
  }

  @Test func `one keeps one's own, and nothing of the others can be read`() throws {
    #expect(try names(ann) == ["Acme", "Bolt"])
    #expect(try bytes(ann).contains("CANARY-B"))
    let dry = try ann.run("scope", "set", "mine", "--dry-run", "--json").json
    #expect(dry["estimate"]?["records"]?["customer"] == 1)
    #expect(dry["saved"] == false)
    #expect(try ann.run("scope", "--json").json["reach"] == "all")

    let set = ann.run("scope", "set", "mine")
    #expect(
      set.out.hasPrefix("your own customers\nAbout 1 customer"),
      "\(set.out)")
    #expect(try names(ann) == ["Acme", "Bolt"], "not before the next sync")
    let report = try ann.run("sync", "--json").json
    #expect(report["pulled"]?["departed"] == 1)
    #expect(try names(ann) == ["Acme"])
    #expect(try !bytes(ann).contains("CANARY-B"))
    #expect(try ann.run("status", "--json").json["scope"] == "mine")

    bob.run("set", "customer:Bolt", "email=b@example.org")
    bob.run("sync")
    ann.run("sync")
    #expect(try !bytes(ann).contains("b@example.org"))
    ann.run("scope", "set", "all")
    ann.run("sync")
    #expect(try names(ann) == ["Acme", "Bolt"])
    let bolt = try ann.run("show", "customer:Bolt", "--json").json
    #expect(bolt["fields"]?["email"] == "b@example.org")
    #expect(try ann.run("status", "--json").json["scope"] == "workspace")
  }

  @Test func `tags and days are asked together, offline too`() throws {
    field.state.connect(false)
    let set = try ann.run("scope", "set", "all", "--tag", "vip", "--days", "30", "--json").json
    #expect(set["estimate"] == .null)
    #expect(set["saved"] == true)
    field.state.connect(true)
    ann.run("sync")
    #expect(try names(ann) == ["Acme"])
    #expect(
      try ann.run("scope", "--json").json["tags"] == ["vip"])
    #expect(try ann.run("status", "--json").json["scope"] == "all days=30 tag=vip")
  }

  @Test func `what was written before goes up before it leaves`() throws {
    ann.run("set", "customer:Bolt", "industry=steel")
    ann.run("scope", "set", "mine")
    #expect(try ann.run("sync", "--json").json["pushed"]?["accepted"] == 1)
    #expect(try names(ann) == ["Acme"])
    bob.run("sync")
    #expect(try bob.run("show", "customer:Bolt", "--json").json["fields"]?["industry"] == "steel")
  }

  @Test(arguments: [["--days", "0"], ["--days", "x"], ["--tag", ""]])
  func `what makes no sense is refused, and nothing changes`(words: [String]) throws {
    let run = ann.run(["scope", "set", "mine"] + words)
    #expect(run.exit == .usage)
    #expect(try ann.run("scope", "--json").json["reach"] == "all")
  }
}
