// `claim` and `release` on real laptops: a request waits, is not shown as granted, and is answered
// by the next sync; a refusal is kept with who was faster.

import CommandKit
import Hub
import Notation
import SyncCore
import Testing

@testable import rounds

extension Field {
  /// Adds a pool as an administrator would.
  fileprivate func addPool(_ settings: JSONValue) throws {
    let now = Moment(milliseconds: state.now())
    let token = try routes.store.addUser("root", role: .admin, team: nil, now: now)
    let answer = routes.answer(
      HubRequest(
        "POST", "/v1/admin/pools", bearerToken: token, body: settings.bytes()))
    #expect(answer.status == 201)
  }
}

@Suite struct RepPoolTests {
  @Test func `a claim waits, and the first to sync has the customer`() throws {
    let field = try Field(users: ["ann", "bob", "eve"])
    try field.addPool(["name": "east"])
    let (ann, bob, eve) = (
      try field.laptop("a"), try field.laptop("b", of: "bob"), try field.laptop("e", of: "eve")
    )
    let id = try eve.id("add", "customer", "name=Acme")
    eve.run("sync")
    let released = eve.run("release", "customer:Acme", "--reason", "No budget", "--json")
    #expect(readable(released.out) == "{\"id\":\"#1\",\"status\":\"pending\"}\n")
    // It is hers until the hub has answered.
    #expect(try eve.run("show", id, "--json").json["fields"]?["owner"] == "eve")
    for laptop in [eve, ann, bob] { laptop.run("sync") }
    let claimed = ann.run("claim", "customer:Acme")
    #expect(claimed.out == "Asked for Acme ; the hub decides at the next sync.\n")
    let pending = try ann.run("show", id, "--json").json
    #expect(pending["pending"] == ["claim"])
    #expect(pending["fields"]?["claim"] == "ann")
    #expect(pending["fields"]?["owner"] == nil)
    #expect(pending["fields"]?["pool"] == "east")
    #expect(bob.run("claim", id, "--json").exit == .done)
    #expect(bob.run("sync").exit == .done)
    ann.run("sync")
    for laptop in [ann, bob] {
      laptop.run("sync")
      let shown = try laptop.run("show", id, "--json").json
      #expect(shown["pending"] == [])
      #expect(shown["fields"]?["claim"] == nil)
      #expect(shown["fields"]?["owner"] == "bob")
      #expect(shown["fields"]?["pool"] == nil)
    }
    let draft = try #require(try ann.run("attention", "--json").json["attention"]?.array?.first)
    #expect(draft["field"] == "claim" && draft["value"] == "ann" && draft["reason"] == "poolRule")
    #expect(draft["text"]?.string?.contains("bob has it since 2026-11-22") == true)
    #expect(try bob.run("attention", "--json").json["attention"] == [])
  }

  @Test func `what cannot be asked for is refused with words`() throws {
    let laptop = try Field().laptop("thinkpad")
    laptop.run("add", "customer", "name=Acme")
    laptop.run("add", "task", "title=Call")
    let cases: [(words: [String], exit: ExitCode, says: String)] = [
      (["claim", "task:Call"], .usage, "is a task; this is for: customer"),
      (["release", "task:Call", "--reason", "x"], .usage, "is a task; this is for: customer"),
      (["release", "customer:Acme"], .usage, "needs the option --reason"),
      (["release", "customer:Acme", "--reason", " "], .usage, "A release says why"),
      (
        ["release", "customer:Acme", "--reason", "x", "--pool", "a b"], .usage,
        "The name of a pool has no spaces: a b"
      ),
      (["set", "customer:Acme", "claim=ann"], .refused, "Only the hub writes claim"),
      (["set", "customer:Acme", "pool=east"], .refused, "Only the hub writes pool"),
    ]
    for (words, exit, says) in cases {
      let run = laptop.run(words)
      #expect(run.exit == exit, "\(words)")
      #expect(run.err.contains(says), "\(words): \(run.err)")
      #expect(run.out == "")
    }
    laptop.run("sync")
    // Where there is no pool, the hub says so.
    laptop.run("release", "customer:Acme", "--reason", "x")
    laptop.run("sync")
    #expect(laptop.run("attention", "--json").out.contains("You are a member of no pool."))
  }

  @Test func `in Chinese`() throws {
    var laptop = try Field().laptop("thinkpad")
    laptop.language = "zh"
    laptop.run("add", "customer", "name=Acme")
    let run = laptop.run("claim", "customer:Acme")
    #expect(run.out == "已申请领取 Acme ；下次同步时由服务器决定。\n")
  }
}
