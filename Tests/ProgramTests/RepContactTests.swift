// Keeping in touch, as a rep types it: what is said of a contact, who wants none, what is told of a customer, and what
// a manager does about it. Mostly without a network.

import CommandKit
import Notation
import SyncCore
import Testing

@testable import rounds

@Suite struct RepContactTests {
  let field: Field
  let laptop: Laptop
  let acme: String

  init() throws {
    field = try Field()
    laptop = try field.laptop("thinkpad")
    acme = try laptop.id("add", "customer", "name=Acme")
  }

  private func fields(_ id: String) throws -> JSONValue? {
    try laptop.run("show", id, "--json").json["fields"]
  }

  @Test func `a correction is another fact, of the same moment, and both are told`() throws {
    let first = try laptop.id(
      "follow", acme, "--channel", "电话", "--text", "12,000", "--at", "-2h", "--topic", "报价")
    let second = try laptop.id("follow", acme, "--corrects", first, "--text", "1,200")
    let shown = try fields(second)
    #expect(shown?["corrects"] == .string(first))
    for name in ["channel", "occurredAt", "topic"] {
      #expect(try shown?[name] == fields(first)?[name] && shown?[name] != nil)
    }
    let told = try laptop.run("timeline", acme, "--kind", "followUp", "--json").json["timeline"]
    #expect(told?.array?.map { $0["text"] } == ["call: 12,000", "call: 1,200"])
    #expect(told?.array?.map { $0["corrects"] } == [.null, .string(first)])
    // Counted once: the correction stands for what it corrects.
    let other = try laptop.id("add", "customer", "name=Birch")
    #expect(laptop.run("follow", other, "--corrects", first, "--text", "x").exit == .usage)
    #expect(laptop.run("follow", acme, "--corrects", acme, "--text", "x").exit == .usage)
  }

  @Test func `whoever wants no contact is not contacted, and may turn to us`() throws {
    let li = try laptop.id(
      "add", "contact", "name=Li", "customer=\(acme)", "doNotContact=yes")
    for words in [["follow", li], ["follow", acme, "--contact", li]] {
      let refused = laptop.run(words + ["--channel", "call", "--text", "hello"])
      #expect(refused.exit == .refused)
      #expect(refused.err.contains("Li wants no contact."))
    }
    #expect(try laptop.run("list", "followUp", "--json").json["total"] == 0)
    let called = try laptop.id("follow", li, "--channel", "call", "--text", "he called", "--in")
    #expect(try fields(called)?["direction"] == "in")
    #expect(laptop.run("follow", acme, "--channel", "call", "--text", "the desk").exit == .done)
  }

  @Test func `what is linked belongs to the same customer`() throws {
    let birch = try laptop.id("add", "customer", "name=Birch")
    let chen = try laptop.id("add", "contact", "name=Chen", "customer=\(birch)")
    let refused = laptop.run("follow", acme, "--contact", chen, "--channel", "call", "--text", "x")
    #expect(refused.exit == .usage)
    #expect(refused.err.contains("belongs to another customer"))
  }

  @Test func `words of a list are kept as one word, whatever was typed`() throws {
    let li = try laptop.id(
      "add", "contact", "name=Li", "customer=\(acme)", "interests=产品信息,Promotion",
      "preferredChannel=微信")
    #expect(try fields(li)?["interests"] == ["product", "promotion"])
    #expect(try fields(li)?["preferredChannel"] == "wechat")
    #expect(laptop.run("set", li, "interests-=产品信息").exit == .done)
    #expect(try fields(li)?["interests"] == ["promotion"])
    let refused = laptop.run("set", li, "interests+=weather")
    #expect(refused.exit == .usage && refused.err.contains("product, promotion"))
    let ticket = try laptop.id("add", "ticket", "title=x", "customer=\(acme)", "satisfaction=5")
    #expect(laptop.run("set", ticket, "satisfaction=6").exit == .usage)
  }

  @Test func `feedback is due by its severity, and over when somebody says so`() throws {
    let urgent = laptop.run("feedback", acme, "破损", "--kind", "投诉", "--severity", "紧急", "--json")
    // A Sunday at nine, in a zone of its own: four working hours end on Monday at one.
    #expect(try urgent.json["dueAt"] == "2026-11-23T13:00:00+00:00")
    let id = try #require(try urgent.json["id"]?.string)
    #expect(laptop.run("done", id, "--note", "sent anew").exit == .done)
    #expect(try fields(id)?["answer"] == "sent anew")
    #expect(try fields(id)?["resolvedAt"] != nil)
    #expect(laptop.run("feedback", acme, " ", "--kind", "praise").exit == .usage)
    #expect(laptop.run("feedback", acme, "x").exit == .usage)
  }

  @Test func `a task calls once for each of its offsets, and once for what was missed`() throws {
    _ = try laptop.id("add", "task", "title=Call", "dueAt=+2d", "remind=1d,1h,0")
    #expect(laptop.run("add", "task", "title=x", "remind=soon").exit == .usage)
    func calls() -> [String?] {
      laptop.run("sync", "--notify", "bell")
      return field.state.hooks.filter { $0["ROUNDS_REMINDER_KIND"] == "task" }
        .map { $0["ROUNDS_REMINDER_MISSED"] }
    }
    #expect(calls() == [])
    field.state.pass(25 * Field.hour)
    #expect(calls() == ["1"])
    #expect(calls() == ["1"])
    field.state.pass(22 * Field.hour)
    #expect(calls() == ["1", "0"])
    field.state.pass(3 * Field.day)
    #expect(calls() == ["1", "0", "1"])
    laptop.run("snooze", "task:Call", "--until", "+1h")
    field.state.pass(Field.hour)
    #expect(calls() == ["1", "0", "1", "0"])
    laptop.run("done", "task:Call")
    laptop.run("set", "task:Call", "dueAt=+1h")
    field.state.pass(Field.day)
    #expect(calls().count == 4)
  }

  @Test func `only who leads steps in`() throws {
    let token = try field.admin()
    let refused = laptop.run("team", "stalled")
    #expect(refused.exit == .refused && refused.err.contains("you are a rep"))
    let boss = try field.laptop("desk", of: "boss")
    #expect(boss.run("team", "act", acme).exit != .done)
    laptop.run("sync")
    boss.run("sync")
    #expect(boss.run("team", "act", acme).exit == .usage)
    let act = boss.run("team", "act", acme, "--comment", "call them", "--assign", "bob")
    #expect(act.exit == .done, "\(act.err)")
    boss.run("sync")
    let bob = try field.laptop("b", of: "bob")
    #expect(bob.run("today").out.contains("boss: call them"))
    field.state.pass(20 * Field.day)
    let stalled = try boss.run("team", "stalled", "--owner", "bob", "--json").json
    #expect(stalled["stalled"]?.array?.map { $0["kind"] } == ["silent"])
    #expect(!token.isEmpty)
  }

  @Test func `the list of the day says how somebody is best reached`() throws {
    laptop.run("add", "contact", "name=Li", "customer=\(acme)", "preferredChannel=wechat")
    laptop.run("set", acme, "nextFollowAt=today 18:00")
    let items = try laptop.run("today", "--json").json["items"]
    #expect(
      items?[0]?["suggestion"] == [
        "channel": "wechat", "hour": .null, "preferred": true, "reached": 0, "tried": 0,
      ])
    #expect(laptop.run("today").out.contains("wechat, as they prefer"))
    #expect(laptop.run("today", "--md").out.hasPrefix("# 2026-11-22, ann\n\n## plan (1)\n\n- "))
    #expect(laptop.run("today", "--md", "--working-days").out.isEmpty)
  }
}
