// What a rep has to do today: planned here, sent by the hub, or foreseen without it.
//
// The shipped rules ask for a first contact within a day, and remind of a high-value customer that
// has been silent for five. Days pass by the field's clock, with the network up or down.

import CommandKit
import Notation
import Testing

@testable import rounds

private func kinds(_ laptop: Laptop, days: String = "1") throws -> [String] {
  let items = try laptop.run("today", "--days", days, "--json").json["items"]?.array ?? []
  return items.map { item in
    "\(item["kind"]?.string ?? "") \(item["title"]?.string ?? "")"
      + (item["overdue"] == true ? " !" : "")
  }
}

@Suite struct RepTodayTests {
  @Test func `a follow-up moves contact times and leaves a plan and a task, in one edit`() throws {
    let laptop = try Field().laptop("thinkpad")
    laptop.run("add", "customer", "name=Acme")
    let person = try laptop.id("add", "contact", "name=李娜", "customer=customer:Acme")
    laptop.run("sync")
    let id = try laptop.id(
      "follow", person, "--channel", "visit", "--text", "看样品", "--at", "-2h", "--next", "发报价",
      "--next-at", "2026-11-22 17:00")
    #expect(try laptop.run("status", "--json").json["waiting"] == 1)
    let fact = try laptop.run("show", id, "--json").json["fields"]
    #expect(fact?["contact"] == .string(person))
    #expect(fact?["author"] == "ann")
    #expect(fact?["occurredAt"] == "2026-11-22T07:00:05+00:00")
    let customer = try laptop.run("show", "customer:Acme", "--json").json["fields"]
    #expect(customer?["lastFollowAt"] == "2026-11-22T07:00:05+00:00")
    #expect(customer?["firstFollowAt"] == "2026-11-22T07:00:05+00:00")
    #expect(customer?["nextFollowAt"] == "2026-11-22T17:00:00+00:00")
    let today = laptop.run("today", "--json")
    #expect(
      readable(today.out) == """
        {"items":[{"due":"2026-11-22T17:00:00+00:00","id":"#1","kind":"dueToday",\
        "overdue":false,"record":"#2","title":"发报价"},\
        {"due":"2026-11-22T17:00:00+00:00","id":"#2","kind":"plan","overdue":false,\
        "record":"#2","title":"Acme"}]}

        """)
    #expect(try laptop.run("show", "task:发报价", "--json").json["fields"]?["followUp"] == .string(id))
    #expect(laptop.run("sync").exit == .done)
    #expect(laptop.run("attention", "--json").out == "{\"attention\":[]}\n")
  }

  @Test func `a plan is done by the follow-up it was made for, and a later one stands`() throws {
    let laptop = try Field().laptop("thinkpad")
    laptop.run("add", "customer", "name=Acme", "nextFollowAt=today 18:00")
    laptop.run("add", "customer", "name=Birch", "nextFollowAt=tomorrow 18:00")
    for name in ["Acme", "Birch"] {
      laptop.run("follow", "customer:\(name)", "--channel", "call", "--text", "Hello")
    }
    func plan(_ name: String) throws -> JSONValue? {
      try laptop.run("show", "customer:\(name)", "--json").json["fields"]?["nextFollowAt"]
    }
    #expect(try plan("Acme") == nil)
    #expect(try plan("Birch") == "2026-11-23T18:00:00+00:00")
  }

  @Test func `a reminder is foreseen offline, and falls silent with the follow-up`() throws {
    let field = try Field()
    let laptop = try field.laptop("thinkpad")
    field.state.connect(false)
    laptop.run("add", "customer", "name=Acme", "tags=高价值")
    #expect(try kinds(laptop) == [])
    field.state.pass(25 * Field.hour)
    #expect(try kinds(laptop) == ["reminder First contact with Acme !"])
    let run = laptop.run("today", "--json")
    let reminder = try run.json["items"]?[0]?["id"]?.string ?? ""
    for words in [["done", reminder], ["ack", reminder], ["snooze", reminder, "--until", "+1d"]] {
      let refused = laptop.run(words)
      #expect(refused.exit == .refused)
      #expect(refused.err.contains("Sync first, or log the follow-up itself"))
    }
    laptop.run("follow", "customer:Acme", "--channel", "call", "--text", "Hello")
    #expect(try kinds(laptop) == [])
    field.state.pass(6 * Field.day)
    #expect(
      try kinds(laptop) == [
        "reminder High-value customer Acme has been silent for more than 5 days !"
      ])
  }

  @Test func `a foreseen reminder is the one that the hub sends`() throws {
    let field = try Field()
    let laptop = try field.laptop("thinkpad")
    laptop.run("add", "customer", "name=Acme")
    field.state.pass(25 * Field.hour)
    let before = laptop.run("today", "--json")
    laptop.run("sync")
    let after = laptop.run("today", "--json")
    #expect(before.out.contains("First contact"))
    #expect(before.out == after.out)
  }

  @Test func `a reminder of the hub is answered, and its reason may go away offline`() throws {
    let field = try Field()
    let laptop = try field.laptop("thinkpad")
    for name in ["Acme", "Birch", "Cedar"] { laptop.run("add", "customer", "name=\(name)") }
    laptop.run("sync")
    field.state.connect(false)
    field.state.pass(25 * Field.hour)
    #expect(
      try kinds(laptop) == [
        "reminder First contact with Acme !", "reminder First contact with Birch !",
        "reminder First contact with Cedar !",
      ])
    let items = try laptop.run("today", "--json").json["items"]?.array ?? []
    let ids = items.compactMap { $0["id"]?.string }
    #expect(laptop.run("ack", ids[0]).exit == .done)
    #expect(laptop.run("snooze", ids[1], "--until", "+2d").exit == .done)
    laptop.run("follow", "customer:Cedar", "--channel", "wechat", "--text", "Hello")
    #expect(try kinds(laptop) == ["reminder First contact with Acme !"])
    #expect(laptop.run("done", ids[0], "--note", "called").exit == .done)
    #expect(try kinds(laptop) == [])
    field.state.pass(3 * Field.day)
    #expect(try kinds(laptop) == ["reminder First contact with Birch !"])
    field.state.connect(true)
    laptop.run("sync")
    #expect(laptop.run("attention", "--json").out == "{\"attention\":[]}\n")
    #expect(try kinds(laptop) == ["reminder First contact with Birch !"])
  }

  @Test func `only what is mine is on my list, most pressing first`() throws {
    let field = try Field()
    let (ann, bob) = (try field.laptop("a"), try field.laptop("b", of: "bob"))
    bob.run("add", "customer", "name=Bob's", "nextFollowAt=today 12:00")
    bob.run("add", "task", "title=Bob's", "dueAt=today 12:00")
    bob.run("add", "task", "title=Everybody's", "dueAt=today 12:00", "assignee=")
    bob.run("sync")
    ann.run("sync")
    ann.run("add", "customer", "name=Plan", "nextFollowAt=today 12:00")
    ann.run("add", "task", "title=Late", "dueAt=yesterday 12:00")
    ann.run("add", "task", "title=Tomorrow", "dueAt=tomorrow 12:00")
    ann.run("add", "task", "title=Done", "dueAt=today 12:00")
    ann.run("done", "task:Done")
    #expect(try kinds(ann) == ["overdue Late !", "dueToday Everybody's", "plan Plan"])
    #expect(
      try kinds(ann, days: "2") == [
        "overdue Late !", "dueToday Everybody's", "dueToday Tomorrow", "plan Plan",
        "reminder First contact with Plan",
      ])
    let lines = ann.run("today").out.split(separator: "\n").map { readable(String($0)) }
    #expect(
      lines == [
        "overdue   2026-11-21 12:00  Late (21 hours overdue) #1",
        "due       2026-11-22 12:00  Everybody's (due in 2 hours) #1",
        "plan      2026-11-22 12:00  Plan (due in 2 hours) #1",
      ])
  }

  @Test func `a clock that is days off is corrected for stamps and for what is due`() throws {
    let field = try Field()
    var laptop = try field.laptop("thinkpad")
    laptop.clockOffset = 6 * Field.day
    laptop.run("sync")
    laptop.run("add", "task", "title=Call", "dueAt=today 12:00")
    #expect(try kinds(laptop) == ["dueToday Call"])
    let shown = try laptop.run("show", "task:Call", "--json").json
    #expect(shown["createdAt"] == "2026-11-22T09:00:03+00:00")
    #expect(
      try laptop.run("status", "--json").json["clockOffsetMilliseconds"] == -518_400_000)
  }
}
