// Who may hand over what to whom: one table, in order of precedence.

import Access
import FollowUp
import Testing

@Suite struct HandoverTests {
  /// mei and max lead the north, where ann and eve are; lu leads the harbour, below the north, where
  /// li is; bob is in the south.
  static let organisation = Organisation(
    members: [
      .init(name: "root", role: .admin), .init(name: "chief", role: .admin),
      .init(name: "mei", role: .manager, team: "north"),
      .init(name: "max", role: .manager, team: "north"),
      .init(name: "lu", role: .manager, team: "harbour"),
      .init(name: "ann", role: .rep, team: "north"),
      .init(name: "eve", role: .rep, team: "north"),
      .init(name: "li", role: .rep, team: "harbour"),
      .init(name: "bob", role: .rep, team: "south"),
      .init(name: "gone", role: .rep, team: "north", isDisabled: true),
      .init(name: "erp", role: .service, team: "north"),
    ],
    teams: [.init(name: "north"), .init(name: "harbour", parent: "north"), .init(name: "south")])

  private func refusal(
    _ user: String, _ from: String, _ to: String?, policy: Policy = .standard,
    _ organisation: Organisation = HandoverTests.organisation
  ) -> HandoverRefusal? {
    policy.decideHandover(HandoverFacts(user: user, from: from, to: to), organisation)
  }

  @Test func `an admin hands over between all, a manager between his own`() {
    let ledger: [(user: String, from: String, to: String?, refusal: HandoverRefusal?)] = [
      ("root", "root", "root", .samePerson("root")),
      ("root", "root", "ann", .oneself), ("mei", "mei", "ann", .oneself),
      ("mei", "ann", "bob", .notManaged("bob")), ("mei", "bob", "ann", .notManaged("bob")),
      ("ann", "eve", "ann", .notManaged("eve")), ("lu", "ann", "li", .notManaged("ann")),
      ("mei", "max", "ann", .notManaged("max")), ("mei", "chief", "ann", .notManaged("chief")),
      ("mei", "ann", "gone", .disabled("gone")), ("root", "ann", "gone", .disabled("gone")),
      ("root", "ann", "erp", .cannotOwn("erp", .service)),
      ("root", "ann", "bob", nil), ("root", "chief", "bob", nil), ("root", "erp", "bob", nil),
      ("mei", "ann", "eve", nil), ("mei", "lu", "ann", nil), ("mei", "li", "mei", nil),
      ("mei", "gone", "ann", nil), ("mei", "ann", nil, nil),
      ("mei", "bob", nil, .notManaged("bob")),
    ]
    for line in ledger {
      #expect(
        refusal(line.user, line.from, line.to) == line.refusal,
        "\(line.user): \(line.from) → \(line.to ?? "a pool")")
    }
  }

  @Test func `without teams a manager hands over reps, and no manager`() {
    let open = Organisation(members: HandoverTests.organisation.members, teams: [])
    #expect(refusal("mei", "ann", "bob", open) == nil)
    #expect(refusal("mei", "max", "bob", open) == .notManaged("max"))
  }

  @Test func `a policy may take it from managers, and heirs must see what they get`() throws {
    func policy(_ old: String, _ new: String) throws -> Policy {
      let text = Policy.standardText.replacing(old, with: new)
      #expect(text != Policy.standardText)
      return try Policy(parsing: Array(text.utf8), schema: .followUp)
    }
    let unassigned = try policy(#""assign": "below""#, #""assign": "own""#)
    #expect(refusal("mei", "ann", "eve", policy: unassigned) == .notManaged("ann"))
    let readOnly = try policy(
      #""title": {"en": "Sales manager", "zh": "销售主管"},"#,
      #""title": {"en": "M", "zh": "M"}, "readOnly": {"customer": ["owner"]},"#)
    #expect(refusal("mei", "ann", "eve", policy: readOnly) == .notManaged("ann"))
    let blind = try policy(#""read": "own""#, #""read": "none""#)
    #expect(refusal("root", "ann", "eve", policy: blind) == .cannotOwn("eve", .rep))
    #expect(refusal("root", "ann", "mei", policy: blind) == nil)
  }

  @Test func `a refusal says what to do`() {
    let refusals: [HandoverRefusal] = [
      .samePerson("ann"), .oneself, .notManaged("ann"), .disabled("ann"),
      .cannotOwn("ann", .service),
    ]
    for refusal in refusals {
      #expect(refusal.text.hasSuffix(".") && refusal.text.count < 120)
    }
    #expect(Set(refusals.map(\.text)).count == refusals.count)
  }
}
