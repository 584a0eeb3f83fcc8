// Laptops and people: the tables an admin looks at every morning, compared whole in both languages,
// and what the commands send.

import CommandKit
import HTTPServing
import Testing

@testable import rounds_admin

private let ann = """
  {"id":2,"user":"ann","device":"ann-thinkpad","lastSeen":"2026-11-22T02:20:00+00:00",
   "behindSeconds":0,"behindChanges":0,"counter":14,"schema":1,"skewMilliseconds":40,
   "status":"active","parent":null,"frontier":"2026-11-22T02:20:00+00:00"}
  """
private let bob = """
  {"id":13,"user":"bob","device":"小鲍的笔记本","lastSeen":"2026-11-17T02:20:00+00:00",
   "behindSeconds":432262,"behindChanges":1207,"counter":3,"schema":1,
   "skewMilliseconds":-7200000,"status":"revoked","parent":2,"frontier":null,
   "purged":false,"behindBytes":20480,"key":"5b1e 90aa 0c3d 77f2","signed":2,"doubt":40}
  """
private let replicas: [String: HTTPResponse] = [
  "GET /v1/admin/replicas": .json(
    """
    {"replicas":[\(ann),\(bob),{"id":14,"user":"cy","device":"x","lastSeen":null}]}
    """),
  "GET /v1/admin/replicas/13": .json(bob),
  "POST /v1/admin/replicas/13/revoke": .json("{}"),
  "POST /v1/admin/replicas/13/retire": .json(#"{"id":13,"status":"retired"}"#),
  "POST /v1/admin/replicas/13/accept": .json(#"{"doubt":null,"id":13}"#),
]

@Suite struct AdminReplicasTests {
  @Test func `replicas tells who was seen when and who is behind`() async throws {
    let run = try await admin(["replicas"], replicas)
    #expect(run.err == "")
    #expect(
      run.out == """
        ID  USER  DEVICE        LAST SEEN      BEHIND      CHANGES  SCHEMA  STATUS
         2  ann   ann-thinkpad  4 minutes ago  up to date        0       1  active
        13  bob   小鲍的笔记本  5 days ago     5 days         1207       1  revoked, not purged
        14  cy    x             never          –                 –       –  –

        """)
  }

  @Test func `replicas in Chinese`() async throws {
    let run = try await admin(["replicas", "list"], replicas, language: "zh")
    #expect(
      run.out == """
        编号  用户  设备          上次同步  落后时间  落后变更  结构版本  状态
           2  ann   ann-thinkpad  4 分钟前  已是最新         0         1  正常
          13  bob   小鲍的笔记本  5 天前    5 天          1207         1  已吊销，未清除
          14  cy    x             从未      –                –         –  –

        """)
  }

  @Test func `a replica's page tells of its clock and its origin`() async throws {
    let run = try await admin(["replicas", "show", "13"], replicas)
    #expect(
      run.out == """
        Replica 13
          User               bob
          Device             小鲍的笔记本
          Status             revoked, not purged
          Last seen          2026-11-17 10:20 (5 days ago)
          Behind             5 days
          Changes behind     1207
          Bytes behind       20 kB
          Edits received     3
          All told up to     –
          Schema             1
          Clock              2 hours behind
          Key                5b1e 90aa 0c3d 77f2
          Signed up to edit  2
          Copy of            2

        Two laptops went on with the log of replica 2: a disk was cloned, or a backup restored. This one has its own number since. Nothing was lost, and what both held counts once.

        This laptop was once shown another history up to position 40: this hub was rolled back by copying files, or its history was rewritten. See rounds-admin audit verify ; where the reason is known: rounds-admin replicas accept 13

        """)
  }

  @Test func `revoke and retire name the replica and print the answer`() async throws {
    let revoked = try await admin(["replicas", "revoke", "13"], replicas)
    #expect(revoked.lines == ["POST /v1/admin/replicas/13/revoke"])
    #expect(revoked.out == "Replica 13 is shut out.\n")
    let retired = try await admin(["replicas", "retire", "13", "--json"], replicas)
    #expect(retired.out == #"{"id":13,"status":"retired"}"# + "\n")
  }

  @Test func `accept takes a reason along, and needs none`() async throws {
    let plain = try await admin(["replicas", "accept", "13"], replicas)
    #expect(plain.asked.map(\.text) == ["{}"])
    #expect(plain.out == "The doubt of replica 13 is accepted.\n")
    let words = ["replicas", "accept", "13", "--note", "copied back", "--json"]
    let noted = try await admin(words, replicas)
    #expect(noted.asked.map(\.text) == [#"{"note":"copied back"}"#])
    #expect(noted.out == #"{"doubt":null,"id":13}"# + "\n")
  }
}

@Suite struct AdminPeopleTests {
  @Test func `a new service's token is printed once`() async throws {
    let answer = #"{"name":"erp","role":"service","team":null,"token":"tok-1"}"#
    let run = try await admin(
      ["user", "add", "erp", "--role", "service", "--team", "north"],
      ["POST /v1/admin/users": .json(answer)])
    #expect(run.asked.first?.text == #"{"name":"erp","role":"service","team":"north"}"#)
    #expect(
      run.out == """
        erp is added.
          Token  tok-1
        It is shown only this once; keep it safe.

        Next:
          rounds-admin invite erp  # a code for a laptop

        """)
  }

  @Test func `users and teams in both languages`() async throws {
    let answers: [String: HTTPResponse] = [
      "GET /v1/admin/users": .json(
        """
        {"users":[{"name":"ann","role":"rep","team":"north","disabled":false},
                  {"name":"root","role":"admin","team":null,"disabled":true}]}
        """),
      "GET /v1/admin/teams": .json(
        """
        {"teams":[{"name":"north","parent":"germany"},{"name":"germany","parent":null},
                  {"name":"a","parent":"b"},{"name":"b","parent":"a"}]}
        """),
    ]
    #expect(
      try await admin(["user", "list"], answers).out == """
        USER  ROLE   TEAM   STATUS
        ann   rep    north  active
        root  admin  –      disabled

        """)
    #expect(
      try await admin(["user"], answers, language: "zh").out == """
        用户  角色      团队   状态
        ann   销售代表  north  正常
        root  管理员    –      已停用

        """)
    // Two teams that claim to be part of each other are drawn, once each.
    #expect(try await admin(["team"], answers).out == "germany\n  north\na\n  b\n")
  }

  @Test func `an invitation prints exactly the contract`() async throws {
    let answer = #"{"code":"ABCD-EFGH","expiresAt":"2026-11-29T02:24:22+00:00","user":"ann"}"#
    let answers: [String: HTTPResponse] = ["POST /v1/admin/invites": .json(answer)]
    let json = try await admin(["invite", "ann", "--expires", "7d", "--json"], answers)
    #expect(json.asked.first?.text == #"{"expiresInSeconds":604800,"user":"ann"}"#)
    #expect(json.out == #"{"code":"ABCD-EFGH","expiresAt":"2026-11-29T02:24:22+00:00"}"# + "\n")
    let words = try await admin(["invite", "ann"], answers)
    #expect(words.asked.first?.text == #"{"expiresInSeconds":86400,"user":"ann"}"#)
    #expect(
      words.out == """
          Code     ABCD-EFGH
          Expires  2026-11-29 10:24 (in 7 days)

        Next:
          rounds join http://HUB --code ABCD-EFGH  # for ann to type on the laptop

        """)
    #expect(try await admin(["invite", "ann", "--expires", "31d"], answers).exit == .usage)
  }
}
