// Rights as an admin meets them: the policy file, moving people and teams, and parked changes.

import CommandKit
import HTTPServing
import Testing

@testable import rounds_admin

private let explanation = """
  {"user":"ann","role":"rep","collection":"customer","record":"01JC0000000000000000000001",
   "relation":"stranger","sees":false,"guestWrites":false,"policy":2,
   "actions":[{"action":"read","level":"own","allowed":false,"why":"Not hers."},
              {"action":"export","level":"all","allowed":true,"why":"Everybody may."}],
   "hidden":["creditCode"],"readOnly":[]}
  """
private let parkedItem = """
  {"id":"01JD3QX8Z0000000000000000A","user":"ann","device":"ann-thinkpad","replica":2,
   "record":"01JC0000000000000000000001","collection":"customer","customer":"Acme",
   "changes":{"phone":"9"},"reason":"scopeLeft","writtenAt":"2026-11-21T02:24:22+00:00",
   "arrivedAt":"2026-11-22T02:20:22+00:00","status":"waiting","decidedBy":null,"decidedAt":null}
  """

@Suite struct AdminRightsTests {
  @Test func `the policy is printed as its author wrote it`() async throws {
    let answers: [String: HTTPResponse] = [
      "GET /v1/admin/policy": .json(#"{"version":2,"text":"{ \"policy\": 1 }","policy":{}}"#)
    ]
    #expect(try await admin(["policy"], answers).out == "{ \"policy\": 1 }\n")
    #expect(
      try await admin(["policy", "show", "--json"], answers).out
        == #"{"policy":{},"text":"{ \"policy\": 1 }","version":2}"# + "\n")
  }

  @Test func `a policy file goes up as it is`() async throws {
    let files = ["p.json": "{ \"policy\" : 1 }\n"]
    let check = try await admin(
      ["policy", "check", "p.json"],
      ["PUT /v1/admin/policy?check=true": .json(#"{"version":1,"applied":false}"#)], files: files)
    #expect(check.asked.first?.text == files["p.json"])
    #expect(check.out == "The policy is sound; nothing was changed.\n")
    let apply = try await admin(
      ["policy", "apply", "p.json"],
      ["PUT /v1/admin/policy": .json(#"{"version":2,"applied":true}"#)], language: "zh",
      files: files)
    #expect(apply.out == "权限策略第 2 版已生效。\n")
    let bad = try await admin(
      ["policy", "apply", "p.json"],
      ["PUT /v1/admin/policy": .refusal(400, "badPolicy", "Nothing is changed: $.roles")],
      files: files)
    #expect(bad.exit == .usage)
    #expect(bad.err == "rounds-admin: Nothing is changed: $.roles\n")
    #expect(try await admin(["policy", "check", "p.json"], files: ["p.json": "{"]).exit == .usage)
  }

  @Test func `an explanation is a page`() async throws {
    let run = try await admin(
      ["policy", "explain", "ann", "customer:Acme"],
      ["GET /v1/admin/policy/explain?record=customer:Acme&user=ann": .json(explanation)])
    #expect(run.err == "")
    #expect(
      run.out == """
        ann (rep) and customer 01JC0000000000000000000001
        ann does not see the record.

          read    no. Not hers.
          export  yes. Everybody may.

          Hidden fields  creditCode

        """)
  }

  @Test func `people and teams are moved`() async throws {
    let answers: [String: HTTPResponse] = [
      "POST /v1/admin/users/ann": .json(
        #"{"name":"ann","role":"manager","team":"north","disabled":false,"token":"tok-2"}"#),
      "POST /v1/admin/users/bob": .json(#"{"name":"bob","role":"rep","team":null,"token":null}"#),
      "POST /v1/admin/teams/north": .json(#"{"name":"north","parent":"germany"}"#),
      "POST /v1/admin/teams/south": .json(#"{"name":"south","parent":null}"#),
    ]
    let ann = try await admin(
      ["user", "set", "ann", "--role", "manager", "--team", "north"], answers)
    #expect(ann.asked.first?.text == #"{"role":"manager","team":"north"}"#)
    #expect(
      ann.out == """
        ann is manager in team north.
          Token  tok-2
        It is shown only this once; keep it safe.

        """)
    let bob = try await admin(["user", "set", "bob", "--no-team"], answers, language: "zh")
    #expect(bob.asked.first?.text == #"{"team":null}"#)
    #expect(bob.out == "bob 现为销售代表，不属于任何团队。\n")
    let north = try await admin(["team", "set", "north", "--parent", "germany"], answers)
    #expect(north.asked.first?.text == #"{"parent":"germany"}"#)
    #expect(north.out == "Team north is under germany.\n")
    let south = try await admin(["team", "set", "south", "--top"], answers)
    #expect(south.asked.first?.text == #"{"parent":null}"#)
    #expect(south.out == "Team south is at the top.\n")
  }

  @Test(arguments: [
    ["user", "set", "ann"], ["user", "set", "ann", "--team", "x", "--no-team"],
    ["user", "set", "ann", "--role", "boss"], ["team", "set", "north"],
    ["team", "set", "north", "--parent", "x", "--top"], ["parked", "--status", "late"],
  ])
  func `what makes no sense asks the hub nothing`(words: [String]) async throws {
    let run = try await admin(words)
    #expect(run.exit == .usage)
    #expect(run.asked.isEmpty)
  }

  @Test func `parked changes are listed, shown and decided`() async throws {
    let id = "01JD3QX8Z0000000000000000A"
    let answers: [String: HTTPResponse] = [
      "GET /v1/admin/parked?status=waiting": .json("{\"parked\":[\(parkedItem)]}"),
      "GET /v1/admin/parked": .json(#"{"parked":[]}"#),
      "GET /v1/admin/parked/\(id)": .json(parkedItem),
      "POST /v1/admin/parked/\(id)/accept": .json(parkedItem),
      "POST /v1/admin/parked/\(id)/discard": .json(parkedItem),
    ]
    #expect(
      try await admin(["parked"], answers).out == """
        ID                          STATUS   CUSTOMER  AUTHOR  FIELDS  WRITTEN
        01JD3QX8Z0000000000000000A  waiting  Acme      ann     phone   1 day ago

        """)
    #expect(try await admin(["parked", "--status", "all"], answers).out == "Nothing is parked.\n")
    #expect(
      try await admin(["parked", "show", id], answers).out == """
        Parked change 01JD3QX8Z0000000000000000A : waiting
          Customer  Acme
          Record    customer 01JC0000000000000000000001
          Author    ann on ann-thinkpad
          Written   2026-11-21 10:24 (1 day ago)
          Arrived   2026-11-22 10:20 (4 minutes ago)
          Reason    scopeLeft

          phone  9

        Next:
          rounds-admin parked accept 01JD3QX8Z0000000000000000A   # merge it as its author wrote it
          rounds-admin parked discard 01JD3QX8Z0000000000000000A  # leave it out

        """)
    #expect(
      try await admin(["parked", "accept", id], answers, language: "zh").out == "已接受 \(id) 。\n")
    #expect(try await admin(["parked", "discard", id], answers).out == "\(id) is discarded.\n")
  }
}
