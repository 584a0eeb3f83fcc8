// `rounds export` takes out what the policy lets this person take out, and nothing else.

import Access
import CommandKit
import Hub
import Notation
import SyncCore
import Testing

@testable import rounds

extension Field {
  /// Asks the hub as an administrator.
  fileprivate func administer(
    _ method: String, _ path: String, _ body: JSONValue, token: String?
  ) throws {
    let answer = routes.answer(
      HubRequest(method, "/v1/admin/\(path)", bearerToken: token, body: body.bytes()))
    #expect((200..<300).contains(answer.status), "\(String(decoding: answer.body, as: UTF8.self))")
  }
}

@Suite struct RepExportRightsTests {
  let field: Field
  let ann: Laptop
  let token: String?

  /// ann in the north, bob in the south; bob's customer is shared with her.
  init() throws {
    field = try Field(users: ["ann", "bob"])
    token = try field.routes.store.addUser(
      "root", role: .admin, team: nil, now: Moment(milliseconds: field.state.now()))
    for (user, team) in [("ann", "north"), ("bob", "south")] {
      try field.administer("POST", "teams", ["name": .string(team)], token: token)
      try field.administer("POST", "users/\(user)", ["team": .string(team)], token: token)
    }
    ann = try field.laptop("a")
    let bob = try field.laptop("b", of: "bob")
    ann.run("add", "customer", "name=Acme")
    let his = try bob.id("add", "customer", "name=Bolt")
    bob.run("add", "contact", "customer=\(his)", "name=Wu")
    for laptop in [ann, bob] { laptop.run("sync") }
    try field.administer("POST", "records/\(his)/share", ["with": "ann"], token: token)
    ann.run("sync")
  }

  @Test func `one's own is exported, and what was only shared is not`() throws {
    #expect(ann.run("list", "customer").out.contains("Bolt"))
    let exported = ann.run("export", "customer").out
    #expect(exported.contains("Acme"))
    #expect(!exported.contains("Bolt"))
    #expect(try ann.run("export", "contact", "--json").json["total"] == 0)
  }

  @Test func `a policy that lets nobody export is told, with its version`() throws {
    var policy = try JSONValue(parsing: Array(Policy.standardText.utf8))
    policy["roles"]?["rep"]?["rights"]?["*"]?["export"] = "none"
    try field.administer("PUT", "policy", policy, token: token)
    ann.run("sync")
    let run = ann.run("export", "customer")
    #expect(run.exit == .refused)
    #expect(run.out.isEmpty)
    #expect(run.err.contains("Your role may not export any customer (policy 1)."))
  }
}
