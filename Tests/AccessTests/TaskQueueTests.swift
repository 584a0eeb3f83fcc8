// Who may take a task out of a queue, as a table: every reason in order of precedence.
//
// Pure: an organisation and a few facts go in, the first reason that stands against it comes out.

import Testing

@testable import Access

@Suite struct TaskQueueTests {
  private let organisation = Organisation(
    members: [
      .init(name: "ann", role: .rep, team: "legal"), .init(name: "bob", role: .rep, team: "notary"),
      .init(name: "eve", role: .rep, team: "sales"), .init(name: "mei", role: .manager),
      .init(name: "old", role: .rep, team: "legal", isDisabled: true),
    ],
    teams: [.init(name: "legal"), .init(name: "notary", parent: "legal"), .init(name: "sales")])

  @Test(arguments: [
    ("team:legal", "team:legal" as String?), ("legal", "team:legal"),
    ("role:manager", "role:manager"),
    // The words of a queue that nobody is in yet say which one it will be.
    ("team:later", "team:later"), ("later", nil), ("team:", nil), ("", nil), ("user:ann", nil),
  ])
  func `a queue is named by its words, or by a team there is`(words: String, queue: String?) {
    #expect(TaskQueue(words, in: organisation)?.words == queue)
  }

  @Test(arguments: [
    ("team:legal", ["ann", "bob"]), ("team:notary", ["bob"]), ("role:manager", ["mei"]),
    ("role:rep", ["ann", "bob", "eve"]), ("team:later", []),
  ])
  func `who is in a queue follows from the organisation`(words: String, members: [String]) throws {
    let queue = try #require(TaskQueue(words))
    let found = organisation.members.map(\.name).filter { queue.isMember($0, organisation) }
    #expect(found == members)
  }

  private static let cases: [(queue: String?, assignee: String?, isOpen: Bool, rule: String?)] = [
    (nil, nil, true, "queue"), (nil, "bob", false, "queue"), ("team:legal", "bob", false, "open"),
    ("team:sales", "bob", true, "taken"), ("team:sales", nil, true, "member"),
    ("team:legal", nil, true, nil), ("team:legal", "ann", true, nil),
  ]

  @Test func `the first reason against taking counts`() {
    for (queue, assignee, isOpen, rule) in TaskQueueTests.cases {
      let facts = TakeFacts(
        user: "ann", queue: queue.flatMap { TaskQueue($0) }, assignee: assignee, isOpen: isOpen)
      #expect(TakeRefusal.decide(facts, organisation)?.rule == rule)
    }
  }
}
