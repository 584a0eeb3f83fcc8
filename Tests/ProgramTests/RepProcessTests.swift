// The sales process on a laptop, mostly without a network: tasks that come with a stage, what a stage asks
// for before it is left, evidence, and how deals stand.

import CommandKit
import Foundation
import Hub
import Notation
import SyncCore
import Testing

@testable import rounds

extension Field {
  /// A new admin's token.
  func admin() throws -> String {
    let now = Moment(milliseconds: state.now())
    return try #require(try routes.store.addUser("boss", role: .admin, team: nil, now: now))
  }

  /// The definition that ships as an example, in force at the hub.
  ///
  /// - Parameter dropped: a stage that it is to be without.
  func applyDemo(without dropped: String? = nil, by token: String) throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Protocol/Process/demo.json")
    var process = try JSONValue(parsing: String(contentsOf: path, encoding: .utf8))
    var pipelines = process["pipelines"]?.array ?? []
    let stages = (pipelines[0]["stages"]?.array ?? []).filter {
      dropped.map { .string($0) } != $0["id"]
    }
    pipelines[0]["stages"] = .array(stages)
    process["pipelines"] = .array(pipelines)
    let answer = routes.answer(
      HubRequest("PUT", "/v1/admin/process", bearerToken: token, body: process.bytes()))
    try #require(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
  }
}

@Suite struct RepProcessTests {
  let field: Field
  let laptop: Laptop
  let deal: String
  let token: String

  /// A deal at its first stage, made offline under the demo process.
  init() throws {
    field = try Field()
    token = try field.admin()
    try field.applyDemo(by: token)
    laptop = try field.laptop("thinkpad")
    field.state.connect(false)
    laptop.run("add", "customer", "name=Acme")
    deal = try laptop.id(
      "add", "opportunity", "name=Press", "customer=customer:Acme", "stage=初步接洽")
  }

  private func tasks(_ laptop: Laptop? = nil) throws -> JSONValue {
    try (laptop ?? self.laptop).run("opp", "tasks", deal, "--json").json
  }

  private func taskID(_ index: Int) throws -> String {
    try #require(try tasks()["tasks"]?[index]?["id"]?.string)
  }

  private func stage(_ laptop: Laptop? = nil) throws -> JSONValue? {
    try (laptop ?? self.laptop).run("show", deal, "--json").json["fields"]?["stage"]
  }

  @Test func `entering a stage offline brings its tasks, with evidence that they ask for`() throws {
    let shown = try tasks()
    #expect(shown["tasks"]?.array?.map { $0["task"] } == ["first-call", "background"])
    #expect(shown["required"] == 2 && shown["done"] == 0)
    #expect(try laptop.run("status", "--json").json["waiting"] == 2)
    let call = try taskID(0)
    #expect(laptop.run("done", call).exit == .usage)
    #expect(laptop.run("done", call).err.contains("asks for evidence"))
    #expect(laptop.run("done", call, "--evidence", "wants a press").exit == .done)
    let background = try taskID(1)
    #expect(laptop.run("done", background).err.contains("field background is filled"))
    laptop.run("set", deal, "background=steel")
    #expect(laptop.run("done", background).exit == .done)
    #expect(try tasks()["done"] == 2)
    #expect(try tasks()["tasks"]?[0]?["evidence"] == "wants a press")
  }

  @Test func `a stage is not left without what it asks for, and says what`() throws {
    let refused = laptop.run("stage", deal, "需求确认")
    #expect(refused.exit == .refused)
    #expect(refused.err.contains("Missing: Background research (field background)"))
    #expect(laptop.run("set", deal, "stage=qualified").exit == .refused)
    var chinese = laptop
    chinese.language = "zh-Hans"
    #expect(chinese.run("stage", deal, "需求确认").err.contains("缺少：客户背景调研"))
    #expect(try stage() == "初步接洽")
    #expect(laptop.run("stage", deal, "需求确认", "--override", "--reason", "x").exit == .refused)
    #expect(laptop.run("stage", deal, "打招呼").exit == .usage)
    #expect(laptop.run("stage", deal, "拜访").exit == .usage)
    // In the same edit it is there, and whoever gives a deal up is asked for nothing.
    #expect(laptop.run("set", deal, "stage=需求确认", "background=steel").exit == .done)
    #expect(try tasks()["tasks"]?.array?.map { $0["task"] } == ["minutes"])
    #expect(laptop.run("stage", deal, "方案呈现").exit == .refused)
    #expect(laptop.run("stage", deal, "输单").exit == .done)
  }

  @Test func `feedback and a task done let a deal go on, and the hub agrees`() throws {
    laptop.run("set", deal, "background=steel", "stage=需求确认")
    laptop.run("done", try taskID(0), "--evidence", "mail of Monday")
    laptop.run("stage", deal, "方案呈现")
    laptop.run("done", try taskID(0), "--evidence", "slides.pdf")
    #expect(laptop.run("stage", deal, "商务谈判").err.contains("The customer's feedback"))
    laptop.run("add", "feedback", "customer=customer:Acme", "text=likes it")
    #expect(laptop.run("stage", deal, "商务谈判").exit == .done)
    field.state.connect(true)
    #expect(laptop.run("sync").exit == .done)
    #expect(laptop.run("attention", "--json").out == "{\"attention\":[]}\n")
    #expect(try stage() == "商务谈判")
  }

  @Test func `two laptops that enter a stage offline have its tasks once`() throws {
    field.state.connect(true)
    laptop.run("sync")
    let other = try field.laptop("desktop")
    field.state.connect(false)
    for laptop in [laptop, other] {
      #expect(laptop.run("set", deal, "background=steel", "stage=需求确认").exit == .done)
    }
    field.state.connect(true)
    for laptop in [laptop, other, laptop] { #expect(laptop.run("sync").exit == .done) }
    for laptop in [laptop, other] {
      let list = try laptop.run("list", "task", "--json").json["records"]?.array ?? []
      #expect(list.count == 3)
      #expect(laptop.run("attention", "--json").out == "{\"attention\":[]}\n")
      #expect(try tasks(laptop)["tasks"]?.array?.count == 1)
    }
  }

  @Test func `a move under an older definition comes back as a draft`() throws {
    field.state.connect(true)
    laptop.run("sync")
    field.state.connect(false)
    laptop.run("set", deal, "background=steel", "stage=需求确认")
    laptop.run("done", try taskID(0), "--evidence", "mail")
    field.state.connect(true)
    laptop.run("sync")
    field.state.connect(false)
    laptop.run("stage", deal, "方案呈现")
    try field.applyDemo(without: "方案呈现", by: token)
    field.state.connect(true)
    laptop.run("sync")
    #expect(try stage() == "需求确认")
    let drafts = try laptop.run("attention", "--json").json["attention"]?.array ?? []
    #expect(drafts.contains { $0["text"]?.string?.contains("has no stage 方案呈现") == true })
  }

  @Test func `the guide, the stays and the health of a deal are told offline`() throws {
    let guide = laptop.run("opp", "guide", deal)
    #expect(guide.out.contains("- Learn about the company"))
    #expect(guide.out.contains("[ ] Make the first call"))
    #expect(guide.out.contains("Before it goes on:\n- Background research"))
    field.state.pass(20 * Field.day)
    let health = try laptop.run("opp", "health", deal, "--json").json
    #expect(health["health"] == 34 && health["rotten"] == true && health["days"] == 20)
    let causes = health["reasons"]?.array?.map { $0["cause"] }
    #expect(causes == ["stageTooLong", "silence", "tasksMissing", "noDecisionMaker"])
    #expect(laptop.run("opp", "health", deal).out.contains("no contact for 20 days"))
    #expect(try laptop.run("opp", "list", "--health", "<40", "--json").json["total"] == 1)
    #expect(try laptop.run("opp", "list", "--health", ">=40", "--json").json["total"] == 0)
    #expect(try laptop.run("opp", "list", "--rotten", "--json").json["total"] == 1)
    #expect(laptop.run("opp", "list", "--health", "bad").exit == .usage)
    laptop.run("set", deal, "background=steel", "stage=需求确认")
    field.state.pass(3 * Field.day)
    let stays = try laptop.run("opp", "stages", deal, "--json").json["stages"]?.array ?? []
    #expect(stays.map { $0["stage"] } == ["初步接洽", "需求确认"])
    #expect(stays.map { $0["days"] } == [20, 3])
    #expect(stays[1]["until"] == .null)
    #expect(try laptop.run("opp", "list", "--rotten", "--json").json["total"] == 0)
    // What a sync brings changes nothing of it.
    field.state.connect(true)
    laptop.run("sync")
    let synced = try laptop.run("opp", "stages", deal, "--json").json["stages"]?.array ?? []
    #expect(synced.map { $0["days"] } == [20, 3])
  }

  @Test func `a move that the hub refused is no stay, with a network and without`() throws {
    field.state.connect(true)
    laptop.run("sync")
    laptop.run("set", deal, "background=steel", "stage=需求确认")
    laptop.run("sync")
    field.state.pass(2 * Field.day)
    laptop.run("done", try taskID(0), "--evidence", "mail")
    laptop.run("stage", deal, "方案呈现")
    try field.applyDemo(without: "方案呈现", by: token)
    laptop.run("sync")
    for isConnected in [true, false] {
      field.state.connect(isConnected)
      let stays = try laptop.run("opp", "stages", deal, "--json").json["stages"]?.array ?? []
      #expect(stays.map { $0["stage"] } == ["初步接洽", "需求确认"], "\(isConnected)")
      #expect(stays.last?["days"] == 2, "\(isConnected)")
    }
  }

  @Test func `without a process there are stages and no tasks`() throws {
    let laptop = try Field().laptop("thinkpad")
    laptop.run("add", "customer", "name=Acme")
    let deal = try laptop.id(
      "add", "opportunity", "name=Press", "customer=customer:Acme", "stage=lead")
    #expect(laptop.run("stage", deal, "拜访").exit == .done)
    #expect(laptop.run("stage", deal, "签约").exit == .done)
    #expect(laptop.run("opp", "health", deal).out == "The deal is over.\n")
    #expect(try laptop.run("list", "task", "--json").json["total"] == 0)
  }
}
