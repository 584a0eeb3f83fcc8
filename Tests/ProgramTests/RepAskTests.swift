// Looking things up: lists, searches, SQL, history, refused values, the doctor, both languages.
//
// Every test is a rep's morning: whole commands on a laptop that has joined a real hub in memory.
// Documents are compared whole where the contract spells them out.

import CommandKit
import Notation
import Storage
import Testing

@testable import rounds

@Suite struct RepAskTests {
  private func titles(_ run: RepRun) throws -> [String] {
    (try run.json["records"]?.array ?? []).compactMap { record in
      record["fields"]?["name"]?.string ?? record["fields"]?["title"]?.string
        ?? record["fields"]?["text"]?.string
    }
  }

  private func stocked() throws -> (Field, Laptop) {
    let field = try Field()
    let laptop = try field.laptop("thinkpad")
    laptop.run("add", "customer", "name=Acme", "tags=高价值", "stage=won", "region=华东")
    laptop.run("add", "customer", "name=birch 100%", "stage=拜访", "region=华北")
    laptop.run("add", "customer", "name=雪松", "stage=lead")
    laptop.run("add", "customer", "name=Fir")
    laptop.run("add", "contact", "name=李娜", "customer=customer:Acme")
    laptop.run("follow", "customer:Acme", "--channel", "call", "--text", "Offer for ACME sent")
    return (field, laptop)
  }

  @Test func `a list answers questions in an order`() throws {
    let (_, laptop) = try stocked()
    func list(_ words: String...) throws -> [String] {
      try titles(laptop.run(["list", "customer", "--json"] + words))
    }
    #expect(try list() == ["Acme", "birch 100%", "雪松", "Fir"])
    #expect(try list("--where", "tags contains 高价值") == ["Acme"])
    #expect(try list("--where", "region in (华东, 华北) and stage < won") == ["birch 100%"])
    #expect(try list("--where", "lastFollowAt is empty") == ["birch 100%", "雪松", "Fir"])
    #expect(try list("--sort", "stage") == ["雪松", "birch 100%", "Acme", "Fir"])
    #expect(try list("--sort", "-stage") == ["Acme", "birch 100%", "雪松", "Fir"])
    #expect(try list("--sort", "-createdAt", "--limit", "2") == ["Fir", "雪松"])
    let limited = try laptop.run("list", "customer", "--limit", "1", "--json").json
    #expect(limited["total"] == 4)
    #expect(limited["records"]?.array?.count == 1)
    #expect(
      readable(laptop.run("list", "customer", "--limit", "2").out) == """
        #1  customer    Acme
        #2  customer    birch 100%

        """)
  }

  @Test func `a search finds Chinese and Latin text, and signs mean themselves`() throws {
    let (_, laptop) = try stocked()
    func find(_ text: String) throws -> [String] {
      try titles(laptop.run("find", text, "--json"))
    }
    #expect(try find("acme") == ["Acme", "Offer for ACME sent"])
    #expect(try find("松") == ["雪松"])
    #expect(try find("李") == ["李娜"])
    #expect(try find("100%") == ["birch 100%"])
    #expect(try find("%") == ["birch 100%"])
    #expect(try find("_") == [])
    #expect(try find("高价值") == ["Acme"])
  }

  @Test func `sql reads anything and changes nothing`() throws {
    let (_, laptop) = try stocked()
    let run = laptop.run(
      "sql", "SELECT name, stage, 1.5, NULL, x'0aff' FROM customer ORDER BY name LIMIT 1", "--json")
    #expect(
      run.out == """
        {"columns":["name","stage","1.5","NULL","x'0aff'"],"rows":[["Acme","won",1.5,null,"0aff"]]}

        """)
    #expect(laptop.run("sql", "SELECT count(*) AS n FROM customer").out == "n\n4\n")
    for statement in [
      "DELETE FROM customer", "UPDATE customer SET name = 'x'", "DROP TABLE customer",
      "PRAGMA user_version = 9", "CREATE TABLE x (y)",
    ] {
      #expect(laptop.run("sql", statement).exit == .refused, "\(statement)")
    }
    #expect(try titles(laptop.run("list", "customer", "--json")).count == 4)
  }

  @Test func `a history comes from the hub, or says that it is only one's own`() throws {
    let (field, laptop) = try stocked()
    let local = try laptop.run("history", "customer:Acme", "--field", "stage", "--json").json
    #expect(local["source"] == "local")
    #expect(local["history"]?[0]?["changes"] == ["stage": "won"])
    #expect(local["history"]?[0]?["position"] == .null)
    laptop.run("sync")
    let whole = try laptop.run("history", "customer:Acme", "--json").json
    #expect(whole["source"] == "hub")
    #expect(whole["history"]?.array?.first?["author"] == "ann")
    field.state.connect(false)
    laptop.run("set", "customer:Acme", "stage=paid")
    let offline = try laptop.run("history", "customer:Acme", "--field", "stage", "--json").json
    #expect(offline["source"] == "local")
    #expect(offline["history"]?.array?.map { $0["changes"]?["stage"] } == ["paid", "won"])
    #expect(laptop.run("history", "customer:Acme", "--field", "nope").exit == .usage)
    #expect(laptop.run("history", "customer:Acme").out.contains("stage: paid"))
  }

  @Test func `a refused value is kept with its reason until its author decides`() throws {
    let (_, laptop) = try stocked()
    laptop.run("sync")
    laptop.run("set", "customer:Acme", "owner=bob", "phone=9")
    let sync = try laptop.run("sync", "--json").json
    #expect(sync["pushed"]?["refused"] == 1)
    let fields = try laptop.run("show", "customer:Acme", "--json").json["fields"]
    #expect(fields?["owner"] == "ann")
    #expect(fields?["phone"] == "9")
    let run = laptop.run("attention", "--json")
    #expect(
      readable(run.out) == """
        {"attention":[{"at":"2026-11-22T09:00:10+00:00","collection":"customer","field":"owner",\
        "id":"#1","parked":false,"reason":"hubOnly","record":"#2",\
        "text":"Your role does not change owner of an existing record (policy 0).","value":"bob"}]}

        """)
    let chinese = laptop.run("attention", "--lang", "zh").out
    #expect(chinese.contains("该字段只由服务器或主管填写") && !chinese.contains("Your role"))
    let id = try run.json["attention"]?[0]?["id"]?.string ?? ""
    #expect(laptop.run("attention", "show", id).out.contains("Your role does not change owner"))
    #expect(laptop.run("attention", "retry", id).exit == .done)
    laptop.run("sync")
    let second = try laptop.run("attention", "--json").json["attention"]?[0]?["id"]?.string ?? ""
    #expect(second != id)
    // Left to somebody who may, it waits there, and its author is told so.
    #expect(laptop.run("attention", "refer", second).exit == .done)
    #expect(try laptop.run("sync", "--json").json["pushed"]?["parked"] == 1)
    let third = try laptop.run("attention", "--json").json["attention"]?[0]
    #expect(third?["parked"] == true)
    let shown = laptop.run("attention", "show", third?["id"]?.string ?? "").out
    #expect(shown.contains("It waits at the hub"))
    #expect(laptop.run("attention", "discard", third?["id"]?.string ?? "").exit == .done)
    #expect(laptop.run("attention", "--json").out == "{\"attention\":[]}\n")
  }

  @Test func `everything around a customer is one document`() throws {
    let (_, laptop) = try stocked()
    laptop.run("sync")
    let json = try laptop.run("show", "customer:Acme", "--360", "--json").json
    let counts = ["contacts", "followUps", "opportunities", "tasks", "reminders", "conflicts"]
      .map { json[$0]?["count"]?.integer }
    // The reminder of the first contact was withdrawn, that of silence stands.
    #expect(counts == [1, 1, 0, 0, 1, 0])
    #expect(json["contacts"]?["records"]?[0]?["fields"]?["name"] == "李娜")
    #expect(laptop.run("show", "contact:李娜", "--360").out.contains("Offer for ACME sent"))
  }

  @Test func `the doctor finds nothing, and then what was broken`() throws {
    let (field, laptop) = try stocked()
    #expect(laptop.run("doctor").exit == .done)
    laptop.run("sync")
    let deep = laptop.run("doctor", "--deep", "--json")
    #expect(deep.exit == .done)
    let checks = try deep.json["checks"]?.array ?? []
    #expect(
      checks.compactMap { $0["name"]?.string } == [
        "integrity", "viewLaw", "digest", "chain", "clock", "disk", "hub",
        "history", "contents",
      ])
    let hub = checks.first { $0["name"] == "hub" }
    #expect(hub?["detail"]?.string?.hasPrefix("the same as here at position") == true)
    #expect(checks.last?["detail"] == "every record is the hub's")
    field.state.connect(false)
    #expect(laptop.run("doctor").exit == .done)
    laptop.run("set", "customer:Acme", "phone=1")
    do {
      let db = try Connection(path: laptop.home + "/replica.sqlite")
      try db.execute("UPDATE customer SET phone = '2', as_of = as_of + 1 WHERE name = 'Acme'")
      try db.execute("UPDATE customer SET as_of = as_of + 1 WHERE name = 'Fir'")
      try db.execute("UPDATE change_log SET payload = CAST(payload || x'00' AS BLOB)")
      try db.execute("UPDATE retained SET hash = randomblob(16)")
    }
    let broken = laptop.run("doctor", "--json")
    #expect(broken.exit == .fault)
    let failed = (try broken.json["checks"]?.array ?? []).filter { $0["ok"] == false }
    #expect(failed.compactMap { $0["name"]?.string } == ["viewLaw", "digest", "chain"])
  }

  @Test func `every command explains itself in both languages`() throws {
    var laptop = Laptop(try Field(), "none")
    let english = laptop.run("help")
    laptop.language = "zh-Hans"
    let chinese = laptop.run("help")
    #expect(english.out.contains("Log a visit, call or mail, and plan the next"))
    #expect(chinese.out.contains("记录拜访、电话或邮件，并计划下一步"))
    for verb in [
      "join", "sync", "status", "today", "add", "set", "delete", "show", "list", "find", "follow",
      "done", "snooze", "ack", "stage", "history", "conflicts", "attention", "sql", "doctor",
    ] {
      #expect(laptop.run("help", verb).exit == .done, "\(verb)")
      #expect(english.out.contains(verb), "\(verb)")
    }
  }

  @Test func `the same run in Chinese`() throws {
    var (field, laptop) = try stocked()
    laptop.language = "zh_CN.UTF-8"
    #expect(
      readable(laptop.run("set", "customer:Acme", "phone=1").out) == "已保存 Acme #1 （7 项等待上传）\n")
    field.state.connect(false)
    #expect(
      laptop.run("sync").err == """
        rounds: 无法连接服务器：no network。所有内容都已保存在本机；7 项等待上传。
        提示: 可以继续工作，有网络时再同步。

        """)
    field.state.pass(Field.day * 6)
    #expect(laptop.run("today").out.contains("提醒"))
    #expect(laptop.run("today").out.contains("高价值客户 Acme 已超过 5 天无跟进"))
    #expect(laptop.run("show", "nix").err.hasPrefix("rounds: nix 不是任何记录。"))
  }

  @Test func `nothing that goes to a pipe is coloured`() throws {
    let (_, laptop) = try stocked()
    laptop.run("add", "task", "title=Late", "dueAt=-2d")
    for words in [["today"], ["show", "task:Late"], ["list", "customer"], ["doctor"]] {
      #expect(!laptop.run(words).out.contains("\u{1B}"))
    }
    #expect(laptop.run(["today"], isTerminal: true).out.contains("\u{1B}[31m"))
  }
}
