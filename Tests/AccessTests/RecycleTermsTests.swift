// The terms on which a pool takes customers back: defaults, faults, and whose customers they are.

import Access
import FollowUp
import Notation
import Testing

struct RecycleTermsTests {
  private func terms(_ text: String) throws -> RecycleTerms {
    try #require(try PoolTests.pool(#"{"name":"p","recycle":\#(text)}"#).recycle)
  }

  @Test func `a pool takes nothing back unless it says so`() throws {
    #expect(try PoolTests.pool(#"{"name":"p"}"#).recycle == nil)
    #expect(try PoolTests.pool(#"{"name":"p","recycle":null}"#).recycle == nil)
    #expect(try PoolTests.pool(#"{"name":"p"}"#).json["recycle"] == nil)
  }

  @Test func `only the days are required`() throws {
    let terms = try terms(#"{"after":{"*":30}}"#)
    #expect(terms.after == ["*": 30] && terms.warn == [3, 1] && terms.protectDays == 0)
    #expect(terms.maxWaitDays == 3 && terms.graceDays == 1 && terms.exclude.isEmpty)
    #expect(terms.withoutDealDays == nil && terms.holdDays == nil && terms.from == nil)
  }

  @Test func `a pool with terms, written and read again, is the same`() throws {
    for text in [
      #"{"after":{"*":30}}"#,
      #"""
      {"after":{"A":15,"B":30,"C":60,"*":30},"warn":[1,7,3,3],"protectDays":10,
       "withoutDealDays":90,"holdDays":180,"maxWaitDays":0,"graceDays":0,
       "exclude":"stage = won","from":["team:north","ann"]}
      """#,
    ] {
      let pool = try PoolTests.pool(#"{"name":"p","recycle":\#(text)}"#)
      #expect(try Pool(parsing: pool.json.bytes(), schema: .followUp) == pool)
    }
    #expect(try terms(#"{"after":{"A":1},"warn":[1,7,3,3]}"#).warn == [7, 3, 1])
  }

  @Test func `a fault names its place and what is allowed`() {
    let ledger: [(text: String, path: String)] = [
      ("{}", "$.recycle"), (#"{"after":{}}"#, "$.recycle.after"),
      (#"{"after":{"*":0}}"#, "$.recycle.after.*"),
      (#"{"after":{"*":3651}}"#, "$.recycle.after.*"),
      (#"{"after":{"*":30},"warn":[0]}"#, "$.recycle.warn[0]"),
      (#"{"after":{"*":30},"warn":[1,2,3,4,5,6,7,8,9]}"#, "$.recycle.warn"),
      (#"{"after":{"*":30},"graceDays":-1}"#, "$.recycle.graceDays"),
      (#"{"after":{"*":30},"holdDays":0}"#, "$.recycle.holdDays"),
      (#"{"after":{"*":30},"days":1}"#, "$.recycle.days"),
      (#"{"after":{"*":30},"from":["team:"]}"#, "$.recycle.from[0]"), ("[]", "$.recycle"),
    ]
    for (text, path) in ledger {
      let error = PoolTests.error(#"{"name":"p","recycle":\#(text)}"#)
      #expect(error?.path == path, "\(text)")
    }
  }

  @Test func `customers are its members', or those of whoever it names`() throws {
    let people = OrganisationTests.people
    let ledger: [(members: String, from: String, owners: [String])] = [
      (#"["team:harbour"]"#, "", ["cid"]), (#"["*"]"#, #","from":["bob"]"#, ["bob"]),
      (#"["team:harbour"]"#, #","from":["team:north"]"#, ["ann", "bob", "cid", "mei"]),
      (#"["*"]"#, #","from":[]"#, []),
    ]
    for (members, from, owners) in ledger {
      let text = #"{"name":"p","members":\#(members),"recycle":{"after":{"*":30}\#(from)}}"#
      let pool = try PoolTests.pool(text)
      let found = people.members.map(\.name).filter { pool.recycles(from: $0, people) }
      #expect(found == owners, "\(text)")
    }
    // Without terms it takes nobody's.
    let idle = try PoolTests.pool(#"{"name":"p","members":["*"]}"#)
    #expect(!idle.recycles(from: "ann", people))
  }
}
