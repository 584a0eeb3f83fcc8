// Not a byte: what the hub sends to a laptop, and what lies on its disk, is what its person may see.
//
// The wire is captured as it is, and every file of the laptop's folder is read as it is: database,
// write-ahead log, pages that are free. Whatever takes a customer out of somebody's sight, his wire says
// nothing of it from then on, and his disk no longer knows it (I8, I9).

import Foundation
import Notation
import Testing

@testable import rounds

@Suite struct CaptureTests {
  /// What happens on a day; each begins and ends with everybody in his place.
  enum Step: CaseIterable, Sendable {
    case reassigned, writtenMeanwhile, childMoved, teamMoved, personMoved, shared, narrowed, pooled
  }

  @Test(arguments: Step.allCases)
  func `not a byte out of sight goes over the wire or stays on the disk`(step: Step) async throws {
    try await withWiredField { try $0.play(step) }
  }

  @Test func `nor on a day when all of it happens, one thing after another`() async throws {
    try await withWiredField { day in
      for step in Step.allCases + Step.allCases.reversed() { try day.play(step) }
      try day.revoke()
    }
  }

  @Test func `nor after the laptop is revoked`() async throws {
    try await withWiredField { try $0.revoke() }
  }

  @Test func `a canary that is there is found`() async throws {
    try await withWiredField { day in
      let wired = try #require(day.laptops["ann"])
      let captured = wired.proxy.captured.map { Data($0) }
      #expect(day.hears("acmekanariphone", in: captured))
      #expect(try wired.laptop.occurrences(of: "acmekanariphone") > 0)
      try day.assign("acme", to: "bob")
      // By now she may not have it, and has not heard of that.
      var sights = WiredField.usual
      sights["ann"] = [:]
      day.expect(sights)
      #expect(
        try day.leaks(of: "ann", sent: captured) == [
          "ann was sent acmekanari", "ann keeps acmekanari", "ann was sent driftkanari",
          "ann keeps driftkanari",
        ])
      wired.laptop.run("sync")
      try day.look(at: "ann")
    }
  }
}

extension WiredField {
  fileprivate func play(_ step: CaptureTests.Step) throws {
    switch step {
    case .reassigned: try reassign()
    case .writtenMeanwhile: try writeMeanwhile()
    case .childMoved: try moveChild()
    case .teamMoved: try moveTeam()
    case .personMoved: try movePerson()
    case .shared: try share()
    case .narrowed: try narrow()
    case .pooled: try pool()
    }
    try settle(WiredField.usual)
  }

  /// The usual sights but for some.
  private func settle(_ user: String, _ customer: String, _ holding: Holding?) throws {
    try settle([(user, customer, holding)])
  }

  private func settle(_ changes: [(user: String, customer: String, holding: Holding?)]) throws {
    var sights = WiredField.usual
    for change in changes { sights[change.user]?[change.customer] = change.holding }
    try settle(sights)
  }

  private func reassign() throws {
    try assign("acme", to: "bob")
    try settle([("ann", "acme", nil), ("mia", "acme", nil), ("bob", "acme", .whole)])
    // What happens to it now is nothing to them.
    laptop("bob").run("set", id("acme"), "email=acmekanarimail")
    try settle([("ann", "acme", nil), ("mia", "acme", nil), ("bob", "acme", .whole)])
    try assign("acme", to: "ann")
  }

  /// What ann wrote before she heard of it goes up. A visit is a fact; of the rest her own words are hers
  /// until she lets them go.
  private func writeMeanwhile() throws {
    let ann = laptop("ann")
    for index in 0..<20 {
      let text = String(repeating: "ownkanari\(index) ", count: 50)
      ann.run("set", id("acme"), "notes=\(text)")
    }
    ann.run("follow", id("acme"), "--channel", "visit", "--text", "factkanari")
    try assign("acme", to: "bob")
    try settle([("ann", "acme", nil), ("mia", "acme", nil), ("bob", "acme", .whole)])
    #expect(try ann.occurrences(of: "factkanari") == 0)
    #expect(try laptop("bob").occurrences(of: "factkanari") > 0)
    let drafts = try ann.run("attention", "--json").json["attention"]?.array ?? []
    #expect(!drafts.isEmpty)
    #expect(try ann.occurrences(of: "ownkanari") > 0)
    for draft in drafts {
      #expect(ann.run("attention", "discard", draft["id"]?.string ?? "").exit == .done)
    }
    #expect(try ann.occurrences(of: "ownkanari") == 0)
    try assign("acme", to: "ann")
  }

  private func moveChild() throws {
    host = "bolt"
    try set("drift", "customer=\(id("bolt"))")
    try settle(WiredField.usual)
    host = "acme"
    try set("drift", "customer=\(id("acme"))")
  }

  private func moveTeam() throws {
    try post("teams", "south", body: ["parent": "north"])
    try settle("mia", "bolt", .whole)
    try post("teams", "south", body: ["parent": .null])
  }

  private func movePerson() throws {
    try post("users", "bob", body: ["team": "north"])
    try settle("mia", "bolt", .whole)
    try post("users", "bob", body: ["team": "south"])
  }

  private func share() throws {
    try post("records", id("bolt"), "share", body: ["with": "ann"])
    try settle("ann", "bolt", .whole)
    try post("records", id("bolt"), "unshare", body: ["with": "ann"])
  }

  private func narrow() throws {
    laptop("mia").run("scope", "set", "mine")
    try settle("mia", "acme", .left)
    laptop("ann").run("set", id("acme"), "email=acmekanarimail")
    try settle("mia", "acme", .left)
    laptop("mia").run("scope", "set", "all")
  }

  /// ann gives it up, everybody in the north sees it without its numbers, and mia has it.
  private func pool() throws {
    // What she writes herself in the same breath is hidden as well.
    laptop("ann").run("set", id("acme"), "legalName=acmekanariann2", "phone=acmekanariphone")
    laptop("ann").run("release", id("acme"), "--reason", "No budget")
    laptop("ann").run("sync")
    try settle([("ann", "acme", .veiled), ("mia", "acme", .veiled)])
    laptop("mia").run("claim", id("acme"))
    laptop("mia").run("sync")
    try settle([("ann", "acme", nil), ("mia", "acme", .whole)])
    try assign("acme", to: "ann")
  }

  /// What ann had not sent goes up; nothing comes down, and nothing stays.
  fileprivate func revoke() throws {
    let ann = laptop("ann")
    ann.run("follow", id("acme"), "--channel", "visit", "--text", "acmekanarilast")
    laptop("mia").run("set", id("acme"), "website=acmekanariweb")
    try post("replicas", "1", "revoke")
    var sights = WiredField.usual
    sights["ann"] = nil
    try settle(sights)
    ann.run("history", id("acme"))
    #expect(ann.run("sync").exit == .refused)
    #expect(ann.run("sync").exit == .refused)
    #expect(try FileManager.default.contentsOfDirectory(atPath: ann.home) == ["revoked"])
    try look(at: "ann")
  }
}
