// Pools: their defaults, their faults, and who belongs to them.

import Access
import FollowUp
import Notation
import Testing

struct PoolTests {
  static func pool(_ text: String) throws -> Pool {
    try Pool(parsing: Array(text.utf8), schema: .followUp)
  }

  static func error(_ text: String) -> PolicyError? {
    do {
      _ = try Pool(parsing: Array(text.utf8), schema: .followUp)
      return nil
    } catch { return error }
  }

  @Test func `a pool needs only a name`() throws {
    let pool = try PoolTests.pool(#"{"name": "华东公海"}"#)
    #expect(pool.name == "华东公海" && pool.members == [.everybody] && pool.admins == [])
    #expect(pool.isClaimable && pool.claimsPerDay == 10 && pool.holdMax == 200)
    #expect(pool.coolDownDays == 7 && pool.newDataDelayHours == 0 && pool.hidden.isEmpty)
  }

  @Test func `a pool written and read again is the same`() throws {
    let texts = [
      #"{"name":"p"}"#, #"{"name":"p","members":[]}"#,
      #"""
      {"name":"华东公海","members":["*","team:north","ann"],"admins":["mei"],"claimable":false,
       "claimsPerDay":3,"holdMax":20,"coolDownDays":0,"newDataDelayHours":24,
       "hidden":{"customer":["phone","city"],"contact":["mobile"]}}
      """#,
    ]
    for text in texts {
      let pool = try PoolTests.pool(text)
      #expect(try Pool(parsing: pool.json.bytes(), schema: .followUp) == pool)
      #expect(try Pool(json: pool.json, schema: .followUp) == pool)
    }
    let pool = try PoolTests.pool(texts[2])
    #expect(pool.members == [.everybody, .team("north"), .user("ann")])
    #expect(pool.hidden["customer"]?.isSuperset(of: ["phone", "city", "address"]) == true)
    #expect(pool.json["members"] == ["*", "team:north", "ann"])
  }

  @Test func `a fault names its place and what is allowed`() {
    let ledger: [(text: String, problem: PolicyError.Problem, place: String)] = [
      ("{}", .missing(key: "name"), "$ 1:1"),
      (#"{"name": "p", "limit": 1}"#, .unknownKey("limit"), "$.limit 1:24"),
      (#"{"name": ""}"#, .notAllowed(""), "$.name 1:10"),
      (#"{"name": "a b"}"#, .notAllowed("a b"), "$.name 1:10"),
      (#"{"name": "p", "members": "*"}"#, .wrongKind, "$.members 1:26"),
      (#"{"name": "p", "members": ["team:"]}"#, .notAllowed("team:"), "$.members[0] 1:27"),
      (#"{"name": "p", "admins": ["mei", "*"]}"#, .notAllowed("*"), "$.admins[1] 1:33"),
      (#"{"name": "p", "claimable": 1}"#, .wrongKind, "$.claimable 1:28"),
      ("{\"name\": \"p\",\n\"holdMax\": -1}", .notAllowed("-1"), "$.holdMax 2:12"),
      (#"{"name": "p", "claimsPerDay": 1e9}"#, .notAllowed("1000000000"), "$.claimsPerDay 1:31"),
      (#"{"name": "p", "coolDownDays": "7"}"#, .wrongKind, "$.coolDownDays 1:31"),
      (#"{"name": "p", "hidden": {"x": []}}"#, .unknownKey("x"), "$.hidden.x 1:31"),
      (
        #"{"name": "p", "hidden": {"customer": ["name"]}}"#,
        .cannotHide(field: "name", collection: "customer", .title), "$.hidden.customer[0] 1:39"
      ),
    ]
    for (text, problem, place) in ledger {
      let error = PoolTests.error(text)
      #expect(error?.problem == problem, "\(text): \(String(describing: error))")
      #expect(error?.place == place, "\(text)")
    }
    #expect(PoolTests.error(#"{"name": "p", "holdMax": -1}"#)?.allowed == ["0 to 100000"])
  }

  @Test func `members are named one by one, by team, or all at once`() throws {
    let ledger: [(members: String, belong: [String])] = [
      ("[]", ["mei"]), (#"["*"]"#, ["ann", "bob", "boss", "cid", "dan", "liu", "mei"]),
      (#"["team:north"]"#, ["ann", "bob", "cid", "mei"]), (#"["team:harbour"]"#, ["cid", "mei"]),
      (#"["dan", "erp", "noa", "nobody"]"#, ["dan", "erp", "mei"]), (#"["team:west"]"#, ["mei"]),
    ]
    let people = OrganisationTests.people
    for (members, belong) in ledger {
      let pool = try PoolTests.pool(#"{"name":"p","members":\#(members),"admins":["mei"]}"#)
      let found = (people.members.map(\.name) + ["nobody"]).filter { pool.isMember($0, people) }
      #expect(found == belong, "\(members)")
      #expect(pool.isAdmin("mei") && !pool.isAdmin("ann"))
    }
    let lost = try PoolTests.pool(#"{"name":"p","members":["*"],"admins":["noa"]}"#)
    #expect(!lost.isMember("noa", people))
  }
}
