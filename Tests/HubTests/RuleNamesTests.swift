// A rule that names somebody who is not here: told when the file is read, not found out a month later.

import FollowUp
import Notation
import Testing

@testable import Hub

@Suite struct RuleNamesTests {
  let world: World

  init() throws { world = try World() }

  private static let title: JSONValue = ["en": "Look", "zh": "看看"]

  private func book(_ action: JSONValue) -> JSONValue {
    [
      "version": 2,
      "rules": [
        ["id": "look", "version": 1, "on": "customer", "trigger": ["created": [:]], "do": [action]]
      ],
    ]
  }

  private func missing(_ action: JSONValue) throws -> [String] {
    let answer = try world.ask("PUT", "rules", ["check": "true"], body: book(action))
    return (answer["missing"]?.array ?? []).map {
      "\($0["kind"]?.string ?? "") \($0["name"]?.string ?? "")"
    }
  }

  @Test func `a user, a team and a pool that are not here are told, each once`() throws {
    let remind: JSONValue = [
      "remind": "user:nosuch", "cc": ["team:nowhere", "user:nosuch", "user:ann"],
      "title": RuleNamesTests.title,
      "escalate": ["after": "4h", "to": "user:nobody"],
    ]
    #expect(try missing(remind) == ["user nosuch", "team nowhere", "user nobody"])
    #expect(try missing(["pool": "lost"]) == ["pool lost"])
    #expect(try missing(["assign": ["user:nosuch", "user:bob"]]) == ["user nosuch"])
    let task: JSONValue = [
      "task": "look", "title": RuleNamesTests.title, "queue": "team:legal", "to": "user:nosuch",
    ]
    #expect(try missing(task) == ["user nosuch", "team legal"])
  }

  @Test func `what is here is not told, nor what is shut out passed over`() throws {
    try world.ask("POST", "teams", body: ["name": "nowhere"])
    try world.ask("POST", "pools", body: ["name": "lost"])
    #expect(
      try missing(["remind": "team:nowhere", "cc": ["owner"], "title": RuleNamesTests.title]) == [])
    #expect(try missing(["pool": "lost"]) == [])
    try world.ask("POST", "users/bob/disable")
    #expect(try missing(["remind": "user:bob", "title": RuleNamesTests.title]) == ["user bob"])
  }

  @Test func `the place of the rule is told`() throws {
    let answer = try world.ask("PUT", "rules", body: book(["pool": "lost"]))
    let missing = answer["missing"]?[0]
    #expect(missing?["path"] == "$.rules[0]")
    #expect(missing?["rule"] == "look")
    #expect(missing?["line"] == 1)
    #expect(answer["applied"] == true)
  }

  @Test func `a role that does not exist is a fault of the file`() throws {
    let answer = try world.admin(
      "PUT", "rules", body: book(["remind": "role:boss", "title": RuleNamesTests.title]))
    #expect(answer.status == 400)
    let message = answer.json["error"]?["message"]?.string ?? ""
    #expect(message.contains("there is no role “boss” here") && message.contains("manager"))
  }
}
