// Records as an admin reads and corrects them; the history is compared whole in both languages.

import CommandKit
import HTTPServing
import Notation
import Testing

@testable import rounds_admin

private let reference = "customer:Acme / 艾克米 100%?"

private let history = """
  {"history":[
    {"position":7,"at":"2026-11-20T01:00:00+00:00","author":"ann","device":"ann-thinkpad",
     "dot":"2:1","changes":{"lifecycle":"alive","name":"Acme","notes":"m0\\nm1"},"refused":[]},
    {"position":12,"at":"2026-11-22T02:00:00.123+00:00","author":"mgr","device":"mgr-desk",
     "dot":"5:3","changes":{"notes":null,"tags":{"added":["key","vip"],"removed":["old"]},
     "nextFollowAt":"2026-11-28T01:00:00+00:00"},
     "refused":[{"field":"owner","text":"Only the hub may write it."},"grade"]},
    {"position":9,"at":"2026-11-21T02:00:00+00:00","author":null,"device":null,"dot":"3:1",
     "changes":{"lifecycle":"deleted"}}]}
  """

@Suite struct AdminRecordsTests {
  @Test func `history reads like a story, newest first`() async throws {
    let run = try await admin(
      ["history", reference], ["GET /v1/admin/records/\(reference)/history": .json(history)])
    #expect(run.err == "")
    #expect(
      run.out == """
        2026-11-22 10:00 (24 minutes ago), mgr on mgr-desk  position 12, edit 5:3
          -  set nextFollowAt to 2026-11-28 09:00
          -  cleared notes
          -  added key, vip to tags
          -  took old out of tags
          -  refused owner: Only the hub may write it.
          -  refused grade

        2026-11-21 10:00 (1 day ago), somebody  position 9, edit 3:1
          -  deleted the record

        2026-11-20 09:00 (2 days ago), ann on ann-thinkpad  position 7, edit 2:1
          -  brought the record to life
          -  set name to Acme
          -  set notes to m0
             m1

        Next:
          rounds-admin restore 'customer:Acme / 艾克米 100%?' --at 2026-11-21T02:00:00+00:00  \
        # as it was before the newest edit

        """)
  }

  @Test func `history in Chinese`() async throws {
    let run = try await admin(
      ["history", "01JC", "--field", "notes"],
      ["GET /v1/admin/records/01JC/history?field=notes": .json(history)], language: "zh")
    #expect(
      run.out == """
        2026-11-22 10:00（24 分钟前），mgr（mgr-desk）  位置 12，编辑 5:3
          -  nextFollowAt 改为 2026-11-28 09:00
          -  清空 notes
          -  tags 增加 key、vip
          -  tags 去掉 old
          -  被拒绝 owner: Only the hub may write it.
          -  被拒绝 grade

        2026-11-21 10:00（1 天前），某人  位置 9，编辑 3:1
          -  删除了这条记录

        2026-11-20 09:00（2 天前），ann（ann-thinkpad）  位置 7，编辑 2:1
          -  建立或恢复了这条记录
          -  name 改为 Acme
          -  notes 改为 m0
             m1

        接下来：
          rounds-admin restore 01JC --field notes --at 2026-11-21T02:00:00+00:00  # 恢复到最近一次编辑之前

        """)
  }

  @Test func `a record is shown with what is disputed in it`() async throws {
    let document = """
      {"id":"01JC0000000000000000000001","collection":"customer","asOf":9,"pending":[],
       "fields":{"address":{"city":"Berlin","street":"Main 1"},"name":"Acme","notes":"b\\nagain",
         "tags":["key","vip"],"phone":null},
       "disputed":{"notes":[
         {"value":"a","author":"ann","device":"t","at":"2026-11-22T02:00:00+00:00"},
         {"value":"b\\nagain","author":"mgr","device":"d","at":"2026-11-22T02:04:00+00:00"}]},
       "createdAt":"2026-11-20T01:00:00+00:00","updatedAt":"2026-11-22T02:04:00+00:00"}
      """
    let run = try await admin(
      ["show", "01JC"], ["GET /v1/admin/records/01JC": .json(document)])
    #expect(
      run.out == """
        customer 01JC0000000000000000000001
          name       Acme
          address    city Berlin, street Main 1
          notes      b
                     again
          tags       key, vip
          (created)  2026-11-20 09:00 (2 days ago)
          (updated)  2026-11-22 10:04 (20 minutes ago)

        Disputed: notes
          1   a
              ann on t, 2026-11-22 10:00 (24 minutes ago)
          2   b
              again
              mgr on d, 2026-11-22 10:04 (20 minutes ago)

        Next:
          rounds-admin conflicts --record 01JC0000000000000000000001  # what there is to decide

        """)
  }

  @Test func `a list asks for what was asked and shows the best columns`() async throws {
    let document = """
      {"total":40,"records":[
        {"id":"01A","fields":{"zip":"1","owner":"ann","name":"Acme","stage":null}},
        {"id":"01B","fields":{"name":"北京","owner":null},"disputed":{"name":[]}}]}
      """
    let line =
      "GET /v1/admin/records?collection=customer&limit=2&sort=-name&where=owner = ann & tier = A"
    let run = try await admin(
      [
        "list", "customer", "--where", "owner = ann & tier = A", "--sort", "-name", "--limit", "2",
      ], [line: .json(document)])
    #expect(
      run.out == """
        ID   name      owner
        01A  Acme      ann
        01B  北京 (!)

        """)
  }

  @Test func `changes are sent as they were meant`() async throws {
    let path = "POST /v1/admin/records/\(reference)"
    let answers: [String: HTTPResponse] = [
      "\(path)/set": .json("{}"), "\(path)/delete": .json("{}"), "\(path)/restore": .json("{}"),
    ]
    let cases: [(words: [String], line: String, body: String)] = [
      (
        ["set", reference, "tier=A", "tags+=key", "notes=@note.txt", "phone="], "\(path)/set",
        #"{"assignments":["tier=A","tags+=key","notes=From a file","phone="]}"#
      ),
      (["assign", reference, "--to", "bob"], "\(path)/set", #"{"assignments":["owner=bob"]}"#),
      (["delete", reference], "\(path)/delete", "{}"),
      (
        ["restore", reference, "--at", "yesterday 18:00", "--field", "notes"], "\(path)/restore",
        #"{"at":"2026-11-21T18:00:00+08:00","field":"notes"}"#
      ),
    ]
    for (words, line, body) in cases {
      let run = try await admin(words, answers, files: ["note.txt": "From a file\n"])
      #expect(run.exit == .done, "\(run.err)")
      #expect(run.lines == [line])
      #expect(run.asked.first?.text == body)
    }
  }

  @Test func `a check that a hub mistook for an order is told`() async throws {
    let run = try await admin(
      ["rules", "check", "r.json"],
      ["PUT /v1/admin/rules?check=true": .json(#"{"applied":true}"#)], files: ["r.json": "{}"])
    #expect(run.exit == .fault)
    #expect(run.out == "")
  }

  @Test func `a rule file travels byte for byte, and check changes nothing`() async throws {
    let file = """
      {"version": 1, "rules": [
        {"id": "first-contact", "version": 1, "on": "customer", "remind": "owner",
         "title": {"en": "First contact with {name}", "zh": "首次联系 {name}"}}]}

      """
    let rules: JSONValue = [
      "rules": try JSONValue(parsing: file), "text": .string(file), "settings": 4,
    ]
    let answers: [String: HTTPResponse] = [
      "PUT /v1/admin/rules": .json(#"{"applied":true}"#),
      "PUT /v1/admin/rules?check=true": .json(#"{"applied":false}"#),
      "GET /v1/admin/rules": .json(rules.text()),
    ]
    for (verb, line) in [
      ("apply", "PUT /v1/admin/rules"), ("check", "PUT /v1/admin/rules?check=true"),
    ] {
      let run = try await admin(["rules", verb, "r.json"], answers, files: ["r.json": file])
      #expect(run.lines == [line])
      #expect(run.asked.first?.text == file)
    }
    let broken = try await admin(["rules", "apply", "r.json"], answers, files: ["r.json": "{,}"])
    #expect(broken.exit == .usage)
    #expect(broken.lines == [])
    #expect(
      broken.err == "rounds-admin: The file r.json is not JSON: line 1, column 2: unexpected “,”\n")
    let shown = try await admin(["rules", "show"], answers)
    #expect(shown.out == file)
    #expect(
      try await admin(["rules"], answers, language: "zh").out == """
        规则           版本  对象      动作    标题
        first-contact     1  customer  remind  首次联系 {name}

        """)
  }

  @Test func `what is stored in both languages is shown in the reader's`() async throws {
    let record = #"""
      {"id":"01JC","collection":"reminder","disputed":{},"createdAt":null,"updatedAt":null,
       "fields":{"title":"{\"en\":\"Call Acme\",\"zh\":\"致电 Acme\"}","note":"{\"en\":1}"}}
      """#
    let answers: [String: HTTPResponse] = ["GET /v1/admin/records/01JC": .json(record)]
    let english = try await admin(["show", "01JC"], answers)
    #expect(english.out.contains("title      Call Acme\n"))
    #expect(english.out.contains("{\"en\":1}"))
    let chinese = try await admin(["show", "01JC"], answers, language: "zh")
    #expect(chinese.out.contains("致电 Acme\n") && !chinese.out.contains("Call"))
  }

  @Test func `rules that name nobody are in force, and their author is told`() async throws {
    let answers: [String: HTTPResponse] = [
      "PUT /v1/admin/rules": .json(
        #"""
        {"applied":true,"customersWaiting":0,"missing":[{"rule":"look","kind":"team",
         "name":"legal","path":"$.rules[0]","line":3}]}
        """#)
    ]
    let words = ["rules", "apply", "r.json"]
    let english = try await admin(words, answers, files: ["r.json": "{}"])
    #expect(english.exit == .done)
    #expect(english.err.contains("line 3, rule look: there is no team legal here."))
    let chinese = try await admin(words, answers, language: "zh", files: ["r.json": "{}"])
    #expect(chinese.err.contains("第 3 行，规则 look：这里没有团队 legal 。"))
  }
}
