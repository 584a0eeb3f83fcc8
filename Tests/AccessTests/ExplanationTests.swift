// An explanation says what the policy decides, for everybody and everything, and names the line.

import Access
import FollowUp
import Notation
import Testing

struct ExplanationTests {
  @Test func `a sentence names the line of the policy and how the record lies to it`() throws {
    let every = try #require(Policy.standard.json["roles"]?["rep"]?["rights"]?["*"])
    let policy = try PolicyTests.policy(
      .rep,
      [
        ("rights", ["*": every, "customer": ["delete": "none", "export": "all"]]),
        ("hidden", ["customer": ["creditCode"]]), ("readOnly", ["customer": ["tier", "size"]]),
      ])
    let explanation = try #require(
      Explanation(
        user: "ann", collection: "customer", relation: .team, policy: policy,
        organisation: PolicyTests.teams))
    let why = Dictionary(uniqueKeysWithValues: explanation.lines.map { ($0.action, $0.why) })
    #expect(
      why[.read]
        == "roles.rep.rights.*.read is “own”, but the owner is in the same team as ann.")
    #expect(
      why[.delete]
        == "roles.rep.rights.customer.delete is “none”, which allows it to nobody of this role.")
    #expect(
      why[.export] == "roles.rep.rights.customer.export is “all”, which reaches every record.")
    #expect(explanation.hidden == ["creditCode"])
    #expect(explanation.readOnly == ["size", "tier"])
    #expect(explanation.json["relation"] == "team")
    #expect(explanation.json["actions"]?[0]?["allowed"] == false)
    #expect(explanation.json["readOnly"] == ["size", "tier"])
  }

  @Test func `an explanation tells what the policy decides`() throws {
    for people in [PolicyTests.teams, PolicyTests.noTeams] {
      for person in people.members {
        for relation in Relation.allCases {
          let explanation = try #require(
            Explanation(
              user: person.name, collection: "task", relation: relation, policy: .standard,
              organisation: people))
          #expect(explanation.lines.map(\.action) == Action.allCases)
          for line in explanation.lines {
            let isAllowed = Policy.standard.allows(
              line.action, on: "task", role: person.role, relation: relation, organisation: people)
            #expect(line.isAllowed == (isAllowed && !person.isDisabled), "\(person) \(line)")
            #expect(line.why.hasSuffix("."))
          }
        }
      }
    }
  }

  @Test func `nobody is explained who is not there, and who is disabled does nothing`() throws {
    func explanation(_ user: String, _ people: Organisation) -> Explanation? {
      Explanation(
        user: user, collection: "task", relation: .own, policy: .standard, organisation: people)
    }
    #expect(explanation("nobody", PolicyTests.teams) == nil)
    let disabled = try #require(explanation("noa", PolicyTests.teams))
    #expect(disabled.lines.allSatisfy { !$0.isAllowed && $0.why.contains("disabled") })
    let open = try #require(explanation("ann", PolicyTests.noTeams))
    #expect(
      open.lines.first?.why == "There are no teams yet, and until then withoutTeams is “open”.")
  }
}
