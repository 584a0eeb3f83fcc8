// `rounds-admin pool`: what the commands send, and the table of pools.

import CommandKit
import HTTPServing
import Testing

@testable import rounds_admin

private let east = """
  {"name":"east","members":["team:north","bob"],"admins":["mei"],"claimable":true,
   "claimsPerDay":10,"holdMax":200,"coolDownDays":7,"newDataDelayHours":0,"hidden":{},
   "customers":3}
  """
private let script: [String: HTTPResponse] = [
  "GET /v1/admin/pools": .json("{\"pools\":[\(east)]}"),
  "GET /v1/admin/pools/east": .json(east),
  "POST /v1/admin/pools": .json(east, status: 201),
  "POST /v1/admin/pools/east": .json(east),
  "POST /v1/admin/pools/east/take": .json("{}"),
]

@Suite struct AdminPoolTests {
  @Test func `pools are a table`() async throws {
    let run = try await admin(["pool"], script)
    #expect(
      run.out == """
        POOL  CUSTOMERS  MEMBERS         ADMINS  A DAY  AT MOST
        east          3  team:north,bob  mei        10      200

        """)
  }

  @Test(arguments: [
    (
      ["pool", "add", "east", "--members", "team:north,bob", "--admins", "mei"],
      #"{"admins":["mei"],"members":["team:north","bob"],"name":"east"}"#,
      "Pool east is added.\n"
    ),
    (
      ["pool", "set", "east", "claimsPerDay=5", "claimable=false", "members=*"],
      #"{"claimable":false,"claimsPerDay":5,"members":["*"]}"#, "Pool east is changed.\n"
    ),
    (
      ["pool", "move", "customer:Acme", "--pool", "east", "--reason", "x"],
      #"{"reason":"x","record":"customer:Acme"}"#, "customer:Acme is in the pool east.\n"
    ),
  ])
  func `what is typed is sent as the hub reads it`(
    words: [String], body: String, says: String
  ) async throws {
    let run = try await admin(words, script)
    #expect(run.err == "")
    #expect(run.out == says)
    #expect(run.asked.last?.text == body)
  }

  @Test func `a pool is shown as a file to edit`() async throws {
    let run = try await admin(["pool", "show", "east"], script)
    #expect(run.out.contains("\"holdMax\": 200") && !run.out.contains("customers"))
  }
}
